"""Read dates as far as a text states them: "May 4, 2025", "4 de mayo", "Sunday", "in 2012", and ISO 8601."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from importlib.resources import files
from typing import Annotated

import regex
from pydantic import BeforeValidator

_NAMES = tomllib.loads(files("newslens.article").joinpath("dates.toml").read_text(encoding="utf-8"))
_MONTHS, _WEEKDAYS = _NAMES["months"], _NAMES["weekdays"]  # pairs of the English names and the others
_SHORTEST = 4  # letters of a foreign name that may stand in lower case beside less than a whole date


def _any_of(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True)).replace("_", " ")


def _any_foreign(table: list[list[str]]) -> str:
    return _any_of(name for _, foreign in table for name in foreign.split() if len(name) >= _SHORTEST)


_MONTH_OF, _WEEKDAY_OF = (
    {name.replace("_", " "): k for k, row in enumerate(table, first) for name in " ".join(row).split()}
    for table, first in ((_MONTHS, 1), (_WEEKDAYS, 0))
)
_MONTH = _any_of(_MONTH_OF)
# An English month needs its capital, for "may" and "march" are words.
_CAPITAL = _any_of(name.capitalize() for english, _ in _MONTHS for name in english.split())
_NAME = rf"(?P<name>{_CAPITAL}|(?i:{_any_foreign(_MONTHS)}))"
_SURE = _any_of(english.split()[0].capitalize() for english, _ in _MONTHS if english not in {"may", "march mar"})
_OPENING = "in|of|since|until|by|last|next|this|early|late|mid|from|during|for|before|after"
_ALONE = _any_of(english.split()[0].capitalize() for english, _ in _WEEKDAYS)
_BEFORE = rf"(?:(?P<weekday>{_any_of(_WEEKDAY_OF)})\.?,?\s+)?"
_TH = r"(?:st|nd|rd|th|er|º|\.)?"
DATE = regex.compile(
    r"(?<!\w)(?:(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:T(?=\d)|(?![\d/.-]*\d))"
    rf"|{_BEFORE}(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\w)"
    rf"|(?:(?:le|am|il|el|den|vom)\s+)?{_BEFORE}(?P<day>\d{{1,2}}){_TH}\s+(?:de\s+|of\s+)?(?P<name>{_MONTH})\.?,?"
    r"\s+(?:del?\s+)?(?P<year>\d{4})(?!\w)"
    r"|(?P<first>\d{1,2})(?P<mark>[/.])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})(?!\d)"
    r"|(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"|(?P<year>\d{4})년\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일)",
    regex.IGNORECASE,
)
"""A date with its year, as articles in most of our readers' languages write it."""

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PART = regex.compile(
    rf"(?i:{DATE.pattern})"
    rf"|(?<!\w)(?P<day>\d{{1,2}}){_TH}\s+(?:of\s+|de\s+)?{_NAME}\b"
    rf"|\b(?P<name>{_CAPITAL})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![,.:]\d)"
    rf"|\b{_NAME}(?:\.?,?\s+|\s+de\s+){_YEAR}\b"
    rf"|\b(?P<name>{_SURE})\b|(?<=\b(?i:{_OPENING})[ -])(?P<name>{_CAPITAL})\b"
    rf"|\b(?P<weekday>{_ALONE}|(?i:{_any_foreign(_WEEKDAYS)}))(?:s|\b)"
    rf"|(?<![\d.,$€£-])\b{_YEAR}(?:s|\b)(?![,.]\d|%|\s+percent|\s+people)"
)
TIME = regex.compile(
    r"(?:(?<!\w)|(?<=\dT)|(?<=[日일]))(?:at\s+|a\s+las\s+|à\s+|um\s+|alle\s+|às\s+)?\d{1,2}"
    r"(?:[:.h時时点點]\d\d(?::\d\d(?:\.\d+)?|分)?(?:\s*[ap]\.?m\.?(?!\w))?|\s*[ap]\.?m\.?(?!\w))"
    r"\s*(?:\(?(?:z|utc|gmt|bst|ces?t|[ecmp][sd]?t|ist|ast)(?!\w)\)?)?(?:[+-]\d{1,2}(?::?\d\d)?)?"
    r"(?:\s*(?:h|hrs|horas|uhr|heures)\b)?(?:(?<=分)|(?!\w))",
    regex.IGNORECASE,
)
"""A time of day, with its zone where that is stated."""
_UPDATED = regex.compile(r"(?i)(?:updated|modified|edited|actualizad[oa]|aktualisiert|mis à jour|aggiornato)\b|更新")
_TOKEN = regex.compile(r"\w+")
_FIRST = frozenset(" ".join((*_MONTH_OF, *_WEEKDAY_OF, "le am il el den vom")).split())  # words that a date opens with
_MONTHS_A_YEAR = 12
_NO_DATE = (date.min, date(1970, 1, 1))  # what content systems write when they have none


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as a text states it, with half-open offsets; a part that is absent or ambiguous is None.

    Weekdays count from Monday = 0; the weekday before a full date is a `Day` of its own.
    """

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int

    @property
    def date(self) -> date | None:
        """The calendar day, if it is given in full and exists."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:  # 31 June
            return None


def days(text: str) -> Iterator[Day]:
    """The dates of a text in order."""
    end = 0
    for token in _TOKEN.finditer(text):  # to try `_PART` at every character takes ten times as long
        word = token.group().lower()
        if token.start() < end or not (word[0].isdigit() or word in _FIRST or word.removesuffix("s") in _FIRST):
            continue
        match = _PART.match(text, token.start())
        if match is None:
            continue
        end = match.end()
        if match["weekday"]:
            yield Day(None, None, None, _WEEKDAY_OF[match["weekday"].lower()], *match.span("weekday"))
        parts = [match.start(part) for part in ("year", "month", "name", "day", "first") if match[part]]
        if parts:
            yield _read_day(match, min(parts))


def _read_day(match: regex.Match[str], start: int) -> Day:
    """05/04/2025 is May 4 in one country and 5 April in the next: month and day stay None."""
    if match["first"]:
        first, second = int(match["first"]), int(match["second"])
        if first == second or second > _MONTHS_A_YEAR:
            month, day = first, second
        else:
            month, day = (second, first) if first > _MONTHS_A_YEAR else (0, 0)
    else:
        month = _MONTH_OF[match["name"].casefold()] if match["name"] else int(match["month"] or 0)
        day = int(match["day"] or 0)
    return Day(int(match["year"]) if match["year"] else None, month or None, day or None, None, start, match.end())


def find_full_dates(line: str) -> Iterator[tuple[date, bool]]:
    """The full dates of a line in order, and whether each is that of an update; ambiguous ones are left out."""
    left = 0
    for found in DATE.finditer(line):
        day = _read_day(found, found.start()).date
        if day:
            yield day, _UPDATED.search(line, left, found.start()) is not None
        left = found.end()


def parse_moment(stated: object) -> datetime | date | None:
    """A date in ISO 8601 or RFC 5322, as pages and files state it; None for anything else."""
    if not isinstance(stated, str):
        return None
    for parse in (date.fromisoformat, datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(stated.strip())
        except (ValueError, OverflowError):
            continue
        day = found.date() if isinstance(found, datetime) else found
        return None if day in _NO_DATE else found
    return None


def _keep_day(value: object) -> object:
    """A string without a time is a date, in JSON and in what `model_dump` returns."""
    is_day = isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
    return date.fromisoformat(value) if is_day else value  # type: ignore[arg-type]


Published = Annotated[datetime | date, BeforeValidator(_keep_day)]
"""A date, or a date-time where the time is known."""
