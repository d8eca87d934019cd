"""Statements in the passive, and those that are nobody's: "described by Smith as", "it is alleged", "reportedly"."""

from collections.abc import Iterator
from functools import cache

from newslens.offline.grammar import BE
from newslens.offline.lexicon import entries, listed, pasts
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after, skip_ahead, skip_back
from newslens.offline.sources_claim import Claim, claim, completed

_SAME_SUBJECT = frozenset({"and", "or"})  # "… was made in May, and was reported by"
_REACH = 3  # words between the form of "be" and its participle: "was widely believed"
_POSSIBLE = frozenset({"can", "could", "may", "might", "must", "should"})  # "it can be argued": by nobody yet


def unnamed(parsed: Parse) -> Iterator[Claim]:
    """The passive claims and the hearsay of a sentence, outside its quotations, in order."""
    if _signs().isdisjoint(parsed.lows):
        return
    for i, low in enumerate(parsed.lows):
        if parsed.quote[i] >= 0:
            continue
        if low in entries("sources", "hearsay", "words"):
            yield claim(parsed, None, (i, i + 1), [_clause(parsed, i)])
        elif low in _participles("agents") and parsed.lows[i + 1 : i + 2] == ("by",):
            yield from _by(parsed, i)
        elif low in _participles("impersonal"):
            yield from _impersonal(parsed, i)


@cache
def _participles(section: str) -> frozenset[str]:
    return frozenset().union(*map(pasts, listed("sources", section, "verbs")))


@cache
def _signs() -> frozenset[str]:
    return entries("sources", "hearsay", "words") | _participles("agents") | _participles("impersonal")


def _by(parsed: Parse, i: int) -> Iterator[Claim]:
    source = after(parsed.words, i + 2)
    if source is not None:
        first, last = _clause(parsed, i)
        first = 0 if parsed.lows[first] in _SAME_SUBJECT else first
        source = completed(parsed, source)
        yield claim(parsed, source, (i, i + 2), [(first, skip_back(parsed.words, i - 1) + 1), (i + 2, last)])


def _impersonal(parsed: Parse, i: int) -> Iterator[Claim]:
    be = next((k for k in range(i - 1, max(-1, i - 2 - _REACH), -1) if parsed.lows[k] in BE), None)
    behind = skip_ahead(parsed.words, i + 1)
    if be is None or not parsed.passive(i) or not _POSSIBLE.isdisjoint(parsed.lows[max(0, be - 2) : be]):
        return
    following = parsed.lows[behind : behind + 1]
    if following == ("that",):
        yield claim(parsed, None, (be, i + 1), [(behind + 1, len(parsed.words))])
    elif following == ("to",):
        first, last = _clause(parsed, i)
        yield claim(parsed, None, (be, i + 1), [(first, skip_back(parsed.words, be - 1) + 1), (i + 1, last)])


def _clause(parsed: Parse, i: int) -> Range:
    """The words of the same clause."""
    first = last = i
    while first > 0 and parsed.clause[first - 1] == parsed.clause[i]:
        first -= 1
    while last + 1 < len(parsed.words) and parsed.clause[last + 1] == parsed.clause[i]:
        last += 1
    return first, last + 1
