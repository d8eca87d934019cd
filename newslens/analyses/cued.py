"""Codes of a codebook that an article's words point to, each on the sentences that hold most of its cues."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from newslens.analyses.analysis import Reading
from newslens.analyses.codebook import Codebook
from newslens.article.spans import Span
from newslens.errors import CodebookError
from newslens.offline import frames as classical
from newslens.offline.language import need_english

_SHOWN = 5  # sentences of evidence for a code found by its cue words


@dataclass(frozen=True, slots=True)
class Cued:
    """A code, the numbers of its sentences, and the cues in them."""

    code: str
    primary: bool
    evidence: list[int]
    words: list[Span]


def cued(what: str, reading: Reading) -> list[Cued]:
    """The codes that count as present, strongest first; one at most where the codebook allows only one.

    Args:
        what: name of the analysis.
        reading: the article, and the codebook in force.

    Raises:
        LanguageUnknown: the cues are English and the article is not.
    """
    book = needed(reading.book)
    texts = [span.text for span in reading.article.sentences]
    if book.language == "en":
        need_english(what, reading.article.language, texts)
    found = classical.choose(_index(book).tally(texts))
    present = found.present if book.multiple else found.present[:1]
    return [_one(reading, score, primary=score.code == found.primary) for score in present]


def needed(book: Codebook | None) -> Codebook:
    """The label set of an analysis that cannot do without one."""
    if book is None:
        raise CodebookError("This analysis needs a codebook: replace(analysis, codebook=Codebook.named(…)).")
    return book


def _one(reading: Reading, score: classical.FrameScore, *, primary: bool) -> Cued:
    sentences = reading.article.sentences
    weight: dict[int, float] = defaultdict(float)
    for hit in score.hits:
        weight[hit.sentence] += hit.weight
    best = [number for number, _ in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]]
    words = [
        reading.article.span(sentences[hit.sentence].start + hit.start, sentences[hit.sentence].start + hit.end)
        for hit in score.hits
        if hit.sentence in best
    ]
    return Cued(score.code, primary, [number + 1 for number in best], words)


@lru_cache(maxsize=16)  # building one costs more than an article
def _index(book: Codebook) -> classical.CueIndex:
    return classical.CueIndex(book.cues)
