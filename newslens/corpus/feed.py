"""The input of an async run, pulled one at a time beside the reading."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import TypeVar

from newslens.corpus.job import Input

T = TypeVar("T")


class Feed:
    """An input, plain or async, that is asked for the next only when there is room for it."""

    def __init__(self, articles: Iterable[Input] | AsyncIterable[Input]) -> None:
        self._source = aiter(articles if isinstance(articles, AsyncIterable) else _each(articles))
        self._pulling: asyncio.Task[list[Input]] | None = None
        self.ended = False

    def ask(self) -> None:
        """Begin to pull the next, unless that is under way or nothing is left."""
        if self._pulling is None and not self.ended:
            self._pulling = asyncio.get_running_loop().create_task(_next(self._source))

    @property
    def pending(self) -> list["asyncio.Task[list[Input]]"]:
        """The pull under way, to wait for."""
        return [] if self._pulling is None else [self._pulling]

    def taken(self) -> list[Input]:
        """What has come: one, or nothing yet, or nothing any more. Raises what the input raised."""
        if self._pulling is None or not self._pulling.done():
            return []
        pulled, self._pulling = self._pulling.result(), None
        self.ended = not pulled
        return pulled

    async def close(self) -> None:
        """Pull no more."""
        self.ended = True
        pulling, self._pulling = self._pulling, None
        if pulling is not None and pulling.cancel():
            await asyncio.wait([pulling])


async def _next(source: AsyncIterator[T]) -> list[T]:
    try:
        return [await anext(source)]
    except StopAsyncIteration:
        return []


async def _each(articles: Iterable[T]) -> AsyncIterator[T]:
    for article in articles:
        yield article
