"""Nouns of what people argue about, and the phrase that each stands in."""

from collections.abc import Sequence

from newslens.offline.grammar import DETERMINERS
from newslens.offline.lexicon import entries
from newslens.offline.phrases import Range, after
from newslens.offline.topics import LINKING
from newslens.offline.words import Word


def issues() -> frozenset[str]:
    """The nouns, as they stand in the lexicon."""
    return entries("stances", "issues", "nouns")


def is_issue(words: Sequence[Word], i: int) -> bool:
    """Whether word `i` is such a noun: no name, and no verb as in "to freeze the price"."""
    return words[i].low in issues() and not words[i].capital and (i == 0 or words[i - 1].low != "to")


def around(words: Sequence[Word], noun: int) -> Range:
    """The noun phrase that a noun stands in, with whose it is: "a proposal from the mayor"."""
    first = noun
    while (
        first > max(0, noun - 6)
        and words[first - 1].text[0].isalnum()
        and after(words, first - 1) == (first - 1, noun + 1)
    ):
        first -= 1
    last = noun + 1
    whose = after(words, last + 1) if last + 1 < len(words) and _links(words, last) else None
    return (first, whose[1] if whose else last)


def _links(words: Sequence[Word], i: int) -> bool:
    """Whether what follows belongs to the noun before: "an answer to the mayor", not "a plan to freeze prices"."""
    to = words[i].low == "to" and not (words[i + 1].capital or words[i + 1].low in DETERMINERS)
    return words[i].low in LINKING and not to
