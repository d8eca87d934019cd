"""`newslens batch` as a shell sees it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles.batch_server import Day, batching, summed
from doubles.server import completed

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI_", "NEWSLENS_"))}
ROWS = [{"id": f"row-{n}", "text": f"The council voted on day {n} to close the old bridge."} for n in range(3)]


@pytest.fixture
def day() -> Iterator[Day]:
    with batching() as day:
        yield day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return tmp_path


def run(day: Day, folder: Path, *args: str) -> tuple[int, str, list[str]]:
    """Exit code, standard output, and the lines on standard error, of a command given in the folder."""
    environment = CLEAN | {"OPENAI_BASE_URL": day.base_url, "OPENAI_API_KEY": "sk-secret-1", "NEWSLENS_MODEL": "m"}
    command = [sys.executable, "-m", "newslens", "batch", *args, "--store", "run.db"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
    return done.returncode, done.stdout, done.stderr.splitlines()


READER = ("--analyses", "summary", "--judge", "none")
SUBMIT = ("submit", "corpus.jsonl", *READER)
COLLECT = ("collect", "corpus.jsonl", "-o", "out.jsonl", *READER)
SUBMIT_AGAIN = "Submit again and collect later, or collect the rest live."


def written(folder: Path) -> dict[str, Any]:
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    return {row["key"]: "report" if "report" in row else row["error"]["kind"] for row in rows}


def test_a_corpus_is_submitted_looked_at_and_collected(day: Day, folder: Path) -> None:
    said = "3 requests submitted in 1 batches, 0 in progress before; 0 of 3 articles lack no answer\n"
    assert run(day, folder, *SUBMIT) == (0, said, [])
    under_way = "batch-0  in_progress  3 requests, 0 answered, 0 failed\n"
    assert run(day, folder, "status") == (0, under_way, [])
    assert run(day, folder, *COLLECT) == (
        1,
        "",
        [
            "newslens: 0 batches fetched: 0 answers and 0 errors; 1 in progress",
            "newslens: 3 × Answers are missing: 1 in progress. Collect later.",
            "newslens: 3 pending",
        ],
    )
    assert written(folder) == {}
    day.pass_by()
    fetched = "newslens: 1 batches fetched: 3 answers and 0 errors; 0 in progress"
    assert run(day, folder, *COLLECT) == (0, "", [fetched, "newslens: 3 done"])
    assert written(folder) == {row["id"]: "report" for row in ROWS}
    assert run(day, folder, "status") == (0, "no batch waits for its collection\n", [])
    code, _, (said,) = run(day, folder, *COLLECT, "--blind")
    assert (code, "line 1 was written with other settings: blind (False before, True now)." in said) == (2, True)


def test_a_cancelled_batch_keeps_what_it_has_and_the_rest_is_asked_live(day: Day, folder: Path) -> None:
    run(day, folder, *SUBMIT)
    assert run(day, folder, "cancel")[1] == "batch-0  cancelling   3 requests, 0 answered, 0 failed\n"
    day.pass_by("cancelled", cut=2)
    code, _, said = run(day, folder, *COLLECT)
    assert (code, said[1:]) == (
        1,
        [
            f"newslens: 2 × Answers are missing: 1 failed (Unavailable). {SUBMIT_AGAIN}",
            "newslens: 2 pending, 1 done",
        ],
    )
    assert run(day, folder, *COLLECT, "--live")[0] == 0
    assert day.calls.count("POST /chat/completions") == 2
    assert written(folder) == {row["id"]: "report" for row in ROWS}


def test_a_failed_article_is_written_and_replaced_once_it_is_answered(day: Day, folder: Path) -> None:
    day.answering = lambda _: (200, completed("x", finish="content_filter", name="filtered"))
    run(day, folder, *SUBMIT)
    day.pass_by()
    assert run(day, folder, *COLLECT)[0] == 1
    assert written(folder) == {row["id"]: "Filtered" for row in ROWS}
    day.answering = summed
    run(day, folder, *SUBMIT, "--retry-failed")
    day.pass_by()
    assert run(day, folder, *COLLECT)[0] == 0
    assert written(folder) == {row["id"]: "report" for row in ROWS}


@pytest.mark.parametrize("command", [("status",), ("cancel",), COLLECT], ids=lambda command: command[0])
def test_only_a_submission_makes_a_store(day: Day, folder: Path, command: tuple[str, ...]) -> None:
    code, _, said = run(day, folder, *command)
    assert (code, said[-1]) == (2, "Error: Invalid value for '--store': File 'run.db' does not exist.")
    assert [path.name for path in folder.iterdir()] == ["corpus.jsonl"]
    assert day.calls == []


def test_a_refused_file_and_a_lens_without_a_batch_end_in_one_line(day: Day, folder: Path) -> None:
    run(day, folder, *SUBMIT)
    day.fail("insufficient_quota", "no money")
    code, _, said = run(day, folder, *COLLECT)
    assert code == 1
    assert said[-1] == (
        "newslens: the batch met QuotaExhausted: 'a request of batch-0': 429, no money (1 try, 0.0 s). Add credit to "
        "the account or change the key, then run again."
    )
    code, _, said = run(day, folder, *SUBMIT, "--offline")
    assert (code, said) == (
        2,
        ["newslens: A batch needs a server with OpenAI's Batch API. Give the lens a model and a key."],
    )
