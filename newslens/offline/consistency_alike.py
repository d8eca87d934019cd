"""Which sentences of a text are about the same thing: those that share most of their content words."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from newslens.offline.frames import IDEOGRAPHS
from newslens.offline.grammar import AUXILIARIES, CONJUNCTIONS, DETERMINERS, NEIGHBOURS, PREPOSITIONS, PRONOUNS

ALIKE = 0.4
"""Least likeness of a pair: the part of all their terms that two sentences share (Jaccard)."""

_WORD = re.compile(rf"[{IDEOGRAPHS}]+|[^\W\d_{IDEOGRAPHS}]+")
_IDEOGRAPH = re.compile(rf"[{IDEOGRAPHS}]")
_FUNCTION = AUXILIARIES | CONJUNCTIONS | DETERMINERS | NEIGHBOURS | PREPOSITIONS | PRONOUNS
_SHORTEST = 3  # letters; what is shorter is a function word in most languages
_STEM = 6  # letters kept, as in the summary
_FEWEST = 3  # terms; what has fewer is like too much
_MOST = 80  # terms; what has more is a list, not a sentence
_LATEST = 12  # sentences compared for each shared term; a text that says one thing a thousand times stays linear


@dataclass(frozen=True, slots=True)
class Terms:
    """The content words of a sentence, figures left out.

    Attributes:
        all: their stems.
    """

    all: frozenset[str]


class Pair(NamedTuple):
    """Two sentences (0-based, the earlier first) and their likeness, from 0 to 1."""

    first: int
    second: int
    likeness: float


def terms(sentence: str) -> Terms:
    """The content words of a sentence."""
    return Terms(frozenset(found for match in _WORD.finditer(sentence) for found in stem(match.group())))


def stem(word: str) -> tuple[str, ...]:
    """What stands for a word: its beginning; pairs of neighbours in scripts without spaces; nothing if it is empty."""
    if _IDEOGRAPH.match(word):
        return tuple(word[at : at + 2] for at in range(max(1, len(word) - 1)))
    low = word.casefold()
    return () if len(low) < _SHORTEST or low in _FUNCTION else (low[:_STEM],)


def pairs(read: Sequence[Terms]) -> list[Pair]:
    """The pairs of sentences with a likeness of at least `ALIKE`, in order.

    Prefix filtering (Bayardo, Ma and Srikant 2007, Scaling up all pairs similarity search): two alike sets share one
    of their rarest terms, so only sentences that do are compared.
    """
    uses = Counter(term for one in read for term in one.all)
    holders: dict[str, list[int]] = defaultdict(list)
    found: list[Pair] = []
    for second, one in enumerate(read):
        if not _FEWEST <= len(one.all) <= _MOST:
            continue
        rarest = _rarest(one.all, uses)
        for first in sorted({k for term in rarest for k in holders[term][-_LATEST:]}):
            likeness = like(read[first].all, one.all)
            if likeness >= ALIKE:
                found.append(Pair(first, second, likeness))
        for term in rarest:
            holders[term].append(second)
    return sorted(found)


def _rarest(found: frozenset[str], uses: Mapping[str, int]) -> list[str]:
    """As many of the rarest terms as two alike sets cannot both lack."""
    count = len(found) - math.ceil(ALIKE * len(found)) + 1
    return sorted(found, key=lambda term: (uses[term], term))[:count]


def like(one: frozenset[str], other: frozenset[str]) -> float:
    """The part of all terms that both have."""
    return len(one & other) / (len(one | other) or 1)
