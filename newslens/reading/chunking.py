"""Cut an article into chunks that fit a token budget.

Where a chunk may end, best first: at a paragraph end that fills it well, at the last sentence end that fits,
and, inside a single sentence over the budget, at the end of a word, else of a token, never within a grapheme
cluster.

Between two sentences the border lies after the line ends that follow the first one; where none do, directly
behind it, so that a space goes with the word after it, as it does in the encodings. At such places token
counts add up (`newslens.llm.tokens.adds_up` says why): the chunks together cost as many tokens as the text, and the
count of a chunk is the sum of the counts of its parts. So each part is encoded about once, and the last border
within the budget is found by interpolation between known counts. Where counts do not surely add up (in Chinese
after a full stop, in odd white space) the stretch from the last such place is encoded again, so that counts
are exact everywhere.

Only a grapheme cluster that is over the budget by itself makes a chunk over the budget: the cluster stands
alone, with its true count.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from newslens.article.spans import find_borders
from newslens.errors import ConfigurationError
from newslens.llm.tokens import DEFAULT, LONGEST_RUN, Tally, adds_up
from newslens.llm.tokens import encoding as load

if TYPE_CHECKING:
    from tiktoken import Encoding

_WELL_FILLED = 0.88  # a chunk may end with a paragraph that fills this part of the budget
_BYTES_A_TOKEN = 4.0  # a first guess, corrected by every count
_LAST_WORD = 64  # code points: how far from a token border the end of a word is preferred
_GUESSES = 8  # interpolation first, bisection where it is slow
_TOKEN_ENDS = 8  # tokens: more than cutting in the middle of a token can add

_start, _end = itemgetter(0), itemgetter(1)
_LINE_ENDS = re.compile(r"\s{0,1000}[\r\n]")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a text: `text[start:end]`.

    Attributes:
        start: first code point.
        end: behind the last code point.
        tokens: of the part by itself, exact as `newslens.llm.tokens.count` is.
        fresh: where the part begins that no earlier chunk covered; `start < fresh` only with overlap.
    """

    start: int
    end: int
    tokens: int
    fresh: int


def chunk(  # noqa: PLR0913 - the text, its two structures, and the three numbers that every chunker has
    text: str,
    sentences: Sequence[tuple[int, int]],
    *,
    budget: int,
    overlap: int = 0,
    paragraphs: Sequence[int] = (),
    encoding: str = DEFAULT,
) -> Iterator[Chunk]:
    """Chunks of at most `budget` tokens that together cover `text` in order; without overlap they join to it.

    Args:
        text: any text; an empty one has no chunks.
        sentences: half-open offsets in order, without overlaps; gaps go with a neighbour.
        budget: tokens a chunk may have.
        overlap: tokens of whole sentences that a chunk may repeat from the end of the one before.
            Dropped where the next sentence would not fit behind them.
        paragraphs: sorted offsets where a paragraph ends.
        encoding: name of the encoding that counts.

    Raises:
        ConfigurationError: `budget` is below 1, `overlap` is negative, or the encoding cannot be loaded.
    """
    if budget < 1 or overlap < 0:
        raise ConfigurationError(f"A chunk needs budget >= 1 and overlap >= 0, got {budget} and {overlap}.")
    return _Cutter(text, sentences, budget, overlap, paragraphs, load(encoding)).chunks()


@dataclass(slots=True)
class _Cutter:
    """One text with its sentences; border number j lies behind sentence j - 1, border 0 at the start."""

    text: str
    sentences: Sequence[tuple[int, int]]
    budget: int
    overlap: int
    paragraphs: Sequence[int]
    coder: "Encoding"
    tally: Tally = field(init=False)
    start: int = field(init=False)  # of the chunk in the making
    density: float = field(init=False)  # code points a token, as of late
    stride: int = field(init=False)  # code points that hold about twice the budget

    def __post_init__(self) -> None:
        self.sentences = self.sentences or ((0, len(self.text)),)
        self.tally = Tally(self.text, 0, self.coder.encode_ordinary)
        sample = self.text[:256]
        self.density = _BYTES_A_TOKEN * len(sample) / max(1, len(sample.encode(errors="replace")))
        self._restart(0)

    def chunks(self) -> Iterator[Chunk]:
        """All chunks, in order."""
        fresh = first = 0
        while fresh < len(self.text):
            last, end = self._last_fitting(first)
            if last == first and self.start < fresh:  # nothing new fits behind the overlap
                self._restart(fresh)
                continue
            last, end = self._paragraph_end(first, last, end) if last > first else self._inside(first)
            if end == fresh:  # two borders in one place: an empty sentence, or both within a grapheme cluster
                first = last
                continue
            done = Chunk(self.start, end, self.tally.to(end), fresh)
            self.density = (end - self.start) / done.tokens
            yield done
            self._restart(self._repeated(last, end) if self.overlap else end)
            fresh, first = end, last

    def _restart(self, start: int) -> None:
        self.start = start
        self.stride = 2 * int(self.budget * self.density) + 64
        self.tally.restart(start)

    def _border(self, number: int) -> int:
        if number == 0 or number >= len(self.sentences):
            return len(self.text) if number else 0
        end, following = self.sentences[number - 1][1], self.sentences[number][0]
        if end < following:
            line_ends = _LINE_ENDS.match(self.text, end, following)
            end = line_ends.end() if line_ends else end
        return self._cluster(end)[1]

    def _border_before(self, position: int) -> int:
        """Number of the last border at or before `position`."""
        number = bisect_right(self.sentences, position, key=_end)
        while self._border(number) > position:
            number -= 1
        return number

    def _last_fitting(self, first: int) -> tuple[int, int]:
        """The last border behind `first` within the budget: number and place; `first` if there is none."""
        low, high, place = first, len(self.sentences) + 1, self.start
        tries = 0
        while high - low > 1:
            number = self._guess() if tries < _GUESSES or high > len(self.sentences) else (low + high) // 2
            number = min(max(number, low + 1), high - 1)
            border = self._border(number)
            if self._fits(self.tally, border):
                low, place = number, border
            else:
                high = number
            tries += 1
        return low, place

    def _guess(self) -> int:
        """Number of the border before the place where the budget probably ends."""
        place, tokens, over, too_many = self.tally.around(self.budget)
        density = self.density
        if over > place:
            density = (over - place) / (too_many - tokens)
        elif tokens:
            density = (place - self.start) / tokens
        return bisect_right(self.sentences, place + (self.budget - tokens) * density, key=_end)

    def _fits(self, tally: Tally, position: int) -> bool:
        """Whether the budget reaches to `position`; counts no further than it takes to know."""
        if position - self.start > self.stride:
            place, stride = tally.around(self.budget)[0], self.stride
            while place + stride < position:
                if tally.to(place + stride) > self.budget + _TOKEN_ENDS:
                    return False
                stride *= 2
        return tally.to(position) <= self.budget

    def _paragraph_end(self, first: int, last: int, end: int) -> tuple[int, int]:
        """The last border that ends a paragraph and fills the chunk well, else `last`."""
        index = bisect_right(self.paragraphs, end) - 1
        if index < 0 or end == len(self.text):
            return last, end
        offset = self.paragraphs[index]
        number = bisect_left(self.sentences, offset, first, last, key=_start)
        if number == first or self.sentences[number - 1][1] > offset:  # in the chunk before, or in a sentence
            return last, end
        place = self._border(number)
        return (number, place) if self._well_filled(place, end) else (last, end)

    def _well_filled(self, place: int, end: int) -> bool:
        if place - self.start < (_WELL_FILLED - 0.05) * (end - self.start):  # not worth counting
            return False
        return self.tally.to(place) >= _WELL_FILLED * self.budget

    def _repeated(self, last: int, end: int) -> int:
        """Where the next chunk starts: with the whole sentences before `end` that the overlap has room for."""
        if self._border(last) < end:
            return end
        first = self._border_before(self.start) + 1
        number = bisect_left(self.sentences, end - self.overlap * self.density, key=_start)
        number = min(max(number, first), last)
        while number < last and not self._overlaps(number, end):
            number += 1
        while number > first and self._overlaps(number - 1, end):
            number -= 1
        return self._border(number)

    def _overlaps(self, number: int, end: int) -> bool:
        return len(self.coder.encode_ordinary(self.text[self._border(number) : end])) <= self.overlap

    def _inside(self, first: int) -> tuple[int, int]:
        """A place before border `first + 1`, which is out of reach, and the number of the last border before."""
        cut = self._beside(first) or self._token_border(self._border(first + 1))
        return self._border_before(cut), cut

    def _beside(self, first: int) -> int | None:
        """A place that spares a sentence for which the budget is enough without what lies around it."""
        begin, end = self.sentences[first]
        if self.start < end < self._border(first + 1) and self._is_border(end) and self._fits(self.tally, end):
            return end
        if self.start >= begin or not self._is_border(begin):
            return None
        if not self._fits(Tally(self.text, begin, self.coder.encode_ordinary), end):
            return None
        return begin if self._fits(self.tally, begin) else self._token_border(begin)

    def _is_border(self, position: int) -> bool:
        return self._cluster(position)[1] == position

    def _token_border(self, limit: int) -> int:
        """The last place before `limit` within the budget, at the end of a word if one is near."""
        cut = self._budget_end(limit)
        nearest = max(self.start, cut - min(_LAST_WORD, (cut - self.start) // 8))
        words = (place for place in range(cut, nearest, -1) if self._ends_word(place))
        cut = next(words, self._cluster(cut)[0])
        while cut > self.start and self.tally.to(cut) > self.budget:
            cut = self._cluster(cut - 1)[0]
        return cut if cut > self.start else self._cluster(self.start + 1)[1]

    def _budget_end(self, limit: int) -> int:
        """Where the last token within the budget ends, at most `limit`."""
        stride, ids = self.stride, self._ids(limit, self.stride)
        while len(ids) <= self.budget + _TOKEN_ENDS and self.start + stride < limit and stride < LONGEST_RUN:
            stride *= 2
            ids = self._ids(limit, stride)
        return self.start + len(self.coder.decode_bytes(ids[: self.budget]).decode(errors="ignore"))

    def _ids(self, limit: int, stride: int) -> list[int]:
        return self.coder.encode_ordinary(self.text[self.start : min(limit, self.start + min(stride, LONGEST_RUN))])

    def _ends_word(self, place: int) -> bool:
        return self.text[place : place + 1].isspace() and adds_up(self.text, place) and self._is_border(place)

    def _cluster(self, position: int) -> tuple[int, int]:
        return find_borders(self.text, position, self.start if position >= self.start else 0)
