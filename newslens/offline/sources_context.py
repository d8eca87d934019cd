"""What a text tells about a source beside its words: what it is, and why its name is kept back."""

import re
from functools import cache
from typing import NamedTuple

from newslens.offline.grammar import POSSESSIVES
from newslens.offline.lexicon import entries, listed
from newslens.offline.names import Actor
from newslens.offline.sides import Text
from newslens.offline.words import Word

_LONGEST_ROLE = 12  # words of "the harbour's manager"
_HEAD = 5  # words of a sentence's head, whose comma opens no apposition unless another closes it
_TITLED = 3  # words in which a role without an article has its title: "regional secretary"
_ARTICLES = POSSESSIVES - {"whose"} | {"the", "a", "an"}
_MARKS = frozenset(',.;:—–)"“”')
_REASON_REACH = 4  # words between "anonymity" and "because"


class Withheld(NamedTuple):
    """That a 0-based sentence tells of a name kept back, and the words that say why; "" where none do."""

    sentence: int
    reason: str


def withheld(text: Text, sentence: int) -> Withheld | None:
    """Where a sentence says that a name is kept back outside quotations."""
    lows = " ".join(text.parses[sentence].lows)
    if not _signs().search(lows):
        return None
    parsed = text.parses[sentence]
    found = next(_signs().finditer(lows))
    first = lows[: found.start()].count(" ")
    behind = lows[: found.end()].count(" ") + 1
    if parsed.quote[first] >= 0:
        return None
    return Withheld(sentence, _reason(text, sentence, behind))


@cache
def _signs() -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, listed('sources', 'anonymity', 'phrases')))})(?!\S)")


def _reason(text: Text, sentence: int, first: int) -> str:
    parsed = text.parses[sentence]
    opens = range(first, min(first + _REASON_REACH, len(parsed.words)))
    start = next((k for k in opens if parsed.lows[k] in entries("sources", "anonymity", "reasons")), None)
    if start is None:
        return ""
    ends = (k for k in range(start, len(parsed.words)) if parsed.words[k].text in {",", ";", ".", "—", "”"})
    end = next(ends, len(parsed.words))
    return text.sentences[sentence][parsed.words[start].start : parsed.words[end - 1].end]


def role(text: Text, actor: Actor) -> str:
    """What the text says that somebody is, where it first does: "the harbour's manager", "Finance Minister"."""
    told = (
        _apposed(text, one.sentence, one.end) or _title(text, one.sentence, one.start)
        for one in actor.mentions
        if one.sentence not in text.headlines
    )
    return next(filter(None, told), "")


def _title(text: Text, sentence: int, start: int) -> str:
    """The titles right before a name; "Mr." and its like are none."""
    parsed = text.parses[sentence]
    name = first = parsed.at(start, start + 1)[0]
    while first > 0 and _is_title(parsed.words[first - 1]):
        first -= 1
    body = first
    while 0 < body < name and _is_body(parsed.words[body - 1]):
        body -= 1
    if body == 0:
        first = body  # "School board member Joyce Tran"
    words = [word for word in parsed.words[first:name] if word.text[0].isalnum()]
    if not words or all(word.low in entries("sources", "courtesy", "words") for word in words):
        return ""
    return text.sentences[sentence][words[0].start : words[-1].end]


def _is_body(word: Word) -> bool:
    return word.low in entries("names", "organisations", "words")


def _is_title(word: Word) -> bool:
    adjective = word.capital and word.low in entries("names", "adjectives", "words")
    return word.low in entries("names", "titles", "words") or adjective


def _apposed(text: Text, sentence: int, end: int) -> str:
    """The noun phrase between commas behind a name."""
    parsed = text.parses[sentence]
    first = parsed.at(end - 1, end)[1] + 1
    if parsed.lows[first - 1 : first] != (",",):
        return ""
    marks = (k for k in range(first, len(parsed.words)) if parsed.words[k].text in _MARKS or parsed.quote[k] >= 0)
    last = next(marks, first)
    closed = parsed.lows[last : last + 1] == (",",) or first > _HEAD  # "In Hull, the plan divides families."
    part = parsed.words[first:last] if closed else ()
    return text.sentences[sentence][part[0].start : part[-1].end] if _is_role(part) else ""


def _is_role(words: tuple[Word, ...]) -> bool:
    if not 0 < len(words) <= _LONGEST_ROLE:
        return False
    titles = entries("names", "titles", "words")
    return words[0].low in _ARTICLES or any(word.low in titles for word in words[:_TITLED])
