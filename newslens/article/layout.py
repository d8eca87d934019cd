"""Find title, byline, date, headings and paragraphs in a pasted text, and what is not part of the story."""

from collections import Counter
from collections.abc import Iterator, Sequence
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
    """A line of the text, or a paragraph of hard-wrapped lines.

    Attributes:
        start: offset of its first word, after marks ("# ", "> ", "**").
        end: offset after its last code point that is neither white space nor a mark.
        kind: what it is; only a `paragraph` holds sentences of the story.
        reason: why it is `boilerplate`, in words.
    """

    start: int
    end: int
    kind: Kind
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The blocks of a text in order, and what they say about the article.

    Attributes:
        blocks: all the text except white space and marks, in order.
        title: the headline as it stands in the text, on one line.
        byline: the authors' names, without "By" and roles.
        published: None if it could be two dates.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    published: date | None = None


def read_layout(text: str, *, title: str | None = None) -> Layout:
    """What each block of a pasted text is. Linear in the length of the text.

    In doubt a block is a paragraph: losing a line of the story is worse than keeping one that is not. But in a page
    that was pasted whole, menus and all, only the stretch with most of the running text is the story.

    Args:
        text: the text as it was given.
        title: the headline, if known; else the first line that looks like one.
    """
    reading = _Reading(text)
    reading.crop_page(title)
    reading.read_credits()
    reading.find_title(title)
    reading.leave_out()
    reading.find_headings()
    return reading.layout()


_HEAD = 15  # blocks at the top of the article among which title and byline are
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
_TITLE_WORDS = 4  # of a headline above the story of a page
_FARTHEST_TITLE = 60  # lines
_WORTH_OF_A_CREDIT = 0.25  # of a byline or date below a headline, in shares of its words that return in the story


class _Reading:
    """The blocks of one text while their kinds are being determined."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks = list(cut_blocks(text))
        self.starts = [text[block.start : min(block.end, block.start + LONGEST + 1)] for block in self.blocks]
        self.kinds: list[Kind | None] = [None] * len(self.blocks)
        self.reasons = [find_boilerplate(start, "body") for start in self.starts]
        self.prose = [
            not block.level and line_rules.is_prose(start, block.end - block.start)
            for block, start in zip(self.blocks, self.starts, strict=True)
        ]
        self.top = 0  # the first block of the article
        self.title: str | None = None
        self.credits: list[Credit] = []

    def crop_page(self, known: str | None) -> None:
        """In a page that was pasted whole, leave out everything but the stretch of running text and its title."""
        counts = [len(_WORD.findall(start)) for start in self.starts]
        values = [
            min(words, _MOST_WORDS) - _COST_OF_A_LINE + (_WORTH_OF_A_SENTENCE if _SENTENCE_END.search(start) else 0)
            for words, start in zip(counts, self.starts, strict=True)
        ]
        stretch = _find_best_stretch(values)
        outside = [i for i in range(len(values)) if i not in stretch]
        above = range(stretch.start)
        menus = sum(not self.prose[i] for i in above)
        words = sum(counts[i] for i in stretch)
        other_prose = sum(
            counts[i] for i in above if self.prose[i] and not self.reasons[i] and counts[i] >= _COST_OF_A_LINE
        )
        if menus < _FEWEST_FRAGMENTS or words < max(_FEWEST_WORDS, other_prose * _MOST_PROSE_ABOVE):
            return
        title = self.find_title_above(stretch, known)
        self.top = stretch.start if title is None else title
        for i in outside:
            is_credit = self.top < i < stretch.start and line_rules.read_credit(self.starts[i])
            if i != title and not is_credit:
                self.reasons[i] = self.reasons[i] or "outside the article"
        repeated = {start for start, n in Counter(self.starts).items() if n > 1}
        for i in stretch:
            if i != title and not self.prose[i] and self.starts[i] in repeated:
                self.reasons[i] = self.reasons[i] or "repeated on the page"

    def find_title_above(self, stretch: range, known: str | None) -> int | None:
        """The headline of the story of a page: its words return in the story, and a byline or date follows."""
        story = {word for i in stretch if self.prose[i] for word in _long_words(self.starts[i])}
        scores = {}
        for i in range(max(0, stretch.start - _FARTHEST_TITLE), min(stretch.start + 2, stretch.stop)):
            words = _long_words(self.starts[i])
            is_candidate = words and not self.reasons[i] and self.is_headline(i) and not self.is_label(i)
            if self.is_same(i, known) if known else is_candidate and (i < stretch.start or not self.prose[i]):
                share = sum(word in story for word in words) / max(1, len(words))
                is_dated = any(map(line_rules.read_credit, self.starts[i + 1 : i + 4]))
                scores[i] = round(share + is_dated * _WORTH_OF_A_CREDIT, 1)
        return max(scores, key=lambda i: scores[i]) if scores else None

    def read_credits(self) -> None:
        """Bylines and datelines stand above the story."""
        paragraphs = 0
        for i in range(self.top, min(self.top + _HEAD, len(self.blocks))):
            if paragraphs > _BEFORE_A_BYLINE:
                return
            credit = None if self.reasons[i] else line_rules.read_credit(self.starts[i])
            if credit is None and not self.reasons[i] and i != self.first_free() and not self.blocks[i].level:
                below = self.starts[i + 1 : i + 2]
                if below and line_rules.is_name(self.starts[i]) and line_rules.is_role(below[0]):
                    credit = Credit("byline", self.starts[i])  # "Jane Doe" above "BBC News"
            if credit is not None:
                self.kinds[i] = credit.kind
                self.credits.append(credit)
            elif i and self.kinds[i - 1] == "byline" and line_rules.is_role(self.starts[i]):
                self.kinds[i] = "byline"
            else:
                paragraphs += self.is_story(i)

    def find_title(self, known: str | None) -> None:
        """The known title where it stands, else the one with a mark, else the first line that looks like one."""
        head = range(self.top, min(self.top + _HEAD, len(self.blocks)))
        i = next((k for k in head if known and self.is_same(k, known)), None)
        if i is not None and not any(self.prose[k] for k in range(len(self.blocks)) if k != i):
            self.kinds[i], self.reasons[i] = "paragraph", None  # the text is only its title
            return
        if i is None:
            above = takewhile(lambda k: not self.is_story(k), head)
            i = next((k for k in above if self.blocks[k].level == 1 and any(self.prose[k:])), None)
        if i is None:
            i, below = (*filter(self.is_free, head), None, None)[:2]
            if i is None or not self.is_headline(i):
                return
            if below is not None and self.is_label(i) and self.is_headline(below) and not self.is_label(below):
                i = below
        for k in range(self.top, i):
            if self.is_free(k) and self.is_label(k) and self.is_headline(k):
                self.reasons[k] = "label above the title"
        self.kinds[i], self.reasons[i] = "title", None
        self.title = regex.sub(
            r"\s*[\n\r\x0b\x0c\x85\u2028\u2029][\s>]*", " ", self.text[self.blocks[i].start : self.blocks[i].end]
        )

    def leave_out(self) -> None:
        """Boilerplate by words and place, and notes on the author below the story."""
        story = [i for i in range(len(self.blocks)) if self.is_story(i)]
        while len(story) > 1 and line_rules.is_author_note(self.starts[story[-1]], self.credits):
            self.reasons[story.pop()] = "author note"
        end = len(self.blocks)
        self.body = range(story[0], story[-1] + 1) if story else range(end, end)
        for i, start in enumerate(self.starts):
            if i not in self.body and self.kinds[i] is None and self.reasons[i] is None:
                place: Place = "head" if i < self.body.start else "tail"
                self.reasons[i] = find_boilerplate(start, place)
                if place == "tail" and not self.reasons[i]:
                    if line_rules.is_tag_list(start):
                        self.reasons[i] = "tags"
                    elif self.kinds[i - 1] == "boilerplate" and not self.prose[i]:
                        self.reasons[i] = "label below the article"
            if self.reasons[i]:
                self.kinds[i] = "boilerplate"

    def find_headings(self) -> None:
        """A fragment is a heading below the title, or if prose follows after at most one more; else it is kept."""
        distance = _HEADINGS_IN_A_ROW  # to the next paragraph of prose
        for i in reversed(range(len(self.blocks))):
            if self.kinds[i] is not None:
                continue
            distance = 0 if self.prose[i] else distance + 1
            near = 0 < distance <= _HEADINGS_IN_A_ROW and i < self.body.stop
            above = self.title is not None and distance > 0 and i < self.body.start
            self.kinds[i] = "heading" if near or above or self.blocks[i].level else "paragraph"

    def layout(self) -> Layout:
        """The result."""
        found = zip(self.blocks, self.kinds, self.reasons, strict=True)
        dated = sorted((credit for credit in self.credits if credit.published), key=lambda credit: credit.updated)
        dateline = line_rules.read_dateline_date(self.starts[self.body.start]) if self.body else None
        return Layout(
            blocks=tuple(Block(block.start, block.end, kind or "paragraph", reason) for block, kind, reason in found),
            title=self.title,
            byline=", ".join(credit.author for credit in self.credits if credit.author) or None,
            published=dated[0].published if dated else dateline,
        )

    def is_free(self, i: int) -> bool:
        return self.kinds[i] is None and not self.reasons[i] and not find_boilerplate(self.starts[i], "head")

    def first_free(self) -> int | None:
        head = range(self.top, min(self.top + _HEAD, len(self.blocks)))
        return next(filter(self.is_free, head), None)

    def is_story(self, i: int) -> bool:
        return self.prose[i] and self.reasons[i] is None and self.kinds[i] is None

    def is_label(self, i: int) -> bool:
        return len(_WORD.findall(self.starts[i])) < _TITLE_WORDS

    def is_headline(self, i: int) -> bool:
        """Short, without a full stop, and with something longer below."""
        start, end = self.blocks[i].start, self.blocks[i].end
        if end - start > line_rules.LONGEST_HEADLINE or not line_rules.is_headline(self.text[start:end]):
            return False
        below = range(i + 1, min(i + _HEAD, len(self.blocks)))
        return any(self.prose[j] and self.blocks[j].end - self.blocks[j].start > end - start for j in below)

    def is_same(self, i: int, title: str) -> bool:
        start, end = self.blocks[i].start, self.blocks[i].end
        return end - start <= len(title) * 2 and (
            normalise(self.text[start:end]).text.strip() == normalise(title).text.strip()
        )


def _long_words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text) if len(word) >= 4 or not word.isascii()]  # noqa: PLR2004


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
class Line:
    """A line without the white space and the marks around it, or wrapped lines that make one paragraph.

    Attributes:
        start: offset of its first code point.
        end: offset after its last code point.
        apart: whether a blank line stands before it.
        level: of the heading that it is marked as ("##": 2); 0 for none.
    """

    start: int
    end: int
    apart: bool
    level: int = 0


def cut_blocks(text: str) -> Iterator[Line]:
    """The lines of a text in order, those of a hard-wrapped paragraph joined; linear in its length."""
    lines = list(_cut_lines(text))
    width = _find_wrap_width(text, lines)
    held: Line | None = None
    for number, line in enumerate(lines):
        if held is None:
            held = line
        elif width and _continues(text, lines[number - 1], line, width, number):
            held = replace(held, end=line.end)
        else:
            yield held
            held = line
    if held:
        yield held


def _cut_lines(text: str) -> Iterator[Line]:
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
        yield Line(start + left, start + right, apart, len(marks["level"] or "") if marks else 0)
        end = start + len(words)


def _find_wrap_width(text: str, lines: Sequence[Line]) -> int | None:
    """Columns at which the text is wrapped, or None.

    Wrapping fills its lines, and it cuts in the middle of clauses.
    """
    pairs = [
        (line, below)
        for line, below in pairwise(lines)
        if not below.apart and _NARROWEST <= line.end - line.start <= _WIDEST and not _ends_a_clause(text, line)
    ]
    cut = [line.end - line.start for line, below in pairs if _begins_small(text, below)]
    width = max(cut, default=0)
    full = sum(_is_full(text, line, below, width) for line, below in pairs)
    return width if len(cut) * 2 >= len(pairs) and full * 3 >= len(pairs) * 2 else None


def _continues(text: str, line: Line, below: Line, width: int, number: int) -> bool:
    """Whether the line below only continues this one."""
    if below.apart or below.level or line.level or max(line.end - line.start, below.end - below.start) > _WIDEST:
        return False
    if _LIST_ITEM.match(text, below.start) and _ends_a_clause(text, line):
        return False
    words, above = text[below.start : below.end], text[line.start : line.end]
    if number < _HEAD and any(map(line_rules.read_credit, (words, above))):
        return False
    if len(words) <= _LONGEST_FOOT and find_boilerplate(words, "body"):
        return False
    return _is_full(text, line, below, width) or (_begins_small(text, below) and not _ends_a_clause(text, line))


def _is_full(text: str, line: Line, below: Line, width: int) -> bool:
    word = text.find(" ", below.start, below.end)
    first_word = (word if word >= 0 else below.end) - below.start
    return line.end - line.start + 1 + first_word + _SLACK >= width


def _begins_small(text: str, line: Line) -> bool:
    """Whether the line begins with a small letter, or one of a script without capitals."""
    first = text[line.start]
    return first.isalpha() and not first.isupper() and not first.istitle()


def _ends_a_clause(text: str, line: Line) -> bool:
    return _CLAUSE_END.search(text, max(line.start, line.end - 5), line.end) is not None
