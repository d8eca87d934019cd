"""What somebody wants done to a thing, and whether that is for the thing: "the levy scrapped", "an end to the levy"."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newslens.offline.grammar import DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import entries, listed
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after, skip_ahead
from newslens.offline.words import Word

_LEADING = (("to", "be"), ("should", "be"), ("must", "be"), ("be",), ())  # before a participle: "to be scrapped"
_LONGEST = 24  # words of a phrase with what hangs on it
_HANGING = PREPOSITIONS - {"to"}  # that opens what somebody is to do
_OBJECTS = frozenset({"him", "her", "it", "them", "us", "me", "you", "this"})


class Wanted(NamedTuple):
    """A change that is wanted.

    Attributes:
        target: what is to be changed, as a range in words.
        favor: whether one who is for it wants the change.
        end: index of the word behind the one that names the change.
    """

    target: Range
    favor: bool
    end: int


def wanted(parsed: Parse, first: int) -> Wanted | None:
    """What the words from `first` on, behind "want" or "call for", want done; None where they name a thing only."""
    return _ended(parsed, first) or _changed(parsed, first)


def _ended(parsed: Parse, first: int) -> Wanted | None:
    """`An end to the talks`."""
    leading = DETERMINERS | entries("stances", "demands", "now")
    k = next((k for k in range(first, len(parsed.lows)) if parsed.lows[k] not in leading), first)
    if parsed.lows[k : k + 1] == () or parsed.lows[k] not in entries("stances", "demands", "nouns"):
        return None
    target = after(parsed.words, k + 2) if parsed.lows[k + 1 : k + 2] == ("to",) else None
    return None if target is None else Wanted(target, favor=False, end=k + 1)


def _changed(parsed: Parse, first: int) -> Wanted | None:
    """`The levy scrapped`, `the levy in Hull to be scrapped`, `that the levy not be dropped`."""
    first += parsed.lows[first : first + 1] == ("that",)
    whole = phrase(parsed.words, first)
    if whole is None:
        return None
    own = after(parsed.words, first) or whole
    bare = parsed.lows[own[1] - 1] in participles()
    end = own[1] - 1 if bare else whole[1]
    negated = parsed.lows[end : end + 1] == ("not",)
    lead = next(one for one in _LEADING if parsed.lows[end + negated :][: len(one)] == one)
    k = skip_ahead(parsed.words, end + negated + len(lead))
    favor = participles().get(parsed.lows[k]) if k < len(parsed.lows) else None
    return None if favor is None else Wanted((first, min(end, own[1])), favor != negated, k + 1)


def phrase(words: Sequence[Word], first: int) -> Range | None:
    """The noun phrase or pronoun at `first` with all that hangs on it by prepositions: "the levy on cars in Hull"."""
    pronoun = first < len(words) and words[first].low in _OBJECTS
    whole = (first, first + 1) if pronoun else after(words, first)
    while whole is not None and whole[1] < min(len(words), first + _LONGEST) and words[whole[1]].low in _HANGING:
        tail = after(words, whole[1] + 1)
        if tail is None:
            break
        whole = (first, tail[1])
    return whole


def _sided(favor: str, against: str) -> Mapping[str, bool]:
    sides = ((favor, True), (against, False))
    return {word: side for key, side in sides for word in listed("stances", "demands", key)}


@cache
def participles() -> Mapping[str, bool]:
    """What is to become of a thing: whether one who is for it wants that."""
    return _sided("favor", "against")


@cache
def changes() -> Mapping[str, bool]:
    """What somebody is to do to a thing, "drop" it or "keep" it: whether one who is for it wants that."""
    return _sided("keeping", "ending")
