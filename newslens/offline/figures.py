"""Read the numbers of a text as values: "$400m", "400 million dollars" and "four hundred million dollars" are equal."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from newslens.article.dates import Day, days
from newslens.offline.language import entries, table

_MOST_DIGITS = 15  # more of them are an identifier
_LOOKED_BACK, _LOOKED_AHEAD = 24, 200  # code points to the word that makes a number rough, and to its noun
_WORDS: Any = table("numbers")
_ANY = {section: "|".join(word for word in _WORDS[section] if len(word) > 1) for section in _WORDS}
_SPELLED = rf"(?:{_ANY['cardinals']}|{_ANY['powers']})"
_FIGURE = re.compile(
    rf"\b(?P<parts>a|one|two|three|four)(?:(?P<joined>-)|\s)(?P<share>{_ANY['shares']})s?\b(?(joined)|(?=\s+of\b))"
    r"|\b(?:(?P<times>tens|hundreds)\sof\s)?(?P<many>dozens|hundreds|thousands|millions|billions)\b"
    r"|(?:(?P<money>[$€£¥]\s?)?(?<![\w.])(?P<digits>\d+(?:[.,:\u00a0]\d+)*)(?!\d|[’']?s\b)(?P<rank>(?:st|nd|rd|th)\b)?"
    rf"|\b(?P<words>half an?|(?:\w+ty-)?(?P<ordinal>{_ANY['ordinals']})"
    rf"|{_SPELLED}(?:[\s-](?:and[\s-])?{_SPELLED}){{0,7}})\b)"
    r"(?P<half>\s+and a half\b)?"
    rf"(?:[\s\u00a0-]?(?P<scale>{_ANY['scales']})\b|(?P<short>[kmb])\b)?(?P<percent>\s?%)?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[$€£¥]|\w+")
_NAMES = ("cardinals", "ordinals", "powers", "scales")
_FIRST = frozenset({"a", "half", "tens", *"$€£¥"}.union(*(_WORDS[section] for section in _NAMES)))
_NOUN = re.compile(
    r"(?:\s+of)?(?:\s+the\b)?[\s-]*(?:(?:more|other|new|further|additional|extra|straight|consecutive|successive)\s+)*"
    r"(?P<noun>per cent\b|[^\W\d_]+|[%$€£¥])(?P<old>[\s-]+old\b)?",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s?(?:[-–]|to|and|or)\s?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    Attributes:
        value: with its scale; a span of time in days, a share in per cent.
        low: the least value that it may stand for.
        high: the greatest value that it may stand for.
        unit: "$" and the like, "%", "time", "rank" for an ordinal, "" for a plain count.
        noun: the word behind it in lower case.
        start: offset of its first code point, currency included.
        end: offset behind it, and behind its unit where that is a word.
        is_rough: the text says that it is rounded, a bound or a guess.
    """

    value: float
    low: float
    high: float
    unit: str
    noun: str
    start: int
    end: int
    is_rough: bool = False

    def agrees(self, stated: "Figure") -> bool | None:
        """Whether it is a way to give the stated figure: equal, rounded, or close to it where one of both is rough.

        None if the units differ; a plain number may be of any unit.
        """
        if self.unit != stated.unit and "" not in {self.unit, stated.unit}:
            return None
        return self.low <= stated.value <= self.high or (stated.is_rough and stated.low <= self.value <= stated.high)


def read_figures(text: str, dates: Iterable[Day] | None = None) -> list[Figure]:
    """The numbers of a text in order, without a bare "one" or "first" and without those of its dates.

    Args:
        text: the text.
        dates: its dates, if they have been read already.
    """
    dated = {offset for day in (days(text) if dates is None else dates) for offset in range(day.start, day.end)}
    found: list[Figure] = []
    end = 0
    for token in _TOKEN.finditer(text):
        word = token[0].lower()
        if token.start() < end or token.start() in dated or not (word in _FIRST or word[0].isdigit()):
            continue
        match = _FIGURE.match(text, token.start())
        figure = _read_figure(text, match) if match else None
        if match is None or figure is None:
            continue
        end = match.end()
        joined = found and not found[-1].unit and _JOINT.fullmatch(text, found[-1].end, figure.start)
        if joined and figure.unit not in {"", "time"}:  # from 10 to 12 percent
            found[-1] = replace(found[-1], unit=figure.unit, noun=figure.noun)
        found.append(figure)
    return found


def _read_figure(text: str, match: re.Match[str]) -> Figure | None:
    """The figure of a match; None for a bare "one" or "zero", for "by a third", and for identifiers."""
    start, end = match.span()
    behind = _NOUN.match(text, end, end + _LOOKED_AHEAD)
    noun = behind["noun"].lower() if behind else ""
    words, ordinal = (match["words"] or "").lower(), (match["ordinal"] or "").lower()
    before = ["", *text[max(0, start - _LOOKED_BACK) : start].lower().split()]
    bare = words in {"one", "zero"} and not (match["scale"] or match["half"] or text[end : end + 1] == "-")
    if bare or (ordinal and before[-1] in {"a", "two"}):
        return None
    if before[-1] in entries("numbers", "rough", "joints"):
        before.pop()
    is_rough = before[-1] in entries("numbers", "rough", "words")
    unit, scale = _WORDS["units"].get((match["money"] or match["percent"] or noun).strip(), ""), 1.0
    if match["many"]:
        value, is_rough = {"tens": 10.0, "hundreds": 100.0}.get((match["times"] or "").lower(), 1.0), True
        low, high = value, 10 * value  # "dozens" may be anything from one dozen to ten dozen
    else:
        value, step = _shown_value(match["digits"] or _spelled_digits(words))
        if match["share"]:
            parts = _WORDS["cardinals"].get(match["parts"].lower(), 1)
            value, unit = parts * _WORDS["shares"][match["share"].lower()], "%"
        elif match["half"] or words.startswith("half"):
            value, step = value + 0.5, 0.0
        elif value >= 10.0**_MOST_DIGITS:
            return None
        off = value / 10 if is_rough or match["share"] else step / 2 if 10 * step <= value else value * 1e-6
        low, high = value - off, value + off
    time = _WORDS["times"].get(noun.removesuffix("s"))
    if not unit and (match["rank"] or ordinal):
        unit = "rank"
    elif not unit and time and behind and not behind["old"]:
        unit, scale = "time", time
    scale *= _WORDS["scales"].get((match["scale"] or match["short"] or match["many"] or "").lower(), 1.0)
    if behind and (unit == "time" or (noun in _WORDS["units"] and not (match["money"] or match["percent"]))):
        end = behind.end("noun")
    return Figure(scale * value, scale * low, scale * high, unit, noun, start, end, is_rough)


def _shown_value(digits: str) -> tuple[float, float]:
    """A number, and what one unit in its last digit that is not zero stands for."""
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,\u00a0]\d{3})+", digits):
        digits = re.sub(r"\D", "", digits)
    whole, *rest = re.split(r"\D", digits[: 2 * _MOST_DIGITS])
    decimals = "".join(rest)
    zeros = 0 if decimals or not whole.strip("0") else len(whole) - len(whole.rstrip("0"))
    return float(f"{whole}.{decimals or 0}"), 10.0 ** (zeros - len(decimals))


def _spelled_digits(words: str) -> str:
    """A number in words as digits."""
    total, current = 0, 0
    for word in re.split(r"[\s-]+", words):
        if word in _WORDS["powers"]:
            current = (current or 1) * _WORDS["powers"][word]
        else:
            current += _WORDS["cardinals"].get(word, 0) + _WORDS["ordinals"].get(word, 0)  # 0: "and"
        if word not in {"hundred", "dozen"} and word in _WORDS["powers"]:  # two hundred goes on: two hundred thousand
            total, current = total + current, 0
    return str(total + current)
