"""doccano: examples for sequence labelling with their labels, and its JSONL export read back.

A label is the kind with the finding's label, "stances:favor"; the words that decided are "stances words". doccano keeps
no name of ours for a span, so what comes back is known by its place and its label; two findings that mark the same
sentences with the same label are one to it. Fields that doccano does not know come back as they went (its `meta`): the
article's hash and the unit of the offsets.

Offsets are UTF-16 units, or grapheme clusters where the project counts those (github.com/doccano/doccano, issue 2290).
The project has to allow overlapping spans. Formats: the examples beside doccano's importer and exporter
(`backend/data_import/pipeline/examples`, `backend/data_export/pipeline/factories.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AliasChoices, Field, JsonValue

from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations.corrections import Correction, Work, by_article, corrections
from newslens.report.annotations.exports import Loose, Originals, read
from newslens.report.annotations.marks import Mark, Vocabulary, article_of, mark, shown
from newslens.report.annotations.matching import Seen, owned, seen
from newslens.report.annotations.offsets import Offsets, Unit
from newslens.report.annotations.regions import ROLES, SAME, Region, Role, gathered, regions

if TYPE_CHECKING:
    from newslens.report.report import Report

_ARTICLE, _UNIT = "newslens_article", "newslens_unit"


def examples(
    reports: Iterable["Report"], *, form: Literal["label", "entities"] = "label", unit: Unit = "utf-16"
) -> list[dict[str, JsonValue]]:
    """One example a report; write each as a line of JSON.

    Args:
        reports: each with its article's text.
        form: `entities` for a project that has relations: the spans of one finding are related then.
        unit: `grapheme` if the project counts grapheme clusters as one character.

    Raises:
        InputError: a report is without its article's text.
    """
    return [_example(report, form, unit) for report in reports]


def _example(report: "Report", form: str, unit: Unit) -> dict[str, JsonValue]:
    article = article_of(report)
    offsets = Offsets.of(article.text, unit)
    groups = [regions(mark(item)) for item in shown(report)]
    spans = {region.key: (*offsets.counted(region.place), _name(region)) for group in groups for region in group}
    head: dict[str, JsonValue] = {"text": without_surrogates(article.text), _ARTICLE: article.sha256, _UNIT: unit}
    if form == "label":
        return {**head, "label": [list(span) for span in sorted(set(spans.values()))]}
    numbers = {span: number for number, span in enumerate(sorted(set(spans.values())))}
    pairs = sorted(
        {(numbers[spans[other.key]], numbers[spans[first.key]]) for first, *others in groups for other in others}
    )
    return {
        **head,
        "entities": [
            {"id": number, "start_offset": start, "end_offset": end, "label": name}
            for (start, end, name), number in numbers.items()
        ],
        "relations": [{"from_id": one, "to_id": other, "type": SAME} for one, other in pairs if one != other],
    }


def _name(region: Region) -> str:
    name = region.kind + ROLES[region.role]
    return name if region.label is None else f"{name}:{region.label}"


class _Entity(Loose):
    id: int
    start: int = Field(alias="start_offset")
    end: int = Field(alias="end_offset")
    name: str = Field(alias="label")


class _Relation(Loose):
    from_id: int
    to_id: int


class _Example(Loose):
    text: str
    article: str = Field(alias=_ARTICLE)
    unit: Unit = Field(alias=_UNIT)
    label: tuple[tuple[int, int, str], ...] | None = Field(
        default=None, validation_alias=AliasChoices("label", "labels")
    )
    entities: tuple[_Entity, ...] | None = None
    relations: tuple[_Relation, ...] = ()
    comments: tuple[str, ...] = Field(default=(), alias="Comments")


def corrected(
    reports: Iterable["Report"],
    exported: Sequence[Any],
    *,
    by: str | None = None,
    at: datetime | None = None,
    analyses: Sequence[Analysis[Any]] = ALL,
) -> dict[str, tuple[Correction, ...]]:
    """What people changed, by the hash of the article; comments are remarks on the article.

    Args:
        reports: those that `examples` was given, at least the ones on the exported articles.
        exported: the lines of the JSONL export, each as `json.loads` gives it; either form.
        by: who annotated; doccano names the file after the person and tells no more.
        at: when, with a time zone.
        analyses: where label sets are looked up; name your own beside `ALL`.

    Raises:
        InputError: the export is none, or holds what cannot be matched to the reports; the message names it.
    """
    originals = Originals.of(reports, analyses)
    lines = enumerate(read(tuple[_Example, ...], exported, tool="doccano"), 1)
    return by_article((one.article, _changes(one, originals, f"line {number}", by, at)) for number, one in lines)


def _changes(
    example: _Example, originals: Originals, where: str, by: str | None, at: datetime | None
) -> tuple[Correction, ...]:
    report = originals.unedited(example.article, example.text, where)
    marks = _marks(example, report, _names(originals.vocabulary), where)
    work = Work(marks=marks, tool="doccano", where=where, by=by, at=at, remarks=example.comments)
    return corrections(report, work, originals.vocabulary)


_Names = Mapping[str, tuple[str, Role, str | None]]


def _names(vocabulary: Vocabulary) -> _Names:
    """What each name of a span means: kind, role and label."""
    found: dict[str, tuple[str, Role, str | None]] = {}
    for kind, values in vocabulary.items():
        found |= {kind + suffix: (kind, role, None) for role, suffix in ROLES.items()}
        found |= {f"{kind}:{value}": (kind, "evidence", value) for value in values}
    return found


def _marks(example: _Example, report: "Report", names: _Names, where: str) -> list[Mark]:
    offsets = Offsets.of(example.text, example.unit)
    given: defaultdict[Seen, list[Region]] = defaultdict(list)
    for region in (region for item in shown(report) for region in regions(mark(item))):
        place = offsets.place(*offsets.counted(region.place), where)
        given[seen(replace(region, place=place))].append(region)
    stands = owned([_drawn(one, offsets, names, where) for one in _entities(example, where)], given, where)
    found = [region for group in stands.values() for region in group]
    return gathered(found, _links(example, stands, where), where)


def _entities(example: _Example, where: str) -> Sequence[_Entity]:
    if example.entities is not None:
        return example.entities
    if example.label is None:
        raise InputError(f"{where} has neither `label` nor `entities`. Export a project for sequence labelling.")
    return [
        _Entity(id=number, start_offset=start, end_offset=end, label=name)
        for number, (start, end, name) in enumerate(example.label)
    ]


def _drawn(entity: _Entity, offsets: Offsets, names: _Names, where: str) -> Region:
    if entity.name not in names:
        raise InputError(
            f"{where}: the label {entity.name[:80]!r} is none of the reports'. They have: {', '.join(names)}."
        )
    kind, role, label = names[entity.name]
    return Region(str(entity.id), kind, role, offsets.place(entity.start, entity.end, where), label=label)


def _links(example: _Example, stands: Mapping[str, Sequence[Region]], where: str) -> Iterator[tuple[str, str]]:
    """The relations that say where a new span belongs; those between known ones are ours."""
    for relation in example.relations:
        ends = [stands.get(str(one), ()) for one in (relation.from_id, relation.to_id)]
        if not all(ends):
            raise InputError(f"{where}: relation {relation.from_id}-{relation.to_id} leads nowhere. Remove it.")
        if all(region.owner for end in ends for region in end):
            continue
        if any(len(end) > 1 for end in ends):
            raise InputError(
                f"{where}: relation {relation.from_id}-{relation.to_id} leads to several findings on the same words. "
                "Relate it to a span of one finding."
            )
        yield (ends[0][0].key, ends[1][0].key)
