"""What a headline claims: its claims, and the content words in which a story has to carry them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from newslens.classical.consistency_numbers import Figure, agree, figures
from newslens.classical.grammar import (
    AUXILIARIES,
    BORDERS,
    CONJUNCTIONS,
    DETERMINERS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
)
from newslens.classical.lexicon import all_forms, entries, listed, verb_forms
from newslens.classical.stems import stem
from newslens.classical.words import Word, cut

Key = str | int  # a stem, or the number of a group of words that tell the same

_ENDS = frozenset({":", ";", "!", "?", ".", "…", "—", "–", "|"})
_JOINTS = frozenset({",", "and", "as", "while", "but", "after", "amid", "despite"})
_HYPHENS = frozenset({"-", "‐"})
_KIN = 6  # first letters by which "resign" and "resignation" are one
_REACH = 4  # words over which a negation reaches
_FEWEST = 2  # content words of a claim
_INITIALS = 2  # letters before a full stop that ends no sentence
_LONGEST = 400  # code points; what is longer is no headline
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


def claims(headline: str) -> list[Text]:
    """The claims of a headline in order; a label such as "Mayor:" is one only where nothing else is."""
    if len(headline) > _LONGEST:
        return []
    counted = tuple(figures(headline))
    parts = [
        Text(words, [one for one in counted if words[0].start <= one.start < words[-1].end])
        for words in _pieces(cut(headline))
    ]
    told = [part for part in parts if len(part.terms) >= _FEWEST]
    return told or [part for part in parts if part.terms]


def _pieces(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The words between marks, those cut where two sides of a joint say enough each; what asks claims nothing."""
    first = 0
    for i in range(len(words) + 1):
        if i < len(words) and not _is_end(words, i):
            continue
        if i == len(words) or words[i].low != "?":
            yield from _joined(words[first:i])
        first = i + 1


def _is_end(words: Sequence[Word], i: int) -> bool:
    low = words[i].low
    if low == ".":
        return i > 0 and len(words[i - 1].text) > _INITIALS
    spaced = 0 < i < len(words) - 1 and words[i - 1].end < words[i].start and words[i].end < words[i + 1].start
    return low in _ENDS or (low in _HYPHENS and spaced)


def _joined(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = 0
    for i, word in enumerate(words):
        if word.low in _JOINTS and min(_weight(words[first:i]), _weight(words[i + 1 :])) >= _FEWEST:
            yield words[first:i]
            first = i + 1
    if words[first:]:
        yield words[first:]


def _weight(words: Sequence[Word]) -> int:
    return sum(is_content(word.low) for word in words)


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
