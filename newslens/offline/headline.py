"""What a story does with its headline's claims: carries, weakens, contradicts or never mentions them; English only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import Literal

from newslens.offline.headline_claims import claims
from newslens.offline.headline_strength import extremes, hedges, opposite, sides, weakens
from newslens.offline.headline_terms import Text, read

Relation = Literal["supported", "overstated", "partially_supported", "contradicted", "not_addressed", "unclear"]

_CARRIED, _TOUCHED = 0.75, 0.4  # shares of a claim's content words in one place, for "supported" and for "in part"
_FEWEST = 2  # content words that a story shares with a claim that it touches; one may be chance
_ABOUT = 0.5  # share of the other words above which a place speaks of the same thing as a claim


@dataclass(frozen=True, slots=True)
class Related:
    """How a story relates to its headline, or to one claim of it.

    Attributes:
        value: the relation.
        sentences: the sentences (0-based) that show it; empty for `not_addressed` and `unclear`.
    """

    value: Relation
    sentences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """One sentence or two neighbours, and which terms (by index) of a claim they carry."""

    sentences: tuple[int, ...]
    carried: frozenset[int]


def relate(headline: str, sentences: Sequence[str]) -> Related:
    """What the sentences of a story do with the claims of its headline, each judged alone."""
    story = _read(tuple(sentences))
    return _combined([_judged(claim, story) for claim in claims(headline)])


def told(headline: str) -> list[str]:
    """The claims of a headline as they stand in it."""
    return [headline[claim.words[0].start : claim.words[-1].end] for claim in claims(headline)]


def unsupported(headline: str, sentences: Sequence[str]) -> list[str]:
    """Content words and figures of a headline that no sentence of its story has in any form."""
    story = _read(tuple(sentences))
    return [
        term.word.text
        for claim in claims(headline)
        for term in claim.terms
        if not any(text.carries(term, claim.figure_of(term)) for text in story)
    ]


@lru_cache(maxsize=2)  # a story is asked about each of its headings in a row
def _read(sentences: tuple[str, ...]) -> tuple[Text, ...]:
    return tuple(map(read, sentences))


def _combined(parts: Sequence[Related]) -> Related:
    """One relation out of those of the claims: what is wrong with one is wrong with all."""
    values = {part.value for part in parts}
    for wrong in ("contradicted", "overstated"):
        if wrong in values:
            return _all_of([part for part in parts if part.value == wrong], wrong)
    if not parts:
        return Related("unclear")
    return _all_of(parts, parts[0].value if len(values) == 1 else "partially_supported")


def _all_of(parts: Sequence[Related], value: Relation) -> Related:
    return Related(value, tuple(sorted({k for part in parts for k in part.sentences})))


def _judged(claim: Text, story: Sequence[Text]) -> Related:
    sought = [(term, claim.figure_of(term)) for term in claim.terms]
    carried = [frozenset(k for k, one in enumerate(sought) if text.carries(*one)) for text in story]
    against = next(_clashes(claim, story, carried), None)
    if against is not None:
        return Related("contradicted", (against,))
    plain = frozenset(k for k, term in enumerate(claim.terms) if term.word.low not in extremes())
    places = _places(carried)
    best = max((len(place.carried & plain) for place in places), default=0)
    share = best / (len(plain) or 1)
    if share < _TOUCHED or best < min(_FEWEST, len(plain)) or not best:
        return Related("not_addressed")
    nearest = [place for place in places if len(place.carried & plain) == best]
    shown = nearest[0].sentences
    if share >= _ABOUT and _overstates(claim, story, nearest):
        return Related("overstated", shown)
    if miscounted := _miscounts(claim, story, nearest):
        return Related(miscounted, shown)
    return Related("supported" if share >= _CARRIED else "partially_supported", shown)


def _places(carried: Sequence[frozenset[int]]) -> list[_Place]:
    """Every sentence that carries a term of the claim, and neighbours that carry more together than any alone."""
    most = max(map(len, carried), default=0)
    single = [_Place((i,), own) for i, own in enumerate(carried) if own]
    both = [_Place((i, i + 1), one | other) for i, (one, other) in enumerate(pairwise(carried))]
    return single + [place for place in both if len(place.carried) > most]


def _overstates(claim: Text, story: Sequence[Text], nearest: Sequence[_Place]) -> bool:
    """Whether a claim is surer or stronger than every place that carries it."""
    said = chain.from_iterable(story[i].lows for place in nearest for i in place.sentences)
    if not extremes().isdisjoint(claim.lows) and extremes().isdisjoint(said):
        return True
    return not hedges(claim) and all(any(weakens(story[i], claim) for i in place.sentences) for place in nearest)


def _miscounts(claim: Text, story: Sequence[Text], nearest: Sequence[_Place]) -> Relation | None:
    """What other figures than the claim's make of it, where every place that carries the rest has others."""
    counted = {k for k, term in enumerate(claim.terms) if claim.figure_of(term)}
    rest = len(claim.terms) - len(counted)
    theirs = [[figure for i in place.sentences for figure in story[i].figures] for place in nearest]
    about = all(len(place.carried - counted) >= _CARRIED * rest > 0 for place in nearest)
    found = any(place.carried & counted for place in nearest)
    if not counted or not about or found or not all(theirs):
        return None
    return "contradicted" if all(not figure.is_rough for figure in theirs[0]) else "overstated"


def _clashes(claim: Text, story: Sequence[Text], carried: Sequence[frozenset[int]]) -> Iterator[int]:
    """Each sentence that says the opposite of a claim about the same thing, where no such sentence agrees."""
    taken = [
        frozenset(chain.from_iterable(map(sides, text.terms))) if own else frozenset()
        for text, own in zip(story, carried, strict=True)
    ]
    for k, term in enumerate(claim.terms):
        mine = sides(term)
        about = list(_about([own - {k} for own in carried], len(claim.terms) - 1))
        if all(mine.isdisjoint(taken[i]) for i in about):
            yield from (i for i in about if opposite(mine) & taken[i])


def _about(carried: Sequence[frozenset[int]], terms: int) -> Iterator[int]:
    """Each sentence that carries most of a claim's terms, the sentence before it counted if two are its own."""
    for i, (before, own) in enumerate(pairwise([frozenset[int](), *carried])):
        if len(own) >= min(_FEWEST, terms) and len(own | before) > _ABOUT * terms:
            yield i
