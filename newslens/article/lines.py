"""Classify one line of a pasted page by its own words: byline, promotion or form, headline, running text."""

import tomllib
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

import regex

from newslens.article.dates import DATE, TIME, find_full_dates
from newslens.article.spans import normalise

LONGEST = 400  # code points; boilerplate lines are not longer, and it bounds what the patterns can cost
LONGEST_HEADLINE = 200  # code points; a headline glued into the sample article has 155
Place = Literal["head", "body", "tail"]
"""Before the first paragraph of prose, in the story, after its last paragraph."""


class _Rules(NamedTuple):
    boilerplate: list[tuple[str, str | None, regex.Pattern[str]]]  # reason, place, whole line
    promotions: regex.Pattern[str]
    label: regex.Pattern[str]
    by: regex.Pattern[str]
    role: regex.Pattern[str]


@cache
def _load_rules() -> _Rules:
    """The patterns of boilerplate.toml, compiled when first needed."""
    data = tomllib.loads(files("newslens.article").joinpath("boilerplate.toml").read_text(encoding="utf-8"))

    def compile_any(patterns: list[str], suffix: str = "", flags: int = 0) -> regex.Pattern[str]:
        joined = f"(?:{'|'.join(patterns)}){suffix}"
        while part := regex.search("<([A-Z]+)>", joined):
            joined = joined.replace(part[0], f"(?:{'|'.join(data['parts'][part[1]])})")
        return regex.compile(joined, flags)

    rules = [(rule["reason"], rule.get("place"), compile_any(rule["patterns"])) for rule in data["rules"]]
    words = {name: compile_any(patterns, flags=regex.IGNORECASE) for name, patterns in data["credits"].items()}
    return _Rules(rules, compile_any(data["promotion"]["leads"], r"(?![\w'])"), **words)


_REPORTED = regex.compile(r"\b(?:said|says|told|according to|dijo|segun|aseguro|explico)\b")
_LONGEST_LINK = 120  # code points of a link's text that ends like a sentence
_BULLETS = " \t•·*-–—>»›|▶►→●■▪"


@lru_cache(maxsize=4_096)
def find_boilerplate(line: str, place: Place) -> str | None:
    """The reason, in words, why a line is not part of the story; None if it is, or may be.

    The words and shape of the whole line have to match: prose that only begins like a promotion remains prose.
    """
    if len(line) > LONGEST:
        return None
    folded = normalise(line.lstrip(_BULLETS).rstrip(" \t>»›|▶►→")).text.strip()
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    if _REPORTED.search(plain) and plain.endswith((".", '"', "'")):
        return None
    rules = _load_rules()
    for reason, where, pattern in rules.boilerplate:
        if (where in (None, place) or (where == "outside" and place != "body")) and pattern.fullmatch(plain):
            return reason
    lead = rules.promotions.match(plain)
    rest = plain[lead.end() :].lstrip() if lead else ""
    if lead is None or (len(rest) > _LONGEST_LINK and rest.endswith(".")):  # a paragraph of the story glued to a link
        return None
    is_shouted = line.lstrip(_BULLETS)[: lead.end()].isupper()
    return "promotion" if not rest.strip(" .!") or rest[0] in ":|>" or is_shouted else None


_LIST_ITEM = regex.compile(r"[•·*▪●■–—>-]|\(?\d{1,3}[.)]\s")
_SENTENCE_END = regex.compile(r"[.!?。！？।؟…][\"'”’»)\]」』]*$")
_HEADLINE_END = regex.compile(r"[!?！？؟]$|(?:\b\p{L}\.){2,}$")  # asks, calls, or ends with an abbreviation
_LONG_WORD = regex.compile(r"[\p{L}\p{M}]{4,}")
_INNER_END = regex.compile(r"[\p{Ll}\p{Lo}]{4}[.!?][\"'”’»)]*\s+[\"'“‘«]?\p{Lu}")
_LONGEST_PLAIN_HEADING = 60  # code points of a heading that is not in title case; standfirsts are longer
_TITLE_CASE = 0.75  # share of the long words that begin with a capital
_FEWEST_TAGS, _LONGEST_TAG = 3, 4  # tags, words


def is_prose(text: str, length: int) -> bool:
    """Whether a line of `length` code points that begins with `text` reads like running text, not like a title."""
    if length > LONGEST_HEADLINE or text[-1] in ":;," or _LIST_ITEM.match(text):
        return True
    words = _LONG_WORD.findall(text)
    has_capitals = len(words) > 1 and sum(not word[0].islower() for word in words) >= _TITLE_CASE * len(words)
    if has_capitals and is_headline(text):
        return False
    if _SENTENCE_END.search(text) or _INNER_END.search(text):
        return True
    return length > _LONGEST_PLAIN_HEADING and not is_tag_list(text)


def is_headline(text: str) -> bool:
    """Whether a short line may be a headline: not a list item, and without a full stop unless of an abbreviation."""
    is_item = _LIST_ITEM.match(text) or text[-1] in ":;,"
    return not is_item and (not _SENTENCE_END.search(text) or _HEADLINE_END.search(text) is not None)


def is_tag_list(text: str) -> bool:
    """Whether the line is short phrases separated by commas, without a sentence among them."""
    tags = [len(tag.split()) for tag in text.split(",")]
    return len(tags) >= _FEWEST_TAGS and 0 < min(tags) <= max(tags) <= _LONGEST_TAG and not _SENTENCE_END.search(text)


_LONGEST_CREDIT = 200  # code points
_MOST_NAMES = 14  # words
_NUMBERS = regex.compile(r"[\d\s/:.,-]+(?:[ap]\.?m\.?)?(?: \p{Lu}{2,4})?")  # 11/19/19 06:56 AM EST
_SEPARATOR = regex.compile(r"\s*[|•·\t]\s*|\s+[-–—/]\s+|(?<=\S)\s*;\s*")
_SMALL = frozenset(["and", "y", "e", "de", "del", "la", "van", "von", "der", "den", "bin", "al", "el", "da", "di", "&"])
_ELSEWHERE = regex.compile(r"\s+(?:in|en|for|para|at|from|desde)\s+.*", regex.IGNORECASE)
_AUTHOR_NOTE = regex.compile(r"\s(?:is (?:a|an|the|our)|writes|covers|reports|can be reached|has covered|es)\b")
_AGENCY = regex.compile(r"\s*(?:\([^()]{1,40}\)\s*[-–—]*|[-–—]+)\s*$")  # (Reuters) -
_PLACE = regex.compile(r"\p{Lu}[\p{L}.'’-]*(?:[ ,]+(?:(?:de|del|la|el|of|and) ){0,2}\p{Lu}[\p{L}.'’-]*){0,5}")


@dataclass(frozen=True, slots=True)
class Credit:
    """What a byline, or a dateline with its place, says about the article.

    `author` is the names without "By" and roles; `published`, if it can only be one day, may be that of an update.
    """

    kind: Literal["byline", "dateline"]
    author: str | None = None
    published: date | None = None
    updated: bool = False


def read_credit(line: str) -> Credit | None:
    """The credit if the whole line is one, or None."""
    if not line or len(line) > _LONGEST_CREDIT:
        return None
    # The first date that is not of an update, else the first that is; a date can also be ambiguous.
    published, updated = min(find_full_dates(line), key=lambda found: found[1], default=(None, False))
    has_date = DATE.search(line) is not None
    rules, rest = _load_rules(), line
    for pattern in (DATE, TIME, rules.label):
        rest = pattern.sub("|", rest)
    parts = (part.strip(" ,;:：，.()（）/-–—") for part in _SEPARATOR.split(rest))
    segments = [part for part in parts if part and not _NUMBERS.fullmatch(part)]
    author = None
    if any(map(rules.by.match, segments)):
        for segment in segments:
            by = rules.by.match(segment)
            names = segment[by.end() :].strip(" :：/／").removesuffix(" on") if by else segment
            if names and not _are_names(names):
                return None
            if by and names and author is None:
                listed = [name.strip() for name in _ELSEWHERE.sub("", names).split(",")]
                people = [name for name in listed if len(name.split()) > 1 and not rules.role.search(name)]
                author = ", ".join(people) or listed[0]
        return Credit("byline", author, published, updated)
    if all(map(is_role, segments)) and (has_date or (not segments and rules.label.match(line))):
        return Credit("byline", None, published, updated)
    is_dateline = has_date and _PLACE.fullmatch(_AGENCY.sub("", DATE.sub("", line)).strip(" ,|·•"))
    return Credit("dateline", None, published, updated) if is_dateline else None


def read_dateline_date(paragraph: str) -> date | None:
    """The day in the dateline that opens a paragraph: "LIMA, Peru, May 4, 2025 (Reuters) - …"."""
    opening = regex.match(r"[^-–—]{1,120}[-–—]\s", paragraph)
    credit = read_credit(opening[0]) if opening else None
    return credit.published if credit else None


def is_author_note(line: str, names: str) -> bool:
    """Whether the line describes one of these authors: "Jane Doe is a staff writer."."""
    authors = filter(None, regex.split(r",\s*|\s+(?:and|y|&)\s+", names))
    return any(line.startswith(name) and _AUTHOR_NOTE.match(line, len(name)) for name in authors)


def is_role(line: str) -> bool:
    """Whether the line is a job or an outlet, as it stands below a name: "Staff Writer"."""
    return _load_rules().role.search(line) is not None and len(line.split()) <= 7 and _are_names(line)  # noqa: PLR2004 - words


def _are_names(text: str) -> bool:
    """Whether all words are written like names: with capitals, or in a script without them."""
    words = _ELSEWHERE.sub("", text).split()
    initials = [word.strip(".,'’\"“”()")[:1] for word in words if word.lower().strip(".,") not in _SMALL]
    is_short = len(initials) > 0 and len(words) <= _MOST_NAMES and not any(map(str.isdigit, text))
    return is_short and all(first.isalpha() and not first.islower() for first in initials)
