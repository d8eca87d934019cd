"""Charts of one report or of many. Needs the extra `plot`.

Each function takes a report, an outcome, or any iterable of them, and returns an Altair chart:
`chart.save("frames.png")`, `chart.save("frames.html", inline=True)`, or the last line of a notebook cell. Titles say
what is counted and of how many (`n`); colours are those of Okabe and Ito (2008), and the tooltip says in words what a
colour means.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

from newslens.analyses.loaded import density
from newslens.article.article import Article
from newslens.errors import ConfigurationError, MissingExtra
from newslens.report.report import Report
from newslens.report.reports import Outcome
from newslens.report.sanitise import to_one_line

if TYPE_CHECKING:
    import altair as alt

Given: TypeAlias = Report | Outcome | Iterable[Report | Outcome]
Values: TypeAlias = Mapping[str, Any]

_BLUE, _PALE_BLUE, _VERMILION, _PALE_VERMILION = "#0072B2", "#9CCBE8", "#D55E00", "#F3C6A0"
_PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
_STANCES = {
    "favor": ("#009E73", "+"),
    "against": ("#D55E00", "−"),
    "mixed": ("#F0E442", "±"),
    "unclear": ("#999999", "?"),
    "none": ("#DDDDDD", "0"),
}
_SOURCES = {  # from named to vague; grey for what nobody answers for
    "named_person": "#0072B2",
    "named_organisation": "#56B4E9",
    "described": "#009E73",
    "anonymous": "#E69F00",
    "vague_collective": "#D55E00",
    "other_media": "#CC79A7",
    "unattributed": "#777777",
}
_CELL = 62  # pixels that "+ 12 of 34" takes
_UNREAD = "framing not read"
_GREYS = {_UNREAD: "#BBBBBB", "none": "#DDDDDD"}
_OTHER_FRAMES = "#777777"
_DAYS, _MONTHS = 62, 3_650  # days from the first to the last article, up to which a bar is a day, or a month


def frames(reports: Given) -> "alt.Chart":
    """How often each frame is there, primary ones apart: articles of several reports, or places of one.

    A place is a deciding word, where the reader knows them all; else a sentence that shows the frame.
    """
    altair, found = _import_altair(), _list_reports(reports)
    read = [report for report in found if report.framing is not None]
    is_one = len(read) == 1
    has_words = is_one and all(note.words for note in read[0].framing or () if note.is_there)
    rows = []
    for report in read:
        ranks: dict[str, str] = {}
        places: dict[str, set[int]] = {}
        for note in (note for note in report.framing or () if note.is_there):
            ranks[note.frame] = "primary" if note.primary else ranks.get(note.frame, "also")
            spans = note.words if has_words else note.evidence
            places.setdefault(note.frame, set()).update(span.start for span in spans)
        for frame, rank in ranks.items():
            rows += [{"frame": frame, "rank": rank}] * (len(places[frame]) if is_one else 1)
    unit = "words that decided" if has_words else "sentences that show it" if is_one else "articles that use it"
    size = f"{len(read[0].framing or ())} frames" if is_one else f"n = {len(read)} articles"
    return _draw_bars(
        _count(rows),
        _title("Frames", size, found, read, lacking="framing"),
        x=altair.X("count:Q", title=unit, axis=altair.Axis(tickMinStep=1)),
        y=altair.Y("frame:N", sort="-x", title=None, axis=altair.Axis(labelLimit=220)),
        color=_color("rank", {"primary": _BLUE, "also": _PALE_BLUE}),
        order=altair.Order("rank:N", sort="descending"),
        tooltip=["frame:N", "rank:N", altair.Tooltip("count:Q", title=unit)],
    )


def stances(reports: Given, *, most: int = 20) -> "alt.LayerChart":
    """Who is for and against what: a cell for each holder and target, with its most frequent label and how many.

    It shows the `most` holders and targets that have the most stances; the subtitle counts the rest.
    """
    altair, found = _import_altair(), _list_reports(reports)
    read = [report for report in found if report.stances is not None]
    records = [stance for report in read for stance in report.stances or ()]
    holders = dict(Counter(stance.holder for stance in records).most_common(most))
    targets = dict(Counter(stance.target for stance in records).most_common(most))
    cells: dict[tuple[str, str], Counter[str]] = {}
    for stance in records:
        if stance.holder in holders and stance.target in targets:
            cells.setdefault((stance.holder, stance.target), Counter())[stance.label.value] += 1
    rows = []
    for (holder, target), labels in cells.items():
        (label, count), *_ = labels.most_common(1)
        share = f"{count} of {labels.total()}"
        sign = f"{_STANCES[label][1]} {share}"
        rows.append({"holder": holder, "target": target, "label": label, "share": share, "sign": sign})
    kept = sum(labels.total() for labels in cells.values())
    size = f"n = {kept} of {len(records)} stances in {len(read)} articles; label, and how many of the cell have it"
    base = altair.Chart(_data(rows), title=_title("Who stands where", size, found, read, lacking="stances")).encode(
        x=altair.X("target:N", title="toward", axis=altair.Axis(labelAngle=-40, orient="top", labelLimit=220)),
        y=altair.Y("holder:N", title="holder"),
    )
    color = _color("label", {label: look for label, (look, _) in _STANCES.items()}, title="stance")
    tooltip = ["holder:N", "target:N", "label:N", "share:N"]
    squares = base.mark_rect(stroke="white").encode(color=color, tooltip=tooltip)
    signs = base.mark_text(fontWeight="bold", color="black").encode(text="sign:N")
    chart: alt.LayerChart = (squares + signs).properties(width=altair.Step(_CELL))
    return chart


def sources(reports: Given) -> "alt.Chart":
    """The mix of sources of each outlet: share of its attributions by class (PolNeAR's, Newell et al. 2018)."""
    altair, found = _import_altair(), _list_reports(reports)
    read = [report for report in found if report.sources is not None]
    rows = []
    for outlet, own in _group_by_outlet(read).items():
        attributions = [one for report in own for one in report.sources or ()]
        name = f"{outlet} (n = {len(attributions)})"
        rows += [{"outlet": name, "class": one.source_class.value} for one in attributions]
    size = f"n = {len(rows)} attributions in {len(read)} articles"
    chart = _draw_bars(
        _count(rows),
        _title("Who is heard", size, found, read, lacking="sources"),
        x=altair.X("count:Q", stack="normalize", title="share of attributions", axis=altair.Axis(format="%")),
        y=altair.Y("outlet:N", title=None, axis=altair.Axis(labelLimit=260)),
        color=_color("class", _SOURCES, title="source", sort=list(_SOURCES)),
        order=altair.Order("rank:Q"),
        tooltip=["outlet:N", "class:N", altair.Tooltip("count:Q", title="attributions")],
    )
    ranked: alt.Chart = chart.transform_calculate(rank=f"indexof({list(_SOURCES)}, datum.class)")
    return ranked.properties(width=420)


def loaded(reports: Given) -> "alt.Chart":
    """Loaded phrases per 1,000 words of each outlet, in the author's voice and in the voices of others.

    A report without its text is left out, as the number of words is not known.
    """
    altair, found = _import_altair(), _list_reports(reports)
    words = {
        id(report): sum(len(span.text.split()) for span in report.article.sentences)
        for report in found
        if report.loaded is not None and isinstance(report.article, Article)
    }
    read = [report for report in found if id(report) in words]
    rows = []
    for outlet, own in _group_by_outlet(read).items():
        total = sum(words[id(report)] for report in own)
        rate = density([one for report in own for one in report.loaded or ()], total)
        for voice, value in {"author": rate.own, "others": rate.quoted}.items():
            rows.append({"outlet": f"{outlet} ({total:,} words)", "words": total, "voice": voice, "rate": value})
    size = f"n = {sum(words[id(report)] for report in read):,} words in {len(read)} articles"
    return _draw_bars(
        rows,
        _title("Loaded wording", size, found, read, lacking="loaded wording or a text"),
        x=altair.X("rate:Q", title="loaded phrases per 1,000 words", axis=altair.Axis(tickCount=6)),
        y=altair.Y("outlet:N", title=None, axis=altair.Axis(labelLimit=260)),
        color=_color("voice", {"author": _VERMILION, "others": _PALE_VERMILION}),
        tooltip=["outlet:N", "voice:N", altair.Tooltip("rate:Q", format=".2f"), "words:Q"],
    ).properties(width=420)


def timeline(reports: Given) -> "alt.Chart":
    """Articles by day of publication (by month or year over longer periods), coloured by their primary frame."""
    altair, found = _import_altair(), _list_reports(reports)
    dated = [report for report in found if report.article.published is not None]
    rows = []
    for report in dated:
        primary = (note.frame for note in report.framing or () if note.primary and note.is_there)
        frame = _UNREAD if report.framing is None else next(primary, "none")
        rows.append({"day": str(report.article.published)[:10], "frame": frame})
    own = iter(_PALETTE)
    by_frame = Counter(row["frame"] for row in rows).most_common()
    colors = {frame: _GREYS.get(frame) or next(own, _OTHER_FRAMES) for frame, _ in by_frame}
    unit, name = choose_unit([row["day"] for row in rows])
    day = f"{unit}(day):T"
    return _draw_bars(
        _count(rows),
        _title("Over time", f"n = {len(dated)} articles with a date", found, dated, lacking="a date"),
        x=altair.X(day, title=f"{name} of publication"),
        y=altair.Y("sum(count):Q", title="articles", axis=altair.Axis(tickMinStep=1)),
        color=_color("frame", colors, title="primary frame"),
        tooltip=[altair.Tooltip(day, title=name), "frame:N", altair.Tooltip("sum(count):Q", title="articles")],
    ).properties(width=520)


def choose_unit(days: Sequence[str]) -> tuple[str, str]:
    """The time unit of a bar, as Altair and as a reader calls it: between two bars and two thousand."""
    period = (date.fromisoformat(max(days)) - date.fromisoformat(min(days))).days if days else 0
    if period <= _DAYS:
        return "yearmonthdate", "day"
    return ("yearmonth", "month") if period <= _MONTHS else ("year", "year")


def _import_altair() -> Any:
    try:
        import altair as alt
    except ImportError as error:
        raise MissingExtra("Charts need Altair. Run: pip install 'newslens-kit[plot]'") from error
    return alt


def _list_reports(given: Given) -> list[Report]:
    """The reports; an outcome that failed has none."""
    found = []
    for one in [given] if isinstance(given, Report | Outcome) or not isinstance(given, Iterable) else given:
        if not isinstance(one, Report | Outcome):
            raise ConfigurationError(f"Charts are made of reports or outcomes, not of {type(one).__name__}.")
        report = one.report if isinstance(one, Outcome) else one
        found += [] if report is None else [report]
    if not found:
        raise ConfigurationError("There is no report to make a chart of.")
    return found


def _group_by_outlet(reports: Iterable[Report]) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for report in reports:
        found.setdefault(report.article.outlet or "outlet not known", []).append(report)
    return found


def _draw_bars(rows: Iterable[Values], title: Any, **channels: Any) -> "alt.Chart":
    chart: alt.Chart = _import_altair().Chart(_data(rows), title=title).mark_bar(stroke="white").encode(**channels)
    return chart


def _count(rows: Iterable[Values]) -> list[Values]:
    """Each distinct row once, with its frequency as `count`."""
    return [{**dict(row), "count": count} for row, count in Counter(tuple(row.items()) for row in rows).items()]


def _data(rows: Iterable[Values]) -> Any:
    """The rows without unsafe text: Altair writes them into a <script>, so a word joiner follows each "<"."""
    safe = [
        {
            name: to_one_line(value).replace("<", "<\u2060") if isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in rows
    ]
    return _import_altair().InlineData(values=safe)


def _title(title: str, size: str, found: Sequence[Report], used: Sequence[Report], *, lacking: str) -> Any:
    """A title whose subtitle says how many there are, and how many reports were left out for lack of something."""
    left_out = len(found) - len(used)
    subtitle = f"{size}; left out: {left_out} without {lacking}" if left_out else size
    return _import_altair().Title(title, subtitle=subtitle)


def _color(field: str, colors: Mapping[str, str], *, title: str | None = None, **options: Any) -> Any:
    altair = _import_altair()
    scale = altair.Scale(domain=list(colors), range=list(colors.values()))
    return altair.Color(f"{field}:N", title=title or field, scale=scale, **options)
