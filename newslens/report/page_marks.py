"""Overlapping marks on a text, cut at every border into segments that each know what covers them."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

MOST_NAMED = 40  # owners of one segment; keeps the page in proportion to the text however many findings overlap


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that belongs to a finding.

    Attributes:
        start: half-open code-point offsets.
        end: likewise.
        owner: index of the finding.
        strong: the very words that decided, not the sentence around them.
    """

    start: int
    end: int
    owner: int
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch that no border cuts.

    Attributes:
        start: half-open code-point offsets.
        end: likewise.
        owners: the findings that cover it, in order, at most `MOST_NAMED`.
        strong: those of whose deciding words it is part, likewise.
        more: how many others cover it.
    """

    start: int
    end: int
    owners: tuple[int, ...]
    strong: tuple[int, ...] = ()
    more: int = 0


def segments(marks: Iterable[Mark]) -> list[Segment]:
    """The marked part of the text in disjoint segments, in order; what no mark covers is in none."""
    opening: dict[int, list[Mark]] = defaultdict(list)
    closing: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        opening[mark.start].append(mark)
        closing[mark.end].append(mark)
    everyone, strong = _Open(), _Open()
    cut = []
    for here, there in pairwise(sorted(opening.keys() | closing.keys())):
        for mark in closing.get(here, ()):
            everyone.close(mark.owner)
            if mark.strong:
                strong.close(mark.owner)
        for mark in opening.get(here, ()):
            everyone.open(mark.owner)
            if mark.strong:
                strong.open(mark.owner)
        if everyone.order:
            more = max(0, len(everyone.order) - MOST_NAMED)
            cut.append(Segment(here, there, everyone.first(), strong.first(), more))
    return cut


class _Open:
    """The owners of the marks that are open at one place, in order, each once."""

    def __init__(self) -> None:
        self.order: list[int] = []
        self._marks: dict[int, int] = defaultdict(int)

    def open(self, owner: int) -> None:
        if not self._marks[owner]:
            insort(self.order, owner)
        self._marks[owner] += 1

    def close(self, owner: int) -> None:
        self._marks[owner] -= 1
        if not self._marks[owner]:
            del self.order[bisect_left(self.order, owner)]

    def first(self) -> tuple[int, ...]:
        return tuple(self.order[:MOST_NAMED])
