"""Who gets how much room: the attributions of an article, counted by class and by source."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import TypedDict, TypeVar

from newslens.analyses.findings import Result
from newslens.analyses.sources import Attribution
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.offline.sides import Text, read
from newslens.offline.sources_kind import Source, SourceClass
from newslens.offline.sources_who import whom

_Held = frozenset[tuple[int, int]]  # words: 0-based sentence, index in it


class Room(Result):
    """How much room a class or a source gets. Shares are 0 to 1.

    Attributes:
        attributions: how many.
        words: how many words are attributed to it.
        of_attributions: share of the article's attributions.
        of_words: share of all words that are attributed, each counted for every source that it is attributed to.
    """

    attributions: int
    words: int
    of_attributions: float
    of_words: float


class _Numbers(TypedDict):
    attributions: int
    words: int
    of_attributions: float
    of_words: float


R = TypeVar("R", bound=Room)


class ClassRoom(Room):
    """The room of a class of sources."""

    source_class: SourceClass


class SourceRoom(Room):
    """The room of one source.

    Attributes:
        source: the fullest name that the article has for it, else its words where they first stand.
        source_class: as its first attribution has it.
        first: where its first attribution stands, by the sentences: 0 in the first, 1 in the last.
    """

    source: str
    source_class: SourceClass
    first: float


class SourceMix(Result):
    """The sources of an article. Shares are 0 to 1.

    Attributes:
        by_class: the classes that the article has, most words first.
        by_source: the sources, most words first; what is nobody's is in `by_class` only.
        balance: Pielou's evenness of words over sources: 1 when all get the same, near 0 when one gets nearly all;
            None for fewer than two sources with words.
        attributed: share of the words of all sentences that are attributed, to somebody or to nobody.
        quoted: share of the same words that are attributed and in quotation marks.
    """

    by_class: tuple[ClassRoom, ...]
    by_source: tuple[SourceRoom, ...]
    balance: float | None
    attributed: float
    quoted: float


def mix(attributions: Sequence[Attribution], article: Article) -> SourceMix:
    """The room of each class and each source of the article that the attributions were found in.

    Names of the same source are one where the text is English: "Maria Lopez", "Lopez", and "she" where it leaves no
    doubt. Words that were not found in the sentences are not counted, nor is the headline.
    """
    text = read([span.text for span in article.sentences], paragraphs=[start - 1 for start, _ in article.paragraphs])
    held = [_held(text, article, one.content) for one in attributions]
    classes = _grouped([one.source_class.value for one in attributions])
    sources = _grouped(_names(attributions, article, text))
    by_source = [
        SourceRoom(
            source=name,
            source_class=attributions[ks[0]].source_class.value,
            first=_position(min(attributions[k].evidence[0].sentence for k in ks), len(article.sentences)),
            **_numbers(ks, held),
        )
        for name, ks in sources.items()
    ]
    all_held = frozenset().union(*held)
    whole = sum(word.text[0].isalnum() for parsed in text.parses for word in parsed.words)
    return SourceMix(
        by_class=_ordered(ClassRoom(source_class=value, **_numbers(ks, held)) for value, ks in classes.items()),
        by_source=_ordered(by_source),
        balance=evenness([one.words for one in by_source]),
        attributed=_share(len(all_held), whole),
        quoted=_share(sum(text.parses[k].quote[i] >= 0 for k, i in all_held), whole),
    )


def evenness(words: Iterable[int]) -> float | None:
    """Pielou's evenness (1966): Shannon's entropy over that of equal shares, 0 to 1; None for fewer than two shares."""
    some = [count for count in words if count]
    if len(some) < 2:  # noqa: PLR2004 - between one there is no balance
        return None
    return -sum(count / sum(some) * log(count / sum(some)) for count in some) / log(len(some))


def _held(text: Text, article: Article, content: Iterable[Span]) -> _Held:
    """The words that stand in the spans, marks apart."""
    places = [(span.sentence - 1, span.start, span.end) for span in content if span.sentence]
    found: set[tuple[int, int]] = set()
    for k, start, end in places:
        offset, parsed = article.sentences[k].start, text.parses[k]
        inside = range(*parsed.at(start - offset, end - offset))
        found.update((k, i) for i in inside if parsed.words[i].text[0].isalnum())
    return frozenset(found)


def _names(attributions: Sequence[Attribution], article: Article, text: Text) -> list[str | None]:
    """Who each attribution's source is; None where nobody is named."""
    found = [(_place(one.at, article), k) for k, one in enumerate(attributions) if one.at and one.at.sentence]
    found.sort()
    meant = whom(text, [place for place, _ in found]) if text.english else ()
    known = {k: who.name for (_, k), who in zip(found, meant, strict=False)}
    return [known.get(k, one.source) for k, one in enumerate(attributions)]


def _place(at: Span, article: Article) -> Source:
    start = article.sentences[at.sentence - 1].start
    return Source(at.sentence - 1, at.start - start, at.end - start)


K = TypeVar("K")


def _grouped(keys: Iterable[K | None]) -> Mapping[K, list[int]]:
    """The indices of each key but None."""
    groups: dict[K, list[int]] = defaultdict(list)
    for k, key in enumerate(keys):
        if key is not None:
            groups[key].append(k)
    return groups


def _numbers(ks: Sequence[int], held: Sequence[_Held]) -> _Numbers:
    words = sum(len(held[k]) for k in ks)
    return {
        "attributions": len(ks),
        "words": words,
        "of_attributions": len(ks) / len(held),
        "of_words": _share(words, sum(map(len, held))),
    }


def _ordered(rooms: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(rooms, key=lambda room: (-room.words, -room.attributions)))


def _position(sentence: int, sentences: int) -> float:
    return max(0, sentence - 1) / (sentences - 1) if sentences > 1 else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
