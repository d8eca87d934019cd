"""Read many articles side by side in constant memory: `analyze_many`, and `aanalyze_many` for async code."""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, Unpack

from newslens.article.article import Article
from newslens.corpus.inputs import Input, KeyedInput
from newslens.corpus.journal import Journal
from newslens.corpus.progress import Progress
from newslens.errors import (
    FATAL,
    FATAL_AT_FIRST,
    ConfigurationError,
    ContextTooLong,
    InternalError,
    NewslensError,
    ReplyError,
    StoreError,
    contain_bugs,
)
from newslens.llm import loop
from newslens.llm.store import Store
from newslens.options import RunKeywords, RunOptions
from newslens.reading.pipeline import Pipeline
from newslens.report.report import read_report
from newslens.report.reports import Outcome

T = TypeVar("T")

_GRACE_S = 5.0  # for the articles in progress when a run is interrupted, because their answers are paid for
_AHEAD = 4  # articles held for each one in progress, such as those that have ended behind a slow one
_END = object()


def analyze_many(
    pipeline: Pipeline, articles: Iterable[Input], *, store: Store | None = None, **options: Unpack[RunKeywords]
) -> Iterator[Outcome]:
    """Read articles side by side; each has one outcome, a report or an error.

    Memory does not grow with the input, which may be endless: it is read in the calling thread, and only when an
    article can be begun. With a store, each outcome is stored before it is yielded, and a restart with the same
    settings yields what is stored without asking again.

    What happens to an article stays with it: an unexpected exception becomes an `InternalError` (`analyze` raises the
    exception itself). An error that every further article would meet (a wrong key, an exhausted quota, an unknown
    model, a full disk; at the first article also a bad request or bad settings) ends the run: no article is begun any
    more, those in progress are finished and yielded, then the error is raised. So does an exception of the input. The
    article that met the error counts as not read.

    After Ctrl-C no article is begun any more, those in progress get 5 seconds, and what is finished is yielded before
    `KeyboardInterrupt` is raised; a second Ctrl-C ends the run at once. Leaving the loop early ends the run in the same
    way, but grants the seconds only with a store.

    Args:
        pipeline: how articles are read.
        articles: articles or texts, each with or without a key.
        store: where outcomes are kept.
        options: fields of `newslens.RunOptions`.

    Raises:
        ConfigurationError: an option is invalid, or the run was begun with other settings.
        NewslensError: the error that ended the run.
    """
    chosen = RunOptions(**options)
    return _iterate(Run(pipeline, articles, store, chosen), articles, chosen, _GRACE_S if store is not None else 0.0)


def aanalyze_many(
    pipeline: Pipeline,
    articles: Iterable[Input] | AsyncIterable[Input],
    *,
    store: Store | None = None,
    **options: Unpack[RunKeywords],
) -> AsyncIterator[Outcome]:
    """Like `analyze_many`, for async code; a plain iterable is read in the event loop, so it should not block.

    Cancelling the task, or closing the iterator, ends the run at once.
    """
    chosen = RunOptions(**options)
    return _aiterate(Run(pipeline, articles, store, chosen), articles, chosen)


def _iterate(run: "Run", articles: Iterable[Input], options: RunOptions, grace_s: float) -> Iterator[Outcome]:
    source = iter(articles)
    bar = Progress(articles, shown=options.progress, total=options.total)
    try:
        while not run.is_over:
            while run.has_room:
                run.take(lambda: next(source, _END))
            if run.needs_loop:
                loop.run(run.advance)
            yield from bar.count(run.pop_ended())
    except KeyboardInterrupt:
        loop.run(run.wind_up, _GRACE_S)
        yield from bar.count(run.pop_ended())
        raise
    finally:
        bar.close()
        if run.is_reading:
            loop.run(run.wind_up, grace_s)
    if run.stopped_by is not None:
        raise run.stopped_by


async def _aiterate(
    run: "Run", articles: Iterable[Input] | AsyncIterable[Input], options: RunOptions
) -> AsyncIterator[Outcome]:
    source = aiter(articles if isinstance(articles, AsyncIterable) else _to_async(articles))
    bar = Progress(articles, shown=options.progress, total=options.total)
    pull: asyncio.Task[object] | None = None
    try:
        while not run.is_over:
            if pull is None and run.has_room:
                pull = asyncio.create_task(_pull(source))
            run.begin()
            if not run.is_ready:
                await run.wait(pull)
            if pull is not None and pull.done():
                run.take(pull.result)
                pull = None
            for outcome in bar.count(run.pop_ended()):
                yield outcome
    finally:
        if pull is not None and pull.cancel():
            await asyncio.wait([pull])
        await run.wind_up(0.0)
        bar.close()
    if run.stopped_by is not None:
        raise run.stopped_by


async def _to_async(articles: Iterable[T]) -> AsyncIterator[T]:
    for article in articles:
        yield article


async def _pull(source: AsyncIterator[object]) -> object:
    return await anext(source, _END)


@dataclass(slots=True)
class _Entry:
    """An input that was taken; without an outcome after its end, there is nothing to yield."""

    given: KeyedInput
    outcome: Outcome | None = None
    has_ended: bool = False


class Run:
    """The articles of a run: taken, being read, or ended and not yet yielded, in the order of the input.

    Until an article has worked they are read one at a time, so that a wrong key costs one request. `take` and
    `pop_ended` may be called in another thread than the event loop's, but not at the same time as the other methods.
    """

    def __init__(self, pipeline: Pipeline, articles: object, store: Store | None, options: RunOptions) -> None:
        if isinstance(articles, (str, Article)) or hasattr(articles, "columns"):
            advice = "For a table, see newslens.corpus.from_frame." if hasattr(articles, "columns") else "Use a list."
            raise ConfigurationError(f"articles must be many articles, got one {type(articles).__name__}. {advice}")
        if store is None and (options.run is not None or options.retry_failed):
            raise ConfigurationError("run and retry_failed are about a stored run. Give the lens a store.")
        self._journal: Journal | None = None
        if store is not None:
            self._journal = Journal(store, pipeline, run=options.run, retry_failed=options.retry_failed)
            self._journal.begin()
        self._pipeline = pipeline
        self._concurrency = 1 if pipeline.ask is None else options.concurrency
        self._keeps_order = options.order == "input"
        self._raises = options.on_error == "raise"
        self._entries: deque[_Entry] = deque()
        self._taken: list[_Entry] = []
        self._reading: set[asyncio.Task[None]] = set()
        self._has_worked = self._is_exhausted = False
        self.stopped_by: Exception | None = None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to take, to read or to yield."""
        return not self._entries and (self._is_exhausted or self.stopped_by is not None)

    @property
    def has_room(self) -> bool:
        """Whether another input may be taken."""
        if self._is_exhausted or self.stopped_by is not None or len(self._entries) >= _AHEAD * self._concurrency:
            return False
        busy = len(self._taken) + sum(not task.done() for task in self._reading)
        return busy < (self._concurrency if self._has_worked else 1)

    @property
    def needs_loop(self) -> bool:
        """Whether there is anything to begin or to wait for in the event loop."""
        return bool(self._taken or self._reading)

    @property
    def is_reading(self) -> bool:
        """Whether an article is being read."""
        return any(not task.done() for task in self._reading)

    @property
    def is_ready(self) -> bool:
        """Whether an outcome can be yielded."""
        return any(entry.has_ended for entry in ([*self._entries][:1] if self._keeps_order else self._entries))

    def take(self, get: Callable[[], object]) -> None:
        """Take the next input, unless there is none; an input that needs no reading has ended at once.

        An exception of the input stops the run.
        """
        try:
            given = get()
        except Exception as error:  # noqa: BLE001 - the caller's own error: raised when the run has ended
            self.stopped_by = self.stopped_by or error
            return
        if given is _END or self.stopped_by is not None:
            self._is_exhausted = True
            return
        entry = _Entry(KeyedInput.of(given))
        self._entries.append(entry)
        content = entry.given.content
        try:
            stored = self._journal.find(entry.given) if self._journal is not None else None
        except StoreError as error:
            self.stopped_by = self.stopped_by or error
            self._end(entry, None)
            return
        if isinstance(content, NewslensError):
            self._end(entry, self._keep(entry.given.failed(content)))
        elif stored is not None:
            self._end(entry, stored)
        else:
            self._taken.append(entry)

    def pop_ended(self) -> Iterator[Outcome]:
        """Take out the outcomes that can be yielded."""
        for entry in list(self._entries):
            if entry.has_ended:
                self._entries.remove(entry)
                if entry.outcome is not None:
                    yield entry.outcome
            elif self._keeps_order:
                return

    def begin(self) -> None:
        """Begin to read what was taken, in the running event loop."""
        for task in [task for task in self._reading if task.done()]:
            self._reading.remove(task)
            task.result()  # raises what is not contained in a row, such as a MemoryError
        self._reading |= {asyncio.create_task(self._read(entry)) for entry in self._taken}
        self._taken.clear()

    async def wait(self, other: "asyncio.Task[Any] | None" = None) -> None:
        """Wait until an article has ended or the other task is done."""
        if tasks := [*self._reading, *([other] if other is not None else [])]:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    async def advance(self) -> None:
        """Begin to read what was taken; return when an outcome can be yielded or one more article has ended."""
        self.begin()
        if not self.is_ready:
            await self.wait()

    async def wind_up(self, grace_s: float) -> None:
        """Wait some seconds for the articles in progress, then cancel and forget those that have not ended."""
        reading, self._reading = self._reading, set()
        try:
            if reading and grace_s > 0:
                await asyncio.wait(reading, timeout=grace_s)
        finally:
            for task in reading:
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)  # an exception is ending the run already
            self._taken.clear()
            self._entries = deque(entry for entry in self._entries if entry.has_ended)

    async def _read(self, entry: _Entry) -> None:
        given = entry.given
        try:
            with contain_bugs():
                report = await read_report(self._pipeline, given.content)  # type: ignore[arg-type] # see take
        except NewslensError as error:
            outcome = given.failed(error)
        else:
            outcome = given.done(report)
        fatal = self._find_fatal(outcome)
        self._has_worked = self._has_worked or outcome.report is not None or isinstance(outcome.error, ReplyError)
        if fatal is None:
            self._end(entry, self._keep(outcome))
        else:  # not stored, so that the article is read again when the run is resumed
            self.stopped_by = self.stopped_by or fatal
            self._end(entry, outcome if outcome.report is not None else None)

    def _find_fatal(self, outcome: Outcome) -> NewslensError | None:
        """The error that every further article would meet, also if it left a report incomplete."""
        if outcome.report is not None:
            kinds = {kind.__name__: kind for kind in FATAL}
            met = (problem for problem in outcome.report.problems if problem.kind in kinds)
            return next((kinds[problem.kind](problem.message) for problem in met), None)
        is_first = not self._has_worked and not isinstance(outcome.error, ContextTooLong)
        return outcome.error if isinstance(outcome.error, (*FATAL, *(FATAL_AT_FIRST if is_first else ()))) else None

    def _keep(self, outcome: Outcome) -> Outcome:
        """Store the outcome. A store that fails stops the run, but what has ended is still yielded."""
        if self._journal is not None:
            try:
                with contain_bugs():
                    self._journal.keep(outcome)
            except StoreError as error:
                self.stopped_by = self.stopped_by or error
            except InternalError as error:
                return Outcome(outcome.key, error=error, article=outcome.article)
        return outcome

    def _end(self, entry: _Entry, outcome: Outcome | None) -> None:
        if outcome is not None and outcome.error is not None and self._raises:
            self.stopped_by, outcome = self.stopped_by or outcome.error, None
        entry.outcome, entry.has_ended = outcome, True
