"""Every finding of a report in one shape, whatever analysis it comes from: what views, tables and exports show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from newslens.analyses import ALL
from newslens.analyses.findings import Finding, Label, Prose, Result, SupportLabel
from newslens.article.spans import Span
from newslens.report.data import ReportData

R = TypeVar("R", bound=Result)

_BASE = frozenset(Finding.model_fields)
_LABEL = frozenset(Label.model_fields)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding; the fields that it shares with `Finding` mean the same.

    Attributes:
        kind: name of the analysis, which is the report's field: "stances".
        number: from 1, within its kind and in the report's order.
        text: what was found, in one line, without its label.
        is_there: False for what was looked for and not found, such as an absent frame.
        facts: the finding's own fields by name, as plain data; a second label is its value and its probability.
    """

    kind: str
    number: int
    text: str
    label: Label[Any] | None
    evidence: tuple[Span, ...] = ()
    words: tuple[Span, ...] = ()
    grounded: bool = True
    missing: tuple[str, ...] = ()
    is_there: bool = True
    supported: Label[Any] | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Identifies the finding within the report, fit for an anchor: "stances-3"."""
        return f"{self.kind}-{self.number}"

    @property
    def deciding(self) -> Span | None:
        """The cited sentence that its words stand in, or the first cited one."""
        decided = {span.sentence for span in self.words}
        return next((span for span in self.evidence if span.sentence in decided), next(iter(self.evidence), None))


@dataclass(frozen=True, slots=True)
class Section:
    """What one analysis found.

    Attributes:
        title: what it asks, in a few words.
        overview: what it found as a whole, such as the text of a summary; may be empty.
        prose: the result, if the overview is its own words: whether they are grounded.
    """

    kind: str
    title: str
    rows: tuple[FindingRow, ...]
    overview: str = ""
    prose: Prose | None = None


def list_sections(report: ReportData) -> tuple[Section, ...]:
    """What each analysis with a result found: the built-in ones first, in the order of `ALL`."""
    sections = []
    for analysis in ALL:
        value = getattr(report, analysis.name)
        if value is not None:
            found = enumerate(_find_findings(value), 1)
            rows = tuple(_row_of_finding(analysis.name, number, one) for number, one in found)
            prose = value if isinstance(value, Prose) else None
            title = analysis.title or analysis.name
            sections.append(Section(analysis.name, title, rows, analysis.overview(value), prose))
    for kind, data in report.other.items():  # a list of findings, or anything else as one
        parts = enumerate(data if isinstance(data, list) else [data], 1)
        rows = tuple(_row_of_data(kind, n, one if isinstance(one, dict) else {"value": one}) for n, one in parts)
        sections.append(Section(kind, kind.replace("_", " "), rows))
    return tuple(sections)


def list_rows(report: ReportData) -> tuple[FindingRow, ...]:
    """All findings of a report, section by section."""
    return tuple(row for section in list_sections(report) for row in section.rows)


def _find_findings(value: Any) -> Iterator[Finding]:
    if isinstance(value, Finding):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _find_findings(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _find_findings(one)


def _row_of_finding(kind: str, number: int, found: Finding) -> FindingRow:
    labels = type(found).labels()
    facts: dict[str, JsonValue] = {}
    for name in type(found).model_fields:
        value = getattr(found, name)
        is_place = isinstance(value, Span) or (isinstance(value, tuple) and any(isinstance(one, Span) for one in value))
        if name not in _BASE and name not in labels and not is_place:  # `words` say where something stands
            facts[name] = _to_plain(value)
    for name in labels[1:]:
        label = getattr(found, name)
        facts |= {name: label and label.value, f"{name}_probability": label and label.probability}
    return FindingRow(
        kind=kind,
        number=number,
        text=found.describe(),
        label=getattr(found, labels[0]) if labels else None,
        evidence=found.evidence,
        words=found.words,
        grounded=found.grounded,
        missing=found.missing,
        is_there=found.is_there,
        supported=None if "supported" in labels else found.supported,
        facts=facts,
    )


def _to_plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_to_plain(one) for one in value] if isinstance(value, tuple) else value


class _Cited(Prose):
    """What every finding has; a user's own result may have fields of these names with another meaning."""

    evidence: tuple[Span, ...]
    words: tuple[Span, ...] = ()
    supported: SupportLabel | None = None


def _row_of_data(kind: str, number: int, data: Mapping[str, Any]) -> FindingRow:
    cited = _validate(_Cited, {name: data[name] for name in _BASE & data.keys()})
    labels: list[Label[str]] = []
    facts: dict[str, JsonValue] = {}
    for name, value in data.items():
        if cited is not None and name in _BASE:
            continue
        label = _validate(Label[str], value) if isinstance(value, dict) and value.keys() == _LABEL else None
        if label is None:
            facts[name] = value
        else:
            labels.append(label)
    text = " · ".join(str(value) for value in facts.values() if value not in ("", None, []))
    row = FindingRow(kind=kind, number=number, text=text, label=next(iter(labels), None), facts=facts)
    if cited is None:
        return row
    value = row.label.value if row.label else None
    return replace(
        row,
        evidence=cited.evidence,
        words=cited.words,
        grounded=cited.grounded,
        missing=cited.missing,
        is_there=not (value == "absent" or (value == "unclear" and not cited.evidence)),
        supported=cited.supported,
    )


def _validate(model: type[R], data: Any) -> R | None:
    try:
        return model.model_validate(data)
    except ValidationError:
        return None
