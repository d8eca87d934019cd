"""Where somebody takes a side within one sentence: holder, word of stance and target, in one clause."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newslens.classical.assertion import asserted, given_up
from newslens.classical.doers import Doer, by_light_verb, doer, possessor, together
from newslens.classical.grammar import BE, BORDERS, PREPOSITIONS
from newslens.classical.parsing import Parse
from newslens.classical.phrases import Range, after, before, skip_ahead
from newslens.classical.stance_words import Noun, Verb, nouns, states, verbs
from newslens.classical.words import Word


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


def claims(parsed: Parse) -> Iterator[Claim]:
    """The sides that a sentence asserts to be taken now, in order of their words; one for each of several holders."""
    for claim in _said(parsed):
        if not asserted(parsed, claim.cue[0]):
            continue
        for holder in (None,) if claim.holder is None else together(parsed, claim.holder):
            yield claim._replace(holder=holder)


def _said(parsed: Parse) -> Iterator[Claim]:
    by_form, by_noun = verbs(), nouns()
    for i, low in enumerate(parsed.lows):
        if low in by_form:
            yield from _by_verb(parsed, i, by_form[low])
        if low in by_noun and not given_up(parsed, i):
            yield from _by_noun(parsed, i, by_noun[low])
        if low in BE:
            yield from _by_state(parsed, i)


def _by_verb(parsed: Parse, i: int, choices: Sequence[Verb]) -> Iterator[Claim]:
    words = parsed.words
    fits = (v for v in choices if parsed.lows[i + 1 : i + 1 + len(v.tail)] == v.tail)
    verb = next(fits, None)
    if verb is None:
        return
    cue = (i, i + 1 + len(verb.tail))
    if parsed.passive(i):
        yield from _passive(parsed, cue, verb)
        return
    target = after(words, skip_ahead(words, cue[1])) or _pronoun(words, cue[1])
    who = doer(parsed, i)
    favor = None if who is None else _favor(parsed, i, verb, who)
    if target is not None and who is not None and favor is not None and not _to_be_changed(parsed, target):
        yield Claim(who.holder, target, favor, cue, verb.offers)


def _to_be_changed(parsed: Parse, target: Range) -> bool:
    """Whether a side is taken on a change and not on the thing: "called for the levy to be scrapped"."""
    first, last = target
    behind = parsed.lows[last : last + 2]
    clause = parsed.lows[first] == "that" and not _points(parsed, target)
    return clause or behind == ("to", "be") or behind[:1] == ("be",)


def _points(parsed: Parse, target: Range) -> bool:
    """Whether "that" points to one thing, "that account", and opens no clause, "that prices fall"."""
    first, last = target
    noun = parsed.words[last - 1]
    short = last - first in {2, 3} and not parsed.words[first + 1].capital
    behind = parsed.lows[last] if last < len(parsed.words) else "."
    ends = not behind[0].isalnum() or behind in BORDERS | PREPOSITIONS | {"and"}
    return short and ends and (noun.low.endswith("ss") or not noun.low.endswith("s")) and not noun.low.endswith("ed")


def _favor(parsed: Parse, i: int, verb: Verb, who: Doer) -> bool | None:
    """For or against, or neither: not to oppose a thing is not to be for it, and not to praise it not against it."""
    negated = parsed.negated(i)
    if who.straight and not negated:
        return verb.favor
    if not verb.favor or who.straight != negated:
        return None
    not_yet = negated and not {"has", "have", "had", "yet"}.isdisjoint(parsed.lows[max(0, i - 3) : i])
    return False if (verb.deniable and not not_yet) or who.refuses else None


def _pronoun(words: Sequence[Word], i: int) -> Range | None:
    return (i, i + 1) if i < len(words) and words[i].low in {"it", "them"} else None


def _passive(parsed: Parse, cue: Range, verb: Verb) -> Iterator[Claim]:
    """`The plan was rejected by the board`."""
    words = parsed.words
    by = skip_ahead(words, cue[1])
    target = before(words, cue[0])
    if by >= len(words) or words[by].low != "by" or target is None or words[target[0]].low == "who":
        return
    holder = after(words, by + 1)
    if holder is not None and not parsed.negated(cue[0]):
        yield Claim(_with_more(words, holder), target, verb.favor, cue, verb.offers)


def _with_more(words: Sequence[Word], holder: Range) -> Range:
    """`the mayors of Hull and York`."""
    first, last = holder
    listed = last + 1 < len(words) and words[last].low == "and" and words[last + 1].capital
    more = after(words, last + 1) if listed and any(word.low == "of" for word in words[first:last]) else None
    return (first, more[1]) if more else holder


def _by_noun(parsed: Parse, i: int, noun: Noun) -> Iterator[Claim]:
    """`X's refusal of Y`, `X voiced support for Y`, `an offer of Y from X`."""
    words = parsed.words
    if i + 2 >= len(words) or words[i + 1].low not in noun.behind:
        return
    target = after(words, i + 2)
    if target is None:
        return
    holder = by_light_verb(parsed, i)
    if noun.owned:
        holder = holder or possessor(words, i) or _from(words, target[1])
    if holder is not None and not parsed.negated(i):
        yield Claim(holder, target, noun.favor, (i, i + 1), noun.offers)


def _from(words: Sequence[Word], i: int) -> Range | None:
    return after(words, i + 1) if i < len(words) and words[i].low in {"from", "by"} else None


def _by_state(parsed: Parse, i: int) -> Iterator[Claim]:
    """`The mayor is opposed to the closure`."""
    words = parsed.words
    j = skip_ahead(words, i + 1)
    for phrase, favor in states():
        end = j + len(phrase)
        if parsed.lows[j:end] != phrase:
            continue
        holder, target = before(words, i), after(words, end)
        if holder is not None and target is not None and not parsed.negated(j):
            yield Claim(holder, target, favor, (j, end))
