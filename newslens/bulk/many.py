"""Read many articles: `analyze_many` for plain code, `aanalyze_many` for async code."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, get_args

from newslens import portal
from newslens.bulk.feed import Feed
from newslens.bulk.job import Input, Job, Outcome
from newslens.bulk.journal import Journal
from newslens.bulk.line import Line, OnError, Order
from newslens.errors import ConfigurationError
from newslens.store import Store

if TYPE_CHECKING:
    from newslens.lens import Lens  # it has `analyze_many` as a method, and so stands above

_GRACE_S = 5.0  # for what is being read when the run is interrupted: its answers are paid for


def analyze_many(  # noqa: PLR0913 - keyword-only options, each one documented
    lens: "Lens",
    articles: Iterable[Input],
    *,
    concurrency: int = 8,
    order: Order = "done",
    on_error: OnError = "yield",
    store: Store | None = None,
    run: str | None = None,
    retry_failed: bool = False,
) -> Iterator[Outcome]:
    """Read articles side by side; one outcome for each, a report or its error.

    Memory does not grow with the input, which may be endless: it is read in the calling thread, never further ahead
    than there are places. With a store, each outcome is written down before it is given, and a restart with the same
    settings gives what is there without asking.

    What every further article would meet as well (a dead key, a spent quota, an unknown model, a full disk; at the
    first article also a request or settings that cannot work) ends the run: nothing new is begun, what is being read
    is finished and given, then the error is raised. The article that met it counts as not read.

    The first Ctrl-C begins nothing new, gives what is being read 5 s, hands out what is finished and goes on as
    `KeyboardInterrupt`; the second ends it at once. Leaving the loop early does the same with the store only.

    Args:
        lens: who reads.
        articles: articles or texts, with or without a key before them.
        concurrency: articles under way at once; the offline reader takes one at a time, as threads do not speed it up.
        order: `done` as they finish; `input` waits for slow ones, with up to 4 × concurrency articles in line.
        on_error: `raise` ends the run at the first article that fails.
        store: where outcomes are kept.
        run: name of the run in the store; None: one that belongs to the settings of the lens.
        retry_failed: read again what is in the store as failed or incomplete.

    Raises:
        ConfigurationError: options that cannot work, or a run that was begun with other settings.
        NewslensError: what ended the run.
    """
    line = _line(lens, _journal(lens, store, run, retry_failed=retry_failed), concurrency, order, on_error)
    return _many(line, iter(articles), grace_s=_GRACE_S if store is not None else 0.0)


def aanalyze_many(  # noqa: PLR0913 - those of `analyze_many`
    lens: "Lens",
    articles: Iterable[Input] | AsyncIterable[Input],
    *,
    concurrency: int = 8,
    order: Order = "done",
    on_error: OnError = "yield",
    store: Store | None = None,
    run: str | None = None,
    retry_failed: bool = False,
) -> AsyncIterator[Outcome]:
    """Like `analyze_many`, for async code; a plain iterable is read in the event loop, so it should not block.

    Cancelling, or leaving the loop and closing the iterator, ends it at once: nothing that was begun goes on.
    """
    line = _line(lens, _journal(lens, store, run, retry_failed=retry_failed), concurrency, order, on_error)
    return _amany(line, Feed(articles))


def _journal(lens: "Lens", store: Store | None, run: str | None, *, retry_failed: bool) -> Journal | None:
    if store is not None:
        return Journal(store, lens, run=run, retry_failed=retry_failed)
    if run is not None or retry_failed:
        raise ConfigurationError("A run is kept in a store: run= and retry_failed= need store=.")
    return None


def _line(lens: "Lens", journal: Journal | None, concurrency: int, order: Order, on_error: OnError) -> Line:
    if concurrency < 1:
        raise ConfigurationError(f"concurrency must be at least 1, not {concurrency}.")
    if order not in get_args(Order) or on_error not in get_args(OnError):
        raise ConfigurationError("order is 'done' or 'input', and on_error is 'yield' or 'raise'.")
    return Line(lens, journal, concurrency=concurrency, order=order, on_error=on_error)


def _many(line: Line, articles: Iterator[Input], *, grace_s: float) -> Iterator[Outcome]:
    try:
        yield from _through(line, articles)
    except KeyboardInterrupt:
        portal.run(line.wind_up, _GRACE_S)
        yield from line.finished()
        raise
    finally:
        if line.under_way:
            portal.run(line.wind_up, grace_s)


def _through(line: Line, articles: Iterator[Input]) -> Iterator[Outcome]:
    exhausted = False
    while not exhausted or not line.is_empty:
        while line.has_room and not exhausted:
            try:
                line.take(Job.of(next(articles)))
            except StopIteration:
                exhausted = True
        if line.needs_loop:
            portal.run(line.advance)
        yield from line.finished()
        exhausted = exhausted or line.stopped_by is not None
    if line.stopped_by is not None:
        raise line.stopped_by


async def _amany(line: Line, feed: Feed) -> AsyncIterator[Outcome]:
    try:
        while not feed.ended or not line.is_empty:
            if line.has_room:
                feed.ask()
            line.begin()
            if not line.ready:
                await line.wait(*feed.pending)
            for given in feed.taken():
                line.take(Job.of(given))
            for outcome in line.finished():
                yield outcome
            if line.stopped_by is not None:
                await feed.close()
    finally:
        await feed.close()
        await line.wind_up(0.0)
    if line.stopped_by is not None:
        raise line.stopped_by
