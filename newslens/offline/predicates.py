"""Where somebody takes a side within one sentence: holder, word of stance and target, in one clause."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newslens.offline.assertion import asserted, given_up
from newslens.offline.demands import changes, wanted
from newslens.offline.doers import Doer, by_light_verb, doer, ordering, possessor, together, urging
from newslens.offline.grammar import BE, BORDERS, DETERMINERS, PREPOSITIONS
from newslens.offline.lexicon import entries
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range, after, before, skip_ahead
from newslens.offline.stance_words import Noun, Verb, feelings, nouns, roles, states, verbs
from newslens.offline.words import Word

_NEAR = 6  # words of a phrase before "that"
_FAR = 9  # words back to a verb that has the same subject


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
        if low in changes() and low not in by_form:
            yield from _by_demand(parsed, i)
        if low in roles() and parsed.lows[i + 1 : i + 2] == ("of",):
            yield from _by_role(parsed, i)
        if low in feelings():
            yield from _by_feeling(parsed, i)
        if low in by_noun and not given_up(parsed, i):
            yield from _by_noun(parsed, i, by_noun[low])
        if low in BE:
            yield from _by_state(parsed, i)


def _by_verb(parsed: Parse, i: int, choices: Sequence[Verb]) -> Iterator[Claim]:
    words = parsed.words
    fits = (v for v in choices if parsed.lows[i + 1 : i + 1 + len(v.tail)] == v.tail)
    verb = next(fits, None)
    if verb is None or _is_plural(parsed, i):
        return
    cue = (i, i + 1 + len(verb.tail))
    if parsed.passive(i):
        yield from _passive(parsed, cue, verb)
        return
    who = doer(parsed, i)
    favor = None if who is None else _favor(parsed, i, verb, who)
    if who is None or favor is None:
        return
    change = wanted(parsed, cue[1]) if verb.favor else None
    if change is not None:
        yield Claim(who.holder, change.target, change.favor == favor, (i, change.end))
        return
    target = after(words, skip_ahead(words, cue[1])) or _pronoun(words, cue[1])
    if target is not None and not _to_be_changed(parsed, target) and not (verb.wants and _done(parsed, target)):
        yield Claim(who.holder, target, favor, cue, verb.offers)


def _is_plural(parsed: Parse, i: int) -> bool:
    """Whether what looks like a verb is the object of one: "the minister rejected calls for a ban"."""
    acts = i > 1 and parsed.lows[i].endswith("s") and parsed.lows[i - 1].endswith("ed")
    return acts and parsed.lows[i - 2] not in DETERMINERS and not parsed.words[i - 1].capital


def _to_be_changed(parsed: Parse, target: Range) -> bool:
    """Whether a side is taken on a change and not on the thing: "called for the levy to be scrapped"."""
    first, last = target
    behind = parsed.lows[last : last + 2]
    clause = parsed.lows[first] == "that" and not _points(parsed, target)
    return clause or behind == ("to", "be") or behind[:1] == ("be",)


def _done(parsed: Parse, target: Range) -> bool:
    """Whether the phrase ends in what is to be done: "wants the report published"."""
    return target[1] - target[0] > 1 and parsed.lows[target[1] - 1].endswith("ed")


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


def _by_demand(parsed: Parse, i: int) -> Iterator[Claim]:
    """`X urged the council to drop Y`, `the council must drop Y`."""
    words = parsed.words
    spared = parsed.lows[i - 2 : i] == ("not", "to") or parsed.lows[i - 1 : i] == ("not",)
    who = urging(parsed, i - 1) if parsed.lows[i - 1 : i] == ("to",) else ordering(parsed, i)
    target = after(words, skip_ahead(words, i + 1)) or _pronoun(words, i + 1)
    if who is not None and target is not None:
        yield Claim(who.holder, target, changes()[words[i].low] != spared, (i, i + 1))


def _by_role(parsed: Parse, i: int) -> Iterator[Claim]:
    """`Ann Lee is a vocal critic of Y`, `Ann Lee, a critic of Y, said`."""
    words, low = parsed.words, parsed.lows
    first = next((k for k in range(i - 1, max(0, i - _NEAR), -1) if low[k] in {"a", "an", "one"}), 0)
    linked = first > 0 and (low[first - 1] in BE or low[first - 1] == ",")
    holder = before(words, first - 1) if linked and after(words, first) is not None else None
    target = after(words, i + 2)
    if holder is not None and target is not None and not parsed.negated(i):
        yield Claim(holder, target, roles()[low[i]], (i, i + 1))


def _by_feeling(parsed: Parse, i: int) -> Iterator[Claim]:
    """`The closure dismayed parents`, `a retreat that dismayed parents`."""
    words, verb = parsed.words, i
    if parsed.lows[i - 1 : i] == ("and",):  # "a ruling that dismayed tenants and delighted landlords"
        verb = next((k for k in range(i - 2, max(0, i - _FAR), -1) if parsed.lows[k] in feelings()), i)
    relative = parsed.lows[verb - 1 : verb] in {("that",), ("which",)}
    target = _antecedent(words, verb - 1) if relative else before(words, verb)
    holder = after(words, i + 1)
    if target is None or holder is None or parsed.passive(i) or parsed.negated(i) or words[i].low.endswith("ing"):
        return
    if _is_somebody(words, holder):
        yield Claim(holder, target, feelings()[words[i].low], (i, i + 1))


def _is_somebody(words: Sequence[Word], holder: Range) -> bool:
    """Whether it is a name, or called what people and bodies are called."""
    last = words[holder[1] - 1]
    people = entries("cues", "vague", "nouns") | entries("names", "titles", "words")
    return last.capital or last.low in people | entries("names", "organisations", "words")


def _antecedent(words: Sequence[Word], end: int) -> Range | None:
    """The noun phrase that ends before "that"."""
    starts = (k for k in range(end - 1, max(-1, end - _NEAR), -1) if words[k].low in DETERMINERS)
    first = next(starts, end)
    return (first, end) if after(words, first) == (first, end) else None


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
    """`X's refusal of Y`, `X voiced support for Y`, `an offer of Y from X`, `Y won the support of X`."""
    words = parsed.words
    if i + 2 >= len(words) or parsed.negated(i):
        return
    target = after(words, i + 2)
    if target is None:
        return
    met = _met(parsed, i, noun, target)
    if met is not None:
        yield Claim(target, met, noun.favor, (i, i + 1))
        return
    if words[i + 1].low not in noun.behind:
        return
    holder = by_light_verb(parsed, i)
    if noun.owned:
        holder = holder or possessor(words, i) or _from(words, target[1])
    change = wanted(parsed, i + 2) if noun.favor else None
    if holder is not None and change is not None:
        yield Claim(holder, change.target, change.favor, (i, change.end))
    elif holder is not None and not _to_be_changed(parsed, target):
        yield Claim(holder, target, noun.favor, (i, i + 1), noun.offers)


def _met(parsed: Parse, i: int, noun: Noun, giver: Range) -> Range | None:
    """What meets with somebody's side: `Y drew criticism from X`, `Y won the support of X`."""
    link = parsed.lows[i + 1]
    given = link == "from" or (link == "of" and _is_somebody(parsed.words, giver))
    return by_light_verb(parsed, i, verbs="received") if given and (noun.owned or not noun.favor) else None


def _from(words: Sequence[Word], i: int) -> Range | None:
    return after(words, i + 1) if i < len(words) and words[i].low in {"from", "by"} else None


def _by_state(parsed: Parse, i: int) -> Iterator[Claim]:
    """`The mayor is opposed to the closure`."""
    words, denied = parsed.words, parsed.lows[i + 1 : i + 2] == ("not",)
    j = skip_ahead(words, i + 1 + denied)
    for phrase, favor in states().get("".join(parsed.lows[j : j + 1]), ()):
        end = j + len(phrase)
        if parsed.lows[j:end] != phrase:
            continue
        holder, target = before(words, i), after(words, end)
        told = favor if denied else not parsed.negated(j)  # not to be against it is not to be for it
        if holder is not None and target is not None and told:
            yield Claim(holder, target, favor != denied, (j, end))
