"""Every finding of a report in one shape, whatever analysis it comes from: what views, tables and exports show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.analyses.findings import Finding, Label, Prose, Result, SupportLabel
from newslens.article.spans import Span

if TYPE_CHECKING:
    from newslens.report.report import Report

M = TypeVar("M", bound=Result)

_BASE = frozenset(Finding.model_fields)
_LABEL = frozenset(Label.model_fields)


@dataclass(frozen=True, slots=True)
class Item:
    """One finding.

    Attributes:
        kind: name of the analysis, which is the report's field: "stances".
        number: from 1, within its kind and in the report's order.
        text: what was found, in one line, without its label.
        label: its label, if it has one.
        evidence: the sentences it rests on, in reading order; empty where nothing can show it ("absent").
        words: the very words that decided, in reading order.
        grounded: False when it holds something that the article does not.
        missing: those names, numbers, phrases and quotations.
        there: False for what was looked for and not found: a frame that is absent.
        supported: whether its evidence carries it, where that was measured apart from the label.
        facts: the finding's own fields by name, as plain data.
    """

    kind: str
    number: int
    text: str
    label: Label[Any] | None
    evidence: tuple[Span, ...] = ()
    words: tuple[Span, ...] = ()
    grounded: bool = True
    missing: tuple[str, ...] = ()
    there: bool = True
    supported: Label[Any] | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A name for it that is its own within the report, fit for an anchor: "stances-3"."""
        return f"{self.kind}-{self.number}"

    @property
    def deciding(self) -> Span | None:
        """The sentence that its words stand in, else the first one that it cites."""
        decided = {span.sentence for span in self.words}
        cited = self.evidence
        return next((span for span in cited if span.sentence in decided), cited[0] if cited else None)


@dataclass(frozen=True, slots=True)
class Section:
    """What one analysis found.

    Attributes:
        kind: name of the analysis.
        title: what it asks, in a few words.
        items: its findings, in the report's order.
        overview: what it found as a whole, such as the text of a summary; may be empty.
        prose: the result, if the overview is its own words: whether they are grounded.
    """

    kind: str
    title: str
    items: tuple[Item, ...]
    overview: str = ""
    prose: Prose | None = None


def sections(report: "Report") -> tuple[Section, ...]:
    """What each analysis that gave a result found: the built-in ones first, in the order of `ALL`."""
    found = ((analysis, getattr(report, analysis.name)) for analysis in ALL)
    built_in = [_section(analysis, value) for analysis, value in found if value is not None]
    return (*built_in, *(_of_data(name, value) for name, value in report.other.items()))


def items(report: "Report") -> tuple[Item, ...]:
    """All findings of a report, section by section."""
    return tuple(item for section in sections(report) for item in section.items)


def _section(analysis: Analysis[Any], value: Any) -> Section:
    found = tuple(_of_finding(analysis.name, number, one) for number, one in enumerate(_findings(value), 1))
    prose = value if isinstance(value, Prose) else None
    return Section(analysis.name, analysis.title or analysis.name, found, analysis.overview(value), prose)


def _findings(value: Any) -> Iterator[Finding]:
    """The findings in a result: itself, or those of its fields."""
    if isinstance(value, Finding):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _findings(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _findings(one)


def _of_finding(kind: str, number: int, found: Finding) -> Item:
    labels = type(found).labels()
    own = {name: getattr(found, name) for name in type(found).model_fields if name not in _BASE or name in labels}
    return Item(
        kind=kind,
        number=number,
        text=found.told(),
        label=own[labels[0]] if labels else None,
        evidence=found.evidence,
        words=found.words,
        grounded=found.grounded,
        missing=found.missing,
        there=found.is_there,
        supported=None if "supported" in labels else found.supported,
        facts=_facts(own, labels),
    )


def _facts(own: Mapping[str, Any], labels: Sequence[str]) -> dict[str, JsonValue]:
    """The fields of a finding but its label; a second label is its value and its probability."""
    facts = {name: _plain(value) for name, value in own.items() if name not in labels and not _is_place(value)}
    for name in labels[1:]:
        label = own[name]
        facts |= {name: label and label.value, f"{name}_probability": label and label.probability}
    return facts


def _of_data(kind: str, value: JsonValue) -> Section:
    """The result of an analysis that is not built in: a list of findings, or anything else as one."""
    records = value if isinstance(value, list) else [value]
    rows = [row if isinstance(row, dict) else {"value": row} for row in records]
    return Section(
        kind, kind.replace("_", " "), tuple(_of_row(kind, number, row) for number, row in enumerate(rows, 1))
    )


def _of_row(kind: str, number: int, row: Mapping[str, Any]) -> Item:
    cited = _read(_Cited, {name: row[name] for name in _BASE & row.keys()})
    own = {name: value for name, value in row.items() if cited is None or name not in _BASE}
    labels = {name: label for name, value in own.items() if (label := _label(value)) is not None}
    label = next(iter(labels.values()), None)
    facts = {name: value for name, value in own.items() if name not in labels}
    item = Item(kind=kind, number=number, text=_line(facts), label=label, facts=facts)
    if cited is None:
        return item
    return replace(
        item,
        evidence=cited.evidence,
        words=cited.words,
        grounded=cited.grounded,
        missing=cited.missing,
        there=_is_there(label, cited.evidence),
        supported=cited.supported,
    )


def _is_there(label: Label[Any] | None, evidence: Sequence[Span]) -> bool:
    return label is None or not (label.value == "absent" or (label.value == "unclear" and not evidence))


def _line(row: Mapping[str, Any]) -> str:
    return " · ".join(str(value) for value in row.values() if value not in ("", None, []))


class _Cited(Prose):
    """What every finding has, evidence or none; another result may have fields of these names that mean others."""

    evidence: tuple[Span, ...]
    words: tuple[Span, ...] = ()
    supported: SupportLabel | None = None


def _label(value: Any) -> Label[str] | None:
    return _read(Label[str], value) if isinstance(value, dict) and value.keys() == _LABEL else None


def _read(model: type[M], value: Any) -> M | None:
    """The value as a result of ours; None when it is none."""
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _is_place(value: Any) -> bool:
    """Whether it is a span, or several: where something stands, which `words` tell."""
    return isinstance(value, Span) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], Span))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
