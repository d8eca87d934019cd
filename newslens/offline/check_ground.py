"""The article as a summary's sentences are held against it: which of its sentences each of them rests on."""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from newslens.article.article import Article
from newslens.article.days import Day, days
from newslens.article.spans import Span
from newslens.offline.check_passages import Passage
from newslens.offline.check_terms import content
from newslens.offline.figures import Figure, figures
from newslens.offline.sides import parsed_on

_MOST_EVIDENCE = 4  # sentences
_LEAST_GAIN = 0.18  # share of a sentence's weight that one more sentence of evidence has to add
_LEAST_LIKENESS = 0.12  # share of the weight below which the first sentence is no evidence at all
_TITLES = 4  # words before or behind a name that say who it is
_MENTIONS = 20  # of a word that are looked at
_CAPITAL = re.compile(r"\b[A-Z][\w’'-]*")
_RUN = re.compile(r"\b(?:[A-Z][\w’'-]*(?: (?:of|the|for|and))* ?){2,8}")
_COMMON = 2_000  # sentences; a term of more of them tells nothing about where a statement comes from


class Ground:
    """Looks sentences of the article up by what they share with a given one.

    Args:
        article: what the summary is of.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.sentences = article.sentences
        self._terms = [frozenset(content(span.text)) for span in self.sentences]
        self._places: dict[str, list[int]] = defaultdict(list)
        for index, terms in enumerate(self._terms):
            for term in terms:
                self._places[term].append(index)
        self._passages: dict[int, Passage] = {}

    @cached_property
    def text(self) -> str:
        """The article with the headline and the facts that were given beside it."""
        facts = (self.article.title, self.article.byline, self.article.outlet)
        return "\n".join([self.article.text, *filter(None, facts)])

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Stems of all content words of the article, the headline's too."""
        return frozenset(self._places) | frozenset(content(self.article.title or ""))

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Every word with a capital, in lower case."""
        return frozenset(word.lower() for word in _CAPITAL.findall(self.text))

    @cached_property
    def initials(self) -> frozenset[str]:
        """What the names of several words abbreviate to, in lower case: "eu" for "European Union"."""
        return frozenset(
            "".join(word[0] for word in run.split() if word[0].isupper()).lower() for run in _RUN.findall(self.text)
        )

    def says(self, sentence: str) -> bool:
        """Whether the article has a sentence word for word, outside of quotations that begin or end elsewhere."""
        return " ".join(sentence.split()) in self._whole

    @cached_property
    def _whole(self) -> frozenset[str]:
        texts = [span.text for span in self.sentences]
        read = list(parsed_on(texts, frozenset(first - 1 for first, _ in self.article.paragraphs)))
        open_before = ["", *(parsed.awaited for parsed in read)]
        return frozenset(
            " ".join(text.split())
            for text, parsed, awaited in zip(texts, read, open_before, strict=False)
            if not awaited and not parsed.awaited
        )

    def called(self, name: frozenset[str]) -> frozenset[str]:
        """Stems that stand beside one of these stems of a name: titles, professions, affiliations."""
        beside: set[str] = set()
        for term in name:
            for index in self._places.get(term, ())[:_MENTIONS]:
                beside |= _beside(self.passage(index), term)
        return frozenset(beside)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Every date of the article."""
        return tuple(days(self.text))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure of the article."""
        return tuple(figures(self.text))

    def passage(self, index: int) -> Passage:
        """A sentence of the article, laid out once."""
        if index not in self._passages:
            span = self.sentences[index]
            self._passages[index] = Passage.of(span.text, span.sentence)
        return self._passages[index]

    def passages(self) -> Iterator[Passage]:
        """Every sentence of the article, laid out."""
        return map(self.passage, range(len(self.sentences)))

    def weight(self, terms: Iterable[str]) -> float:
        """How much terms tell: the sum of their inverse document frequencies; unknown terms count as rare."""
        return sum(self._rarity(term) for term in terms)

    def coverage(self, terms: frozenset[str], indices: Iterable[int]) -> float:
        """The share of the terms' weight that these sentences hold together."""
        held = frozenset[str]().union(*(self._terms[index] for index in indices))
        return self.weight(terms & held) / self.weight(terms) if terms else 0.0

    def evidence(self, terms: frozenset[str]) -> list[int]:
        """Indices of the sentences that hold the terms, the most telling first; each adds something of its own."""
        whole, left, found = self.weight(terms), set(terms), list[int]()
        while left and len(found) < _MOST_EVIDENCE:
            gains = self._gains(left)
            best = max(gains, key=lambda index: (gains[index] + self._likeness(index, terms), -index), default=None)
            least = _LEAST_GAIN if found else _LEAST_LIKENESS
            if best is None or gains[best] < least * whole:
                break
            found.append(best)
            left -= self._terms[best]
        return found

    def holding(self, terms: frozenset[str], least: float) -> list[int]:
        """Indices of the sentences that hold at least this share of the terms' weight, in order."""
        return [index for index in sorted(self._gains(terms)) if self.coverage(terms, [index]) >= least]

    def places(self, terms: Iterable[str]) -> Iterator[tuple[Passage, int]]:
        """Where these stems stand: a sentence of the article and the word in it; at most so many of each stem."""
        for term in terms:
            for index in self._places.get(term, ())[:_MENTIONS]:
                passage = self.passage(index)
                yield from ((passage, k) for k, one in enumerate(passage.stems) if one == term)

    def span(self, index: int, start: int, end: int) -> Span:
        """Half-open code points inside a sentence of the article, as a span of the article."""
        base = self.sentences[index].start
        return self.article.span(base + start, base + end)

    def _gains(self, left: Iterable[str]) -> Mapping[int, float]:
        gains: dict[int, float] = defaultdict(float)
        for term in left:
            places: Sequence[int] = self._places.get(term, ())
            if len(places) <= _COMMON:
                weight = self._rarity(term)
                for index in places:
                    gains[index] += weight
        return gains

    def _likeness(self, index: int, terms: frozenset[str]) -> float:
        """A little for what is already held, so that of equal gains the more similar sentence wins."""
        return 0.3 * self.weight(terms & self._terms[index])

    def _rarity(self, term: str) -> float:
        return math.log(1 + (1 + len(self.sentences)) / (0.5 + len(self._places.get(term, ()))))


def _beside(passage: Passage, term: str) -> set[str]:
    """Stems of the words that a name of this stem is given with: before it, or in an apposition behind it."""
    stems, found = passage.stems, set[str]()
    for i in (i for i, one in enumerate(stems) if one == term):
        before = range(i - 1, max(-1, i - 1 - _TITLES), -1)
        run = itertools.takewhile(lambda k: stems[k] or passage.words[k].text in {".", "'s", "of"}, before)
        found |= {stems[k] for k in run}
        behind = i + 1 < len(stems) and passage.words[i + 1].text == ","
        found |= set(stems[i + 2 : i + 2 + _TITLES]) if behind else set()
    return found - {""}
