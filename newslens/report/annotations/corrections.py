"""Findings as annotation tools hold them, and what a person has changed when they come back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from newslens.analyses.analysis import Analysis
from newslens.analyses.findings import Finding, Label
from newslens.article.article import Article
from newslens.article.spans import Span, without_surrogates
from newslens.errors import InputError
from newslens.report.data import Correction, Held, ReportData
from newslens.report.rows import FindingRow, list_rows, list_sections

Place = tuple[int, int]
"""Half-open code-point offsets into the article's text."""

Role = Literal["evidence", "words"]
SUFFIXES: dict[Role, str] = {"evidence": "", "words": " words"}
"""What follows the kind in the name of a region."""

SAME = "same finding"
"""The relation between two regions of one finding."""

S = TypeVar("S")
_MAX_MESSAGE = 120  # characters of a message that is not ours
_MAX_NAME = 80


class Loose(BaseModel):
    """A part of an export; the tool's other fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One finding in a tool.

    Attributes:
        kind: name of the analysis.
        finding: id of the finding ("stances-3"); None for one that a person added.
        label: value of its label, if it has one.
        evidence: places of the sentences that show it, in reading order.
        words: places of the words that decided, in reading order.
        note: what a person wrote about it.
        by: who worked on it, if the tool says so of each finding.
        at: when that was.
    """

    kind: str
    finding: str | None
    label: str | None
    evidence: tuple[Place, ...]
    words: tuple[Place, ...] = ()
    note: str = ""
    by: str | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, row: FindingRow) -> "Annotation":
        """A finding as its report has it."""
        label = row.label.value if row.label else None
        return cls(row.kind, row.id, label, _places(row.evidence), _places(row.words))


def _places(spans: Iterable[Span]) -> tuple[Place, ...]:
    return tuple(sorted({(span.start, span.end) for span in spans}))


@dataclass(frozen=True, slots=True)
class Region:
    """One stretch of text in a tool that knows no findings.

    Attributes:
        key: its name within the tool.
        owner: id of the finding that it comes from; None for one that a person drew.
        label: the finding's label, if this region carries it.
    """

    key: str
    kind: str
    role: Role
    place: Place
    owner: str | None = None
    label: str | None = None
    note: str = ""


def split_regions(one: Annotation) -> list[Region]:
    """The regions of a finding; the first one leads, and evidence has the label."""
    evidence = [
        Region(f"{one.finding}-e{number}", one.kind, "evidence", place, one.finding, one.label)
        for number, place in enumerate(one.evidence, 1)
    ]
    words = enumerate(one.words, 1)
    return evidence + [Region(f"{one.finding}-w{n}", one.kind, "words", place, one.finding) for n, place in words]


def list_regions(report: ReportData) -> dict[str, list[Region]]:
    """The regions of the findings that point at words, by id of the finding."""
    return {name: split_regions(Annotation.of(row)) for name, row in list_marked(report).items()}


def join_regions(regions: Sequence[Region], links: Iterable[tuple[str, str]], where: str) -> list[Annotation]:
    """The findings that regions make: those of one owner, and those linked to each other.

    Raises:
        InputError: a link leads nowhere, or regions of one finding contradict each other.
    """
    leads = {region.key: region.key for region in regions}  # disjoint sets by path halving (Tarjan, van Leeuwen, 1984)

    def find(key: str) -> str:
        while leads[key] != key:
            leads[key] = key = leads[leads[key]]
        return key

    owners: dict[str, str] = {}
    owned = [(owners.setdefault(one.owner, one.key), one.key) for one in regions if one.owner is not None]
    for pair in (*owned, *links):
        if lost := [key for key in pair if key not in leads]:
            raise InputError(f"{where} has a relation to {lost[0][:_MAX_NAME]!r}, which is not there. Remove it.")
        first, second = map(find, pair)
        leads[second] = first
    groups: defaultdict[str, list[Region]] = defaultdict(list)
    for region in regions:
        groups[find(region.key)].append(region)
    found = []
    for group in groups.values():
        values: dict[str, set[str]] = {
            "kinds": {one.kind for one in group},
            "findings of the report": {one.owner for one in group if one.owner is not None},
            "labels": {one.label for one in group if one.label is not None},
        }
        for what, some in values.items():
            if len(some) > 1:
                shown = ", ".join(sorted(repr(value[:_MAX_NAME]) for value in some))
                at = ", ".join(f"{start}-{end}" for start, end in (one.place for one in group[:6]))
                which = group[0].owner or "the added finding"
                raise InputError(
                    f"{where}: {which} has several {what}: {shown} (at {at}). Give all of its regions the same."
                )
        evidence, words = (tuple(sorted({r.place for r in group if r.role == role})) for role in SUFFIXES)
        owner, label = (next(iter(values[what]), None) for what in ("findings of the report", "labels"))
        note = "\n".join(one.note for one in group if one.note)
        found.append(Annotation(group[0].kind, owner, label, evidence, words, note))
    return found


def get_article(report: ReportData) -> Article:
    """The article that a report carries.

    Raises:
        InputError: it carries only the article's hash.
    """
    if not isinstance(report.article, Article):
        raise InputError(f"The report on article {report.article.sha256[:12]} has no text. Keep the report with it.")
    return report.article


def list_marked(report: ReportData) -> dict[str, FindingRow]:
    """The findings that point at words, by id."""
    return {row.id: row for row in list_rows(report) if row.evidence}


def list_labels(reports: Iterable[ReportData], analyses: Sequence[Analysis[Any]]) -> dict[str, tuple[str, ...]]:
    """The labels that each kind of finding in the reports can have, in the order of the analysis's label set.

    For an analysis that is not among `analyses`, they are the labels that the reports show.
    """
    declared = {analysis.name: _label_values(analysis.result) for analysis in analyses}
    found: dict[str, tuple[str, ...]] = {}
    for section in (section for report in reports for section in list_sections(report)):
        labels = [row.label for row in section.rows if row.label is not None]
        seen = sorted(value for label in labels for value in (label.value, *(label.distribution or ())))
        known = declared.get(section.kind) or found.get(section.kind, ())
        found[section.kind] = tuple(dict.fromkeys([*known, *seen]))
    return found


def _label_values(annotation: Any) -> tuple[str, ...]:
    """The values of the first label in a result type, if it is a closed set."""
    parts = get_args(annotation)
    if not parts and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if issubclass(annotation, Label):
            return get_args(annotation.model_fields["value"].annotation)
        names = annotation.labels()[:1] if issubclass(annotation, Finding) else tuple(annotation.model_fields)
        parts = tuple(annotation.model_fields[name].annotation for name in names)
    return next(filter(None, map(_label_values, parts)), ())


def parse_export(shape: type[S], data: Any, *, tool: str) -> S:
    """The export as typed data.

    Raises:
        InputError: it is not in the tool's format; the message names the place.
    """
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        message = "".join(character for character in first["msg"] if character.isprintable())[:_MAX_MESSAGE]
        raise InputError(f"Not an export of {tool}: {place}: {message}.") from None  # the cause holds the export


class Originals:
    """The reports that were exported, by the hash of their article, and the labels of their kinds.

    Raises:
        InputError: two reports are on the same article, or one has no text.
    """

    def __init__(self, reports: Iterable[ReportData], analyses: Sequence[Analysis[Any]]) -> None:
        self._reports: dict[str, ReportData] = {}
        for report in reports:
            digest = get_article(report).sha256
            if digest in self._reports:
                raise InputError(f"Two reports are on article {digest[:12]}. Give the one that the tool got.")
            self._reports[digest] = report
        self.labels = list_labels(self._reports.values(), analyses)

    def get(self, digest: str, where: str, *, text: str | None = None) -> ReportData:
        """The report on an article; `text` is what the tool gives back of it.

        Raises:
            InputError: no report is on it, or its text was edited, so that offsets have no meaning.
        """
        if digest not in self._reports:
            raise InputError(f"{where} is on article {digest[:12]!r}, and none of the reports is. Add its report.")
        report = self._reports[digest]
        if text is not None and text != without_surrogates(get_article(report).text):
            raise InputError(f"The text of {where} is not that of article {digest[:12]}. Restore it, or read it anew.")
        return report


@dataclass(frozen=True, slots=True)
class Work:
    """One person's work on one article.

    Attributes:
        article: hash of the article.
        annotations: the findings as the person left them.
        where: names the part of the export in messages.
        remarks: on the whole article.
    """

    article: str
    annotations: Sequence[Annotation]
    tool: Literal["label_studio", "doccano", "web_annotation"]
    where: str
    by: str | None = None
    at: datetime | None = None
    remarks: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse a time without a zone, which is another moment for each reader."""
        if self.at is not None and self.at.tzinfo is None:
            raise InputError(f"{self.where}: the time {self.at.isoformat()} has no zone. Give it with `tzinfo`.")


def _check(work: Work, rows: Mapping[str, FindingRow], labels: Mapping[str, Sequence[str]]) -> None:
    seen: set[str | None] = set()
    for one in work.annotations:
        which, kind = (one.finding or "an added finding")[:_MAX_NAME], one.kind[:_MAX_NAME]
        given = next((row.kind for row in [rows.get(one.finding or "")] if row), one.kind)
        label, known = (one.label or "")[:_MAX_NAME], labels.get(one.kind, ())
        faults = {
            f"{which!r} is no finding of the report. Give the report it came from": one.finding not in (None, *rows),
            f"{which} is there twice. Keep one": one.finding in seen,
            f"{which} is of the kind {kind!r}. The reports have: {', '.join(labels)}": one.kind not in labels,
            f"{which} has the label {label!r}. Labels of {kind}: {', '.join(known) or 'none'}": (
                one.label not in (None, *known)
            ),
            f"{which} has no evidence. Mark the sentences that show it, or delete it whole": not one.evidence,
            f"{which} is of the kind {given}, and now {kind!r}. Delete the finding and add another": given != one.kind,
        }
        for fault, is_so in faults.items():
            if is_so:
                raise InputError(f"{work.where}: {fault}.")
        seen |= {one.finding} - {None}


def collect_corrections(
    originals: Originals, articles: Iterable[str], works: Iterable[Work]
) -> dict[str, tuple[Correction, ...]]:
    """What people changed, by the hash of the article; empty if nothing was changed."""
    found: dict[str, tuple[Correction, ...]] = dict.fromkeys(articles, ())
    for work in works:
        changes = list_changes(originals.get(work.article, work.where), work, originals.labels)
        found[work.article] += changes
    return found


def list_changes(report: ReportData, work: Work, labels: Mapping[str, Sequence[str]]) -> tuple[Correction, ...]:
    """What a person changed, in the report's order, then what was added, then remarks.

    Raises:
        InputError: an annotation is of no finding of the report, outside the text or twice there, or has a label that
            its kind does not have.
    """
    rows = list_marked(report)
    _check(work, rows, labels)
    left = {one.finding: one for one in work.annotations}

    def to_spans(places: Sequence[Place], which: str) -> tuple[Span, ...]:
        try:
            return tuple(get_article(report).span(*place) for place in places)
        except ValueError as error:
            raise InputError(f"{work.where}: {which}: {error}.") from error

    def correct(one: Annotation, before: Held | None, after: Held | None) -> Correction:
        by, at = one.by or work.by, one.at or work.at
        return Correction(
            kind=one.kind, finding=one.finding, before=before, after=after, by=by, at=at, tool=work.tool, note=one.note
        )

    changes = []
    for row in rows.values():
        was, now = Annotation.of(row), left.get(row.id)
        before = Held(label=was.label, evidence=row.evidence, words=row.words)
        if now is None:
            changes.append(correct(was, before, None))
        elif now.note or (now.label, now.evidence, now.words) != (was.label, was.evidence, was.words):
            # What was not touched keeps the very spans of the finding.
            evidence = row.evidence if now.evidence == was.evidence else to_spans(now.evidence, row.id)
            words = row.words if now.words == was.words else to_spans(now.words, row.id)
            changes.append(correct(now, before, Held(label=now.label, evidence=evidence, words=words)))
    for one in work.annotations:
        if one.finding is None:
            evidence, words = (to_spans(places, "an added finding") for places in (one.evidence, one.words))
            changes.append(correct(one, None, Held(label=one.label, evidence=evidence, words=words)))
    nothing = {"kind": None, "finding": None, "before": None, "after": None}
    who = {"by": work.by, "at": work.at, "tool": work.tool}
    remarks = (Correction.model_validate({**nothing, **who, "note": remark}) for remark in work.remarks if remark)
    return (*changes, *remarks)
