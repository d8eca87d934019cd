"""Pictures: what is counted is what the reports hold, n is told, and files need no network."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from newslens.analyses import ALL
from newslens.article.article import Article
from newslens.errors import ConfigurationError, MissingExtra
from newslens.lens import Lens
from newslens.report import plots as plot
from newslens.report.report import Report

SEEDS = Path(__file__).parents[2] / "seeds"
LENS = Lens(offline=True, analyses=ALL)
NAMES = ("sheinbaum-declines-military-aid", "spanish-transit", "dock-strike-local")
MANY = [LENS.analyze(Article.from_file(SEEDS / f"{name}.txt")) for name in NAMES]
ONE = next(report for report in MANY if report.framing and report.stances)
FRAMED = [report for report in MANY if report.framing is not None]
CHARTS = (plot.frames, plot.loaded, plot.sources, plot.stances, plot.timeline)


def rows(chart: Any) -> list[dict[str, Any]]:
    """The data that a chart is drawn from."""
    drawn = chart.to_dict(validate=True)
    found: list[dict[str, Any]] = drawn["datasets"][drawn["data"]["name"]]
    return found


def subtitle(chart: Any) -> str:
    drawn = chart.to_dict()
    title = drawn.get("title") or drawn["layer"][0]["title"]
    return str(title["subtitle"])


def test_frames_of_several_articles_count_articles() -> None:
    counts: Counter[str] = Counter()
    for row in rows(plot.frames(MANY)):
        counts[row["frame"]] += row["count"]
    assert counts == Counter(frame for report in FRAMED for frame in {note.frame for note in report.framing or ()})
    assert (
        subtitle(plot.frames(MANY))
        == f"n = {len(FRAMED)} articles; left out: {len(MANY) - len(FRAMED)} without framing"
    )


def test_frames_of_one_article_count_the_words_that_decided_or_else_sentences() -> None:
    notes = ONE.framing or ()
    assert {row["frame"]: row["count"] for row in rows(plot.frames(ONE))} == {n.frame: len(n.words) for n in notes}
    bare = ONE.model_copy(update={"framing": tuple(note.model_copy(update={"words": ()}) for note in notes)})
    counts = {note.frame: len({span.sentence for span in note.evidence}) for note in notes}
    assert {row["frame"]: row["count"] for row in rows(plot.frames(bare))} == counts


def test_a_frame_that_is_absent_is_not_counted() -> None:
    notes = ONE.framing or ()
    gone = notes[0].model_copy(update={"label": notes[0].label.model_copy(update={"value": "absent"}), "evidence": ()})
    report = ONE.model_copy(update={"framing": (gone, *notes[1:])})
    assert notes[0].frame not in {row["frame"] for row in rows(plot.frames(report))}


def test_a_cell_of_the_stance_map_has_the_most_frequent_label_and_its_share() -> None:
    stance = (ONE.stances or ())[0]
    other = stance.model_copy(update={"label": stance.label.model_copy(update={"value": "unclear"})})
    reports = [ONE.model_copy(update={"stances": (one,)}) for one in (stance, stance, other)]
    (cell,) = rows(plot.stances(reports))
    assert (cell["label"], cell["share"], cell["sign"][1:]) == (stance.label.value, "2 of 3", " 2 of 3")


def test_the_stance_map_says_what_it_leaves_out() -> None:
    total = sum(len(report.stances or ()) for report in MANY)
    chart = plot.stances(MANY, most=2)
    assert subtitle(chart).startswith(f"n = {len(rows(chart))} of {total} stances")


def test_the_timeline_counts_dated_articles_by_primary_frame() -> None:
    dated = [report for report in MANY if report.article.published]
    chart = plot.timeline(MANY)
    assert sum(row["count"] for row in rows(chart)) == len(dated)
    assert {row["frame"] for row in rows(chart)} >= {"framing not read"}
    assert subtitle(chart).startswith(f"n = {len(dated)} articles with a date")


def test_the_source_mix_counts_attributions_by_class() -> None:
    expected = Counter(one.source_class.value for report in MANY for one in report.sources or ())
    counts: Counter[str] = Counter()
    for row in rows(plot.sources(MANY)):
        counts[row["class"]] += row["count"]
    assert counts == expected
    assert subtitle(plot.sources(MANY)).startswith(f"n = {expected.total()} attributions")


def test_loaded_wording_is_counted_by_words_and_by_voice() -> None:
    named = [(report, report.article.model_copy(update={"outlet": "A"})) for report in MANY]
    outlet = [report.model_copy(update={"article": article}) for report, article in named]
    read = [report for report in outlet if report.loaded is not None]
    articles = [article for report, article in named if report.loaded is not None and isinstance(article, Article)]
    words = sum(len(span.text.split()) for article in articles for span in article.sentences)
    phrases = [one for report in read for one in report.loaded or ()]
    own = len([one for one in phrases if one.is_authors])
    assert {row["voice"]: row["rate"] for row in rows(plot.loaded(outlet))} == {
        "author": pytest.approx(1000 * own / words),
        "others": pytest.approx(1000 * (len(phrases) - own) / words),
    }
    bare = [report.without_text() for report in outlet]
    assert subtitle(plot.loaded([*bare, *outlet])).endswith(
        f"left out: {2 * len(MANY) - len(read)} without loaded wording or a text"
    )


@pytest.mark.parametrize(
    ("days", "unit"),
    [
        (["2025-05-04", "2025-06-01"], "yearmonthdate"),
        (["2025-01-04", "2025-06-01"], "yearmonth"),
        (["1995-01-04", "2025-06-01"], "year"),
        ([], "yearmonthdate"),
    ],
)
def test_a_bar_is_a_day_a_month_or_a_year(days: list[str], unit: str) -> None:
    assert plot.choose_unit(days)[0] == unit


@pytest.mark.slow
@pytest.mark.parametrize("draw", CHARTS, ids=lambda draw: draw.__name__)
def test_every_picture_is_saved_as_a_file_that_needs_no_network(draw: Any, tmp_path: Path) -> None:
    chart = draw(iter(MANY))
    chart.save(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    chart.save(tmp_path / "picture.html", inline=True)
    assert "<script src" not in (tmp_path / "picture.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("draw", CHARTS, ids=lambda draw: draw.__name__)
def test_no_report_is_no_picture(draw: Any) -> None:
    with pytest.raises(ConfigurationError, match="no report"):
        draw([])


@pytest.mark.slow
def test_hostile_names_stay_data() -> None:
    stance = (ONE.stances or ())[0].model_copy(update={"holder": "</script><script>alert(1)</script>"})
    report: Report = ONE.model_copy(update={"stances": (stance,)})
    html = plot.stances(report).to_html(inline=True)
    assert "<script>alert(1)" not in html


def test_a_missing_altair_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingExtra, match=r"newslens-kit\[plot\]"):
        plot.frames(ONE)


def test_a_picture_takes_outcomes_and_refuses_anything_else() -> None:
    from newslens.corpus import Outcome
    from newslens.errors import InputError
    from newslens.lens import Lens

    report = Lens(offline=True).analyze("The council voted on Monday to raise the tax on the budget.")
    outcomes = [Outcome("a", report), Outcome("b", error=InputError("empty"))]
    assert plot.frames(outcomes).to_dict() == plot.frames(report).to_dict()
    with pytest.raises(ConfigurationError, match="not of str"):
        plot.frames(["text"])  # type: ignore[list-item] # that is the point
