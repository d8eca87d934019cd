"""How loaded the wording is, in the author's voice and in the voices of others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslens.analyses.loaded import density
from newslens.article.article import Article
from newslens.report.plot_rows import Given, Row, altair_wanted, by_outlet, harmless, several, subtitle
from newslens.report.report import Report

if TYPE_CHECKING:
    import altair as alt

_OWN, _QUOTED = "#D55E00", "#F3C6A0"


def loaded(reports: Given) -> "alt.Chart":
    """Loaded phrases per 1,000 words of each outlet; a report without its text is left out: nobody knows its words."""
    with altair_wanted():
        import altair as alt
    found = several(reports)
    read = [report for report in found if report.loaded is not None and isinstance(report.article, Article)]
    rows = [row for outlet, own in by_outlet(read).items() for row in _rows(outlet, own)]
    size = f"n = {sum(map(_words, read)):,} words in {len(read)} articles"
    chart: alt.Chart = (
        alt.Chart(
            alt.InlineData(values=harmless(rows)),
            title=alt.Title("Loaded wording", subtitle=subtitle(size, found, read, lacking="loaded wording or a text")),
        )
        .mark_bar()
        .encode(
            x=alt.X("rate:Q", title="loaded phrases per 1,000 words", axis=alt.Axis(tickCount=6)),
            y=alt.Y("outlet:N", title=None, axis=alt.Axis(labelLimit=260)),
            color=alt.Color(
                "voice:N", title="voice", scale=alt.Scale(domain=["author", "others"], range=[_OWN, _QUOTED])
            ),
            tooltip=["outlet:N", "voice:N", alt.Tooltip("rate:Q", format=".2f"), "words:Q"],
        )
        .properties(width=420)
    )
    return chart


def _rows(outlet: str, reports: Sequence[Report]) -> list[Row]:
    words = sum(map(_words, reports))
    found = density([one for report in reports for one in report.loaded or ()], words)
    named = {"outlet": f"{outlet} ({words:,} words)", "words": words}
    return [{**named, "voice": "author", "rate": found.own}, {**named, "voice": "others", "rate": found.quoted}]


def _words(report: Report) -> int:
    article = report.article
    return sum(len(span.text.split()) for span in article.sentences) if isinstance(article, Article) else 0
