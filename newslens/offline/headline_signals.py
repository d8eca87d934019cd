"""How a headline calls for attention, and whether a heading claims anything at all."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Literal

from newslens.offline.grammar import AUXILIARIES, CONJUNCTIONS, DETERMINERS, POSSESSIVES, PREPOSITIONS
from newslens.offline.headline_strength import opposed
from newslens.offline.lexicon import all_forms, entries, listed, table, verb_forms
from newslens.offline.words import Word, cut

Signal = Literal["exclamation", "question", "all_caps", "curiosity_gap"]

_SHOUTED = 4  # letters; shorter words in capitals are mostly abbreviations
_NOUN_FOLLOWS = DETERMINERS | PREPOSITIONS | CONJUNCTIONS | POSSESSIVES | {"'s", "'"}


def signals(headline: str, story: Sequence[str]) -> tuple[Signal, ...]:
    """The signals of a headline, each once.

    Args:
        headline: in any language; a curiosity gap is known in English only.
        story: its sentences; what they write in capitals too is an abbreviation and no shouting.
    """
    return tuple(_signals(headline, story))


def asserts(heading: str) -> bool:
    """Whether an English heading claims something: a verb with a tense in it, where no noun can stand."""
    words = [word.low for word in cut(heading)]
    if not words or words[0] in entries("headline", "labels", "openers"):
        return False
    return any(low in _finite() and before not in _NOUN_FOLLOWS for before, low in pairwise(words))


def _signals(headline: str, story: Sequence[str]) -> Iterator[Signal]:
    words = cut(headline)
    marks = {word.text for word in words}
    if marks & {"!", "！", "¡"}:
        yield "exclamation"
    if marks & {"?", "？", "¿", "؟"}:
        yield "question"
    if _shouts(words, story):
        yield "all_caps"
    said = f" {' '.join(word.low for word in words)} "
    if any(f" {phrase} " in said for phrase in _curious()):
        yield "curiosity_gap"


def _shouts(words: Sequence[Word], story: Sequence[str]) -> bool:
    loud = {word.text for word in words if len(word.text) >= _SHOUTED and word.text.isalpha() and word.text.isupper()}
    return bool(loud) and not loud <= {word.text for sentence in story for word in cut(sentence)}


@cache
def _curious() -> frozenset[str]:
    """The phrases as `cut` writes them: "here 's why"."""
    return frozenset(
        " ".join(word.low for word in cut(phrase)) for phrase in listed("headline", "curiosity", "phrases")
    )


@cache
def _finite() -> frozenset[str]:
    """Present and past forms of the verbs that the word lists know."""
    listed_verbs = verb_forms("cues", "speech").union(
        *(verb_forms("verbs", group) for group in table("verbs") if group != "origin"),
        *(all_forms(words) for pair in opposed() for words in pair),
    )
    regular = {low for low in listed_verbs if low.endswith(("s", "d"))}
    irregular = {form for those in table("inflection")["irregular"].values() for form in those.split()}
    return AUXILIARIES | regular | irregular
