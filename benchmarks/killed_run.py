"""`newslens run` over a corpus, killed in the middle and run again: memory, time a row, and whether all is there.

    python benchmarks/killed_run.py           30,000 short articles, read offline
    python benchmarks/killed_run.py 100000    more of them

Needs /proc (Linux). A time a row that grows with the run, or memory that does, shows from one mark to the next.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MARKS = (0.1, 0.25, 0.5, 0.75, 1.0)
MOST_GROWTH_MB = 30  # between the first mark and the last: SQLite's caches fill up
MOST_SLOWDOWN = 1.5  # of a row near the end beside one near the beginning
LOOK_S = 0.2


class Watched:
    """One process of the command line, watched through its output."""

    def __init__(self, home: Path) -> None:
        files = [str(home / "in.jsonl"), "-o", str(home / "out.jsonl"), "--store", str(home / "run.db")]
        command = [sys.executable, "-m", "newslens", "run", *files, "--offline", "--no-progress"]
        self.out = home / "out.jsonl"
        self.process = subprocess.Popen(command)  # noqa: S603 - our own
        self.rows = self._read = 0

    def look(self) -> None:
        """Count the rows that have come."""
        time.sleep(LOOK_S)
        if self.out.exists():
            with self.out.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            self._read += len(new)
            self.rows += new.count(b"\n")

    @property
    def mb(self) -> int:
        """Memory that the process has now; 0 when it is gone."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), 0)


def watch(home: Path, count: int, *, until: float = 1.0) -> list[tuple[int, float]]:
    """Memory and milliseconds a row at each mark; the process is killed once it has that share of the rows."""
    run = Watched(home)
    run.look()
    began, before = time.monotonic(), run.rows
    found: list[tuple[int, float]] = []
    for mark in [share for share in MARKS if before < share * count <= until * count]:
        while run.rows < mark * count and run.process.poll() is None:
            run.look()
        now = time.monotonic()
        found.append((run.mb, 1000 * (now - began) / max(1, run.rows - before)))
        print(f"{run.rows:9,} rows   {found[-1][1]:6.2f} ms a row   {found[-1][0]:4} MB")
        began, before = now, run.rows
    if until < 1:
        run.process.kill()
    run.process.wait()
    return found


def main() -> int:
    """Print it all; 1 if a limit is broken or a row is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=30_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (home / "in.jsonl").open("w") as corpus:
            for number in range(count):
                text = f"The council voted on day {number} to close the bridge. Mayor Ana Ruiz called it reckless."
                corpus.write(json.dumps({"id": number, "text": text}) + "\n")
        first = watch(home, count, until=0.5)
        print("killed; run again")
        watch(home, count)
        keys = sorted(int(json.loads(line)["key"]) for line in (home / "out.jsonl").open())
    growth, slowdown = first[-1][0] - first[0][0], first[-1][1] / first[0][1]
    whole = keys == list(range(count))
    print(f"growth {growth} MB (limit {MOST_GROWTH_MB})   slowdown {slowdown:.2f} (limit {MOST_SLOWDOWN})")
    print("every row is there once" if whole else "ROWS ARE MISSING OR DOUBLE")
    return 0 if whole and growth <= MOST_GROWTH_MB and slowdown <= MOST_SLOWDOWN else 1


if __name__ == "__main__":
    sys.exit(main())
