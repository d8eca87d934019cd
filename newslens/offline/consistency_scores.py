"""Two outcomes of one vote or one game: "by 7 votes to 2", "the 6-3 vote"."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.consistency_context import Context, Said, apart, around, contained, definite, term
from newslens.offline.figures import figures
from newslens.offline.lexicon import entries

_LATEST = 12  # scores that each is compared with
_BETWEEN = re.compile(r"\s?[-–]\s?|(?: votes)? to ")
_NARROWER = frozenset({"to", "on", "for", "against", "over", "in"})  # behind "the 6-3 vote": it tells which one


class _Score(NamedTuple):
    numbers: tuple[float, float]
    definite: bool
    context: Context


def scores(read: Sequence[Said]) -> Iterator[Conflict]:
    """Votes and games with two outcomes; where a sentence has two scores, it tells how one came about."""
    holders: dict[str, list[_Score]] = defaultdict(list)
    for k, one in enumerate(read):
        for kind, score in _told(one, k):
            other = next((each for each in holders[kind][-_LATEST:] if _conflict(each, score)), None)
            if other:
                what = "two outcomes of one vote" if kind == "votes" else "two outcomes of one game"
                yield Conflict("number", other.context.place, score.context.place, what)
            holders[kind].append(score)


def _told(one: Said, sentence: int) -> Iterator[tuple[str, _Score]]:
    found = list(_numbers(one, sentence))
    if len(found) == 1 and not one.parsed.quoted(found[0][1].start):
        numbers, place = found[0]
        context = around(one, place)
        first, last = one.parsed.at(place.start, place.end)
        about = context.near.union(one.terms[first:last])
        kind = next((kind for kind in ("votes", "games") if about & _outcomes(kind)), None)
        back = definite(one, place) and _NARROWER.isdisjoint(one.parsed.lows[last : last + 2])
        if kind:
            yield kind, _Score(numbers, back, context)


def _numbers(one: Said, sentence: int) -> Iterator[tuple[tuple[float, float], Place]]:
    counted = [figure for figure in figures(one.text) if figure.unit == ""]
    for first, second in pairwise(counted):
        if _BETWEEN.fullmatch(one.text, first.end, second.start):
            numbers = max(first.value, second.value), min(first.value, second.value)
            yield numbers, Place(sentence, first.start, second.end)


@cache
def _outcomes(kind: str) -> frozenset[str]:
    return frozenset(term(word, english=True) for word in entries("consistency", "outcomes", kind))


def _conflict(one: _Score, other: _Score) -> bool:
    shared = one.context.near & other.context.near - _outcomes("votes") - _outcomes("games")
    alike = other.definite or (bool(shared) and contained(one.context, other.context))
    return one.numbers != other.numbers and alike and not apart(one.context, other.context, same=other.definite)
