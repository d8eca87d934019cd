"""Cut an article into chunks that fit a token budget.

Where a chunk may end, best first: at a paragraph end that fills it well, at the last sentence end that fits, and,
inside a single sentence over the budget, at the end of a word, else of a token, never within a grapheme cluster.

Between two sentences the border is after the line ends that follow the first one; if there are none, directly behind
it, so that a space goes with the word after it, as it does in the encodings. At such places token counts add up
(`newslens.llm.tokens.adds_up` says why): the chunks together cost as many tokens as the text, and each part is encoded
about once. Where counts do not surely add up (in Chinese after a full stop, in odd white space) the stretch from the
last such place is encoded again, so counts are exact everywhere.

Only a grapheme cluster that is over the budget by itself makes a chunk over the budget: the cluster stands alone, with
its true count.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from newslens.article.spans import find_borders
from newslens.errors import ConfigurationError
from newslens.llm import tokens
from newslens.llm.tokens import DEFAULT, LONGEST_RUN, Tally, adds_up

_WELL_FILLED = 0.88  # a chunk may end with a paragraph that fills this share of the budget
_CHARACTERS_A_TOKEN = 4.0  # a first guess, corrected by every chunk
_LAST_WORD = 64  # code points: how far from a token border the end of a word is preferred
_TOKEN_ENDS = 8  # tokens: more than a cut in the middle of a token can add

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
    """Yield chunks of at most `budget` tokens that together cover `text` in order; without overlap they join to it.

    Args:
        text: any text; an empty one has no chunks.
        sentences: half-open offsets in order, without overlaps; gaps go with a neighbour.
        budget: tokens a chunk may have.
        overlap: tokens of whole sentences that a chunk may repeat from the end of the one before. Dropped where the
            next sentence would not fit behind them.
        paragraphs: sorted offsets where a paragraph ends.
        encoding: name of the encoding that counts.

    Raises:
        ConfigurationError: `budget` is below 1, `overlap` is negative, or the encoding cannot be loaded.
    """
    if budget < 1 or overlap < 0:
        raise ConfigurationError(f"A chunk needs budget >= 1 and overlap >= 0, got {budget} and {overlap}.")
    coder = tokens.encoding(encoding)
    sentences = sentences or ((0, len(text)),)
    return _Cutter(text, sentences, budget, overlap, paragraphs, coder.encode_ordinary, coder.decode_bytes).cut()


@dataclass(slots=True)
class _Cutter:
    """One text with its sentences; border number j is behind sentence j - 1, border 0 at the start."""

    text: str
    sentences: Sequence[tuple[int, int]]
    budget: int
    overlap: int
    paragraphs: Sequence[int]
    encode: Callable[[str], list[int]]
    decode: Callable[[list[int]], bytes]
    tally: Tally = field(init=False)
    start: int = 0  # of the chunk in the making
    density: float = _CHARACTERS_A_TOKEN  # of the last chunk

    def __post_init__(self) -> None:
        self.tally = Tally(self.text, 0, self.encode)
        sample = self.text[:256]
        self.density *= len(sample) / max(1, len(sample.encode(errors="replace")))

    @property
    def stride(self) -> int:
        """Code points that hold about twice the budget."""
        return 2 * int(self.budget * self.density) + 64

    def cut(self) -> Iterator[Chunk]:
        """Yield all chunks, in order."""
        fresh = first = 0
        while fresh < len(self.text):
            last, end = first, self.start
            while last < len(self.sentences) and self.fits(self.tally, end, border := self.border(last + 1)):
                last, end = last + 1, border
            if last == first and self.start < fresh:  # nothing new fits behind the overlap
                self.restart(fresh)
                continue
            last, end = self.prefer_paragraph(first, last, end) if last > first else self.cut_sentence(first)
            if end == fresh:  # two borders in one place: an empty sentence, or both within a grapheme cluster
                first = last
                continue
            done = Chunk(self.start, end, self.tally.to(end), fresh)
            self.density = (end - self.start) / done.tokens
            yield done
            self.restart(self.find_overlap(last, end) if self.overlap else end)
            fresh, first = end, last

    def restart(self, start: int) -> None:
        """Begin a chunk."""
        self.start = start
        self.tally.restart(start)

    def border(self, number: int) -> int:
        """Return the place of a border."""
        if number == 0 or number >= len(self.sentences):
            return len(self.text) if number else 0
        end, following = self.sentences[number - 1][1], self.sentences[number][0]
        if end < following:
            line_ends = _LINE_ENDS.match(self.text, end, following)
            end = line_ends.end() if line_ends else end
        return self.find_cluster(end)[1]

    def border_before(self, position: int) -> int:
        """Return the number of the last border at or before `position`."""
        number = bisect_right(self.sentences, position, key=_end)
        while self.border(number) > position:
            number -= 1
        return number

    def fits(self, tally: Tally, known: int, position: int) -> bool:
        """Tell whether the budget reaches to `position`, if it does to `known`; counts no further than necessary."""
        stride = self.stride
        while known + stride < position:
            known += stride
            if tally.to(known) > self.budget + _TOKEN_ENDS:
                return False
            stride *= 2
        return tally.to(position) <= self.budget

    def prefer_paragraph(self, first: int, last: int, end: int) -> tuple[int, int]:
        """Return the last border that ends a paragraph and fills the chunk well, else `last`; number and place."""
        index = bisect_right(self.paragraphs, end) - 1
        if index < 0 or end == len(self.text):
            return last, end
        offset = self.paragraphs[index]
        number = bisect_left(self.sentences, offset, first, last, key=_start)
        if number == first or self.sentences[number - 1][1] > offset:  # in the chunk before, or in a sentence
            return last, end
        place = self.border(number)
        return (number, place) if self.tally.to(place) >= _WELL_FILLED * self.budget else (last, end)

    def find_overlap(self, last: int, end: int) -> int:
        """Return where the next chunk starts: with the whole sentences before `end` that the overlap has room for."""
        if self.border(last) < end:
            return end

        def repeats(number: int) -> bool:
            return len(self.encode(self.text[self.border(number) : end])) <= self.overlap

        first, least = self.border_before(self.start) + 1, self.tally.to(end) - self.overlap
        number = bisect_left(range(last), least, min(first, last), key=lambda one: self.tally.to(self.border(one)))
        while number < last and not repeats(number):
            number += 1
        while number > first and repeats(number - 1):
            number -= 1
        return self.border(number)

    def cut_sentence(self, first: int) -> tuple[int, int]:
        """Return a place before border `first + 1`, which is out of reach, and the number of the last border before."""
        begin, end = self.sentences[first]
        limit = self.border(first + 1)
        starts_here, ends_here = (self.find_cluster(place)[1] == place for place in (begin, end))
        if self.start < end < limit and ends_here and self.fits(self.tally, self.start, end):
            cut = end  # the sentence fits without what follows it
        elif self.start < begin and starts_here and self.fits(Tally(self.text, begin, self.encode), begin, end):
            # It fits without what precedes it. (`fits` counts from `begin`, as that tally does.)
            cut = begin if self.fits(self.tally, self.start, begin) else self.find_token_border(begin)
        else:
            cut = self.find_token_border(limit)
        return self.border_before(cut), cut

    def find_token_border(self, limit: int) -> int:
        """Return the last place before `limit` within the budget, at the end of a word if one is near."""
        stride = self.stride
        while True:
            ids = self.encode(self.text[self.start : min(limit, self.start + min(stride, LONGEST_RUN))])
            if len(ids) > self.budget + _TOKEN_ENDS or self.start + stride >= limit or stride >= LONGEST_RUN:
                break
            stride *= 2
        cut = self.start + len(self.decode(ids[: self.budget]).decode(errors="ignore"))
        nearest = max(self.start, cut - min(_LAST_WORD, (cut - self.start) // 8))
        words = (
            place
            for place in range(cut, nearest, -1)
            if self.text[place : place + 1].isspace()
            and adds_up(self.text, place)
            and self.find_cluster(place)[1] == place
        )
        cut = next(words, self.find_cluster(cut)[0])
        while cut > self.start and self.tally.to(cut) > self.budget:
            cut = self.find_cluster(cut - 1)[0]
        return cut if cut > self.start else self.find_cluster(self.start + 1)[1]

    def find_cluster(self, position: int) -> tuple[int, int]:
        """Return the borders between grapheme clusters that enclose `position`."""
        return find_borders(self.text, position, self.start if position >= self.start else 0)
