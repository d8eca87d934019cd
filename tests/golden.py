"""Golden reports: what each seed gives offline, and what a recorded answer of a large model gives.

`python tests/golden.py` writes them anew; a change in them is meant to be read in the diff.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from newslens import ALL, DEFAULT, Article, Judging, Lens, Report
from newslens.errors import Refused
from newslens.llm.exchange import Request, Response
from newslens.testing import Scripted

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "golden"
SEEDS = sorted(path for path in (ROOT / "seeds").iterdir() if path.suffix in {".txt", ".html"})
ANSWERED = sorted((ROOT / "seeds" / "answers").glob("*.json"))


def offline(seed: Path) -> dict[str, Any]:
    """The report on a seed without a model."""
    return plain(Lens(offline=True, analyses=ALL).analyze(Article.from_file(seed)))


def answered(answer: Path) -> dict[str, Any]:
    """The report on a seed out of the recorded answer to one request."""
    lens = Lens(ask=Scripted(answer.read_text(encoding="utf-8")), analyses=DEFAULT)
    return plain(lens.analyze(Article.from_file(ROOT / "seeds" / f"{answer.stem}.txt")))


def asked(seed: Path) -> dict[str, Any]:
    """What a model is sent about a seed: hashes of the messages and of each analysis's schema."""
    requests: list[Request] = []

    async def ask(request: Request) -> Response:
        requests.append(request)
        raise Refused("no")

    try:
        Lens(ask=ask, analyses=ALL).analyze(Article.from_file(seed))
    except Refused:
        return hashes(requests[0])
    raise AssertionError("nothing was asked")


def judged(answer: Path) -> dict[str, Any]:
    """What a judge is sent about the recorded answer: the number of requests of each of its three ways, and a hash."""
    requests: list[Request] = []
    said = answer.read_text(encoding="utf-8")

    async def ask(request: Request) -> Response:
        requests.append(request)
        return Response(said if len(requests) == 1 else "null")

    article = Article.from_file(ROOT / "seeds" / f"{answer.stem}.txt")
    sent: dict[str, Any] = {}
    for judging in (Judging(), Judging(methods=("logprobs",), calibrated=True), Judging(methods=("votes",), votes=2)):
        requests.clear()
        Lens(ask=ask, analyses=DEFAULT, judge=judging).analyze(article)
        asked = [hashes(request) for request in requests[1:]]
        sent[judging.methods[0]] = {"requests": len(asked), "sha256": digest(json.dumps(asked))}
    return sent


def hashes(request: Request) -> dict[str, Any]:
    """A request, with hashes instead of long texts."""
    parts = request.schema.get("properties", {})
    return {
        "what": request.what,
        "wanted": request.wanted,
        "messages": [[message.role, digest(message.content)] for message in request.messages],
        "schema": {name: digest(json.dumps(part)) for name, part in parts.items()},
        "choices": digest(repr([(one.name, one.text, one.options) for one in request.choices])),
        "cache_key": request.cache_key,
        "repetition": request.repetition,
    }


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON has it, without what differs from run to run."""
    data: dict[str, Any] = report.model_dump(mode="json", exclude={"provenance", "article"})
    return data


def cases() -> dict[str, Any]:
    """Every golden report by the name of its file."""
    return (
        {f"offline-{seed.stem}": offline(seed) for seed in SEEDS}
        | {f"request-{seed.stem}": asked(seed) for seed in SEEDS}
        | {f"answered-{answer.stem}": answered(answer) for answer in ANSWERED}
        | {f"judge-{answer.stem}": judged(answer) for answer in ANSWERED}
    )


if __name__ == "__main__":
    for name, data in cases().items():
        (KEPT / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
