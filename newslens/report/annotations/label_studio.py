"""Label Studio: tasks with pre-annotations and the labelling configuration, and its JSON export read back.

Each stretch of text is a region of the control `finding`, named after its kind; the first one of a finding carries its
label as a choice, the others are related to it. Offsets are code points: the editor converts from UTF-16 (see
`charsToCodePoints` in its `selection-tools.js`; before label-studio-frontend's pull request 308 it did not), and CR and
LF count one each (labelstud.io/tags/text). Formats: labelstud.io/guide/predictions and guide/task_format.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal
from xml.etree import ElementTree as ET

from pydantic import AwareDatetime, Field, JsonValue

from newslens import __version__
from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations.corrections import Correction, Work, by_article, corrections
from newslens.report.annotations.exports import Loose, Originals, read
from newslens.report.annotations.marks import article_of, mark, shown, vocabulary
from newslens.report.annotations.regions import ROLES, SAME, Region, Role, gathered, regions
from newslens.report.items import Item

if TYPE_CHECKING:
    from newslens.report.report import Report

_TEXT, _FINDING, _NOTE = "text", "finding", "note"  # names of the configuration's tags


def config(reports: Iterable["Report"], *, analyses: Sequence[Analysis[Any]] = ALL) -> str:
    """The labelling configuration (XML) for these reports: their kinds, each with its labels.

    Args:
        reports: those that `tasks` is given.
        analyses: where label sets are looked up; name your own beside `ALL`.
    """
    labels = vocabulary(reports, analyses)
    view = ET.Element("View")
    ET.SubElement(view, "Style").text = ".htx-text { white-space: pre-wrap; }"  # else runs of spaces look like one
    ET.SubElement(ET.SubElement(view, "Relations"), "Relation", value=SAME)
    finding = ET.SubElement(view, "Labels", name=_FINDING, toName=_TEXT)
    for name in (kind + suffix for kind in labels for suffix in ROLES.values()):
        ET.SubElement(finding, "Label", value=name)
    ET.SubElement(view, "Text", name=_TEXT, value=f"${_TEXT}")
    for kind in (kind for kind, values in labels.items() if values):
        _add_choices(view, kind, labels[kind])
    ET.SubElement(view, "TextArea", name=_NOTE, toName=_TEXT, perRegion="true")
    return ET.tostring(view, encoding="unicode")


def _add_choices(view: ET.Element, kind: str, values: Sequence[str]) -> None:
    when = {"visibleWhen": "region-selected", "whenTagName": _FINDING, "whenLabelValue": kind}
    inside = ET.SubElement(view, "View", when)
    choices = ET.SubElement(inside, "Choices", name=_choices_of(kind), toName=_TEXT, perRegion="true", choice="single")
    for value in values:
        ET.SubElement(choices, "Choice", value=value)


def _choices_of(kind: str) -> str:
    return f"{kind}-label"


def tasks(reports: Iterable["Report"]) -> list[dict[str, JsonValue]]:
    """One task a report, ready for import as JSON: the text, and the findings as a prediction.

    Raises:
        InputError: a report is without its article's text.
    """
    return [_task(report) for report in reports]


def _task(report: "Report") -> dict[str, JsonValue]:
    article = article_of(report)
    result: list[JsonValue] = [one for item in shown(report) for one in _results(item)]
    reader = report.provenance.model or report.provenance.reader
    return {
        "data": {_TEXT: without_surrogates(article.text), "title": article.title, "article": article.sha256},
        "predictions": [{"model_version": f"newslens {__version__}, {reader}", "result": result}],
    }


def _results(item: Item) -> Iterator[JsonValue]:
    """A finding's regions, the label of the first, and the relations of the others to it."""
    first, *others = regions(mark(item))
    yield {**_region(first), "meta": {"text": [without_surrogates(item.text)]}}
    if first.label is not None:
        probability = item.label.probability if item.label else None
        score: dict[str, JsonValue] = {} if probability is None else {"score": probability}
        control: dict[str, JsonValue] = {"from_name": _choices_of(item.kind), "to_name": _TEXT, "type": "choices"}
        start, end = first.place
        yield {**control, "id": first.key, "value": {"start": start, "end": end, "choices": [first.label]}, **score}
    for other in others:
        yield _region(other)
        yield {"type": "relation", "from_id": other.key, "to_id": first.key, "direction": "right", "labels": [SAME]}


def _region(region: Region) -> dict[str, JsonValue]:
    start, end = region.place
    value: dict[str, JsonValue] = {"start": start, "end": end, "labels": [region.kind + ROLES[region.role]]}
    return {"id": region.key, "from_name": _FINDING, "to_name": _TEXT, "type": "labels", "value": value}


class _Place(Loose):
    start: int
    end: int
    labels: tuple[str]
    text: str | None = None


class _Labels(Loose):
    type: Literal["labels"]
    id: str
    value: _Place


class _Chosen(Loose):
    choices: tuple[str]


class _Choices(Loose):
    type: Literal["choices"]
    id: str
    from_name: str
    value: _Chosen


class _Written(Loose):
    text: str | tuple[str, ...]


class _Note(Loose):
    type: Literal["textarea"]
    id: str
    value: _Written


class _Relation(Loose):
    type: Literal["relation"]
    from_id: str
    to_id: str
    labels: tuple[str, ...] = ()


_Result = Annotated[_Labels | _Choices | _Note | _Relation, Field(discriminator="type")]


class _Person(Loose):
    email: str


class _Annotation(Loose):
    result: tuple[_Result, ...]
    completed_by: int | _Person | None = None
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    was_cancelled: bool = False


class _Data(Loose):
    text: str
    article: str


class _Task(Loose):
    data: _Data
    annotations: tuple[_Annotation, ...] = ()


def corrected(
    reports: Iterable["Report"], exported: Sequence[Any], *, analyses: Sequence[Analysis[Any]] = ALL
) -> dict[str, tuple[Correction, ...]]:
    """What people changed, by the hash of the article; empty where a task has no annotation or nothing was changed.

    Every annotation of a task counts, each with its own person and time; one that was skipped says nothing.

    Args:
        reports: those that `tasks` was given, at least the ones on the exported articles.
        exported: the JSON export (not JSON-MIN), as `json.load` gives it.
        analyses: as for `config`.

    Raises:
        InputError: the export is none, or holds what cannot be matched to the reports; the message names it.
    """
    originals = Originals.of(reports, analyses)
    read_tasks = enumerate(read(tuple[_Task, ...], exported, tool="Label Studio"), 1)
    return by_article((task.data.article, _changes(task, originals, f"task {number}")) for number, task in read_tasks)


def _changes(task: _Task, originals: Originals, where: str) -> Iterator[Correction]:
    report = originals.unedited(task.data.article, task.data.text, where)
    for number, annotation in enumerate((one for one in task.annotations if not one.was_cancelled), 1):
        work = _work(annotation, report, originals, f"{where}, annotation {number}")
        yield from corrections(report, work, originals.vocabulary)


def _work(annotation: _Annotation, report: "Report", originals: Originals, where: str) -> Work:
    links = [(one.to_id, one.from_id) for one in annotation.result if isinstance(one, _Relation)]
    drawn = _drawn(annotation, report, originals, where)
    leaderless = _leaderless(drawn, report)
    return Work(
        marks=[
            replace(one, label=leaderless[one.item]) if one.label is None and one.item in leaderless else one
            for one in gathered(drawn, links, where)
        ],
        tool="label_studio",
        where=where,
        by=_name(annotation.completed_by),
        at=annotation.updated_at or annotation.created_at,
    )


def _name(who: int | _Person | None) -> str | None:
    """A person's address, or the number of a user where the export has no more."""
    return who.email if isinstance(who, _Person) else None if who is None else f"user {who}"


def _leaderless(drawn: Sequence[Region], report: "Report") -> dict[str | None, str | None]:
    """The labels of findings whose first region, which carried the choice, was deleted and not the finding."""
    left = {region.key for region in drawn}
    leads = [regions(mark(item))[0] for item in shown(report)]
    return {lead.owner: lead.label for lead in leads if lead.key not in left}


def _drawn(annotation: _Annotation, report: "Report", originals: Originals, where: str) -> list[Region]:
    names: dict[str, tuple[str, Role]] = {
        kind + suffix: (kind, role) for kind in originals.vocabulary for role, suffix in ROLES.items()
    }
    given = {region.key: region for item in shown(report) for region in regions(mark(item))}
    labels = _choices(annotation, where)
    notes = _notes(annotation)
    found: list[Region] = []
    for one in (one for one in annotation.result if isinstance(one, _Labels)):
        name = one.value.labels[0]
        if name not in names:
            raise InputError(f"{where}: region {one.id[:80]!r} has the label {name[:80]!r}, which is not in `config`.")
        _check_words(one, report, where)
        kind, role = names[name]
        owner = given[one.id].owner if one.id in given and given[one.id].kind == kind else None
        label, note = labels.pop((one.id, _choices_of(kind)), None), notes.pop(one.id, "")
        found.append(Region(one.id, kind, role, (one.value.start, one.value.end), owner, label, note))
    if lost := next(iter([*notes, *(key for key, _ in labels)]), None):
        raise InputError(f"{where}: a choice or a note on {lost[:80]!r} is on no region of its kind. Remove it.")
    return found


def _check_words(one: _Labels, report: "Report", where: str) -> None:
    """The editor writes down the words, its white space its own; other words mean offsets in other units."""
    start, end = one.value.start, one.value.end
    if one.value.text is not None and _dense(one.value.text) != _dense(article_of(report).text[start:end]):
        raise InputError(
            f"{where}: region {one.id[:80]!r} holds other words than stand at {start}-{end}. Draw it anew."
        )


def _dense(text: str) -> str:
    return "".join(without_surrogates(text).replace(r"\n", "").split())


def _choices(annotation: _Annotation, where: str) -> dict[tuple[str, str], str]:
    """What was chosen, by region and control."""
    found: dict[tuple[str, str], str] = {}
    for one in (one for one in annotation.result if isinstance(one, _Choices)):
        if (one.id, one.from_name) in found:
            raise InputError(f"{where}: region {one.id[:80]!r} has two choices. Keep one.")
        found[one.id, one.from_name] = one.value.choices[0]
    return found


def _notes(annotation: _Annotation) -> dict[str, str]:
    written = [(one.id, one.value.text) for one in annotation.result if isinstance(one, _Note)]
    return {key: text if isinstance(text, str) else "\n".join(text) for key, text in written}
