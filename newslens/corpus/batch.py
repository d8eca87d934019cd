"""A corpus given to a server to be answered within a day: submitted, looked at, collected, cancelled."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from newslens.corpus.batch_gathering import Gathered, adopt, gather
from newslens.corpus.batch_lines import line
from newslens.corpus.batch_plan import Planner
from newslens.corpus.batch_recall import Recall, pending
from newslens.corpus.batch_seat import seat_of
from newslens.corpus.batch_spool import Spool, spooled
from newslens.corpus.batch_standing import Standing
from newslens.corpus.job import Input, Job
from newslens.corpus.many import analyze_many
from newslens.corpus.progress import Progress
from newslens.errors import ConfigurationError, NewslensError
from newslens.llm import loop
from newslens.llm.client import Client
from newslens.llm.store import Store
from newslens.reading.pipeline import Pipeline
from newslens.report.reports import Outcome

_AT_ONCE = 256  # articles looked through before those of them that lack nothing are read


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission came to.

    Attributes:
        articles: all of the input.
        complete: those that lack no answer, also because they cannot be read.
        under_way: requests that a batch has already.
        requests: those that were submitted now.
        batches: ids of the batches that were made.
    """

    articles: int = 0
    complete: int = 0
    under_way: int = 0
    requests: int = 0
    batches: tuple[str, ...] = ()


class Batch:
    """What a lens gives to its server's Batch API: half the price, answers within a day.

    Everything lies in the lens's store. Each method can be broken off at any instant, `kill -9` included, and called
    again: no answer is lost, and no request is submitted twice as long as the server lists its batches in time (below).
    An article that needs more than one round (parts that are merged, an answer that did not fit) is submitted again
    after each collection, until it is not pending any more.

    Each step at the server is tried again by the lens's `Retry`; the deadline counts from the first fault of the step.
    A start that may have been done all the same is looked for in the server's list, and a minute later once more. What
    cannot be known is a batch that the list shows later still, or never, as to the key of another project: keep the
    key until all is collected.

    Raises:
        ConfigurationError: the lens has no store or no server; or another process is at the same batches.
        ServiceError: the server did not do it; call again.
        MalformedResponse: it gave a page or the like in place of an answer; nothing is lost, call again.
    """

    def __init__(self, pipeline: Pipeline, store: Store, backend: Client) -> None:
        self._seat = seat_of(pipeline, store, backend)

    def submit(self, articles: Iterable[Input], *, retry_failed: bool = False) -> Submitted:
        """Give the server every request whose answer is neither in the store nor under way.

        Args:
            articles: as `analyze_many` takes them; read once, in constant memory.
            retry_failed: also what was refused, filtered, cut off or too long, which is else taken as answered.

        Raises:
            ConfigurationError: the lens has a budget, which only requests at once can keep.
        """
        if self._seat.capped:
            raise ConfigurationError("A batch keeps no budget. Ask `estimate` for the price, of which it costs half.")
        runs = (self._seat.pipeline, self._seat.twin(self._seat.ask, judged=False))
        planner, seen, ids = Planner(self._seat, runs, retry_failed=retry_failed), Counter[str](), list[str]()
        with self._seat.alone():
            loop.run(self._adopted)
            for spool in spooled(self._lines(articles, planner, seen)):
                ids.append(loop.run(self._sent, spool))
                seen["requests"] += len(spool.addresses)
        return Submitted(seen["articles"], seen["complete"], seen["under way"], seen["requests"], tuple(ids))

    def status(self) -> list[Standing]:
        """How those batches stand that were not fetched yet, oldest first."""
        return loop.run(self._status)

    def gather(self) -> Gathered:
        """Fetch what the batches that have ended gave into the store."""
        with self._seat.alone():
            return loop.run(self._gathered)

    def outcomes(self, articles: Iterable[Input], *, live: bool = False, progress: bool = False) -> Iterator[Outcome]:
        """One outcome for each article out of what the store has; see `collect`."""
        twin = self._seat.twin(Recall(self._seat, otherwise=self._seat.ask if live else None), judged=live)
        planner, jobs = Planner(self._seat, (twin,)), map(Job.of, articles)
        bar = Progress(articles, shown=progress, total=None)
        try:
            while some := list(islice(jobs, _AT_ONCE)):
                why = [_waits(planner, job, live=live) for job in some]
                yield from _noted(bar, (job.failed(error) for job, error in zip(some, why, strict=True) if error))
                ready = [(job.key, job.content) for job, error in zip(some, why, strict=True) if not error]
                # What failed or lacked something is read again: it costs nothing, and its answers may have come.
                yield from _noted(bar, analyze_many(twin, ready, store=self._seat.store, retry_failed=True))
        finally:
            bar.close()

    def collect(self, articles: Iterable[Input], *, live: bool = False, progress: bool = False) -> Iterator[Outcome]:
        """Fetch what has ended, then one outcome for each article, as `analyze_many` gives them.

        An article that lacks answers has a `Pending` error, which is not written down as its failure. The usage of a
        report is what its answers cost in the batch. Labels have no judge, unless it is `live`.

        Args:
            articles: those that were submitted, or any others.
            live: ask at once, at the full price, what no batch has under way and what the judge wants to know.
            progress: show a bar on stderr.

        Raises:
            NewslensError: after the outcomes, what further requests would meet as well (a spent quota), or why the
                server refused a whole file.
        """
        gathered = self.gather()
        yield from self.outcomes(articles, live=live, progress=progress)
        if gathered.stopped_by is not None:
            raise gathered.stopped_by

    def cancel(self) -> list[Standing]:
        """Ask the server to stop what has not ended. What it has answered by then is billed, and can be collected."""
        with self._seat.alone():
            return loop.run(self._cancelled)

    def _lines(self, articles: Iterable[Input], planner: Planner, seen: Counter[str]) -> Iterator[tuple[str, bytes]]:
        for job in map(Job.of, articles):
            missing = planner.missing(job)
            seen.update(articles=1, complete=not missing)
            for one in missing:
                if one.state == "under way":
                    seen[one.state] += 1
                else:
                    yield one.address, line(one.address, one.request, self._seat.model)

    async def _adopted(self) -> None:
        async with self._seat.remote() as remote:
            await adopt(self._seat, remote)

    async def _sent(self, spool: Spool) -> str:
        """The id of a batch with these requests. A next run finds the mark, whatever became of this one."""
        mark, batches = uuid.uuid4().hex, self._seat.store.batches
        async with self._seat.remote() as remote:
            file_id = await remote.upload(spool.file)
            batches.begin(mark, self._seat.server, list(spool.addresses))
            batch_id = await remote.start(file_id, mark=mark)
        batches.record_id(mark, batch_id)
        return batch_id

    async def _gathered(self) -> Gathered:
        async with self._seat.remote() as remote:
            await adopt(self._seat, remote)
            return await gather(self._seat, remote)

    async def _status(self) -> list[Standing]:
        async with self._seat.remote() as remote:
            return [await remote.look(batch_id) for batch_id in self._open()]

    async def _cancelled(self) -> list[Standing]:
        async with self._seat.remote() as remote:
            await adopt(self._seat, remote)
            standings = [await remote.look(batch_id) for batch_id in self._open()]
            return [one if one.ended else await remote.cancel(one.id) for one in standings]

    def _open(self) -> list[str]:
        rows = self._seat.store.batches.at_server(self._seat.server)
        return [row.id for row in rows if row.id is not None and row.rest is None]


def _waits(planner: Planner, job: Job, *, live: bool) -> NewslensError | None:
    """Why the article cannot be read yet; None if it can."""
    missing = planner.missing(job)
    waits = any(one.state == "under way" for one in missing) if live else bool(missing)
    return pending(missing) if waits else None


def _noted(bar: Progress, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        bar.note(outcome)
        yield outcome
