"""The figures of a sentence: how much of what, and whether they are meant to be exact."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from newslens.classical.consistency_alike import stem
from newslens.classical.lexicon import entries, listed
from newslens.page.dates import DATE

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {word: value for value, word in enumerate(_SMALL.split())} | {
    word: 10 * k for k, word in enumerate(_TENS.split(), 2)
}
_NUMBER = re.compile(
    rf"(?<![\w.,:/–-])(?P<money>[$€£¥]\s?)?(?:(?P<digits>\d+(?:[.,\u00a0]\d+)*)|(?P<word>{'|'.join([*_VALUES])})\b)"
    r"(?P<scale>[\s\u00a0]?[^\W\d_]+\b)?(?P<percent>\s?%)?(?![\d:/–-]|,\d|\.\d)",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\s*([^\W\d_]+)")
_BEFORE = re.compile(r"([^\W\d_]+)[.]?\s+$")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,\u00a0]\d{3})+")
_POWERS = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_YEARS = range(1500, 2100)
_LOOKED_BACK, _LOOKED_AT = 24, 200  # code points; words at a figure, and to its unit
_PLAIN_TEN = 10  # below, a figure is never a rounded one


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        value: what it says.
        shown: the number as its digits show it, without the scale: 4.2 of "4.2 million".
        unit: the stem of what is counted, or the sign of money or percent.
        exact: no word before it says that it is rounded, a bound or a guess.
        start: half-open code points in the sentence.
        end: likewise; the scale included, the unit left out.
    """

    value: float
    shown: float
    unit: str
    exact: bool
    start: int
    end: int


def figures(sentence: str) -> Iterator[Figure]:
    """The figures of a sentence that count something, in order; years, dates, ages and numbers of names are none."""
    dated = {k for match in DATE.finditer(sentence) for k in range(*match.span())}
    for match in _NUMBER.finditer(sentence):
        shown = _shown(match)
        power = _powers().get((match["scale"] or "").strip().casefold(), 1)
        end = match.end("scale") if power > 1 else _end(match)
        unit = "money" + match["money"].strip() if match["money"] else "%" if match["percent"] else _unit(sentence, end)
        before = sentence[max(0, match.start() - _LOOKED_BACK) : match.start()]
        if (
            unit
            and match.start() not in dated
            and not _named(before)
            and not (power == 1 and shown in _YEARS and not match["money"])
        ):
            exact = entries("consistency", "about", "words").isdisjoint(before.casefold().split()[-2:])
            yield Figure(shown * power, shown, unit, exact, match.start(), end)


def _end(match: re.Match[str]) -> int:
    return match.end("percent") if match["percent"] else match.end("digits" if match["digits"] else "word")


def _shown(match: re.Match[str]) -> float:
    if match["word"]:
        return _VALUES[match["word"].casefold()]
    digits = match["digits"]
    if _THOUSANDS.fullmatch(digits):
        return float(re.sub(r"\D", "", digits))
    whole, _, rest = digits.replace(",", ".").partition(".")
    return float(f"{whole}.{re.sub(r'[^0-9]', '', rest) or 0}")


def _unit(sentence: str, end: int) -> str:
    """The stem of the word behind the figure, or nothing."""
    following = _NEXT.match(sentence, end, end + _LOOKED_AT)
    return next(iter(stem(following[1])), "") if following else ""


def _named(before: str) -> bool:
    """Whether the number is a name's: Article 9, Apollo 11, May 4."""
    word = _BEFORE.search(before)
    return word is not None and word[1][0].isupper() and word.start() > 0


@cache
def _powers() -> Mapping[str, int]:
    return {word: power for name, power in _POWERS.items() for word in listed("consistency", "scales", name)}


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures may be one: equal, or the one is the other rounded to the digits that it shows."""
    low, high = sorted((one, other), key=_step)
    return low.value == high.value or abs(low.value - high.value) <= _step(high) / 2


def _step(figure: Figure) -> float:
    """What one unit in the last digit that is not zero stands for; 0 for small whole numbers, which are exact."""
    if figure.shown < _PLAIN_TEN and figure.shown == figure.value:
        return 0.0
    digits = f"{figure.shown:.6f}".rstrip("0")
    if not digits.endswith("."):
        place = -len(digits.partition(".")[2])
    else:
        whole = digits[:-1]
        place = len(whole) - len(whole.rstrip("0"))
    return float(math.pow(10, place) * (figure.value / figure.shown)) if place or figure.shown != figure.value else 0.0
