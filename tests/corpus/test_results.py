"""Rows in and out of files: each row in its place, whatever it holds; a restart goes on where the file ends."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens import Limits
from newslens.analyses import SUMMARY
from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import Problem
from newslens.article.article import Article
from newslens.corpus import Outcome, Results, rows
from newslens.corpus.inputs import KeyedInput
from newslens.errors import ConfigurationError, InputError, NewslensError, Unavailable
from newslens.lens import Lens
from newslens.options import Budget, Retry
from newslens.report.report import Report
from newslens.report.reports import Reports

TEXT = "The council voted on Monday to close the old bridge."
REPORT = Lens(offline=True, analyses=[SUMMARY]).analyze(TEXT)


def read(path: Path, content: bytes, **options: Any) -> list[tuple[str, Article | str]]:
    """Keys with articles, or with messages of errors."""
    path.write_bytes(content)
    return [(key, got if isinstance(got, Article) else str(got)) for key, got in rows.read(path, **options)]


def told(rows: Sequence[tuple[str, Any]]) -> list[str]:
    """The keys, those that were made up without their hash."""
    return [re.sub(r"^(row \d+) [0-9a-f]{8}$", r"\1", key) for key, _ in rows]


def test_json_lines_give_an_article_or_an_error_a_line(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "text": TEXT, "title": "Bridge", "url": "https://a.example/1", "rating": 3}).encode(),
        b"",
        json.dumps({"id": 7, "maintext": TEXT, "authors": ["Ana Ruiz"]}).encode(),
        json.dumps({"text": TEXT}).encode(),
        b'{"text": "cut',
        b"[1, 2]",
        b'{"id": "e", "text": ""}',
        b'{"text": "\xff"}',
        b"[" * 100_000,
        json.dumps({"id": "", "text": TEXT}).encode(),
    ]
    got = read(tmp_path / "in.jsonl", b"\xef\xbb\xbf" + b"\r\n".join(lines))
    assert told(got) == ["a", "7", "row 3", "row 4", "row 5", "e", "row 7", "row 8", "row 9"]
    first = got[0][1]
    assert isinstance(first, Article)
    assert (first.title, first.url) == ("Bridge", "https://a.example/1")
    assert [type(one).__name__ for _, one in got] == ["Article"] * 3 + ["str"] * 5 + ["Article"]
    complaints = ["not JSON", "holds a list", "'text' is empty", "not utf-8", "not JSON"]
    assert [words in str(one) for words, (_, one) in zip(complaints, got[3:8], strict=True)] == [True] * 5


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_gives_an_article_a_row(tmp_path: Path, delimiter: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    long = f"{TEXT} " * 5000  # more than the csv module takes by itself
    writer.writerows(
        [["id", "title", "text"], ["x", "Bridge; closed, said", f"{TEXT}\n\nIt is “old”."], ["", "", long]]
    )
    got = read(tmp_path / "in.csv", b"\xef\xbb\xbf" + file.getvalue().encode())
    assert told(got) == ["x", "row 2"]
    first, second = (one for _, one in got)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.title == "Bridge; closed, said"
    assert "\n\nIt is “old”." in first.text
    assert second.text == long


def test_a_csv_row_in_another_encoding_is_an_error_of_its_own(tmp_path: Path) -> None:
    content = f"id,text\na,{TEXT}\nb,Caf\u00e9 {TEXT}\n".encode("cp1252")
    assert [type(one).__name__ for _, one in read(tmp_path / "in.csv", content)] == ["Article", "str"]
    named = read(tmp_path / "in.csv", content, encoding="cp1252")
    assert [type(one).__name__ for _, one in named] == ["Article", "Article"]


def test_a_csv_row_that_is_not_whole_is_an_error_that_says_its_line(tmp_path: Path) -> None:
    rows = [f'a,"{TEXT}\n\n{TEXT}"', "", f"b,{TEXT},or not", f"c,{TEXT},or,not", "", f'd,"{TEXT}', f"e,{TEXT}"]
    got = read(tmp_path / "in.csv", "\n".join(["id,text", *rows]).encode())
    assert [type(one).__name__ for _, one in got] == ["Article", "str", "str", "str"]
    assert "line 6 has 1 cell more than the header" in str(got[1][1])
    assert "line 7 has 2 cells more than the header" in str(got[2][1])
    assert "begins in line 9 is not CSV" in str(got[3][1])


def test_a_csv_row_with_fewer_cells_lacks_the_last_ones(tmp_path: Path) -> None:
    (article,) = (one for _, one in read(tmp_path / "in.csv", f"id,text,title\na,{TEXT}\n".encode()))
    assert article == Article.from_text(TEXT)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["in.csv", "in.jsonl"])
def test_a_file_of_wide_characters_says_what_it_is_and_what_to_do(tmp_path: Path, name: str, encoding: str) -> None:
    content = f"id,text\na,{TEXT}\n" if name == "in.csv" else json.dumps({"text": TEXT})
    if encoding == "utf-32":
        content = "\ufeff" + content
    with pytest.raises(InputError, match=r"The file is UTF-(16|32).*Convert it"):
        read(tmp_path / name, content.encode(encoding))


def test_a_place_that_fills_up_is_said() -> None:
    with Results("/dev/full") as results, pytest.raises(ConfigurationError, match="cannot be written: No space left"):
        results.write(DONE)


def test_a_line_that_no_article_has_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_BYTES", 1000)
    good = json.dumps({"text": TEXT}).encode()
    got = read(tmp_path / "in.jsonl", good + b"\n" + b'{"text": "' + b"x" * 5000 + b'"}\n' + good)
    assert [type(one).__name__ for _, one in got] == ["Article", "str", "Article"]
    assert "more than 1,000 bytes" in str(got[1][1])


@pytest.mark.parametrize(
    ("name", "options", "complaint"),
    [
        ("broken.csv", {}, "not a CSV header"),
        ("rows.xlsx", {}, r"ends in '.xlsx'; rows are read from .jsonl"),
        ("broken.parquet", {}, "not Parquet, or is damaged"),
        ("missing.parquet", {}, "There is no file"),
        ("missing.jsonl", {}, "There is no file"),
        ("broken.csv", {"encoding": "latin-77"}, "no encoding 'latin-77'"),
        ("broken.csv", {"encoding": "utf-16"}, "Convert the file to UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_said(
    tmp_path: Path, name: str, options: dict[str, str], complaint: str
) -> None:
    (tmp_path / "broken.csv").write_bytes(b"\r\x00")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(InputError, match=complaint):
        next(rows.read(tmp_path / name, **options))


@given(st.binary(max_size=300))
def test_whatever_a_file_holds_no_row_ends_the_run(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("rows")
    for name, head in (("in.jsonl", b""), ("in.csv", b"id,text\n")):
        try:
            rows = read(folder / name, head + content)
        except InputError as error:
            assert str(error).startswith("The file is UTF-")  # noqa: PT017 - most examples raise nothing
            continue
        assert all(key and isinstance(got, (Article, str)) for key, got in rows)


# ── results ──

DONE = Outcome("a", REPORT, article="1")
PROBLEM = Problem(analysis="summary", kind="Unavailable", message="down")
INCOMPLETE = Outcome("c", REPORT.model_copy(update={"problems": (PROBLEM,)}), article="2")
PART = REPORT.coverage[0].model_copy(update={"status": "partial"})
UNFINISHED = Outcome("c", REPORT.model_copy(update={"coverage": (PART,)}), article="2")
FAILED = Outcome("b\ud800\n", error=Unavailable("down", status=503), article="2")


def write(path: Path, outcomes: Sequence[Outcome], **options: Any) -> list[bool]:
    with Results(path, **options) as results:
        return [results.write(outcome) for outcome in outcomes]


def keys(path: Path) -> list[str]:
    return [json.loads(line)["key"] for line in path.read_bytes().splitlines()]


def test_a_line_holds_a_report_without_text_or_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    assert write(path, [DONE, FAILED]) == [True, True]
    first, second = map(json.loads, path.read_text().splitlines())
    assert Report.model_validate(first["report"]) == REPORT.without_text()
    assert {**first, "report": None} == {"key": "a", "article": "1", "report": None}
    assert (second["key"], second["error"]["kind"], second["error"]["fields"]["status"]) == (FAILED.key, "Unavailable", 503)  # fmt: skip  # noqa: E501
    write(tmp_path / "whole.jsonl", [DONE], text=True)
    assert Report.model_validate(json.loads((tmp_path / "whole.jsonl").read_text())["report"]) == REPORT


def test_each_line_is_in_the_file_before_the_next_is_asked_for(tmp_path: Path) -> None:
    with Results(tmp_path / "out.jsonl") as results:
        results.write(DONE)
        assert keys(tmp_path / "out.jsonl") == ["a"]


def test_a_restart_writes_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [DONE, FAILED])
    changed = Outcome("a", REPORT, article="another text")
    assert write(path, [DONE, FAILED, changed]) == [False, False, True]
    assert keys(path) == ["a", FAILED.key, "a"]


@pytest.mark.parametrize("left", [1, 3, 7, 40, -1])
def test_a_line_that_a_kill_has_cut_is_written_again(tmp_path: Path, left: int) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [FAILED, DONE])
    whole = path.read_bytes()
    first, second = whole.splitlines(keepends=True)
    path.write_bytes(first + second[:left])
    assert write(path, [FAILED, DONE]) == [False, True]
    assert path.read_bytes() == whole


@pytest.mark.parametrize("before", [FAILED, INCOMPLETE, UNFINISHED])
def test_articles_that_are_read_again_have_one_line_in_the_end(tmp_path: Path, before: Outcome) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [before, DONE])
    mended = Outcome(before.key, REPORT, article="2")
    assert write(path, [mended, DONE], drop_failed=False) == [False, False]
    assert write(path, [mended, DONE], drop_failed=True) == [True, False]
    assert list(Reports.stream(path)) == [replace(one, report=REPORT.without_text()) for one in (DONE, mended)]
    assert sorted(path.parent.iterdir()) == [path]


NO_SETTINGS = b'{"key":"a","article":"1","settings":5,"error":{}}\n'
NO_REPORT = b'{"key":"a","article":"1","report":5}\n'


@pytest.mark.parametrize(
    "content", [b"Dear diary", b"Dear diary\n", b'{"key": 1}\n', b'{"key":1}\n', b"\x00" * 99, NO_SETTINGS, NO_REPORT]
)
def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="holds no result of a run, so nothing was changed"):
        Results(path, drop_failed=True)
    assert path.read_bytes() == content


def asking(model: str = "m", **settings: Any) -> Lens:
    return Lens(model, **{"base_url": "http://127.0.0.1:9/v1", "api_key": "k", **settings})


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (Lens(offline=True), ["reader", "model", "server", "judging"]),
        (asking("n"), ["model"]),
        (asking(base_url="http://127.0.0.1:9/v2"), ["server"]),
        (asking(analyses=[SUMMARY]), ["analyses", "prompts", "codebooks"]),
        (asking(codebook=Codebook.named("generic_frames")), ["codebooks"]),
        (asking(targets=["the bridge"]), ["targets"]),
        (asking(blind=True), ["blind"]),
        (asking(calls="separate"), ["calls"]),
        (asking(limits=Limits(overlap=2)), ["limits"]),
        (asking(judge=False), ["judging"]),
        (asking(temperature=0.5), ["temperature"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_file_is_of_one_lens_s_settings_and_says_which_are_others(
    tmp_path: Path, other: Lens, named: list[str]
) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [FAILED, DONE], pipeline=asking().pipeline)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"line 2 .* Nothing was changed. Name another file") as refused:
        Results(path, pipeline=other.pipeline, drop_failed=True)
    said = str(refused.value).partition("settings: ")[2].partition(". Nothing")[0]
    assert re.sub(r" \(.*?\)", "", said).split(", ") == named
    assert path.read_bytes() == before


def test_what_changes_no_report_changes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [DONE], pipeline=asking().pipeline)
    others = [asking(budget=Budget(max_tokens=9)), asking(retry=Retry(attempts=1)), asking(api_key="another")]
    assert [write(path, [DONE], pipeline=other.pipeline) for other in others] == [[False]] * 3


def test_the_lines_that_go_out_are_of_any_settings(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [FAILED], pipeline=asking().pipeline)
    with pytest.raises(ConfigurationError, match=r"line 1 .* model \('m' before, 'n' now\)"):
        Results(path, pipeline=asking("n").pipeline)
    assert write(path, [DONE], pipeline=asking("n").pipeline, drop_failed=True) == [True]
    assert keys(path) == ["a"]


def test_lines_that_do_not_say_their_settings_are_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [DONE])
    assert write(path, [DONE, FAILED], pipeline=asking().pipeline) == [False, True]
    assert write(path, [DONE, FAILED]) == [False, False]
    assert list(Reports.stream(path)) == [replace(DONE, report=REPORT.without_text()), ANY]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written: No such file"):
        Results(tmp_path / "nowhere" / "out.jsonl")


WRITER = """
import sys
from newslens.corpus import Results
with Results(sys.argv[1], drop_failed=True):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_on_the_file_is_refused_until_the_first_ends_even_by_kill(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write(path, [FAILED, DONE])
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"  # it has put a file of its own in the place of the old one
        before = path.read_bytes()
        with pytest.raises(ConfigurationError, match="Another process writes"):
            Results(path, drop_failed=True)
        assert path.read_bytes() == before
        other.kill()
    assert write(path, [FAILED, DONE]) == [True, False]
    assert sorted(tmp_path.iterdir()) == [path]


def test_what_has_no_line_yet_is_told(tmp_path: Path) -> None:
    inputs = [("a", TEXT), ("b", TEXT), ("a", f"{TEXT} Again.")]
    done = KeyedInput.of(inputs[0])
    with Results(tmp_path / "out.jsonl") as results:
        results.write(Outcome("a", REPORT, article=done.article))
        assert list(results.missing(inputs)) == inputs[1:]


@given(st.text(st.characters(exclude_categories=[]), max_size=30))
def test_a_job_says_which_article_it_is_and_shows_no_text(text: str) -> None:
    job = KeyedInput.of(("key", f"{text}?"))
    assert (job.key, len(job.article)) == ("key", 64)
    assert "?" not in repr(job)
    assert KeyedInput.of(f"{text}?").article == job.article != KeyedInput.of(f"{text}!").article
    error: NewslensError = InputError("bad")
    assert KeyedInput.of(("key", error)).content is error
