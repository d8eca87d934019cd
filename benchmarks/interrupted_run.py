"""`newslens run` with Ctrl-C at random instants, and the same line again each time: what is lost, what is bought twice.

    python benchmarks/interrupted_run.py              500 articles, 10 interruptions
    python benchmarks/interrupted_run.py --seed 4     at other instants

The server is a stand-in on the loopback that answers after 50 ms and keeps the account. SIGKILL: see killed_run.py.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from interrupted import IN_FLIGHT, interrupted, keys_of


def main() -> int:
    """Print the account; 1 if anything is lost, left running, or bought again beyond what was in flight."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--presses", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        account = asyncio.run(interrupted(home, articles=given.articles, presses=given.presses, seed=given.seed))
        keys = keys_of(home)
    codes = [ending.code for ending in account.endings]
    left = sum(ending.left for ending in account.endings)
    told = sum("run the same command again to resume" in ending.said for ending in account.endings)
    print(f"{given.presses} × Ctrl-C, exit codes {codes}, {told} said how to go on, {left} connections outlived a run")
    print(f"{len(keys)} results of {given.articles} articles; {account.billed.total()} requests, ", end="")
    print(f"{account.bought_again} bought again (at most {given.presses * IN_FLIGHT} were in flight)")
    whole = keys == list(range(given.articles)) and codes == [130] * given.presses + [0]
    fine = whole and not left and told == given.presses and account.bought_again <= given.presses * IN_FLIGHT
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
