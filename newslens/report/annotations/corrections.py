"""Findings as annotation tools hold them, and what a person has changed when they come back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from newslens.analyses.analysis import Analysis
from newslens.analyses.findings import Finding, Label
from newslens.article.article import Article
from newslens.article.spans import without_surrogates
from newslens.errors import InputError
from newslens.report.data import Correction, Held, ReportData
from newslens.report.rows import FindingRow, list_rows, list_sections

Place = tuple[int, int]  # half-open code-point offsets into the article's text
Role = Literal["evidence", "words"]
SUFFIXES: dict[Role, str] = {"evidence": "", "words": " words"}  # after the kind in the name of a region
Corrections = dict[str, tuple[Correction, ...]]  # by the hash of the article

S = TypeVar("S")
_MAX_MESSAGE = 120  # characters of a message that is not ours
_MAX_NAME = 80


class Loose(BaseModel):
    """A part of an export; the tool's other fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Annotation:
    """One finding in a tool, its places in reading order; `finding` is its id, None if a person added it."""

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
        evidence, words = (
            tuple(sorted({(span.start, span.end) for span in spans})) for spans in (row.evidence, row.words)
        )
        return cls(row.kind, row.id, row.label.value if row.label else None, evidence, words)


@dataclass(frozen=True, slots=True)
class Region:
    """One stretch of text in a tool that knows no findings; `owner` is None if a person drew it."""

    key: str
    kind: str
    role: Role
    place: Place
    owner: str | None = None
    label: str | None = None
    note: str = ""


def list_regions(report: ReportData) -> dict[str, list[Region]]:
    """The regions of each finding that points at words, by its id: first the evidence, which has the label."""
    found = {}
    for name, row in list_marked(report).items():
        one = Annotation.of(row)
        found[name] = [
            Region(f"{name}-{role[0]}{number}", one.kind, role, place, name, one.label if role == "evidence" else None)
            for role in SUFFIXES
            for number, place in enumerate(one.evidence if role == "evidence" else one.words, 1)
        ]
    return found


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
        kinds, findings, labels = (
            sorted({getattr(one, name) for one in group} - {None}) for name in ("kind", "owner", "label")
        )
        for what, values in {"kinds": kinds, "findings of the report": findings, "labels": labels}.items():
            if len(values) > 1:
                shown = ", ".join(repr(value[:_MAX_NAME]) for value in values)
                at = ", ".join(f"{start}-{end}" for start, end in (one.place for one in group[:6]))
                which = group[0].owner or "the added finding"
                raise InputError(
                    f"{where}: {which} has several {what}: {shown} (at {at}). Give all of its regions the same."
                )
        evidence, words = (tuple(sorted({r.place for r in group if r.role == role})) for role in SUFFIXES)
        note = "\n".join(one.note for one in group if one.note)
        owner, label = (values[0] if values else None for values in (findings, labels))
        found.append(Annotation(kinds[0], owner, label, evidence, words, note))
    return found


def get_article(report: ReportData) -> Article:
    """The article that a report carries; `InputError` if it carries only the hash."""
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
    """The export as typed data; `InputError` names the place that is not in the tool's format."""
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        message = "".join(character for character in first["msg"] if character.isprintable())[:_MAX_MESSAGE]
        raise InputError(f"Not an export of {tool}: {place}: {message}.") from None  # the cause holds the export


@dataclass(frozen=True, slots=True)
class Work:
    """One person's work on one article; `where` names the part of the export in messages."""

    report: ReportData
    annotations: Sequence[Annotation]
    tool: Literal["label_studio", "doccano", "web_annotation"]
    where: str
    by: str | None = None
    at: datetime | None = None
    remarks: Sequence[str] = ()


class Originals:
    """The reports that were exported, by the hash of their article, and the labels of their kinds."""

    def __init__(self, reports: Iterable[ReportData], analyses: Sequence[Analysis[Any]]) -> None:
        self._reports: dict[str, ReportData] = {}
        for report in reports:
            digest = get_article(report).sha256
            if digest in self._reports:
                raise InputError(f"Two reports are on article {digest[:12]}. Give the one that the tool got.")
            self._reports[digest] = report
        self.labels = list_labels(self._reports.values(), analyses)
        self.names = {kind + suffix: (kind, role) for kind in self.labels for role, suffix in SUFFIXES.items()}

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

    def list_changes(self, work: Work) -> tuple[Correction, ...]:
        """What a person changed, in the report's order, then what was added, then remarks.

        Raises:
            InputError: an annotation is of no finding of the report, outside the text or there twice, or has a label
                that its kind does not have; or the time has no zone.
        """
        if work.at is not None and work.at.tzinfo is None:
            raise InputError(f"{work.where}: the time {work.at.isoformat()} has no zone. Give it with `tzinfo`.")
        rows = list_marked(work.report)
        self._check(work, rows)
        article, left = get_article(work.report), {one.finding: one for one in work.annotations}
        added = [one for one in work.annotations if one.finding is None]

        def hold(one: Annotation, row: FindingRow | None) -> Held:
            """What was not touched keeps the very spans of the finding."""
            was = Annotation.of(row) if row else None
            try:
                evidence, words = (tuple(article.span(*place) for place in part) for part in (one.evidence, one.words))
            except ValueError as error:
                raise InputError(f"{work.where}: {one.finding or 'an added finding'}: {error}.") from error
            if row and was:
                evidence = row.evidence if one.evidence == was.evidence else evidence
                words = row.words if one.words == was.words else words
            return Held(label=one.label, evidence=evidence, words=words)

        who: dict[str, Any] = {"by": work.by, "at": work.at, "tool": work.tool}
        pairs = [*((row, left.get(row.id)) for row in rows.values()), *((None, one) for one in added)]
        changes = []
        for row, now in pairs:
            was = Annotation.of(row) if row else None
            one = now or was
            if one is not None and (now is None or replace(now, by=None, at=None) != was):
                own = {"by": one.by or work.by, "at": one.at or work.at, "note": one.note}
                held = {"before": was and hold(was, row), "after": now and hold(now, row)}
                changes.append(Correction(kind=one.kind, finding=one.finding, **{**who, **held, **own}))
        remarks = (
            Correction(kind=None, finding=None, before=None, after=None, note=remark, **who)
            for remark in filter(None, work.remarks)
        )
        return (*changes, *remarks)

    def _check(self, work: Work, rows: dict[str, FindingRow]) -> None:
        seen: set[str] = set()
        for one in work.annotations:
            which, kind = (one.finding or "an added finding")[:_MAX_NAME], one.kind[:_MAX_NAME]
            if one.finding is not None and one.finding not in rows:
                fault = f"{which!r} is no finding of the report. Give the report it came from"
            elif one.finding in seen:
                fault = f"{which} is there twice. Keep one"
            elif one.kind not in self.labels:
                fault = f"{which} is of the kind {kind!r}. The reports have: {', '.join(self.labels)}"
            elif one.label not in (None, *self.labels[one.kind]):
                known = ", ".join(self.labels[one.kind]) or "none"
                fault = f"{which} has the label {(one.label or '')[:_MAX_NAME]!r}. Labels of {kind}: {known}"
            elif not one.evidence:
                fault = f"{which} has no evidence. Mark the sentences that show it, or delete it whole"
            elif one.finding and rows[one.finding].kind != one.kind:
                given = rows[one.finding].kind
                fault = f"{which} is of the kind {given}, and now {kind!r}. Delete the finding and add another"
            else:
                seen |= {one.finding} if one.finding else set()
                continue
            raise InputError(f"{work.where}: {fault}.")
