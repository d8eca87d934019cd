"""Offsets as a tool counts them: UTF-16 units, as JavaScript does, or grapheme clusters."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from newslens.errors import InputError
from newslens.report.annotations.marks import Place

Unit = Literal["utf-16", "grapheme"]

_CLUSTER = regex.compile(r"\X", regex.DOTALL)
_BMP_END = "\uffff"


@dataclass(frozen=True, slots=True)
class Offsets:
    """A text's code points and a tool's units.

    Attributes:
        code_points: for each offset of the tool, the offset of the code point that it is in; the length comes last.
    """

    code_points: Sequence[int]

    @classmethod
    def of(cls, text: str, unit: Unit) -> "Offsets":
        """The offsets of a text."""
        if unit == "grapheme":
            return cls([*(cluster.start() for cluster in _CLUSTER.finditer(text)), len(text)])
        units = [at for at, character in enumerate(text) for _ in range(1 + (character > _BMP_END))]
        return cls([*units, len(text)])

    def counted(self, place: Place) -> Place:
        """A place as the tool counts it; one that begins or ends inside a unit takes the unit whole."""
        start, end = (bisect_left(self.code_points, offset) for offset in place)
        return (start - (self.code_points[start] != place[0]), end)

    def place(self, start: int, end: int, where: str) -> Place:
        """The place that the tool's offsets mean.

        Raises:
            InputError: they are outside the text or inside a character.
        """
        found = self.code_points
        if not 0 <= start < end < len(found) or any(at and found[at] == found[at - 1] for at in (start, end)):
            raise InputError(f"{where}: {start}-{end} is no place in a text of {len(found) - 1} units. Mark it anew.")
        return (found[start], found[end])
