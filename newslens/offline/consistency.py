"""What a text says two ways: names, figures, days, and stories that it tells twice."""

from collections.abc import Iterator, Sequence

from newslens.offline.consistency_ages import ages
from newslens.offline.consistency_alike import Pair, Terms, pairs, terms
from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.consistency_context import said
from newslens.offline.consistency_dates import two_days, wrong_weekdays
from newslens.offline.consistency_figures import conflicting
from newslens.offline.consistency_names import named
from newslens.offline.consistency_scores import scores

RETOLD = 0.5
"""Least likeness of two sentences that tell the same."""

_FEWEST = 6  # terms that they share at least; a short phrase may return
_DISTANCE = 3  # sentences between the two at least; what is nearer goes on
_REACH = 5  # sentences between two pairs of one retelling


def conflicts(sentences: Sequence[str], *, english: bool, headings: Sequence[str] = ()) -> list[Conflict]:
    """What does not agree in a text, in the order of its first places.

    Args:
        sentences: the text.
        english: whether names, offices and scores, which need lists of English words, are read too.
        headings: of the text; they retell nothing, as a heading tells again what its story tells. Their places are
            numbered on from the sentences.
    """
    everything = [*sentences, *headings]
    read = [said(text, english=english) for text in everything]
    found = [*conflicting(read, english=english), *two_days(read, english=english)]
    found += scores(read) if english else ()
    known = {(one.first.sentence, one.second.sentence) for one in found}
    stems = [terms(sentence) for sentence in sentences]
    found += retellings(sentences, stems, [pair for pair in pairs(stems) if (pair.first, pair.second) not in known])
    found += [*wrong_weekdays(sentences), *ages(sentences), *(named(everything) if english else ())]
    return sorted(found, key=lambda one: (one.first, one.second))


def retellings(sentences: Sequence[str], read: Sequence[Terms], alike: Sequence[Pair]) -> Iterator[Conflict]:
    """Passages that tell the same twice, each on its most alike pair of sentences."""
    for group in _groups([pair for pair in alike if _retold(pair, read)]):
        best = max(group, key=lambda pair: pair.likeness)
        first, second = (Place(k, 0, len(sentences[k])) for k in (best.first, best.second))
        also = {k for pair in group for k in (pair.first, pair.second)} - {best.first, best.second}
        yield Conflict("retelling", first, second, "tells the same twice", tuple(sorted(also)))


def _retold(pair: Pair, read: Sequence[Terms]) -> bool:
    shared = read[pair.first].all & read[pair.second].all
    return pair.likeness >= RETOLD and len(shared) >= _FEWEST and pair.second - pair.first >= _DISTANCE


def _groups(found: Sequence[Pair]) -> list[list[Pair]]:
    """Pairs that lie beside each other in both places are one retelling."""
    groups: list[list[Pair]] = []
    latest: dict[int, list[Pair]] = {}  # by how far apart the two places are: a text may be told again many times over
    for pair in found:
        distance = pair.second - pair.first
        like_it = sorted(range(distance - _REACH, distance + _REACH + 1), key=lambda each: abs(each - distance))
        near = (latest[each] for each in like_it if each in latest and _near(latest[each][-1], pair))
        group = next(near, None)
        if group is None:
            groups.append(group := [])
        group.append(pair)
        latest[distance] = group
    return groups


def _near(one: Pair, other: Pair) -> bool:
    return abs(other.first - one.first) <= _REACH and abs(other.second - one.second) <= _REACH
