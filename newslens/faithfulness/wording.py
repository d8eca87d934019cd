"""Words of judgement that a sentence adds in its own voice."""

from collections.abc import Iterator
from functools import cache

from newslens.classical.lexicon import entries
from newslens.faithfulness.found import Case, Found
from newslens.faithfulness.matters import sides
from newslens.faithfulness.voices import alleged

_KIN = 5  # first letters by which "risky" and "risks" are one


def loaded_words(case: Case) -> Iterator[Found]:
    """Each evaluative word that the article has in no form, outside of what somebody says."""
    for i, word in enumerate(case.said.words):
        judges = word.low in _judging() and case.said.stems[i] and not word.capital and not _is_felt(case, i)
        if judges and not _is_carried(case, i) and case.said.parsed.quote[i] < 0 and not case.said.spoken(word.start):
            yield Found("loaded_wording_added", word.start, word.end)


@cache
def _judging() -> frozenset[str]:
    """Adjectives and adverbs of praise and blame that take no side of a matter."""
    words = entries("words", "good", "words") | entries("words", "bad", "words")
    return words - frozenset(sides()) - alleged()


def _is_felt(case: Case, i: int) -> bool:
    """Whether it tells what somebody feels: "unhappy that", "angry with"."""
    return not {"that", "with", "about", "at"}.isdisjoint(case.said.parsed.lows[i + 1 : i + 2])


def _is_carried(case: Case, i: int) -> bool:
    """Whether the article has the word, or the sentence calls it somebody's view."""
    start = case.said.stems[i][:_KIN]
    called = any(low in {"called", "calls", "call", "described", "deemed"} for low in case.said.parsed.lows[:i])
    return called or any(term.startswith(start) for term in case.ground.vocabulary)
