"""Articles over time."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from newslens.plot.rows import Given, altair_wanted, counted, several, subtitle
from newslens.report import Report

if TYPE_CHECKING:
    import altair as alt

_DAYS, _MONTHS = 62, 3_650  # spans in days, up to which a bar is a day, or a month


def timeline(reports: Given) -> "alt.Chart":
    """Articles by day of publication (by month or year, where they lie far apart), coloured by their primary frame."""
    with altair_wanted():
        import altair as alt
    found = several(reports)
    days = {id(report): when.isoformat()[:10] for report in found if (when := report.article.published) is not None}
    dated = [report for report in found if id(report) in days]
    unit, name = _bar_of(list(days.values()))
    rows = [{"day": days[id(report)], "frame": _primary(report)} for report in dated]
    size = f"n = {len(dated)} articles with a date"
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(values=counted(rows)), title=alt.Title("Over time", subtitle=subtitle(size, found, dated))
        )
        .mark_bar()
        .encode(
            x=alt.X(f"{unit}(day):T", title=f"{name} of publication"),
            y=alt.Y("sum(count):Q", title="articles", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("frame:N", title="primary frame"),
            tooltip=[
                alt.Tooltip(f"{unit}(day):T", title=name),
                "frame:N",
                alt.Tooltip("sum(count):Q", title="articles"),
            ],
        )
        .properties(width=520)
    )
    return chart


def _bar_of(days: Sequence[str]) -> tuple[str, str]:
    """The unit of time that one bar stands for, so that there are neither two bars nor two thousand."""
    span = (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days if days else 0
    if span <= _DAYS:
        return "yearmonthdate", "day"
    return ("yearmonth", "month") if span <= _MONTHS else ("year", "year")


def _primary(report: Report) -> str:
    if report.framing is None:
        return "framing not read"
    return next((note.frame for note in report.framing if note.primary and note.is_there), "none")
