"""Cut a text into its blocks: lines, or the hard-wrapped lines of one paragraph joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

_LINE = regex.compile(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_BREAK = regex.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_BULLET = regex.compile(r"[•·*▪●■>]")
_NUMBER_OR_DASH = regex.compile(r"(?:-|\(?\d{1,3}[.)])\s")  # of a list, or of a sentence that was cut there
_TERMINAL = regex.compile(r"[.!?:。！？।؟…][\"'”’»)\]」』]*$")
# Mail and plain-text files are wrapped at 60 to 80 columns; the margins allow for other habits.
_NARROWEST, _WIDEST = 30, 110
_LAST = 5  # characters of a line among which its full stop is, quotation marks behind it
_SLACK = 3  # columns that a wrapping program may leave free beyond the next word


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the white space around it, or some wrapped lines that make one paragraph.

    Attributes:
        start: offset of its first code point.
        end: offset behind its last code point.
        apart: whether a blank line stands before it.
        indent: columns of white space before it.
    """

    start: int
    end: int
    apart: bool
    indent: int


def blocks(text: str) -> Iterator[Line]:
    """The blocks of a text in order; linear in its length."""
    groups = list(_groups(text))
    widths = [_wrap_width(text, group) for group in groups]
    usual = next((width for width in widths if width), None)
    for group, width in zip(groups, widths, strict=True):
        columns = width or usual
        yield from _joined(text, group, columns) if columns else group


def _groups(text: str) -> Iterator[list[Line]]:
    """Lines with no blank line between them."""
    group: list[Line] = []
    for line in _lines(text):
        if group and line.apart:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _lines(text: str) -> Iterator[Line]:
    end = 0
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if not stripped:
            continue
        indent = len(line) - len(line.lstrip())
        start = match.start() + indent
        yield Line(start, start + len(stripped), _is_apart(text, end, match.start()), indent)
        end = start + len(stripped)


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
            yield Line(start.start, line.end, start.apart, start.indent)
            start = behind
    yield Line(start.start, group[-1].end, start.apart, start.indent)


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
