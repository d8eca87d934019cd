"""What came of reading an article: results, what was covered, what went wrong. A failure is never an empty result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from newslens.analyses.findings import Problem, Result
from newslens.article.article import Article
from newslens.errors import NewslensError, Usage

Range = tuple[int, int]


class Coverage(Result):
    """How much of the text an analysis has read.

    Attributes:
        analysis: name of the analysis.
        status: `done` all of it, `partial` some of it, `failed` nothing; `needs_model`: has no offline reader.
        analysed: what was read, half-open code-point offsets, in order.
        share: sentences read, as a share of all body sentences.
        mended: an answer held more than the JSON that was asked for, which was taken off: a fence, chatter, other keys.
    """

    analysis: str
    status: Literal["done", "partial", "failed", "needs_model"]
    analysed: tuple[Range, ...]
    share: float
    mended: bool = False

    @classmethod
    def of(cls, analysis: str, article: Article, ranges: Iterable[Range], *, mended: bool = False) -> "Coverage":
        """Coverage of the article's body sentences by some ranges of its text."""
        analysed = _joined(ranges)
        read = sum(any(a <= span.start and span.end <= b for a, b in analysed) for span in article.sentences)
        share = read / len(article.sentences)
        status: Literal["done", "partial", "failed"] = "failed" if not analysed else "done" if share == 1 else "partial"
        return cls(analysis=analysis, status=status, analysed=analysed, share=round(share, 4), mended=mended)

    @classmethod
    def of_unread(cls, analysis: str) -> "Coverage":
        """Coverage by an analysis that only a model can answer."""
        return cls(analysis=analysis, status="needs_model", analysed=(), share=0.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one reading gave. An analysis that failed has no key in `results`."""

    results: Mapping[str, Any]
    coverage: tuple[Coverage, ...]
    problems: tuple[Problem, ...] = ()
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    error: NewslensError | None = None  # the first one, for a reading that gave nothing


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
