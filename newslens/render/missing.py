"""What a report does not have, in words: every view shows it in plain sight."""

from typing import TYPE_CHECKING

from newslens.render.plain import plain

if TYPE_CHECKING:
    from newslens.report import Report


def missing(report: "Report") -> list[str]:
    """One line for each problem, each part not read, and each kind of thing that nothing measured."""
    rows = [
        f"{problem.analysis}: {problem.kind}{_where(problem.characters)}: {plain(problem.message)}"
        for problem in report.problems
    ]
    rows += [
        f"{one.analysis}: only {one.share:.0%} of the sentences were read"
        for one in report.coverage
        if one.status == "partial"
    ]
    if not _measured(report):
        rows.append("probabilities: nothing measured how sure these labels are")
    if report.summary is not None and not any(point.supported for point in report.summary.key_points):
        rows.append("support: whether the cited sentences carry each key point is not checked")
    return rows


def _where(characters: tuple[int, int] | None) -> str:
    return f" in characters {characters[0]}-{characters[1]}" if characters else ""


def _measured(report: "Report") -> bool:
    stances = [stance.label.probability for stance in report.stances or ()]
    frames = [note.label.probability for note in report.framing or ()]
    return any(probability is not None for probability in [*stances, *frames])
