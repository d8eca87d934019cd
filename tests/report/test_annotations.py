"""Exports as the tools write them: each change that a person made is one correction, with who and when."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from annotated import ARTICLE, CLOSED, FIRST, RECKLESS, REPORT, SECOND, THIRD, export, report, stance
from pydantic import ValidationError

from newslens.article.article import Article
from newslens.errors import InputError
from newslens.lens import Lens
from newslens.report.annotations import (
    read_doccano,
    read_label_studio,
    read_web_annotation,
    to_doccano,
    to_label_studio,
    to_web_annotation,
)
from newslens.report.data import Correction, Held

DIGEST = ARTICLE.sha256
PLAN = (74, 82)
Places = tuple[tuple[int, int], ...]


def held(label: str | None, *evidence: tuple[int, int], words: Places = ()) -> Held:
    return Held(
        label=label,
        evidence=tuple(ARTICLE.span(*place) for place in evidence),
        words=tuple(ARTICLE.span(*place) for place in words),
    )


SUMMARY = held(None, FIRST)
ANA = held("against", FIRST, words=(CLOSED,))
UNION = held("against", SECOND, THIRD, words=(RECKLESS,))


def test_label_studio_gives_each_change_with_the_annotator_and_the_time() -> None:
    mara: Any = {
        "by": "mara@news.example",
        "at": datetime(2026, 11, 20, 9, 31, 8, 746926, tzinfo=UTC),
        "tool": "label_studio",
    }
    note = "She wants it closed, and rebuilt."
    assert read_label_studio([REPORT], export("label_studio.json")) == {
        DIGEST: (
            Correction(kind="summary", finding="summary-1", before=SUMMARY, after=None, **mara),
            Correction(
                kind="stances",
                finding="stances-1",
                before=ANA,
                after=held("mixed", FIRST, words=(CLOSED,)),
                note=note,
                **mara,
            ),
            Correction(
                kind="stances",
                finding="stances-2",
                before=UNION,
                after=held("against", SECOND, words=(PLAN, RECKLESS)),
                **mara,
            ),
            Correction(kind="stances", finding=None, before=None, after=held("none", THIRD), **mara),
        )
    }


def test_doccano_gives_each_change_and_comments_as_remarks() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    admin: Any = {"by": "admin", "at": at, "tool": "doccano"}
    moved = (25, 38)
    assert read_doccano([REPORT], export("doccano.jsonl"), by="admin", at=at) == {
        DIGEST: (
            Correction(
                kind="stances",
                finding="stances-1",
                before=ANA,
                after=held("against", FIRST, words=(moved,)),
                **admin,
            ),
            Correction(
                kind="stances",
                finding="stances-2",
                before=UNION,
                after=held("favor", SECOND, THIRD, words=(RECKLESS,)),
                **admin,
            ),
            Correction(kind="summary", finding=None, before=None, after=held(None, THIRD), **admin),
            Correction(kind=None, finding=None, before=None, after=None, note="The union is quoted.", **admin),
        )
    }


def test_web_annotation_gives_each_change_with_its_own_person_and_time() -> None:
    mara, ola = "mara", "mailto:ola@news.example"
    tool: Any = {"tool": "web_annotation"}
    at = datetime(2026, 11, 20, 9, 31, 8, tzinfo=UTC)
    found = read_web_annotation([REPORT], [export("web_annotation.json")], by="desk")
    assert found == {
        DIGEST: (
            Correction(kind="summary", finding="summary-1", before=SUMMARY, after=None, by="desk", at=None, **tool),
            Correction(
                kind="stances",
                finding="stances-1",
                before=ANA,
                after=held("favor", FIRST, words=(CLOSED,)),
                note="“for good” is praise here.",
                by=mara,
                at=at,
                **tool,
            ),
            Correction(
                kind="stances",
                finding="stances-2",
                before=UNION,
                after=held("against", SECOND, words=(RECKLESS,)),
                by=mara,
                at=datetime(2026, 11, 20, 9, 40, tzinfo=UTC),
                **tool,
            ),
            Correction(
                kind="stances",
                finding=None,
                before=None,
                after=held("none", THIRD),
                by=ola,
                at=datetime(2026, 11, 20, 11, tzinfo=timezone(timedelta(hours=1))),
                **tool,
            ),
        )
    }


def test_a_correction_says_what_kind_of_change_it_is() -> None:
    found = read_label_studio([REPORT], export("label_studio.json"))[DIGEST]
    assert [one.changes for one in found] == [("deleted",), ("label", "note"), ("evidence", "words"), ("added",)]


def test_a_correction_without_a_change_is_refused() -> None:
    with pytest.raises(ValidationError, match="a correction without a change corrects nothing"):
        Correction(
            kind="summary", finding="summary-1", before=SUMMARY, after=SUMMARY, by="mara", at=None, tool="label_studio"
        )


def test_corrections_are_the_same_after_json() -> None:
    for one in read_label_studio([REPORT], export("label_studio.json"))[DIGEST]:
        assert Correction.model_validate_json(one.model_dump_json()) == one


def test_a_finding_whose_first_region_was_deleted_keeps_its_label() -> None:
    exported = export("label_studio.json")
    exported[0]["annotations"][0]["result"] = [
        one for one in exported[0]["predictions"][0]["result"] if one.get("id", one.get("to_id")) != "stances-2-e1"
    ]
    (only,) = read_label_studio([REPORT], exported)[DIGEST]
    assert only.after == held("against", THIRD, words=(RECKLESS,))


def test_a_region_of_another_kind_is_another_finding() -> None:
    exported = export("label_studio.json")
    given = exported[0]["predictions"][0]["result"]
    exported[0]["annotations"][0]["result"] = json.loads(json.dumps(given).replace('["summary"]', '["framing"]'))
    assert [(one.kind, one.finding, one.changes) for one in read_label_studio([REPORT], exported)[DIGEST]] == [
        ("summary", "summary-1", ("deleted",)),
        ("framing", None, ("added",)),
    ]


def test_two_findings_with_the_same_label_on_the_same_words_are_one_to_doccano() -> None:
    twice = report(stance(FIRST, label="favor"), stance(FIRST, SECOND, label="favor"))
    (given,) = to_doccano([twice])
    assert read_doccano([twice], [given]) == {DIGEST: ()}
    relabelled = json.loads(json.dumps(given).replace("favor", "mixed"))
    changed = read_doccano([twice], [relabelled])[DIGEST]
    assert [(one.finding, one.after and one.after.label) for one in changed] == [
        ("stances-1", "mixed"),
        ("stances-2", "mixed"),
    ]


def test_an_annotation_that_was_skipped_or_not_begun_changes_nothing() -> None:
    exported = export("label_studio.json")
    skipped = exported[0]["annotations"][1:]
    for done in (skipped, skipped[:0]):
        assert read_label_studio([REPORT], [{**exported[0], "annotations": done}]) == {DIGEST: ()}


def test_a_mark_beside_one_that_was_relabelled_is_a_finding_of_its_own() -> None:
    one = report(stance(SECOND, label="against"))
    (example,) = to_doccano([one])
    changed = json.loads(json.dumps(example).replace("against", "mixed"))
    changed["label"].append([60, 93, "stances:against"])
    assert [(was.finding, was.after) for was in read_doccano([one], [changed])[DIGEST]] == [
        ("stances-1", held("mixed", SECOND)),
        (None, held("against", (59, 92))),
    ]


def test_what_was_not_touched_keeps_the_very_spans_of_the_finding() -> None:
    numbered = ARTICLE.span(*FIRST).model_copy(update={"sentence": 7})
    one = report(stance(FIRST, label="favor").model_copy(update={"evidence": (numbered,), "words": (numbered,)}))
    page = json.loads(json.dumps(to_web_annotation(one)).replace('"favor"', '"mixed"'))
    (only,) = read_web_annotation([one], [page])[DIGEST]
    assert only.after == Held(label="mixed", evidence=(numbered,), words=(numbered,))


def test_a_note_on_a_finding_that_was_left_as_it_is_is_kept() -> None:
    exported = export("label_studio.json")
    note = {"id": "summary-1-e1", "from_name": "note", "type": "textarea", "value": {"text": ["Right.", "But short."]}}
    exported[0]["annotations"][0]["result"] = [*exported[0]["predictions"][0]["result"], note]
    (only,) = read_label_studio([REPORT], exported)[DIGEST]
    assert (only.before, only.after, only.note, only.changes) == (SUMMARY, SUMMARY, "Right.\nBut short.", ("note",))


def test_software_is_no_person_and_its_time_is_not_the_corrections() -> None:
    page = json.loads(json.dumps(to_web_annotation(REPORT)).replace('"against"', '"mixed"', 1))
    at = datetime(2026, 11, 21, tzinfo=UTC)
    (only,) = read_web_annotation([REPORT], [page], by="desk", at=at)[DIGEST]
    assert (only.finding, only.changes, only.by, only.at) == ("stances-1", ("label",), "desk", at)


def test_two_annotators_give_two_sets_of_corrections() -> None:
    exported = export("label_studio.json")
    first = exported[0]["annotations"][0]
    second = {**first, "completed_by": 4}
    found = read_label_studio([REPORT], [{**exported[0], "annotations": [first, second]}])[DIGEST]
    assert [one.by for one in found] == ["mara@news.example"] * 4 + ["user 4"] * 4


Edit = Callable[[Any], None]


def set_to(*path: Any) -> Edit:
    """Puts the last one where the ones before lead."""
    *way, last, value = path

    def edit(data: Any) -> None:
        for step in way:
            data = data[step]
        data[last] = value

    return edit


def added(*path: Any) -> Edit:
    *way, value = path

    def edit(data: Any) -> None:
        for step in way:
            data = data[step]
        data.append(value)

    return edit


RESULT = (0, "annotations", 0, "result")
OTHER = Article.from_text("Nothing of it is here.").sha256
LABELS = {"from_name": "finding", "to_name": "text", "type": "labels"}
STUDIO: dict[str, tuple[Edit, str]] = {
    "other text": (set_to(0, "data", "text", "Edited."), "The text of task 1 is not that of article 2c6d2126d75e"),
    "other article": (set_to(0, "data", "article", OTHER), f"task 1 is on article '{OTHER[:12]}', and none of the"),
    "unknown label": (set_to(*RESULT, 1, "value", "choices", ["loves"]), "stances-1 has the label 'loves'"),
    "unknown kind": (set_to(*RESULT, 0, "value", "labels", ["mood"]), "'stances-1-e1' has the label 'mood'"),
    "outside": (
        added(*RESULT, {**LABELS, "id": "x", "value": {"start": 93, "end": 400, "labels": ["stances"]}}),
        "task 1, annotation 1: an added finding: offsets 93 to 400 are not inside a text of 120 code points",
    ),
    "units of another editor": (
        set_to(*RESULT, 0, "value", {"start": 1, "end": 49, "labels": ["stances"], "text": "Ana Ruiz"}),
        "region 'stances-1-e1' holds other words than stand at 1-49",
    ),
    "only words": (
        added(*RESULT, {**LABELS, "id": "x", "value": {"start": 0, "end": 3, "labels": ["stances words"]}}),
        "an added finding has no evidence",
    ),
    "relation to nothing": (
        added(*RESULT, {"type": "relation", "from_id": "gone", "to_id": "stances-1-e1", "labels": []}),
        "relation to 'gone', which is not there",
    ),
    "two findings related": (
        added(*RESULT, {"type": "relation", "from_id": "stances-2-e1", "to_id": "stances-1-e1", "labels": []}),
        "has several findings of the report: 'stances-1', 'stances-2'",
    ),
    "two choices": (
        added(
            *RESULT,
            {"type": "choices", "id": "stances-1-e1", "from_name": "stances-label", "value": {"choices": ["none"]}},
        ),
        "region 'stances-1-e1' has two choices",
    ),
    "another control": (set_to(*RESULT, 0, "type", "rating"), "Not an export of Label Studio: 0.annotations.0.result"),
    "a choice on nothing": (
        set_to(*RESULT, 1, "id", "gone"),
        "a choice or a note on 'gone' is on no region of its kind",
    ),
    "the choice of another kind": (
        set_to(*RESULT, 1, "from_name", "framing-label"),
        "a choice or a note on 'stances-1-e1' is on no region of its kind",
    ),
    "no export": (set_to(0, "annotations", None), "Not an export of Label Studio: 0.annotations"),
}
DOCCANO: dict[str, tuple[Edit, str]] = {
    "other text": (set_to(0, "text", "Edited."), "The text of line 1 is not that of article"),
    "unknown label": (set_to(0, "label", [[0, 49, "stances:loves"]]), "the label 'stances:loves' is none of"),
    "outside": (set_to(0, "label", [[0, 500, "summary"]]), "0-500 is no place in a text of 121 units"),
    "inside a character": (set_to(0, "label", [[1, 49, "summary"]]), "1-49 is no place in a text of 121 units"),
    "nothing": (set_to(0, "label", None), "Not an export of doccano: 0.label"),
    "half relabelled": (
        set_to(0, "label", 3, [50, 93, "stances:none"]),
        "stances-2 has several labels: 'favor', 'none'",
    ),
    "words of nobody": (
        added(0, "label", [40, 60, "stances words"]),
        "line 1: the stances words at 39-59 are in the evidence of 0 findings",
    ),
    "two labels for one": (
        added(0, "label", [50, 93, "stances:none"]),
        "the stances mark at 49-92 took the place of several labels",
    ),
    "no article": (lambda data: data[0].pop("newslens_article"), "Not an export of doccano: 0.newslens_article"),
}
ITEMS = (0, "items")
WEB: dict[str, tuple[Edit, str]] = {
    "other words": (
        set_to(*ITEMS, 0, "target", 0, "selector", 1, "exact", "Ana Ruiz"),
        "quotes other words than stand at 0-48",
    ),
    "no position": (
        set_to(*ITEMS, 0, "target", 0, "selector", [{"type": "TextQuoteSelector", "exact": "closed"}]),
        "has no TextPositionSelector",
    ),
    "other article": (
        set_to(
            *ITEMS,
            [
                {
                    **export("web_annotation.json")["items"][4],
                    "target": {
                        "source": "https://news.example",
                        "selector": {"type": "TextPositionSelector", "start": 0, "end": 1},
                    },
                }
            ],
        ),
        "page 1 is on article 'https://news', and none of the reports is",
    ),
    "two texts": (set_to(*ITEMS, 0, "target", 0, "source", "https://news.example"), "page 1 is on 2 texts"),
    "unknown label": (set_to(*ITEMS, 0, "body", 1, "value", "loves"), "stances-1 has the label 'loves'"),
    "unknown kind": (set_to(*ITEMS, 0, "body", 0, "value", "mood"), "stances-1 is of the kind 'mood'"),
    "two labels": (
        added(*ITEMS, 0, "body", {"purpose": "classifying", "value": "none"}),
        "has 2 bodies for classifying",
    ),
    "twice": (added(*ITEMS, export("web_annotation.json")["items"][0]), "stances-1 is there twice"),
    "words of nothing": (set_to(*ITEMS, 4, "motivation", "highlighting"), "highlights words of no finding"),
    "no finding of it": (
        set_to(*ITEMS, 0, "id", export("web_annotation.json")["id"].replace("findings", "stances-9")),
        "'stances-9' is no finding of the report",
    ),
}
READERS: dict[str, Callable[[Any], Any]] = {
    "label_studio.json": lambda data: read_label_studio([REPORT], data),
    "doccano.jsonl": lambda data: read_doccano([REPORT], data),
    "web_annotation.json": lambda data: read_web_annotation([REPORT], data),
}
UNMATCHED = [
    pytest.param(name, edit, message, id=f"{name.split('.')[0]}: {what}")
    for name, table in zip(READERS, (STUDIO, DOCCANO, WEB), strict=True)
    for what, (edit, message) in table.items()
]


def test_where_doccano_shows_two_findings_as_one_a_change_that_could_be_of_either_is_refused() -> None:
    two = report(stance(FIRST, label="favor"), stance(FIRST, label="against"))
    (example,) = json.loads(json.dumps(to_doccano([two])))
    mixed = [0, 49, "stances:mixed"]
    others = [one for one in example["label"] if not one[2].startswith("stances:")]
    with pytest.raises(InputError, match="the stances mark at 0-48 took the place of several labels"):
        read_doccano([two], [{**example, "label": [mixed, *others]}])


def test_a_message_shows_little_of_what_the_export_says() -> None:
    exported = export("label_studio.json")
    exported[0]["annotations"][0]["result"][0]["type"] = "\x1b[31m" + "x" * 5000
    with pytest.raises(InputError) as caught:
        read_label_studio([REPORT], exported)
    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("name", "edit", "message"), UNMATCHED)
def test_what_cannot_be_matched_is_named(name: str, edit: Edit, message: str) -> None:
    exported = copy.deepcopy(export(name))
    data = [exported] if isinstance(exported, dict) else exported
    edit(data)
    with pytest.raises(InputError) as caught:
        READERS[name](data)
    assert message in str(caught.value)
    assert "dockers" not in str(caught.value)


def test_a_time_without_a_zone_is_refused_and_an_empty_comment_is_none() -> None:
    (example,) = to_doccano([REPORT])
    with pytest.raises(InputError, match="line 1: the time 2026-11-20T00:00:00 has no zone"):
        read_doccano([REPORT], [example], at=datetime(2026, 11, 20))  # noqa: DTZ001 - what is refused
    assert read_doccano([REPORT], [{**example, "Comments": [""]}]) == {DIGEST: ()}


def test_a_report_without_its_text_and_two_on_one_article_are_refused() -> None:
    bare = REPORT.without_text()
    for give in (to_label_studio, to_doccano):
        with pytest.raises(InputError, match="has no text"):
            give([bare])
    with pytest.raises(InputError, match="has no text"):
        to_web_annotation(bare)
    with pytest.raises(InputError, match="Two reports are on article 2c6d2126d75e"):
        read_doccano([REPORT, REPORT], [])


def test_a_page_from_which_everything_was_deleted_deletes_everything() -> None:
    page = {**export("web_annotation.json"), "items": []}
    found = read_web_annotation([REPORT, Lens(offline=True).analyze("Another text.")], [page])[DIGEST]
    assert [(one.finding, one.changes) for one in found] == [
        ("summary-1", ("deleted",)),
        ("stances-1", ("deleted",)),
        ("stances-2", ("deleted",)),
    ]
