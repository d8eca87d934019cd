"""A report as text for a terminal: what it says, who stands where, how it is framed, what was not measured."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newslens.findings import Finding, Prose
from newslens.render.frames import others, present
from newslens.render.missing import missing
from newslens.render.plain import plain, sure
from newslens.spans import Span

if TYPE_CHECKING:
    from newslens.analyses import FramingNote, Inconsistency, KeyPoint, Stance, Summary
    from newslens.report import Report

_WORDS_SHOWN = 6


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
    blocks = [_head(report, page), *_sections(report, page), _missing(report, page), _foot(report, page)]
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
    from newslens.article import Article

    if not isinstance(report.article, Article):
        return [f"{report.article.length:,} characters (text not kept)"]
    left_out = len(report.article.boilerplate)
    counts = [f"{len(report.article.sentences)} sentences"]
    return [*counts, f"{left_out} lines of boilerplate left out"] if left_out else counts


def _sections(report: "Report", page: Page) -> Iterator[list[str]]:
    if report.summary is not None:
        yield _summary(report.summary, page)
    if report.stances is not None:
        yield _stances(report.stances, page)
    if report.framing is not None:
        yield _framing(report.framing, page)
    if report.consistency is not None:
        yield _consistency(report.consistency, page)
    for name, value in report.other.items():
        yield [page.bold(name.upper()), *page.wrapped(plain(str(value)))]


def _summary(summary: "Summary", page: Page) -> list[str]:
    rows = [page.bold("WHAT IT SAYS")]
    if summary.method != "classical":  # extracted sentences would stand there twice
        rows += [*page.wrapped(plain(summary.text) + _flag(summary)), ""]
    for number, point in enumerate(summary.key_points, start=1):
        text = f"{plain(point.text)} {_numbers(point.evidence)}{_supported(point)}{_flag(point)}"
        rows += page.wrapped(text, first=f"{number:3}. ")
    return rows


def _supported(point: "KeyPoint") -> str:
    return "" if point.supported is None else f" ({point.supported.value}{sure(point.supported)})"


def _stances(stances: "Iterable[Stance]", page: Page) -> list[str]:
    rows = [page.bold("WHO STANDS WHERE")]
    for stance in stances:
        head = f"{plain(stance.holder)} → {plain(stance.target)}: {stance.label.value}"
        tail = f" ({stance.voice}){sure(stance.label)} {_numbers(stance.evidence)}{_flag(stance)}"
        rows += [_marked(row, head, page) for row in page.wrapped(head + tail, rest="      ")]
        rows += [page.dim(row) for row in _quoted(stance, page)]
    return rows if len(rows) > 1 else [*rows, "  none found"]


def _marked(row: str, head: str, page: Page) -> str:
    return row.replace(head, page.bold(head)) if head in row else row


def _quoted(finding: Finding, page: Page) -> list[str]:
    """The sentence that decided, or the first one."""
    if not finding.evidence:
        return []
    deciding = {span.sentence for span in finding.words}
    span = next((span for span in finding.evidence if span.sentence in deciding), finding.evidence[0])
    return page.wrapped(f"“{plain(span.text)}”", first=f"      {span.sentence} ", rest="        ")


def _framing(notes: "Sequence[FramingNote]", page: Page) -> list[str]:
    rows = [page.bold("HOW IT IS FRAMED")]
    for note in present(notes):
        rank = " (primary)" if note.primary else ""
        function = f", {note.function}" if note.function else ""
        said = f": {plain(note.note)}" if note.note else _words(note.words)
        text = f"{note.frame}{rank}{function}{sure(note.label)}{said} {_numbers(note.evidence)}{_flag(note)}"
        rows += [_marked(row, note.frame, page) for row in page.wrapped(text, rest="      ")]
    rows = rows if len(rows) > 1 else [*rows, "  no frame of the codebook"]
    return rows + [page.dim(row) for line in others(notes) for row in page.wrapped(line)]


def _consistency(found: "Sequence[Inconsistency]", page: Page) -> list[str]:
    rows = [page.bold("WHAT IT SAYS TWO WAYS")]
    for one in found:
        text = f"{one.kind}: “{plain(one.first)}” / “{plain(one.second)}” {_numbers(one.evidence)}{_flag(one)}"
        rows += page.wrapped(text, rest="      ")
    return rows if len(rows) > 1 else [*rows, "  nothing found"]


def _words(words: Iterable[Span]) -> str:
    distinct = list(dict.fromkeys(plain(span.text).lower() for span in words))
    return ": " + ", ".join(f"“{word}”" for word in distinct[:_WORDS_SHOWN]) if distinct else ""


def _numbers(evidence: Iterable[Span]) -> str:
    return f"[{', '.join('headline' if not span.sentence else str(span.sentence) for span in evidence)}]"


def _flag(prose: Prose) -> str:
    return "" if prose.grounded else f" ⚠ not in the article: {', '.join(map(plain, prose.missing))}"


def _missing(report: "Report", page: Page) -> list[str]:
    rows = missing(report)
    heading = page.alarm(page.bold("NOT MEASURED"))
    return [heading, *(line for row in rows for line in page.wrapped(row, first="  - "))] if rows else []


def _foot(report: "Report", page: Page) -> list[str]:
    usage = report.usage
    if report.provenance.reader == "classical":
        text = f"Read by classical methods, without a model. newslens {report.provenance.newslens}"
    else:
        cost = "price not known" if usage.cost_usd is None else f"${usage.cost_usd}"
        spent = f"{usage.requests} requests, {usage.input_tokens}+{usage.output_tokens} tokens, {cost}"
        text = f"Read by {plain(report.provenance.model or 'a model')}. {spent}. newslens {report.provenance.newslens}"
    return [page.dim(row) for row in page.wrapped(text, first="")]
