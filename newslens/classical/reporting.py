"""The words by which English says that somebody said or thought something."""

from collections.abc import Sequence
from functools import cache

from newslens.classical import lexicon
from newslens.classical.words import Word


@cache
def speech() -> frozenset[str]:
    """Every form of a verb that reports words."""
    return lexicon.all_forms(lexicon.words(lexicon.table("cues")["speech"]["verbs"]))


@cache
def thought() -> frozenset[str]:
    """Every form of a verb that reports a mind."""
    return lexicon.all_forms(lexicon.words(lexicon.table("cues")["thought"]["verbs"]))


@cache
def labelling() -> frozenset[str]:
    """Every form of a verb that gives something a name: called, described, branded."""
    return lexicon.all_forms(lexicon.words(lexicon.table("cues")["labels"]["verbs"]))


@cache
def _phrases() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in lexicon.table("cues")["phrases"]["of"])


def phrase_at(words: Sequence[Word], i: int) -> int:
    """How many words of a phrase such as "according to" begin at `i`; 0 for none."""
    fits = (len(p) for p in _phrases() if tuple(word.low for word in words[i : i + len(p)]) == p)
    return next(fits, 0)
