"""Read the dates of a text as far as they go: "May 4, 2025", "4 de mayo", "Sunday", "in 2012"."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import regex

_MONTHS = (  # English first
    ("january jan", "enero ene janvier janv januar jänner jän gennaio janeiro يناير كانون_الثاني"),
    ("february feb", "febrero février févr februar febbraio fevereiro فبراير شباط"),
    ("march mar", "marzo mars märz mär março مارس آذار"),
    ("april apr", "abril abr avril aprile أبريل إبريل ابريل نيسان"),
    ("may", "mayo mai maggio maio مايو أيار"),
    ("june jun", "junio juin juni giugno junho يونيو حزيران"),
    ("july jul", "julio juillet juli luglio julho يوليو تموز"),
    ("august aug", "agosto ago août أغسطس اغسطس آب"),
    ("september sept sep", "septiembre setiembre septembre settembre setembro سبتمبر أيلول"),
    ("october oct", "octubre octobre oktober okt ottobre outubro أكتوبر اكتوبر تشرين_الأول"),
    ("november nov", "noviembre novembre novembro نوفمبر تشرين_الثاني"),
    ("december dec", "diciembre dic décembre déc dezember dez dicembre dezembro ديسمبر كانون_الأول"),
)
_WEEKDAYS = (
    ("monday mon", "montag lundi lunes"),
    ("tuesday tues tue", "dienstag mardi martes"),
    ("wednesday wednes wed", "mittwoch mercredi miércoles miercoles"),
    ("thursday thurs thu", "donnerstag jeudi jueves"),
    ("friday fri", "freitag vendredi viernes"),
    ("saturday satur sat", "samstag samedi sábado sabado"),
    ("sunday sun", "sonntag dimanche domingo"),
)
_SHORTEST = 4  # letters of a name that may stand in lower case beside less than a whole date


def _numbers(table: tuple[tuple[str, str], ...], first: int) -> dict[str, int]:
    return {name.replace("_", " "): k for k, row in enumerate(table, first) for name in " ".join(row).split()}


def _any(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


def _foreign(table: tuple[tuple[str, str], ...]) -> str:
    names = (name.replace("_", " ") for _, foreign in table for name in foreign.split())
    return _any(name for name in names if len(name) >= _SHORTEST)


_MONTH_OF, _WEEKDAY_OF = _numbers(_MONTHS, 1), _numbers(_WEEKDAYS, 0)
MONTH = _any(_MONTH_OF)
"""A pattern of the names of months, in lower case."""

# An English month needs its capital, for "may" and "march" are words.
_CAPITAL = _any(name.capitalize() for english, _ in _MONTHS for name in english.split())
_NAME = rf"(?P<name>{_CAPITAL}|(?i:{_foreign(_MONTHS)}))"
_SURE = _any(english.split()[0].capitalize() for english, _ in _MONTHS if english not in {"may", "march mar"})
_OPENING = "in|of|since|until|by|last|next|this|early|late|mid|from|during|for|before|after"
_ALONE = _any(english.split()[0].capitalize() for english, _ in _WEEKDAYS)
_BEFORE = rf"(?:(?P<weekday>{_any(_WEEKDAY_OF)})\.?,?\s+)?"
_TH = r"(?:st|nd|rd|th|er|º|\.)?"
DATE = regex.compile(
    rf"(?<!\w)(?:(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?:T(?=\d)|(?![\d/.-]*\d))"
    rf"|{_BEFORE}(?P<name>{MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\w)"
    rf"|(?:(?:le|am|il|el|den|vom)\s+)?{_BEFORE}(?P<day>\d{{1,2}}){_TH}\s+(?:de\s+|of\s+)?(?P<name>{MONTH})\.?,?\s+(?:del?\s+)?(?P<year>\d{{4}})(?!\w)"
    r"|(?P<first>\d{1,2})(?P<mark>[/.])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})(?!\d)"
    r"|(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"|(?P<year>\d{4})년\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일)",
    regex.IGNORECASE,
)
"""A date with its year, in the ways of most of our readers' articles."""

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PART = regex.compile(
    rf"(?i:{DATE.pattern})"
    rf"|(?<!\w)(?P<day>\d{{1,2}}){_TH}\s+(?:of\s+|de\s+)?{_NAME}\b"
    rf"|\b(?P<name>{_CAPITAL})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![,.:]\d)"
    rf"|\b{_NAME}(?:\.?,?\s+|\s+de\s+){_YEAR}\b"
    rf"|\b(?P<name>{_SURE})\b|(?<=\b(?i:{_OPENING})[ -])(?P<name>{_CAPITAL})\b"
    rf"|\b(?P<weekday>{_ALONE}|(?i:{_foreign(_WEEKDAYS)}))(?:s|\b)"
    rf"|(?<![\d.,$€£-])\b{_YEAR}(?:s|\b)(?![,.]\d|%|\s+percent|\s+people)"
)
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Day:
    """A date as a text gives it; None for what it does not say, or says in a way that can be read twice.

    Attributes:
        year: of four digits.
        month: from 1.
        day: of the month.
        weekday: from Monday = 0; it is a date of its own where another one follows.
        start: half-open code points in the text.
        end: likewise.
    """

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int

    @property
    def date(self) -> date | None:
        """The day in the calendar, if it is given in full and exists."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:  # 31 June
            return None


def days(text: str) -> Iterator[Day]:
    """The dates of a text in order."""
    for match in _PART.finditer(text):
        if match["weekday"]:
            yield Day(None, None, None, _WEEKDAY_OF[match["weekday"].lower()], *match.span("weekday"))
        parts = [match.start(part) for part in ("year", "month", "name", "day", "first") if match[part]]
        if parts:
            month, day_of_month = _month_and_day(match)
            yield Day(int(match["year"]) if match["year"] else None, month, day_of_month, None, min(parts), match.end())


def day(found: regex.Match[str]) -> date | None:
    """The day that a match of `DATE` is; None when it could be two, or is none."""
    month, day_of_month = _month_and_day(found)
    return Day(int(found["year"]), month, day_of_month, None, *found.span()).date


def _month_and_day(found: regex.Match[str]) -> tuple[int | None, int | None]:
    """05/04/2025 is May 4 in one country and 5 April in the next: neither is known."""
    if not found["first"]:
        month = _MONTH_OF[found["name"].casefold()] if found["name"] else int(found["month"] or 0)
        return month or None, int(found["day"] or 0) or None
    first, second = int(found["first"]), int(found["second"])
    if first == second or second > _MONTHS_A_YEAR:
        return first, second
    return (second, first) if first > _MONTHS_A_YEAR else (None, None)
