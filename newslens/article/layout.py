"""Recognise what each block of a pasted page is: title, byline, heading, paragraph, or not the story at all."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import regex

from newslens.article import boilerplate, bylines, header, outlets, shapes
from newslens.article.page_lines import HEAD, Line, blocks
from newslens.article.spans import normalise

Kind = Literal["title", "byline", "dateline", "heading", "paragraph", "boilerplate"]


@dataclass(frozen=True, slots=True)
class Block:
    """A line of the text, or a paragraph of hard-wrapped lines.

    Attributes:
        start: offset of its first word, behind marks ("# ", "> ", "**") and the key of a title ("Subject: ").
        end: offset behind its last code point that is neither white space nor a mark.
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
        blocks: all text but white space, marks and the key of a title, in order.
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
    reading.read_header()
    reading.read_credits()
    reading.find_title(title)
    reading.leave_out_items()
    reading.find_body()
    reading.leave_out()
    reading.find_headings()
    return reading.layout()


_LINE_END = regex.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029][\s>]*")
_HEADINGS_IN_A_ROW = 2
_BEFORE_A_BYLINE = 2  # a headline that reads like prose, and a standfirst
_LONGEST_FOOT = 60  # code points of a line below a paragraph that does not belong to it
_LONGEST_KEY = 60  # code points before the words of a title
_SHORTEST_HEADLINE = 12  # code points of a headline below the name of its outlet


class _Reading:
    """The blocks of one text while it is found out what they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = list(blocks(text, alone=_stands_alone))
        self.kinds: list[Kind | None] = [None] * len(self.lines)
        self.reasons: list[str | None] = [self._reason(line, "body") for line in self.lines]
        self.prose = [
            not line.level and shapes.is_prose(self._start(line), line.end - line.start) for line in self.lines
        ]
        self.named: int | None = None  # the line that has a title by its key
        self.body = range(len(self.lines))
        self.title: str | None = None
        self.credits: list[bylines.Credit] = []

    def read_header(self) -> None:
        """The keys at the top of a mail or a file; of its lines with no other use only the title is kept."""
        first = next((i for i, reason in enumerate(self.reasons[:HEAD]) if not reason), 0)
        found = header.read([self._start(line) for line in self.lines[first : first + HEAD]])
        self.named = None if found.title is None else first + found.title
        for key, i in enumerate(range(first, first + found.keys)):
            is_credit = key != found.sender and bylines.read(self._start(self.lines[i])) is not None
            if i != self.named and not is_credit:
                self.reasons[i] = self.reasons[i] or "header"

    def read_credits(self) -> None:
        """Bylines and datelines stand above the story."""
        paragraphs = 0
        for i, line in enumerate(self.lines[:HEAD]):
            if paragraphs > _BEFORE_A_BYLINE:
                return
            text = self._start(line)
            credit = None if self.reasons[i] or i == self.named else bylines.read(text) or self._name_with_a_role(i)
            if credit is not None:
                self.kinds[i] = credit.kind
                self.credits.append(credit)
            elif i and self.kinds[i - 1] == "byline" and bylines.is_role(text):
                self.kinds[i] = "byline"
            else:
                paragraphs += self._is_story(i)

    def _name_with_a_role(self, i: int) -> bylines.Credit | None:
        """The author in "Jo Lee, editor", or in "Jane Doe" above "BBC News"; not in the first line, a title."""
        name, below = self._start(self.lines[i]), self.lines[i + 1 : i + 2]
        if i == self._first_line_of_the_article() or self.lines[i].level:
            return None
        if below and bylines.is_name(name) and bylines.is_role(self._start(below[0])):
            return bylines.Credit("byline", name)
        return bylines.with_job(name)

    def find_body(self) -> None:
        """From the first paragraph of prose to the last; a note about the author stands behind it."""
        story = [i for i in range(len(self.lines)) if self._is_story(i)]
        while len(story) > 1 and self._is_author_note(story[-1]):
            self.reasons[story.pop()] = "author note"
        self.body = range(story[0], story[-1] + 1) if story else range(len(self.lines), len(self.lines))

    def leave_out_items(self) -> None:
        """The items of a list of links below "Related": they would pass for prose."""
        below = False
        for i in range(1, len(self.lines)):
            is_link = shapes.is_link(self._start(self.lines[i]))
            below = is_link and (below or boilerplate.opens_a_list(self._start(self.lines[i - 1])))
            if below:
                self.reasons[i] = "promotion"

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
            if shapes.is_tag_list(self._start(self.lines[i])):
                self.kinds[i], self.reasons[i] = "boilerplate", "tags"
            elif self.kinds[i - 1] == "boilerplate" and not self.prose[i]:
                self.kinds[i], self.reasons[i] = "boilerplate", "label below the article"
        self._leave_out_links()

    def find_title(self, known: str | None) -> None:
        """The known title where it stands, else the one with a key or mark, else the first line that looks like one."""
        i = self._place_of(known) if known else None
        if i is None:
            i = self._marked_title()
        if i is None:
            i = self._first_line_of_the_article()
            if i is None or not self._is_headline(i):
                return
        if self.named not in (None, i):
            self.reasons[self.named] = "header"
        for above in range(i):
            if self.kinds[above] is None and self.reasons[above] is None and self._is_outlet(above):
                self.reasons[above] = "outlet"
        self.kinds[i], self.reasons[i] = "title", None
        self.lines[i] = replace(self.lines[i], start=self._words_begin(i))
        self.title = _LINE_END.sub(" ", self._text(i))

    def _marked_title(self) -> int | None:
        """The line with a key ("Subject: …"), else the heading of the first level above all prose ("# …")."""
        if self.named is not None:
            return self.named
        for i, line in enumerate(self.lines[:HEAD]):
            if self._is_story(i):
                return None
            if line.level == 1 and self.kinds[i] is None and not self.reasons[i]:
                return i if any(self.prose[i:]) else None
        return None

    def _first_line_of_the_article(self) -> int | None:
        free = (i for i in range(min(HEAD, len(self.lines))) if self.kinds[i] is None and not self._head_reason(i))
        first, below = next(free, None), next(free, None)
        if first is None or below is None or not self._is_outlet(first):
            return first
        long_enough = self.lines[below].end - self.lines[below].start >= _SHORTEST_HEADLINE
        return below if long_enough and self._is_headline(below) else first

    def _head_reason(self, i: int) -> str | None:
        return self.reasons[i] or self._reason(self.lines[i], "head")

    def _is_outlet(self, i: int) -> bool:
        return outlets.is_outlet(self._start(self.lines[i]))

    def find_headings(self) -> None:
        """A fragment is a heading below the title or when prose follows, at most one heading between; else kept."""
        distance = _HEADINGS_IN_A_ROW  # to the next paragraph of prose; there is none behind the end
        for i in reversed(range(len(self.lines))):
            if self.kinds[i] is not None:
                continue
            distance = 0 if self.prose[i] else distance + 1
            near = 0 < distance <= _HEADINGS_IN_A_ROW and i < self.body.stop
            above = self.title is not None and distance > 0 and i < self.body.start
            self.kinds[i] = "heading" if near or above or self.lines[i].level else "paragraph"

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
        return bylines.is_author_note(self._start(self.lines[i]), self.credits)

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
        return i >= self.body.stop or i + 1 == len(self.lines) or (self.kinds[i + 1] is None and not self.prose[i + 1])

    def _place_of(self, title: str) -> int | None:
        sought = normalise(title).text.strip()
        same = (
            i
            for i, line in enumerate(self.lines[:HEAD])
            if line.end - line.start <= len(title) * 2 + _LONGEST_KEY and sought == self._normal_title(i)
        )
        i = next(same, None)
        return i if any(self.prose[j] for j in range(len(self.lines)) if j != i) else None

    def _normal_title(self, i: int) -> str:
        return normalise(self.text[self._words_begin(i) : self.lines[i].end]).text.strip()

    def _words_begin(self, i: int) -> int:
        return self.lines[i].start + header.words_begin(self._start(self.lines[i]), has_key=i == self.named)

    def _is_headline(self, i: int) -> bool:
        """Short, without a full stop, and with something longer below."""
        start, end = self._words_begin(i), self.lines[i].end
        if end - start > shapes.LONGEST_HEADLINE or not shapes.is_headline(self.text[start:end]):
            return False
        below = range(i + 1, min(i + HEAD, len(self.lines)))
        return any(self.prose[j] and self.lines[j].end - self.lines[j].start > end - start for j in below)


def _stands_alone(line: str, number: int) -> bool:
    """A credit or key above the story, or a line such as "Share this" directly below a paragraph."""
    if number < HEAD and (header.has_key(line) or bylines.stands_alone(line)):
        return True
    return len(line) <= _LONGEST_FOOT and boilerplate.reason(line, "body") is not None
