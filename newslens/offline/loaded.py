"""Loaded words by lexicon: a word counts only where nothing beside it shows that it is meant literally."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from newslens.analyses.analysis import Reading
from newslens.analyses.codebook import require_codebook
from newslens.analyses.loaded import LOADED_TECHNIQUES
from newslens.errors import ConfigurationError
from newslens.offline.language import Word, all_forms, cut, entries, need_english, plural, table

_GAP = 2  # words at most between a term and the word that it needs: "waves of poor young migrants"
_SUPERLATIVE = 6  # words at most of "most corrupt government in history"
_NEGATION = 4  # words that a negation reaches
_DENIED = frozenset({"not", "no", "never", "nor", "neither", "without", "nobody", "none", "nothing"})
_BORDERS = frozenset(";:—–") | {"but", "while", "although", "though", "because", "which"}
_ENDS = (("in", "history"), ("in", "living", "memory"), ("of", "all", "time"), ("ever",))
_JUDGED = {"most": ("judging",), **dict.fromkeys(("worst", "biggest", "greatest", "best"), ("failings", "rulers"))}

_GROUPS = ("joins", "follows", "unless", "literal")  # of words, in a row

Words = frozenset[str]


class _Entry(NamedTuple):
    """A term and what it needs around it; see the head of `lexicons/loaded.toml`."""

    words: tuple[str, ...]
    technique: str
    neutral: str = ""
    joins: Words = frozenset()
    follows: Words = frozenset()
    unless: Words = frozenset()
    literal: Words = frozenset()


def read_loaded(reading: Reading) -> list[dict[str, Any]]:
    """Loaded phrases of the headline and the story in order, without overlaps.

    Raises:
        ConfigurationError: there is no lexicon for a technique that is asked for.
        LanguageUnknown: the article is not English.
    """
    article, asked = reading.article, require_codebook(reading.book).codes
    if unread := [code for code in asked if code not in LOADED_TECHNIQUES]:
        raise ConfigurationError(
            f"The offline reader has no lexicon for {', '.join(unread)}, only for {', '.join(LOADED_TECHNIQUES)}. "
            "Ask for these alone, or name a model: Lens(model=…)."
        )
    need_english("loaded language", article.language, [span.text for span in article.sentences])
    spans = [*filter(None, (article.headline,)), *article.sentences]
    texts = [cut(span.text) for span in spans]
    lows = [frozenset(word.low for word in words) for words in texts]
    records = []
    for k, (span, words) in enumerate(zip(spans, texts, strict=True)):
        beside = frozenset().union(*lows[max(0, k - 1) : k], *lows[k + 1 : k + 2])
        for first, last, entry in find_phrases(words, beside, is_headline=span.sentence == 0):
            place = article.span(span.start + words[first].start, span.start + words[last - 1].end)
            records.append(
                {
                    "phrase": place.text,
                    "technique": entry.technique,
                    "neutral": entry.neutral,
                    "label": {"value": "loaded", "method": "classical"},
                    "evidence": [span.sentence],
                    "words": (place,),
                }
            )
    return [record for record in records if record["technique"] in asked]


def find_phrases(words: Sequence[Word], beside: Words, *, is_headline: bool) -> Iterator[tuple[int, int, _Entry]]:
    """Each loaded phrase of a sentence as a range of its words; `beside` are the words of the sentences around it."""
    index, people, lows = _build_index(), _list_people(), [word.low for word in words]
    free = 0
    for i, low in enumerate(lows):
        tail = low.rpartition("-")[2] if "-" in low else low  # of "eco-zealots"
        first = tail if low not in index and tail in people else low
        for entry in index.get(first, ()) if i >= free else ():
            behind = i + len(entry.words)
            if (first, *lows[i + 1 : behind]) != entry.words or not entry.unless.isdisjoint(
                lows[behind : behind + _GAP]
            ):
                continue
            last = _find_superlative(lows, i) if entry.technique and first in _JUDGED else behind
            if not entry.unless.isdisjoint(lows[behind : behind + _GAP]):
                continue
            if entry.follows and _find_next(lows, behind, entry.follows) is None:
                continue
            if entry.joins:
                last = _find_next(lows, behind, entry.joins)
            if last is None or _is_named(words, i, last, is_headline=is_headline) or _is_denied(lows, i):
                continue
            if entry.literal.isdisjoint(beside) and entry.literal.isdisjoint((*lows[:i], *lows[last:])):
                free = last
                yield i, last, entry
                break


def _find_next(lows: Sequence[str], behind: int, needed: Words) -> int | None:
    """The place behind the first of the needed words, which no mark may part from the term."""
    for j in range(behind, min(behind + _GAP + 1, len(lows))):
        if lows[j] in needed:
            return j + 1
        if not lows[j][0].isalnum():
            return None
    return None


def _find_superlative(lows: Sequence[str], i: int) -> int | None:
    """The end of "most corrupt government in history", where what is measured is a judgement."""
    if lows[i + 1 : i + 2] and lows[i + 1] in _unite(_JUDGED[lows[i]]):
        for j in range(i + 2, i + _SUPERLATIVE):
            for end in _ENDS:
                if tuple(lows[j : j + len(end)]) == end:
                    return j + len(end)
    return None


def _is_named(words: Sequence[Word], first: int, last: int, *, is_headline: bool) -> bool:
    """Whether the words are, or may be, part of a name or of a title."""
    opens = all(not word.text[0].isalnum() for word in words[:first])
    if is_headline:
        return False
    if any(word.capital for word in words[first + opens : last]):
        return True
    return opens and last < len(words) and words[last].capital


def _is_denied(lows: Sequence[str], i: int) -> bool:
    """Whether a negation stands right before word `i` in its clause: "was not a crook"."""
    for low in reversed(lows[max(0, i - _NEGATION) : i]):
        if low in _BORDERS:
            return False
        if low in _DENIED or low.endswith("n't"):
            return True
    return False


@cache
def _build_index() -> Mapping[str, list[_Entry]]:
    """Every term with its entry, by its first word, the longest first."""
    index: dict[str, list[_Entry]] = defaultdict(list)
    superlatives = {"terms": list(_JUDGED), "literal": "weather violence"}
    for technique in LOADED_TECHNIQUES:
        extra = [superlatives] if technique == "exaggeration_minimisation" else []
        for row in (*table("loaded")[technique], *extra):
            groups = {
                name: _unite(row[name].split()) for name in ("joins", "follows", "unless", "literal") if name in row
            }
            for term in _list_terms(row):
                words = tuple(term.split())
                index[words[0]].append(_Entry(words, technique, row.get("neutral", ""), **groups))
    for found in index.values():
        found.sort(key=lambda entry: -len(entry.words))
    return index


@cache
def _list_people() -> Words:
    """Every single word of the names that people are called."""
    return frozenset(term for row in table("loaded")["name_calling"] for term in _list_terms(row) if " " not in term)


def _unite(names: Iterable[str]) -> Words:
    return frozenset[str]().union(*(entries("loaded", "groups", name) for name in names))


def _list_terms(row: Mapping[str, Any]) -> list[str]:
    """The terms of a row: as they stand, adjectives and their adverbs, nouns in both numbers, all forms of verbs."""
    terms = {*row.get("terms", ()), *all_forms(row.get("verbs", ()))}
    for noun in row.get("nouns", ()):
        terms |= {noun, plural(noun)}
    for quality in row.get("qualities", ()):
        adverb = re.sub(r"y$", "i", re.sub(r"le$", "l", re.sub(r"ic$", "ical", quality))) + "ly"
        terms |= {quality, adverb.replace("lly", "ly") if quality.endswith("le") else adverb}
    return sorted(terms)
