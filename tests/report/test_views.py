"""What people look at: each view shows every finding, what is missing, and nothing that an article could command."""

import json
import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest

from newslens.analyses import ALL, FRAMING, SOURCES, STANCE, SUMMARY
from newslens.analyses.findings import Answer, Coverage, Problem, SupportLabel
from newslens.analyses.framing import PresenceLabel
from newslens.article.article import Article
from newslens.errors import Unavailable
from newslens.lens import Lens
from newslens.llm.exchange import Response
from newslens.report import plots
from newslens.report.data import Correction, Held
from newslens.report.html import IndexEntry, render_index
from newslens.report.report import Report
from newslens.report.reports import Outcome, Reports
from newslens.report.rows import list_rows
from newslens.report.sanitise import to_one_line
from newslens.report.terminal import render_text
from newslens.report.wording import describe_label, list_gaps
from newslens.testing import Scripted

CORE = (SUMMARY, STANCE, FRAMING)
SEEDS = Path(__file__).parents[2] / "seeds"
SAMPLE = Lens(offline=True, analyses=ALL).analyze(Article.from_file(SEEDS / "sheinbaum-declines-military-aid.txt"))
HOSTILE = Lens(offline=True).analyze(
    "<b>Council</b> \x1b[31mvotes\n\n"
    "Mayor <script>alert(1)</script> Ruiz \x1b]0;x\x07said on Monday \u202e that it ends & went."
)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_terminal_shows_every_finding_within_its_width(width: int) -> None:
    shown = render_text(SAMPLE, width=width)
    assert max(map(len, shown.splitlines())) <= width
    flat = " ".join(shown.split())
    for item in list_rows(SAMPLE):
        label = f" — {describe_label(item.label)}" if item.label else ""
        cited = f" [{', '.join(str(span.sentence) for span in item.evidence)}]" if item.evidence else ""
        assert f"{item.number}. {to_one_line(item.text)}{label}{cited}" in flat


def test_a_finding_on_the_very_first_words_has_them_quoted_too() -> None:
    report = Lens(offline=True, analyses=[SOURCES]).analyze("Ana Ruiz said on Monday that the bridge is closed.")
    assert "1 “Ana Ruiz said on Monday that the bridge is closed.”" in render_text(report)


def test_what_was_read_in_part_is_never_told_as_all_of_it() -> None:
    partial = Coverage(analysis="summary", status="partial", analysed=((0, 10),), share=0.9996)
    assert "summary: only 99% of the sentences were read" in list_gaps(
        SAMPLE.model_copy(update={"coverage": (partial,)})
    )


def test_a_model_without_a_name_is_not_taken_for_classical_methods() -> None:
    summary = {"text": "t", "key_points": [{"text": "It rained.", "evidence": [1]}]}
    report = Lens(analyses=[SUMMARY], ask=Scripted(Response(json.dumps({"summary": summary})))).analyze("It rained.")
    assert (report.provenance.reader, report.provenance.model) == ("model", None)
    views = (repr(report), str(report), report.to_markdown(), report.to_html())
    assert ["classical" in view for view in views] == [False] * 4
    assert ["by a model" in re.sub(r"</dt><dd><bdi[^>]*>", " ", view) for view in views] == [True] * 4
    assert all(
        "classical methods" in view for view in (repr(SAMPLE), str(SAMPLE), SAMPLE.to_markdown(), SAMPLE.to_html())
    )


def test_colour_changes_nothing_but_colour() -> None:
    coloured = render_text(SAMPLE, color=True)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == render_text(SAMPLE)


def test_what_failed_stands_in_plain_sight() -> None:
    summary = {"text": "t", "key_points": [{"text": "See NATO now.", "evidence": [1]}]}
    ask = Scripted({"summary": summary}, Unavailable("the server is down"), Unavailable("the server is down"))
    report = Lens(analyses=CORE, ask=ask, calls="separate").analyze(
        "The council voted on Monday to close the old bridge."
    )
    for view in (render_text(report), report._repr_html_()):
        assert "stances: Unavailable" in view
        assert re.search(r"not in the article: (?:<[^>]*>)?NATO", view)
    assert "WHO STANDS WHERE" not in render_text(report)
    assert repr(report) == "<Report 'untitled': 1 key point, 2 PROBLEMS; by scripted>"


def test_a_hostile_article_commands_neither_terminal_nor_page() -> None:
    assert not set(render_text(HOSTILE)) & set("\x1b\x07\u202e")
    html = HOSTILE._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not set(html) & set("\x1b\x07\u202e")


CONTROLS = "\x00\x07\x1b[31m\x7f\x9b\u202a\u202e\u2066\u2069"


def test_control_characters_in_any_field_reach_no_view() -> None:
    bad = f"x{CONTROLS}y"
    assert SAMPLE.framing
    assert SAMPLE.stances
    changed = {"by": bad, "note": bad, "kind": bad, "finding": None, "before": None, "at": None, "tool": "doccano"}
    made = {"model": bad, "reader": "model", "server": bad, "targets": (bad,), "analyses": (bad,), "judge": bad}
    lacking = {"missing": (bad,), "grounded": False}
    label = {"value": bad, "probability": None, "distribution": None, "method": "stated"}
    report = SAMPLE.model_copy(
        update={
            "article": Article(text=bad, title=bad, byline=bad, outlet=bad, url=bad, source=bad, language=bad),
            "framing": (SAMPLE.framing[0].model_copy(update={"frame": bad, "note": bad} | lacking),),
            "stances": (SAMPLE.stances[0].model_copy(update={"holder": bad, "target": bad}),),
            "other": {bad: [{bad: bad, "label": label}]},
            "problems": (Problem(analysis=bad, kind=bad, message=bad),),
            "coverage": tuple(
                Coverage(analysis=bad, status=status, analysed=(), share=0.5, mended=True)
                for status in ("partial", "needs_model")
            ),
            "corrections": (Correction.model_validate(changed | {"after": Held(label=bad, evidence=())}),),
            "provenance": SAMPLE.provenance.model_copy(update=made | {"codebooks": {bad: bad}, "prompts": {bad: bad}}),
        }
    )
    entry = IndexEntry(key=bad, page=None, title=bad, outlet=bad, published=bad, frame=bad, counts={bad: 1}, why=bad)
    reports = Reports([Outcome(bad, report)])
    drawn = plots.stances(report).to_dict()["datasets"]
    views = {
        "text": str(report),
        "repr": repr(report),
        "markdown": report.to_markdown(),
        "page": report.to_html(),
        "fragment": report._repr_html_(),
        "table": repr(reports.table(bad)),
        "grid": reports.table(bad)._repr_html_(),
        "list": reports._repr_html_(),
        "index": "".join(render_index(bad, [entry], [bad])),
        "chart": "".join(str(cell) for rows in drawn.values() for row in rows for cell in row.values()),
    }
    assert [name for name, view in views.items() if set(view) & (set(CONTROLS) - set("[31m"))] == []


def test_the_cell_holds_every_finding_and_no_script() -> None:
    html = SAMPLE._repr_html_()
    prefix = re.search(r'id="(r\w+)-findings"', html)
    assert prefix
    assert "<script" not in html
    assert all(html.count(f'<li id="{prefix[1]}-{item.id}"') == 1 for item in list_rows(SAMPLE))


def test_a_report_without_its_text_is_shown_too() -> None:
    bare = SAMPLE.without_text()
    assert isinstance(bare, Report)
    assert "text not kept" in render_text(bare)
    assert "The text is not kept" in bare._repr_html_()


def test_plain_is_one_line_without_commands() -> None:
    assert to_one_line("a\x1b[1m\r\n b\u202e\ud800") == "a\ufffd[1m b\ufffd\ufffd"


def judged(value: str, probability: float) -> PresenceLabel:
    rest = {"present": 0.0, "absent": 0.0, "unclear": 1 - probability} | {value: probability}
    return PresenceLabel.from_answer(Answer(rest, "decision"))


def test_frames_that_are_not_there_are_told_in_one_line_and_probabilities_beside_their_labels() -> None:
    assert SAMPLE.framing is not None
    first, second, *_ = SAMPLE.framing
    notes = (
        first.model_copy(update={"label": judged("present", 0.9)}),
        second.model_copy(update={"label": judged("absent", 0.8), "evidence": ()}),
    )
    report = SAMPLE.model_copy(update={"framing": notes})
    shown = render_text(report)
    flat = " ".join(shown.split())
    assert re.search(rf"{first.frame} \(primary\).* — present p=0.90 ▰▰▰▰▱", flat)
    assert re.search(rf"absent: {second.frame}.* p=0.80", flat)
    page = report._repr_html_()
    assert re.search(rf"(?s){first.frame} \(primary\).*present p=0.90", page)
    assert re.search(rf"{second.frame}.*\(absent p=0.80\)", page)
    assert "1 framing note," in repr(report)
    assert "nothing measured how sure" not in shown + page


def test_what_people_corrected_and_what_the_evidence_carries_stand_in_every_view() -> None:
    assert SAMPLE.stances is not None
    first, *rest = SAMPLE.stances
    weighed = SupportLabel.from_answer(Answer({"supported": 0.83, "unsupported": 0.17}, "decision"))
    held = Held(label=first.label.value, evidence=first.evidence)
    change = Correction(
        kind="stances",
        finding="stances-1",
        before=held,
        after=held.model_copy(update={"label": "mixed"}),
        by="<b>Ana</b>",
        at=datetime(2026, 11, 20, tzinfo=UTC),
        tool="label_studio",
        note="reads both ways",
    )
    stances = (first.model_copy(update={"supported": weighed}), *rest)
    report = SAMPLE.model_copy(update={"stances": stances}).with_corrections([change])
    said = f"stances-1: {first.label.value} → mixed, by <b>Ana</b> on 2026-11-20 (label studio): reads both ways"
    shown = render_text(report, width=200)
    assert "CORRECTED BY HAND" in shown
    assert said in shown
    assert "(its sentences: supported p=0.83)" in shown
    memo = report.to_markdown()
    assert "## Corrected by hand" in memo
    assert "its sentences: supported p=0.83" in memo.replace("\\", "")
    page = report.to_html()
    assert escape(said) in page
    assert "its sentences: supported p=0.83" in page
    assert Report.model_validate_json(report.model_dump_json()) == report
