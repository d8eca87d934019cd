"""What a bulk run costs beside the reading itself: time a row, memory, and what the store adds.

    python benchmarks/bulk.py                 20,000 articles answered at once from memory
    python benchmarks/bulk.py 100000          more of them
    python benchmarks/bulk.py 1000 --offline  the offline reader

The model is a function that answers at once, so that all the time is ours. Each tenth of the run is timed by itself:
a time a row that grows, or memory that does, shows there.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from newslens.analyses import SUMMARY
from newslens.corpus import analyze_many
from newslens.errors import Usage
from newslens.lens import Lens
from newslens.llm.exchange import Ask, Message, Request, Response
from newslens.llm.store import Store, Stored, cache_key

ANSWER = json.dumps({"summary": {"text": "t", "key_points": [{"text": "A vote.", "evidence": [1]}]}})
TENTHS = 10


async def ask(request: Request) -> Response:
    """Answer at once."""
    del request
    return Response(ANSWER, Usage(requests=1), "m")


def articles(count: int) -> Iterator[tuple[str, str]]:
    """Short articles, each one different."""
    return ((str(number), f"The council voted on day {number} to close the bridge.") for number in range(count))


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(lens: Lens, count: int, store: Store | None) -> None:
    """One run, a line for each tenth of it."""
    began = time.perf_counter()
    cpu = time.process_time()
    for done, _ in enumerate(analyze_many(lens.pipeline, articles(count), store=store), 1):
        if done % (count // TENTHS) == 0:
            spent, cpu_spent = time.perf_counter() - began, time.process_time() - cpu
            share = count // TENTHS
            print(
                f"{done:9,} rows   {1000 * spent / share:7.3f} ms a row   {1000 * cpu_spent / share:7.3f} ms CPU"
                f"   peak {peak_mb():6.1f} MB"
            )
            began, cpu = time.perf_counter(), time.process_time()


def statements(store: Store, count: int = 2000) -> None:
    """Microseconds of the store's own calls, for an answer of 4 kB to a prompt of 10 kB."""
    request = Request("w", (Message("user", "word " * 2000),), {"type": "object"})
    reply = Response("x" * 4000, Usage(requests=1))
    calls: dict[str, Callable[[int], object]] = {
        "address": lambda number: cache_key(request, server="s", model=str(number)),
        "put": lambda number: store.put(f"bench-{number}", reply),
        "get": lambda number: store.get(f"bench-{number}"),
    }
    for name, call in calls.items():
        began = time.perf_counter()
        for number in range(count):
            call(number)
        print(f"{name:8} {1e6 * (time.perf_counter() - began) / count:7.1f} µs")


def main() -> None:
    """Print it all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=20_000)
    parser.add_argument("--offline", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "store.db") as store:
        answering = Stored(ask, store, server="none", model="m")
        runs: dict[str, tuple[Ask, Store | None]] = {
            "without a store": (ask, None),
            "with a store": (answering, store),
            "again": (answering, store),
        }
        for name, (asked, kept) in runs.items():
            print(f"== {name}")
            lens = Lens(offline=True) if chosen.offline else Lens(model="m", ask=asked, analyses=[SUMMARY])
            timed(lens, chosen.count, kept)
        print("== the store's calls")
        statements(store)


if __name__ == "__main__":
    main()
