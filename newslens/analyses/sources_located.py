"""Where the parts of an attribution stand in its sentences: source, cue, and from its first words to its last."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from newslens.article.spans import Span, locate_all


@dataclass(frozen=True, slots=True)
class Located:
    """What was found, and the phrases that were not.

    Attributes:
        content: one span or more a sentence, source, cue and role left out.
    """

    source: Span | None
    cue: Span | None
    content: tuple[Span, ...]
    missing: tuple[str, ...]

    @property
    def words(self) -> tuple[Span, ...]:
        """Source and cue, which make it an attribution, in reading order."""
        return tuple(sorted(filter(None, (self.source, self.cue)), key=lambda span: span.start))


def located(  # noqa: PLR0913 - one for each phrase that a model copies
    source: str | None, cue: str, opens: str, closes: str, *, role: str, evidence: Sequence[Span]
) -> Located:
    """The parts of an attribution inside its evidence. Of several places of a source, that nearest to a cue.

    The role is no part of what is said; it may stand elsewhere in the article, or nowhere.
    """
    sources = list(_places(source, evidence)) if source is not None else []
    cues = list(_places(cue, evidence))
    pairs = [(one, other) for one in sources for other in cues if not _overlap(one, other)]
    of, by = min(pairs, key=_distance) if pairs else (next(iter(sources), None), next(iter(cues), None))
    first = next(iter(_places(opens, evidence)), None)
    last = next((one for one in _places(closes, evidence) if first is None or one.end >= first.end), None)
    sought = ((source, of), (cue, by), (opens, first), (closes, last))
    missing = tuple(phrase for phrase, place in sought if phrase is not None and place is None)
    taken = [one for one in (of, by, next(_places(role, evidence), None)) if one is not None]
    content = tuple(_content(first, last, evidence, taken)) if first and last else ()
    return Located(of, by, content, missing)


def _places(phrase: str, evidence: Iterable[Span]) -> Iterator[Span]:
    for sentence in evidence:
        for start, end in locate_all(phrase, sentence.text):
            yield _part(sentence, start, end)


def _part(sentence: Span, start: int, end: int) -> Span:
    return Span(
        start=sentence.start + start,
        end=sentence.start + end,
        text=sentence.text[start:end],
        sentence=sentence.sentence,
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _distance(pair: tuple[Span, Span]) -> int:
    one, other = sorted(pair, key=lambda span: span.start)
    return other.start - one.end


def _content(first: Span, last: Span, evidence: Iterable[Span], taken: Sequence[Span]) -> Iterator[Span]:
    for sentence in evidence:
        start, end = max(first.start, sentence.start), min(last.end, sentence.end)
        for one in sorted(taken, key=lambda span: span.start):
            if start < one.end and one.start < end:
                yield from _trimmed(sentence, start, one.start)
                start = one.end
        yield from _trimmed(sentence, start, end)


def _trimmed(sentence: Span, start: int, end: int) -> Iterator[Span]:
    """The part from its first letter or digit to its last."""
    inside = [k for k in range(start - sentence.start, end - sentence.start) if sentence.text[k].isalnum()]
    if inside:
        yield _part(sentence, inside[0], inside[-1] + 1)
