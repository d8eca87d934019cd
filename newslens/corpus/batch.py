"""A corpus answered by a server's Batch API within a day: submitted, watched, collected, cancelled."""

import json
import os
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import IO, Literal

from newslens.corpus.batch_lines import NOT_FOUND, dump_request, find_rest, load_answer, write_files
from newslens.corpus.batch_server import BatchServer, BatchStatus, malformed, open_server
from newslens.corpus.inputs import Input, KeyedInput
from newslens.corpus.journal import Journal
from newslens.corpus.progress import Progress
from newslens.corpus.results import lock
from newslens.corpus.run import analyze_many
from newslens.errors import (
    AuthenticationFailed,
    ConfigurationError,
    ContextTooLong,
    Filtered,
    MalformedResponse,
    ModelNotFound,
    NewslensError,
    Pending,
    QuotaExhausted,
    Refused,
    ServiceError,
    StoreError,
    Truncated,
    Unsupported,
    contain_bugs,
)
from newslens.llm import loop
from newslens.llm.client import Client
from newslens.llm.exchange import Ask, Request, Response
from newslens.llm.faults import ExchangeError, Fault
from newslens.llm.store import BatchRow, Store, cache_key
from newslens.options import Budget
from newslens.reading.pipeline import Pipeline
from newslens.report.report import read_report
from newslens.report.reports import Outcome, dump_error, load_error

_AT_ONCE = 256  # articles that are checked for missing answers before the others of them are read
# Asking again would give the same; some of them the reader can handle, for example with smaller parts.
_FINAL = (Refused, Filtered, Truncated, ContextTooLong)
# Every further request would meet the same.
_FATAL = (AuthenticationFailed, QuotaExhausted, ModelNotFound, Unsupported)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission did.

    Attributes:
        articles: number of articles.
        complete: those that lack no answer, or cannot be read.
        in_progress: requests that were in a batch already.
        requests: requests that were submitted now.
        batches: ids of the new batches.
    """

    articles: int = 0
    complete: int = 0
    in_progress: int = 0
    requests: int = 0
    batches: tuple[str, ...] = ()


@dataclass(slots=True)
class Fetched:
    """What was fetched from the server.

    Attributes:
        batches: batches that had ended.
        in_progress: batches that have not ended.
        answers: lines with an answer, also if the store had it.
        errors: lines with an error.
        unreadable: lines that are not JSON or name no request.
        unknown: lines for requests that were not submitted from this store.
        stopped_by: an error that further requests would meet as well (an exhausted quota), why the server rejected a
            file of requests, or that it sent a web page instead of a file, which the next call fetches again.
    """

    batches: int = 0
    in_progress: int = 0
    answers: int = 0
    errors: int = 0
    unreadable: int = 0
    unknown: int = 0
    stopped_by: NewslensError | None = None


@dataclass(frozen=True, slots=True)
class _Missing:
    """A request without an answer; `error` is the class of its error, if it failed."""

    key: str
    request: Request = field(repr=False)
    state: Literal["in progress", "failed", "not submitted"]
    error: str = ""


class _BatchAnswers:
    """An `Ask` that answers from what batches and earlier runs gave; what is `missing` is noted, or asked elsewhere."""

    def __init__(
        self, pipeline: Pipeline, store: Store, *, otherwise: Ask | None = None, retry_failed: bool = False
    ) -> None:
        self._pipeline = pipeline
        self._store = store
        self._otherwise = otherwise
        self._retry_failed = retry_failed
        self.missing: list[_Missing] = []

    async def __call__(self, request: Request) -> Response:
        key = cache_key(request, server=self._pipeline.server, model=self._pipeline.model)
        batched = self._store.batches.find(key)
        response = batched.response if batched is not None else None
        response = response or self._store.get(key)
        if response is not None:
            return response
        error = None if batched is None or batched.error is None else load_error(json.loads(batched.error))
        if isinstance(error, _FINAL) and not self._retry_failed:
            raise error
        if self._otherwise is not None:
            return await self._otherwise(request)
        if error is not None:
            self.missing.append(_Missing(key, request, "failed", type(error).__name__))
        else:
            self.missing.append(_Missing(key, request, "not submitted" if batched is None else "in progress"))
        raise Pending(f"{request.what!r} is not answered yet.")


class Batch:
    """The Batch API for the articles of a lens: answers within a day, at half the price.

    The state is kept in the store of the lens. Each method can be interrupted at any moment, also by `kill -9`, and
    called again: no answer is lost, and no request is submitted twice, as long as the server lists its batches in time
    (below). An article that needs several rounds (parts that are merged, an answer that did not fit the schema) is
    submitted again after each collection, until it is no longer pending.

    Each step is retried by the `Retry` of the lens, with a deadline that counts from the first fault. A start that may
    have worked although it seemed to fail is looked for in the server's list, and once more after a minute. A batch
    that is listed later than that, or never, for example for the key of another project, cannot be found: keep the key
    until everything is collected.

    Args:
        pipeline: how articles are read.
        store: where answers and the state of batches are kept.
        client: which server, with which key.

    Raises:
        ConfigurationError: there is no server, or another process is using the same batches.
        ServiceError: the server did not do it; call again.
        MalformedResponse: the server sent something else, such as a web page; nothing is lost, call again.
    """

    def __init__(self, pipeline: Pipeline, store: Store, client: Client) -> None:
        if pipeline.ask is None or pipeline.model is None or pipeline.kind == "gguf":
            raise ConfigurationError("A batch needs a server with OpenAI's Batch API. Give the lens a model and a key.")
        self._pipeline = pipeline
        self._ask = pipeline.ask
        self._model = pipeline.model
        self._store = store
        self._client = client

    def submit(self, articles: Iterable[Input], *, retry_failed: bool = False) -> Submitted:
        """Submit every request whose answer is neither in the store nor in progress.

        Args:
            articles: as for `analyze_many`; read once, in constant memory.
            retry_failed: also submit again what was refused, filtered, cut off or too long.

        Raises:
            ConfigurationError: the lens has a budget, which a batch cannot keep.
        """
        if self._client.budget not in (None, Budget()):
            raise ConfigurationError("A batch cannot keep a budget. `estimate` says the price, of which it costs half.")
        answers = _BatchAnswers(self._pipeline, self._store, retry_failed=retry_failed)
        journals = [self._journal(self._pipeline), self._journal(self._through(self._ask, judged=False))]
        counts, ids = Counter[str](), list[str]()

        def dump_missing() -> Iterator[tuple[str, bytes]]:
            for given in map(KeyedInput.of, articles):
                missing = self._find_missing(given, answers, journals)
                counts.update(articles=1, complete=not missing)
                for one in missing:
                    if one.state == "in progress":
                        counts[one.state] += 1
                    else:
                        yield one.key, dump_request(one.key, one.request, self._model)

        async def send(file: IO[bytes], keys: Sequence[str]) -> str:
            mark = uuid.uuid4().hex
            async with open_server(self._client) as server:
                file_id = await server.upload(file)
                self._store.batches.begin(mark, self._pipeline.server, keys)  # so that the next run can find it
                batch_id = await server.start(file_id, mark=mark)
            self._store.batches.record_id(mark, batch_id)
            return batch_id

        with self._alone():
            loop.run(self._adopt)
            for file, keys in write_files(dump_missing()):
                ids.append(loop.run(send, file, keys))
                counts["requests"] += len(keys)
        return Submitted(counts["articles"], counts["complete"], counts["in progress"], counts["requests"], tuple(ids))

    def status(self) -> list[BatchStatus]:
        """The state of the batches that were not fetched yet, oldest first."""

        async def look() -> list[BatchStatus]:
            async with open_server(self._client) as server:
                return [await server.get_status(batch_id) for batch_id, _ in self._list_open()]

        return loop.run(look)

    def fetch(self) -> Fetched:
        """Fetch the answers of the batches that have ended into the store."""

        async def fetch() -> Fetched:
            found = Fetched()
            async with open_server(self._client) as server:
                for batch_id, row in self._list_open():
                    await self._fetch_batch(server, batch_id, row, found)
            return found

        with self._alone():
            loop.run(self._adopt)
            return loop.run(fetch)

    def outcomes(self, articles: Iterable[Input], *, live: bool = False, progress: bool = False) -> Iterator[Outcome]:
        """One outcome for each article from the answers in the store; see `collect`."""
        answers = _BatchAnswers(self._pipeline, self._store, otherwise=self._ask if live else None)
        pipeline = self._through(answers, judged=live)
        plan = _BatchAnswers(self._pipeline, self._store)
        journals = [self._journal(pipeline)]
        bar, inputs = Progress(articles, shown=progress, total=None), map(KeyedInput.of, articles)
        try:
            while some := list(islice(inputs, _AT_ONCE)):
                ready: list[Input] = []
                waiting: list[Outcome] = []
                for given in some:
                    missing = self._find_missing(given, plan, journals)
                    if any(one.state == "in progress" or not live for one in missing):
                        waiting.append(given.failed(_pending(missing)))
                    else:
                        ready.append((given.key, given.content))
                yield from bar.count(waiting)
                # What failed or was incomplete is read again: that costs nothing, and its answers may have arrived.
                yield from bar.count(analyze_many(pipeline, ready, store=self._store, retry_failed=True))
        finally:
            bar.close()

    def collect(self, articles: Iterable[Input], *, live: bool = False, progress: bool = False) -> Iterator[Outcome]:
        """Fetch the answers of the batches that have ended, then yield one outcome for each article.

        An article that lacks answers has a `Pending` error, which is not stored. The usage of a report is the cost of
        its answers in the batch. Labels are not judged, except with `live`.

        Args:
            articles: those that were submitted, or any others.
            live: ask at once, at the full price, for what is in no batch, and let the judge ask.
            progress: show a bar on stderr.

        Raises:
            NewslensError: after the outcomes: an error that further requests would meet as well, or why the server
                rejected a file.
        """
        fetched = self.fetch()
        yield from self.outcomes(articles, live=live, progress=progress)
        if fetched.stopped_by is not None:
            raise fetched.stopped_by

    def cancel(self) -> list[BatchStatus]:
        """Ask the server to stop. What it has answered by then is billed, and can be collected."""

        async def cancel() -> list[BatchStatus]:
            async with open_server(self._client) as server:
                found = [await server.get_status(batch_id) for batch_id, _ in self._list_open()]
                return [batch if batch.has_ended else await server.cancel(batch.id) for batch in found]

        with self._alone():
            loop.run(self._adopt)
            return loop.run(cancel)

    def _through(self, ask: Ask, *, judged: bool) -> Pipeline:
        # Without a window: a plan must not depend on the articles read before.
        return replace(self._pipeline, ask=ask, window=None, judge=self._pipeline.judge if judged else None)

    def _journal(self, pipeline: Pipeline) -> Journal:
        return Journal(self._store, pipeline, run=None, retry_failed=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes out: a batch that one of them is starting must not be taken for one that was lost."""
        path = self._store.path
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)  # a link may lead anywhere
        try:
            descriptor = os.open(path.with_name(f"{path.name}.lock"), flags, 0o666)
        except OSError as error:
            raise StoreError(f"The lock file {path}.lock cannot be opened ({error.strerror}). Remove it.") from error
        with os.fdopen(descriptor, "ab") as file:
            if not lock(file):
                raise ConfigurationError(f"Another process sends or fetches the batches of {path}. Wait for it.")
            yield

    def _find_missing(self, given: KeyedInput, answers: _BatchAnswers, journals: Sequence[Journal]) -> list[_Missing]:
        """The requests of an article without an answer, found by reading it up to where a model would be asked.

        Without the judge: its questions depend on the findings, and a batch does not take them. An article that a
        journal has as finished lacks nothing, even if its answers are no longer in the store.
        """
        if isinstance(given.content, NewslensError) or any(journal.find(given) for journal in journals):
            return []
        try:
            with contain_bugs():
                loop.run(read_report, self._through(answers, judged=False), given.content)
        except ConfigurationError:
            raise
        except NewslensError:  # mostly `Pending`; any other comes again when the article is read
            pass
        missing, answers.missing = answers.missing, []
        return missing

    async def _adopt(self) -> None:
        """Find out whether the server has the batches whose start was interrupted."""
        batches = self._store.batches
        lost = {row.mark for row in batches.at_server(self._pipeline.server) if row.id is None}
        if not lost:
            return
        async with open_server(self._client) as server:
            found = await server.find(lost)
        for mark in lost:
            if mark in found:
                batches.record_id(mark, found[mark].id)
            else:
                batches.forget(mark)

    def _list_open(self) -> list[tuple[str, BatchRow]]:
        rows = self._store.batches.at_server(self._pipeline.server)
        return [(row.id, row) for row in rows if row.id is not None and row.rest is None]

    async def _fetch_batch(self, server: BatchServer, batch_id: str, row: BatchRow, found: Fetched) -> None:
        status = await server.get_status(batch_id)
        if not status.has_ended:
            found.in_progress += 1
            return
        try:
            for file_id in filter(None, (status.output_file, status.error_file)):
                await self._fetch_file(server, file_id, row, found)
        except MalformedResponse as page:
            found.stopped_by = found.stopped_by or page
            return
        error = _to_error(find_rest(status.status, status.complaint), f"a request of {batch_id}")
        self._store.batches.end(row.mark, json.dumps(dump_error(error)))
        found.batches += 1
        if status.complaint is not None:
            found.stopped_by = found.stopped_by or error

    async def _fetch_file(self, server: BatchServer, file_id: str, row: BatchRow, found: Fetched) -> None:
        counts, first = Counter[str](), b""
        try:
            async with aclosing(server.read_lines(file_id)) as lines:
                async for content in lines:
                    if content.strip():
                        first = first or content
                        counts[self._keep_answer(content, server.host, row, found)] += 1
        except ServiceError as error:  # a file that is deleted or too old: the rest is asked again
            if error.status != NOT_FOUND:
                raise  # what arrived is kept, and the next call fetches the rest
        if counts.keys() == {"unreadable"}:
            raise _to_error(malformed(first), f"the file {file_id}")
        for name, count in counts.items():
            setattr(found, name, getattr(found, name) + count)

    def _keep_answer(self, content: bytes, host: str, row: BatchRow, found: Fetched) -> str:
        """Store the answer or error in a line, and return which attribute of `Fetched` counts it."""
        answer = load_answer(content, model=self._model, host=host)
        if answer is None:
            return "unreadable"
        if self._store.batches.find(answer.key) is None:
            return "unknown"
        if isinstance(answer.outcome, Response):
            self._store.put(answer.key, answer.outcome)
            return "answers"
        error = _to_error(answer.outcome, f"a request of {row.id}")
        self._store.batches.fail(row.mark, answer.key, json.dumps(dump_error(error)))
        if isinstance(error, _FATAL):
            found.stopped_by = found.stopped_by or error
        return "errors"


def _to_error(fault: Fault, what: str) -> ExchangeError:
    return fault.to_error(what=what, attempts=1, usage=fault.spent, elapsed_s=0.0)


def _pending(missing: Sequence[_Missing]) -> Pending:
    counts = Counter(f"{one.state} ({one.error})" if one.error else one.state for one in missing)
    listed = ", ".join(f"{count} {state}" for state, count in counts.items())
    is_in_progress = all(one.state == "in progress" for one in missing)
    advice = "Collect later" if is_in_progress else "Submit again and collect later, or collect the rest live"
    return Pending(f"Answers are missing: {listed}. {advice}.")
