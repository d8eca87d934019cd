"""Numbers as values: "$400m", "400 million dollars" and "four hundred million" are the same amount."""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from newslens.classical.stems import stem
from newslens.faithfulness.terms import is_content

_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SMALL = {word: value for value, word in enumerate((*_DIGITS, *_TEENS))} | {"dozen": 12, "twice": 2}
_TENS = {word: 10 * tens for tens, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty"), 2)} | {
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        ("third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"), 3
    )
}
_THOUSAND, _MILLION, _BILLION, _TRILLION = 1e3, 1e6, 1e9, 1e12
_SCALES = {
    "hundred": 1e2,
    **dict.fromkeys(("thousand", "k"), _THOUSAND),
    **dict.fromkeys(("million", "m", "mn"), _MILLION),
    **dict.fromkeys(("billion", "b", "bn"), _BILLION),
    **dict.fromkeys(("trillion", "tn"), _TRILLION),
}
_PARTS = {
    "half": 1 / 2,
    "third": 1 / 3,
    "thirds": 1 / 3,
    "quarter": 1 / 4,
    "quarters": 1 / 4,
    "fifth": 1 / 5,
    "fifths": 1 / 5,
}
_UNITS = {
    "$": "money", "€": "money", "£": "money", "dollar": "money", "dollars": "money", "euro": "money", "euros": "money",
    "pounds": "money", "pound": "money", "usd": "money", "eur": "money",
    "%": "%", "percent": "%", "per": "%", "percentage": "%", "pct": "%",
}  # fmt: skip
_SPANS = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}  # days
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WORDS = "|".join(map(re.escape, [*_SMALL, *_TENS, *_ORDINALS, "hundred", "thousand", "million", "billion"]))
_SCALE = r"(?:[\s-]?(?P<{0}>hundred|thousand|million|billion|trillion|[mb]n|tn|[mbk])\b)?"
_AMOUNT = re.compile(
    rf"(?P<clock>\b\d{{1,2}}[.:]\d\d ?[ap]\.?m\b)"
    rf"|(?P<part>\b(?:a|one|two|three|four)[\s-](?:third|quarter|fifth|half)s?\b(?=\s+of\b)|\bhalf an? )"
    rf"|(?P<and_half>\ban? (?P<term>year|month|week|day) and a half\b)"
    rf"|(?P<money>[$€£])?(?<![\w.])(?P<digits>{_NUMBER})(?:(?:st|nd|rd|th)\b)?{_SCALE.format('scale')}(?P<sign> ?%)?"
    rf"|\b(?P<words>(?:{_WORDS})(?:[\s-](?:and[\s-])?(?:{_WORDS}))*)\b{_SCALE.format('word_scale')}",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"[\s-]*([^\W\d_]+|[%$€£])(?:[\s-]+([^\W\d_]+))?")
_LOOSE = re.compile(r"\b(?:about|around|nearly|almost|some|roughly|approximately|close to)\s+[$€£]?$", re.IGNORECASE)
_ROUGHLY = 0.06  # how far "nearly 400" may be from what it stands for
_SAME = 1e-6
_NO_COUNT = frozenset({"one", "zero", "second", "first"})


class Amount(NamedTuple):
    """A number in a text.

    Attributes:
        value: with its scale; a span of time in days.
        unit: "money", "%", "time", "clock", or the stem of the noun that it counts ("" if there is none).
        start: half-open code points, with currency and scale.
        end: see `start`.
        digits: significant digits as written.
        loose: it is called approximate.
    """

    value: float
    unit: str
    start: int
    end: int
    digits: int = 15
    loose: bool = False


def amounts(text: str, *, apart: tuple[tuple[int, int], ...] = ()) -> list[Amount]:
    """The numbers of a text in order, but those inside the stretches `apart` (dates)."""
    return [
        amount
        for match in _AMOUNT.finditer(text)
        if not any(first <= match.start() < last for first, last in apart)
        for amount in _read(match, text)
    ]


def agree(said: Amount, stated: Amount) -> bool:
    """Whether the first is a way to put the second: equal, rounded to the digits it has, or near when called so."""
    if not _comparable(said, stated):
        return False
    off = abs(said.value - stated.value)
    scale = max(abs(said.value), abs(stated.value), _SAME)
    if said.loose or stated.loose or said.unit == "time":
        return off <= (_ROUGHLY if said.unit != "time" else 0.01) * scale
    rounded = said.digits > 1 and _rounded(stated.value, said.digits) == _rounded(said.value, said.digits)
    return off <= _SAME * scale or rounded


def _comparable(one: Amount, other: Amount) -> bool:
    units = {one.unit, other.unit}
    if len(units) == 1:
        return True
    return not units & {"clock"} and (units == {"%", "part"} or not units & {"money", "%", "time"} or "" in units)


def _rounded(value: float, digits: int) -> float:
    return 0.0 if not value else round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _read(match: re.Match[str], text: str) -> Iterator[Amount]:
    start, end = match.span()
    loose = _LOOSE.search(text, max(0, start - 20), match.start("digits") if match["digits"] else start) is not None
    if match["clock"]:
        hour, minute = re.findall(r"\d+", match["clock"])
        yield Amount(int(hour) * 60 + int(minute), "clock", start, end)
    elif match["and_half"]:
        yield Amount(1.5 * _SPANS[match["term"].lower()], "time", start, end)
    elif match["part"]:
        yield _part(match["part"], start, end)
    elif match["digits"]:
        value = float(match["digits"].replace(",", "")) * _scale(match["scale"])
        yield _with_unit(value, match, text, _digits(match["digits"]), loose=loose)
    elif match["words"].lower() not in _NO_COUNT and not _is_ordinal_part(match, text):
        yield _with_unit(_spelled(match["words"].lower()) * _scale(match["word_scale"]), match, text, 15, loose=loose)


def _part(words: str, start: int, end: int) -> Amount:
    first, *rest = re.split(r"[\s-]", words.lower().strip())
    if first == "half":
        return Amount(0.5, "", start, start + len("half"))
    share = _PARTS.get(rest[0], _PARTS.get(rest[0].removesuffix("s"), 1.0))
    return Amount(100 * share * _SMALL.get(first, 1), "part", start, end, 2)


def _is_ordinal_part(match: re.Match[str], text: str) -> bool:
    """Whether "third" belongs to a fraction with no whole: "a third"."""
    return match["words"].lower() in _PARTS and text[: match.start()].lower().endswith((" a ", " two "))


def _scale(word: str | None) -> float:
    return _SCALES[word.lower()] if word else 1.0


def _spelled(words: str) -> float:
    total, current = 0.0, 0.0
    for word in re.split(r"[\s-]+", words):
        if word in _SCALES:
            current = (current or 1) * _SCALES[word]
            if _SCALES[word] > 1e2:  # noqa: PLR2004 - "hundred" goes on: two hundred thousand
                total, current = total + current, 0.0
        else:
            current += _SMALL.get(word, _TENS.get(word, _ORDINALS.get(word, 0)))
    return total + current


def _digits(number: str) -> int:
    plain = number.replace(",", "")
    return len(plain.replace(".", "").lstrip("0")) if "." in plain else len(plain.rstrip("0"))


def _with_unit(value: float, match: re.Match[str], text: str, digits: int, *, loose: bool) -> Amount:
    start, end = match.span()
    if match["money"] or match["sign"]:
        return Amount(value, "money" if match["money"] else "%", start, end, digits, loose)
    behind = _BEHIND.match(text, end)
    low = behind[1].lower() if behind else ""
    if low in _UNITS and not (low == "per" and behind and (behind[2] or "").lower() != "cent"):
        return Amount(value, _UNITS[low], start, end, digits, loose)
    span = low.removesuffix("s")
    if span in _SPANS and not (behind and behind[2] == "old"):  # an age may as well stand alone: "aged 23"
        return Amount(value * _SPANS[span], "time", start, end, digits, loose)
    return Amount(value, stem(low) if low and is_content(low) and span not in _SPANS else "", start, end, digits, loose)
