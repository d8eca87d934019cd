"""Cut a text into its blocks: lines, or the hard-wrapped lines of one paragraph joined."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

_LINE = regex.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BREAK = regex.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_BULLET = regex.compile(r"[•·*▪●■>]")
_NUMBER_OR_DASH = regex.compile(r"(?:-|\(?\d{1,3}[.)])\s")  # of a list, or of a sentence that was cut there
_TERMINAL = regex.compile(r"[.!?:。！？।؟…][\"'”’»)\]」』]*$")
HEAD = 15  # lines or blocks above and in the story in which a byline may stand
# The marks of quoted mail ("> > ", but not "> 5 percent") and of a heading in Markdown.
_MARKS = regex.compile(r"(?P<quotes>(?:>[ \t]*+)++(?![\d=]))?+(?:(?P<level>#{1,6})[ \t]+)?+\s*+")
_EMPHASIS = regex.compile(r"(?P<mark>\*{1,3}|_{1,3})(?=[^\s*_])(?P<words>[^*_]+)(?<=\S)(?P=mark)")
_LONGEST_EMPHASIS = 400  # code points
# Mail and plain-text files are wrapped at 60 to 80 columns; the margins allow for other habits.
_NARROWEST, _WIDEST = 30, 110
_LAST = 5  # characters of a line among which its full stop is, quotation marks behind it
_SLACK = 3  # columns that a wrapping program may leave free beyond the next word


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the white space and the marks around it, or some wrapped lines that make one paragraph.

    Attributes:
        start: offset of its first code point.
        end: offset behind its last code point.
        apart: whether a blank line stands before it.
        indent: columns of white space before it.
        quotes: how deep it is quoted, in marks (">").
        level: of the heading that it is marked as ("##": 2); 0 for none.
    """

    start: int
    end: int
    apart: bool
    indent: int
    quotes: int = 0
    level: int = 0


Alone = Callable[[str, int], bool]
"""Whether a line, told with its number from 0, never goes on with the one before or behind it."""


def blocks(text: str, *, alone: Alone) -> Iterator[Line]:
    """The blocks of a text in order; linear in its length."""
    groups = list(_groups(text, alone))
    widths = [_wrap_width(text, group) for group in groups]
    usual = next((width for width in widths if width), None)
    for group, width in zip(groups, widths, strict=True):
        columns = width or usual
        yield from _joined(text, group, columns) if columns else group


def _groups(text: str, alone: Alone) -> Iterator[list[Line]]:
    """Lines that may go on in one another: no blank line between them, and none that stands alone."""
    group: list[Line] = []
    closed = False
    for number, line in enumerate(_lines(text)):
        below = bool(group) and not line.apart and _has_ended(text, group[-1])
        is_alone = line.level > 0 or ((below or number < HEAD) and _is_told_alone(text, line, number, alone))
        if group and (closed or is_alone or line.apart or line.quotes != group[-1].quotes):
            yield group
            group = []
        group.append(line)
        closed = is_alone
    if group:
        yield group


def _is_told_alone(text: str, line: Line, number: int, alone: Alone) -> bool:
    return line.end - line.start <= _WIDEST and alone(text[line.start : line.end], number)


def _lines(text: str) -> Iterator[Line]:
    end = 0
    for match in _LINE.finditer(text):
        line = match.group()
        indent = len(line) - len(line.lstrip())
        marks = _MARKS.match(line, indent) if line[indent : indent + 1] in {">", "#"} else None
        begin = marks.end() if marks else indent
        words = line[begin:].strip()
        if not words:
            continue
        level = len(marks["level"] or "") if marks else 0
        quotes = (marks["quotes"] or "").count(">") if marks else 0
        begin, stop = _without_emphasis(words, match.start() + begin)
        yield Line(begin, stop, _is_apart(text, end, match.start()), indent, quotes, level)
        end = match.start() + len(line.rstrip())


def _without_emphasis(words: str, start: int) -> tuple[int, int]:
    """Offsets of the words inside "**…**" or "_…_" that hold all of a line."""
    whole = _EMPHASIS.fullmatch(words) if words[0] in "*_" and len(words) <= _LONGEST_EMPHASIS else None
    left, right = whole.span("words") if whole else (0, len(words))
    return start + left, start + right


def _is_apart(text: str, end: int, start: int) -> bool:
    first = _BREAK.search(text, end, start)
    return first is None or _BREAK.search(text, first.end(), start) is not None


def _wrap_width(text: str, group: Sequence[Line]) -> int | None:
    """Columns at which the lines of a group are wrapped, or None when they are not.

    Wrapping fills: no line could have taken the next one's first word. And it does not look where it cuts: some
    line goes on in the middle of a clause.
    """
    width = max(line.end - line.start for line in group)
    if not _NARROWEST <= width <= _WIDEST:
        return None
    full = [_is_full(text, line, behind, width) for line, behind in pairwise(group)]
    goes_on = any(_goes_on(text, line, behind) for line, behind in pairwise(group))
    return width if goes_on and sum(full) * 3 >= len(full) * 2 else None


def _joined(text: str, group: Sequence[Line], width: int) -> Iterator[Line]:
    start = group[0]
    for line, behind in pairwise(group):
        if not _is_wrapped(text, line, behind, width):
            yield replace(start, end=line.end)
            start = behind
    yield replace(start, end=group[-1].end)


def _is_wrapped(text: str, line: Line, behind: Line, width: int) -> bool:
    """Whether the next line only continues this one."""
    if behind.indent > line.indent + 1 or _BULLET.match(text, behind.start):
        return False
    if line.end - line.start > _WIDEST or behind.end - behind.start > _WIDEST:
        return False
    full = _is_full(text, line, behind, width)
    if _NUMBER_OR_DASH.match(text, behind.start):
        return full and not _has_ended(text, line)
    return full or _goes_on(text, line, behind)


def _is_full(text: str, line: Line, behind: Line, width: int) -> bool:
    word = text.find(" ", behind.start, behind.end)
    first_word = (word if word >= 0 else behind.end) - behind.start
    return line.end - line.start + 1 + first_word + _SLACK >= width


def _goes_on(text: str, line: Line, behind: Line) -> bool:
    """Whether the next line begins in small letters, or in letters that have no other, within a clause."""
    first = text[behind.start]
    in_small_letters = first.isalpha() and not first.isupper() and not first.istitle()
    return in_small_letters and not _has_ended(text, line)


def _has_ended(text: str, line: Line) -> bool:
    return _TERMINAL.search(text, max(line.start, line.end - _LAST), line.end) is not None
