"""`newslens run` over many short articles that a server answers, killed in the middle and run again.

    python benchmarks/many_articles.py           100,000 articles over HTTP on the loopback
    python benchmarks/many_articles.py 20000     fewer of them

The server is a stand-in in a process of its own that answers at once, so that all the time is ours and HTTP's.
Printed each 10,000 rows: milliseconds a row, CPU and memory of the command line's process. Needs /proc (Linux).
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from doubles.server import Act, Enforcer, standin
from killed_run import killed_and_again, write_corpus

EACH = 10_000
IN_FLIGHT = 32
ANSWER = json.dumps({"summary": {"text": "A vote.", "key_points": [{"text": "A vote.", "evidence": [1]}]}})


def serve(pipe: Connection) -> None:
    """The server's process: says its address, and at the end how many requests it has answered."""
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    enforcer = Enforcer(states=False, content=ANSWER)
    async with standin() as server:

        def answer() -> Act:
            server.ledger.clear()  # all bodies of 100,000 requests are a gigabyte
            return enforcer()

        server.otherwise = answer
        pipe.send(server.base_url)
        await asyncio.to_thread(pipe.recv)
        pipe.send(len(enforcer.served))


def main() -> int:
    """Print it all; 1 if a limit is broken, a row is missing, or more was asked again than was in flight."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=10 * EACH)
    count = parser.parse_args().count
    pipe, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    server = ["--base-url", pipe.recv(), "--model", "m", "--analyses", "summary", "--judge", "none"]
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder), count)
        rows = list(range(EACH, count + 1, EACH))
        fine = killed_and_again(Path(folder), count, rows, *server, "--concurrency", str(IN_FLIGHT))
    pipe.send("stop")
    asked = pipe.recv()
    process.join()
    print(f"{count:,} articles, {asked:,} requests: {asked - count} asked again (at most {IN_FLIGHT} were in flight)")
    return 0 if fine and asked - count <= IN_FLIGHT else 1


if __name__ == "__main__":
    sys.exit(main())
