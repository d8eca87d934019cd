"""Loaded words in news prose: evaluation, metaphor, names and overstatement where a plain word would do.

Precision comes before recall: a word counts only where nothing beside it shows that it means just what it says, and
never as part of a name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from newslens.offline.lexicon import all_forms, entries, plural, table
from newslens.offline.parsing import Parse
from newslens.offline.phrases import Range
from newslens.offline.sides import Text

TECHNIQUES = ("loaded_language", "name_calling", "exaggeration_minimisation")
"""Codes of the codebook `persuasion` that there are rules for."""

Words = frozenset[str]

_GAP = 2  # words at most between a term and the word that it needs: "waves of poor young migrants"
_ROLES = ("joins", "follows", "unless", "ahead", "literal")  # fields of an entry, and keys of a row
_SUPERLATIVE = 6  # words at most of "most corrupt government in history"
_NOBODY = frozenset({"nobody", "none", "neither"})
_ENDS = (("in", "history"), ("in", "living", "memory"), ("of", "all", "time"), ("ever",))
_JUDGED = ("failings", "rulers")
_SUPERLATIVES = {"most": ("judging",), "worst": _JUDGED, "biggest": _JUDGED, "greatest": _JUDGED, "best": _JUDGED}


@dataclass(frozen=True, slots=True)
class Loaded:
    """One loaded phrase.

    Attributes:
        sentence: 0-based index.
        start: first code point in the sentence.
        end: code point behind the last.
        technique: its code in the codebook `persuasion`.
        neutral: a plainer word, verbs in the infinitive; "" if the lexicon has none.
    """

    sentence: int
    start: int
    end: int
    technique: str
    neutral: str


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a term needs around it; see the head of `lexicons/loaded.toml`."""

    technique: str
    neutral: str = ""
    joins: Words = frozenset()
    follows: Words = frozenset()
    unless: Words = frozenset()
    ahead: Words = frozenset()
    literal: Words = frozenset()


def find(text: Text) -> tuple[Loaded, ...]:
    """The loaded phrases of a text in order, without overlaps."""
    return tuple(one for k, parsed in enumerate(text.parses) for one in _in_sentence(text, k, parsed))


def _in_sentence(text: Text, k: int, parsed: Parse) -> Iterator[Loaded]:
    free = 0
    for i in range(len(parsed.lows)):
        if i < free or (found := _at(text, k, i)) is None:
            continue
        free, entry = found
        yield Loaded(k, parsed.words[i].start, parsed.words[free - 1].end, entry.technique, entry.neutral)


def _at(text: Text, k: int, i: int) -> tuple[int, _Entry] | None:
    """The longest phrase that begins with word `i`: the word behind it, and its entry."""
    parsed = text.parses[k]
    first = _looked_up(parsed.lows[i])
    for term, entry in _index().get(first, ()):
        if (first, *parsed.lows[i + 1 : i + len(term)]) != term:
            continue
        last = _superlative(parsed, i) if entry is _overstated() else _last(parsed, i + len(term), entry)
        if last is not None and _counts(text, k, (i, last), entry):
            return last, entry
    return None


def _looked_up(low: str) -> str:
    """The word to look up: of a compound that ends in a name for people, that name (`eco-zealots`)."""
    tail = low.rpartition("-")[2]
    return tail if low not in _index() and tail in _people() else low


def _last(parsed: Parse, behind: int, entry: _Entry) -> int | None:
    """Where the phrase ends, with the word that joins it; None if a word that it needs is missing."""
    if not entry.unless.isdisjoint(parsed.lows[behind : behind + _GAP]):
        return None
    if entry.follows and _next(parsed, behind, entry.follows) is None:
        return None
    return _next(parsed, behind, entry.joins) if entry.joins else behind


def _next(parsed: Parse, behind: int, needed: Words) -> int | None:
    """The place behind the first of the needed words, which no mark may part from the term."""
    for j in range(behind, min(behind + _GAP + 1, len(parsed.lows))):
        if parsed.lows[j] in needed:
            return j + 1
        if not parsed.lows[j][0].isalnum():
            return None
    return None


def _counts(text: Text, k: int, phrase: Range, entry: _Entry) -> bool:
    parsed = text.parses[k]
    if _named(text, k, phrase) or _denied(parsed, phrase[0]):
        return False
    if entry.ahead and entry.ahead.isdisjoint(parsed.lows[: phrase[0]]):
        return False
    return not entry.literal or not _literal(text, k, phrase, entry.literal)


def _denied(parsed: Parse, i: int) -> bool:
    """Whether a negation is about word `i`, or its clause is about nobody: "Nobody in that hall was a crook"."""
    clause = (low for low, number in zip(parsed.lows[:i], parsed.clause, strict=False) if number == parsed.clause[i])
    return parsed.negated(i) or not _NOBODY.isdisjoint(clause)


def _named(text: Text, k: int, phrase: Range) -> bool:
    """Whether the words are, or may be, part of a name or of a title."""
    if k in text.headlines:
        return False
    words = text.parses[k].words
    first, last = phrase
    opens = all(not word.text[0].isalnum() for word in words[:first])
    if any(word.capital for word in words[first + opens : last]):
        return True
    onward = words[last : last + 2]
    apposed = len(onward) > 1 and onward[0].text == "," and onward[1].low in {"a", "an", "the"}
    return opens and bool(onward) and (onward[0].capital or apposed)


def _literal(text: Text, k: int, phrase: Range, about: Words) -> bool:
    """Whether the sentence, or one beside it, is about the thing that the words name literally."""
    parsed = text.parses[k]
    own = (*parsed.lows[: phrase[0]], *parsed.lows[phrase[1] :])
    beside = (text.parses[j].lows for j in (k - 1, k + 1) if 0 <= j < len(text.parses))
    return not about.isdisjoint(own) or any(not about.isdisjoint(lows) for lows in beside)


def _superlative(parsed: Parse, i: int) -> int | None:
    """The end of "most corrupt government in history", where what is measured is a judgement."""
    lows = parsed.lows
    if _group(_SUPERLATIVES[lows[i]]).isdisjoint(lows[i + 1 : i + 2]):
        return None
    near = range(i + 2, i + _SUPERLATIVE)
    return next((j + len(end) for j in near for end in _ENDS if lows[j : j + len(end)] == end), None)


@cache
def _index() -> Mapping[str, tuple[tuple[tuple[str, ...], _Entry], ...]]:
    """Every term with its entry, by its first word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], _Entry]]] = {}
    for first in _SUPERLATIVES:
        found[first] = [((first,), _overstated())]
    for technique in TECHNIQUES:
        for row in table("loaded")[technique]:
            entry = _entry(technique, row)
            for term in map(str.split, _terms(row)):
                found.setdefault(term[0], []).append((tuple(term), entry))
    return {first: tuple(sorted(terms, key=lambda one: -len(one[0]))) for first, terms in found.items()}


@cache
def _people() -> Words:
    """Every single word of the names that people are called."""
    return frozenset(term for row in table("loaded")["name_calling"] for term in _terms(row) if " " not in term)


@cache
def _overstated() -> _Entry:
    return _entry("exaggeration_minimisation", {"literal": "weather violence"})


def _entry(technique: str, row: Mapping[str, Any]) -> _Entry:
    roles = {role: _group(row[role].split()) for role in _ROLES if role in row}
    return _Entry(technique, row.get("neutral", ""), **roles)


def _group(names: Iterable[str]) -> Words:
    return frozenset[str]().union(*(entries("loaded", "groups", name) for name in names))


def _terms(row: Mapping[str, Any]) -> Iterator[str]:
    """The terms of a row, each once: as they stand, nouns in both numbers, verbs in every form."""
    nouns = row.get("nouns", ())
    yield from sorted({*row.get("terms", ()), *nouns, *map(plural, nouns), *all_forms(row.get("verbs", ()))})
