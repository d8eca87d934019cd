"""Where something happens: the dateline of a story, and phrases of place that hold a name."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from newslens.offline.grammar import DETERMINERS
from newslens.offline.lexicon import entries
from newslens.offline.names import Kind
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range

_DATELINE = re.compile(
    r"(?P<place>[A-Z][\w.'’-]*(?:[ ,]{1,2}[A-Z][\w.'’-]*){0,5}?)"
    r"(?P<date>,? (?:[A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?|\d{1,2} [A-Z][a-z]{2,8}\.?(?: \d{4})?))?"
    r"(?P<agency> ?\([\w .,/’'-]{2,40}\))?\s*(?:[-–—]{1,2}|:)\s+(?=\S)"
)
_LONGEST = 120  # code points of a dateline
_LONGEST_LEAD_IN = 6  # words before the name: "the coast of"


class Dateline(NamedTuple):
    """Where a story was filed; half-open code points, `end` behind its dash, `date` empty when it has none."""

    place: Range
    date: Range
    end: int


def dateline(sentence: str) -> Dateline | None:
    """The dateline that opens a story: "LIMA, Peru, May 4 (Reuters) - ", or a place in capitals and a dash."""
    found = _DATELINE.match(sentence[:_LONGEST])
    if found is None:
        return None
    shouted = found["place"].split(",")[0].isupper() and found["place"].lower() not in _labels()
    if not (shouted or found["agency"]) or (found[0].rstrip().endswith(":") and not found["agency"]):
        return None
    date = found.span("date") if found["date"] else (0, 0)
    start = date[0] + len(sentence[slice(*date)]) - len(sentence[slice(*date)].lstrip(" ,"))
    return Dateline(found.span("place"), (start, date[1]), found.end())


def _labels() -> frozenset[str]:
    return entries("structure", "openers", "labels")


def places(parsed: Parse, within: Range, kinds: Mapping[int, Kind]) -> Iterator[Range]:
    """The phrases of place with a name in a stretch of words, in order, as ranges in words.

    Args:
        parsed: the sentence.
        within: the stretch.
        kinds: for each word of a name what kind of actor is named.
    """
    for i in range(*within):
        if parsed.lows[i] in entries("structure", "places", "before") and parsed.quote[i] < 0:
            end = _name_end(parsed, i + 1, within[1])
            if end is not None and _is_place(parsed, (i, end), kinds):
                yield (i, end)


def _name_end(parsed: Parse, first: int, last: int) -> int | None:
    """Behind the name of a phrase: "the coast of |Sulawesi|", "northern |Greece|", "|Lisbon| airport"."""
    k = first
    while k < min(last, first + _LONGEST_LEAD_IN) and not parsed.words[k].capital:
        if not (parsed.lows[k] in DETERMINERS or parsed.lows[k] in {"of", "to"} or _is_head(parsed.lows[k])):
            return None
        k += 1
    name = k
    while k < last and (
        parsed.words[k].capital or (parsed.lows[k] in {"of", "the", "de", "la", "'s"} and _goes_on(parsed, k))
    ):
        k += 1
    while k < last and _is_head(parsed.lows[k]):
        k += 1
    if parsed.lows[first] in {"a", "an"} and k < last and parsed.words[k].text.isalpha():
        k += 1  # "a Leeds warehouse"
    return k if k > name else None


def _goes_on(parsed: Parse, k: int) -> bool:
    return k + 1 < len(parsed.words) and parsed.words[k + 1].capital


def _is_head(low: str) -> bool:
    return low in entries("structure", "places", "heads") or low in entries("names", "landforms", "words")


def _is_place(parsed: Parse, phrase: Range, kinds: Mapping[int, Kind]) -> bool:
    first, end = phrase
    never = entries("names", "never", "words")
    capitals = [k for k in range(first + 1, end) if parsed.words[k].capital and parsed.lows[k] not in never]
    if not capitals or parsed.lows[end : end + 1] == ("'s",):
        return False
    if any(_is_head(parsed.lows[k]) for k in range(first + 1, end)):
        return True
    found = {kinds.get(k) for k in capitals}
    return parsed.lows[first] != "on" and bool(found & {"place", "other"}) and "person" not in found
