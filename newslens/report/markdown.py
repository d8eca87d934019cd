"""A report as a memo in Markdown: CommonMark with GitHub's footnotes, each into a sentence of the article."""

from collections.abc import Iterable, Iterator

from newslens.analyses.findings import Prose
from newslens.article.spans import Span
from newslens.report.data import ReportData
from newslens.report.rows import FindingRow, Section, list_sections
from newslens.report.sanitise import escape_markdown
from newslens.report.wording import (
    describe_label,
    describe_reader,
    describe_spending,
    describe_support,
    list_corrections,
    list_facts,
    list_gaps,
)

_SETTINGS = {"targets", "calls", "blind", "min_probability", "max_output_tokens", "temperature", "seed"}


def render_markdown(report: ReportData, *, prefix: str = "") -> str:
    """The whole report; a footnote quotes its sentence and serves every finding that rests on it.

    Several memos in one file need a `prefix` each for the names of their footnotes.
    """
    notes = _Footnotes(prefix)
    title = escape_markdown(report.article.title or "Untitled")
    blocks = [f"# {title}", escape_markdown(" · ".join(list_facts(report)))]
    for section in list_sections(report):
        blocks += _render_section(section, notes)
    lists = {
        "Corrected by hand": list_corrections(report),
        "Not measured": list_gaps(report),
        "Where this comes from": _list_provenance(report),
    }
    for title, lines in lists.items():
        rows = "\n".join(f"- {escape_markdown(line)}" for line in lines)
        blocks += [f"## {title}", rows] if rows else []
    blocks += notes.list_all()
    return "\n\n".join(block for block in blocks if block) + "\n"


class _Footnotes:
    """The cited sentences, numbered in the order in which they were first cited."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers: dict[Span, int] = {}

    def cite(self, spans: Iterable[Span]) -> str:
        """The marks of the footnotes that quote these sentences."""
        return "".join(f" [^{self._prefix}{self._numbers.setdefault(span, len(self._numbers) + 1)}]" for span in spans)

    def list_all(self) -> Iterator[str]:
        """Each footnote."""
        for span, number in self._numbers.items():
            where = f"Sentence {span.sentence}" if span.sentence else "Headline"
            yield f"[^{self._prefix}{number}]: {where}: “{escape_markdown(span.text)}”"


def _render_section(section: Section, notes: _Footnotes) -> Iterator[str]:
    yield f"## {escape_markdown(section.title)}"
    if section.overview:
        yield f"{escape_markdown(section.overview)}{_warn(section.prose) if section.prose else ''}"
    rows = []
    for row in section.rows:
        if row.is_there:
            label = f" — **{escape_markdown(describe_label(row.label))}**" if row.label else ""
            support = f" ({escape_markdown(describe_support(row.supported))})" if row.supported else ""
            rows.append(f"- {escape_markdown(row.text)}{label}{support}{_warn(row)}{notes.cite(row.evidence)}")
    yield "\n".join(rows) or "Nothing found."
    absent = [f"{row.text} ({describe_label(row.label)})" for row in section.rows if not row.is_there and row.label]
    if absent:
        yield f"Looked for and not there: {escape_markdown(', '.join(absent))}"


def _warn(found: FindingRow | Prose) -> str:
    return "" if found.grounded else f" — **⚠ not in the article:** {escape_markdown(', '.join(found.missing))}"


def _list_provenance(report: ReportData) -> Iterator[str]:
    """How the report was made, as far as it takes to make it again."""
    made = report.provenance
    server = f" at {made.server}" if made.server else ""
    yield f"Read by {describe_reader(made)}{server}. newslens {made.newslens}, {made.created:%Y-%m-%d %H:%M} UTC."
    if spent := describe_spending(report):
        yield f"{spent}."
    if made.judged_by:
        yield f"Labels measured by {made.judged_by}{f' of {made.judge}' if made.judge else ''}."
    yield f"Analyses: {', '.join(made.analyses)}."
    yield from (f"{name}: {version.replace(':', ' ')}" for name, version in (made.codebooks | made.prompts).items())
    chosen = made.model_dump(include=_SETTINGS, exclude_defaults=True)
    if chosen:
        yield "Settings: " + ", ".join(f"{name} {value}" for name, value in chosen.items())
    yield f"Article: sha256 {report.article.sha256}{f', {report.article.url}' if report.article.url else ''}"
