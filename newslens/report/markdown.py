"""A report as a memo in Markdown: CommonMark with GitHub's footnotes, each into a sentence of the article."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from newslens.analyses.findings import Prose
from newslens.article.spans import Span
from newslens.report.corrected import corrected
from newslens.report.items import Item, Section, sections
from newslens.report.missing import missing
from newslens.report.plain import carried, plain, worded
from newslens.report.reader import reader

if TYPE_CHECKING:
    from newslens.report.report import Report

_MARKS = re.compile(r"[\\`*_{}\[\]|~^$#]|^[-+:=]|(?<==)=|^(?P<number>\d+)(?=[.)])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # also where `\<` is no escape
# Hosts make links, mentions and emoji of these in the finished text, where no escape is left: https://, a@b, @user,
# #123, :smile:, example.org, www. An invisible word joiner takes them apart.
_LIVE = re.compile(
    r"(?<=[@#])(?=\w)|(?<=:)(?=[^\W\d]|[/+-])|(?<!\d:)(?<=:)(?=\d)|(?<=/)(?=/)"
    r"|(?<=\S)(?=\.[^\W\d_]{2})|(?<=\.)(?=[^\W\d_]{2})|(?<=www)(?=\.)",
    re.IGNORECASE,
)
_JOINER = "\u2060"


def markdown(report: "Report", *, prefix: str = "") -> str:
    """The whole report; a footnote quotes its sentence and serves every finding that rests on it.

    Args:
        report: what to show.
        prefix: what the names of footnotes begin with, as those of several memos in one file have to differ.
    """
    notes = _Footnotes(prefix)
    blocks = [
        f"# {literal(report.article.title or 'Untitled')}",
        _facts(report),
        *(block for section in sections(report) for block in _section(section, notes)),
        *_listed("Corrected by hand", corrected(report)),
        *_listed("Not measured", missing(report)),
        *_listed("Where this comes from", _provenance(report)),
        *notes.written(),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def literal(text: str) -> str:
    """Text on one line that Markdown shows as it stands, wherever it stands, and makes nothing of."""
    apart = _LIVE.sub(_JOINER, plain(text))
    return _MARKS.sub(_escape, apart).translate(_ENTITIES)


def _escape(mark: re.Match[str]) -> str:
    return f"{mark[0]}\\" if mark["number"] else f"\\{mark[0]}"


class _Footnotes:
    """The sentences that were cited, numbered in the order in which they first were."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers: dict[Span, int] = {}

    def cite(self, spans: Iterable[Span]) -> str:
        """The marks of the footnotes that quote these sentences."""
        return "".join(f" {self._mark(self._numbers.setdefault(span, len(self._numbers) + 1))}" for span in spans)

    def written(self) -> Iterator[str]:
        """Each footnote."""
        for span, number in self._numbers.items():
            where = f"Sentence {span.sentence}" if span.sentence else "Headline"
            yield f"{self._mark(number)}: {where}: “{literal(span.text)}”"

    def _mark(self, number: int) -> str:
        return f"[^{self._prefix}{number}]"


def _facts(report: "Report") -> str:
    article = report.article
    published = article.published.isoformat() if article.published else None
    byline = article.byline and f"by {article.byline}"
    return literal(" · ".join(filter(None, (byline, article.outlet, published, article.language))))


def _section(section: Section, notes: _Footnotes) -> Iterator[str]:
    yield f"## {literal(section.title)}"
    if section.overview:
        yield f"{literal(section.overview)}{_flag(section.prose) if section.prose else ''}"
    found = [f"- {_item(item, notes)}" for item in section.items if item.there]
    yield "\n".join(found) or "Nothing found."
    absent = [f"{item.text} ({worded(item.label)})" for item in section.items if not item.there and item.label]
    if absent:
        yield f"Looked for and not there: {literal(', '.join(absent))}"


def _item(item: Item, notes: _Footnotes) -> str:
    label = f" — **{literal(worded(item.label))}**" if item.label is not None else ""
    weighed = f" ({literal(carried(item.supported))})" if item.supported else ""
    return f"{literal(item.text)}{label}{weighed}{_flag(item)}{notes.cite(item.evidence)}"


def _flag(found: Item | Prose) -> str:
    return "" if found.grounded else f" — **⚠ not in the article:** {literal(', '.join(found.missing))}"


def _listed(title: str, rows: Iterable[str]) -> Iterator[str]:
    lines = "\n".join(f"- {literal(row)}" for row in rows)
    if lines:
        yield f"## {title}"
        yield lines


def _provenance(report: "Report") -> Iterator[str]:
    """How the report was made, as far as it takes to make it again."""
    made, usage = report.provenance, report.usage
    server = f" at {made.server}" if made.server else ""
    yield f"Read by {reader(made)}{server}. newslens {made.newslens}, {made.created:%Y-%m-%d %H:%M} UTC."
    if usage.requests:
        cost = "price not known" if usage.cost_usd is None else f"${usage.cost_usd}"
        yield f"{usage.requests} requests, {usage.input_tokens}+{usage.output_tokens} tokens, {cost}."
    if made.judged_by:
        yield f"Labels measured by {made.judged_by}{f' of {made.judge}' if made.judge else ''}."
    yield f"Analyses: {', '.join(made.analyses)}."
    used = {**made.codebooks, **made.prompts}
    yield from (f"{name}: {version.replace(':', ' ')}" for name, version in used.items())
    yield from _settings(report)
    yield f"Article: sha256 {report.article.sha256}{f', {report.article.url}' if report.article.url else ''}"


def _settings(report: "Report") -> Iterator[str]:
    """What was set by the user, other than by default."""
    told = {"targets", "calls", "blind", "min_probability", "max_output_tokens", "temperature", "seed"}
    chosen = report.provenance.model_dump(include=told, exclude_defaults=True)
    if chosen:
        yield "Settings: " + ", ".join(f"{name} {value}" for name, value in chosen.items())
