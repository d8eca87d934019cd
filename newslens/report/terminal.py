"""A report as text for a terminal: what it says, who stands where, how it is framed, what was not measured."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from newslens.article.article import Article
from newslens.report import wording
from newslens.report.data import ReportData
from newslens.report.rows import Section, list_sections
from newslens.report.sanitise import to_one_line
from newslens.report.wording import count, describe_label, describe_missing, describe_support

_CELLS = 5  # of a bar
_MIN_WIDTH = 40
_STYLES = {"plain": "", "bold": "\x1b[1m", "dim": "\x1b[2m", "alarm": "\x1b[33m\x1b[1m"}


def render_text(report: ReportData, *, width: int = 80, color: bool = False) -> str:
    """The whole report in `width` columns (at least 40), evidence by sentence number, `color` with ANSI styles."""
    page = _Page(max(_MIN_WIDTH, width), color)
    article, facts = report.article, wording.list_facts(report)
    if isinstance(article, Article):
        facts.append(count(len(article.sentences), "sentence"))
        facts += (
            [f"{count(left_out, 'line')} of boilerplate left out"] if (left_out := len(article.boilerplate)) else []
        )
    else:
        facts.append(f"{count(article.length, 'character')} (text not kept)")
    made, spent = report.provenance, wording.describe_spending(report)
    foot = f"Read by {wording.describe_reader(made)}.{f' {spent}.' if spent else ''} newslens {made.newslens}"
    blocks = [
        page.wrap(article.title or "Untitled", style="bold") + page.wrap(" · ".join(facts), style="dim"),
        *([*_render_section(section, page)] for section in list_sections(report)),
        page.list("CORRECTED BY HAND", wording.list_corrections(report), style="bold"),
        page.list("NOT MEASURED", wording.list_gaps(report), style="alarm"),
        page.wrap(foot, style="dim"),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """Makes indented, wrapped lines."""

    width: int
    color: bool

    def wrap(
        self, text: str, indent: str = "", rest: str | None = None, *, style: Literal["plain", "bold", "dim"] = "plain"
    ) -> list[str]:
        """The text without unsafe characters, in lines behind an indent."""
        rest = " " * len(indent) if rest is None else rest
        lines = textwrap.wrap(to_one_line(text), self.width, initial_indent=indent, subsequent_indent=rest)
        return [self.mark(line, style) for line in lines or [indent.rstrip()]]

    def list(self, title: str, rows: Iterable[str], *, style: str) -> list[str]:
        """A title with rows below it; nothing without rows."""
        lines = [line for row in rows for line in self.wrap(row, "  - ")]
        return [self.mark(title, style), *lines] if lines else []

    def mark(self, text: str, style: str) -> str:
        """The text in a style, where there is colour."""
        return f"{_STYLES[style]}{text}\x1b[0m" if self.color and _STYLES[style] else text


def _render_section(section: Section, page: _Page) -> Iterator[str]:
    yield page.mark(to_one_line(section.title).upper(), "bold")
    if section.overview:
        warning = describe_missing(section.prose) if section.prose else ""
        yield from page.wrap(f"{section.overview} {warning}", "  ")
        yield ""
    quoted: int | None = None
    absent: dict[str, list[str]] = {}
    for row in section.rows:
        label = row.label
        if not row.is_there:
            if label:
                absent.setdefault(label.value, []).append(f"{row.text}{wording.describe_probability(label)}")
            continue
        bar = ""
        if label and label.probability is not None:
            full = round(label.probability * _CELLS)
            bar = f" {'▰' * full}{'▱' * (_CELLS - full)}"
        labelled = f" — {describe_label(label)}{bar}" if label else ""
        cited = ", ".join(str(span.sentence or "headline") for span in row.evidence)
        support = f" ({describe_support(row.supported)})" if row.supported else ""
        text = f"{row.text}{labelled}{f' [{cited}]' if cited else ''}{support} {describe_missing(row)}"
        yield from page.wrap(text, f"{row.number:3}. ")
        span = row.deciding
        if span and span.start != quoted and to_one_line(span.text) not in to_one_line(row.text):
            yield from page.wrap(f"“{span.text}”", f"      {span.sentence or 'headline'} ", "        ", style="dim")
        quoted = span.start if span else quoted
    if not any(row.is_there for row in section.rows):
        yield "  nothing found"
    for value, texts in absent.items():  # one line for each label
        yield from page.wrap(f"{value}: {', '.join(texts)}", "  ", style="dim")
