"""Dates as far as a text gives them: "May 4", "4 May 2025", "Sunday", "in 2012"."""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
_SHORT = {month[:3]: number for number, month in enumerate(_MONTHS, 1)} | {"sept": 9}
_MONTH = r"(?P<{0}>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"  # noqa: E501
_MOMENT = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d\d-\d\d)\b"
    rf"|\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH.format('month')}(?:,? (?P<year>\d{{4}}))?\b"
    rf"|\b{_MONTH.format('month2')} (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d)(?:,? (?P<year2>(?:19|20)\d\d)\b)?"
    rf"|\b{_MONTH.format('month3')},? (?P<year3>(?:19|20)\d\d)\b"
    rf"|\b{_MONTH.format('month4')}\b"
    rf"|\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?\b"
    rf"|(?<![\d.,$€£-])\b(?P<year5>(?:19|20)\d\d)(?:s|\b)(?![,.]\d|%| percent| people)"
)
_MAY = re.compile(
    r"(?:\b(?:in|of|since|until|by|last|next|this|early|late|mid|from|during|for|before|after)[ -])$", re.IGNORECASE
)


class Moment(NamedTuple):
    """A date; None for what it does not say. `start` and `end` are half-open code points; `weekday` is 0 for Monday."""

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int


def moments(text: str) -> list[Moment]:
    """The dates of a text in order."""
    return [_moment(match) for match in _MOMENT.finditer(text) if not _is_modal(match, text)]


def same_day(one: Moment, other: Moment, published: date | None) -> bool | None:
    """Whether two dates may be the same; None when they have nothing in common that could tell."""
    pairs = list(zip(_filled(one, published), _filled(other, published), strict=True))
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return all(a == b for a, b in known) if known else None


def day_of(published: date | datetime | None) -> date | None:
    """The day of publication."""
    return published.date() if isinstance(published, datetime) else published


def _is_modal(match: re.Match[str], text: str) -> bool:
    bare = match["month4"] in {"May", "March"}
    return bare and _MAY.search(text, max(0, match.start() - 8), match.start()) is None


def _moment(match: re.Match[str]) -> Moment:
    start, end = match.span()
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return Moment(year, month, day, None, start, end)
    if match["weekday"]:
        return Moment(None, None, None, _DAYS.index(match["weekday"].lower()), start, end)
    month_name = match["month"] or match["month2"] or match["month3"] or match["month4"]
    year_name = match["year"] or match["year2"] or match["year3"] or match["year5"]
    day_name = match["day"] or match["day2"]
    return Moment(
        int(year_name) if year_name else None,
        _SHORT[month_name.lower().rstrip(".")[:3]] if month_name else None,
        int(day_name) if day_name else None,
        None,
        start,
        end,
    )


def _filled(moment: Moment, published: date | None) -> tuple[int | None, int | None, int | None, int | None]:
    """Year, month, day and weekday; a weekday of the article is the last one up to its publication."""
    year, month, day, weekday = moment[:4]
    if weekday is not None and published is not None:
        when = published - timedelta(days=(published.weekday() - weekday) % 7)
        return when.year, when.month, when.day, weekday
    return year, month, day, _weekday(year, month, day)


def _weekday(year: int | None, month: int | None, day: int | None) -> int | None:
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day).weekday()
    except ValueError:  # 31 June
        return None
