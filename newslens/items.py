"""Every finding of a report in one shape, whatever analysis it comes from: what views, tables and exports show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, JsonValue

from newslens.analyses import ALL
from newslens.findings import Finding, Label, Prose
from newslens.spans import Span

if TYPE_CHECKING:
    from newslens.report import Report

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
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A name for it that is its own within the report, fit for an anchor: "stances-3"."""
        return f"{self.kind}-{self.number}"


@dataclass(frozen=True, slots=True)
class Section:
    """What one analysis found.

    Attributes:
        kind: name of the analysis.
        title: what it asks, in a few words.
        items: its findings, in the report's order.
        prose: what it says in words of its own, such as the text of a summary.
    """

    kind: str
    title: str
    items: tuple[Item, ...]
    prose: Prose | None = None


def sections(report: "Report") -> tuple[Section, ...]:
    """What each analysis that gave a result found: the built-in ones first, in the order of `ALL`."""
    found = ((analysis, getattr(report, analysis.name)) for analysis in ALL)
    built_in = [
        _section(analysis.name, analysis.title or analysis.name, value)
        for analysis, value in found
        if value is not None
    ]
    return (*built_in, *(_of_data(name, value) for name, value in report.other.items()))


def items(report: "Report") -> tuple[Item, ...]:
    """All findings of a report, section by section."""
    return tuple(item for section in sections(report) for item in section.items)


def _section(kind: str, title: str, value: Any) -> Section:
    found = tuple(_of_finding(kind, number, one) for number, one in enumerate(_findings(value), 1))
    return Section(kind, title, found, value if isinstance(value, Prose) else None)


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
    own = {name: getattr(found, name) for name in type(found).model_fields if name not in _BASE}
    return Item(
        kind=kind,
        number=number,
        text=found.told(),
        label=next((value for value in own.values() if isinstance(value, Label)), None),
        evidence=found.evidence,
        words=found.words,
        grounded=found.grounded,
        missing=found.missing,
        there=found.is_there,
        facts=_facts(own),
    )


def _facts(own: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The fields of a finding but its label; a second label is its value and its probability."""
    labels = [name for name, value in own.items() if isinstance(value, Label)]
    facts = {name: _plain(value) for name, value in own.items() if name not in labels}
    for name in labels[1:]:
        facts |= {name: own[name].value, f"{name}_probability": own[name].probability}
    return facts


def _of_data(kind: str, value: JsonValue) -> Section:
    """The result of an analysis that is not built in: a list of findings, or anything else as one."""
    records = value if isinstance(value, list) else [value]
    rows = [row if isinstance(row, dict) else {"value": row} for row in records]
    return Section(
        kind, kind.replace("_", " "), tuple(_of_row(kind, number, row) for number, row in enumerate(rows, 1))
    )


def _of_row(kind: str, number: int, row: Mapping[str, Any]) -> Item:
    label = next((Label[str](**value) for value in row.values() if _is_label(value)), None)
    own = {name: value for name, value in row.items() if name not in _BASE and not _is_label(value)}
    evidence = tuple(map(Span.model_validate, row.get("evidence", ())))
    return Item(
        kind=kind,
        number=number,
        text=" · ".join(str(value) for value in own.values() if value not in ("", None, [])),
        label=label,
        evidence=evidence,
        words=tuple(map(Span.model_validate, row.get("words", ()))),
        grounded=row.get("grounded", True),
        missing=tuple(row.get("missing", ())),
        there=label is None or not (label.value == "absent" or (label.value == "unclear" and not evidence)),
        facts=own,
    )


def _is_label(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _LABEL


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
