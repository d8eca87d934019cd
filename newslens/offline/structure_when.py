"""The phrases of a sentence that tell a time: "on Monday night", "last week", "from 1 June", "in 2019"."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple, get_args

from newslens.offline.lexicon import listed

Grain = Literal["day", "longer", "year", "decade"]

GRAINS: tuple[Grain, ...] = get_args(Grain)

_YEAR = re.compile(r"\d{4}")
_MANY = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|few)"
_PART = r"(?:(?:early|late|mid)[\s-])?"


class Time(NamedTuple):
    """A phrase of time, half-open code points with its preposition.

    Attributes:
        grain: how exact it is: to the day, to a week or month, only to the year, or a decade.
        opens: the preposition, in lower case, or "".
        year: the last year that it names, or None; a decade has none.
    """

    start: int
    end: int
    grain: Grain
    opens: str
    year: int | None


def times(sentence: str) -> Iterator[Time]:
    """The phrases in order, without overlaps; "Monday's vote" tells no time."""
    for found in _pattern().finditer(sentence):
        grain = next(name for name in GRAINS if found[name])
        years = [] if grain == "decade" else _YEAR.findall(found[grain])
        yield Time(found.start(), found.end(), grain, (found["opens"] or "").lower(), int(years[-1]) if years else None)


@cache
def _pattern() -> re.Pattern[str]:
    grains = zip(GRAINS, (_day(), _longer(), _year(), _decade()), strict=True)
    # Only "between" and "from" open a second time: "from May to July".
    named = "|".join(rf"(?P<{grain}>(?:{one})(?(pair)(?:\s(?:and|to)\s(?:{one}))?))" for grain, one in grains)
    return re.compile(
        r"\b(?:(?i:early|late|shortly|just)\s)?"
        r"(?:(?P<opens>(?i:on|in|by|since|until|till|before|after|at|during|of|for|(?P<pair>between|from)))\s)?"
        r"(?:(?:the\s)?(?i:morning|evening|night|afternoon)\sof\s)?"
        rf"(?:{named})"
        r"(?!\w|['’]s\b|-\w)"
    )


def _any(key: str) -> str:
    return f"(?:{'|'.join(listed('structure', 'times', key))})"


def _day() -> str:
    days, parts, number = _any("days"), _any("parts"), r"\d{1,2}(?:st|nd|rd|th)?"
    month = rf"{_any('months')}\b\.?"
    date = rf"(?:{month}\s{number}|{number}\s(?:of\s)?{month})(?:,?\s\d{{4}})?"
    near = rf"(?i:{_any('relative')})(?:\s{parts})?|(?i:this|last)\s(?:{days}|{parts})"
    return rf"{days}(?:\s{parts})?(?:,?\s{date})?|{date}|{near}"


def _longer() -> str:
    which = r"(?i:the\send\sof\s(?:the|this|next)|earlier\sthis|later\sthis|last|this|next|the\sprevious|the\spast)"
    months = _any("months")
    ago = rf"(?i:{_MANY})\s(?:days|weeks|months)\s(?:ago|earlier|later)"
    season = r"(?<=in\s)(?:the\s)?(?:spring|summer|autumn|winter)"
    return rf"{which}\s(?:{_any('spans')}|{months})(?:\s\d{{4}})?|{_PART}{months}(?:\s\d{{4}})?(?=\W|$)|{ago}|{season}"


def _year() -> str:
    return rf"{_PART}(?:1[5-9]|20)\d\d(?!\d|,\d|%|s)|(?i:{_MANY})\s(?:years|decades)\s(?:ago|earlier|later)"


def _decade() -> str:
    return rf"the\s{_PART}(?:1[5-9]\d|20[0-2])0s"
