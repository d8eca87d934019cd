"""A report as text for a terminal: what it says, who stands where, how it is framed, what was not measured."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newslens.analyses.findings import Label, Prose
from newslens.article.spans import Span
from newslens.report.corrected import corrected
from newslens.report.items import Item, Section, sections
from newslens.report.missing import missing
from newslens.report.plain import carried, plain, sure, worded
from newslens.report.reader import reader

if TYPE_CHECKING:
    from newslens.report.report import Report

_CELLS = 5  # of a bar


@dataclass(frozen=True, slots=True)
class Page:
    """How wide, and whether with colour; makes indented, wrapped lines."""

    width: int = 80
    color: bool = False

    def bold(self, text: str) -> str:
        """Strong, where there is colour."""
        return f"\x1b[1m{text}\x1b[0m" if self.color else text

    def dim(self, text: str) -> str:
        """Faint, where there is colour."""
        return f"\x1b[2m{text}\x1b[0m" if self.color else text

    def alarm(self, text: str) -> str:
        """Yellow, where there is colour."""
        return f"\x1b[33m{text}\x1b[0m" if self.color else text

    def wrapped(self, text: str, *, first: str = "  ", rest: str | None = None) -> list[str]:
        """The text in lines of the page's width behind an indent."""
        rest = " " * len(first) if rest is None else rest
        return textwrap.wrap(text, self.width, initial_indent=first, subsequent_indent=rest) or [first.rstrip()]


def terminal(report: "Report", *, width: int = 80, color: bool = False) -> str:
    """The whole report; quotes are wrapped, evidence is given by sentence number.

    Args:
        report: what to show.
        width: columns.
        color: use ANSI bold, dim and yellow.
    """
    page = Page(width=max(40, width), color=color)
    found = [_section(section, page) for section in sections(report)]
    blocks = [_head(report, page), *found, _corrected(report, page), _missing(report, page), _foot(report, page)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _head(report: "Report", page: Page) -> list[str]:
    article = report.article
    facts = [
        article.byline and f"by {article.byline}",
        article.outlet,
        article.published.isoformat() if article.published else None,
        article.language,
        *_counts(report),
    ]
    title = [page.bold(row) for row in page.wrapped(plain(article.title or "Untitled"), first="")]
    return [*title, *(page.dim(row) for row in page.wrapped(plain(" · ".join(filter(None, facts))), first=""))]


def _counts(report: "Report") -> list[str]:
    from newslens.article.article import Article

    if not isinstance(report.article, Article):
        return [f"{report.article.length:,} characters (text not kept)"]
    left_out = len(report.article.boilerplate)
    counts = [f"{len(report.article.sentences)} sentences"]
    return [*counts, f"{left_out} lines of boilerplate left out"] if left_out else counts


def _section(section: Section, page: Page) -> list[str]:
    rows = [page.bold(plain(section.title).upper())]
    if section.overview:
        rows += [*page.wrapped(f"{plain(section.overview)}{_flag(section.prose) if section.prose else ''}"), ""]
    quoted: int | None = None
    for item in (item for item in section.items if item.there):
        rows += _item(item, page)
        span = item.deciding
        if span is not None and span.start != quoted and plain(span.text) not in plain(item.text):
            rows += [page.dim(row) for row in _quote(span, page)]
        quoted = span.start if span else quoted
    if not any(item.there for item in section.items):
        rows.append("  nothing found")
    return rows + [page.dim(row) for row in _absent(section, page)]


def _item(item: Item, page: Page) -> list[str]:
    label = f" — {worded(item.label)}{_bar(item.label)}" if item.label is not None else ""
    cited = f" [{_numbers(item.evidence)}]" if item.evidence else ""
    weighed = f" ({carried(item.supported)})" if item.supported else ""
    text = f"{plain(item.text)}{label}{cited}{weighed}{_flag(item)}"
    return page.wrapped(text, first=f"{item.number:3}. ")


def _bar(label: Label[Any]) -> str:
    if label.probability is None:
        return ""
    full = round(label.probability * _CELLS)
    return f" {'▰' * full}{'▱' * (_CELLS - full)}"


def _absent(section: Section, page: Page) -> list[str]:
    """What was looked for and is not there, in one line for each label."""
    labels: dict[str, list[str]] = {}
    for item in section.items:
        if not item.there and item.label is not None:
            labels.setdefault(plain(item.label.value), []).append(f"{plain(item.text)}{sure(item.label)}")
    return [row for value, found in labels.items() for row in page.wrapped(f"{value}: {', '.join(found)}")]


def _quote(span: Span, page: Page) -> list[str]:
    number = span.sentence or "headline"
    return page.wrapped(f"“{plain(span.text)}”", first=f"      {number} ", rest="        ")


def _numbers(evidence: Iterable[Span]) -> str:
    return ", ".join("headline" if not span.sentence else str(span.sentence) for span in evidence)


def _flag(found: Item | Prose) -> str:
    return "" if found.grounded else f" ⚠ not in the article: {', '.join(map(plain, found.missing))}"


def _corrected(report: "Report", page: Page) -> list[str]:
    rows = corrected(report)
    return (
        [page.bold("CORRECTED BY HAND"), *(line for row in rows for line in page.wrapped(row, first="  - "))]
        if rows
        else []
    )


def _missing(report: "Report", page: Page) -> list[str]:
    rows = missing(report)
    heading = page.alarm(page.bold("NOT MEASURED"))
    return [heading, *(line for row in rows for line in page.wrapped(row, first="  - "))] if rows else []


def _foot(report: "Report", page: Page) -> list[str]:
    usage, made = report.usage, report.provenance
    cost = "price not known" if usage.cost_usd is None else f"${usage.cost_usd}"
    spent = f" {usage.requests} requests, {usage.input_tokens}+{usage.output_tokens} tokens, {cost}."
    text = f"Read by {reader(made)}.{spent if usage.requests else ''} newslens {made.newslens}"
    return [page.dim(row) for row in page.wrapped(text, first="")]
