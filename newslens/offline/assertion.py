"""Whether a sentence asserts what one of its words says, or only asks, supposes, denies or remembers it."""

from collections.abc import Sequence
from functools import cache

from newslens.offline.lexicon import all_forms, entries, listed, verb_forms
from newslens.offline.parsing import Parse

_FAR = 25  # words; what stands further off governs another clause
_NEAR = 4  # words back to a modal or an adverb of time
_ABBREVIATED = 3  # letters at most of "Gov", whose full stop ends no sentence
_ENDS = frozenset({",", ";", ":", ".", "!", "?"})
_OVER = frozenset({"until", "till"})  # behind a verb they end or condition what it says


def asserted(parsed: Parse, i: int) -> bool:
    """Whether the sentence says of word `i`, a word of stance, that it holds, and holds now."""
    return open_statement(parsed, i) and not _possible(parsed, i) and not _past(parsed, i)


def open_statement(parsed: Parse, i: int) -> bool:
    """Whether word `i` stands in no question, under no "if" or "whether", and under no denial."""
    return not _asked(parsed, i) and not any(_suspends(parsed, k) for k in _stretch(parsed, i, _FAR))


def given_up(parsed: Parse, i: int) -> bool:
    """Whether the noun of stance `i` is said to have ended: "withdrew his support", "dropped its opposition"."""
    return not _endings().isdisjoint(parsed.lows[k] for k in _stretch(parsed, i, _NEAR + 2))


def _stretch(parsed: Parse, i: int, reach: int) -> Sequence[int]:
    """The words before `i` up to a mark, nearest first."""
    k = i
    while k > max(0, i - reach) and parsed.lows[k - 1] not in _ENDS:
        k -= 1
    return range(i - 1, k - 1, -1)


def _asked(parsed: Parse, i: int) -> bool:
    ahead = range(i, min(len(parsed.lows), i + _FAR))
    marks = (parsed.lows[k] for k in ahead if parsed.quote[k] == parsed.quote[i] and _ends_a_question(parsed, k))
    return next(marks, "") == "?"


def _ends_a_question(parsed: Parse, k: int) -> bool:
    """Whether a mark ends a question, or a statement before one: "The town wants a ban. Will you agree?"."""
    if parsed.lows[k] != ".":
        return parsed.lows[k] == "?"
    before = parsed.words[k - 1]
    short = before.capital and len(before.text) <= _ABBREVIATED
    return k + 1 < len(parsed.words) and parsed.words[k + 1].capital and not short


def _suspends(parsed: Parse, k: int) -> bool:
    low = parsed.lows[k]
    return low in _suspending() or (low in _held() and parsed.negated(k))


def _possible(parsed: Parse, i: int) -> bool:
    near = _stretch(parsed, i, _NEAR)
    if any(parsed.lows[k] == "would" for k in near):
        return "if" in parsed.lows[i : i + _FAR]
    return any(_is_possibility(parsed, k) for k in near)


def _is_possibility(parsed: Parse, k: int) -> bool:
    low, behind = parsed.lows[k], parsed.lows[k + 1]
    month = low == "may" and parsed.words[k].capital and k > 0
    refused = low in {"could", "can"} and behind == "not"  # "could not support" takes a side
    return low in _possibilities() and not month and not refused


def _past(parsed: Parse, i: int) -> bool:
    lows = parsed.lows
    if not _OVER.isdisjoint(lows[i : i + 2 * _NEAR]):
        return True
    near = _stretch(parsed, i, _NEAR)
    if any(lows[k] in entries("stances", "unasserted", "past") for k in near):
        return True
    if any((lows[k], lows[k + 1]) in {("used", "to"), ("no", "longer")} for k in near):
        return True
    # "said that he had rejected it" reports in the past tense what is not past.
    reported = any(lows[k] in verb_forms("cues", "speech") for k in _stretch(parsed, i, _FAR))
    return not reported and any(lows[k] == "had" and lows[k + 1] != "to" for k in near)


@cache
def _suspending() -> frozenset[str]:
    return entries("stances", "unasserted", "conditions") | verb_forms("stances", "unasserted", "denials")


@cache
def _held() -> frozenset[str]:
    """What suspends a clause when negated: "does not think that", "no evidence that"."""
    said = verb_forms("cues", "thought") | verb_forms("cues", "speech")
    return said | entries("stances", "unasserted", "grounds")


@cache
def _possibilities() -> frozenset[str]:
    words = entries("stances", "unasserted", "possibilities")
    return words | verb_forms("stances", "unasserted", "threats")


@cache
def _endings() -> frozenset[str]:
    return all_forms(listed("stances", "unasserted", "endings")) | {"withdrawal", "loss", "reversal"}
