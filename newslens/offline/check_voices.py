"""Whose words a sentence gives: a claim that became a fact, another speaker, a hedge that went."""

from collections.abc import Iterator
from functools import cache

from newslens.offline.attribution import Attribution
from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_passages import Passage
from newslens.offline.check_terms import content
from newslens.offline.grammar import DETERMINERS
from newslens.offline.lexicon import all_forms, entries, verb_forms
from newslens.offline.phrases import SUBJECTS

_SAME_CONTENT = 0.5  # share of the said content's weight that has to be what the source said
# What somebody plans or fears is told as no fact, whoever told it first.
_FEARED = frozenset({"according", "worry", "worries", "worried"})
_INTENDED = frozenset({"plan", "plans", "intend", "intends"})  # to do something
_THOUGHT = all_forms(("think", "believe", "doubt", "expect"))  # what somebody only thinks is hedged already
_SAME_MATTER = 0.4  # share of the weight around a hedge that the sentence has to have
_FOCUS = 5  # words behind a hedge to the word that it is about


def attribution_faults(case: Case) -> Iterator[Found]:
    """Attributions lost and swapped."""
    if case.said.voices:
        yield from _swapped(case)
    elif not _reports(case.said):
        yield from _lost(case)


def hedges_dropped(case: Case) -> Iterator[Found]:
    """What the evidence says is alleged or possible, and the sentence says is so."""
    lows = frozenset(case.said.parsed.lows)
    if lows & (possible() | _THOUGHT | {"should", "would", "can"}):
        return
    weak = bool(lows & alleged()) or bool(case.said.voices) or _reports(case.said)
    for index, passage in case.evidence:
        for i, low in enumerate(passage.parsed.lows):
            counts = _is_possible(passage, i) or (low in alleged() and not weak)
            focus = _focus(passage, i) if counts and passage.parsed.quote[i] < 0 else ""
            if focus and focus in case.said.stems and _shares(case, passage, i):
                k = case.said.stems.index(focus)
                word, hedge = case.said.words[k], passage.words[i]
                yield Found("hedge_dropped", word.start, word.end, Place(index, hedge.start, hedge.end))
                return


@cache
def possible() -> frozenset[str]:
    """Words that make a statement a possibility."""
    return entries("faithfulness", "possible", "words")


@cache
def alleged() -> frozenset[str]:
    """Words that make a statement somebody's claim."""
    return entries("faithfulness", "alleged", "words")


def _is_possible(passage: Passage, i: int) -> bool:
    """Whether the word makes a possibility: neither the month of May, nor "could not", which denies."""
    denied = i + 1 < len(passage.words) and passage.parsed.lows[i + 1] == "not"
    is_month = passage.words[i].low == "may" and passage.words[i].capital
    return passage.parsed.lows[i] in possible() and not is_month and not denied


def _focus(passage: Passage, i: int) -> str:
    stems = passage.stems[i + 1 : i + 1 + _FOCUS]
    return next((s for s in stems if s), "")


def _shares(case: Case, passage: Passage, i: int) -> bool:
    """Whether what stands around a hedge is what the sentence is about."""
    around = passage.around(i)
    held = case.ground.weight(around & frozenset(case.said.stems))
    return held >= _SAME_MATTER * case.ground.weight(around)


def _reports(passage: Passage) -> bool:
    """Whether the sentence has a word of saying, thinking or claiming outside quotations."""
    cues = verb_forms("cues", "speech") | verb_forms("cues", "thought") | verb_forms("cues", "labels")
    known = cues | verb_forms("faithfulness", "guess") | verb_forms("faithfulness", "judging") | alleged() | _FEARED
    return any(
        quote >= 0 or low in known or (low in _INTENDED and after == "to")
        for low, after, quote in zip(
            passage.parsed.lows, (*passage.parsed.lows, "")[1:], passage.parsed.quote, strict=True
        )
    )


def _swapped(case: Case) -> Iterator[Found]:
    for voice in case.said.voices:
        told = frozenset(content(case.said.text[slice(*voice.content)]))
        stated = [(share, i, p, v) for i, p in case.evidence for v in p.voices if (share := _share(case, told, p, v))]
        best = max(stated, key=lambda one: one[0], default=None)
        if best is None or best[0] < _SAME_CONTENT:
            continue
        rivals = [(i, p, v) for share, i, p, v in stated if share >= best[0] - 1e-9]
        if any(_may_be_one(case, voice, passage, other) for _, passage, other in rivals):
            continue
        index, _, other = rivals[0]
        yield Found("attribution_swapped", *voice.source, Place(index, *other.source))


def _share(case: Case, told: frozenset[str], passage: Passage, voice: Attribution) -> float:
    theirs = frozenset(content(passage.text[slice(*voice.content)]))
    return case.ground.weight(told & theirs) / case.ground.weight(told) if told else 0.0


def _may_be_one(case: Case, voice: Attribution, passage: Passage, other: Attribution) -> bool:
    """Whether two sources may be the same: a shared name or title, a pronoun, or what the article calls the name."""
    mine, theirs = case.said.text[slice(*voice.source)], passage.text[slice(*other.source)]
    if {mine.lower(), theirs.lower()} & (SUBJECTS | {"who"}):
        return True
    said, stated = frozenset(content(mine)), frozenset(content(theirs))
    if said & stated or not said or not stated:
        return True
    return bool(said & case.ground.called(stated)) or not said & case.ground.vocabulary


def _lost(case: Case) -> Iterator[Found]:
    """The sentence says in its own voice what the evidence lets somebody say."""
    terms = frozenset(filter(None, case.said.stems))
    for index, passage in case.evidence[:1]:
        cue = _claimed(case, terms, passage)
        if cue is not None:
            text = case.said.text
            yield Found("attribution_lost", 0, len(text.rstrip()), Place(index, *cue))


def _claimed(case: Case, terms: frozenset[str], passage: Passage) -> tuple[int, int] | None:
    """The words that make a claim of what the sentence says."""
    for voice in passage.voices:
        source = frozenset(content(passage.text[slice(*voice.source)]))
        if (
            _share(case, terms, passage, voice) >= _SAME_CONTENT
            and not source & terms
            and not _is_record(passage, voice)
        ):
            return voice.cue
    for i, low in enumerate(passage.parsed.lows):
        if (
            low in verb_forms("faithfulness", "guess")
            and not passage.parsed.passive(i)
            and not (i and passage.parsed.lows[i - 1] in DETERMINERS)  # "the suspect", "its forecast"
            and _holds_behind(case, terms, passage, i)
        ):
            return passage.words[i].start, passage.words[i].end
    return None


def _holds_behind(case: Case, terms: frozenset[str], passage: Passage, i: int) -> bool:
    """Whether what the sentence says stands behind word `i` and not before it."""
    behind, before = frozenset(passage.stems[i + 1 :]), frozenset(filter(None, passage.stems[:i]))
    whole = case.ground.weight(terms)
    return case.ground.weight(terms & behind) >= _SAME_CONTENT * whole and not terms & before - behind


def _is_record(passage: Passage, voice: Attribution) -> bool:
    """Whether somebody passes on what they know or will do: "the jury announced", "the firm said it would close"."""
    source, cue = (passage.text[slice(*part)].lower().split() for part in (voice.source, voice.cue))
    knows = entries("faithfulness", "institutions", "words")
    who, will, *_ = [*passage.text[slice(*voice.content)].lower().removeprefix("that ").split()[:2], "", ""]
    own_plan = who in SUBJECTS and will in {"would", "will"}
    return own_plan or not knows.isdisjoint(source) or not verb_forms("faithfulness", "passing_on").isdisjoint(cue)
