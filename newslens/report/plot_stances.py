"""Who stands where, as a map."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslens.report.plot_rows import Given, Row, altair_wanted, harmless, several, subtitle

if TYPE_CHECKING:
    import altair as alt

_COLOURS = {
    "favor": "#009E73",
    "against": "#D55E00",
    "mixed": "#F0E442",
    "unclear": "#999999",
    "none": "#DDDDDD",
}
_SIGNS = {"favor": "+", "against": "−", "mixed": "±", "unclear": "?", "none": "0"}
_CELL = 62  # pixels that "+ 12 of 34" takes


def stances(reports: Given, *, most: int = 20) -> "alt.LayerChart":
    """Who is for and against what: a cell for each holder and target, with its most frequent label and how many.

    Args:
        reports: one or several.
        most: holders, and targets, at most; those with the most records stay, and the subtitle counts the rest.
    """
    with altair_wanted():
        import altair as alt
    found = several(reports)
    read = [report for report in found if report.stances is not None]
    records = [stance for report in read for stance in report.stances or ()]
    holders = _frequent([stance.holder for stance in records], most)
    targets = _frequent([stance.target for stance in records], most)
    kept = [stance for stance in records if stance.holder in holders and stance.target in targets]
    cells: dict[tuple[str, str], Counter[str]] = {}
    for stance in kept:
        cells.setdefault((stance.holder, stance.target), Counter())[stance.label.value] += 1
    size = f"n = {len(kept)} of {len(records)} stances in {len(read)} articles; label, and how many of the cell have it"
    base = alt.Chart(
        alt.InlineData(values=harmless(_cell(*pair, labels) for pair, labels in cells.items())),
        title=alt.Title("Who stands where", subtitle=subtitle(size, found, read, lacking="stances")),
    ).encode(
        x=alt.X("target:N", title="toward", axis=alt.Axis(labelAngle=-40, orient="top", labelLimit=220)),
        y=alt.Y("holder:N", title="holder"),
    )
    colour = alt.Color("label:N", title="stance", scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())))
    tooltip = ["holder:N", "target:N", "label:N", "share:N"]
    squares = base.mark_rect(stroke="white").encode(color=colour, tooltip=tooltip)
    signs = base.mark_text(fontWeight="bold", color="black").encode(text="sign:N")
    chart: alt.LayerChart = (squares + signs).properties(width=alt.Step(_CELL))
    return chart


def _cell(holder: str, target: str, labels: Counter[str]) -> Row:
    label, count = labels.most_common(1)[0]
    share = f"{count} of {labels.total()}"
    return {"holder": holder, "target": target, "label": label, "share": share, "sign": f"{_SIGNS[label]} {share}"}


def _frequent(names: Sequence[str], most: int) -> frozenset[str]:
    return frozenset(name for name, _ in Counter(names).most_common(most))
