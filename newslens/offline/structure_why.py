"""Why something happens and how it is done, where the sentence itself says so."""

from collections.abc import Iterator, Sequence
from functools import cache

from newslens.offline.grammar import BORDERS, PRONOUNS
from newslens.offline.lexicon import entries, listed, verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range
from newslens.offline.structure_verbs import pasts

_ENDS = frozenset({",", ";", ":", "—", "–"})
_NO_REASON = frozenset({"not", "n't", "whether", "if"})
_EVENT = 4  # words at least of "after a ferry capsized"


def reason(parsed: Parse, within: Range, verb: int) -> Range | None:
    """The cause or the purpose of what a verb tells, from its cue on; None where the sentence is not sure.

    Args:
        parsed: the sentence.
        within: what the sentence tells, as a range in words.
        verb: index of the verb.
    """
    cued = _cued(parsed, (verb, within[1]), _reasons())
    found = [*cued, *_purposes(parsed, verb, within[1]), *_event_before(parsed, verb, within[1])]
    return next((part for part in found if not _is_denied(parsed, part[0])), None)


def means(parsed: Parse, within: Range, verb: int) -> Range | None:
    """The way or the means: "by cutting through the roof", "using a drone", "killed when a wall fell"."""
    by = [k for k in range(verb + 1, within[1] - 1) if parsed.lows[k] in entries("structure", "means", "participle")]
    doing = [(k, _end(parsed, k, within[1])) for k in by if parsed.lows[k + 1].endswith("ing") and parsed.quote[k] < 0]
    found = [*doing, *_cued(parsed, (verb, within[1]), _means()), *_harm(parsed, verb, within[1])]
    sure = next((part for part in found if not _is_denied(parsed, part[0])), None)
    return None if sure is None else (sure[0], _border(parsed, sure[0] + 1, sure[1]))


def _border(parsed: Parse, first: int, last: int) -> int:
    """Where another clause begins: "by helicopter |after they had spent two nights"."""
    return next((k for k in range(first, last) if parsed.lows[k] in BORDERS), last)


@cache
def _reasons() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cue.split()) for cue in listed("structure", "reasons", "cues"))


@cache
def _means() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cue.split()) for cue in listed("structure", "means", "cues"))


def _cued(parsed: Parse, within: Range, cues: Sequence[tuple[str, ...]]) -> Iterator[Range]:
    """What the cues open, in the order of the cues."""
    for cue in cues:
        for k in range(within[0] + 1, within[1]):
            if parsed.lows[k : k + len(cue)] == cue and parsed.quote[k] < 0:
                yield (k, _end(parsed, k + len(cue) - 1, within[1]))


def _purposes(parsed: Parse, verb: int, last: int) -> Iterator[Range]:
    """`to reduce injuries`, unless the word before leads to it."""
    purposes = entries("structure", "reasons", "purposes")
    leading = entries("structure", "reasons", "leading") | verb_forms("stances", "wills") | PRONOUNS
    urging = verb_forms("structure", "reasons", "urging")
    for k in range(verb + 2, last - 1):
        purpose = parsed.lows[k] == "to" and parsed.lows[k + 1] in purposes
        if purpose and parsed.lows[k - 1] not in leading and urging.isdisjoint(parsed.lows[verb:k]):
            yield (k, _end(parsed, k, last))


def _event_before(parsed: Parse, verb: int, last: int) -> Iterator[Range]:
    """`died after a ferry capsized`: another event, told right before with a subject of its own."""
    for k in range(verb + 1, last - 1):
        if parsed.lows[k] == "after" and parsed.lows[k + 1] not in PRONOUNS and parsed.quote[k] < 0:
            end = _end(parsed, k, last)
            told = any(low.endswith("ed") or low in pasts() for low in parsed.lows[k + 2 : end])
            if told and end - k >= _EVENT:
                yield (k, end)


def _harm(parsed: Parse, verb: int, last: int) -> Iterator[Range]:
    """`was killed when his vehicle slid off the road`."""
    harmed = entries("structure", "means", "harmed")
    for k in range(verb + 1, last - 1):
        if parsed.lows[k] == "when" and not harmed.isdisjoint(parsed.lows[verb:k]):
            yield (k, _end(parsed, k, last))


def _end(parsed: Parse, first: int, last: int) -> int:
    """Where a phrase ends: at a mark, but not inside a number."""
    stops = (k for k in range(first + 1, last) if parsed.lows[k] in _ENDS)
    return next((k for k in stops if k > first + 1), last)


def _is_denied(parsed: Parse, k: int) -> bool:
    return k > 0 and parsed.lows[k - 1] in _NO_REASON
