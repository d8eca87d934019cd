"""Who does a thing and to whom it is done, and whether a sentence turns the two round."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from newslens.offline.check_found import Case, Found, Place
from newslens.offline.check_matters import same_side
from newslens.offline.check_passages import Passage
from newslens.offline.grammar import DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import all_forms, entries, table, verb_forms

_GOVERNING = frozenset({"against", "on", "to", "with"})  # prepositions that a verb's object may stand behind
_REACH = 6  # words to an object
_TIMES = frozenset({"day", "last", "month", "next", "today", "week", "year", "yesterday"})  # neither does a thing


class Agents(NamedTuple):
    """The two sides of a verb, as stems; empty where they are not named."""

    doers: frozenset[str]
    done_to: frozenset[str]


def agents(passage: Passage, verb: int) -> Agents:
    """Who does what the verb at this index says, and to whom; a passive is turned round."""
    left, right = _left(passage, verb), _right(passage, verb)
    if not passage.parsed.passive(verb):
        return Agents(left, right)
    by = next((k for k in range(verb + 1, len(passage.words)) if passage.parsed.lows[k] == "by"), None)
    return Agents(frozenset() if by is None else _right(passage, by), left)


def swapped(case: Case) -> Iterator[Found]:
    """Each verb whose two sides the evidence has the other way round."""
    for i in verbs(case.said):
        said = agents(case.said, i)
        for index, passage in case.evidence:
            same = [k for k in verbs(passage) if _same_verb(case.said, i, passage, k)]
            stated = [agents(passage, k) for k in same]
            if stated and all(_turned(said, one) for one in stated):
                word = case.said.words[i]
                place = Place(index, passage.words[same[0]].start, passage.words[same[0]].end)
                yield Found("swapped_roles", word.start, word.end, place)
                return


def _turned(said: Agents, stated: Agents) -> bool:
    crossed = bool(said.doers & stated.done_to), bool(said.done_to & stated.doers)
    straight = said.doers & stated.doers or said.done_to & stated.done_to
    full = all(crossed) and not straight
    half = crossed[1] and bool(said.doers) and not said.doers & stated.doers and not said.doers & said.done_to
    return full or (half and not straight)


def verbs(passage: Passage) -> list[int]:
    """Indices of the words that are verbs by their form, outside of quotations."""
    return [
        i
        for i, word in enumerate(passage.words)
        if passage.stems[i]
        and not word.capital
        and passage.parsed.quote[i] < 0
        and (word.low.endswith("ed") or word.low in _known())
        and word.low not in verb_forms("faithfulness", "symmetric")
        and not (i and passage.parsed.lows[i - 1] in PREPOSITIONS - {"to"})
        and not (i and passage.parsed.lows[i - 1] in DETERMINERS and word.low.endswith(("ed", "ing")))
    ]


@cache
def _known() -> frozenset[str]:
    """Verb forms that the lexicons know."""
    irregular = table("inflection")["irregular"]
    pairs = table("faithfulness")["opposites"]["pairs"]
    listed = [word for pair in pairs for side in pair for word in side.split()]
    verbs = (verb_forms("verbs", group) for group in table("verbs") if group != "origin")
    return all_forms([*irregular, *listed]).union(*verbs) - entries("grammar", "prepositions", "words")


def _same_verb(said: Passage, i: int, passage: Passage, k: int) -> bool:
    return said.stems[i] == passage.stems[k] or same_side(said.parsed.lows[i], passage.parsed.lows[k])


def _left(passage: Passage, verb: int) -> frozenset[str]:
    """Stems before the verb in its stretch, else those that open the sentence: a shared subject."""
    own = [k for k in range(verb) if passage.stretch[k] == passage.stretch[verb]]
    stems = _nouns(passage, own)
    return stems or _nouns(passage, [k for k in range(verb) if passage.stretch[k] == passage.stretch[0]])


def _right(passage: Passage, verb: int) -> frozenset[str]:
    """Stems of the noun phrase behind the verb, up to a preposition or the end of its stretch."""
    picked: list[int] = []
    for k in range(verb + 1, min(len(passage.words), verb + 1 + _REACH)):
        low = passage.parsed.lows[k]
        ends = low in PREPOSITIONS and (picked or low not in _GOVERNING)
        if ends or (picked and passage.stretch[k] != passage.stretch[verb]):
            break
        picked.append(k)
    return _nouns(passage, picked)


def _nouns(passage: Passage, places: list[int]) -> frozenset[str]:
    verbs = _known()
    return frozenset(
        passage.stems[k]
        for k in places
        if passage.stems[k]
        and (passage.words[k].capital or not (passage.parsed.lows[k] in verbs or passage.parsed.lows[k].endswith("ed")))
        and not passage.parsed.lows[k][0].isdigit()
        and passage.parsed.lows[k] not in _TIMES
    )
