"""Weekdays that the calendar refutes."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from newslens.classical.consistency_conflict import Conflict, Place
from newslens.days import days

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONGEST_GAP = 5  # code points between a weekday and its date, with no word in them


def wrong_weekdays(sentences: Sequence[str]) -> Iterator[Conflict]:
    """Dates that fall on another weekday than the text says."""
    for k, sentence in enumerate(sentences):
        for one, other in pairwise(days(sentence)):
            gap = sentence[one.end : other.start]
            beside = len(gap) <= _LONGEST_GAP and not any(map(str.isalnum, gap))
            when = other.date
            if beside and when is not None and one.weekday not in {None, when.weekday()}:
                note = f"by the calendar, that day is a {_DAYS[when.weekday()]}"
                yield Conflict("date", Place(k, one.start, one.end), Place(k, other.start, other.end), note)
