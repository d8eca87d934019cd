"""`newslens batch` as a shell sees it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles import shell
from doubles.batch_server import Day, batching, summed
from doubles.server import completed

pytestmark = pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])

ROWS = [{"id": f"row-{n}", "text": f"The council voted on day {n} to close the old bridge."} for n in range(3)]


@pytest.fixture
def day() -> Iterator[Day]:
    with batching() as day:
        yield day


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return tmp_path


def run(day: Day, *args: str) -> tuple[int, str, list[str]]:
    """Exit code, standard output, and the lines on standard error, of a command about the store of the folder."""
    settings: Any = {"OPENAI_BASE_URL": day.base_url, "OPENAI_API_KEY": "sk-secret-1", "NEWSLENS_MODEL": "m"}
    done = shell.run("batch", *args, "--store", "run.db", **settings)
    return done.returncode, done.stdout.decode(), done.err


READER = ("--analyses", "summary", "--judge", "none")
SUBMIT = ("submit", "corpus.jsonl", *READER)
COLLECT = ("collect", "corpus.jsonl", "-o", "out.jsonl", *READER)
SUBMIT_AGAIN = "Submit again and collect later, or collect the rest live."


def written(folder: Path) -> dict[str, Any]:
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]
    return {row["key"]: "report" if "report" in row else row["error"]["kind"] for row in rows}


def test_a_corpus_is_submitted_looked_at_and_collected(day: Day, folder: Path) -> None:
    said = "requests submitted: 3 in 1 batches; already in progress: 0; articles that lack no answer: 0 of 3\n"
    assert run(day, *SUBMIT) == (0, said, [])
    under_way = "batch-0  in_progress  3 requests, 0 answered, 0 failed\n"
    assert run(day, "status") == (0, under_way, [])
    assert run(day, *COLLECT) == (
        1,
        "",
        [
            "newslens: batches fetched: 0, with 0 answers and 0 errors; in progress: 1",
            "newslens: 3 × Answers are missing: 1 in progress. Collect later.",
            "newslens: 3 pending",
        ],
    )
    assert written(folder) == {}
    day.pass_by()
    fetched = "newslens: batches fetched: 1, with 3 answers and 0 errors; in progress: 0"
    assert run(day, *COLLECT) == (0, "", [fetched, "newslens: 3 done"])
    assert written(folder) == {row["id"]: "report" for row in ROWS}
    assert run(day, "status") == (0, "no batch is waiting to be collected\n", [])
    code, _, (said,) = run(day, *COLLECT, "--blind")
    assert (code, "line 1 was written with other settings: blind (False before, True now)." in said) == (2, True)


def test_a_cancelled_batch_keeps_what_it_has_and_the_rest_is_asked_live(day: Day, folder: Path) -> None:
    run(day, *SUBMIT)
    assert run(day, "cancel")[1] == "batch-0  cancelling   3 requests, 0 answered, 0 failed\n"
    day.pass_by("cancelled", cut=2)
    code, _, said = run(day, *COLLECT)
    assert (code, said[1:]) == (
        1,
        [
            f"newslens: 2 × Answers are missing: 1 failed (Unavailable). {SUBMIT_AGAIN}",
            "newslens: 2 pending, 1 done",
        ],
    )
    assert run(day, *COLLECT, "--live")[0] == 0
    assert day.calls.count("POST /chat/completions") == 2
    assert written(folder) == {row["id"]: "report" for row in ROWS}


def test_a_failed_article_is_written_and_replaced_once_it_is_answered(day: Day, folder: Path) -> None:
    day.answering = lambda _: (200, completed("x", finish="content_filter", name="filtered"))
    run(day, *SUBMIT)
    day.pass_by()
    assert run(day, *COLLECT)[0] == 1
    assert written(folder) == {row["id"]: "Filtered" for row in ROWS}
    day.answering = summed
    run(day, *SUBMIT, "--retry-failed")
    day.pass_by()
    assert run(day, *COLLECT)[0] == 0
    assert written(folder) == {row["id"]: "report" for row in ROWS}


@pytest.mark.parametrize("command", [("status",), ("cancel",), COLLECT], ids=lambda command: command[0])
def test_only_a_submission_makes_a_store(day: Day, folder: Path, command: tuple[str, ...]) -> None:
    code, _, said = run(day, *command)
    assert (code, said[-1]) == (2, "Error: Invalid value for '--store': File 'run.db' does not exist.")
    assert [path.name for path in folder.iterdir()] == ["corpus.jsonl"]
    assert day.calls == []


@pytest.mark.usefixtures("folder")
def test_a_refused_file_and_a_lens_without_a_batch_end_in_one_line(day: Day) -> None:
    run(day, *SUBMIT)
    day.fail("insufficient_quota", "no money")
    code, _, said = run(day, *COLLECT)
    assert code == 1
    assert said[-1] == (
        "newslens: the batch met QuotaExhausted: 'a request of batch-0': 429, no money (1 try, 0.0 s). Add credit to "
        "the account or change the key, then run again."
    )
    code, _, said = run(day, *SUBMIT, "--offline")
    assert (code, said) == (
        2,
        ["newslens: A batch needs a server with OpenAI's Batch API. Give the lens a model and a key."],
    )
