"""Whose voices carry the story, by class of source."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslens.report.plot_rows import Given, altair_wanted, by_outlet, counted, several, subtitle
from newslens.report.report import Report

if TYPE_CHECKING:
    import altair as alt

# Named first and vague last, as far as colours can tell: Okabe and Ito's, with two greys for what nobody answers for.
_COLOURS = {
    "named_person": "#0072B2",
    "named_organisation": "#56B4E9",
    "described": "#009E73",
    "anonymous": "#E69F00",
    "vague_collective": "#D55E00",
    "other_media": "#CC79A7",
    "unattributed": "#777777",
}


def sources(reports: Given) -> "alt.Chart":
    """The mix of sources of each outlet: share of its attributions by class (PolNeAR's, Newell et al. 2018)."""
    with altair_wanted():
        import altair as alt
    found = several(reports)
    read = [report for report in found if report.sources is not None]
    rows = [
        {"outlet": f"{outlet} (n = {_attributions(own)})", "class": one.source_class.value}
        for outlet, own in by_outlet(read).items()
        for report in own
        for one in report.sources or ()
    ]
    size = f"n = {len(rows)} attributions in {len(read)} articles"
    colour = alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(values=counted(rows)),
            title=alt.Title("Who is heard", subtitle=subtitle(size, found, read, lacking="sources")),
        )
        .mark_bar(stroke="white")
        .encode(
            x=alt.X("count:Q", stack="normalize", title="share of attributions", axis=alt.Axis(format="%")),
            y=alt.Y("outlet:N", title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color("class:N", title="source", scale=colour, sort=list(_COLOURS)),
            order=alt.Order("rank:Q"),
            tooltip=["outlet:N", "class:N", alt.Tooltip("count:Q", title="attributions")],
        )
        .transform_calculate(rank=f"indexof({list(_COLOURS)}, datum.class)")
        .properties(width=420)
    )
    return chart


def _attributions(reports: Sequence[Report]) -> int:
    return sum(len(report.sources or ()) for report in reports)
