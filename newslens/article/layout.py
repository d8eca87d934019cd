"""Find title, byline, date, headings and paragraphs in a pasted text, and what is not part of the story."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, takewhile
from typing import Literal

import regex

from newslens.article import lines as line_rules
from newslens.article.lines import LONGEST, Credit, Place, find_boilerplate
from newslens.article.spans import normalise

Kind = Literal["title", "byline", "dateline", "heading", "paragraph", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line of the text, or a paragraph of hard-wrapped lines, without the marks around it ("# ", "> ", "**").

    Only a `paragraph` holds sentences of the story; `boilerplate` has a reason, in words.
    """

    start: int
    end: int
    kind: Kind
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a text in order, and what they say about the article.

    The title is on one line, the byline without "By" and roles, and the date None if it could be two.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    published: date | None = None


def read_layout(text: str, *, title: str | None = None) -> Layout:
    """What each block of a pasted text is; the title is looked for unless known. Linear in the length of the text.

    In doubt a block is a paragraph: losing a line of the story is worse than keeping one that is not. But in a page
    that was pasted whole, menus and all, only the stretch with most of the running text is the story.
    """
    reading = _Reading(text)
    reading.crop_page(title)
    reading.read_credits()
    reading.find_title(title)
    reading.leave_out()
    reading.find_headings()
    dated = sorted((credit for credit in reading.credits if credit.published), key=lambda credit: credit.updated)
    opening = next((reading.starts[i] for i, kind in enumerate(reading.kinds) if kind == "paragraph"), "")
    found = zip(reading.lines, reading.kinds, reading.reasons, strict=True)
    return Layout(
        blocks=tuple(Block(line.start, line.end, kind or "paragraph", reason) for line, kind, reason in found),
        title=reading.title,
        byline=reading.byline or None,
        published=dated[0].published if dated else line_rules.read_dateline_date(opening),
    )


_HEAD = 15  # lines at the top of the article among which title and byline are
_BEFORE_A_BYLINE = 2  # paragraphs: a headline that reads like prose, and a standfirst
_HEADINGS_IN_A_ROW = 2
# Weights of a line in the search for the stretch of running text, in words (maximum subsequence segmentation,
# Pasternack and Roth 2009). Flat near these values on twenty pages of nineteen sites.
_COST_OF_A_LINE, _WORTH_OF_A_SENTENCE, _MOST_WORDS = 15, 8, 60
_FEWEST_FRAGMENTS = 8  # lines above the stretch that are not prose: menus of a page that was pasted whole
_FEWEST_WORDS = 50  # in the stretch
_MOST_PROSE_ABOVE = 6  # times as many words in the stretch as in prose above it, or that may be the story too
_SENTENCE_END = regex.compile(r"[.!?:;…。！？।؟][\"'”’»)\]」』]*(?:\s|$)")
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]{2}|[\w'’-]+")
_WRAP = regex.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029][\s>]*")
_TITLE_WORDS = 4  # of a headline above the story of a page
_FARTHEST_TITLE = 60  # lines
_WORTH_OF_A_CREDIT = 0.25  # of a byline or date below a headline, in shares of its words that return in the story


class _Reading:
    """The lines of one text while their kinds are being determined."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = cut_lines(text)
        self.starts = [text[line.start : min(line.end, line.start + LONGEST + 1)] for line in self.lines]
        self.words = [_WORD.findall(start) for start in self.starts]
        self.kinds: list[Kind | None] = [None] * len(self.lines)
        self.reasons = [find_boilerplate(start, "body") for start in self.starts]
        self.prose = [
            not line.level and line_rules.is_prose(start, line.end - line.start)
            for line, start in zip(self.lines, self.starts, strict=True)
        ]
        self.head = range(min(_HEAD, len(self.lines)))
        self.title: str | None = None
        self.credits: list[Credit] = []

    def crop_page(self, known: str | None) -> None:
        """In a page that was pasted whole, leave out everything but the stretch of running text and its title."""
        counts = list(map(len, self.words))
        ends = [_SENTENCE_END.search(start) is not None for start in self.starts]
        worth = (min(n, _MOST_WORDS) + _WORTH_OF_A_SENTENCE * end for n, end in zip(counts, ends, strict=True))
        stretch = _find_best_stretch([words - _COST_OF_A_LINE for words in worth])
        prose_above = [i for i in range(stretch.start) if self.prose[i]]
        other = sum(counts[i] for i in prose_above if not self.reasons[i] and counts[i] >= _COST_OF_A_LINE)
        words = sum(counts[i] for i in stretch)
        menus = stretch.start - len(prose_above)
        if menus < _FEWEST_FRAGMENTS or words < max(_FEWEST_WORDS, other * _MOST_PROSE_ABOVE):
            return
        title = self.find_title_above(stretch, known)
        top = stretch.start if title is None else title
        self.head = range(top, min(top + _HEAD, len(self.lines)))
        for i, start in enumerate(self.starts):
            is_credit = top < i < stretch.start and line_rules.read_credit(start)
            if i != title and i not in stretch and not is_credit:
                self.reasons[i] = self.reasons[i] or "outside the article"

    def find_title_above(self, stretch: range, known: str | None) -> int | None:
        """The headline of the story of a page: its words return in the story, and a byline or date follows."""
        story = {word for i in stretch if self.prose[i] for word in self.long_words(i)}
        scores = {}
        for i in range(max(0, stretch.start - _FARTHEST_TITLE), min(stretch.start + 2, stretch.stop)):
            words = self.long_words(i)
            is_candidate = words and not self.reasons[i] and self.is_headline(i) and not self.is_label(i)
            if self.is_same(i, known) if known else is_candidate and (i < stretch.start or not self.prose[i]):
                share = sum(word in story for word in words) / max(1, len(words))
                is_dated = any(map(line_rules.read_credit, self.starts[i + 1 : i + 4]))
                scores[i] = round(share + is_dated * _WORTH_OF_A_CREDIT, 1)
        return max(scores, key=lambda i: scores[i]) if scores else None

    def read_credits(self) -> None:
        """Bylines and datelines stand above the story."""
        paragraphs = 0
        for i in self.head:
            if paragraphs > _BEFORE_A_BYLINE:
                return
            credit = None if self.reasons[i] else line_rules.read_credit(self.starts[i])
            if credit is not None:
                self.kinds[i] = credit.kind
                self.credits.append(credit)
            elif i and self.kinds[i - 1] == "byline" and line_rules.is_role(self.starts[i]):
                self.kinds[i] = "byline"
            else:
                paragraphs += self.is_story(i)

    def find_title(self, known: str | None) -> None:
        """The known title where it stands, else the one with a mark, else the first line that looks like one."""
        i = next((k for k in self.head if known and self.is_same(k, known)), None)
        if i is not None and not any(self.prose[k] for k in range(len(self.lines)) if k != i):
            self.kinds[i], self.reasons[i] = "paragraph", None  # the text is only its title
            return
        if i is None:
            above = takewhile(lambda k: not self.is_story(k), self.head)
            i = next((k for k in above if self.lines[k].level == 1 and any(self.prose[k:])), None)
        if i is None:
            i, below = (*filter(self.is_free, self.head), None, None)[:2]
            if i is None or not self.is_headline(i):
                return
            if below is not None and self.is_label(i) and self.is_headline(below) and not self.is_label(below):
                i = below
        for k in range(self.head.start, i):
            if self.is_free(k) and self.is_label(k) and self.is_headline(k):
                self.reasons[k] = "label above the title"
        self.kinds[i], self.reasons[i] = "title", None
        self.title = _WRAP.sub(" ", self.text[self.lines[i].start : self.lines[i].end])

    def leave_out(self) -> None:
        """Boilerplate by words and place, and notes on the authors below the story."""
        story = [i for i in range(len(self.lines)) if self.is_story(i)]
        while len(story) > 1 and line_rules.is_author_note(self.starts[story[-1]], self.byline):
            self.reasons[story.pop()] = "author note"
        end = len(self.lines)
        self.body = body = range(story[0], story[-1] + 1) if story else range(end, end)
        for i, start in enumerate(self.starts):
            if i not in body and self.kinds[i] is None and self.reasons[i] is None:
                is_tags = i >= body.stop and line_rules.is_tag_list(start)
                place: Place = "head" if i < body.start else "tail"
                self.reasons[i] = "tags" if is_tags else find_boilerplate(start, place)
            if self.reasons[i]:
                self.kinds[i] = "boilerplate"

    def find_headings(self) -> None:
        """Of the fragments that remain, those below the title and those above prose are headings."""
        distance = _HEADINGS_IN_A_ROW  # to the next paragraph of prose
        for i in reversed(range(len(self.lines))):
            if self.kinds[i] is None:
                distance = 0 if self.prose[i] else distance + 1
                near = 0 < distance <= _HEADINGS_IN_A_ROW and i < self.body.stop
                below_title = self.title is not None and distance > 0 and i < self.body.start
                self.kinds[i] = "heading" if near or below_title or self.lines[i].level else "paragraph"

    @property
    def byline(self) -> str:
        return ", ".join(credit.author for credit in self.credits if credit.author)

    def is_free(self, i: int) -> bool:
        return self.kinds[i] is None and not self.reasons[i] and not find_boilerplate(self.starts[i], "head")

    def is_story(self, i: int) -> bool:
        return self.prose[i] and self.reasons[i] is None and self.kinds[i] is None

    def is_label(self, i: int) -> bool:
        return len(self.words[i]) < _TITLE_WORDS

    def is_headline(self, i: int) -> bool:
        """Short, without a full stop, and with something longer below."""
        length = self.lines[i].end - self.lines[i].start
        if length > line_rules.LONGEST_HEADLINE or not line_rules.is_headline(self.starts[i]):
            return False
        below = range(i + 1, min(i + _HEAD, len(self.lines)))
        return any(self.prose[j] and self.lines[j].end - self.lines[j].start > length for j in below)

    def is_same(self, i: int, title: str) -> bool:
        words = self.text[self.lines[i].start : self.lines[i].end]
        return len(words) <= len(title) * 2 and normalise(words).text.strip() == normalise(title).text.strip()

    def long_words(self, i: int) -> list[str]:
        return [word.casefold() for word in self.words[i] if len(word) >= 4 or not word.isascii()]  # noqa: PLR2004


def _find_best_stretch(values: Sequence[int]) -> range:
    """The range with the highest sum (Kadane's algorithm)."""
    best, best_sum, start, total = range(0), 0, 0, 0
    for i, value in enumerate(values):
        if total <= 0:
            start, total = i, 0
        total += value
        if total > best_sum:
            best, best_sum = range(start, i + 1), total
    return best


_LINE = regex.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BLANK_LINE = regex.compile(r"(?>\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])[^\S\n\r]*[\n\r\x0b\x0c\x85\u2028\u2029]")
# The marks of a quotation ("> > ", but not "> 5 percent") and of a heading in Markdown.
_MARKS = regex.compile(r"\s*+(?:(?:>[ \t]*+)++(?![\d=]))?+(?:(?P<level>#{1,6})[ \t]+)?+\s*+")
_EMPHASIS = regex.compile(r"(?P<mark>\*{1,3}|_{1,3})(?=[^\s*_])(?P<words>[^*_]{1,400})(?<=\S)(?P=mark)")
_LIST_ITEM = regex.compile(r"[•·*▪●■>]|(?:-|\(?\d{1,3}[.)])\s")
_CLAUSE_END = regex.compile(r"[.!?:。！？।؟…][\"'”’»)\]」』]*$")
_NARROWEST, _WIDEST = 30, 110  # mail and plain-text files are wrapped at 60 to 80 columns
_SLACK = 3  # columns that a wrapping program may leave free beyond the next word
_LONGEST_FOOT = 60  # code points of a line below a paragraph that does not belong to it


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space and the marks around it, or wrapped lines that make one paragraph."""

    start: int
    end: int
    words: str  # of wrapped lines, those of the last
    apart: bool  # whether a blank line stands before it
    level: int  # of the heading that it is marked as ("##": 2); 0 for none

    def is_full(self, below: "_Line", width: int) -> bool:
        """Whether the first word of the line below does not fit into this one."""
        return len(self.words) + 1 + len(below.words.partition(" ")[0]) + _SLACK >= width

    def is_cut(self, below: "_Line") -> bool:
        """Whether the line below goes on with a small letter, or one of a script without capitals."""
        first = below.words[0]
        return first.isalpha() and first == first.lower() and not self.ends_a_clause()

    def ends_a_clause(self) -> bool:
        return _CLAUSE_END.search(self.words[-5:]) is not None


def cut_lines(text: str) -> list[_Line]:
    """The lines of a text in order, those of a hard-wrapped paragraph joined; linear in its length."""
    lines: list[_Line] = []
    end = 0
    for match in _LINE.finditer(text):
        marks = _MARKS.match(text, match.start(), match.end())
        start = marks.end() if marks else match.start()
        words = text[start : match.end()].rstrip()
        if not words:
            continue
        emphasis = _EMPHASIS.fullmatch(words) if words[0] in "*_" else None
        left, right = emphasis.span("words") if emphasis else (0, len(words))
        apart = end == 0 or _BLANK_LINE.search(text, end, start) is not None
        level = len(marks["level"] or "") if marks else 0
        lines.append(_Line(start + left, start + right, words[left:right], apart, level))
        end = start + len(words)
    width = _find_wrap_width(lines)
    paragraphs = lines[:1]
    for number, line in enumerate(lines[1:], 1):
        if width and _continues(paragraphs[-1], line, width, is_head=number < _HEAD):
            paragraphs[-1] = replace(paragraphs[-1], end=line.end, words=line.words)
        else:
            paragraphs.append(line)
    return paragraphs


def _find_wrap_width(lines: Sequence[_Line]) -> int | None:
    """Columns at which the text is wrapped, or None: wrapping fills its lines, and cuts in the middle of clauses."""
    pairs = [
        (line, below)
        for line, below in pairwise(lines)
        if not below.apart and _NARROWEST <= len(line.words) <= _WIDEST and not line.ends_a_clause()
    ]
    cut = [len(line.words) for line, below in pairs if line.is_cut(below)]
    width = max(cut, default=0)
    full = sum(line.is_full(below, width) for line, below in pairs)
    return width if len(cut) * 2 >= len(pairs) and full * 3 >= len(pairs) * 2 else None


def _continues(line: _Line, below: _Line, width: int, *, is_head: bool) -> bool:
    """Whether the line below only continues this one."""
    if below.apart or below.level or line.level or max(len(line.words), len(below.words)) > _WIDEST:
        return False
    is_item = line.ends_a_clause() and _LIST_ITEM.match(below.words)
    is_foot = len(below.words) <= _LONGEST_FOOT and find_boilerplate(below.words, "body")
    if is_item or is_foot or (is_head and any(map(line_rules.read_credit, (below.words, line.words)))):
        return False
    return line.is_full(below, width) or line.is_cut(below)
