"""Divide an article into parts whose requests fit a model's window, and learn that window from refusals."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from newslens.analyses.findings import Range
from newslens.article.article import Article
from newslens.errors import ConfigurationError, ContextTooLong
from newslens.llm.exchange import Request
from newslens.llm.tokens import count, encoding_name
from newslens.options import Limits
from newslens.reading.chunking import chunk

_FIRST_TRY = 0.85  # share of the room that is for the text; the rest is for sentence numbers and headings
_NEXT_TRY = 0.7
_SMALLEST = 32  # tokens of text below which a part says nothing
_PER_MESSAGE = 8  # tokens that chat templates add to a message, at most
_ANSWERS_SHARE = 4  # a small window keeps a quarter free for the answer


def divide_article(
    article: Article,
    limits: Limits,
    model: str | None,
    build: Callable[[Range], Request],
    *,
    within: Range | None = None,
) -> list[Range]:
    """Return ranges of the text, in order, whose requests fit the window; one range if the whole does.

    Args:
        article: what is divided, at paragraph or sentence ends.
        limits: the window and the overlap, in tokens.
        model: name of the model whose tokens are counted.
        build: the request about a range.
        within: the range to divide; None for the whole text.

    Raises:
        ConfigurationError: the window has no room for the prompts.
    """
    begin, end = whole = within or (0, len(article.text))
    if _fits(build(whole), limits, model):
        return [whole]
    sentences = [(max(span.start, begin), min(span.end, end)) for span in article.within(begin, end)]
    paragraphs = [article.sentence(last).end for _, last in article.paragraphs]
    budget = int(_FIRST_TRY * (limits.room - count_prompt_tokens(build((0, 0)), model)))
    while budget >= _SMALLEST:
        chunks = chunk(
            article.text[begin:end],
            [(start - begin, stop - begin) for start, stop in sentences],
            budget=budget,
            overlap=min(limits.overlap, budget // 2),
            paragraphs=[stop - begin for stop in paragraphs if begin < stop <= end],
            encoding=encoding_name(model),
        )
        ranges = [(begin + piece.start, begin + piece.end) for piece in chunks]
        ranges = [part for part in ranges if article.within(*part)]
        if all(_fits(build(part), limits, model) for part in ranges):
            return ranges
        budget = int(budget * _NEXT_TRY)
    raise ConfigurationError(
        f"A window of {limits.window} tokens, {limits.answer} of them for the answer, has no room for the prompts. "
        "Raise Limits(window=…), lower Limits(answer=…), or ask one thing at a time with calls='separate'."
    )


def halve_part(article: Article, part: Range) -> list[Range]:
    """Return two ranges that make up the part, divided between sentences; none if it has only one sentence."""
    starts = [span.start for span in article.sentences if part[0] <= span.start < part[1]]
    middle = starts[len(starts) // 2] if starts[1:] else None
    return [] if middle is None else [(part[0], middle), (middle, part[1])]


def count_prompt_tokens(request: Request, model: str | None) -> int:
    """Count the tokens of a prompt, the schema included: servers that take no schema get it in the prompt."""
    encoding = encoding_name(model)
    return sum(count(text, encoding=encoding) + _PER_MESSAGE for text in _list_texts(request))


def _fits(request: Request, limits: Limits, model: str | None) -> bool:
    """Tell whether the prompt leaves room for the answer. No token is counted where the number of bytes decides."""
    bound = sum(len(text.encode()) + _PER_MESSAGE for text in _list_texts(request))
    return bound <= limits.room or count_prompt_tokens(request, model) <= limits.room


def _list_texts(request: Request) -> list[str]:
    return [json.dumps(request.schema), *(message.content for message in request.messages)]


@dataclass(slots=True)
class Window:
    """What a server has said about its window, shared by all articles that it reads.

    Attributes:
        limit: tokens that fit, as the server says; None as long as it has named no limit.
    """

    limit: int | None = None


class Room:
    """The caller's limits, narrowed by what a server has refused; for one article.

    The server's limit holds for every article. By how much its token count differs from ours depends on the language
    of the article.

    Args:
        limits: what the caller allows.
        window: what the server has said.
        answer: tokens that every request asks for, which count against the window; None if none are asked for.
    """

    def __init__(self, limits: Limits, window: Window, answer: int | None) -> None:
        self._given = limits
        self._window = window
        self._answer = answer
        self._most = limits.room

    @property
    def limits(self) -> Limits:
        """The limits in force; equal to the caller's as long as nothing was refused."""
        known = self._window.limit
        most = self._most if known is None else min(self._most, self._leave(known))
        return replace(self._given, window=self._given.answer + max(1, most))

    @property
    def is_narrowed(self) -> bool:
        """Whether a part that fits the caller's limits may be too long."""
        return self.limits != self._given

    def refuse(self, refusal: ContextTooLong, tokens: int, bare: int) -> None:
        """Take note of a refusal: a prompt as long as the refused one no longer fits.

        Where the server names no limit, or one that does not explain the refusal, half of the text is left.

        Args:
            refusal: what the server said.
            tokens: of the refused prompt, by our count.
            bare: of the same prompt without any text.
        """
        fitting = tokens
        if refusal.limit is not None and refusal.limit >= 1:
            self._window.limit = min(refusal.limit, self._window.limit or refusal.limit)
            theirs = max(tokens, (refusal.needed or 0) - (self._answer or 0))
            fitting = self._leave(refusal.limit) * tokens // theirs
        self._most = min(self._most, fitting if fitting < tokens else bare + (tokens - bare) // 2)

    def _leave(self, limit: int) -> int:
        """Return the tokens that a window leaves for the prompt."""
        return limit - (self._answer or min(self._given.answer, limit // _ANSWERS_SHARE))
