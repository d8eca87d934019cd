"""What is told as done and was only planned, offered, asked for or charged."""

from collections.abc import Iterator, Mapping
from functools import cache

from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_opposites import flipped
from newslens.offline.check_passages import Passage
from newslens.offline.check_roles import verbs
from newslens.offline.grammar import ADVERBS, BE
from newslens.offline.lexicon import all_forms, forms, listed, table
from newslens.offline.stems import stem
from newslens.offline.structure_verbs import pasts

_MODALS = frozenset({"will", "would", "may", "might", "could", "should", "can", "shall", "must", "'ll", "'d"})
_OPEN = frozenset({"whether", "if", "unless", "until"})
_REACH = 6  # words back to what governs an infinitive
_ABOUT = 0.3  # share of a stretch's weight that two stretches have to share to tell of the same


def steps_ahead(case: Case) -> Iterator[Found]:
    """Each verb that goes further than the article: a charge told as a conviction, a plan as the deed."""
    for i in verbs(case.said):
        if is_done(case.said, i):
            place = next(_earlier(case, i), None) or next(_unreal(case, i), None)
            if place is not None and case.said.words[i].start not in {one.start for one in flipped(case)}:
                yield Found("changed_step", case.said.words[i].start, case.said.words[i].end, place)


def _earlier(case: Case, i: int) -> Iterator[Place]:
    """Words of the evidence that tell an earlier step of the same, if the article goes nowhere as far."""
    for course, step in _steps().get(case.said.stems[i], ()):
        if all(_is_open(passage, k) for passage, k in case.ground.places(_as_far(course, step))):
            for index, passage in case.evidence:
                for k, term in enumerate(passage.stems):
                    earlier = any(c == course and s < step for c, s in _steps().get(term, ()))
                    if earlier and case.likeness(i, passage, k) >= _ABOUT:
                        yield Place(index, passage.words[k].start, passage.words[k].end)


def _unreal(case: Case, i: int) -> Iterator[Place]:
    """Where the evidence has the verb as a plan, a wish or a question, if the article has it nowhere otherwise."""
    term = case.said.stems[i]
    if all(_is_open(passage, k) for passage, k in case.ground.places({term})):
        for index, passage in case.evidence:
            for k, other in enumerate(passage.stems):
                if other == term and case.likeness(i, passage, k) >= _ABOUT:
                    yield Place(index, passage.words[k].start, passage.words[k].end)


@cache
def _steps() -> Mapping[str, frozenset[tuple[int, int]]]:
    """The steps of each stem: the number of a course of events, and how far in it."""
    known: dict[str, set[tuple[int, int]]] = {}
    for course, steps in enumerate(table("faithfulness")["steps"]["courses"]):
        for step, words in enumerate(steps):
            for word in words.split():
                for form in forms(word):
                    known.setdefault(stem(form), set()).add((course, step))
    return {term: frozenset(those) for term, those in known.items()}


def further(term: str) -> frozenset[str]:
    """Stems of the same and later steps, each of which takes in this one: who was convicted was accused."""
    return frozenset[str]().union(*(_as_far(course, step) for course, step in _steps().get(term, ())))


@cache
def _as_far(course: int, step: int) -> frozenset[str]:
    return frozenset(term for term, those in _steps().items() if any(c == course and s >= step for c, s in those))


def is_done(passage: Passage, i: int) -> bool:
    """Whether word `i` is a past form that is told as a fact."""
    low = passage.parsed.lows[i]
    is_past = (low.endswith("ed") and not low.endswith("eed")) or (low in pasts() and low != stem(low))
    return is_past and _governor(passage, i) != "to" and not _is_open(passage, i)


def _governor(passage: Passage, i: int) -> str:
    """The word before a verb, auxiliaries but modals and adverbs left out."""
    return next((low for low in reversed(passage.parsed.lows[:i]) if not _is_passed_over(low)), "")


def _is_passed_over(low: str) -> bool:
    return low in BE or low in ADVERBS or low == "have" or low.endswith("ly")


def _is_open(passage: Passage, i: int) -> bool:
    """Whether word `i` is future, possible, wished for, asked or denied."""
    if passage.lapsed(i):
        return False
    governor, clause = _governor(passage, i), passage.parsed.clause
    before = passage.parsed.lows[max(0, i - _REACH) : i]
    intended = governor in {"to", "of"} and not (_intentions() | BE).isdisjoint(before)
    own = {low for low, number in zip(passage.parsed.lows[:i], clause, strict=False) if number == clause[i]}
    return governor in _MODALS or intended or not own.isdisjoint(_OPEN) or passage.denied(i)


@cache
def _intentions() -> frozenset[str]:
    """Words before "to" that leave open whether it comes to that."""
    return all_forms(listed("faithfulness", "steps", "intentions")) | {"due", "likely", "ready", "asked"}
