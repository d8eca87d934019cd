"""Joints that open no clause: "between 2010 and 2024", "twice as fast as", "resigned as party leader"."""

from collections.abc import Sequence
from itertools import pairwise

from newslens.offline.grammar import PREPOSITIONS
from newslens.offline.lexicon import entries

_NEAR = 4  # words from "between" to its "and"
_COMPARED = 3  # words at most from "as" to its "as": "as many men as"
_FIXED = frozenset({"part", "well", "if", "of", "usual", "planned", "expected"})  # behind "as"


def is_phrase(lows: Sequence[str], k: int) -> bool:
    """Whether the "and" or "as" at `k`, one of some lower-cased words, holds a phrase together."""
    if lows[k] == "and":
        return "between" in lows[max(0, k - _NEAR) : k]
    if lows[k] != "as":
        return False
    fixed = "such" in lows[max(0, k - 1) : k] or not _FIXED.isdisjoint(lows[k + 1 : k + 2])
    return fixed or _compares(lows, k) or _is_office(lows, k + 1)


def _compares(lows: Sequence[str], k: int) -> bool:
    """Whether an "as" is one of the two of a comparison: in "as much as 3 % as" the third is not."""
    alike = [j for j in range(max(0, k - 2 * _COMPARED), min(k + _COMPARED + 1, len(lows))) if lows[j] == "as"]
    pairs = iter(pairwise(alike))
    for opens, closes in pairs:
        if 1 < closes - opens <= _COMPARED:
            if k in {opens, closes}:
                return True
            next(pairs, None)
    return False


def _is_office(lows: Sequence[str], first: int) -> bool:
    """Whether the words from `first` up to a preposition name an office; "as the mayor of Hull left" tells of one."""
    end = next((k for k in range(first, len(lows)) if lows[k] in PREPOSITIONS or not lows[k][0].isalnum()), len(lows))
    return first < end and lows[first] != "the" and lows[end - 1] in entries("names", "titles", "words")
