"""The figures of a sentence that count something, and whether two of them may be one."""

import re
from collections.abc import Iterator

from newslens.offline.consistency_alike import stem
from newslens.offline.figures import Figure, read_figures

_BEFORE = re.compile(r"([^\W\d_]+)[.]?\s+$")
_MEASURED = re.compile(r"^-(?=[^\W\d_])")  # an 84-metre tower
_JOINTS = frozenset(":/–-")  # of scores, ranges and the names of things
_LOOKED_BACK = 24  # code points to the word before a figure


def figures(sentence: str) -> Iterator[Figure]:
    """The figures that count something, in order; times of the day, ranks, ages and numbers of names are none."""
    return (figure for figure in standing(sentence) if unit(figure))


def standing(sentence: str) -> Iterator[Figure]:
    """`figures`, and those behind which nothing says what they count: "killing six"."""
    for figure in read_figures(sentence):
        joined = _JOINTS & {
            *sentence[figure.start - 1 : figure.start],
            *_MEASURED.sub("", sentence[figure.end : figure.end + 2])[:1],
        }
        before = sentence[max(0, figure.start - _LOOKED_BACK) : figure.start]
        if figure.unit != "rank" and not joined and (figure.unit or not _named(before)):
            yield figure


def unit(figure: Figure) -> str:
    """What it measures, or the stem of what it counts; "" for a bare number."""
    return figure.unit or next(iter(stem(figure.noun)), "")


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures may be one: equal, or the one is the other rounded to the digits that it shows."""
    return one.low <= other.value <= one.high or other.low <= one.value <= other.high


def _named(before: str) -> bool:
    """Whether the number is a name's: Article 9, Apollo 11."""
    word = _BEFORE.search(before)
    return word is not None and word[1][0].isupper() and word.start() > 0
