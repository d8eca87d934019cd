"""Where one clause of a sentence ends and the next begins, what is negated, what is quoted."""

from bisect import bisect_right
from dataclasses import dataclass

from newslens.classical.lexicon import closed
from newslens.classical.quotes import quotations
from newslens.classical.words import Word, cut

BE = closed("be")
AUXILIARIES = BE | closed("auxiliaries")
_NEGATION_REACH = 4  # words; a negation further off is about something else


@dataclass(frozen=True, slots=True)
class Parse:
    """A shallow reading of one sentence.

    Attributes:
        words: words and marks in order.
        clause: for each word the number of its clause.
        quote: for each word the number of the quotation it stands in, or -1.
        awaited: the quotation mark that the sentence leaves open, or "".
    """

    words: tuple[Word, ...]
    clause: tuple[int, ...]
    quote: tuple[int, ...]
    awaited: str = ""

    def at(self, start: int, end: int) -> tuple[int, int]:
        """Half-open range of the words that touch the code points `start` to `end`."""
        first = bisect_right([word.end for word in self.words], start)
        last = bisect_right([word.start for word in self.words], end - 1)
        return first, max(first, last)

    def negated(self, i: int) -> bool:
        """Whether a negation stands before word `i` in its clause, near enough to be about it."""
        near = range(max(0, i - _NEGATION_REACH), i)
        return any(
            self.clause[k] == self.clause[i]
            and (self.words[k].low in closed("negations") or self.words[k].low.endswith("n't"))
            for k in near
        )

    def passive(self, i: int) -> bool:
        """Whether word `i`, a participle, is in the passive: a form of "be" before it, or "by" behind it."""
        if self.words[i].low.endswith("ing"):
            return False
        k = i - 1
        while k >= 0 and (self.words[k].low.endswith("ly") or self.words[k].low in {"not", "also", "never", "once"}):
            k -= 1
        before = k >= 0 and self.words[k].low in BE
        return before or (i + 1 < len(self.words) and self.words[i + 1].low == "by")


def parse(sentence: str, *, awaited: str = "") -> Parse:
    """A shallow reading of a sentence; `awaited` is the quotation mark that the one before left open."""
    words = tuple(cut(sentence))
    if not words:
        return Parse((), (), ())
    found = quotations(sentence, awaited=awaited)
    return Parse(words, _clauses(words), _quotes(words, found.spans), found.awaited)


def _clauses(words: tuple[Word, ...]) -> tuple[int, ...]:
    number, numbers = 0, []
    for before, word in zip((None, *words), words, strict=False):
        opens = word.low in closed("borders") or (
            before is not None and before.low == "," and word.low in {"and", "or", "so", "yet"}
        )
        number += opens
        numbers.append(number)
    return tuple(numbers)


def _quotes(words: tuple[Word, ...], spans: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    starts = [start for start, _ in spans]
    places = (bisect_right(starts, word.start) - 1 for word in words)
    return tuple(k if k >= 0 and word.start < spans[k][1] else -1 for k, word in zip(places, words, strict=True))
