"""Golden reports: what each seed gives offline, and what a recorded answer of a large model gives.

`python tests/golden.py` writes them anew; a change in them is meant to be read in the diff.
"""

import json
from pathlib import Path
from typing import Any

from newslens import ALL, DEFAULT, Article, Lens, Report
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


def plain(report: Report) -> dict[str, Any]:
    """The report as JSON has it, without what differs from run to run."""
    data: dict[str, Any] = report.model_dump(mode="json", exclude={"provenance", "article"})
    return data


def cases() -> dict[str, Any]:
    """Every golden report by the name of its file."""
    return {f"offline-{seed.stem}": offline(seed) for seed in SEEDS} | {
        f"answered-{answer.stem}": answered(answer) for answer in ANSWERED
    }


if __name__ == "__main__":
    for name, data in cases().items():
        (KEPT / f"{name}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
