"""A report as HTML: a page of its own or a notebook cell; the index of a run; a table. Markup is in `templates`."""

import re
from base64 import b64encode
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from newslens.article.article import Article
from newslens.article.layout import Block
from newslens.article.spans import Span
from newslens.report import wording
from newslens.report.data import ReportData
from newslens.report.rows import FindingRow, Section, list_sections
from newslens.report.sanitise import replace_unsafe, shorten, to_one_line

LANES = 8  # colours and patterns in page.css
MAX_NAMED = 40  # findings that one mark or one sentence names; keeps the page in proportion to the text
_MAX_LIT = 100  # findings; each costs a browser 0.3 ms whenever the pointer moves to another one
_MAX_GRID_ROWS = 50
_ANCHOR = re.compile(r"[A-Za-z0-9_-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_TEMPLATES = Path(__file__).parent / "templates"


def render_page(report: ReportData) -> str:
    """A self-contained HTML5 document that loads nothing and runs nothing."""
    return _render_view(report, "page.html.j2", prefix="", level=1)


def render_fragment(report: ReportData) -> str:
    """The same view for a notebook cell; its style touches nothing else there, its ids are its own."""
    made = f"{report.article.sha256}{report.provenance.model_dump_json()}"
    prefix = f"r{sha256(made.encode(errors='replace')).hexdigest()[:8]}-"
    return _render_view(report, "fragment.html.j2", prefix=prefix, level=3)


def render_grid(caption: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """The first rows as a table for a notebook cell; a long cell is cut, None is an empty cell."""
    grid = _environment().get_template("grid.html.j2")
    return grid.render(caption=caption, columns=columns, rows=rows[:_MAX_GRID_ROWS], more=len(rows) - _MAX_GRID_ROWS)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One article in the index of a run, with the file of its page and its primary frame; what is unknown is empty."""

    key: str
    page: str | None
    title: str = ""
    outlet: str = ""
    published: str = ""
    frame: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    state: Literal["done", "incomplete", "failed"] = "done"
    why: str = ""


def render_index(title: str, entries: Iterable[IndexEntry], kinds: Sequence[str]) -> Iterator[str]:
    """The page that lists the reports of a run, in parts; each of `kinds` has a column with its number of findings."""
    style, script = (Markup((_TEMPLATES / name).read_text(encoding="utf-8")) for name in ("index.css", "index.js"))  # noqa: S704 - ours
    policy = f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'"
    index = _environment().get_template("index.html.j2")
    stream = index.stream(title=title, entries=entries, kinds=kinds, style=style, script=script, policy=policy)
    stream.enable_buffering(100)
    yield from stream


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as the page names it, with the letter and the colour (`lane`, from 1) of its chapter.

    Attributes:
        sentences: numbers of the cited sentences that the page shows; 0 is the headline.
        quotes: cited spans that it does not show.
    """

    row: FindingRow
    letter: str
    lane: int
    sentences: tuple[int, ...]
    quotes: tuple[Span, ...]

    @property
    def name(self) -> str:
        """What text and margin call it: "B3"."""
        return f"{self.letter}{self.row.number}"

    @property
    def anchor(self) -> str:
        """Its id, unless the name of its analysis is no valid id."""
        return self.row.id if _ANCHOR.fullmatch(self.row.kind) else f"{self.letter}.{self.row.number}"

    @property
    def words(self) -> list[str]:
        """The words that decided, unless the finding's own line has them."""
        line = to_one_line(self.row.text).casefold()
        words = dict.fromkeys(to_one_line(span.text) for span in self.row.words)
        return [word for word in words if word.casefold() not in line]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the report with its letter."""

    section: Section
    letter: str
    lane: int
    entries: tuple[Entry, ...]


def list_chapters(report: ReportData) -> list[Chapter]:
    """Every section of the report in order, lettered A to Z, then AA, AB and so on."""
    article = report.article
    first = last = 0
    if isinstance(article, Article):
        first, last = (0 if article.headline else 1), len(article.sentences)
    chapters = []
    for number, section in enumerate(list_sections(report)):
        rounds, rest = divmod(number, len(ascii_uppercase))
        letter, lane = (ascii_uppercase[rounds - 1] if rounds else "") + ascii_uppercase[rest], number % LANES + 1
        entries = []
        for row in section.rows:
            shown = {
                span: span.sentence
                for span in row.evidence
                if isinstance(article, Article) and _is_in(span, article.text) and first <= span.sentence <= last
            }
            quotes = tuple(span for span in row.evidence if span not in shown)
            entries.append(Entry(row, letter, lane, tuple(dict.fromkeys(shown.values())), quotes))
        chapters.append(Chapter(section, letter, lane, tuple(entries)))
    return chapters


def _is_in(span: Span, text: str) -> bool:
    return text[span.start : span.end] == span.text  # in a result of a user's own analysis it may not


class Mark(NamedTuple):
    """A stretch of text that belongs to the finding with the index `owner`; strong if its words decided."""

    start: int
    end: int
    owner: int
    is_strong: bool = False


class Segment(NamedTuple):
    """A stretch of text that no mark begins or ends in; it names `MAX_NAMED` of the findings and counts the rest."""

    start: int
    end: int
    owners: tuple[int, ...]
    strong: tuple[int, ...] = ()  # those whose deciding words it belongs to
    more: int = 0


def cut_marks(marks: Iterable[Mark]) -> list[Segment]:
    """The marked part of the text as disjoint segments, in order."""
    edges: dict[int, list[tuple[Mark, int]]] = defaultdict(list)
    for mark in marks:
        if mark.start < mark.end:
            edges[mark.start].append((mark, 1))
            edges[mark.end].append((mark, -1))
    counts: Counter[tuple[bool, int]] = Counter()
    owners: dict[bool, list[int]] = {False: [], True: []}  # of all open marks, and of the strong ones, in order
    segments = []
    for here, there in pairwise(sorted(edges)):
        for mark, step in edges[here]:
            for kind in {False, mark.is_strong}:
                before = counts[kind, mark.owner]
                counts[kind, mark.owner] += step
                if before == 0:
                    insort(owners[kind], mark.owner)
                elif before + step == 0:
                    del owners[kind][bisect_left(owners[kind], mark.owner)]
        if owners[False]:
            named, strong = (tuple(some[:MAX_NAMED]) for some in owners.values())
            segments.append(Segment(here, there, named, strong, max(0, len(owners[False]) - MAX_NAMED)))
    return segments


class _Piece(NamedTuple):
    """Text with a mark, or without one where `look` is empty."""

    text: str
    look: str = ""
    names: str = ""


class _Run(NamedTuple):
    """A sentence, or what stands between two; and links to the findings whose marks have ended by here."""

    pieces: list[_Piece]
    sentence: int | None = None
    links: Sequence[Entry] = ()
    more: int = 0


class _Story:
    """Cuts an article into runs, from top to bottom."""

    def __init__(self, article: Article, entries: Sequence[Entry]) -> None:
        self._article = article
        self._text = replace_unsafe(article.text)
        self._entries = entries
        marks: list[Mark] = []
        for owner, row in enumerate(entry.row for entry in entries):
            cited = set(row.evidence)  # words that are a whole sentence are not stronger than it
            spans = [span for span in (*row.evidence, *row.words) if row.is_there and _is_in(span, article.text)]
            marks += [Mark(span.start, span.end, owner, is_strong=span not in cited) for span in spans]
        self._segments = cut_marks(marks)
        self._ends = [segment.end for segment in self._segments]
        self._closing = sorted((mark.end, mark.owner) for mark in marks)
        self._linked = 0  # how many of them have links
        headline = article.headline
        self.title = None if headline is None else self._run(headline.start, headline.end, 0)
        self.blocks = [(block, list(self._cut(block))) for block in article.layout.blocks if block.kind != "title"]
        self.rest = self._run(len(self._text), len(self._text))

    def _cut(self, block: Block) -> Iterator[_Run]:
        if block.kind != "paragraph":
            yield self._run(block.start, block.end)
            return
        at = block.start
        for span in self._article.within(block.start, block.end):
            yield self._between(at, span.start)
            yield self._run(span.start, span.end, span.sentence)
            at = span.end
        yield self._between(at, block.end)

    def _between(self, start: int, end: int) -> _Run:
        """White space, which shows no mark, or the mark of a list."""
        is_space = start < end and self._text[start:end].isspace()
        return _Run([_Piece(" ")] if is_space else self._pieces(start, end))

    def _run(self, start: int, end: int, sentence: int | None = None) -> _Run:
        first = self._linked
        self._linked = bisect_right(self._closing, (end, len(self._entries)), lo=first)
        owners = sorted({owner for _, owner in self._closing[first : self._linked]})
        links = [self._entries[owner] for owner in owners[:MAX_NAMED]]
        return _Run(self._pieces(start, end), sentence, links, max(0, len(owners) - MAX_NAMED))

    def _pieces(self, start: int, end: int) -> list[_Piece]:
        pieces, at = [], start
        for place in range(bisect_right(self._ends, start), len(self._segments)):
            segment = self._segments[place]
            if segment.start >= end:
                break
            first, last = max(segment.start, start), min(segment.end, end)
            lanes = {self._entries[owner].lane for owner in segment.strong or segment.owners}
            look = f"k{min(lanes)}" if segment.strong or len(lanes) == 1 else "several"
            look += " words" if segment.strong else ""
            more = [f"+{segment.more}"] if segment.more else []
            names = " ".join([*(self._entries[owner].name for owner in segment.owners), *more])
            pieces += [_Piece(self._text[at:first]), _Piece(self._text[first:last], look, names)]
            at = last
        return [*pieces, _Piece(self._text[at:end])]


def _render_view(report: ReportData, template: str, *, prefix: str, level: int) -> str:
    """The report in a template; `prefix` begins every id, `level` is that of the first heading."""
    chapters, article = list_chapters(report), report.article
    entries = [entry for chapter in chapters for entry in chapter.entries]
    style = (_TEMPLATES / "page.css").read_text(encoding="utf-8")
    if 0 < len(entries) <= _MAX_LIT:  # lights the marks of the finding that is pointed at or was followed to
        lit = ",".join(
            f'.newslens-report:has([id="{prefix}{entry.anchor}"]:is(:hover,:target)) mark[title~="{entry.name}"]'
            for entry in entries
        )
        style += f"{lit}{{background:var(--lit)}}"
    page = _environment().get_template(template)
    return page.render(
        report=report,
        chapters=chapters,
        prefix=prefix,
        level=level,
        style=Markup(style),  # noqa: S704 - our file, with names and anchors that are safe
        policy=f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'",
        story=_Story(article, entries) if isinstance(article, Article) else None,
        language=article.language if _LANGUAGE.fullmatch(article.language or "") else "",
        gaps=wording.list_gaps(report),
        corrections=wording.list_corrections(report),
    )


def _digest(source: str) -> str:
    """What a Content Security Policy names a script or a style by."""
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    """Templates whose every expression is escaped and without unsafe characters."""

    def finalize(value: Any) -> Any:
        return replace_unsafe(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=finalize,
    )
    environment.filters |= {"one_line": to_one_line, "shorten": shorten, "count": wording.count}
    for name in ("label", "support", "reader"):
        environment.filters[name] = getattr(wording, f"describe_{name}")
    return environment
