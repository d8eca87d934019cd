"""The content words in which a story has to carry what its headline claims."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from newslens.offline.consistency_numbers import agree, figures
from newslens.offline.figures import Figure
from newslens.offline.grammar import (
    AUXILIARIES,
    BORDERS,
    CONJUNCTIONS,
    DETERMINERS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
)
from newslens.offline.lexicon import all_forms, entries, listed, verb_forms
from newslens.offline.stems import stem
from newslens.offline.words import Word, cut

Key = str | int  # a stem, or the number of a group of words that tell the same

_KIN = 6  # first letters by which "resign" and "resignation" are one
_REACH = 4  # words over which a negation reaches
_REMEMBERED = 1 << 15  # distinct words
_OBJECTS = frozenset({"nothing", "none"})  # what a verb has, seldom what denies the words behind
_NO = frozenset({"no", "neither", "nor", "without"})  # before a whole phrase; others deny one word
_COUNTED = frozenset({"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})
_CLOSED = PREPOSITIONS | CONJUNCTIONS | PRONOUNS | DETERMINERS | AUXILIARIES | NEGATIONS | {"not", "to", "'s", "as"}
_FUNCTION = _CLOSED - _COUNTED - {"against"}  # which tells a side


class Term(NamedTuple):
    """A content word: its place among the words, what it matches by, and whether it is denied."""

    at: int
    word: Word
    keys: frozenset[Key]
    denied: bool


class Text:
    """A claim or a sentence with its content words and figures."""

    def __init__(self, words: Sequence[Word], figures: Sequence[Figure]) -> None:
        self.words = words
        self.figures = figures
        self.lows = [word.low for word in words]
        self.terms = tuple(_terms(words))
        self.keys = frozenset(key for term in self.terms for key in term.keys)

    def figure_of(self, term: Term) -> Figure | None:
        """The figure that a term of this text is."""
        return next((one for one in self.figures if one.start <= term.word.start < one.end), None)

    def carries(self, term: Term, figure: Figure | None) -> bool:
        """Whether this text has the term in some form, or a figure that may be the same."""
        return not self.keys.isdisjoint(term.keys) or (
            figure is not None and any(agree(figure, other) for other in self.figures)
        )


def read(sentence: str) -> Text:
    """A sentence of the story."""
    return Text(cut(sentence), tuple(figures(sentence)))


def _terms(words: Sequence[Word]) -> Iterator[Term]:
    reach, whole = 0, False  # words that the last negation still reaches, and whether it denies all of them
    for at, word in enumerate(words):
        if _denies(word.low):
            reach, whole = _REACH, word.low in _NO
        elif is_content(word.low):
            yield Term(at, word, keys(word.low), reach > 0)
            reach = reach if whole else 0
        elif word.low in PREPOSITIONS or word.low in BORDERS:
            reach = 0
        reach -= 1


def _denies(low: str) -> bool:
    return (low in NEGATIONS and low not in _OBJECTS) or low.endswith("n't")


@lru_cache(_REMEMBERED)
def is_content(low: str) -> bool:
    """Whether a word, lower-cased, carries some of what a headline says; words of saying do not."""
    light = low in entries("headline", "light", "words") or low in verb_forms("cues", "speech")
    return low[:1].isalnum() and low not in _FUNCTION and not light


@lru_cache(_REMEMBERED)
def keys(low: str) -> frozenset[Key]:
    """What a word matches by: its stem, the beginning of a long one, its groups."""
    stemmed = stem(low)
    own = {stemmed, f"{stemmed[:_KIN]}…"} if len(stemmed) >= _KIN else {stemmed}
    return frozenset(own) | _groups().get(low, frozenset())


@cache
def _groups() -> Mapping[str, frozenset[int]]:
    """The numbers of the groups of each word form."""
    known: dict[str, set[int]] = {}
    for number, group in enumerate(listed("headline", "alike", "groups")):
        for form in all_forms(group.split()):
            known.setdefault(form, set()).add(number)
    return {form: frozenset(those) for form, those in known.items()}
