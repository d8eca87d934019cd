"""Two figures for the same thing, and two days for the same event: in sentences that are about the same."""

from collections.abc import Sequence
from functools import lru_cache

from newslens.classical.attribution import attributions
from newslens.classical.consistency_alike import Pair, Terms, other_names, stem, terms, words_of
from newslens.classical.consistency_conflict import Conflict, Place
from newslens.classical.consistency_numbers import agree, figures, unit
from newslens.classical.figures import Figure
from newslens.classical.lexicon import entries
from newslens.days import Day, days

_SAME_EVENT = 0.5  # least likeness of two sentences with a day each
_SHARED = 3  # terms that two sentences share at least
_FOREIGN = 0.7  # least likeness where no list tells what keeps two sentences apart


def conflicting(
    sentences: Sequence[str], read: Sequence[Terms], pairs: Sequence[Pair], *, english: bool
) -> list[Conflict]:
    """Figures and days that differ between sentences about the same thing.

    Two sources may differ, and so may two times, places, parts and occasions: where the sentences name such, nothing
    is found. A rounded figure agrees with what it is rounded from.

    Args:
        sentences: the text.
        read: the terms of each sentence.
        pairs: those that are alike.
        english: whether the lists of words that keep sentences apart are those of the text's language.
    """
    found: list[Conflict] = []
    for pair in pairs:
        one, other = read[pair.first], read[pair.second]
        if sentences[pair.first] == sentences[pair.second]:
            continue
        enough = len(one.all & other.all) >= _SHARED and (english or pair.likeness >= _FOREIGN)
        if not enough or other_names(one, other) or _apart(sentences[pair.first], sentences[pair.second]):
            continue
        found += _figures(sentences, pair, read)
        found += _days(sentences, pair, read)
    return found


def _apart(one: str, other: str) -> bool:
    """Whether a word in only one of them tells of another time, part or occasion, or their sources differ."""
    words = entries("consistency", "apart", "words")
    first, second = ({word.casefold() for word, _, _ in words_of(text)} & words for text in (one, other))
    return first != second or _sources(one) != _sources(other)


@lru_cache(maxsize=256)  # a sentence is in several pairs
def _sources(sentence: str) -> frozenset[str]:
    return frozenset(sentence[slice(*found.source)].casefold() for found in attributions(sentence))


def _figures(sentences: Sequence[str], pair: Pair, read: Sequence[Terms]) -> list[Conflict]:
    ones, others = _single(sentences[pair.first]), _single(sentences[pair.second])
    return [
        Conflict(
            "number",
            Place(pair.first, one.start, one.end),
            Place(pair.second, others[what].start, others[what].end),
            "two figures for the same thing",
        )
        for what, one in ones.items()
        if what in others and _differ(one, others[what]) and not _contrast(sentences, pair, read, one, others[what])
    ]


def _single(sentence: str) -> dict[str, Figure]:
    """The figures of a sentence by their unit, where it has one only."""
    found: dict[str, list[Figure]] = {}
    for figure in figures(sentence):
        found.setdefault(unit(figure), []).append(figure)
    return {what: those[0] for what, those in found.items() if len(those) == 1}


def _differ(one: Figure, other: Figure) -> bool:
    return one.exact and other.exact and not agree(one, other)


def _contrast(sentences: Sequence[str], pair: Pair, read: Sequence[Terms], one: Figure, other: Figure) -> bool:
    """Whether beside each figure stands what the other sentence does not say: "killed 12 …", "injured 14 …"."""
    near_one = _beside(sentences[pair.first], one) - read[pair.second].all
    near_other = _beside(sentences[pair.second], other) - read[pair.first].all
    return bool(near_one) and bool(near_other)


def _beside(sentence: str, figure: Figure) -> set[str]:
    """The content words next to a figure and what it counts."""
    before = [term for word, _, end in words_of(sentence) if end <= figure.start for term in stem(word)]
    behind = [term for word, start, _ in words_of(sentence) if start >= figure.end for term in stem(word)]
    counted = 1 if behind[:1] == [*stem(figure.noun)] else 0
    return {*before[-1:], *behind[counted : counted + 1]}


def _days(sentences: Sequence[str], pair: Pair, read: Sequence[Terms]) -> list[Conflict]:
    one, other = _one_day(sentences[pair.first]), _one_day(sentences[pair.second])
    if one is None or other is None or pair.likeness < _SAME_EVENT or one.date == other.date:
        return []
    left = read[pair.first].all - read[pair.second].all - _dated(sentences[pair.first])
    right = read[pair.second].all - read[pair.first].all - _dated(sentences[pair.second])
    if left and right:
        return []
    first, second = Place(pair.first, one.start, one.end), Place(pair.second, other.start, other.end)
    return [Conflict("date", first, second, "two days for the same event")]


def _one_day(sentence: str) -> Day | None:
    """The day of a sentence that names one only."""
    found = {day.date: day for day in days(sentence) if day.date is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def _dated(sentence: str) -> frozenset[str]:
    """The words of dates, which say nothing about the event."""
    return frozenset[str]().union(*(terms(sentence[day.start : day.end]).all for day in days(sentence)))
