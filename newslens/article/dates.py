"""When something was published: the dates of a line with the time beside each; None where it could be two."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import regex

from newslens.article.days import DATE, day

# Hours from UTC.
_HOURS = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "est": -5,
    "edt": -4,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
_PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}
_UNCLEAR = ("cst", "ist", "ast")  # different hours in different countries
_ZONE = "|".join(sorted({*_HOURS, *_PLACES, *_UNCLEAR}, key=len, reverse=True))
_HALF = r"(?P<half>[ap]\.?m\.?(?!\w))"
TIME = regex.compile(
    r"(?:(?<!\w)|(?<=\dT)|(?<=[日일]))(?:at\s+|a\s+las\s+|à\s+|um\s+|alle\s+|às\s+)?(?P<hour>\d{1,2})"
    rf"(?:[:.h](?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?:\s*{_HALF})?|\s*{_HALF}"
    r"|[時时点點](?:(?P<minute>\d\d?)分?)?|\.(?P<minute>\d\d)(?=\s*uhr\b))"
    rf"\s*(?:\(?(?P<zone>{_ZONE})(?!\w)\)?)?(?:(?P<ahead>[+-]\d{{1,2}})(?::?(?P<minutes>\d\d))?)?(?:\s*(?:h|hrs|horas|uhr|heures)\b)?(?:(?<=[分時时点點])|(?!\w))",
    regex.IGNORECASE,
)
_UPDATED = regex.compile(
    r"(?:updated|modified|edited|actualizad[oa]|modificad[oa]|aktualisiert|mis à jour|aggiornato|atualizado)\b|更新",
    regex.IGNORECASE,
)
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Moment:
    """A date of a line; `updated` when it is that of an update."""

    when: datetime | date | None
    updated: bool


def moments(line: str) -> Iterator[Moment]:
    """The dates of a line in order, each with the time beside it; None for one that can be read in two ways."""
    dates = list(DATE.finditer(line))
    borders = [0, *(found.end() for found in dates)]
    starts = [*(found.start() for found in dates[1:]), len(line)]
    for found, left, right in zip(dates, borders, starts, strict=False):
        time = TIME.search(line, found.end(), right) or TIME.search(line, left, found.start())
        when = day(found)
        updated = _UPDATED.search(line, left, found.start()) is not None
        yield Moment(when and (_with_time(when, time) or when), updated)


def _with_time(day: date, time: regex.Match[str] | None) -> datetime | None:
    """The day with its time, if hour and zone are known."""
    if time is None:
        return None
    hour, half = int(time["hour"]), (time["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        local = datetime(day.year, day.month, day.day, hour, int(time["minute"] or 0))  # noqa: DTZ001 - the zone comes next
    except ValueError:
        return None
    zone = _zone(local, time)
    return zone and local.replace(tzinfo=zone)


def _zone(local: datetime, time: regex.Match[str]) -> timezone | None:
    name, ahead = (time["zone"] or "").lower(), time["ahead"]
    if name in _PLACES:
        return _zone_of_place(local, _PLACES[name])
    if name in _UNCLEAR or not (name or ahead):
        return None
    hours = int(ahead or 0) + _HOURS.get(name, 0)
    minutes = int(time["minutes"] or 0) * (-1 if hours < 0 else 1)
    return timezone(timedelta(hours=hours, minutes=minutes)) if abs(hours) < _HOURS_A_DAY else None


def _zone_of_place(local: datetime, place: str) -> timezone | None:
    try:
        ahead = local.replace(tzinfo=ZoneInfo(place)).utcoffset()
    except ZoneInfoNotFoundError:  # a system without a time zone database
        return None
    return timezone(ahead) if ahead is not None else None
