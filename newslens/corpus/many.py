"""Read many articles: `analyze_many` for plain code, `aanalyze_many` for async code."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Unpack

from newslens.corpus.feed import Feed
from newslens.corpus.job import Input, Job
from newslens.corpus.journal import Journal
from newslens.corpus.line import Line
from newslens.corpus.progress import Progress
from newslens.errors import ConfigurationError
from newslens.llm import loop
from newslens.llm.store import Store
from newslens.options import RunKeywords, RunOptions
from newslens.reading.pipeline import Pipeline
from newslens.report.reports import Outcome

_GRACE_S = 5.0  # for what is being read when the run is interrupted: its answers are paid for


def analyze_many(
    pipeline: Pipeline, articles: Iterable[Input], *, store: Store | None = None, **options: Unpack[RunKeywords]
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
        pipeline: how articles are read.
        articles: articles or texts, with or without a key before them.
        store: where outcomes are kept.
        options: `concurrency`, `order`, `on_error`, `run`, `retry_failed`, `progress`, `total`; see
            `newslens.RunOptions`.

    Raises:
        ConfigurationError: options that cannot work, or a run that was begun with other settings.
        NewslensError: what ended the run.
    """
    told = RunOptions(**options)
    line = Line(pipeline, _journal(pipeline, store, told), told)
    return _many(line, articles, told, grace_s=_GRACE_S if store is not None else 0.0)


def aanalyze_many(
    pipeline: Pipeline,
    articles: Iterable[Input] | AsyncIterable[Input],
    *,
    store: Store | None = None,
    **options: Unpack[RunKeywords],
) -> AsyncIterator[Outcome]:
    """Like `analyze_many`, for async code; a plain iterable is read in the event loop, so it should not block.

    Cancelling, or leaving the loop and closing the iterator, ends it at once: nothing that was begun goes on.
    """
    told = RunOptions(**options)
    line = Line(pipeline, _journal(pipeline, store, told), told)
    return _amany(line, articles, told)


def _journal(pipeline: Pipeline, store: Store | None, options: RunOptions) -> Journal | None:
    if store is not None:
        journal = Journal(store, pipeline, run=options.run, retry_failed=options.retry_failed)
        journal.begin()
        return journal
    if options.run is not None or options.retry_failed:
        raise ConfigurationError("A run is kept in a store: run= and retry_failed= need store=.")
    return None


def _many(line: Line, articles: Iterable[Input], told: RunOptions, *, grace_s: float) -> Iterator[Outcome]:
    bar = Progress(articles, shown=told.progress, total=told.total)
    try:
        for outcome in _uninterrupted(line, iter(articles)):
            bar.note(outcome)
            yield outcome
    finally:
        bar.close()
        if line.under_way:
            loop.run(line.wind_up, grace_s)


def _uninterrupted(line: Line, articles: Iterator[Input]) -> Iterator[Outcome]:
    """All outcomes; after a Ctrl-C those that come within the grace, then the interruption."""
    try:
        yield from _through(line, articles)
    except KeyboardInterrupt:
        loop.run(line.wind_up, _GRACE_S)
        yield from line.finished()
        raise


def _through(line: Line, articles: Iterator[Input]) -> Iterator[Outcome]:
    exhausted = False
    while not exhausted or not line.is_empty:
        while line.has_room and not exhausted:
            try:
                line.take(Job.of(next(articles)))
            except StopIteration:
                exhausted = True
        if line.needs_loop:
            loop.run(line.advance)
        yield from line.finished()
        exhausted = exhausted or line.stopped_by is not None
    if line.stopped_by is not None:
        raise line.stopped_by


async def _amany(
    line: Line, articles: Iterable[Input] | AsyncIterable[Input], told: RunOptions
) -> AsyncIterator[Outcome]:
    bar, feed = Progress(articles, shown=told.progress, total=told.total), Feed(articles)
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
                bar.note(outcome)
                yield outcome
            if line.stopped_by is not None:
                await feed.close()
    finally:
        await feed.close()
        await line.wind_up(0.0)
        bar.close()
    if line.stopped_by is not None:
        raise line.stopped_by
