"""`newslens run` over a corpus, killed in the middle and run again: memory, time a row, and whether all is there.

    python benchmarks/killed_run.py           30,000 short articles, read offline
    python benchmarks/killed_run.py 100000    more of them

Needs /proc (Linux). CPU a row that grows with the run, or memory that does, shows from one mark to the next.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
MOST_GROWTH_MB = 30  # between the first mark and the last: SQLite's caches fill up
MOST_SLOWDOWN = 1.5  # of a row near the end beside one near the beginning
LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Mark:
    """How a run stood at some row: memory, and milliseconds a row since the mark before, of the clock and of CPU."""

    rows: int
    mb: int
    row_ms: float
    cpu_ms: float

    def __str__(self) -> str:
        return f"{self.rows:9,} rows   {self.row_ms:6.2f} ms a row   {self.cpu_ms:6.2f} ms CPU   {self.mb:4} MB"


class Watched:
    """One process of the command line over a folder's corpus, watched through its output."""

    def __init__(self, home: Path, *options: str) -> None:
        files = [str(home / "in.jsonl"), "-o", str(home / "out.jsonl"), "--store", str(home / "run.db")]
        command = [sys.executable, "-m", "newslens", "run", *files, "--no-progress", *options]
        self.out = home / "out.jsonl"
        self.process = subprocess.Popen(command)  # noqa: S603 - our own
        self.rows = self.mb = self._read = 0
        self.cpu_s = 0.0

    def look(self) -> None:
        """Count the rows that have come, and see what the process uses, or used at the last look."""
        time.sleep(LOOK_S)
        if self.process.poll() is None:
            self._look_at_process()
        if self.out.exists():
            with self.out.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            self._read += len(new)
            self.rows += new.count(b"\n")

    def _look_at_process(self) -> None:
        here = Path(f"/proc/{self.process.pid}")
        lines = (here / "status").read_text().splitlines()
        self.mb = next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS")), self.mb)
        ticks = (here / "stat").read_text().rpartition(")")[2].split()[11:13]  # utime and stime
        self.cpu_s = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def marks(self, rows: Iterable[int]) -> list[Mark]:
        """How the run stands at each of these rows; a start-up is no row's time."""
        while not self.rows and self.process.poll() is None:
            self.look()
        began, cpu, before = time.monotonic(), self.cpu_s, self.rows
        found: list[Mark] = []
        for mark in rows:
            if mark <= before:
                continue
            while self.rows < mark and self.process.poll() is None:
                self.look()
            now, each = time.monotonic(), 1000 / max(1, self.rows - before)
            found.append(Mark(self.rows, self.mb, each * (now - began), each * (self.cpu_s - cpu)))
            print(found[-1], flush=True)
            began, cpu, before = now, self.cpu_s, self.rows
        return found


def write_corpus(home: Path, count: int) -> None:
    """So many short articles, each one different."""
    with (home / "in.jsonl").open("w") as corpus:
        for number in range(count):
            text = f"The council voted on day {number} to close the bridge. Mayor Ana Ruiz called it reckless."
            corpus.write(json.dumps({"id": number, "text": text}) + "\n")


def is_whole(home: Path, count: int) -> bool:
    """Whether every article has one row; said on stdout."""
    keys = sorted(int(json.loads(line)["key"]) for line in (home / "out.jsonl").open())
    whole = keys == list(range(count))
    print("every row is there once" if whole else "ROWS ARE MISSING OR DOUBLE")
    return whole


def is_flat(first: Mark, last: Mark) -> bool:
    """Whether memory and CPU a row have stayed as they were; said on stdout. The clock depends on who else runs."""
    growth, slowdown = last.mb - first.mb, last.cpu_ms / first.cpu_ms
    print(
        f"growth {growth} MB (limit {MOST_GROWTH_MB}), last / first {last.mb / first.mb:.2f}   "
        f"CPU a row, last / first {slowdown:.2f} (limit {MOST_SLOWDOWN})"
    )
    return growth <= MOST_GROWTH_MB and slowdown <= MOST_SLOWDOWN


def killed_and_again(home: Path, count: int, rows: list[int], *options: str) -> bool:
    """Run, kill at half, run to the end; whether the first half was flat and everything is there."""
    run = Watched(home, *options)
    first = run.marks([mark for mark in rows if mark <= count // 2])
    run.process.kill()
    run.process.wait()
    print("killed; run again")
    run = Watched(home, *options)
    second = run.marks(rows)
    run.process.wait()
    flat = [is_flat(half[0], half[-1]) for half in (first, second)]
    return is_whole(home, count) and all(flat)


def main() -> int:
    """Print it all; 1 if a limit is broken or a row is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=30_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder), count)
        fine = killed_and_again(Path(folder), count, [int(share * count) for share in SHARES], "--offline")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
