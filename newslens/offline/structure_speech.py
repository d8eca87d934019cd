"""Which words of a sentence are somebody else's: quoted, attributed, or told behind "said" in a looser frame.

`attribution` names a source only where it is sure of it. Whether a sentence is speech at all needs less: "A person who
attended the trial said that …" is speech, whoever the person is.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from newslens.offline.attribution import Attribution
from newslens.offline.grammar import CONJUNCTIONS, PREPOSITIONS
from newslens.offline.lexicon import entries, forms, listed, pasts, verb_forms
from newslens.offline.parsing import Parse
from newslens.offline.phrases import before

_TURN = re.compile(r"([QA])[:.](?=\s|$)")
_NO_REPORT = frozenset({"to", "the", "a", "an", "be", "been", "being", "is", "was", "are", "were", "as", "of"})
_RELATIVES = frozenset({"which", "who", "whom", "that"})
_LONGEST_SOURCE = 14  # words between the comma and "said"
_INSERTION = 5  # words before "said" in ", which police said was"
_FEWEST = 3  # words of what is told before its source


def interview(sentences: Sequence[str]) -> int:
    """Index of the sentence that begins the questions and answers, "Q:" and "A:"; without any, how many there are."""
    turns = {k: found[1] for k, sentence in enumerate(sentences) if (found := _TURN.match(sentence))}
    return min(turns) if set(turns.values()) == {"Q", "A"} else len(sentences)


def spoken(parsed: Parse, attributions: Sequence[Attribution]) -> frozenset[int]:
    """The words that are quoted or attributed, with the source and the cue that attribute them."""
    quoted = {i for i, quote in enumerate(parsed.quote) if quote >= 0}
    parts = (parsed.at(*part) for one in attributions for part in (one.source, one.cue, one.content))
    framed = _opens_report(parsed) or _is_interrupted(parsed) or told_before(parsed) is not None
    whole = range(len(parsed.words)) if framed else ()
    return frozenset(quoted.union(whole, *(range(*part) for part in parts)))


def told_before(parsed: Parse) -> int | None:
    """Index of the comma in "…, two of the officials said on Monday", which ends a sentence; None without one."""
    last = len(parsed.words)
    cue = next((k for k in range(last - 1, 0, -1) if _is_cue(parsed, k)), None)
    if cue is None or "," in parsed.lows[cue:]:
        return None
    comma = next((k for k in range(cue - 1, max(0, cue - _LONGEST_SOURCE), -1) if parsed.lows[k] == ","), 0)
    behind = parsed.words[cue + 1].low if cue + 1 < last else "."
    ends = not behind[0].isalnum() or behind in PREPOSITIONS or behind in _settings()
    named = parsed.lows[comma + 1] not in _RELATIVES if comma + 1 < cue else False
    return comma if comma >= _FEWEST and named and ends else None


def _opens_report(parsed: Parse) -> bool:
    """Whether a source opens the sentence and a report follows: "the company said the trial …", "argued that …"."""
    return any(_is_cue(parsed, k) and _reports(parsed, k) for k in range(1, len(parsed.words) - _FEWEST))


def _is_interrupted(parsed: Parse) -> bool:
    """Whether a source stands inside what it says: "The new rosters, he said, were needed"."""
    cues = (k for k in range(3, len(parsed.words) - _FEWEST) if _is_cue(parsed, k) and parsed.lows[k + 1] == ",")
    return any(
        parsed.lows[m] == "," and parsed.lows[m + 1] not in _RELATIVES and parsed.lows[m - 1] not in CONJUNCTIONS
        for k in cues
        for m in range(max(1, k - _INSERTION), k - 1)
    )


def _reports(parsed: Parse, k: int) -> bool:
    """Whether what is said follows the cue at `k`: with "that", or bare behind "said" and "said on Monday"."""
    first = k + 1 + (parsed.lows[k + 1] == "on" and parsed.lows[k + 2] in _settings())
    first += parsed.lows[first] in _settings()
    behind = parsed.words[first] if first + 1 < len(parsed.words) else None
    if behind is None or _is_inserted(parsed, k):
        return False
    if behind.low == "that":
        return True
    beyond = parsed.lows[first + 1]
    thing = behind.low in {"it", "this"} and (beyond in PREPOSITIONS or not beyond[0].isalnum())
    clause = behind.text[0].isalnum() and behind.low not in PREPOSITIONS | {"to", "so"} and not thing
    return parsed.lows[k] in forms("say") and clause


def _is_inserted(parsed: Parse, k: int) -> bool:
    """Whether the report stands in a relative clause between commas: ", which police said was started on purpose,"."""
    near = parsed.lows[max(0, k - _INSERTION) : k]
    return any(mark == "," and low in _RELATIVES for mark, low in pairwise(near))


def _is_cue(parsed: Parse, k: int) -> bool:
    low = parsed.lows[k]
    if (
        low not in verb_forms("cues", "speech")
        or parsed.words[k].capital
        or parsed.quote[k] >= 0
        or low.endswith("ing")
    ):
        return False
    # "Claims", "report" and "promise" are nouns too, unless a subject stands right before them.
    return parsed.lows[k - 1] not in _NO_REPORT and (low in _told() or before(parsed.words, k) is not None)


@cache
def _told() -> frozenset[str]:
    """Past forms, and those of "say", which are no nouns."""
    return forms("say").union(*map(pasts, listed("cues", "speech", "verbs")))


@cache
def _settings() -> frozenset[str]:
    """Words that open what stands between a verb of speech and its end: "said Monday", "said yesterday"."""
    return frozenset(map(str.lower, entries("structure", "times", "days") | entries("structure", "times", "relative")))
