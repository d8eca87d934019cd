"""What a statement holds of the thing that it is about: "the plan is wrong", "aid would undermine sovereignty"."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newslens.offline.connotation import quality
from newslens.offline.demands import participles
from newslens.offline.grammar import AUXILIARIES, DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import forms, listed
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after, skip_ahead
from newslens.offline.words import Word

_MODALS = frozenset({"should", "must"})
_SUBORDINATE = frozenset({"while", "although", "though", "if", "because", "when", "since", "as"})
_NOT = frozenset({"not", "never", "no", "n't", "hardly", "cannot"})
_LEADING = frozenset({"best", "better", "right"})
_LED = ("ed", "wn", "behind", "now", "off", "next", "here", "there", "after")
_GROUP = 6  # words between a subject and what is said of it


class Judgement(NamedTuple):
    """What is judged and how; ranges in words."""

    target: Range
    favor: bool
    cue: Range


def judgement(parsed: Parse, content: Range, *, effects: bool = True) -> Judgement | None:
    """The judgement that a statement passes on its own subject, or None. Only its first main clause is read.

    Args:
        parsed: the sentence.
        content: the statement, as a range in words.
        effects: what the subject does counts too: "it would ruin us". Of an event that is news, not a judgement.
    """
    words = parsed.words
    first = _main_clause(words, *content)
    target = (first, first + 1) if first < content[1] and words[first].low in {"it", "this"} else after(words, first)
    if target is None:
        return None
    verb = _verb_group(words, target[1], content[1])
    side = None if verb is None else _side(words, verb, content[1], effects=effects)
    return None if side is None else Judgement(target, *side)


def labelled(parsed: Parse, content: Range) -> Judgement | None:
    """The judgement in what something is called: in "called the plan a disaster" all behind the verb is the content."""
    target = after(parsed.words, content[0])
    if target is None:
        return None
    behind = range(target[1], content[1])
    words = [(i, sign) for i in behind if (sign := quality(parsed.words[i].low)) and not parsed.negated(i)]
    signs = {sign for _, sign in words}
    if len(signs) != 1:
        return None
    first = words[0][0]
    return Judgement(target, signs == {1}, (first, first + 1))


def _main_clause(words: Sequence[Word], first: int, last: int) -> int:
    if first < last and words[first].low == "that":
        first += 1
    if first < last and words[first].low in _SUBORDINATE:
        return next((k + 1 for k in range(first, last) if words[k].text == ","), last)
    return first


def _verb_group(words: Sequence[Word], k: int, last: int) -> int | None:
    """Index of the verb behind a subject that ends at `k`, past an insertion between commas or a preposition."""
    if k < last and words[k].text == ",":
        k = next((m + 1 for m in range(k + 1, last) if words[m].text == ","), last)
    while k < last and words[k].low in PREPOSITIONS:
        tail = after(words, k + 1)
        if tail is None:
            return None
        k = tail[1]
    return k if k < last else None


def _side(words: Sequence[Word], k: int, last: int, *, effects: bool) -> tuple[bool, Range] | None:
    modal = negated = linked = False
    for i in range(k, min(last, k + _GROUP)):
        low = words[i].low
        if low in AUXILIARIES or low in _NOT or low.endswith("n't"):
            modal |= low in _MODALS or (low == "be" and not linked)  # "asked that the plan be dropped"
            linked = True
            negated |= low in _NOT or low.endswith("n't")
        elif low in participles() and modal:
            return participles()[low] != negated, (i, i + 1)
        elif low in opinions() and linked and not _opens_more(words, i):
            # What is not bad need not be good.
            return None if negated and not opinions()[low] else (opinions()[low] != negated, (i, i + 1))
        elif effects and low in _effects() and not (negated and not _effects()[low]):
            return _effects()[low] != negated, (i, i + 1)
        elif (
            low not in DETERMINERS
            and skip_ahead(words, i) == i
            and not (linked and low in {"too", "so", "more", "very"})
        ):
            return None
    return None


def _opens_more(words: Sequence[Word], i: int) -> bool:
    """Whether the word only leads to another: "best known for", "right behind", "better paid"."""
    behind = words[i + 1] if i + 1 < len(words) else None
    return words[i].low in _LEADING and behind is not None and behind.low.endswith(_LED)


def _sided(section: str) -> Mapping[str, bool]:
    return {word: side == "favor" for side in ("favor", "against") for word in listed("stances", section, side)}


@cache
def opinions() -> Mapping[str, bool]:
    """Words of judgement: whether one who is for a thing says them of it."""
    return _sided("judgements")


@cache
def _effects() -> Mapping[str, bool]:
    return {form: favor for verb, favor in _sided("effects").items() for form in forms(verb)}
