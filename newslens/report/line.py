"""A report in one line, for `repr`."""

from typing import TYPE_CHECKING

from newslens.report.items import sections
from newslens.report.plain import plain
from newslens.report.reader import reader

if TYPE_CHECKING:
    from newslens.report.report import Report

_LONGEST_TITLE = 60
_COUNTED = {
    "summary": "key points",
    "framing": "framing notes",
    "consistency": "inconsistencies",
    "headline": "headline checks",
    "loaded": "loaded phrases",
    "sources": "attributions",
    "structure": "circumstances",
}


def line(report: "Report") -> str:
    """Title, counts of findings, who read it, and how much is missing."""
    counts = [
        f"{sum(item.there for item in section.items)} {_COUNTED.get(section.kind, plain(section.kind))}"
        for section in sections(report)
    ]
    problems = [f"{len(report.problems)} PROBLEMS"] if report.problems else []
    return f"<Report {_title(report)!r}: {', '.join([*counts, *problems])}; by {reader(report.provenance)}>"


def _title(report: "Report") -> str:
    title = plain(report.article.title or "untitled")
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
