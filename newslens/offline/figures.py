"""Read the figures of a text: "$400m", "400 million dollars" and "four hundred million dollars" are one value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from newslens.article.days import days
from newslens.offline.lexicon import entries, listed

Unit = Literal["", "%", "$", "€", "£", "¥", "time", "clock", "rank"]

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_RANKS = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_VALUES: Mapping[str, int] = (
    {word: value for value, word in enumerate(_SMALL.split())}
    | {word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)}
    | {word: value for value, word in enumerate(_RANKS.split(), 3)}
    | {"twice": 2}
)
_POWERS = {"dozen": 12, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT = {"k": 1e3, "m": 1e6, "b": 1e9}  # only without a space: 100 m is a race
_SHARES = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0}  # per cent
_UNITS: Mapping[str, Unit] = {
    "$": "$", "dollar": "$", "dollars": "$", "usd": "$", "€": "€", "euro": "€", "euros": "€", "eur": "€",
    "£": "£", "pound": "£", "pounds": "£", "¥": "¥", "yen": "¥",
    "%": "%", "percent": "%", "per cent": "%", "percentage": "%", "pct": "%", "prozent": "%",
}  # fmt: skip
_DAYS_A = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
_CLOCK = r"(?<![\w.:])\d{1,2}(?:[.:]\d\d)? ?[ap]\.?m\b|(?<![\w.:])\d{1,2}:\d\d\b"
_PART = r"\b(?:a|one|two|three|four)[\s-](?:third|quarter|fifth|half)s?\b(?=\s+of\b)"
_MANY = r"\b(?:(?:tens|(?P<hundreds>hundreds)) of )?(?P<many>dozens|hundreds|thousands|millions|billions)\b"
_DIGITS = r"(?P<money>[$€£¥]\s?)?(?<![\w.])(?P<digits>\d+(?:[.,\u00a0]\d+)*)(?P<rank>(?:st|nd|rd|th)\b)?"
_NAME = "|".join([*_VALUES, *_POWERS])
_WORDS = rf"\b(?P<words>half an?|(?:{_NAME})(?:[\s-](?:and[\s-])?(?:{_NAME}))*)\b"
_BEHIND = re.compile(
    r"[\s-]*(?:(?:more|other|new|further|additional|extra|(?P<row>straight|consecutive|successive))\s+)*"
    r"(?P<noun>per cent\b|[^\W\d_]+|[%$€£¥])(?:[\s-]+(?P<old>old\b)|\s+(?P<again>running\b|in a row\b))?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,\u00a0]\d{3})+")
_TO = re.compile(r"\s?(?:[-–]|to|and|or|from)\s?")
_LOOKED_BACK, _LOOKED_AT = 24, 200  # code points to the words that make a figure rough, and to its noun
_ROUGHLY = 0.06  # how far "nearly 400" may be from what it stands for


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        value: with its scale; a span of time in days, a time of the day in minutes, a share in per cent.
        low: the least that it may be a rounding of.
        high: the most.
        unit: what it measures; a "rank" is an ordinal; "" for a plain count.
        noun: the word behind it in lower case: of a count and of a rank what it counts.
        start: half-open code points in the text, with currency and scale, without the noun.
        end: likewise.
        exact: no word before it says that it is rounded, a bound or a guess, as "dozens" is.
    """

    value: float
    low: float
    high: float
    unit: Unit
    noun: str
    start: int
    end: int
    exact: bool = True

    def covers(self, other: "Figure") -> bool:
        """Whether it may be a rounding of the other one."""
        return self.low <= other.value <= self.high


def figures(text: str) -> list[Figure]:
    """The figures of a text in order; those of dates, "one" and "first" are none."""
    dated = {k for day in days(text) for k in range(day.start, day.end)}
    matches = (match for match in _pattern().finditer(text) if match.start() not in dated)
    read = [figure for match in matches if (figure := _figure(text, match)) is not None]
    return [_in_range(text, one, other) for one, other in zip(read, [*read[1:], *read[-1:]], strict=True)]


@cache
def _pattern() -> re.Pattern[str]:
    scale = rf"(?:[\s\u00a0-]?(?P<scale>{'|'.join(map(re.escape, _scales()))})\b|(?P<short>[kmb])\b)?"
    number = rf"(?:{_DIGITS}|{_WORDS})(?P<half>\s+and a half\b)?{scale}(?P<percent>\s?%)?"
    term = rf"\ban? (?P<term>{'|'.join(_DAYS_A)}) and a half\b"
    return re.compile(rf"(?P<clock>{_CLOCK})|(?P<part>{_PART})|{term}|{_MANY}|{number}", re.IGNORECASE)


@cache
def _scales() -> Mapping[str, float]:
    return {word: power for name, power in _POWERS.items() for word in listed("consistency", "scales", name)}


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    if match["clock"]:
        return _of_day(match)
    if match["part"]:
        first, share = re.split(r"[\s-]", match["part"].lower())
        value = _SHARES[share.removesuffix("s")] * _VALUES.get(first, 1)
        return _rough(Figure(value, value, value, "%", "", *match.span()))
    if match["many"]:
        return _many(text, match)
    if match["term"]:
        value = 1.5 * _DAYS_A[match["term"].lower()]
        return Figure(value, value, value, "time", "", *match.span())
    return _number(text, match)


def _of_day(match: re.Match[str]) -> Figure:
    hour, minute = map(int, [*re.findall(r"\d+", match["clock"]), 0][:2])
    low = match["clock"].lower()
    value = 60.0 * (hour % 12 + 12 * ("p" in low) if "m" in low else hour) + minute
    return Figure(value, value, value, "clock", "", *match.span())


def _many(text: str, match: re.Match[str]) -> Figure:
    """`Dozens` is from two to ten dozen."""
    low = _scales()[match["many"].lower().removesuffix("s")] * (
        100 if match["hundreds"] else 10 if " " in match[0] else 1
    )
    behind = re.match(r"(?:\s+of)?(?:\s+the)?\s+([^\W\d_]+)", text[match.end() : match.end() + _LOOKED_AT])
    noun = behind[1].lower() if behind else ""
    return Figure(2 * low, 2 * low, 10 * low, _UNITS.get(noun, ""), noun, *match.span(), exact=False)


def _number(text: str, match: re.Match[str]) -> Figure | None:
    behind = _BEHIND.match(text, match.end(), match.end() + _LOOKED_AT)
    if _counts_nothing(text, match, behind):
        return None
    value, step = _shown(match["digits"]) if match["digits"] else _spelled(match["words"].lower())
    if match["half"]:
        value, step = value + 0.5, 0.0
    unit, noun = _measure(match, behind)
    factor = _scales()[match["scale"].lower()] if match["scale"] else _SHORT.get((match["short"] or "").lower(), 1.0)
    if unit == "time":
        factor *= _DAYS_A[noun.removesuffix("s")]
    low, high = (factor * (value + half) for half in (-step / 2, step / 2))
    figure = Figure(factor * value, low, high, unit, noun, *match.span())
    return _rough(figure) if _is_rough(text[max(0, match.start() - _LOOKED_BACK) : match.start()]) else figure


def _counts_nothing(text: str, match: re.Match[str], behind: re.Match[str] | None) -> bool:
    """Whether it is a bare "one" or "zero", or "third" for the part of a whole that is not named: "by a third"."""
    words = (match["words"] or "").lower()
    if words in {"one", "zero"}:
        return not (match["scale"] or match["half"])
    in_row = behind is not None and (behind["row"] or behind["again"])
    return words in _SHARES and not in_row and text[: match.start()].lower().endswith((" a ", " two "))


def _shown(digits: str) -> tuple[float, float]:
    """A number, and what one unit in its last digit that is not zero stands for."""
    if _THOUSANDS.fullmatch(digits):
        digits = re.sub(r"\D", "", digits)
    whole, _, rest = digits.replace(",", ".").partition(".")
    decimals = re.sub(r"\D", "", rest)
    zeros = 0 if decimals or not whole.strip("0") else len(whole) - len(whole.rstrip("0"))
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{decimals or 0}"), 10.0 ** (zeros - len(decimals))


def _spelled(words: str) -> tuple[float, float]:
    """A number in words, as `_shown` gives one in digits."""
    if words.startswith("half"):
        return 0.5, 0.0
    total, current = 0.0, 0.0
    for word in re.split(r"[\s-]+", words):
        if word in _POWERS:
            current = (current or 1) * _POWERS[word]
            if _POWERS[word] > _POWERS["hundred"]:  # which goes on: two hundred thousand
                total, current = total + current, 0.0
        else:
            current += _VALUES.get(word, 0)
    return total + current, _shown(str(int(total + current)))[1]


def _measure(match: re.Match[str], behind: re.Match[str] | None) -> tuple[Unit, str]:
    """What a number measures, and the word behind it; an age may as well stand alone: "aged 23"."""
    if match["money"] or match["percent"]:
        return _UNITS[match["money"].strip() if match["money"] else "%"], ""
    noun = behind["noun"].lower() if behind else ""
    if noun in _UNITS:
        return _UNITS[noun], ""
    if behind and (behind["row"] or behind["again"]):
        return "", noun
    if match["rank"] or (match["words"] or "").lower() in _RANKS.split():
        return "rank", noun
    if behind and noun.removesuffix("s") in _DAYS_A:
        return ("", "") if behind["old"] else ("time", noun)
    return "", noun


def _is_rough(before: str) -> bool:
    """Whether "about", "more than" or the like ends here."""
    words = before.lower().split()[-2:]
    rough = entries("consistency", "about", "words")
    joined = len(words) > 1 and words[-1] in entries("consistency", "about", "joints") and words[0] in rough
    return joined or (bool(words) and words[-1] in rough)


def _rough(figure: Figure) -> Figure:
    off = _ROUGHLY * figure.value
    return replace(figure, exact=False, low=figure.value - off, high=figure.value + off)


def _in_range(text: str, one: Figure, following: Figure) -> Figure:
    """`From 10 to 12 percent`: both are percents."""
    if one.unit or one.noun not in {"", "to", "and", "or", "from"} or not _TO.fullmatch(text, one.end, following.start):
        return one
    return replace(one, unit=following.unit, noun=following.noun) if following.unit not in {"time", "clock"} else one
