"""A sentence that says the opposite of its source: a negation more or less, or a word's counterpart."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from newslens.offline.check_figures import unstated
from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_matters import matters, sides
from newslens.offline.check_passages import Passage
from newslens.offline.check_roles import agents
from newslens.offline.check_terms import content
from newslens.offline.lexicon import entries, verb_forms
from newslens.offline.stems import stem

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")
_NEARLY_ALL = 0.8  # share of the other words' weight
_REACH = 6  # words back to what suspends a word
_UNSAID = 0.5  # share of what somebody is said to say that the evidence lets them keep to themselves
_LEAST_SHARED = 0.15  # share of a stretch's weight that two stretches have to share to be about the same


class _Taken(NamedTuple):
    """A side that a sentence takes at word `at`, negation reckoned in."""

    matter: int
    sign: int
    at: int


def flipped(case: Case) -> Iterator[Found]:
    """Each word that says the opposite of what the evidence says about the same thing."""
    found = [*_by_counterpart(case), *_by_prefix(case)]
    yield from found
    if not found and not any(True for _ in unstated(case)):  # 61 percent took part, 39 did not
        yield from _by_negation(case)


def _taken(passage: Passage) -> list[_Taken]:
    lows = passage.parsed.lows
    return [
        _Taken(side.matter, -side.sign if passage.denied(i) else side.sign, i)
        for i, low in enumerate(lows)
        for side in sides().get(low, ())
        if _holds(passage, i)
    ]


def _holds(passage: Passage, i: int) -> bool:
    """Whether word `i` is no quotation's, no negation of it has ended, and nothing before it half denies it."""
    if passage.parsed.quote[i] >= 0 or passage.lapsed(i):
        return False
    return verb_forms("faithfulness", "suspending").isdisjoint(passage.parsed.lows[max(0, i - _REACH) : i])


def _by_counterpart(case: Case) -> Iterator[Found]:
    stated = [(index, passage, one) for index, passage in case.evidence for one in _taken(passage)]
    told: set[int] = set()
    for said in _taken(case.said):
        about = [entry for entry in stated if entry[2].matter == said.matter] or _elsewhere(case, said)
        rivals = [entry for entry in about if _comparable(case.said, said, entry)]
        best = max((case.likeness(said.at, entry[1], entry[2].at) for entry in rivals), default=0.0)
        nearest = [e for e in rivals if case.likeness(said.at, e[1], e[2].at) >= best - 1e-9]
        agreed = any(one.sign == said.sign for _, _, one in nearest)
        if not nearest or best < _LEAST_SHARED or agreed or said.at in told:
            continue
        if _agrees_in_word(case, said, stated):
            continue
        index, passage, one = nearest[0]
        told.add(said.at)
        word, counterpart = case.said.words[said.at], passage.words[one.at]
        yield Found("negation_flipped", word.start, word.end, Place(index, counterpart.start, counterpart.end))


def _elsewhere(case: Case, said: _Taken) -> list[tuple[int, Passage, _Taken]]:
    """Sides of the same matter in sentences that are no evidence and hold nearly all else that is said."""
    others = frozenset(filter(None, case.said.stems)) - {case.said.stems[said.at]}
    found = [(index, case.ground.passage(index)) for index in case.ground.holding(others, _NEARLY_ALL)]
    return [(index, passage, one) for index, passage in found for one in _taken(passage) if one.matter == said.matter]


def _agrees_in_word(case: Case, said: _Taken, stated: list[tuple[int, Passage, _Taken]]) -> bool:
    """Whether the word also stands on another matter's side that the evidence agrees with: "declined"."""
    low = case.said.parsed.lows[said.at]
    others = {(s.matter, -s.sign if case.said.denied(said.at) else s.sign) for s in sides()[low]}
    others -= {(said.matter, said.sign)}
    return any((one.matter, one.sign) in others for _, _, one in stated)


def _comparable(said: Passage, one: _Taken, entry: tuple[int, Passage, _Taken]) -> bool:
    _, passage, other = entry
    if one.matter in matters("relational"):
        return _next_term(said, one.at) == _next_term(passage, other.at) != ""
    if one.matter in matters("converse") and one.sign != other.sign:
        mine, theirs = agents(said, one.at), agents(passage, other.at)
        return bool(mine.doers & theirs.doers)
    return True


def _next_term(passage: Passage, i: int) -> str:
    return next((s for s in passage.stems[i + 1 : i + 4] if s), "")


def _by_prefix(case: Case) -> Iterator[Found]:
    """Turn "impossible" into "possible", where the sentence has only one of them and negates neither."""
    for i, word in enumerate(case.said.words):
        if not case.said.stems[i] or not _holds(case.said, i):
            continue
        for index, passage in case.evidence:
            k = next((k for k, low in enumerate(passage.parsed.lows) if _is_prefixed(word.low, low)), None)
            held = word.low in passage.parsed.lows
            if k is not None and not held and _holds(passage, k) and case.said.denied(i) == passage.denied(k):
                other = passage.words[k]
                yield Found("negation_flipped", word.start, word.end, Place(index, other.start, other.end))


def _is_prefixed(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and any(long == prefix + short for prefix in _PREFIXES)  # noqa: PLR2004 - "legal" and longer


def _by_negation(case: Case) -> Iterator[Found]:
    yield from _dropped(case)
    yield from _added(case)
    yield from _broken_silence(case)


def _broken_silence(case: Case) -> Iterator[Found]:
    """Somebody says what the evidence lets them decline to say."""
    for voice in case.said.voices:
        source, told = (frozenset(content(case.said.text[slice(*part)])) for part in (voice.source, voice.content))
        for index, passage in case.evidence:
            k = next((k for k in range(len(passage.words)) if _is_silence(passage, k)), None)
            if k is None or source.isdisjoint(passage.stems[:k]) or _denies(case.said):
                continue
            if case.ground.weight(told & frozenset(passage.stems[k:])) >= _UNSAID * case.ground.weight(told):
                yield Found("negation_flipped", *voice.cue, Place(index, passage.words[k].start, passage.words[k].end))


def _is_silence(passage: Passage, k: int) -> bool:
    """`Declined to say`, `refused to confirm`."""
    declines, to, say = passage.parsed.lows[k : k + 3] if k + 2 < len(passage.words) else ("", "", "")
    return declines in verb_forms("faithfulness", "silence") and to == "to" and say in _telling()


@cache
def _telling() -> frozenset[str]:
    return verb_forms("cues", "speech") | {"comment", "discuss"}


def _dropped(case: Case) -> Iterator[Found]:
    """What the evidence denies and the sentence does not."""
    if _denies(case.said):
        return
    for index, passage in case.evidence:
        for negation, focus in passage.negations():
            at = _same_word(case.said, passage, focus)
            if at is not None and _holds(passage, focus) and _is_about(case, at, passage, focus):
                word, other = case.said.words[at], passage.words[negation]
                yield Found("negation_flipped", word.start, word.end, Place(index, other.start, other.end))
                return


def _added(case: Case) -> Iterator[Found]:
    """What the sentence denies and the evidence says."""
    for negation, focus in case.said.negations():
        if case.said.parsed.quote[focus] >= 0:
            continue
        said = [(i, p, k) for i, p in case.evidence if (k := _same_word(p, case.said, focus)) is not None]
        if not said or any(_denies(passage) for _, passage in case.evidence):
            continue
        index, passage, k = said[0]
        if _is_about(case, focus, passage, k):
            word, other = case.said.words[negation], passage.words[k]
            yield Found("negation_flipped", word.start, word.end, Place(index, other.start, other.end))
            return


def _denies(passage: Passage) -> bool:
    """Whether anything in a sentence denies, be it a word such as "without" or "refused"."""
    empty = {stem(word) for word in entries("faithfulness", "empty", "words")}
    return any(True for _ in passage.negations()) or not empty.isdisjoint(map(stem, passage.parsed.lows))


def _same_word(passage: Passage, other: Passage, i: int) -> int | None:
    """Where a sentence has word `i` of another one, in any form."""
    return next((k for k, s in enumerate(passage.stems) if s == other.stems[i]), None)


def _is_about(case: Case, i: int, passage: Passage, k: int) -> bool:
    return case.likeness(i, passage, k) >= 2 * _LEAST_SHARED
