"""Batches whose process dies: at any step, and at whatever moment, nothing is paid twice and nothing is lost."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from doubles.batch_server import CutOff, Day, batching

from newslens.analyses import SUMMARY
from newslens.corpus import batch_lines, batch_server
from newslens.errors import ServiceError
from newslens.lens import Lens
from newslens.llm import database
from newslens.llm.store import Store
from newslens.options import Retry

pytestmark = [pytest.mark.slow, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

TEXTS = [f"The council voted on day {number} to close the old bridge." for number in range(2)]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI_", "NEWSLENS_"))}


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class Fate:
    """Lets a number of steps pass, then strikes once, unless its time is over."""

    left: int
    struck: bool = False
    over: bool = False

    def step(self, error: BaseException) -> None:
        self.left -= 1
        if self.left < 0 and not self.over:
            self.struck = self.over = True
            raise error


@pytest.fixture
def day() -> Iterator[Day]:
    with batching() as day:
        yield day


@pytest.fixture(autouse=True)
def _one_request_a_file_and_lists_that_are_never_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_lines, "MAX_LINES", 1)
    monkeypatch.setattr(batch_server, "LATE_S", 0.0)


def life(day: Day, path: Path) -> list[bool]:
    """All of it in one process: submit, wait, collect; whether each article got a whole report."""
    given: Any = {"analyses": [SUMMARY], "judge": False, "retry": Retry(attempts=1)}  # what breaks ends the process
    with Store(path) as store, Lens("m", base_url=day.base_url, store=store, **given) as lens:
        lens.submit_batch(TEXTS)
        day.pass_by()
        return [one.report is not None and one.report.complete for one in lens.collect_batch(TEXTS)]


def lives(day: Day, path: Path, fate: Fate) -> None:
    """One life that may end early, then a second, of which everything is wanted."""
    with suppress(Killed, ServiceError):
        life(day, path)
    fate.over = True
    all_is_well(day, path)


def all_is_well(day: Day, path: Path) -> None:
    assert life(day, path) == [True, True]
    assert len(day.asked) == len(set(day.asked)) == 2
    with Store(path) as store:
        assert store.summary().usage.requests == 2


def test_a_process_may_die_before_every_statement_of_its_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change, deaths = database.Database.change, 0
    for number in count():
        fate = Fate(number)

        def dying(self: Any, sql: str, values: Any = (), fate: Fate = fate) -> int:
            fate.step(Killed())
            return change(self, sql, values)

        monkeypatch.setattr(database.Database, "change", dying)
        with batching() as day:
            lives(day, tmp_path / f"{number}.db", fate)
        if not fate.struck:
            break
        deaths += 1
    assert deaths >= 12  # two batches begun and sent, two answers, two ends, a run and its two rows


@pytest.mark.parametrize(
    ("when", "error"), [("before", ConnectionError), ("after", ConnectionError), ("after", CutOff)]
)
def test_the_wire_may_break_at_every_call(tmp_path: Path, when: str, error: type[ConnectionError]) -> None:
    breaks = 0
    for number in count():
        fate = Fate(number)
        with batching() as day:
            setattr(day, when, lambda _, fate=fate: fate.step(error()))
            lives(day, tmp_path / f"{number}.db", fate)
        if not fate.struck:
            break
        breaks += 1
    assert breaks >= 8  # two uploads, two starts, two states, two files


@pytest.mark.parametrize("call", ["POST /files", "POST /batches"])
def test_kill_9_once_the_server_has_done_a_step_of_a_submission(day: Day, tmp_path: Path, call: str) -> None:
    killed(day, call, ["submit", corpus(tmp_path)], tmp_path / "run.db")
    all_is_well(day, tmp_path / "run.db")


@pytest.mark.parametrize("call", ["GET /batches/batch-0", "GET /files/file-2/content"])
def test_kill_9_once_the_server_has_done_a_step_of_a_collection(day: Day, tmp_path: Path, call: str) -> None:
    path = tmp_path / "run.db"
    with Store(path) as store, Lens("m", base_url=day.base_url, store=store, analyses=[SUMMARY], judge=False) as lens:
        lens.submit_batch(TEXTS)
    day.pass_by()
    killed(day, call, ["collect", corpus(tmp_path), "-o", str(tmp_path / "out.jsonl")], path)
    all_is_well(day, path)


def corpus(folder: Path) -> str:
    (folder / "corpus.csv").write_text("\n".join(["text", *TEXTS]))
    return str(folder / "corpus.csv")


def killed(day: Day, call: str, command: list[str], path: Path) -> None:
    """Run a command that is killed when the server has done this call of its, and has not answered."""
    options = ["--store", str(path), "-m", "m", "--base-url", day.base_url, "--analyses", "summary", "--judge", "none"]
    process = subprocess.Popen([sys.executable, "-m", "newslens", "batch", *command, *options], env=CLEAN)

    def kill(came: str) -> None:
        if came == call:
            process.kill()
            process.wait()
            raise ConnectionError

    before, day.after = day.after, kill
    assert process.wait() == -signal.SIGKILL
    day.after = before
