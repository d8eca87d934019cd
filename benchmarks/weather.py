"""Read articles through a server that misbehaves: nothing may be lost, hang, or be paid for twice.

Usage: python benchmarks/weather.py [--articles 300] [--faulty 0.22] [--seed 1]

The server is a stand-in on the loopback. A share of its answers is one fault or another, all kinds equally often.
Printed: outcomes, requests, and the tokens that were billed for good answers and spoilt ones beside the ideal.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from doubles.server import Act, completed, completion, cut, drip, failing, hang, reset, say, standin, surplus

from newslens import SUMMARY, Lens
from newslens.corpus import Outcome
from newslens.options import Retry

TEXT = "The council closed the bridge on Monday. Traders said they would lose money. It was day {}."
BILLED = 12  # tokens of a completion of the stand-in
UNBILLED = {"429", "500", "503", "reset", "hang", "drip", "blank", "html"}  # nobody pays for a proxy's page
SPOILT = {"cut", "prose", "unfit", "length", "surplus"}  # billed and of no use: whoever wants an answer buys it again
_HTML = b"<html>Bad gateway</html>"
_names = count()


def good(body: dict[str, Any]) -> Act:
    """An answer that fits the request: it cites the first sentence that it was shown."""
    shown = "".join(message["content"] for message in body["messages"][1:])
    point = {"text": "It is closed.", "evidence": [int(shown.partition("\n[")[2].partition("]")[0])]}
    text = json.dumps({"summary": {"text": "The bridge is closed.", "key_points": [point]}})
    return completion(str(next(_names)), choices=[{"finish_reason": "stop", "message": {"content": text}}])


def said(text: str, *, finish: str = "stop") -> Act:
    """A completion with this text, under an id of its own."""
    return say(200, completed(text, finish=finish, name=f"said-{next(_names)}"))


FAULTS: dict[str, Callable[[], Act]] = {
    "429": lambda: failing(429, retry_after_="0"),
    "500": lambda: failing(500),
    "503": lambda: failing(503),
    "reset": reset,
    "cut": cut,
    "hang": hang,
    "drip": drip,
    "blank": lambda: say(200, b""),
    "html": lambda: say(200, _HTML, content_type="text/html"),
    "prose": lambda: said("I would rather not."),
    "unfit": lambda: said(json.dumps({"summary": {"text": "x", "key_points": []}})),
    "length": lambda: said('{"summary": {"text": "The br', finish="length"),
    "surplus": lambda: surplus(f"good-{next(_names)}", f"other-{next(_names)}"),
}


async def weather(articles: int, faulty: float, seed: int) -> tuple[list[Outcome], Counter[str], float]:
    """The outcomes, what the server did, and the seconds that it took."""
    chance = random.Random(seed)  # noqa: S311 - faults, no secrets
    done: Counter[str] = Counter()

    def act() -> Act:
        kind = chance.choice(list(FAULTS)) if chance.random() < faulty else "good"
        done[kind] += 1
        return FAULTS[kind]() if kind != "good" else good(server.ledger[-1].body)

    async with standin(otherwise=act) as server:
        retry = Retry(attempts=4, deadline_s=20, attempt_timeout_s=1, first_wait_s=0.05, longest_wait_s=0.5)
        lens = Lens("m", base_url=server.base_url, analyses=[SUMMARY], retry=retry, judge=False)
        texts = [(str(number), TEXT.format(number)) for number in range(articles)]
        begun = time.monotonic()
        outcomes = [outcome async for outcome in lens.aanalyze_many(texts, concurrency=32)]
        took = time.monotonic() - begun
        await lens.aclose()
    return outcomes, done, took


def main() -> None:
    """Print what came of it; exit 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--faulty", type=float, default=0.22)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    outcomes, done, took = asyncio.run(weather(options.articles, options.faulty, options.seed))
    whole = sum(one.report is not None and one.report.complete for one in outcomes)
    errors = Counter(type(one.error).__name__ for one in outcomes if one.error is not None)
    billed = sum(times for kind, times in done.items() if kind not in UNBILLED) * BILLED
    ideal = options.articles * BILLED
    least = ideal + sum(done[kind] for kind in SPOILT) * BILLED
    keys = {one.key for one in outcomes}
    print(f"outcomes {len(outcomes)} of {options.articles}, each once: {len(keys) == len(outcomes)}")
    gaps = Counter(problem.kind for one in outcomes if one.report is not None for problem in one.report.problems)
    print(f"whole {whole}, errors {dict(errors)}, problems in reports {dict(gaps)}, {took:.1f} s")
    print(f"server: {dict(done.most_common())}")
    print(f"tokens billed: {billed / ideal:.3f} of the ideal, {billed / least:.3f} of what any client has to buy")
    sys.exit(len(keys) != options.articles)


if __name__ == "__main__":
    main()
