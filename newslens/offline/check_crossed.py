"""Figures of the evidence that a sentence gives to something else, or turns round: "from 2.0 to 1.8"."""

from collections.abc import Iterator, Sequence

from newslens.offline.check_figures import agree
from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_passages import Passage
from newslens.offline.figures import Figure, figures

_OPPOSITE = {"from": "to", "to": "from"}
_RATIO = 1.5  # how much more the other figure's words have to weigh
_LEAST = 0.15  # share of the sentence's weight that they have to be
_COUNTED = 3  # words behind a figure that may be what it counts


def crossed_numbers(case: Case) -> Iterator[Found]:
    """Each number that the evidence has for another thing, or at the other end of a change."""
    stated = [(index, one) for index, passage in case.evidence for one in figures(passage.text)]
    told = figures(case.said.text)
    for said in told:
        same = [(index, one) for index, one in stated if agree(said, one)]
        others = [(i, one) for i, one in stated if _is_sort(said, one) and not any(agree(each, one) for each in told)]
        place = _turned(case, said, same) or _given_away(case, same, others)
        if place is not None:
            yield Found("changed_number", said.start, said.end, place)


def _is_sort(one: Figure, other: Figure) -> bool:
    """Whether both may be figures of one kind; what a bare one counts may have been said, but two tell nothing."""
    nouns = {one.noun, other.noun}
    return one.unit == other.unit and (bool(one.unit) or (nouns != {""} and ("" in nouns or len(nouns) == 1)))


def _turned(case: Case, said: Figure, same: Sequence[tuple[int, Figure]]) -> Place | None:
    """Where the evidence has as the end of a change what is said to be its beginning, or the reverse."""
    opposite = _OPPOSITE.get(_before(case.said, said))
    if opposite is None:
        return None
    turned = [one for one in same if _before(case.ground.passage(one[0]), one[1]) == opposite]
    return Place(turned[0][0], turned[0][1].start, turned[0][1].end) if turned and len(turned) == len(same) else None


def _before(passage: Passage, figure: Figure) -> str:
    at = passage.parsed.at(figure.start, figure.end)[0]
    return passage.parsed.lows[at - 1] if at else ""


def _given_away(case: Case, same: Sequence[tuple[int, Figure]], others: Sequence[tuple[int, Figure]]) -> Place | None:
    """The other figure whose words the sentence has, where it has hardly any of the words beside its own."""
    if len(same) != 1:
        return None
    mine = frozenset(filter(None, case.said.stems))
    own = _beside(case, *same[0])
    for index, other in others:
        theirs = _beside(case, index, other)
        kept, taken = case.ground.weight(mine & own - theirs), case.ground.weight(mine & theirs - own)
        if taken > _RATIO * kept and taken >= _LEAST * case.ground.weight(mine):
            return Place(index, other.start, other.end)
    return None


def _beside(case: Case, index: int, figure: Figure) -> frozenset[str]:
    """Stems of a figure's stretch, without those of what it counts."""
    passage = case.ground.passage(index)
    first, last = passage.parsed.at(figure.start, figure.end)
    counted = range(first, last + _COUNTED)
    own = {k for k in range(len(passage.stems)) if passage.stretch[k] == passage.stretch[first] and k not in counted}
    return frozenset(passage.stems[k] for k in own if passage.stems[k])
