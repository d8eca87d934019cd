"""A report in one line, for `repr`."""

from typing import TYPE_CHECKING

from newslens.render.frames import present
from newslens.render.plain import plain

if TYPE_CHECKING:
    from newslens.report import Report

_LONGEST_TITLE = 60


def line(report: "Report") -> str:
    """Title, counts of findings, who read it, and how much is missing."""
    counts = [
        f"{len(report.summary.key_points)} key points" if report.summary else "",
        f"{len(report.stances)} stances" if report.stances is not None else "",
        f"{len(present(report.framing))} framing notes" if report.framing is not None else "",
        f"{len(report.consistency)} inconsistencies" if report.consistency is not None else "",
        *report.other,
        f"{len(report.problems)} PROBLEMS" if report.problems else "",
    ]
    reader = plain(report.provenance.model or "") or "classical methods"
    return f"<Report {_title(report)!r}: {', '.join(filter(None, counts))}; by {reader}>"


def _title(report: "Report") -> str:
    title = plain(report.article.title or "untitled")
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
