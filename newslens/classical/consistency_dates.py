"""The days that a sentence names, and weekdays that the calendar refutes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import regex

from newslens.classical.consistency_alike import terms
from newslens.classical.consistency_conflict import Conflict, Place
from newslens.classical.lexicon import listed
from newslens.page.dates import DATE, day

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST_DAY = 16  # code points of a weekday and its mark
_LONGEST_GAP = 5  # code points between a weekday and its date: ", the "
_WEEKDAY = regex.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Day:
    """A date with its year.

    Attributes:
        when: the day.
        terms: the words of its name, which say nothing about the event.
        start: half-open code points in the sentence, without the weekday.
        end: likewise.
        weekday: the weekday that it is said to be, from Monday = 0, with its half-open code points; or None.
    """

    when: date
    terms: frozenset[str]
    start: int
    end: int
    weekday: tuple[int, int, int] | None

    def differs(self, other: "Day") -> bool:
        """Whether it is another day."""
        return self.when != other.when


def days(sentence: str) -> list[Day]:
    """The dates with a year that can be read one way only, in order."""
    return [found for match in DATE.finditer(sentence) if (found := _day(sentence, match)) is not None]


def _day(sentence: str, match: regex.Match[str]) -> Day | None:
    when = day(match)
    if when is None:
        return None
    start, weekday = match.start(), None
    for word in _WEEKDAY.finditer(sentence, max(0, start - _LONGEST_DAY), match.end()):
        number = _weekdays().get(word.group().casefold())
        if number is not None and _beside(sentence, word.end(), match):
            weekday = (number, word.start(), word.end())
            start = max(start, next((k for k in range(word.end(), match.end()) if sentence[k].isalnum()), start))
    return Day(when, terms(match.group()).all, start, match.end(), weekday)


def _beside(sentence: str, end: int, match: regex.Match[str]) -> bool:
    """Whether a weekday that ends here is the date's: inside the match, or before it with no word between."""
    gap = sentence[end : match.start()]
    return end > match.start() or (len(gap) <= _LONGEST_GAP and not any(map(str.isalnum, gap)))


@cache
def _weekdays() -> Mapping[str, int]:
    return {name: k for k, names in enumerate(listed("consistency", "weekdays", "names")) for name in names.split()}


def wrong_weekdays(sentences: Sequence[str]) -> Iterator[Conflict]:
    """Dates that fall on another weekday than the text says."""
    for k, sentence in enumerate(sentences):
        for found in days(sentence):
            if found.weekday is not None and found.weekday[0] != found.when.weekday():
                _, start, end = found.weekday
                note = f"by the calendar, that day is a {_DAYS[found.when.weekday()]}"
                yield Conflict("date", Place(k, start, end), Place(k, found.start, found.end), note)
