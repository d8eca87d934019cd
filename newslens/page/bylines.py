"""Read the lines that say who wrote an article, where and when; what is ambiguous stays None."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import regex

LONGEST = 200  # code points of a byline

_MONTHS = (
    ("january", "jan", "enero", "ene"),
    ("february", "feb", "febrero"),
    ("march", "mar", "marzo"),
    ("april", "apr", "abril", "abr"),
    ("may", "mayo"),
    ("june", "jun", "junio"),
    ("july", "jul", "julio"),
    ("august", "aug", "agosto", "ago"),
    ("september", "sept", "sep", "septiembre", "setiembre"),
    ("october", "oct", "octubre"),
    ("november", "nov", "noviembre"),
    ("december", "dec", "diciembre", "dic"),
)
_NUMBER_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))
_DAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)\.?,?\s+"
)
_DATE = regex.compile(
    rf"(?<!\w)(?:(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)(?:T(?=\d)|(?!\d))"
    rf"|(?:{_DAY})?(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\w)"
    rf"|(?:{_DAY})?(?P<day>\d{{1,2}})(?:st|nd|rd|th|º|\.)?\s+(?:de\s+)?(?P<name>{_MONTH})\.?,?\s+(?:del?\s+)?(?P<year>\d{{4}})(?!\w)"
    r"|(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4})(?!\d)"
    r"|(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日)",
    regex.IGNORECASE,
)
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
_TIME = regex.compile(
    r"(?:(?<!\w)|(?<=\dT))(?:at\s+|a\s+las\s+)?(?P<hour>\d{1,2})"
    rf"(?:[:.h](?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?:\s*{_HALF})?|\s*{_HALF})"
    rf"\s*(?:\(?(?P<zone>{_ZONE})(?!\w)\)?)?(?:(?P<ahead>[+-]\d{{1,2}})(?::?(?P<minutes>\d\d))?)?(?:\s*(?:h|hrs|horas)\b)?(?!\w)",
    regex.IGNORECASE,
)
_UPDATED = regex.compile(r"(?:updated|modified|edited|actualizado|modificado)\b", regex.IGNORECASE)
_LABEL = regex.compile(
    r"\b(?:first|last|originally|[uú]ltima)?\s*(?:published|posted|updated?|modified|edited|publicad[oa]|actualizad[oa]"
    r"|actualizaci[oó]n|date|fecha)(?:\s+(?:on|at|el))?\b\s*:?|\b\d+\s*min(?:ute)?s?\s+(?:read|de lectura)\b"
    r"|\b(?:\d+|an?)\s+(?:min(?:ute)?|hour|day)s?\s+ago\b|\bhace\s+(?:\d+|una?)\s+(?:minuto|hora|d[ií]a)s?\b",
    regex.IGNORECASE,
)
_SEPARATOR = regex.compile(r"\s*[|•·\t]\s*|\s+[-–—/]\s+|(?<=\S)\s*[;]\s*")
_BY = regex.compile(
    r"(?:(?:written|reported|story|text|analysis|words)\s+)?by\b|(?:escrito\s+|texto\s+|redactado\s+)?por\b",
    regex.IGNORECASE,
)
_PICTURES = regex.compile(
    r"(?:photo(?:graph)?s?|illustrations?|graphics?|video|fotos?|fotograf[ií]as?|ilustraci[oó]n(?:es)?)\s+(?:by|de|por)\b",
    regex.IGNORECASE,
)
_ROLE = regex.compile(
    r"\b(?:writers?|reporters?|correspondents?|editors?|columnists?|journalists?|staff|press|news|desk|bureau|chief"
    r"|producer|contributors?|reuters|bloomberg|agenc(?:y|ies|ia)|times|post|redactora?|corresponsal|periodista|columnista"
    r"|enviad[oa]|redacci[oó]n|efe)\b",
    regex.IGNORECASE,
)
_SMALL = frozenset(regex.findall(r"\w+", "and y e de del la las los van von der den bin al el da dos di du with con"))
_ELSEWHERE = regex.compile(r"\s+(?:in|en|for|para|at|from|desde)\s+.*", regex.IGNORECASE)
_DAY_OF_YEAR = regex.compile(
    rf",?\s*(?:(?:{_MONTH})\.?\s+\d{{1,2}}|\d{{1,2}}\s+(?:de\s+)?(?:{_MONTH})\.?)", regex.IGNORECASE
)
_DASH_OR_AGENCY = regex.compile(r"\s*(?:\([^()]{1,40}\)\s*[-–—]*|[-–—]+)\s*$")
_PLACE = regex.compile(r"\p{Lu}[\p{L}.'’-]*(?:[ ,]+(?:(?:de|del|la|el|of|and) ){0,2}\p{Lu}[\p{L}.'’-]*){0,5}")
_LONGEST_NAMES = 14  # words
_LONGEST_ROLE = 7
_FEWEST_WORDS, _MOST_WORDS = 2, 4  # of a person's name
_MONTHS_A_YEAR = 12
_HOURS_A_DAY = 24
_BODY_FOLLOWS = regex.compile(r"\s*(?:\([^()]{1,40}\)\s*)?[-–—]")


@dataclass(frozen=True, slots=True)
class Credit:
    """What a line says about the article.

    Attributes:
        kind: `byline` for names, roles and dates; `dateline` for a place.
        author: the names without "By" and without roles, or None.
        published: with time only where the line gives time and zone; None when absent or ambiguous.
        updated: whether `published` is the time of an update.
    """

    kind: Literal["byline", "dateline"]
    author: str | None = None
    published: datetime | date | None = None
    updated: bool = False


def read(line: str) -> Credit | None:
    """The credit that a whole line is, or None."""
    if not line or len(line) > LONGEST:
        return None
    if pictures := _PICTURES.match(line):
        return Credit("byline") if _are_names(line[pictures.end() :]) else None
    moments = tuple(_moments(line))
    segments = _segments(line)
    if any(_BY.match(segment) for segment in segments):
        return _byline(segments, moments)
    if all(map(is_role, segments)) and (moments or (not segments and _LABEL.match(line))):
        return _credit("byline", None, moments)
    if moments and len(segments) == 1 and _PLACE.fullmatch(segments[0]):
        return _credit("dateline", None, moments)
    return _dateline(line, moments)


def is_name(line: str) -> bool:
    """Whether the line may be a person's name and nothing else."""
    words = line.split()
    return _FEWEST_WORDS <= len(words) <= _MOST_WORDS and line[-1].isalpha() and not is_role(line) and _are_names(line)


def is_role(line: str) -> bool:
    """Whether the line is a job or an outlet, as it stands below a name: "Staff Writer"."""
    return _ROLE.search(line) is not None and len(line.split()) <= _LONGEST_ROLE and _are_names(line)


def dateline_date(paragraph: str) -> date | None:
    """The day in the dateline that opens a paragraph: "LIMA, Peru, May 4, 2025 (Reuters) - …"."""
    found = _DATE.search(paragraph[:LONGEST])
    if found is None:
        return None
    before, behind = paragraph[: found.start()].rstrip(" ,"), paragraph[found.end() : LONGEST]
    return _day(found) if _PLACE.fullmatch(before) and _BODY_FOLLOWS.match(behind) else None


@dataclass(frozen=True, slots=True)
class _Moment:
    when: datetime | date | None
    updated: bool


def _moments(line: str) -> Iterator[_Moment]:
    """The dates of a line in order, each with the time beside it; None for one that can be read in two ways."""
    dates = list(_DATE.finditer(line))
    borders = [0, *(found.end() for found in dates)]
    starts = [*(found.start() for found in dates[1:]), len(line)]
    for found, left, right in zip(dates, borders, starts, strict=False):
        time = _TIME.search(line, found.end(), right) or _TIME.search(line, left, found.start())
        day = _day(found)
        updated = _UPDATED.search(line, left, found.start()) is not None
        yield _Moment(day and (_with_time(day, time) or day), updated)


def _day(found: regex.Match[str]) -> date | None:
    if found["first"]:
        month, day = _month_and_day(int(found["first"]), int(found["second"]))
    else:
        month = _NUMBER_OF[found["name"].lower()] if found["name"] else int(found["month"])
        day = int(found["day"])
    try:
        return date(int(found["year"]), month, day)
    except ValueError:
        return None


def _month_and_day(first: int, second: int) -> tuple[int, int]:
    """05/04/2025 is May 4 in one country and 5 April in the next: months 0 and 0, which no date has."""
    if first == second or second > _MONTHS_A_YEAR:
        return first, second
    return (second, first) if first > _MONTHS_A_YEAR else (0, 0)


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


def _segments(line: str) -> tuple[str, ...]:
    """What is left of a line without its dates, times and labels, cut at its separators."""
    rest = _LABEL.sub("|", _TIME.sub("|", _DATE.sub("|", line))) if len(line) <= LONGEST else line
    segments = (segment.strip(" ,;:.()/-–—") for segment in _SEPARATOR.split(rest))
    return tuple(segment for segment in segments if segment)


def _byline(segments: tuple[str, ...], moments: tuple[_Moment, ...]) -> Credit | None:
    author = None
    for segment in segments:
        by = _BY.match(segment)
        names = segment[by.end() :].strip(" :") if by else segment
        if names and not _are_names(names):
            return None
        if by and names and author is None:
            author = _people(names)
    return _credit("byline", author, moments)


def _credit(kind: Literal["byline", "dateline"], author: str | None, moments: tuple[_Moment, ...]) -> Credit:
    """The credit with the first moment that is no update, else the first that is."""
    known = sorted((moment for moment in moments if moment.when), key=lambda moment: moment.updated)
    return Credit(kind, author, known[0].when, known[0].updated) if known else Credit(kind, author)


def _are_names(text: str) -> bool:
    """Whether all words are written as names are: capitals, or scripts without them."""
    words = _ELSEWHERE.sub("", text).split()
    if not words or len(words) > _LONGEST_NAMES or any(map(str.isdigit, text)):
        return False
    big = [word for word in words if word.lower().strip(".,") not in _SMALL and word != "&"]
    return bool(big) and all(_is_big(word) for word in big)


def _is_big(word: str) -> bool:
    first = word.strip(".,'’\"“”()")[:1]
    return first.isalpha() and not first.islower()


def _people(names: str) -> str:
    """The names without the roles and outlets behind them."""
    parts = [part.strip() for part in _ELSEWHERE.sub("", names).split(",")]
    people = [part for part in parts if len(part.split()) > 1 and not _ROLE.search(part)]
    return ", ".join(people) or parts[0]


def _dateline(line: str, moments: tuple[_Moment, ...]) -> Credit | None:
    place = _DATE.sub("", line).strip(" ,|·•")
    tail = _DASH_OR_AGENCY.search(place)
    if tail:
        place = _DAY_OF_YEAR.sub("", place[: tail.start()]).strip(" ,")
    if not (moments or (tail and place.isupper())) or not _PLACE.fullmatch(place):
        return None
    return _credit("dateline", None, moments)
