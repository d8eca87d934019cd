"""Many reports: what was read, what failed, and the way through a file and back."""

import doctest
import json
from pathlib import Path
from typing import Any

import pytest

from newslens.analyses import ALL, DEFAULT
from newslens.article.article import Article
from newslens.corpus import Outcome, Results
from newslens.errors import ConfigurationError, InputError, RateLimited, Usage
from newslens.lens import Lens
from newslens.report import reports as module
from newslens.report.report import Report
from newslens.report.reports import Reports

LENS = Lens(offline=True)
TEXTS = [
    "Mayor Ana Ruiz said on Monday that the old bridge must close.",
    "The union rejected the offer. “It is an insult,” said Omar Diaz.",
    "Prices rose 3% in May, the ministry said.",
]
INPUTS: list[Any] = [
    ("a", Article.from_text(TEXTS[0], title="Bridge <b>", outlet="The Post")),
    ("b\ud800", TEXTS[1]),
    ("gone", InputError("there was no text")),
    ("c", TEXTS[2]),
]
SPENT = RateLimited("wait", status=429, usage=Usage(requests=2, input_tokens=9, seconds=1.5))
OUTCOMES = [*LENS.analyze_many(INPUTS), Outcome("late\udfff", error=SPENT, article="5")]
READ = Reports.of(OUTCOMES)
SINGLE = LENS.analyze(TEXTS[0])


def test_it_is_a_sequence_of_the_reports_in_their_order() -> None:
    assert list(READ) == [one.report for one in OUTCOMES if one.report is not None]
    assert READ.keys == ("a", "b\ud800", "c")
    assert [(one.key, type(one.error)) for one in READ.failures] == [("gone", InputError), ("late\udfff", RateLimited)]
    assert (len(READ), READ[-1], READ[0] in READ) == (3, OUTCOMES[3].report, True)


def test_slices_filters_and_sums_are_reports_with_their_keys() -> None:
    assert (READ[1:].keys, READ[1:].failures) == (("b\ud800", "c"), ())
    posted = READ.filter(lambda report: report.article.outlet == "The Post")
    assert (posted.keys, posted.failures, list(posted)) == (("a",), (), [READ[0]])
    assert READ[:1] + READ[1:] == READ[:]
    assert READ[:] != READ
    assert (READ + READ).failures == READ.failures * 2
    assert READ[:1] + Reports() == READ[:1] != READ[1:2]
    assert READ[:1] != Reports.of([Outcome("a", READ[1], article=OUTCOMES[0].article)])
    assert len({READ[:1], READ[:1], READ[1:2]}) == 2


def test_bare_reports_are_keyed_by_the_hash_of_their_text() -> None:
    assert Reports([SINGLE]).keys == (SINGLE.article.sha256,)


def test_a_file_gives_back_what_was_written_failures_and_all(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    READ.write(path)
    assert Reports.read(path) == READ
    assert Reports.read(path).failures[1].usage == SPENT.usage
    assert [one.key for one in Reports.stream(path)] == ["a", "b\ud800", "c", "gone", "late\udfff"]
    READ[2:].write(path)
    assert Reports.read(path) == READ[2:]
    Reports().write(path)
    assert Reports.read(path) == Reports()
    assert list(tmp_path.iterdir()) == [path]


def test_it_reads_what_a_run_and_what_analyze_writes(tmp_path: Path) -> None:
    with Results(tmp_path / "run.jsonl") as results:
        for outcome in OUTCOMES:
            results.write(outcome)
    run = Reports.read(tmp_path / "run.jsonl")
    assert (run.keys, list(run)) == (READ.keys, [report.without_text() for report in READ])
    assert run.problems.to_dicts() == READ.problems.to_dicts()
    assert run.findings.to_dicts() == READ.findings.to_dicts()
    (tmp_path / "bare.jsonl").write_text(f"\n{SINGLE.model_dump_json()}\n\n")
    assert Reports.read(tmp_path / "bare.jsonl") == Reports([SINGLE])


def test_what_it_writes_a_run_goes_on_with(tmp_path: Path) -> None:
    READ.write(tmp_path / "run.jsonl")
    with Results(tmp_path / "run.jsonl") as results:
        assert list(results.missing([*INPUTS, ("d", TEXTS[0])])) == [("d", TEXTS[0])]


GOOD = json.loads(SINGLE.model_dump_json())
MOVED = json.loads(SINGLE.model_dump_json().replace('"start":0', '"start":1').replace('"end":61', '"end":62'))
HEAD = {"key": "k", "article": "1"}
ERROR = {"kind": "Unavailable", "message": "down", "fields": {}}


@pytest.mark.parametrize(
    "line",
    [
        SINGLE.model_dump_json()[:-20],
        "[" * 100_000,
        "[]",
        "{}",
        b"\xff\xfe",
        json.dumps({"id": "a", "text": TEXTS[0]}),
        json.dumps(MOVED),
        json.dumps({**GOOD, "Ana Ruiz": 1}),
        json.dumps({**HEAD, "report": GOOD, "error": ERROR}),
        json.dumps(HEAD),
        json.dumps({**HEAD, "error": {"kind": "Unavailable"}}),
        json.dumps({**HEAD, "error": {**ERROR, "fields": {"usage": "much"}}}),
    ],
    ids=str,
)
def test_a_damaged_line_is_a_failure_without_its_words_and_costs_no_other(tmp_path: Path, line: str | bytes) -> None:
    path, good = tmp_path / "in.jsonl", SINGLE.model_dump_json().encode()
    data = line if isinstance(line, bytes) else line.encode()
    path.write_bytes(b"\n".join([good, data, good]))
    found = Reports.read(path)
    (failure,) = found.failures
    assert list(found) == [SINGLE, SINGLE]
    assert (failure.key, type(failure.error)) == ("line 2", InputError)
    assert "in.jsonl' line 2 is damaged or cut off" in str(failure.error)
    assert "Ruiz" not in str(failure.error)
    path.write_bytes(data)
    with pytest.raises(InputError, match="holds no report of this version"):
        Reports.read(path)


def test_a_file_that_is_not_there_and_a_place_that_takes_none_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*none.jsonl'"):
        Reports.read(tmp_path / "none.jsonl")
    with pytest.raises(ConfigurationError, match=r"out.jsonl' cannot be written: No such file"):
        READ.write(tmp_path / "none" / "out.jsonl")


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "reports.jsonl"
    READ.write(path)
    unwritable = SINGLE.model_copy(update={"other": {"mine": object()}})  # a stand-in for any fault
    with pytest.raises(ValueError, match="serialize"):
        Reports([SINGLE, unwritable]).write(path)
    assert Reports.read(path) == READ
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", [*(analysis.name for analysis in ALL), "problems", "articles"])
def test_every_analysis_has_its_table_behind_a_property(name: str) -> None:
    made = getattr(READ, name)
    assert made == READ.table(name)
    assert next(iter(made.columns)) == "key"
    assert made.incomplete == len(READ.failures)


def test_findings_stand_behind_the_key_of_their_article() -> None:
    rows = READ.findings.to_dicts()
    expected = [("a", 0), ("b\ufffd", 1), ("c", 2)]
    assert list(dict.fromkeys((row["key"], row["article"]) for row in rows)) == [
        (key, READ[n].article.sha256) for key, n in expected
    ]
    assert [{name: cell for name, cell in row.items() if name != "key"} for row in rows] == [
        row for report in READ for row in report.to_dicts()
    ]


def test_no_article_that_failed_is_missing_from_the_articles_and_the_problems() -> None:
    articles = READ.articles.to_dicts()
    assert [
        (row["key"], row["complete"], row["stances_status"], row["requests"], row["input_tokens"]) for row in articles
    ] == [
        ("a", True, "done", 0, 0),
        ("b\ufffd", True, "done", 0, 0),
        ("c", True, "done", 0, 0),
        ("gone", False, None, 0, 0),
        ("late\ufffd", False, None, 2, 9),
    ]
    problems = [(row["key"], row["analysis"], row["error"], row["message"]) for row in READ.problems]
    assert problems == [("gone", None, "InputError", "there was no text"), ("late\ufffd", None, "RateLimited", "wait")]
    assert READ.articles.to_polars().height == READ.articles.to_pandas().shape[0] == 5


def partial() -> Report:
    """A report of which one analysis failed."""
    gone = [one.model_copy(update={"status": "failed"}) for one in SINGLE.coverage if one.analysis == "framing"]
    kept = [one for one in SINGLE.coverage if one.analysis != "framing"]
    return SINGLE.model_copy(update={"framing": None, "coverage": (*kept, *gone)})


def test_one_line_says_how_many_are_incomplete_and_how_many_failed() -> None:
    assert repr(READ) == "<Reports: 3 articles, 2 FAILED>"
    assert repr(READ[:1] + Reports([partial()])) == "<Reports: 2 articles, 1 INCOMPLETE>"
    assert repr(Reports()) == "<Reports: 0 articles>"


def test_a_notebook_lists_the_articles_escaped_with_what_failed_and_how_many_more() -> None:
    page = (READ + Reports([partial()] * 60))._repr_html_()
    assert "Bridge &lt;b&gt;" in page
    assert "<script" not in page
    assert "<b>" not in page
    assert ">failed<" in page
    assert "and 15 more" in page
    assert "2 FAILED" in page
    assert ">gone<" in READ._repr_html_()
    heads = ["title", "outlet", "published", *(analysis.name for analysis in DEFAULT), "problems"]
    assert [head.split("</bdi>")[0].split(">")[-1] for head in page.split("<th>")[1:]] == heads


def test_the_example_in_its_docstring_is_true() -> None:
    result = doctest.testmod(module)
    assert (result.failed, result.attempted) == (0, 5)


def test_reports_stand_among_outcomes_and_anything_else_is_refused() -> None:
    assert Reports.of([SINGLE]) == Reports([SINGLE])
    assert Reports(OUTCOMES) == READ
    with pytest.raises(ConfigurationError, match="not of str"):
        Reports.of(["text"])  # type: ignore[list-item] # that is the point


@pytest.mark.parametrize(
    "one", [SINGLE, OUTCOMES[0], "run.jsonl", Path("run.jsonl")], ids=lambda one: type(one).__name__
)
def test_one_thing_is_no_reports_and_it_says_what_to_do(one: Any) -> None:
    for make in (Reports, Reports.of):
        with pytest.raises(
            ConfigurationError, match=f"not of one {type(one).__name__}. Put it in a list; a file is for"
        ):
            make(one)
