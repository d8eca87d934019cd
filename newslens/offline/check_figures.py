"""Figures of a sentence that its evidence does not have."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_passages import Passage
from newslens.offline.check_terms import is_content
from newslens.offline.figures import Figure, Unit, figures
from newslens.offline.stems import stem

_TALLY = 10  # a count at most as large as this one may be of what the article names one by one
_SHARP = 10  # a number that is so many times its last digit's unit has two digits, and may be rounded from others
_LOOSE = 0.1  # how far what is called "over 3,000" may be from it
_SAME = 1e-6
_COUNTS = frozenset({"", "rank"})
_PAIRED = 12  # figures of a sentence that are taken two by two; more of them make a table
_ONE = frozenset({"one", "other", "others", "another"})  # words for one that are no figures: "nine others"
_FACTORS = {"half": 2, "halved": 2, "double": 2, "doubled": 2, "twice": 2, "third": 3, "triple": 3, "quarter": 4}


def changed_numbers(case: Case) -> Iterator[Found]:
    """Each number that the evidence gives otherwise, and that is neither reckoned nor may stand elsewhere.

    Where the evidence has no number of the sort, nobody can tell what the sentence's rests on: an age, a share.
    """
    stated = [(index, figure) for index, passage in case.evidence for figure in figures(passage.text)]
    near = [figure for _, figure in stated]
    for said in unstated(case):
        rival = _rival(said, near)
        other = rival or next((figure for figure in near if _same_sort(said, figure)), None)
        if other is None or _may_rest_elsewhere(said, case, rival) or _is_reckoned(said, case, rival):
            continue
        place = next(Place(index, one.start, one.end) for index, one in stated if one is other)
        yield Found("changed_number", said.start, said.end, place)


def unstated(case: Case) -> Iterator[Figure]:
    """Each number of the sentence that the evidence does not have, or has for another noun only."""
    stated = [figure for _, passage in case.evidence for figure in figures(passage.text)]
    for said in figures(case.said.text):
        agreeing = [figure for figure in stated if agree(said, figure)]
        alike = _rival(said, stated) is None or any(_counted(one) in {_counted(said), ""} for one in agreeing)
        if not (agreeing and alike):
            yield said


def agree(said: Figure, stated: Figure) -> bool:
    """Whether the first is a way to put the second: equal, rounded to two digits or more, or near when called so."""
    if not _comparable(said, stated):
        return False
    off = abs(said.value - stated.value)
    may_round = said.high - said.low <= said.value / _SHARP + _SAME
    equal = off <= _SAME * max(said.value, stated.value, 1.0) or (not said.exact and off <= _LOOSE * said.value)
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


def _may_rest_elsewhere(said: Figure, case: Case, rival: Figure | None) -> bool:
    """Whether another sentence may have the number, or the article name one by one what it counts."""
    if rival is None and said.unit in _COUNTS and _counted(said) and said.value <= _TALLY:
        return True
    elsewhere = [one for one in case.ground.figures if agree(said, one)]
    return any(rival is None or _counted(one) == _counted(said) for one in elsewhere)


def _is_reckoned(said: Figure, case: Case, rival: Figure | None) -> bool:
    """Whether it is the sum, the difference or the share of figures in one sentence of the article."""
    counted = _counted(rival) if rival is not None and rival.unit in _COUNTS else ""
    values = (value for passage in case.ground.passages() for value in _reckoned(passage, said.unit, counted))
    return any(agree(said, replace(said, value=value, low=value, high=value)) for value in values)


def _reckoned(passage: Passage, unit: Unit, counted: str) -> Iterator[float]:
    """What comes of any two figures, or of those only that may count the one thing."""
    read = [one for one in figures(passage.text) if not counted or _counted(one) in {counted, ""}][:_PAIRED]
    single = [] if _ONE.isdisjoint(passage.parsed.lows) else [1.0]
    counts = [one.value for one in read if one.unit in _COUNTS and one.value] + single
    alike = counts if unit in _COUNTS else [one.value for one in read if one.unit == unit]
    for factor in {_FACTORS[low] for low in passage.parsed.lows if low in _FACTORS}:
        yield from (one * by for one in alike for by in (factor, 1 / factor, factor / (factor - 1)))
    if unit == "%":
        yield from (100 - one for one in alike)
        yield from (100 * one / other for one, other in permutations(counts, 2))
    else:
        yield from (one + other for one, other in permutations(alike, 2))
    yield from (one - other for one, other in permutations(alike, 2))


def _same_sort(said: Figure, stated: Figure) -> bool:
    """Whether the one may stand for the other: of one unit, and not of two nouns."""
    counted = {_counted(said), _counted(stated)}
    alike = said.unit == stated.unit or {said.unit, stated.unit} == _COUNTS
    return alike and (len(counted) == 1 or "" in counted)
