"""Where what is said begins behind the verb that reports it: after "that", after a mark, or as a bare clause."""

from collections.abc import Sequence
from functools import cache

from newslens.offline.grammar import AUXILIARIES, CONJUNCTIONS, PREPOSITIONS
from newslens.offline.lexicon import entries
from newslens.offline.parsing import Parse
from newslens.offline.phrases import SUBJECTS, Range, after, skip_ahead
from newslens.offline.structure_verbs import pasts
from newslens.offline.words import Word

OPENING = frozenset("“\"‘'«")  # marks that open a quotation

_ADDRESSED = frozenset({"told", "tell", "tells", "telling", "reminded", "warned", "assured", "advised", "informed"})
_NO_VERBS = PREPOSITIONS | CONJUNCTIONS | {"first", "again", "all", "well", "too", "now", "then"}
_CARRIES = PREPOSITIONS - {"to"}
_BEGINS = SUBJECTS | {"there"}
_FINITE = AUXILIARIES - {"being", "been", "be"}
_SAYS = frozenset({"said", "say", "says"})
_SELVES = frozenset({"myself", "himself", "herself", "ourselves", "themselves", "yourself"})
_SETTING = 8  # words at most of "on Monday in a statement"
_TAIL = 6  # words at most of what a subject drags along: "the mayor of Hull"


def behind(parsed: Parse, i: int) -> Range | None:
    """What is said, where it stands behind the verb: after "that", after a mark, or as a bare clause."""
    words = parsed.words
    k = skip_ahead(words, i + 1)
    k = _past_addressee(words, k, i)
    k = _past_setting(words, k)
    if k >= len(words):
        return None
    if words[k].low == "that" and words[k - 1].low not in PREPOSITIONS:
        return (k + 1, len(words))
    if words[k].text in {",", ":"} and k + 1 < len(words) and words[k + 1].text in OPENING:
        return (k + 1, len(words))
    if words[k].text == ":" or words[k].text in OPENING:
        return (k + (words[k].text == ":"), len(words))
    return (k, len(words)) if _clause_begins(words, k, said=words[i].low in _SAYS) else None


def _past_addressee(words: Sequence[Word], k: int, i: int) -> int:
    """Skip "reporters" in "told reporters that"."""
    if words[i].low not in _ADDRESSED or k >= len(words) or words[k].low == "that":
        return k
    if words[k].low in {"me", "him", "her", "us", "them", "you"}:
        return k + 1 + (words[k + 1].low in _SELVES if k + 1 < len(words) else False)
    told = after(words, k)
    return told[1] if told is not None else k


@cache
def _placed() -> frozenset[str]:
    """Words that open such a phrase: "on Monday", "in a statement"."""
    return PREPOSITIONS | entries("names", "never", "words") | {"yesterday", "today", "earlier", "later"}


def _past_setting(words: Sequence[Word], k: int) -> int:
    """Skip "in a statement", "on Monday", "to the BBC" when "that", a quotation or a colon follows."""
    j = k
    while j < len(words) and j - k < _SETTING and (j > k or words[j].low in _placed()):
        if words[j].low == "that" or words[j].text in {":", ","} or words[j].text in OPENING:
            return j
        j += 1
    return k


def _clause_begins(words: Sequence[Word], k: int, *, said: bool) -> bool:
    """Whether a clause with its own subject and verb begins here: "said the plan was dead".

    Behind "said" any past form may be the verb; behind others it may be a participle: "announced the plan backed by".
    """
    if words[k].low in _BEGINS:
        return k + 1 < len(words) and words[k + 1].text[0].isalnum() and words[k + 1].low not in _NO_VERBS
    subject = after(words, k)
    if subject is None or subject[1] >= len(words):
        return False
    verb = subject[1]
    if said and any(_is_past(word) for word in words[k + 1 : verb + 1]):  # `after` takes it for a noun
        return True
    while verb < len(words) and words[verb].low in _CARRIES and verb - subject[1] < _TAIL:
        tail = after(words, verb + 1)
        if tail is None:
            return False
        verb = tail[1]
    return verb < len(words) and words[verb].low in _FINITE


def _is_past(word: Word) -> bool:
    return not word.capital and (word.low.endswith("ed") or word.low in pasts())
