"""Where grapheme clusters (UAX #29) meet near a position, without reading a text from its start."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

_WINDOW = 32  # code points that hold nearly every cluster


def borders(text: str, position: int, low: int) -> tuple[int, int]:
    """The nearest borders between clusters at or before `position`, and at or behind it (code points).

    Args:
        text: any text.
        position: inside it or at its end.
        low: a border at or before `position`; nothing before it is read.
    """
    if position in {0, low, len(text)}:
        return position, position
    before, after = text[position - 1], text[position]
    if before.isascii() and after.isascii() and after != "\n":
        return position, position
    sure = _patterns()[1].search(text, low, position + 1)
    border = sure.start() if sure else low
    while border < position:
        end = _end(text, border)
        if end > position:
            return border, end
        border = end
    return position, position


def _end(text: str, start: int) -> int:
    """End of the cluster that begins at `start`."""
    width = _WINDOW  # in a window, since \X looks back over all flags before its start
    while True:
        length = next(_patterns()[0].finditer(text[start : start + width])).end()
        if length < width or start + width >= len(text):
            return start + length
        width *= 2


@cache
def _patterns() -> "tuple[Pattern[str], Pattern[str]]":
    """A cluster, and, searched backwards, a character that surely begins one."""
    import regex

    alone = r"\p{GCB=Other}\p{GCB=Control}"
    return regex.compile(r"\X"), regex.compile(rf"(?r)(?<=[{alone}\n])[{alone}\r]")
