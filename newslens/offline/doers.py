"""Who does what a word of stance says: the subject, whose will it is, or everybody who shares the verb."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from newslens.offline.demands import phrase
from newslens.offline.grammar import AUXILIARIES, BE, BORDERS, DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import all_forms, entries, table, verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after, before, owns, skip_back
from newslens.offline.stance_words import verbs
from newslens.offline.words import Word

_REACH = 12  # words back to the verb that a shared subject belongs to
_OPENING = 2  # words that a sentence may have before the verb of a fronted phrase: "By openly rejecting"
_RELATIVES = frozenset({"who", "which", "that"})
_NORMS = frozenset({"should", "must", "ought"})
_FRONTING = frozenset({"by", "in", "after", "before", "without", "despite", "while", "when", "through"})
_URGES = (
    *("advise", "appeal to", "ask", "beg", "call on", "call upon", "encourage", "implore", "lobby", "press"),
    *("pressure", "tell", "urge", "want"),
)
_PARTICLES = frozenset({"on", "to", "upon"})
_VOWS = ("pledge", "promise", "vote", "vow", "want")
_STARTS = BORDERS | {",", "neither", "both", "that", "“", '"', "‘"}  # what a row of subjects begins behind


class Doer(NamedTuple):
    """The one whose side it is.

    Attributes:
        holder: a range in words, or None for the one who speaks.
        straight: False after "refused to", "failed to", which turn the side round.
        refuses: and does so on purpose.
    """

    holder: Range | None
    straight: bool = True
    refuses: bool = False


def doer(parsed: Parse, i: int) -> Doer | None:
    """Who does what the verb at `i` says."""
    words = parsed.words
    if i == 0:
        return _fronted(words, i) if words[i].low.endswith("ing") else None
    previous = words[skip_back(words, i - 1)].low  # "and has rejected"
    if words[i - 1].low == "to":
        return _willing(parsed, i - 1)
    if words[i].low.endswith("ing") and not any(word.low in BE for word in words[max(0, i - 3) : i]):
        return _participle(parsed, i)
    if previous in {"and", "but", "or", "then"}:
        return shared(parsed, i - 1)
    holder = before(words, i)
    return None if holder is None else ordering(parsed, i) or Doer(holder)


def ordering(parsed: Parse, i: int) -> Doer | None:
    """The one who speaks, where the verb at `i` is what somebody should do."""
    return None if _NORMS.isdisjoint(parsed.lows[max(0, i - 3) : i]) else Doer(None)


def _fronted(words: Sequence[Word], i: int) -> Doer | None:
    """`By rejecting the offer, she …`: the subject behind the comma."""
    comma = next((k for k in range(i + 1, min(len(words), i + _REACH)) if words[k].text == ","), None)
    if comma is None or comma + 1 >= len(words):
        return None
    first = comma + 1
    if words[first].low in {"he", "she", "i", "we"}:
        return Doer((first, first + 1))
    holder = after(words, first)
    if holder is None:
        return None
    named = next((k for k in range(first, holder[1]) if not words[k].capital), holder[1])
    return Doer((first, named) if named > first else holder)


def _participle(parsed: Parse, i: int) -> Doer | None:
    words = parsed.words
    if words[i - 1].low in _FRONTING and i <= _OPENING:
        return _fronted(words, i)
    return shared(parsed, i - 1) if words[i - 1].low in _FRONTING | {","} else None


def shared(parsed: Parse, end: int) -> Doer | None:
    """The subject of the nearest verb before: `She met Trump and rejected his offer`.

    Behind a comma it is that of a main clause: not officers in "He fled the officers who came, cursing".
    """
    words = parsed.words
    for k in range(end - 1, max(0, end - _REACH), -1):
        if parsed.quote[k] != parsed.quote[end]:
            return None
        verbal = (
            words[k].low in AUXILIARIES
            or words[k].low.endswith("ed")
            or words[k].low in verbs()
            or words[k].low in _finite()
        )
        subject = before(words, k) if verbal and not words[k].capital else None
        inner = subject and not _RELATIVES.isdisjoint(word.low for word in words[max(0, subject[0] - 1) : k])
        if subject is not None and not (inner and words[end].low == ","):
            return Doer(subject)
    return None


@cache
def _finite() -> frozenset[str]:
    """Common verb forms that are no nouns, by which a subject is found."""
    irregular = table("inflection")["irregular"].values()
    return frozenset(form.split()[0] for form in irregular) | {"says", "wants", "has", "is"}


def _willing(parsed: Parse, to: int) -> Doer | None:
    """The one whose will it is: `decided to`, `X's decision to`, `urged the board to`."""
    words = parsed.words
    if to == 0:
        return None
    will = words[to - 1].low
    turned = will in verb_forms("stances", "wills", "reversing")
    if turned or will in verb_forms("stances", "wills"):
        holder = before(words, to - 1)
        return None if holder is None else Doer(holder, straight=not turned, refuses=will.startswith("refus"))
    turned = will in entries("stances", "wills", "reversing_nouns")
    if turned or will in entries("stances", "wills", "nouns"):
        holder = possessor(words, to - 1) or by_light_verb(parsed, to - 1)
        return None if holder is None else Doer(holder, straight=not turned, refuses=will.startswith("refus"))
    return urging(parsed, to)


@cache
def _urges() -> frozenset[str]:
    return all_forms(_URGES)


@cache
def _vows() -> frozenset[str]:
    return all_forms(_VOWS)


def urging(parsed: Parse, to: int) -> Doer | None:
    """The one who wants done what stands behind "to": `urged the board to`, `called on it to`, `vowed to`."""
    words = parsed.words
    end = to - (parsed.lows[to - 1 : to] == ("not",))
    for k in range(end - 1, max(-1, end - _REACH), -1):
        particle = k + 2 < end and words[k + 1].low in _PARTICLES
        verb = f"{words[k].low} {words[k + 1].low}" if particle else words[k].low
        if verb in (_vows() if k + 1 == end else _urges()):
            asked = (k, end) if k + 1 == end else phrase(words, k + 1 + particle)
            sure = asked is not None and asked[1] == end and not parsed.negated(k)
            holder = before(words, k) if sure else None
            return None if holder is None else Doer(holder)
    return None


def possessor(words: Sequence[Word], noun: int) -> Range | None:
    """`Sheinbaum's bold decision`, `her decision`: whose it is."""
    for k in range(noun - 1, max(-1, noun - 5), -1):
        low = words[k].low
        if low in {"his", "her"}:
            return (k, k + 1)
        if owns(words, k):
            owner = before(words, k)
            return owner if owner is not None and owner[1] == k and _is_body(words, owner) else None
        if low in DETERMINERS or not words[k].text[0].isalnum():
            return None
    return None


def _is_body(words: Sequence[Word], owner: Range) -> bool:
    """Whether an owner with "of" is one: "the mayor of Hull's plan", not "the news of Hull's plan"."""
    first, last = owner
    heads = (words[k - 1].low for k in range(first + 1, last) if words[k].low in PREPOSITIONS)
    known = entries("names", "titles", "words") | entries("names", "organisations", "words")
    return all(head in known for head in heads)


def by_light_verb(parsed: Parse, noun: int, *, verbs: str = "light") -> Range | None:
    """`She made the bold decision`: the subject of the verb, of a section of the lexicon, that carries the noun."""
    words = parsed.words
    for k in range(noun - 1, max(0, noun - 6), -1):
        if words[k].low in verb_forms("stances", verbs):
            carrier = shared(parsed, k) if words[k - 1].low == "and" else None
            return carrier.holder if carrier else before(words, k)
        if words[k].low in PREPOSITIONS or not words[k].text[0].isalnum():
            return None
    return None


def together(parsed: Parse, holder: Range) -> tuple[Range, ...]:
    """Everybody who shares a verb with its nearest subject: "Jones and Smith", "neither Jones nor Smith".

    Nobody where the nearest name may be only a part of the subject: "the mayors of Hull and York", "Jones or Smith".
    """
    words, joint = parsed.words, holder[0] - 1
    if joint < 1 or words[joint].low not in {"and", "nor", "or"}:
        return (holder,)
    if words[joint].low == "or":
        return ()
    other = before(words, joint)
    if other is None:
        return () if words[joint - 1].capital else (holder,)
    if any(word.low in PREPOSITIONS for word in words[slice(*other)]):
        return ()  # York is one of "the mayors of Hull and York"
    if words[other[0]].low in {"neither", "both"}:
        other = (other[0] + 1, other[1])
    begins = other[0] == 0 or words[other[0] - 1].low in _STARTS
    row = words[other[1] - 1].capital or words[other[0] - 1].low == "neither"
    return (*together(parsed, other), holder) if begins and row else (holder,)
