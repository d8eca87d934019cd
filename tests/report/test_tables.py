"""Tables of findings: every finding a row, every row the same typed columns, nothing that failed looks like nothing."""

import json
import subprocess
import sys
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from page_reports import SAMPLE, varied
from pydantic import JsonValue

from newslens.analyses import ALL
from newslens.analyses.findings import Answer, SupportLabel
from newslens.analyses.framing import PresenceLabel
from newslens.article.article import Article
from newslens.article.spans import without_surrogates
from newslens.errors import ConfigurationError, Unavailable
from newslens.lens import Lens
from newslens.report.report import Report
from newslens.report.rows import list_rows
from newslens.report.tables import Row, Table, build_table
from newslens.testing import Scripted

REPORTS = [SAMPLE, varied()]
TEXT = "Mayor Ana Ruiz said the bridge must close. “It is unsafe,” she said."
SUMMARY = {"text": "The bridge must close.", "key_points": [{"text": "The bridge must close.", "evidence": [1]}]}
STANCE = {"holder": "Ana Ruiz", "target": "the bridge", "label": "against", "voice": "quoted"}
DOWN = Unavailable("the server is down")


def scripted(*replies: Any, text: str = TEXT) -> Report:
    article = Article.from_text(text, title="Bridge", outlet="The Post", url="https://example.org/1")
    analyses = [analysis for analysis in ALL if analysis.name in ("summary", "stances")]
    return Lens(ask=Scripted(*replies), analyses=analyses, calls="separate").analyze(article)


FOUND = scripted({"summary": SUMMARY}, {"stances": [{**STANCE, "evidence": [2, 1], "note": "Says NATO."}]})
NONE = scripted({"summary": SUMMARY}, {"stances": []})
FAILED = scripted({"summary": SUMMARY}, DOWN)


@pytest.mark.parametrize("report", REPORTS)
def test_every_finding_is_one_row_that_points_into_the_article(report: Report) -> None:
    rows, found = report.to_dicts(), list_rows(report)
    assert isinstance(report.article, Article)
    expected = [(one.id, one.text, one.is_there) for one in found]
    assert [(row["id"], row["said"], row["there"]) for row in rows] == expected
    for row, item in zip(rows, found, strict=True):
        place = next((one for one in item.evidence if one.start == row["start"]), None)
        assert (place is None) == (not item.evidence)
        assert [row[name] for name in ("sentence", "start", "end", "quote")] == (
            [place.sentence, place.start, place.end, report.article.text[place.start : place.end]]
            if place
            else [None] * 4
        )
        assert row["sentences"] == "; ".join(str(one.sentence) for one in item.evidence)
        deciding = {one.sentence for one in item.words} & {one.sentence for one in item.evidence}
        assert row["sentence"] in deciding or not deciding


@pytest.mark.parametrize("analysis", [analysis.name for analysis in ALL])
def test_the_tables_of_single_kinds_are_the_parts_of_the_whole(analysis: str) -> None:
    part = build_table(REPORTS, analysis)
    whole = [row for row in build_table(REPORTS) if row["kind"] == analysis]
    assert [{name: row[name] for name in part.columns} for row in whole] == part.to_dicts()
    assert all(tuple(row) == tuple(part.columns) for row in part)


def test_a_row_says_all_that_is_known_of_its_finding() -> None:
    assert FOUND.to_dicts("stances") == [
        {
            "article": FOUND.article.sha256,
            "title": "Bridge",
            "outlet": "The Post",
            "published": None,
            "url": "https://example.org/1",
            "read_by": "scripted",
            "kind": "stances",
            "id": "stances-1",
            "number": 1,
            "said": "Ana Ruiz → the bridge (quoted): Says NATO.",
            "there": True,
            "label": "against",
            "probability": None,
            "method": "stated",
            "supported": None,
            "supported_probability": None,
            "grounded": False,
            "missing": "NATO",
            "sentence": 1,
            "sentences": "1; 2",
            "start": 0,
            "end": 42,
            "quote": "Mayor Ana Ruiz said the bridge must close.",
            "words": "",
            "coverage": 1.0,
            "holder": "Ana Ruiz",
            "target": "the bridge",
            "voice": "quoted",
            "note": "Says NATO.",
        }
    ]


def test_the_quote_is_the_first_sentence_that_holds_a_deciding_word() -> None:
    assert FOUND.stances is not None
    assert isinstance(FOUND.article, Article)
    word = FOUND.article.span(TEXT.index("unsafe"), TEXT.index("unsafe") + 6)
    report = FOUND.model_copy(update={"stances": (FOUND.stances[0].model_copy(update={"words": (word,)}),)})
    row = report.to_dicts("stances")[0]
    assert (row["sentence"], row["quote"], row["words"]) == (2, "“It is unsafe,” she said.", "unsafe")


def test_an_analysis_that_has_not_read_everything_says_how_much_it_has() -> None:
    coverage = tuple(
        one.model_copy(update={"status": "partial", "share": 0.5} if one.analysis == "stances" else {})
        for one in FOUND.coverage
    )
    partial = FOUND.model_copy(update={"coverage": coverage})
    assert [row["coverage"] for row in partial.to_dicts()] == [1.0, 0.5]
    assert [build_table([partial], kind).incomplete for kind in ("summary", "stances", None)] == [0, 1, 1]
    assert build_table([partial], "articles").rows[0]["stances_status"] == "partial"


def test_an_analysis_that_failed_is_told_apart_from_one_that_found_nothing() -> None:
    reports = [FOUND, NONE, FAILED]
    assert [len(build_table([one], "stances")) for one in reports] == [1, 0, 0]
    assert [build_table([one], "stances").incomplete for one in reports] == [0, 0, 1]
    told = [
        (row["stances_found"], row["stances_status"], row["framing_found"], row["complete"])
        for row in build_table(reports, "articles")
    ]
    assert told == [(1, "done", None, True), (0, "done", None, True), (None, "failed", None, False)]
    assert repr(build_table(reports, "stances")).endswith("INCOMPLETE for 1 article, see problems>")
    assert build_table(reports, "summary").incomplete == 0


def test_what_is_missing_is_a_row_of_its_own() -> None:
    rows = build_table([FOUND, FAILED], "problems").to_dicts()
    told = [{name: row[name] for name in ("article", "analysis", "error", "message")} for row in rows]
    problem = {"analysis": "stances", "error": "Unavailable", "message": FAILED.problems[0].message}
    assert told == [{"article": FAILED.article.sha256, **problem}]
    assert (rows[0]["start"], rows[0]["end"]) == (FAILED.problems[0].characters or (None, None))


def judged() -> Report:
    """A report with a frame that is absent, and key points of which one is measured in two ways."""
    report = REPORTS[0]
    assert report.framing is not None
    assert report.summary is not None
    note, point = report.framing[0], report.summary.key_points[0]
    label = PresenceLabel.from_answer(Answer({"present": 0.25, "absent": 0.75, "unclear": 0.0}, "decision"))
    gone = note.model_copy(update={"label": label, "evidence": (), "words": (), "primary": False})
    supported, elsewhere = (
        SupportLabel.from_answer(Answer({"supported": p, "unsupported": 1 - p, "unclear": 0.0}, "votes"))
        for p in (0.2, 0.9)
    )
    points = (point.model_copy(update={"supported": supported, "in_article": elsewhere}), point)
    summary = report.summary.model_copy(update={"key_points": points})
    return report.model_copy(update={"framing": (note, gone), "summary": summary})


def test_a_frame_that_is_absent_is_a_row_that_is_not_there() -> None:
    rows = judged().to_dicts("framing")
    assert [(row["there"], row["label"], row["probability"], row["start"], row["quote"]) for row in rows[1:]] == [
        (False, "absent", 0.75, None, None)
    ]
    assert build_table([judged()], "articles").rows[0]["framing_found"] == 1


def test_a_second_label_is_a_column_with_its_probability() -> None:
    names = ("label", "probability", "method", "in_article", "in_article_probability")
    assert [tuple(row[name] for name in names) for row in judged().to_dicts("summary")] == [
        ("unsupported", 0.8, "votes", "supported", 0.9),
        (None,) * 5,
    ]


KINDS = [None, "problems", "articles", *(analysis.name for analysis in ALL)]
TYPES: dict[type, tuple[str, Any]] = {
    str: ("string", pl.String),
    int: ("Int64", pl.Int64),
    float: ("float64", pl.Float64),
    bool: ("boolean", pl.Boolean),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reports", [[], [*REPORTS, judged(), FOUND, NONE, FAILED]], ids=["none", "many"])
def test_columns_and_types_are_the_same_in_both_libraries_whatever_is_in_them(
    reports: list[Report], kind: str | None
) -> None:
    made = build_table(reports, kind)
    assert made.columns == build_table([REPORTS[0]], kind).columns
    pandas, polars = made.to_pandas(), made.to_polars()
    assert {name: str(of) for name, of in pandas.dtypes.items()} == {n: TYPES[of][0] for n, of in made.columns.items()}
    assert dict(polars.schema) == {name: TYPES[of][1] for name, of in made.columns.items()}
    assert polars.to_dicts() == made.to_dicts()
    plain = [{name: None if pd.isna(cell) else cell for name, cell in row.items()} for row in pandas.to_dict("records")]
    assert plain == made.to_dicts()


OTHER: dict[str, JsonValue] = {
    "tone": [
        {"score": 1, "tags": ["a", 2], "deep": [{"x": "é"}], "kind": "k", "big": 2**70, "mixed": 1},
        {"score": 2.5, "sure": True, "kind": None, "mixed": "one"},
    ],
    "size": [{"score": "large"}],
}
OWN = REPORTS[0].model_copy(update={"other": OTHER})


def test_an_analysis_of_the_users_own_gets_columns_by_what_it_holds() -> None:
    made = build_table([OWN], "tone")
    own = {name: of for name, of in made.columns.items() if name not in build_table([FOUND], "summary").columns}
    texts = dict.fromkeys(("tags", "deep", "tone_kind", "big", "mixed"), str)
    assert own == {"score": float, **texts, "sure": bool}
    assert [tuple(row[name] for name in own) for row in made] == [
        (1.0, "a; 2", '[{"x": "é"}]', "k", str(2**70), "1", None),
        (2.5, None, None, None, None, "one", True),
    ]
    assert made.to_polars().to_dicts() == made.to_dicts()


@pytest.mark.parametrize("kinds", [("tone", "size"), ("size", "tone")])
def test_a_column_that_two_kinds_fill_with_different_types_is_text(kinds: tuple[str, ...]) -> None:
    report = OWN.model_copy(update={"other": {kind: OTHER[kind] for kind in kinds}})
    scores = {(row["kind"], row["score"]) for row in build_table([report]) if row["kind"] in OTHER}
    assert scores == {("tone", "1"), ("tone", "2.5"), ("size", "large")}


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"no analysis 'stance'. There are tables of summary, stances, .*"):
        FOUND.to_dicts("stance")
    assert OWN.to_dicts("size")
    with pytest.raises(ConfigurationError, match="'size'"):
        FOUND.to_dicts("size")


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(exclude_categories=())), st.lists(st.text(), max_size=2), st.floats() | st.booleans())
@example("\ud800", ["\udfff"], float("nan"))
def test_whatever_a_finding_holds_both_libraries_hold_it(text: str, listed: list[str], value: float) -> None:
    one: JsonValue = {"note": text, "tags": [*listed], "value": value, "deep": {text: text}}
    report = FOUND.model_copy(update={"other": {"mine": [one]}, "article": Article(text=f"{TEXT}{text}", title=text)})
    made = build_table([report], "mine")
    assert made.rows[0]["note"] == made.rows[0]["title"] == without_surrogates(text)
    assert json.loads(str(made.rows[0]["deep"])) == {without_surrogates(text): without_surrogates(text)}
    assert made.to_polars()["note"].to_list() == made.to_pandas()["note"].tolist() == [without_surrogates(text)]


def test_rows_given_away_do_not_change_the_table() -> None:
    made = build_table([FOUND], "stances")
    made.to_dicts()[0]["label"] = "favor"
    assert made.to_dicts()[0]["label"] == "against"


def test_a_table_in_a_notebook_is_escaped_cut_and_says_how_much_more_there_is() -> None:
    row: Row = {"said": "<script>\x1b &" + "x" * 200, "p": 0.123, "n": None}
    page = Table("mine", {"said": str, "p": float, "n": int}, (row,) * 60)._repr_html_()
    assert "<script" not in page
    assert "\x1b" not in page
    assert page.count("&lt;script&gt;\ufffd &amp;xxx") == 50
    assert "and 10 more" in page
    assert "0.12<" in page
    assert "x…<" in page
    assert "more" not in Table("mine", {"said": str}, (row,) * 50)._repr_html_()


WITHOUT = """
import sys
for name in ("pandas", "polars"):
    sys.modules[name] = None  # how Python notes that a module cannot be imported
import newslens.report.plots
assert "altair" not in sys.modules
from newslens.report.tables import Table
for missing in (Table("x", {}, ()).to_pandas, Table("x", {}, ()).to_polars):
    try:
        missing()
    except Exception as error:
        print(type(error).__name__, error)
"""


def test_tables_and_plots_import_their_libraries_when_they_need_them_and_say_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "MissingExtra A pandas table needs pandas. Run: pip install pandas",
        "MissingExtra A polars table needs polars. Run: pip install polars",
    ]
