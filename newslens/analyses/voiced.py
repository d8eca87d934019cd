"""Whose words a phrase of an answer is, by the sentences that the answer may cite."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from newslens.analyses.findings import Grounding
from newslens.article.spans import Span
from newslens.offline.sides import Text, read
from newslens.offline.voices import Voice, voice


def heard(phrase: Span, grounding: Grounding) -> Voice:
    """Whose words they are, from quotation marks and, in English, from the attribution."""
    numbers = sorted(grounding.sentences)
    sentences = [grounding.sentences[number] for number in numbers]
    at = numbers.index(phrase.sentence)
    start = sentences[at].start
    return voice(parsed(sentences, grounding.text), at, phrase.start - start, phrase.end - start)


def parsed(sentences: Sequence[Span], text: str) -> Text:
    """The sentences of an article's text as they are read, once for all phrases; a line break parts paragraphs."""
    begun = (k for k, (one, two) in enumerate(pairwise(sentences), 1) if "\n" in text[one.end : two.start])
    headed = bool(sentences) and sentences[0].sentence == 0
    return _parsed(tuple(span.text for span in sentences), (0, *begun), headed=headed)


@lru_cache(maxsize=1)  # every phrase of an answer asks for the same sentences
def _parsed(sentences: tuple[str, ...], paragraphs: tuple[int, ...], *, headed: bool) -> Text:
    return read(sentences, title=sentences[0] if headed else None, paragraphs=paragraphs)
