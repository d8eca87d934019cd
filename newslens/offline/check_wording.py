"""Words of judgement that a sentence adds in its own voice."""

from collections.abc import Iterator

from newslens.offline.check_found import Case, Found
from newslens.offline.loaded import find
from newslens.offline.sides import read
from newslens.offline.stems import stem

_KIN = 5  # first letters by which "risky" and "risks" are one


def loaded_words(case: Case) -> Iterator[Found]:
    """Each loaded phrase that the article has in no form, outside of what somebody says."""
    for one in find(read([case.said.text])):
        words = case.said.text[one.start : one.end].lower().split()
        if not (_is_carried(case, words) or _is_anothers(case, one.start)):
            yield Found("loaded_wording_added", one.start, one.end)


def _is_carried(case: Case, words: list[str]) -> bool:
    """Whether the article has the first word, in this form or another."""
    return any(term.startswith(stem(words[0])[:_KIN]) for term in case.ground.vocabulary)


def _is_anothers(case: Case, start: int) -> bool:
    """Whether somebody is said to say it, or to call something so."""
    before = {word.low for word in case.said.words if word.start < start}
    called = not before.isdisjoint({"called", "calls", "call", "described", "deemed"})
    return called or case.said.parsed.quoted(start) or case.said.spoken(start)
