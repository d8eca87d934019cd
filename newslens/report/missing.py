"""What a report does not have, in words: every view shows it in plain sight."""

from typing import TYPE_CHECKING

from newslens.report.items import items
from newslens.report.plain import plain

if TYPE_CHECKING:
    from newslens.report.report import Report

_MOST_OF_IT = 0.99  # rounded up, a part would be told as all


def missing(report: "Report") -> list[str]:
    """One line for each problem, each part not read, and each kind of thing that nothing measured."""
    rows = [
        f"{problem.analysis}: {problem.kind}{_where(problem.characters)}: {plain(problem.message)}"
        for problem in report.problems
    ]
    rows += [
        f"{one.analysis}: only {min(one.share, _MOST_OF_IT):.0%} of the sentences were read"
        for one in report.coverage
        if one.status == "partial"
    ]
    if unread := [one.analysis for one in report.coverage if one.status == "needs_model"]:
        rows.append(f"{_listed(unread)} {'need' if len(unread) > 1 else 'needs'} a model")
    mended = [one.analysis for one in report.coverage if one.mended]
    if mended:
        rows.append(
            f"{', '.join(mended)}: an answer held more than the JSON that was asked for; the rest was taken off"
        )
    if not _measured(report):
        rows.append("probabilities: nothing measured how sure these labels are")
    if report.summary is not None and not any(point.supported for point in report.summary.key_points):
        rows.append("support: whether the cited sentences carry each key point is not checked")
    return rows


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _where(characters: tuple[int, int] | None) -> str:
    return f" in characters {characters[0]}-{characters[1]}" if characters else ""


def _measured(report: "Report") -> bool:
    """Whether any label has a probability; True where there is no label to have one."""
    labels = [item.label for item in items(report) if item.label is not None]
    return not labels or any(label.probability is not None for label in labels)
