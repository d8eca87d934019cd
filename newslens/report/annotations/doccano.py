"""doccano: examples for sequence labelling with their labels, and its JSONL export read back.

A label is the kind with the finding's label, "stances:favor"; the words that decided are "stances words". doccano keeps
no name of ours for a span, so what comes back is known by its place and its label; two findings that mark the same
sentences with the same label are one to it. The article's hash comes back unchanged, as doccano does with every field
that it does not know (its `meta`).

Offsets are UTF-16 units; the project must not count grapheme clusters as one character, and has to allow overlapping
spans. Formats: the examples beside doccano's importer and exporter (`backend/data_import/pipeline/examples`,
`backend/data_export/pipeline/factories.py`).
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import AliasChoices, Field, JsonValue

from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.annotations import corrections as core
from newslens.report.data import ReportData

Look = tuple[str, core.Role, core.Place, str | None]  # what doccano keeps of a region: kind, role, place and label

_ARTICLE = "newslens_article"
_BMP_END = "\uffff"


def to_doccano(reports: Iterable[ReportData]) -> list[dict[str, JsonValue]]:
    """One example for each report, to write as a line of JSON; `InputError` if a report has no text."""
    examples: list[dict[str, JsonValue]] = []
    for report in reports:
        article = core.get_article(report)
        units = _list_units(article.text)
        spans: set[tuple[int, int, str]] = set()
        for region in (region for group in core.list_regions(report).values() for region in group):
            name = region.kind + core.SUFFIXES[region.role] + (f":{region.label}" if region.label is not None else "")
            start, end = (bisect_left(units, offset) for offset in region.place)
            spans.add((start, end, name))
        label: JsonValue = [list(span) for span in sorted(spans)]
        examples.append({"text": without_surrogates(article.text), _ARTICLE: article.sha256, "label": label})
    return examples


def _list_units(text: str) -> list[int]:
    """For each UTF-16 unit, and for the end, the offset of its code point."""
    return [*(at for at, character in enumerate(text) for _ in range(1 + (character > _BMP_END))), len(text)]


class _Example(core.Loose):
    text: str
    article: str = Field(alias=_ARTICLE)
    label: tuple[tuple[int, int, str], ...] = Field(validation_alias=AliasChoices("label", "labels"))
    comments: tuple[str, ...] = Field(default=(), alias="Comments")


def read_doccano(
    reports: Iterable[ReportData],
    exported: Sequence[Any],
    *,
    by: str | None = None,
    at: datetime | None = None,
    analyses: Sequence[Analysis[Any]] = ALL,
) -> core.Corrections:
    """What people changed, by the hash of the article; comments are remarks on the article.

    A sentence that was marked anew is another finding; words belong to the finding whose evidence they are in.

    Args:
        reports: those that `to_doccano` was given, at least the ones on the exported articles.
        exported: the lines of the JSONL export, each as `json.loads` gives it.
        by: who annotated; doccano only names the file after the person.
        at: when, with a time zone.
        analyses: where label sets are looked up; name your own in addition to `ALL`.

    Raises:
        InputError: this is not such an export, or a part of it cannot be matched to the reports; the message names it.
    """
    originals = core.Originals(reports, analyses)
    names: dict[str, tuple[str, core.Role, str | None]] = {  # kind, role and label by the name of a span
        **{name: (*known, None) for name, known in originals.names.items()},
        **{f"{kind}:{one}": (kind, "evidence", one) for kind, labels in originals.labels.items() for one in labels},
    }
    examples = core.parse_export(tuple[_Example, ...], exported, tool="doccano")
    found: core.Corrections = {example.article: () for example in examples}
    for number, example in enumerate(examples, 1):
        where = f"line {number}"
        report = originals.get(example.article, where, text=example.text)
        given: defaultdict[Look, list[core.Region]] = defaultdict(list)
        for region in (region for group in core.list_regions(report).values() for region in group):
            given[_look(region)].append(region)
        regions, links = match_regions(_read_regions(example, names, where), given, where)
        annotations = core.join_regions(regions, links, where)
        work = core.Work(report, annotations, "doccano", where, by, at, example.comments)
        found[example.article] += originals.list_changes(work)
    return found


def _read_regions(
    example: _Example, names: Mapping[str, tuple[str, core.Role, str | None]], where: str
) -> list[core.Region]:
    units = _list_units(example.text)
    regions = []
    for number, (start, end, name) in enumerate(example.label):
        if name not in names:
            raise InputError(
                f"{where}: the label {name[:80]!r} is none of the reports'. They have: {', '.join(names)}."
            )
        if not 0 <= start < end < len(units) or any(at and units[at] == units[at - 1] for at in (start, end)):
            raise InputError(f"{where}: {start}-{end} is no place in a text of {len(units) - 1} units. Mark it anew.")
        kind, role, label = names[name]
        regions.append(core.Region(str(number), kind, role, (units[start], units[end]), label=label))
    return regions


def _look(region: core.Region) -> Look:
    return (region.kind, region.role, region.place, region.label)


def match_regions(
    drawn: Sequence[core.Region], given: Mapping[Look, Sequence[core.Region]], where: str
) -> tuple[list[core.Region], list[tuple[str, str]]]:
    """The regions of findings that those which came back stand for, and links from new words to their evidence.

    One that is unchanged stands for what was given, which may be regions of several findings; one that took the place
    of another of its kind is that one with a new label; any other stands for itself.

    Raises:
        InputError: it is unclear which of several findings was changed.
    """
    kept = set(map(_look, drawn))
    taken = Counter(_look(one)[:3] for one in drawn if _look(one) not in given)
    replaced: defaultdict[tuple[str, core.Role, core.Place], list[core.Region]] = defaultdict(list)
    for look, regions in given.items():
        replaced[look[:3]] += [] if look in kept else regions
    found: list[core.Region] = []
    words: list[core.Region] = []
    for one in drawn:
        same, lost = given.get(_look(one)), replaced[_look(one)[:3]]
        at = f"{where}: the {one.kind} mark at {one.place[0]}-{one.place[1]}"
        if same:
            found += [replace(was, key=f"{one.key}/{was.key}") for was in same]
        elif not lost:
            (found if one.role == "evidence" else words).append(one)
        elif len({was.label for was in lost}) > 1 or taken[_look(one)[:3]] > 1:
            raise InputError(
                f"{at} took the place of several labels, so that it is unclear which was changed. Change only one."
            )
        else:
            found += [replace(one, key=f"{one.key}/{was.key}", owner=was.owner) for was in lost]
    links = []
    for one in words:
        hosts = {
            host.owner or host.key: host.key
            for host in found
            if host.role == "evidence" and host.kind == one.kind
            if host.place[0] <= one.place[0] and one.place[1] <= host.place[1]
        }
        if len(hosts) != 1:
            raise InputError(
                f"{where}: the {one.kind} words at {one.place[0]}-{one.place[1]} are in the evidence of {len(hosts)} "
                "findings. Mark words in the evidence of one."
            )
        links += [(key, one.key) for key in hosts.values()]
    return [*found, *words], links
