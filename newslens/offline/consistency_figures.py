"""Two figures for the same thing."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.consistency_context import Context, Said, apart, around, contained, definite, disputed, term
from newslens.offline.consistency_numbers import agree, standing
from newslens.offline.figures import Figure
from newslens.offline.grammar import AUXILIARIES, PREPOSITIONS
from newslens.offline.lexicon import entries
from newslens.offline.stems import stem

_LATEST = 12  # figures of a kind that each is compared with; a long table stays linear
_TIES = 3  # what two figures have in common at least
_FOREIGN = 0.7  # part of the words around them that two figures share where no list tells what keeps them apart
_COUNTED = 2  # words behind a figure that may be what it counts: "13 night workers"
_HARM = frozenset(map(stem, ("killed", "injured")))
_OFTEN = 4  # values of one kind in a text; what has more is a measure
_PEOPLE = frozenset({"people", "persons"})
_BARE = frozenset({"people", "%", "time", "$", "€", "£", "¥"})  # kinds that tell nothing of what is counted
_OF_ANYTHING = frozenset({"%", "time"})  # units that need the same word beside them
_LINKED = 6  # words from a figure to what happened to those whom it counts
_DIGITS = 2  # of a figure that may be misprinted


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with what it counts or measures.

    Attributes:
        figure: the value.
        kinds: units, or stems of what it counts; two figures that share none have nothing to do with each other.
        context: what stands around it.
        definite: whether it stands for something that was told of before: "the 13 workers".
        narrower: what is told behind it of those whom it counts.
    """

    figure: Figure
    kinds: tuple[str, ...]
    context: Context
    definite: bool
    narrower: frozenset[str]


def conflicting(read: Sequence[Said], *, english: bool) -> Iterator[Conflict]:
    """Figures that differ where the text counts or measures the same thing.

    Two sources may differ, and so may two times, places, parts and occasions: where the sentences name such, nothing
    is found. A rounded figure agrees with what it is rounded from.

    Args:
        read: the sentences.
        english: whether the lists of words that keep sentences apart are those of the text's language.
    """
    found = [quantities(one, k, english=english) for k, one in enumerate(read)]
    usual = _usual(each for those in found for each in those)
    holders: dict[str, list[Quantity]] = defaultdict(list)
    for those in found:
        for other in those:
            earlier = {each.context.place: each for kind in other.kinds for each in holders[kind][-_LATEST:]}
            tied = [each for each in earlier.values() if _tied(each, other, usual, english=english)]
            first = None if any(agree(each.figure, other.figure) for each in tied) else _unlike(tied, other)
            if first:
                yield Conflict("number", first.context.place, other.context.place, "two figures for the same thing")
        for other in those:
            for kind in other.kinds:
                holders[kind].append(other)


def _usual(found: Iterable[Quantity]) -> frozenset[str]:
    """What a text counts so many times that it measures with it: miles, tonnes, points."""
    values: dict[str, set[float]] = defaultdict(set)
    for each in found:
        for kind in each.kinds:
            values[kind].add(each.figure.value)
    return frozenset(kind for kind, different in values.items() if len(different) >= _OFTEN)


def quantities(one: Said, sentence: int, *, english: bool) -> list[Quantity]:
    """The figures of a sentence that are the only ones of their kind in it; those in quotations are left out."""
    found = [_quantity(one, sentence, figure, english=english) for figure in standing(one.text)]
    uses = Counter(kind for each in found for kind in each.kinds)
    return [each for each in found if each.kinds and all(uses[kind] == 1 for kind in each.kinds) and not _part(each)]


def _quantity(one: Said, sentence: int, figure: Figure, *, english: bool) -> Quantity:
    context = around(one, Place(sentence, figure.start, figure.end))
    first, last = one.parsed.at(figure.start, figure.end)
    last += one.parsed.lows[last : last + 1] == ("-",)  # an 84-metre tower
    kinds = _kinds(one, figure, first, last, english=english)
    behind = last + len(kinds) * (figure.unit == "")
    return Quantity(
        figure,
        kinds,
        context,
        definite(one, context.place),
        _narrower(one, behind),
    )


def _narrower(one: Said, behind: int) -> frozenset[str]:
    """What tells which ones are counted: "the 12 rooms with a view"."""
    if not {*one.parsed.lows[behind : behind + 1]} & PREPOSITIONS:
        return frozenset()
    return frozenset(one.terms[behind : behind + _LINKED]) - {""}


def _kinds(one: Said, figure: Figure, first: int, last: int, *, english: bool) -> tuple[str, ...]:
    harm = _harm(one, first, last) if figure.unit == "" and english else ""
    if figure.unit or harm:
        return (figure.unit or harm,)
    if figure.noun in _PEOPLE:
        return ("people",)
    counted = [term(word.text, english=english) for word in one.parsed.words[last : last + _COUNTED]]
    return tuple(takewhile(bool, counted))


def _harm(one: Said, first: int, last: int) -> str:
    """Whether those whom a figure counts were killed or injured: "killing 12", "12 young miners were killed"."""
    lows = one.parsed.lows
    joined = takewhile(lambda k: lows[k] not in {",", "and"}, range(last, min(last + _LINKED, len(lows))))
    behind = [one.terms[k] for k in joined if lows[k] not in AUXILIARIES][: _COUNTED + 1]
    before = reversed(one.terms[max(0, first - _COUNTED) : first])
    return next((each for each in (*before, *behind) if each in _HARM), "")


def _part(each: Quantity) -> bool:
    """Whether it is quoted, or counts some of others: "including three children", "three of them", "two more"."""
    parsed = each.context.said.parsed
    first, last = parsed.at(each.figure.start, each.figure.end)
    before, behind = (parsed.lows[k : k + _COUNTED] for k in (max(0, first - _COUNTED), last))
    some = not entries("consistency", "part", "before").isdisjoint(before)
    more = not entries("consistency", "part", "behind").isdisjoint(behind)
    return some or more or (behind[:1] == ("of",) and each.figure.unit != "%") or parsed.quoted(each.figure.start)


def _unlike(tied: Iterable[Quantity], other: Quantity) -> Quantity | None:
    """The first of some figures about the same thing that does not agree with another, nothing keeping them apart."""
    return next((one for one in tied if _conflict(one, other)), None)


def _conflict(one: Quantity, other: Quantity) -> bool:
    back = _points_back(one, other)
    if not (one.figure.exact and other.figure.exact) or apart(one.context, other.context, same=back):
        return False
    alike = back or contained(one.context, other.context)
    return _misprinted(one.figure, other.figure) or (alike and not disputed(one.context, other.context))


def _tied(one: Quantity, other: Quantity, usual: Container[str], *, english: bool) -> bool:
    """Whether enough tells that two figures are about the same thing."""
    kinds = frozenset(one.kinds) & frozenset(other.kinds)
    shared = (one.context.near & other.context.near) - kinds
    if not english:
        fewer = min(len(one.context.near), len(other.context.near)) or 1
        return len(shared) >= _TIES - 1 and (len(shared) + len(kinds)) / fewer >= _FOREIGN
    back = _points_back(one, other)
    if _other_sort(one.kinds, other.kinds) or (other.definite and not back):
        return False
    beside = _beside(one.context, other.context, shared)
    if one.figure.unit in _OF_ANYTHING and (not beside or one.figure.noun != other.figure.noun):
        return False
    counted = 2 if kinds & _HARM else sum(kind not in usual for kind in kinds - _BARE)
    misprinted = _misprinted(one.figure, other.figure)
    sure = shared or misprinted or (back and (counted > 1 or other.figure.value > one.figure.value))
    ties = len(shared) + counted + beside + (2 if counted else 1) * back + 2 * misprinted
    fewest = _TIES - ((counted > 0 or len(shared) > 1) and contained(one.context, other.context))
    return bool(sure) and ties >= fewest


def _points_back(one: Quantity, other: Quantity) -> bool:
    """Whether the later figure stands for the earlier one again, and not for some of those."""
    fewer = other.figure.value < one.figure.value
    return other.definite and not (fewer and other.narrower - one.context.said.all)


def _other_sort(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what is counted is of two sorts: primary schools, secondary schools."""
    return len(one) == len(other) == _COUNTED and one[0] != other[0] and one[1] == other[1]


def _beside(one: Context, other: Context, shared: Container[str]) -> bool:
    sides = (one.ahead, other.ahead), (one.behind, other.behind)
    return any(first == second and first in shared for first, second in sides)


def _misprinted(one: Figure, other: Figure) -> bool:
    """Whether the same digits stand in another order."""
    first, second = (f"{figure.value:.6g}" for figure in (one, other))
    return len(first.strip("0.")) >= _DIGITS and sorted(first) == sorted(second)
