"""Divide an article into parts that fit a model's window."""

import json
from collections.abc import Callable

from newslens.article.article import Article
from newslens.errors import ConfigurationError
from newslens.llm.exchange import Request
from newslens.llm.tokens import count, encoding_name
from newslens.options import Limits
from newslens.reading.chunking import chunk
from newslens.reading.outcome import Range

_FIRST_TRY = 0.85  # share of the room for the text itself; the rest is for sentence numbers and headings
_NEXT_TRY = 0.7
_SMALLEST = 32  # tokens of text below which a part says nothing
_PER_MESSAGE = 8  # tokens that chat templates add around a message, at most


def divide(
    article: Article,
    limits: Limits,
    model: str | None,
    wording: Callable[[Range], Request],
    *,
    within: Range | None = None,
) -> list[Range]:
    """Ranges of the text, or of a part of it, in order, whose requests fit the window; one range if the whole does.

    Raises:
        ConfigurationError: the window has no room for the prompts.
    """
    whole = within or (0, len(article.text))
    if fits(wording(whole), limits, model):
        return [whole]
    budget = int(_FIRST_TRY * (limits.room - size(wording((0, 0)), model)))
    while budget >= _SMALLEST:
        ranges = cut(article, budget, limits.overlap, model, within=whole)
        if all(fits(wording(part), limits, model) for part in ranges):
            return ranges
        budget = int(budget * _NEXT_TRY)
    raise ConfigurationError(
        f"A window of {limits.window} tokens, {limits.answer} of them for the answer, has no room for the prompts. "
        "Raise Limits(window=…), lower Limits(answer=…), or ask one thing at a time with calls='separate'."
    )


def cut(article: Article, budget: int, overlap: int, model: str | None, *, within: Range) -> list[Range]:
    """Ranges of at most `budget` tokens of text, cut at paragraph or sentence ends."""
    begin, stop = within
    sentences = [(max(span.start, begin), min(span.end, stop)) for span in article.within(begin, stop)]
    ends = [article.sentence(last).end for _, last in article.paragraphs]
    chunks = chunk(
        article.text[begin:stop],
        [(start - begin, end - begin) for start, end in sentences],
        budget=budget,
        overlap=min(overlap, budget // 2),
        paragraphs=[end - begin for end in ends if begin < end <= stop],
        encoding=encoding_name(model),
    )
    ranges = [(begin + piece.start, begin + piece.end) for piece in chunks]
    return [part for part in ranges if article.within(*part)]


def fits(request: Request, limits: Limits, model: str | None) -> bool:
    """Whether the prompt leaves room for the answer. No token is counted where bytes already tell."""
    bound = sum(len(text.encode()) + _PER_MESSAGE for text in _texts(request))
    return bound <= limits.room or size(request, model) <= limits.room


def size(request: Request, model: str | None) -> int:
    """Tokens of the prompt, the schema included: servers that take none get it in the prompt."""
    encoding = encoding_name(model)
    return sum(count(text, encoding=encoding) + _PER_MESSAGE for text in _texts(request))


def _texts(request: Request) -> list[str]:
    return [json.dumps(request.schema), *(message.content for message in request.messages)]


def halves(article: Article, part: Range) -> list[Range]:
    """Two ranges that make up the part, cut between sentences; none if it has one sentence only."""
    starts = [span.start for span in article.sentences if part[0] <= span.start < part[1]]
    if len(starts) < 2:  # noqa: PLR2004 - one sentence has no halves
        return []
    middle = starts[len(starts) // 2]
    return [(part[0], middle), (middle, part[1])]
