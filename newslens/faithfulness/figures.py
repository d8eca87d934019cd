"""Figures of a sentence that its evidence does not have."""

from collections.abc import Iterator, Sequence

from newslens.classical.figures import Figure, figures
from newslens.classical.stems import stem
from newslens.faithfulness.found import Case, Found, Place
from newslens.faithfulness.terms import is_content

_TALLY = 2  # a bare number at most as large as this one counts what the article may name one by one
_SHARP = 10  # a number that is so many times its last digit's unit has two digits, and may be rounded from others
_SAME = 1e-6
_COUNTS = frozenset({"", "rank"})


def changed_numbers(case: Case) -> Iterator[Found]:
    """Each number that no sentence of the evidence has for the same thing."""
    stated = [(index, figure) for index, passage in case.evidence for figure in figures(passage.text)]
    for said in figures(case.said.text):
        agreeing = [figure for _, figure in stated if agree(said, figure)]
        rival = _rival(said, [figure for _, figure in stated])
        if agreeing and (rival is None or any(_counted(figure) in {_counted(said), ""} for figure in agreeing)):
            continue
        if not agreeing and _may_be_counted(said, case, rival):
            continue
        other = rival or next((figure for _, figure in stated if _same_sort(said, figure)), None)
        place = next((Place(index, one.start, one.end) for index, one in stated if one is other), None)
        yield Found("changed_number", said.start, said.end, place)


def agree(said: Figure, stated: Figure) -> bool:
    """Whether the first is a way to put the second: equal, rounded to two digits or more, or near when called so."""
    if not _comparable(said, stated):
        return False
    may_round = not said.exact or said.high - said.low <= said.value / _SHARP + _SAME
    equal = abs(said.value - stated.value) <= _SAME * max(said.value, stated.value, 1.0)
    return equal or (may_round and said.covers(stated)) or (not stated.exact and stated.covers(said))


def _comparable(one: Figure, other: Figure) -> bool:
    """Whether both may tell of the same; a figure that stands alone may be anything but a time of the day."""
    units = {one.unit, other.unit}
    bare = (one.unit, one.noun) == ("", "") or (other.unit, other.noun) == ("", "")
    return len(units) == 1 or units == _COUNTS or (bare and "clock" not in units)


def _counted(figure: Figure) -> str:
    """What it measures, or the stem of what it counts."""
    if figure.unit not in _COUNTS:
        return figure.unit
    return stem(figure.noun) if is_content(figure.noun) else ""


def _rival(said: Figure, stated: Sequence[Figure]) -> Figure | None:
    """Another number of the same noun, where no number of that noun is the same."""
    same_noun = [figure for figure in stated if _counted(said) and _counted(figure) == _counted(said)]
    return None if any(agree(said, figure) for figure in same_noun) else next(iter(same_noun), None)


def _may_be_counted(said: Figure, case: Case, rival: Figure | None) -> bool:
    """Whether the number may rest on what the article names one by one, or stands elsewhere for the same thing."""
    if rival is None and said.value <= _TALLY:
        return True
    return any(_counted(one) == _counted(said) != "" and agree(said, one) for one in case.ground.figures)


def _same_sort(said: Figure, stated: Figure) -> bool:
    return said.unit == stated.unit or {said.unit, stated.unit} == _COUNTS
