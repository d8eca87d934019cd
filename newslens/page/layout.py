"""Recognise what each block of a pasted page is: title, byline, heading, paragraph, or not the story at all."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import regex

from newslens.page import boilerplate, bylines
from newslens.page.lines import Line, blocks
from newslens.spans import normalise

Kind = Literal["title", "byline", "dateline", "heading", "paragraph", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line of the text, or a paragraph of hard-wrapped lines.

    Attributes:
        start: offset of its first code point that is no white space.
        end: offset behind its last code point that is no white space.
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
        blocks: all text but white space, in order.
        title: the headline as it stands in the text, on one line.
        byline: the authors' names, without "By" and roles.
        published: a date, or a date-time where the text gives time and zone; None when it could be two dates.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: str | None = None
    published: datetime | date | None = None


def layout(text: str, *, title: str | None = None) -> Layout:
    """What each block of a pasted text is. Linear in the length of the text.

    In doubt a block is a paragraph: losing a line of the story is worse than keeping one that is not.

    Args:
        text: the text as it was given.
        title: the headline, where it is known; else the first line that looks like one.
    """
    reading = _Reading(text)
    reading.read_credits()
    reading.find_title(title)
    reading.find_body()
    reading.leave_out()
    reading.find_headings()
    return reading.layout()


_LIST_ITEM = regex.compile(r"[•·*▪●■–—>-]|\(?\d{1,3}[.)]\s")
_TERMINAL = regex.compile(r"[.!?。！？।؟…][\"'”’»)\]」』]*$")
_ASKS_OR_CALLS = regex.compile(r"[!?！？؟]$")
_ABBREVIATION = regex.compile(r"(?:\b\p{L}\.){2,}$")
_INNER_END = regex.compile(r"[\p{Ll}\p{Lo}]{4}[.!?][\"'”’»)]*\s+[\"'“‘«]?\p{Lu}")
_AUTHOR_NOTE = regex.compile(
    r"\s(?:is (?:a|an|the|our)|writes|covers|reports|can be reached|has covered"
    r"|es (?:periodista|corresponsal|columnista|redactora?))\b"
)
_LINE_END = regex.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029]\s*")
_NAMES = regex.compile(r",\s*|\s+(?:and|y|&)\s+")
_LONGEST_HEADLINE = 200  # code points; a headline glued into the sample article has 155
_LONGEST_PLAIN_HEADING = 60  # of a heading that is not in title case: standfirsts are longer
_TITLE_CASE = 0.75  # share of the words of more than three letters that begin with a capital
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LONG_WORD = 4
_HEADINGS_IN_A_ROW = 2
_HEAD = 15  # blocks in which a byline may stand
_BEFORE_A_BYLINE = 2  # a headline that reads like prose, and a standfirst
_FEWEST_TAGS = 3
_LONGEST_TAG = 4  # words


class _Reading:
    """The blocks of one text while it is found out what they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = tuple(blocks(text))
        self.kinds: list[Kind | None] = [None] * len(self.lines)
        self.reasons: list[str | None] = [self._reason(line, "body") for line in self.lines]
        self.prose = [_is_prose(self._start(line), line.end - line.start) for line in self.lines]
        self.body = range(len(self.lines))
        self.title: str | None = None
        self.credits: list[bylines.Credit] = []

    def read_credits(self) -> None:
        """Bylines and datelines stand above the story."""
        paragraphs = 0
        for i, line in enumerate(self.lines[:_HEAD]):
            if paragraphs > _BEFORE_A_BYLINE:
                return
            text = self._start(line)
            credit = None if self.reasons[i] else bylines.read(text) or self._name_above_a_role(i)
            if credit is not None:
                self.kinds[i] = credit.kind
                self.credits.append(credit)
            elif i and self.kinds[i - 1] == "byline" and bylines.is_role(text):
                self.kinds[i] = "byline"
            else:
                paragraphs += self._is_story(i)

    def _name_above_a_role(self, i: int) -> bylines.Credit | None:
        """The author in "Jane Doe", with "BBC News" on the next line; not in the first line, a title."""
        name, below = self._start(self.lines[i]), self.lines[i + 1 : i + 2]
        if i == self._first_line_of_the_article() or not (below and bylines.is_role(self._start(below[0]))):
            return None
        return bylines.Credit("byline", name) if bylines.is_name(name) else None

    def find_body(self) -> None:
        """From the first paragraph of prose to the last; a note about the author stands behind it."""
        story = [i for i in range(len(self.lines)) if self._is_story(i)]
        while len(story) > 1 and self._is_author_note(story[-1]):
            self.reasons[story.pop()] = "author note"
        self.body = range(story[0], story[-1] + 1) if story else range(len(self.lines), len(self.lines))

    def leave_out(self) -> None:
        """Boilerplate that only its place tells, and all that is boilerplate."""
        for i, line in enumerate(self.lines):
            if i not in self.body and self.kinds[i] is None and self.reasons[i] is None:
                self.reasons[i] = self._reason(line, "head" if i < self.body.start else "tail")
            if self.reasons[i]:
                self.kinds[i] = "boilerplate"
        for i in range(self.body.stop, len(self.lines)):
            if self.kinds[i] is not None:
                continue
            if _is_tag_list(self._start(self.lines[i])):
                self.kinds[i], self.reasons[i] = "boilerplate", "tags"
            elif self.kinds[i - 1] == "boilerplate" and not self.prose[i]:
                self.kinds[i], self.reasons[i] = "boilerplate", "label below the article"
        self._leave_out_links()

    def find_title(self, known: str | None) -> None:
        """The known title where it stands, else the first line if it looks like a headline."""
        i = self._place_of(known) if known else None
        if i is None:
            i = self._first_line_of_the_article()
            if i is None or not self._is_headline(i):
                return
        self.kinds[i] = "title"
        self.title = _LINE_END.sub(" ", self._text(i))

    def _first_line_of_the_article(self) -> int | None:
        for i, line in enumerate(self.lines[:_HEAD]):
            if self.kinds[i] is None and not (self.reasons[i] or self._reason(line, "head")):
                return i
        return None

    def find_headings(self) -> None:
        """A fragment is a heading below the title or when prose follows, at most one heading between; else kept."""
        distance = _HEADINGS_IN_A_ROW  # to the next paragraph of prose; there is none behind the end
        for i in reversed(range(len(self.lines))):
            if self.kinds[i] is not None:
                continue
            distance = 0 if self.prose[i] else distance + 1
            near = 0 < distance <= _HEADINGS_IN_A_ROW and i < self.body.stop
            above = self.title is not None and distance > 0 and i < self.body.start
            self.kinds[i] = "heading" if near or above else "paragraph"

    def layout(self) -> Layout:
        found = zip(self.lines, self.kinds, self.reasons, strict=True)
        authors = [credit.author for credit in self.credits if credit.author]
        return Layout(
            blocks=tuple(Block(line.start, line.end, kind or "paragraph", reason) for line, kind, reason in found),
            title=self.title,
            byline=", ".join(authors) or None,
            published=self._published(),
        )

    def _published(self) -> datetime | date | None:
        dated = sorted((credit for credit in self.credits if credit.published), key=lambda credit: credit.updated)
        if dated:
            return dated[0].published
        return bylines.dateline_date(self._start(self.lines[self.body.start])) if self.body else None

    def _text(self, i: int) -> str:
        return self.text[self.lines[i].start : self.lines[i].end]

    def _start(self, line: Line) -> str:
        """As much of the line as anything but prose may have, and one character more."""
        return self.text[line.start : min(line.end, line.start + boilerplate.LONGEST + 1)]

    def _reason(self, line: Line, place: boilerplate.Place) -> str | None:
        return boilerplate.reason(self._start(line), place)

    def _is_story(self, i: int) -> bool:
        return self.prose[i] and self.reasons[i] is None and self.kinds[i] is None

    def _is_author_note(self, i: int) -> bool:
        note = self._start(self.lines[i])
        names = [name for credit in self.credits for name in _NAMES.split(credit.author or "")]
        return len(note) <= boilerplate.LONGEST and any(
            name and note.startswith(name) and _AUTHOR_NOTE.match(note, len(name)) for name in names
        )

    def _leave_out_links(self) -> None:
        """The links below "Related stories": up to prose in the story, all that is no prose behind it."""
        below = False
        for i, line in enumerate(self.lines):
            if self.kinds[i] == "boilerplate":
                below = below or boilerplate.opens_a_list(self._start(line))
            elif self.kinds[i] is None and below and not self.prose[i] and self._more_links(i):
                self.kinds[i], self.reasons[i] = "boilerplate", "promotion"
            else:
                below = False

    def _more_links(self, i: int) -> bool:
        """The last fragment before prose may be the heading of that prose."""
        return i >= self.body.stop or (self.kinds[i + 1] is None and not self.prose[i + 1])

    def _place_of(self, title: str) -> int | None:
        sought = normalise(title).text.strip()
        same = (
            i
            for i, line in enumerate(self.lines[:_HEAD])
            if line.end - line.start <= len(title) * 2 and normalise(self._text(i)).text.strip() == sought
        )
        i = next(same, None)
        return i if any(self.prose[j] for j in range(len(self.lines)) if j != i) else None

    def _is_headline(self, i: int) -> bool:
        """Short, without a full stop, and with something longer below."""
        text = self._text(i) if self.lines[i].end - self.lines[i].start <= _LONGEST_HEADLINE else ""
        if not text or _LIST_ITEM.match(text) or text[-1] in ":;,":
            return False
        if _TERMINAL.search(text) and not (_ASKS_OR_CALLS.search(text) or _ABBREVIATION.search(text)):
            return False
        below = range(i + 1, min(i + _HEAD, len(self.lines)))
        return any(self.prose[j] and self.lines[j].end - self.lines[j].start > len(text) for j in below)


def _is_prose(text: str, length: int) -> bool:
    """Whether a block reads as running text, and not as a title, heading, label or name."""
    if length > _LONGEST_HEADLINE or text[-1] in ":;," or _LIST_ITEM.match(text):
        return True
    if _is_title_case(text) and (
        not _TERMINAL.search(text) or _ASKS_OR_CALLS.search(text) or _ABBREVIATION.search(text)
    ):
        return False
    if _TERMINAL.search(text) or _INNER_END.search(text):
        return True
    return length > _LONGEST_PLAIN_HEADING and not _is_tag_list(text)


def _is_title_case(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if len(word) >= _LONG_WORD]
    return len(words) > 1 and sum(not word[0].islower() for word in words) >= _TITLE_CASE * len(words)


def _is_tag_list(text: str) -> bool:
    """Short phrases with commas between, and no sentence among them."""
    if text.count(",") < _FEWEST_TAGS - 1 or len(text) > boilerplate.LONGEST or _TERMINAL.search(text):
        return False
    return all(1 <= len(tag.split()) <= _LONGEST_TAG for tag in text.split(","))
