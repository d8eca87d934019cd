"""Findings as annotation tools hold them: places in a text, with a kind and a label out of the kind's set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from newslens.analyses import ALL
from newslens.analyses.analysis import Analysis
from newslens.analyses.findings import Finding, Label
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.errors import InputError
from newslens.report.items import Item, items, sections

if TYPE_CHECKING:
    from newslens.report.report import Report

Place = tuple[int, int]
"""Half-open code-point offsets into the article's text."""

Vocabulary = Mapping[str, tuple[str, ...]]
"""The labels of each kind of finding, in the set's own order."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding in a tool.

    Attributes:
        kind: name of the analysis.
        item: `Item.id` of the finding; None for one that a person added.
        label: value of its label; None where it has none.
        evidence: places of the sentences that show it, in reading order.
        words: places of the words that decided, in reading order.
        note: what a person wrote about it.
        by: who worked on it, where the tool says so of each finding.
        at: when that was.
    """

    kind: str
    item: str | None
    label: str | None
    evidence: tuple[Place, ...]
    words: tuple[Place, ...] = ()
    note: str = ""
    by: str | None = None
    at: datetime | None = None


def article_of(report: "Report") -> Article:
    """The article that a report carries.

    Raises:
        InputError: it carries the article's hash only, and offsets without a text say nothing to a tool.
    """
    if not isinstance(report.article, Article):
        raise InputError(f"The report on article {report.article.sha256[:12]} has no text. Keep the report with it.")
    return report.article


def shown(report: "Report") -> tuple[Item, ...]:
    """The findings that point at words; one without evidence (a frame that is absent) is nowhere to be marked."""
    return tuple(item for item in items(report) if item.evidence)


def mark(item: Item) -> Mark:
    """A finding as a report has it."""
    label = None if item.label is None else item.label.value
    return Mark(kind=item.kind, item=item.id, label=label, evidence=places(item.evidence), words=places(item.words))


def places(spans: Iterable[Span]) -> tuple[Place, ...]:
    """Where the spans are, in reading order and each once."""
    return tuple(sorted({(span.start, span.end) for span in spans}))


def vocabulary(reports: Iterable["Report"], analyses: Sequence[Analysis[Any]] = ALL) -> dict[str, tuple[str, ...]]:
    """The labels that each kind of finding in the reports can have; none for findings that carry no label.

    A set is the analysis's own. For an analysis that is not among `analyses` it is what the reports show of it.
    """
    declared = {analysis.name: _values(analysis.result) for analysis in analyses}
    found: dict[str, tuple[str, ...]] = {}
    for section in (section for report in reports for section in sections(report)):
        known = declared.get(section.kind) or found.get(section.kind, ())
        seen = [value for item in section.items for value in _seen(item.label)]
        found[section.kind] = tuple(dict.fromkeys([*known, *sorted(seen)]))
    return found


def _seen(label: Label[Any] | None) -> list[str]:
    return [] if label is None else [label.value, *(label.distribution or ())]


def _values(annotation: Any) -> tuple[str, ...]:
    """The values of the first label in a result type; none if it has no label with a closed set."""
    parts = get_args(annotation)
    if not parts and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if issubclass(annotation, Label):
            return get_args(annotation.model_fields["value"].annotation)
        names = annotation.labels()[:1] if issubclass(annotation, Finding) else tuple(annotation.model_fields)
        parts = tuple(annotation.model_fields[name].annotation for name in names)
    return next(filter(None, map(_values, parts)), ())
