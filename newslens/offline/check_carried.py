"""Whether the evidence of a sentence has its numbers and names, and its deeds in these words or others."""

from collections.abc import Mapping
from functools import cache

from newslens.offline.check_deeds import further, is_done
from newslens.offline.check_figures import unstated
from newslens.offline.check_found import Case
from newslens.offline.check_matters import same_side
from newslens.offline.check_naming import unnamed
from newslens.offline.check_passages import Passage
from newslens.offline.check_roles import verbs
from newslens.offline.lexicon import forms, listed, verb_forms
from newslens.offline.stems import stem

_KIN = 5  # first letters by which "approved" and "approval" are one


def carried(case: Case) -> bool:
    """Whether no number and no name is new, and each deed is told in this word or one that tells nearly the same."""
    if any(True for rule in (unstated, unnamed) for _ in rule(case)):
        return False
    light = verb_forms("faithfulness", "light")
    deeds = [i for i in verbs(case.said) if case.said.parsed.lows[i] not in light and is_done(case.said, i)]
    return all(any(_tells(case.said, i, passage) for _, passage in case.evidence) for i in deeds)


def _tells(said: Passage, i: int, passage: Passage) -> bool:
    low, term = said.parsed.lows[i], said.stems[i]
    terms = further(term) | {other for other in passage.stems if other.startswith(term[:_KIN])} | {term}
    groups = {group for other in passage.stems for group in _groups(other)}
    alike = not terms.isdisjoint(passage.stems) or not _groups(term).isdisjoint(groups)
    return alike or any(same_side(low, other) for other in passage.parsed.lows)


def _groups(term: str) -> frozenset[int]:
    return _alike().get(term, frozenset())


@cache
def _alike() -> Mapping[str, frozenset[int]]:
    """For each stem the groups of words that tell the same."""
    known: dict[str, set[int]] = {}
    for number, group in enumerate(
        (*listed("headline", "alike", "groups"), *listed("faithfulness", "alike", "groups"))
    ):
        for word in group.split():
            for form in forms(word):
                known.setdefault(stem(form), set()).add(number)
    return {term: frozenset(those) for term, those in known.items()}
