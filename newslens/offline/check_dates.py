"""Dates of a sentence that its evidence gives otherwise or not at all."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from newslens.article.days import Day, days
from newslens.offline.check_found import Case, Found, Place

_RELATIVE = frozenset({"ago", "earlier", "last", "later", "next", "previous", "this", "today", "tomorrow", "yesterday"})


def changed_dates(case: Case) -> Iterator[Found]:
    """Each date that the evidence gives otherwise or not at all."""
    published = _day(case.ground.article.published)
    stated = [(index, day) for index, passage in case.evidence for day in days(passage.text)]
    for said in days(case.said.text):
        verdicts = [(_same(said, day, published), index, day) for index, day in stated]
        if any(verdict for verdict, _, _ in verdicts) or _is_of_issue(said, published):
            continue
        other = next(((index, day) for verdict, index, day in verdicts if _alike(said, day)), None)
        if other is None and _reckons(case):
            continue
        if other is not None or not any(_same(said, day, published) for day in case.ground.days):
            place = Place(other[0], other[1].start, other[1].end) if other else None
            yield Found("changed_date", said.start, said.end, place)


def _reckons(case: Case) -> bool:
    """Whether the evidence tells a time from another one: "last year", "a decade ago"."""
    return any(not _RELATIVE.isdisjoint(passage.parsed.lows) for _, passage in case.evidence)


def _day(published: date | datetime | None) -> date | None:
    return published.date() if isinstance(published, datetime) else published


def _alike(one: Day, other: Day) -> bool:
    """Whether two dates are given in the same way."""
    return [part is None for part in _parts(one)] == [part is None for part in _parts(other)]


def _parts(day: Day) -> tuple[int | None, int | None, int | None, int | None]:
    return day.year, day.month, day.day, day.weekday


def _is_of_issue(said: Day, published: date | None) -> bool:
    """Whether it is only the year or month of publication, which an article need not state."""
    if published is None or said.day is not None or said.weekday is not None:
        return False
    return said.year in {None, published.year} and said.month in {None, published.month}


def _same(one: Day, other: Day, published: date | None) -> bool | None:
    """Whether two dates may be the same; None when they have nothing in common that could tell."""
    pairs = zip(_filled(one, published), _filled(other, published), strict=True)
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    return all(a == b for a, b in known) if known else None


def _filled(day: Day, published: date | None) -> tuple[int | None, int | None, int | None, int | None]:
    """Year, month, day and weekday; a weekday of the article is the last one up to its publication."""
    if day.weekday is not None and published is not None:
        when = published - timedelta(days=(published.weekday() - day.weekday) % 7)
        return when.year, when.month, when.day, day.weekday
    return (*_parts(day)[:3], day.weekday if day.date is None else day.date.weekday())
