"""Label Studio: tasks with pre-annotations, the labelling configuration, and its JSON export read back.

Each stretch of text is a region of the control `finding`, named after its kind; the first one of a finding carries its
label as a choice, the others are related to it. Offsets are code points: the editor converts from UTF-16 (see
`charsToCodePoints` in its `selection-tools.js`; before label-studio-frontend's pull request 308 it did not), and CR and
LF count one each (labelstud.io/tags/text). Formats: labelstud.io/guide/predictions and guide/task_format.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal
from xml.etree import ElementTree as ET

from pydantic import AliasChoices, AliasPath, AwareDatetime, Field, JsonValue

from newslens import __version__
from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations import corrections as core
from newslens.report.data import ReportData

_TEXT, _FINDING, _NOTE = "text", "finding", "note"  # names of the configuration's tags
_CHOICES = "{}-label"
_SAME = "same finding"  # the relation between two regions of one finding


def configure_label_studio(reports: Iterable[ReportData], *, analyses: Sequence[Analysis[Any]] = ALL) -> str:
    """The labelling configuration (XML) for these reports: their kinds, each with its labels.

    Args:
        reports: those that `to_label_studio` is given.
        analyses: where label sets are looked up; name your own in addition to `ALL`.
    """
    labels = core.list_labels(reports, analyses)
    view = ET.Element("View")
    ET.SubElement(view, "Style").text = ".htx-text { white-space: pre-wrap; }"  # else runs of spaces look like one
    ET.SubElement(ET.SubElement(view, "Relations"), "Relation", value=_SAME)
    finding = ET.SubElement(view, "Labels", name=_FINDING, toName=_TEXT)
    for kind in labels:
        for suffix in core.SUFFIXES.values():
            ET.SubElement(finding, "Label", value=kind + suffix)
    ET.SubElement(view, "Text", name=_TEXT, value=f"${_TEXT}")
    for kind, values in labels.items():
        if values:
            when = {"visibleWhen": "region-selected", "whenTagName": _FINDING, "whenLabelValue": kind}
            control = {"name": _CHOICES.format(kind), "toName": _TEXT, "perRegion": "true", "choice": "single"}
            choices = ET.SubElement(ET.SubElement(view, "View", when), "Choices", control)
            for value in values:
                ET.SubElement(choices, "Choice", value=value)
    ET.SubElement(view, "TextArea", name=_NOTE, toName=_TEXT, perRegion="true")
    return ET.tostring(view, encoding="unicode")


def to_label_studio(reports: Iterable[ReportData]) -> list[dict[str, JsonValue]]:
    """One task for each report, to import as JSON: the text, and the findings as a prediction."""
    tasks: list[dict[str, JsonValue]] = []
    for report in reports:
        article, made = core.get_article(report), report.provenance
        rows, results = core.list_marked(report), list[JsonValue]()
        for name, (first, *others) in core.list_regions(report).items():
            row = rows[name]
            results.append({**_to_result(first), "meta": {"text": [without_surrogates(row.text)]}})
            if row.label is not None:
                start, end = first.place
                choice: JsonValue = {"start": start, "end": end, "choices": [row.label.value]}
                control = {"from_name": _CHOICES.format(row.kind), "to_name": _TEXT, "type": "choices"}
                score = {} if row.label.probability is None else {"score": row.label.probability}
                results.append({**control, "id": first.key, "value": choice, **score})
            for other in others:
                ends: dict[str, JsonValue] = {"from_id": other.key, "to_id": first.key}
                results += [_to_result(other), {"type": "relation", **ends, "direction": "right", "labels": [_SAME]}]
        model = f"newslens {__version__}, {made.model or made.reader}"
        data: JsonValue = {_TEXT: without_surrogates(article.text), "title": article.title, "article": article.sha256}
        tasks.append({"data": data, "predictions": [{"model_version": model, "result": results}]})
    return tasks


def _to_result(region: core.Region) -> dict[str, JsonValue]:
    start, end = region.place
    value: JsonValue = {"start": start, "end": end, "labels": [region.kind + core.SUFFIXES[region.role]]}
    return {"id": region.key, "from_name": _FINDING, "to_name": _TEXT, "type": "labels", "value": value}


class _Result(core.Loose):
    """A region, a choice or a note on one, or a relation."""

    type: Literal["labels", "choices", "textarea", "relation"]
    id: str = ""
    from_name: str = ""
    from_id: str = ""
    to_id: str = ""
    start: int = Field(default=0, validation_alias=AliasPath("value", "start"))
    end: int = Field(default=0, validation_alias=AliasPath("value", "end"))
    labels: tuple[str, ...] = Field(default=(), validation_alias=AliasPath("value", "labels"))
    choices: tuple[str, ...] = Field(default=(), validation_alias=AliasPath("value", "choices"))
    text: str | tuple[str, ...] = Field(default=(), validation_alias=AliasPath("value", "text"))


class _Annotation(core.Loose):
    result: tuple[_Result, ...]
    by: str | int | None = Field(
        default=None, validation_alias=AliasChoices(AliasPath("completed_by", "email"), "completed_by")
    )
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    was_cancelled: bool = False


class _Task(core.Loose):
    text: str = Field(validation_alias=AliasPath("data", "text"))
    article: str = Field(validation_alias=AliasPath("data", "article"))
    annotations: tuple[_Annotation, ...] = ()


def read_label_studio(
    reports: Iterable[ReportData], exported: Sequence[Any], *, analyses: Sequence[Analysis[Any]] = ALL
) -> core.Corrections:
    """What people changed, by the hash of the article; empty if a task has no annotation or nothing was changed.

    Every annotation of a task counts, each with its own person and time, except those that were skipped.

    Args:
        reports: those that `to_label_studio` was given, at least the ones on the exported articles.
        exported: the JSON export (not JSON-MIN), as `json.load` gives it.
        analyses: as for `configure_label_studio`.

    Raises:
        InputError: this is not such an export, or a part of it cannot be matched to the reports; the message names it.
    """
    originals = core.Originals(reports, analyses)
    tasks = core.parse_export(tuple[_Task, ...], exported, tool="Label Studio")
    found: core.Corrections = {task.article: () for task in tasks}
    for number, task in enumerate(tasks, 1):
        report = originals.get(task.article, f"task {number}", text=task.text)
        for position, done in enumerate((one for one in task.annotations if not one.was_cancelled), 1):
            where = f"task {number}, annotation {position}"
            by = f"user {done.by}" if isinstance(done.by, int) else done.by
            annotations = _read_annotations(done.result, report, originals, where)
            at = done.updated_at or done.created_at
            found[task.article] += originals.list_changes(core.Work(report, annotations, "label_studio", where, by, at))
    return found


def _read_annotations(
    results: Sequence[_Result], report: ReportData, originals: core.Originals, where: str
) -> list[core.Annotation]:
    given = {region.key: region for group in core.list_regions(report).values() for region in group}
    text = core.get_article(report).text
    labels: dict[tuple[str, str], str] = {}
    notes: dict[str, str] = {}
    for one in results:
        if one.type == "textarea":
            notes[one.id] = one.text if isinstance(one.text, str) else "\n".join(one.text)
        elif one.type == "choices":
            if (one.id, one.from_name) in labels or len(one.choices) != 1:
                raise InputError(f"{where}: region {one.id[:80]!r} has two choices. Keep one.")
            labels[one.id, one.from_name] = one.choices[0]
    regions = []
    for one in (one for one in results if one.type == "labels"):
        which, name = f"{where}: region {one.id[:80]!r}", ", ".join(one.labels)
        if name not in originals.names:
            raise InputError(f"{which} has the label {name[:80]!r}, which is not in the configuration.")
        if one.text and _compact(one.text) != _compact(text[one.start : one.end]):
            raise InputError(f"{which} holds other words than stand at {one.start}-{one.end}. Draw it anew.")
        kind, role = originals.names[name]
        owner = given[one.id].owner if one.id in given and given[one.id].kind == kind else None
        label, note = labels.pop((one.id, _CHOICES.format(kind)), None), notes.pop(one.id, "")
        regions.append(core.Region(one.id, kind, role, (one.start, one.end), owner, label, note))
    if lost := [*notes, *(key for key, _ in labels)]:
        raise InputError(f"{where}: a choice or a note on {lost[0][:80]!r} is on no region of its kind. Remove it.")
    links = [(one.to_id, one.from_id) for one in results if one.type == "relation"]
    # The first region carries the choice; a finding that has lost only this region keeps its label.
    left = {region.key for region in regions}
    kept = {lead.owner: lead.label for lead in given.values() if lead.key.endswith("-e1") and lead.key not in left}
    return [replace(one, label=one.label or kept.get(one.finding)) for one in core.join_regions(regions, links, where)]


def _compact(text: str | tuple[str, ...]) -> str:
    """Without white space, of which the editor has its own; other words mean offsets in other units."""
    return "".join(without_surrogates("".join(text)).replace(r"\n", "").split())
