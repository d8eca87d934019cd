"""Frames of an article, or of many."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from newslens.report.plot_rows import Given, Row, altair_wanted, counted, several, subtitle
from newslens.report.report import Report

if TYPE_CHECKING:
    import altair as alt

_BLUE, _PALE = "#0072B2", "#9CCBE8"


def frames(reports: Given) -> "alt.Chart":
    """How often each frame is there, primary ones apart: articles of several, or places of one.

    A place is a word that decided, where the reader knows them all; else a sentence that shows the frame.
    """
    with altair_wanted():
        import altair as alt
    found = several(reports)
    read = [report for report in found if report.framing is not None]
    one = len(read) == 1
    worded = one and all(note.words for note in read[0].framing or () if note.is_there)
    rows = list(_frame_rows(read, by_place=one, worded=worded))
    unit = "articles that use it" if not one else "words that decided" if worded else "sentences that show it"
    size = f"{len(read[0].framing or ())} frames" if one else f"n = {len(read)} articles"
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(values=counted(rows)),
            title=alt.Title("Frames", subtitle=subtitle(size, found, read, lacking="framing")),
        )
        .mark_bar()
        .encode(
            x=alt.X("count:Q", title=unit, axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("frame:N", sort="-x", title=None, axis=alt.Axis(labelLimit=220)),
            color=alt.Color("rank:N", title="rank", scale=alt.Scale(domain=["primary", "also"], range=[_BLUE, _PALE])),
            order=alt.Order("rank:N", sort="descending"),
            tooltip=["frame:N", "rank:N", alt.Tooltip("count:Q", title=unit)],
        )
    )
    return chart


def _frame_rows(read: Sequence[Report], *, by_place: bool, worded: bool) -> Iterator[Row]:
    for report in read:
        there = [note for note in report.framing or () if note.is_there]
        ranks = {note.frame: "primary" if note.primary else "also" for note in sorted(there, key=lambda n: n.primary)}
        for frame, rank in ranks.items():
            mine = [note for note in there if note.frame == frame]
            places = {span.start for note in mine for span in (note.words if worded else note.evidence)}
            yield from [{"frame": frame, "rank": rank}] * (len(places) if by_place else 1)
