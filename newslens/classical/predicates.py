"""Where somebody takes a side within one sentence: holder, word of stance and target, in one clause."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from newslens.classical.grammar import AUXILIARIES, BE, DETERMINERS, PREPOSITIONS
from newslens.classical.lexicon import all_forms, entries, forms, listed, table, verb_forms
from newslens.classical.parsing import Parse
from newslens.classical.phrases import Range, after, before, skip_ahead
from newslens.classical.words import Word

_REACH = 12  # words back to the verb that a shared subject belongs to
_OPENING = 2  # words that a sentence may have before the verb of a fronted phrase: "By openly rejecting"
_NORMS = frozenset({"should", "must", "ought"})
_FRONTING = frozenset({"by", "in", "after", "before", "without", "despite", "while", "when", "through"})
_URGES = ("ask", "encourage", "press", "pressure", "tell", "urge", "want")


class Claim(NamedTuple):
    """A side taken; all ranges are in words.

    Attributes:
        holder: who takes it, or None for the one who speaks ("the board should reject it").
        target: what it is taken on.
        favor: for it, or against it.
        cue: the words that say so.
        offers: the holder offers the target.
    """

    holder: Range | None
    target: Range
    favor: bool
    cue: Range
    offers: bool = False


class _Verb(NamedTuple):
    favor: bool
    tail: tuple[str, ...] = ()
    offers: bool = False


class _Noun(NamedTuple):
    favor: bool
    behind: frozenset[str]  # what stands between it and its target
    offers: bool = False
    owned: bool = True  # it may be somebody's: "X's refusal", "a refusal by X"


def claims(parsed: Parse) -> Iterator[Claim]:
    """The sides taken in a sentence, in order of their words."""
    verbs, nouns = _verbs(), _nouns()
    for i, low in enumerate(parsed.lows):
        if low in verbs:
            yield from _by_verb(parsed, i, verbs[low])
        if low in nouns:
            yield from _by_noun(parsed, i, nouns[low])
        if low in BE:
            yield from _by_state(parsed, i)


@cache
def _verbs() -> Mapping[str, tuple[_Verb, ...]]:
    """For each verb form what it says of the one who does it; phrasal verbs first."""
    found: dict[str, list[_Verb]] = {}
    for side in ("favor", "against"):
        for phrase in (*listed("stances", side, "phrasal"), *listed("stances", side, "verbs")):
            base, *tail = phrase.split()
            for form in forms(base):
                found.setdefault(form, []).append(_Verb(side == "favor", tuple(tail)))
    for form in verb_forms("stances", "offers"):
        found[form] = [_Verb(favor=True, offers=True)]
    return {form: tuple(sorted(verbs, key=lambda verb: -len(verb.tail))) for form, verbs in found.items()}


def _by_verb(parsed: Parse, i: int, verbs: Sequence[_Verb]) -> Iterator[Claim]:
    words = parsed.words
    fits = (v for v in verbs if tuple(word.low for word in words[i + 1 : i + 1 + len(v.tail)]) == v.tail)
    verb = next(fits, None)
    if verb is None:
        return
    cue = (i, i + 1 + len(verb.tail))
    if parsed.passive(i):
        yield from _passive(parsed, cue, verb)
        return
    target = after(words, skip_ahead(words, cue[1])) or _pronoun(words, cue[1])
    doer = _doer(parsed, i)
    if target is None or doer is None:
        return
    favor = verb.favor == doer.straight
    if parsed.negated(i):
        if not favor:
            return  # not to oppose is not yet to support
        favor = False
    yield Claim(doer.holder, target, favor, cue, verb.offers)


def _pronoun(words: Sequence[Word], i: int) -> Range | None:
    return (i, i + 1) if i < len(words) and words[i].low in {"it", "them"} else None


def _passive(parsed: Parse, cue: Range, verb: _Verb) -> Iterator[Claim]:
    """`The plan was rejected by the board`."""
    words = parsed.words
    by = skip_ahead(words, cue[1])
    target = before(words, cue[0])
    if by >= len(words) or words[by].low != "by" or target is None or words[target[0]].low == "who":
        return
    holder = after(words, by + 1)
    if holder is not None and not parsed.negated(cue[0]):
        yield Claim(holder, target, verb.favor, cue, verb.offers)


class _Doer(NamedTuple):
    holder: Range | None
    straight: bool = True  # False after "refused to", which turns the side round


def _doer(parsed: Parse, i: int) -> _Doer | None:
    """Who does what the verb at `i` says."""
    words = parsed.words
    if i == 0:
        return _fronted(words, i) if words[i].low.endswith("ing") else None
    previous = words[i - 1].low
    if previous == "to":
        return _willing(parsed, i - 1)
    if words[i].low.endswith("ing") and not any(word.low in BE for word in words[max(0, i - 3) : i]):
        return _participle(parsed, i)
    if previous in {"and", "but", "or", "then"}:
        return _shared(parsed, i - 1)
    holder = before(words, i)
    norm = any(word.low in _NORMS for word in words[max(0, i - 3) : i])
    return None if holder is None else _Doer(None if norm else holder)


def _fronted(words: Sequence[Word], i: int) -> _Doer | None:
    """`By rejecting the offer, she …`: the subject behind the comma."""
    comma = next((k for k in range(i + 1, min(len(words), i + _REACH)) if words[k].text == ","), None)
    if comma is None or comma + 1 >= len(words):
        return None
    first = comma + 1
    if words[first].low in {"he", "she", "i", "we"}:
        return _Doer((first, first + 1))
    holder = after(words, first)
    if holder is None:
        return None
    named = next((k for k in range(first, holder[1]) if not words[k].capital), holder[1])
    return _Doer((first, named) if named > first else holder)


def _participle(parsed: Parse, i: int) -> _Doer | None:
    words = parsed.words
    if words[i - 1].low in _FRONTING and i <= _OPENING:
        return _fronted(words, i)
    return _shared(parsed, i - 1) if words[i - 1].low in _FRONTING | {","} else None


def _shared(parsed: Parse, end: int) -> _Doer | None:
    """The subject of the nearest verb before: `She met Trump and rejected his offer`."""
    words = parsed.words
    for k in range(end - 1, max(0, end - _REACH), -1):
        if parsed.quote[k] != parsed.quote[end]:
            return None
        verbal = (
            words[k].low in AUXILIARIES
            or words[k].low.endswith("ed")
            or words[k].low in _verbs()
            or words[k].low in _finite()
        )
        subject = before(words, k) if verbal and not words[k].capital else None
        if subject is not None:
            return _Doer(subject)
    return None


@cache
def _finite() -> frozenset[str]:
    """Common verb forms that are no nouns, by which a subject is found."""
    irregular = table("inflection")["irregular"].values()
    return frozenset(form.split()[0] for form in irregular) | {"says", "wants", "has", "is"}


def _willing(parsed: Parse, to: int) -> _Doer | None:
    """The one whose will it is: `decided to`, `X's decision to`, `urged the board to`."""
    words = parsed.words
    if to == 0:
        return None
    will = words[to - 1].low
    turned = will in verb_forms("stances", "wills", "reversing")
    if turned or will in verb_forms("stances", "wills"):
        shared = before(words, to - 1)
        return None if shared is None else _Doer(shared, straight=not turned)
    turned = will in entries("stances", "wills", "reversing_nouns")
    if turned or will in entries("stances", "wills", "nouns"):
        holder = _possessor(words, to - 1) or _by_light_verb(parsed, to - 1)
        return None if holder is None else _Doer(holder, straight=not turned)
    return _urging(parsed, to)


@cache
def _urges() -> frozenset[str]:
    return all_forms(_URGES)


def _urging(parsed: Parse, to: int) -> _Doer | None:
    words = parsed.words
    for k in range(to - 2, max(0, to - 8), -1):
        if parsed.clause[k] != parsed.clause[to]:
            return None
        if words[k].low in _urges():
            holder = before(words, k)
            return None if holder is None or parsed.passive(k) else _Doer(holder)
    return None


def _possessor(words: Sequence[Word], noun: int) -> Range | None:
    """`Sheinbaum's bold decision`, `her decision`: whose it is."""
    for k in range(noun - 1, max(-1, noun - 5), -1):
        low = words[k].low
        if low in {"his", "her"}:
            return (k, k + 1)
        if low == "'s":
            owner = before(words, k)
            return owner if owner is not None and owner[1] == k else None
        if low in DETERMINERS or not words[k].text[0].isalnum():
            return None
    return None


def _by_light_verb(parsed: Parse, noun: int) -> Range | None:
    """`She made the bold decision`: the subject of the verb that carries the noun."""
    words = parsed.words
    for k in range(noun - 1, max(0, noun - 6), -1):
        if words[k].low in verb_forms("stances", "light"):
            shared = _shared(parsed, k) if words[k - 1].low == "and" else None
            return shared.holder if shared else before(words, k)
        if words[k].low in PREPOSITIONS or not words[k].text[0].isalnum():
            return None
    return None


@cache
def _nouns() -> Mapping[str, _Noun]:
    for_it, against_it, worry = (
        frozenset({"of", "for"}),
        frozenset({"of", "to", "against"}),
        frozenset({"about", "over", "at"}),
    )
    return {
        **dict.fromkeys(listed("stances", "light", "nouns"), _Noun(favor=False, behind=worry, owned=False)),
        **dict.fromkeys(listed("stances", "favor", "nouns"), _Noun(favor=True, behind=for_it)),
        **dict.fromkeys(listed("stances", "against", "nouns"), _Noun(favor=False, behind=against_it)),
        **dict.fromkeys(listed("stances", "offers", "nouns"), _Noun(favor=True, behind=for_it, offers=True)),
    }


def _by_noun(parsed: Parse, i: int, noun: _Noun) -> Iterator[Claim]:
    """`X's refusal of Y`, `X voiced support for Y`, `an offer of Y from X`."""
    words = parsed.words
    if i + 2 >= len(words) or words[i + 1].low not in noun.behind:
        return
    target = after(words, i + 2)
    if target is None:
        return
    holder = _by_light_verb(parsed, i)
    if noun.owned:
        holder = holder or _possessor(words, i) or _from(words, target[1])
    if holder is not None and not parsed.negated(i):
        yield Claim(holder, target, noun.favor, (i, i + 1), noun.offers)


def _from(words: Sequence[Word], i: int) -> Range | None:
    return after(words, i + 1) if i < len(words) and words[i].low in {"from", "by"} else None


@cache
def _states() -> tuple[tuple[tuple[str, ...], bool], ...]:
    sides = ("favor", "against")
    return tuple(
        (tuple(state.split()), side == "favor") for side in sides for state in listed("stances", "states", side)
    )


def _by_state(parsed: Parse, i: int) -> Iterator[Claim]:
    """`The mayor is opposed to the closure`."""
    words = parsed.words
    j = skip_ahead(words, i + 1)
    for phrase, favor in _states():
        end = j + len(phrase)
        if tuple(word.low for word in words[j:end]) != phrase:
            continue
        holder, target = before(words, i), after(words, end)
        if holder is not None and target is not None and not parsed.negated(j):
            yield Claim(holder, target, favor, (j, end))
