"""A sentence laid out for comparison: its words, their stems, and the stretches that say one thing each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from newslens.offline.attribution import Attribution, within
from newslens.offline.check_terms import is_content
from newslens.offline.grammar import BORDERS, NEGATIONS
from newslens.offline.language import english
from newslens.offline.parsing import Parse, parse
from newslens.offline.stems import stem
from newslens.offline.words import Word

_JOINTS = BORDERS - {"before", "after"} | {",", "and", "or", "who", "which", "that"}

_ENDS = frozenset({"since", "until", "till", "before"})  # of what was so up to then


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of the article or of the summary.

    Attributes:
        text: the sentence.
        number: of the sentence, from 1.
        parsed: its shallow reading.
        stems: for each word its stem, "" for function words and marks.
        stretch: for each word the number of the stretch, cut at commas, conjunctions and relative pronouns.
        voices: who is said to say what.
    """

    text: str = field(repr=False)
    number: int
    parsed: Parse = field(repr=False)
    stems: tuple[str, ...] = field(repr=False)
    stretch: tuple[int, ...] = field(repr=False)
    voices: tuple[Attribution, ...] = field(repr=False)

    @classmethod
    def of(cls, text: str, number: int) -> "Passage":
        """The sentence laid out."""
        parsed = parse(text)
        stems = tuple(stem(word.low) if is_content(word.low) else "" for word in parsed.words)
        voices = within(parsed) if english(parsed.words) else ()
        return cls(text, number, parsed, stems, tuple(_stretches(parsed.words)), voices)

    @property
    def words(self) -> Sequence[Word]:
        """Words and marks in order."""
        return self.parsed.words

    def around(self, i: int) -> frozenset[str]:
        """The stems of the stretch of word `i`, its own left out."""
        return frozenset(s for k, s in enumerate(self.stems) if s and k != i and self.stretch[k] == self.stretch[i])

    def denied(self, i: int) -> bool:
        """Whether a negation is about word `i`."""
        return self.parsed.negated(i)

    def lapsed(self, i: int) -> bool:
        """Whether a negation about word `i` has come to an end: "had not won there since 2004"."""
        return self.denied(i) and not _ENDS.isdisjoint(self.parsed.lows[i:])

    def negations(self) -> Iterator[tuple[int, int]]:
        """Each plain negation, and the first content word behind it in its clause: what it denies first."""
        for i, low in enumerate(self.parsed.lows):
            if low in NEGATIONS or low.endswith("n't"):
                ahead = range(i + 1, min(len(self.stems), i + 6))
                focus = next((k for k in ahead if self.stems[k] and not self.parsed.lows[k].endswith("ly")), None)
                if focus is not None:
                    yield i, focus

    def spoken(self, start: int) -> bool:
        """Whether the code point `start` stands inside what somebody is said to say."""
        return any(first <= start < last for first, last in (voice.content for voice in self.voices))


def _stretches(words: Sequence[Word]) -> Iterator[int]:
    number = 0
    for i, word in enumerate(words):
        if word.low in _JOINTS and not _lists(words, i):
            number += 1
        yield number


def _lists(words: Sequence[Word], i: int) -> bool:
    """Whether "and" or a comma only joins two names: "Karelia and Zubrowka", "June 2, 2025"."""
    if not 0 < i < len(words) - 1 or words[i].low not in {"and", ",", "or"}:
        return False
    before, behind = words[i - 1], words[i + 1]
    return (before.capital and behind.capital and words[i].low != ",") or behind.text.isdigit()
