"""A shallow reading of one sentence: its words, where clauses begin, what is negated, what is quoted."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from newslens.article.quotations import quotations
from newslens.offline.grammar import BE, BORDERS, NEGATIONS
from newslens.offline.words import Word, cut

_NEGATION_REACH = 4  # words; a negation further off is about something else
_JOINING = frozenset({"and", "or", "so", "yet"})  # behind a comma they open a clause
_BEFORE_PARTICIPLE = frozenset({"not", "also", "never", "once"})


@dataclass(frozen=True, slots=True)
class Parse:
    """A shallow reading of one sentence.

    Attributes:
        words: words and marks in order.
        lows: each of them as `Word.low`.
        clause: for each word the number of its clause.
        quote: for each word the number of the quotation it stands in, or -1.
        awaited: the quotation mark that the sentence leaves open, or "".
    """

    words: tuple[Word, ...]
    lows: tuple[str, ...]
    clause: tuple[int, ...]
    quote: tuple[int, ...]
    awaited: str = ""

    def at(self, start: int, end: int) -> tuple[int, int]:
        """Half-open range of the words that touch the code points `start` to `end`."""
        first = bisect_right(self.words, start, key=attrgetter("end"))
        last = bisect_right(self.words, end - 1, key=attrgetter("start"))
        return first, max(first, last)

    def quoted(self, start: int) -> bool:
        """Whether the word at or behind a code point stands in quotation marks."""
        at = self.at(start, start + 1)[0]
        return at < len(self.quote) and self.quote[at] >= 0

    def negated(self, i: int) -> bool:
        """Whether a negation stands before word `i` in its clause, near enough to be about it."""
        near = range(max(0, i - _NEGATION_REACH), self._before_insertion(i))
        lows = (self.lows[k] for k in near if self.clause[k] == self.clause[i])
        return any(low in NEGATIONS or low.endswith("n't") for low in lows)

    def _before_insertion(self, i: int) -> int:
        """Index of the comma that opens what another one closes before word `i`: "Lee, who was not there, agreed"."""
        if i == 0 or self.lows[i - 1] != ",":
            return i
        return next((k for k in range(i - 2, max(-1, i - _NEGATION_REACH), -1) if self.lows[k] == ","), 0)

    def passive(self, i: int) -> bool:
        """Whether word `i`, a participle, is in the passive: a form of "be" before it, or "by" behind it."""
        if self.lows[i].endswith("ing"):
            return False
        k = i - 1
        while k >= 0 and (self.lows[k].endswith("ly") or self.lows[k] in _BEFORE_PARTICIPLE):
            k -= 1
        before = k >= 0 and self.lows[k] in BE
        return before or (i + 1 < len(self.words) and self.lows[i + 1] == "by")


def parse(sentence: str, *, awaited: str = "") -> Parse:
    """A shallow reading of a sentence; `awaited` is the quotation mark that the one before left open."""
    words = tuple(cut(sentence))
    if not words:
        return Parse((), (), (), ())
    lows = tuple(word.low for word in words)
    found = quotations(sentence, awaited=awaited)
    return Parse(words, lows, _clauses(lows), _quotes(words, found.spans), found.awaited)


def _clauses(lows: Sequence[str]) -> tuple[int, ...]:
    if BORDERS.isdisjoint(lows) and "," not in lows:
        return (0,) * len(lows)  # most sentences
    number, numbers, before = 0, [], ""
    for low in lows:
        number += low in BORDERS or (before == "," and low in _JOINING)
        numbers.append(number)
        before = low
    return tuple(numbers)


def _quotes(words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    if not spans:
        return (-1,) * len(words)
    starts = [start for start, _ in spans]
    places = (bisect_right(starts, word.start) - 1 for word in words)
    return tuple(k if k >= 0 and word.start < spans[k][1] else -1 for k, word in zip(places, words, strict=True))
