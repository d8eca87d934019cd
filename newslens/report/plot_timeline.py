"""Articles over time."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from newslens.report.plot_rows import Given, altair_wanted, counted, several, subtitle
from newslens.report.report import Report

if TYPE_CHECKING:
    import altair as alt

_UNREAD = "framing not read"
_PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
_PLAIN = {_UNREAD: "#BBBBBB", "none": "#DDDDDD"}
_FURTHER = "#777777"
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
    frames = [frame for frame, _ in Counter(row["frame"] for row in rows).most_common()]
    size = f"n = {len(dated)} articles with a date"
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(values=counted(rows)),
            title=alt.Title("Over time", subtitle=subtitle(size, found, dated, lacking="a date")),
        )
        .mark_bar()
        .encode(
            x=alt.X(f"{unit}(day):T", title=f"{name} of publication"),
            y=alt.Y("sum(count):Q", title="articles", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("frame:N", title="primary frame", scale=alt.Scale(domain=frames, range=_colours(frames))),
            tooltip=[
                alt.Tooltip(f"{unit}(day):T", title=name),
                "frame:N",
                alt.Tooltip("sum(count):Q", title="articles"),
            ],
        )
        .properties(width=520)
    )
    return chart


def _colours(frames: Sequence[str]) -> list[str]:
    """One for each frame, the commonest first; where they end, a grey that the legend and the tooltip tell apart."""
    own = iter(_PALETTE)
    return [_PLAIN.get(frame) or next(own, _FURTHER) for frame in frames]


def _bar_of(days: Sequence[str]) -> tuple[str, str]:
    """The unit of time that one bar stands for, so that there are neither two bars nor two thousand."""
    span = (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days if days else 0
    if span <= _DAYS:
        return "yearmonthdate", "day"
    return ("yearmonth", "month") if span <= _MONTHS else ("year", "year")


def _primary(report: Report) -> str:
    if report.framing is None:
        return _UNREAD
    return next((note.frame for note in report.framing if note.primary and note.is_there), "none")
