"""doccano: examples for sequence labelling with their labels, and its JSONL export read back.

A label is the kind with the finding's label, "stances:favor"; the words that decided are "stances words". doccano keeps
no name of ours for a span, so what comes back is known by its place and its label; two findings that mark the same
sentences with the same label are one to it. Fields that doccano does not know come back unchanged (its `meta`): the
article's hash and the unit of the offsets.

Offsets are UTF-16 units, or grapheme clusters where the project counts those (github.com/doccano/doccano, issue 2290).
The project has to allow overlapping spans. Formats: the examples beside doccano's importer and exporter
(`backend/data_import/pipeline/examples`, `backend/data_export/pipeline/factories.py`).
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

import regex
from pydantic import AliasChoices, Field, JsonValue

from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations import corrections as core
from newslens.report.data import Correction, ReportData

Unit = Literal["utf-16", "grapheme"]
Look = tuple[str, core.Role, core.Place, str | None]
"""What doccano keeps of a region: kind, role, place and label."""

_ARTICLE, _UNIT = "newslens_article", "newslens_unit"
_CLUSTER = regex.compile(r"\X", regex.DOTALL)
_BMP_END = "\uffff"


class Offsets:
    """A text's code points and a tool's units: UTF-16 code units, as JavaScript counts, or grapheme clusters."""

    def __init__(self, text: str, unit: Unit) -> None:
        if unit == "grapheme":
            starts = [cluster.start() for cluster in _CLUSTER.finditer(text)]
        else:
            starts = [at for at, character in enumerate(text) for _ in range(1 + (character > _BMP_END))]
        self._starts = [*starts, len(text)]  # for each offset of the tool, that of the code point that it is in

    def to_tool(self, place: core.Place) -> core.Place:
        """A place in the tool's units; one that begins or ends inside a unit takes the whole unit."""
        start, end = (bisect_left(self._starts, offset) for offset in place)
        return (start - (self._starts[start] != place[0]), end)

    def from_tool(self, start: int, end: int, where: str) -> core.Place:
        """The place that the tool's offsets mean.

        Raises:
            InputError: they are outside the text or inside a character.
        """
        found = self._starts
        if not 0 <= start < end < len(found) or any(at and found[at] == found[at - 1] for at in (start, end)):
            raise InputError(f"{where}: {start}-{end} is no place in a text of {len(found) - 1} units. Mark it anew.")
        return (found[start], found[end])


def to_doccano(
    reports: Iterable[ReportData], *, form: Literal["label", "entities"] = "label", unit: Unit = "utf-16"
) -> list[dict[str, JsonValue]]:
    """One example for each report; write each as a line of JSON.

    Args:
        reports: each with its article's text.
        form: `entities` for a project with relations: the spans of one finding are related then.
        unit: `grapheme` if the project counts grapheme clusters as one character.

    Raises:
        InputError: a report has no text.
    """
    examples: list[dict[str, JsonValue]] = []
    for report in reports:
        article = core.get_article(report)
        offsets = Offsets(article.text, unit)
        groups = core.list_regions(report).values()
        spans = {
            region.key: (
                *offsets.to_tool(region.place),
                region.kind + core.SUFFIXES[region.role] + (f":{region.label}" if region.label is not None else ""),
            )
            for group in groups
            for region in group
        }
        numbers = {span: number for number, span in enumerate(sorted(set(spans.values())))}
        example: dict[str, JsonValue] = {
            "text": without_surrogates(article.text),
            _ARTICLE: article.sha256,
            _UNIT: unit,
        }
        if form == "label":
            example["label"] = [list(span) for span in numbers]
        else:
            pairs = {
                (numbers[spans[other.key]], numbers[spans[first.key]]) for first, *others in groups for other in others
            }
            example["entities"] = [
                {"id": number, "start_offset": start, "end_offset": end, "label": name}
                for (start, end, name), number in numbers.items()
            ]
            example["relations"] = [
                {"from_id": one, "to_id": other, "type": core.SAME} for one, other in sorted(pairs) if one != other
            ]
        examples.append(example)
    return examples


class _Entity(core.Loose):
    id: int
    start: int = Field(alias="start_offset")
    end: int = Field(alias="end_offset")
    name: str = Field(alias="label")


class _Relation(core.Loose):
    from_id: int
    to_id: int


class _Example(core.Loose):
    text: str
    article: str = Field(alias=_ARTICLE)
    unit: Unit = Field(alias=_UNIT)
    label: tuple[tuple[int, int, str], ...] | None = Field(
        default=None, validation_alias=AliasChoices("label", "labels")
    )
    entities: tuple[_Entity, ...] | None = None
    relations: tuple[_Relation, ...] = ()
    comments: tuple[str, ...] = Field(default=(), alias="Comments")


def read_doccano(
    reports: Iterable[ReportData],
    exported: Sequence[Any],
    *,
    by: str | None = None,
    at: datetime | None = None,
    analyses: Sequence[Analysis[Any]] = ALL,
) -> dict[str, tuple[Correction, ...]]:
    """What people changed, by the hash of the article; comments are remarks on the article.

    Args:
        reports: those that `to_doccano` was given, at least the ones on the exported articles.
        exported: the lines of the JSONL export, each as `json.loads` gives it, in either form.
        by: who annotated; doccano only names the file after the person.
        at: when, with a time zone.
        analyses: where label sets are looked up; name your own in addition to `ALL`.

    Raises:
        InputError: this is not such an export, or a part of it cannot be matched to the reports; the message names it.
    """
    originals = core.Originals(reports, analyses)
    names: dict[str, tuple[str, core.Role, str | None]] = {}  # kind, role and label by the name of a span
    for kind, values in originals.labels.items():
        names |= {kind + suffix: (kind, role, None) for role, suffix in core.SUFFIXES.items()}
        names |= {f"{kind}:{value}": (kind, "evidence", value) for value in values}
    examples = core.parse_export(tuple[_Example, ...], exported, tool="doccano")

    def read_works() -> Iterator[core.Work]:
        for number, example in enumerate(examples, 1):
            where = f"line {number}"
            report = originals.get(example.article, where, text=example.text)
            annotations = _read_annotations(example, report, names, where)
            yield core.Work(example.article, annotations, "doccano", where, by, at, example.comments)

    return core.collect_corrections(originals, [example.article for example in examples], read_works())


def _read_annotations(
    example: _Example, report: ReportData, names: Mapping[str, tuple[str, core.Role, str | None]], where: str
) -> list[core.Annotation]:
    offsets = Offsets(example.text, example.unit)
    drawn = list(_read_regions(example, offsets, names, where))
    given: defaultdict[Look, list[core.Region]] = defaultdict(list)
    for region in (region for group in core.list_regions(report).values() for region in group):
        place = offsets.from_tool(*offsets.to_tool(region.place), where)
        given[region.kind, region.role, place, region.label].append(region)
    owned = match_regions(drawn, given, where)
    regions = [region for group in owned.values() for region in group]
    return core.join_regions(regions, _read_links(example, owned, where), where)


def _read_regions(
    example: _Example, offsets: Offsets, names: Mapping[str, tuple[str, core.Role, str | None]], where: str
) -> Iterator[core.Region]:
    if example.entities is not None:
        spans = [(one.id, one.start, one.end, one.name) for one in example.entities]
    elif example.label is not None:
        spans = [(number, *span) for number, span in enumerate(example.label)]
    else:
        raise InputError(f"{where} has neither `label` nor `entities`. Export a project for sequence labelling.")
    for number, start, end, name in spans:
        if name not in names:
            raise InputError(
                f"{where}: the label {name[:80]!r} is none of the reports'. They have: {', '.join(names)}."
            )
        kind, role, label = names[name]
        yield core.Region(str(number), kind, role, offsets.from_tool(start, end, where), label=label)


def _read_links(example: _Example, owned: Mapping[str, Sequence[core.Region]], where: str) -> Iterator[tuple[str, str]]:
    """The relations that say where a new span belongs; those between known spans are ours."""
    for relation in example.relations:
        which = f"{where}: relation {relation.from_id}-{relation.to_id}"
        one, other = (owned.get(str(end), ()) for end in (relation.from_id, relation.to_id))
        if not one or not other:
            raise InputError(f"{which} leads nowhere. Remove it.")
        if all(region.owner for region in (*one, *other)):
            continue
        if len(one) > 1 or len(other) > 1:
            raise InputError(
                f"{which} leads to several findings on the same words. Relate it to a span of one finding."
            )
        yield (one[0].key, other[0].key)


def match_regions(
    drawn: Sequence[core.Region], given: Mapping[Look, Sequence[core.Region]], where: str
) -> dict[str, list[core.Region]]:
    """For each region that came back, by its key, the regions of findings that it stands for.

    One that is unchanged stands for what was given, which may be regions of several findings. One that took the place
    of another of its kind is that one with a new label; one that overlaps a missing one of its kind and label is that
    one moved. Any other was drawn anew and stands for itself.

    Args:
        drawn: as they came back.
        given: as they went out, by what the tool keeps of them.
        where: names the part of the export in messages.

    Raises:
        InputError: it is unclear which of several regions was changed.
    """
    kept = {(one.kind, one.role, one.place, one.label) for one in drawn}
    fresh = [one for one in drawn if (one.kind, one.role, one.place, one.label) not in given]
    taken = Counter((one.kind, one.role, one.place) for one in fresh)
    replaced: defaultdict[tuple[str, core.Role, core.Place], list[core.Region]] = defaultdict(list)
    moved: defaultdict[tuple[str, core.Role, str | None], list[tuple[core.Place, int, core.Region]]] = defaultdict(list)
    for (kind, role, place, label), regions in sorted(given.items(), key=lambda pair: pair[0][2]):
        if (kind, role, place, label) in kept:
            continue
        replaced[kind, role, place] += regions
        if (kind, role, place) not in taken:
            near = moved[kind, role, label]
            for region in regions:  # with the furthest end so far, as one may hold others
                near.append((place, max([place[1], *(reach for _, reach, _ in near[-1:])]), region))
    found: dict[str, list[core.Region]] = {}
    for one in drawn:
        if (one.kind, one.role, one.place, one.label) in given:
            same = given[one.kind, one.role, one.place, one.label]
            found[one.key] = [replace(was, key=f"{one.key}/{was.key}") for was in same]
            continue
        there = replaced.get((one.kind, one.role, one.place), [])
        owners = {was.owner for was in there or _list_under(one.place, moved[one.kind, one.role, one.label])}
        if len({was.label for was in there}) > 1 or (there and taken[one.kind, one.role, one.place] > 1):
            fault = "took the place of several labels"
        elif not there and len(owners) > 1:
            fault = "overlaps what was marked for several findings"
        else:
            names = sorted(filter(None, owners))
            found[one.key] = [replace(one, key=f"{one.key}/{owner}", owner=owner) for owner in names] or [one]
            continue
        at = f"the {one.kind} mark at {one.place[0]}-{one.place[1]}"
        raise InputError(f"{where}: {at} {fault}, so that it is unclear which was changed. Change only one.")
    return found


def _list_under(place: core.Place, regions: Sequence[tuple[core.Place, int, core.Region]]) -> Iterator[core.Region]:
    """The regions, ordered by place, that overlap a place; last first."""
    start, end = place
    for at in range(bisect_left(regions, end, key=lambda one: one[0][0]) - 1, -1, -1):
        (_, last), reach, region = regions[at]
        if reach <= start:
            return
        if last > start:
            yield region
