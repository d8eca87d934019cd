"""What people corrected, in words: each view shows it beside what was measured."""

from typing import TYPE_CHECKING

from newslens.report.plain import plain

if TYPE_CHECKING:
    from newslens.report.annotations.corrections import Correction
    from newslens.report.report import Report


def corrected(report: "Report") -> list[str]:
    """One line for each correction: what, how, by whom and when."""
    return [f"{_what(one)}{_who(one)}{one.note and f': {plain(one.note)}'}" for one in report.corrections]


def _what(one: "Correction") -> str:
    name = one.item or (f"an added finding of {plain(one.kind)}" if one.kind else "the whole article")
    if one.before is not None and one.after is not None and "label" in one.changes:
        return f"{plain(name)}: {plain(one.before.label or 'no label')} → {plain(one.after.label or 'no label')}"
    if one.before is None and one.after is not None:
        where = ", ".join(str(span.sentence) for span in one.after.evidence)
        return f"{plain(name)}: {plain(one.after.label or 'no label')} [{where}]"
    return f"{plain(name)}: {', '.join(one.changes)}"


def _who(one: "Correction") -> str:
    when = f" on {one.at:%Y-%m-%d}" if one.at else ""
    return f", by {plain(one.by or 'somebody')}{when} ({one.tool.replace('_', ' ')})"
