"""Every finding of a report in one shape: nothing left out, nothing twice, whatever analysis it comes from."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from newslens.analyses import ALL, DEFAULT, SUMMARY
from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import Finding
from newslens.analyses.framing import coding
from newslens.article.article import Article
from newslens.lens import Lens
from newslens.report.report import Report
from newslens.report.rows import FindingRow, list_rows, list_sections

SEEDS = Path(__file__).parents[2] / "seeds"
SEED = Article.from_file(SEEDS / "sheinbaum-declines-military-aid.txt")
REPORT = Lens(offline=True, analyses=ALL).analyze(SEED)


def typed(report: Report) -> list[Finding]:
    """The findings of the built-in analyses by another way: the fields, one by one."""
    key_points = report.summary.key_points if report.summary else ()
    rest = (getattr(report, analysis.name) for analysis in ALL if analysis is not SUMMARY)
    flat = [found for value in rest for found in (getattr(value, "answers", value) or ())]
    return [*key_points, *flat]


def test_every_finding_is_one_item_with_its_evidence_and_words() -> None:
    assert [(item.text, item.evidence, item.words) for item in list_rows(REPORT)] == [
        (found.describe(), found.evidence, found.words) for found in typed(REPORT)
    ]
    assert [section.kind for section in list_sections(REPORT)] == [analysis.name for analysis in DEFAULT]


def test_an_id_is_the_items_own() -> None:
    assert len({item.id for item in list_rows(REPORT)}) == len(list_rows(REPORT))


def test_an_analysis_of_the_users_own_is_shown_in_the_same_shape() -> None:
    mine = coding(Codebook.named("generic_frames"), name="mine")
    report = Lens(offline=True, analyses=[mine]).analyze(SEED)
    found = report.get(mine)
    assert found
    assert [(item.label and dict(item.label), item.evidence, item.words) for item in list_rows(report)] == [
        (dict(one.label), one.evidence, one.words) for one in found
    ]
    assert [item.facts["code"] for item in list_rows(report)] == [one.code for one in found]


def test_a_result_that_is_no_list_of_findings_is_one_item() -> None:
    report = REPORT.model_copy(update={"other": {"word_count": 1200}})
    assert list_rows(report)[-1] == FindingRow(
        kind="word_count", number=1, text="1200", label=None, facts={"value": 1200}
    )


def test_a_frame_that_is_absent_is_told_apart_from_one_that_is_there() -> None:
    assert REPORT.framing is not None
    first = REPORT.framing[0]
    gone = first.model_copy(
        update={"label": first.label.model_copy(update={"value": "absent"}), "evidence": (), "words": ()}
    )
    report = REPORT.model_copy(update={"framing": (first, gone)})
    assert [item.is_there for item in list_rows(report) if item.kind == "framing"] == [True, False]


@pytest.mark.parametrize(
    "own",
    [
        {"words": 512},
        {"evidence": "weak"},
        {"missing": "abc", "method": "mine"},
        {"evidence": [], "supported": "by nobody"},
        {"evidence": [], "missing": [1, 2]},
        {"judged": {"value": "x", "probability": 5, "distribution": None, "method": "mine"}},
        {"clip": {"start": 0.5, "end": 1.5, "text": "seconds", "sentence": 1}},
    ],
)
def test_fields_of_a_users_own_result_are_no_evidence_for_having_its_names(own: dict[str, Any]) -> None:
    report = REPORT.model_copy(update={"other": {"mine": own}})
    assert Report.model_validate_json(report.model_dump_json()) == report
    item = list_rows(report)[-1]
    assert (item.facts, item.evidence, item.words, item.missing) == (own, (), (), ())
    assert all(str(value) in str(report) for value in own.values() if value)
    assert report.to_html().count("mine-1") > 0


@pytest.mark.parametrize(
    ("value", "evidence", "there"),
    [("present", 1, True), ("unclear", 1, True), ("unclear", 0, False), ("absent", 1, False)],
)
def test_what_a_users_own_analysis_looked_for_in_vain_is_not_there(value: str, evidence: int, there: bool) -> None:  # noqa: FBT001 - a row of the table
    label = {"value": value, "probability": None, "distribution": None, "method": "stated"}
    cited = [span.model_dump() for span in SEED.sentences[:evidence]]
    report = REPORT.model_copy(update={"other": {"mine": [{"code": "c", "label": label, "evidence": cited}]}})
    item = list_rows(report)[-1]
    assert (item.is_there, item.label and item.label.value, item.facts) == (there, value, {"code": "c"})


def test_a_report_from_json_holds_the_articles_words_in_what_is_the_users_own_too() -> None:
    data = json.loads(REPORT.model_dump_json())
    data["other"] = {"mine": [{"claim": "c", "evidence": [{"start": 0, "end": 5, "text": "FAKE!", "sentence": 1}]}]}
    with pytest.raises(ValidationError, match="are not those of the article"):
        Report.model_validate_json(json.dumps(data))
