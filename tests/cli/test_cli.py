"""The command line as a shell sees it: data on stdout, the rest on stderr, and the right exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from doubles.shell import CLEAN, run

from newslens.report.report import Report

SEEDS = Path(__file__).parents[2] / "seeds"
SAMPLE = SEEDS / "sheinbaum-declines-military-aid.txt"
STUB = SEEDS / "wire-stub.txt"


def test_with_nothing_configured_an_article_is_read_and_the_reader_named() -> None:
    command = [sys.executable, "-m", "newslens", "analyze", str(SAMPLE)]  # in this process it would be said only once
    done = subprocess.run(command, capture_output=True, check=False, env=CLEAN)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 0
    assert out.startswith("Trump’s Military Aid to Mexico Rejected: Cartel Crisis Deepens!\n2025-05-04")
    for part in ("WHAT IT SAYS", "WHO STANDS WHERE", "HOW IT IS FRAMED", "NOT MEASURED", "classical methods"):
        assert part in out
    assert err.count("\n") == 1
    assert "newslens doctor" in err
    assert all(len(line) <= 100 for line in out.splitlines())
    assert "\x1b" not in out


def test_json_is_a_report_and_nothing_else() -> None:
    done = run("analyze", SAMPLE, "--json", "--offline")
    assert (done.returncode, done.stderr) == (0, b"")
    report = Report.model_validate_json(done.stdout)
    assert report.provenance.reader == "classical"


def test_several_articles_are_an_array_or_a_line_each() -> None:
    array = json.loads(run("analyze", SAMPLE, STUB, "--json", "--offline").stdout)
    lines = run("analyze", SAMPLE, STUB, "--jsonl", "--offline").stdout.decode().splitlines()
    assert [dated(one) for one in array] == [dated(json.loads(line)) for line in lines]
    assert len(lines) == 2
    assert [json.loads(line)["article"]["source"] for line in lines] == [str(SAMPLE), str(STUB)]


def dated(report: dict[str, Any]) -> dict[str, Any]:
    return {**report, "provenance": {**report["provenance"], "created": None}}


def test_standard_input_is_an_article() -> None:
    done = run("analyze", "-", "--offline", "--analyses", "summary", text=STUB.read_bytes())
    assert done.returncode == 0
    assert b"WHAT IT SAYS" in done.stdout
    assert b"WHO STANDS WHERE" not in done.stdout


def test_one_bad_article_does_not_cost_the_others(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    done = run("analyze", empty, STUB, tmp_path / "none.txt", "--jsonl", "--offline")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    err = done.stderr.decode().splitlines()
    assert len(err) == 2
    assert "empty.txt" in err[0]
    assert "none.txt" in err[1]


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (("analyze", "--nonsense"), "No such option"),
        (("analyze", STUB, "--analyses", "sumary"), "no analysis 'sumary'. Known: summary, stances, framing"),
        (("analyze", STUB, "--codebook", "nonsense"), "no codebook 'nonsense'"),
        (("analyze", STUB, "--judge", "guess"), "methods must be a tuple of decision, logprobs, votes"),
        (("analyze", STUB, "-m", "m"), "no key for OpenAI"),
        (("analyze", STUB, "--base-url", "http://127.0.0.1:9/v1"), "needs the name of a model"),
        (("analyze", STUB, "--gguf", "none.gguf"), "none.gguf"),
        (("analyze", STUB, "--key-env", "NO_SUCH_NAME"), "variable NO_SUCH_NAME is not set"),
        (("analyze", STUB, "--offline", "--gguf", "none.gguf"), "contradict each other"),
        (("prompts", "nonsense"), "no prompt 'nonsense'"),
        (("codebooks", "show", "nonsense"), "no codebook 'nonsense'"),
    ],
)
def test_wrong_usage_and_set_up_exit_with_two_and_one_reason(args: tuple[Any, ...], complaint: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stdout == b""
    assert complaint in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert run("analyze", STUB, "--json", "--offline", "-o", out).returncode == 0
    Report.model_validate_json(out.read_bytes())
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    done = run("analyze", STUB, "--json", "--offline", "-o", tmp_path / "no" / "report.json")
    assert done.returncode == 1
    assert b"cannot be written" in done.stderr


def test_a_failed_run_leaves_the_old_file_and_a_device_stays_one(tmp_path: Path) -> None:
    old, empty = tmp_path / "old.json", tmp_path / "empty.txt"
    old.write_text("old")
    old.chmod(0o640)
    empty.write_text("")
    assert run("analyze", empty, "--json", "--offline", "-o", old).returncode == 1
    assert old.read_text() == "old"
    link = tmp_path / "link.json"
    link.symlink_to(old)
    assert run("analyze", STUB, "--json", "--offline", "-o", link).returncode == 0
    assert link.is_symlink()
    assert Report.model_validate_json(old.read_bytes())
    assert old.stat().st_mode & 0o777 == 0o640
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert run("analyze", STUB, "--jsonl", "--offline", "-o", pipe).returncode == 0
        assert Report.model_validate_json(reader.communicate()[0])
    assert pipe.is_fifo()


def test_an_article_is_never_overwritten(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_bytes(STUB.read_bytes())
    done = run("analyze", article, "--offline", "-o", article)
    assert done.returncode == 2
    assert article.read_bytes() == STUB.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("place", [">/dev/full", ">&-"])
def test_an_output_that_takes_nothing_is_one_line(place: str) -> None:
    command = f"{sys.executable} -m newslens analyze --offline {STUB} {place}"
    done = subprocess.run(["/bin/bash", "-c", command], capture_output=True, check=False, env=CLEAN)
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1


def test_an_article_in_another_language_does_not_cost_the_others() -> None:
    spanish = SEEDS / "spanish-transit.txt"
    done = run("analyze", SAMPLE, spanish, STUB, "--jsonl", "--offline", "--analyses", "stances")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert "spanish-transit.txt" in done.stderr.decode()


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m newslens analyze --offline --jsonl {SAMPLE} {SAMPLE} {SAMPLE} | head -c 10"
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {command}"], capture_output=True, check=False, env=CLEAN
    )
    assert done.returncode == 0
    assert done.stderr == b""


def test_doctor_names_what_is_set_and_shows_no_key() -> None:
    bare = run("doctor")
    assert bare.returncode == 0
    assert "export OPENAI_API_KEY" in bare.stdout.decode()
    done = run("doctor", OPENAI_API_KEY="canary-key", OPENAI_BASE_URL="http://u:canary-pw@h:1/v1", NEWSLENS_MODEL="m")
    assert done.returncode == 0
    assert "model m at h" in done.stdout.decode()
    assert b"canary" not in done.stdout + done.stderr
    assert run("doctor", OPENAI_BASE_URL="http://h/v1").returncode == 1


def test_prompts_and_codebooks_are_listed_and_shown() -> None:
    assert b"summary" in run("prompts").stdout
    assert run("prompts", "system").stdout.startswith(b"You read news articles")
    assert b"policy_frames" in run("codebooks").stdout
    assert b"external_regulation" in run("codebooks", "show", "policy_frames").stdout


def test_codebook_files_are_checked_before_any_call(tmp_path: Path) -> None:
    whole = SAMPLE.parents[1] / "prompts" / "codebooks" / "generic_frames.toml"
    broken = tmp_path / "broken.toml"
    broken.write_text(whole.read_text().replace('phrase = "', 'phrase = "not in the text: ', 1))
    done = run("codebooks", "check", whole, broken)
    assert done.returncode == 1
    good, *notes, bad = done.stdout.decode().splitlines()
    assert all("note:" in note for note in notes)
    assert good == f"ok      {whole}: 5 labels, 10 examples"
    assert "is not in its text" in bad


def test_a_corpus_is_read_row_by_row_and_gone_on_with(tmp_path: Path) -> None:
    corpus, out, store = tmp_path / "corpus.jsonl", tmp_path / "out.jsonl", tmp_path / "run.db"
    rows = [{"id": "a", "text": STUB.read_text()}, {"id": "b", "text": ""}, {"id": "c", "text": SAMPLE.read_text()}]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = ("run", corpus, "-o", out, "--store", store, "--offline", "--analyses", "summary")
    first = run(*command)
    written = out.read_bytes()
    second = run(*command)
    assert (first.returncode, second.returncode) == (1, 1)
    end = first.stderr.decode().splitlines()[-2:]
    assert "1 × InputError: Correct the input, then run again" in end[0]
    assert end[1] == "newslens: 2 done, 1 failed (InputError)"
    assert [json.loads(line)["key"] for line in written.splitlines()] == ["a", "b", "c"]
    assert out.read_bytes() == written
    assert second.stderr.decode().splitlines()[-1] == f"{end[1]}; 3 of them in the file already"
    shown = run("cache", store)
    assert shown.returncode == 0
    assert b"answers" in shown.stdout
    assert run("cache", tmp_path / "none.db").returncode == 2


def test_a_dry_run_sends_nothing_and_makes_nothing(tmp_path: Path) -> None:
    corpus, store = tmp_path / "corpus.jsonl", tmp_path / "run.db"
    corpus.write_text(json.dumps({"text": STUB.read_text()}) + "\n")
    nobody: Any = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "NEWSLENS_MODEL": "m"}
    done = run("run", corpus, "--dry-run", "--store", store, **nobody)
    assert (done.returncode, done.stderr) == (0, b"")
    rows = dict(line.split(maxsplit=1) for line in done.stdout.decode().splitlines() if not line.startswith("in"))
    assert (rows["articles"], rows["requests"], rows["cost"]) == ("1", "1", "unknown: no price is known")
    assert list(tmp_path.iterdir()) == [corpus]
    assert "$0.0000" in run("run", corpus, "--dry-run", "--offline").stdout.decode()
    assert run("run", corpus, "--offline").returncode == 2


@pytest.mark.parametrize("command", ["run", "analyze"])
def test_a_cap_ends_the_work_before_anything_is_sent_and_says_how_to_go_on(command: str, tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus.jsonl", tmp_path / "out.jsonl"
    corpus.write_text(json.dumps({"text": STUB.read_text()}) + "\n")
    nobody: Any = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "NEWSLENS_MODEL": "m"}
    source = corpus if command == "run" else STUB
    done = run(command, source, "-o", out, "--max-tokens", "100", **nobody)
    assert done.returncode == 1
    assert "budget" in done.stderr.decode()
    assert command == "analyze" or "which counts each run from zero" in done.stderr.decode()
    assert run(command, source, "-o", out, "--max-cost", "1", **nobody).returncode == 2  # no price


def test_without_a_store_what_has_a_line_is_not_read_again(tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus.jsonl", tmp_path / "out.jsonl"
    row = json.dumps({"text": STUB.read_text()}) + "\n"
    corpus.write_text(row)
    command = ("run", corpus, "-o", out, "--offline", "--analyses", "summary", "--no-progress")
    run(*command)
    corpus.write_text(row + row)
    done = run(*command)
    assert done.stderr.decode().splitlines() == ["newslens: 1 done"]
    assert [json.loads(line)["key"][:5] for line in out.read_text().splitlines()] == ["row 1", "row 2"]
    assert run(*command, "--retry-failed").stderr.decode().splitlines() == ["newslens: no article left to read"]


def test_a_file_of_other_settings_is_left_as_it_is(tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus.jsonl", tmp_path / "out.jsonl"
    corpus.write_text(json.dumps({"id": "a", "text": STUB.read_text()}) + "\n")
    command = ("run", corpus, "-o", out, "--offline", "--no-progress")
    run(*command, "--analyses", "summary")
    written = out.read_bytes()
    done = run(*command, "--analyses", "stances")
    assert (done.returncode, len(done.stderr.decode().splitlines())) == (2, 1)
    assert "out.jsonl line 1 was written with other settings: analyses, prompts. " in done.stderr.decode()
    assert out.read_bytes() == written
    same = ("--analyses", "summary", "--concurrency", "1", "--text", "--store", tmp_path / "run.db")
    assert run(*command, *same).returncode == 0
    assert out.read_bytes() == written


def test_a_mended_row_takes_the_place_of_its_failure_as_the_advice_says(tmp_path: Path) -> None:
    corpus, out = tmp_path / "corpus.csv", tmp_path / "out.jsonl"
    command = ("run", corpus, "-o", out, "--offline", "--analyses", "summary", "--no-progress")
    corpus.write_text("id,text\na,The council voted, said Ana Ruiz.\n")
    assert (
        run(*command)
        .stderr.decode()
        .splitlines()[-2]
        .endswith("Correct the input, then run again with retry_failed (--retry-failed).")
    )
    corpus.write_text('id,text\na,"The council voted, said Ana Ruiz."\n')
    assert run(*command, "--retry-failed").stderr.decode().splitlines() == ["newslens: 1 done"]
    assert [json.loads(line)["key"] for line in out.read_text().splitlines()] == ["a"]


def test_a_bar_is_on_stderr_where_it_is_asked_for(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text((json.dumps({"text": STUB.read_text()}) + "\n") * 3)
    command = ("run", corpus, "-o", tmp_path / "out.jsonl", "--offline", "--analyses", "summary")
    done = run(*command, "--progress")
    assert done.stdout == b""
    assert b"3/3" in done.stderr
    assert b"articles" not in run(*command).stderr


def test_neither_an_id_nor_a_full_disk_of_a_run_reaches_the_terminal_raw(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"id": "\x1b]0;x\x07", "text": ""}, {"id": "2", "text": "The council voted on Monday to close the bridge."}]
    corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = run("run", str(corpus), "-o", str(tmp_path / "out.jsonl"), "--offline")
    assert b"\x1b" not in done.stderr
    full = run("run", str(corpus), "-o", "/dev/full", "--offline")
    assert (full.returncode, b"Traceback" in full.stderr) == (2, False)
    assert b"No space left on device" in full.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", ["--help", "--version", "doctor", "prompts", "codebooks"])
@pytest.mark.parametrize("place", [">/dev/full", ">&-"])
def test_what_cannot_be_shown_is_one_line_and_a_failure(command: str, place: str) -> None:
    line = f"{sys.executable} -m newslens {command} {place}"
    done = subprocess.run(["/bin/bash", "-c", line], capture_output=True, check=False, env=CLEAN)
    assert done.returncode == 1
    assert done.stderr.decode().startswith("newslens: standard output cannot be written: ")
    assert done.stderr.count(b"\n") == 1


def test_the_name_of_a_run_cannot_command_the_terminal(tmp_path: Path) -> None:
    from newslens.llm.store import Store

    with Store(tmp_path / "run.db") as store:
        store.begin("a\x1b]0;x\x07\nb", "settings")
    done = run("cache", tmp_path / "run.db")
    assert done.stdout.decode().splitlines()[-1] == "run a\ufffd]0;x\ufffd b: "


@pytest.mark.parametrize("days", ["nan", "inf", "-1", "1e9"])
def test_answers_are_forgotten_by_a_number_of_days_only(days: str, tmp_path: Path) -> None:
    from newslens.llm.store import Store

    Store(tmp_path / "run.db").close()
    done = run("cache", tmp_path / "run.db", "--prune", days)
    assert (done.returncode, done.stdout, b"Traceback" in done.stderr) == (2, b"", False)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [("", "A path is empty"), ("http://", "names no host"), ("a\x1b]0;x\x07.txt", "There is no file")],
)
def test_a_source_that_is_none_is_said_without_commanding_the_terminal(source: str, complaint: str) -> None:
    done = run("analyze", source, "--offline")
    assert done.returncode in (1, 2)
    assert complaint in done.stderr.decode()
    assert not {b"\x1b", b"\x07"} & {bytes([byte]) for byte in done.stderr}


INTERRUPTED = """
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from newslens.cli import main
main()
"""


@pytest.mark.slow
def test_an_interruption_while_it_starts_is_quiet() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, check=False, env=CLEAN)
    assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.parametrize(("name", "options"), [("corpus.txt", ()), ("corpus.jsonl", ("--encoding", "undefined"))])
def test_a_corpus_that_cannot_be_read_at_all_is_one_line(name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / name).write_text(json.dumps({"text": "The council voted on Monday."}))
    done = run("run", tmp_path / name, "-o", tmp_path / "out.jsonl", "--offline", *options)
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert b"run again" not in done.stderr
