"""The store: every answer that was paid for, and the state of runs and batches, in one SQLite file."""

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from newslens.errors import ConfigurationError, Usage
from newslens.llm.database import Database
from newslens.llm.exchange import Ask, Request, Response

State = Literal["done", "partial", "failed"]

_ACTIVE = timedelta(days=7)
_PAGE = 100  # answers read at once in an export


def cache_key(request: Request, *, server: str, model: str | None) -> str:
    """Hash everything about a request that can change its answer (SHA-256, hexadecimal).

    The order of a schema's properties counts, because a model writes them in this order. The label for people (`what`),
    the deadline and the server's own cache key do not count. For `server` see `Endpoint.server`.
    """
    messages = [[message.role, message.content] for message in request.messages]
    temperature = None if request.temperature is None else float(request.temperature)
    parameters = [request.max_output_tokens, temperature, request.seed]
    whole: list[Any] = [server, request.model or model, messages, dict(request.schema), request.schema_name, parameters]
    if request.wanted != "json" or request.repetition:  # appended only here, so that older stores keep their keys
        choices = [[choice.name, choice.text, choice.options] for choice in request.choices]
        whole += [request.wanted, choices, request.repetition]
    # Not `ensure_ascii`: it spells a character beyond U+FFFF like two lone surrogates.
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Row:
    """The state of one article in a run."""

    state: State  # `partial` for an incomplete report
    error: str | None = None  # JSON of the error of a failed row
    report: str | None = None  # JSON of the report without the article's text; None for a failed row


@dataclass(frozen=True, slots=True)
class Summary:
    """The contents of a store."""

    answers: int
    usage: Usage  # their cost when they were asked for
    size: int  # bytes of the file and its side files
    runs: Mapping[str, Mapping[State, int]]  # for each run the number of rows by state


class Store:
    """A SQLite file with every answer that was paid for, and with the state of runs. It never holds a key or a header.

    Safe to share between threads, tasks and processes, and against `kill -9`. Calls are synchronous on purpose: a
    statement takes 20 to 150 µs, hardly more than handing it to a thread, and nothing can be cancelled between an
    answer and its row. A file that does not exist is created.

    Raises:
        StoreError: the file is not a store, damaged, of a newer version, full or out of reach; it is left as it was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._database = Database(path)
        self.batches = Batches(self._database)
        self.turns = Turns()  # the requests that are being asked in this process
        self.unsaved: dict[str, Response] = {}  # answers that the file could not take yet

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def __repr__(self) -> str:
        return f"Store({os.fspath(self.path)!r})"

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: str) -> Response | None:
        """Return the answer with this `cache_key`, at no cost: it was paid when it arrived."""
        sql = "SELECT text, model, request_id FROM answers WHERE address = ?"
        for text, model, request_id in self._database.rows(sql, (key,)):
            return Response(text, Usage(), model, request_id)
        return None

    def put(self, key: str, response: Response) -> None:
        """Keep an answer with its cost. If there is one already, that one stays."""
        text, usage = _encode(response.text), response.usage.model_dump_json()
        self._database.change(
            "INSERT INTO answers VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (key, text, usage, response.model, response.request_id, _now()),
        )

    def begin(self, run: str, settings: str) -> None:
        """Begin a run, or continue it, with `settings` that name everything that the rows depend on.

        Raises:
            ConfigurationError: the run was begun with other settings.
        """
        self._database.change(
            "INSERT INTO runs VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE SET created = excluded.created",
            (run, settings, _now()),
        )
        ((before,),) = self._database.rows("SELECT settings FROM runs WHERE run = ?", (run,))
        if before != settings:
            raise ConfigurationError(
                f"The run {run!r} in {self.path} was begun with other settings. Give it another name, "
                f"or its own settings: {before}"
            )

    def row(self, run: str, key: str, article: str) -> Row | None:
        """Return the state of an article. `article` is a hash: a changed article is another row."""
        sql = "SELECT state, error, report FROM rows WHERE run = ? AND key = CAST(? AS TEXT) AND article = ?"
        return next((Row(*found) for found in self._database.rows(sql, (run, _encode(key), article))), None)

    def keep(self, run: str, key: str, article: str, row: Row) -> None:
        """Keep the state of an article in place of an earlier one."""
        self._database.change(
            "INSERT OR REPLACE INTO rows VALUES (?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?)",
            (run, _encode(key), article, row.state, _encode(row.error), _encode(row.report), _now()),
        )

    def export(self) -> Iterator[dict[str, Any]]:
        """Yield every answer as plain data in order of arrival, reading page by page while others may write."""
        names = ("address", "text", "usage", "model", "request_id", "created")
        sql = f"SELECT rowid, {', '.join(names)} FROM answers WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608 - ours
        page = self._database.rows(sql, (0, _PAGE))
        while page:
            for _, *values in page:
                answer = dict(zip(names, values, strict=True))
                yield answer | {"usage": _read_usage(answer["usage"], self._database).model_dump(mode="json")}
            page = self._database.rows(sql, (page[-1][0], _PAGE))

    def prune(self, *, older_than: timedelta) -> int:
        """Delete answers and rows beyond an age, give the space back, and return how many there were.

        A run that was begun or continued within a week stays known, because another process may be working on it.
        """
        now = datetime.now(UTC)
        before = ((now - older_than).isoformat(timespec="microseconds"),)
        idle = ((now - max(older_than, _ACTIVE)).isoformat(timespec="microseconds"),)
        deleted = self._database.change("DELETE FROM answers WHERE created < ?", before)
        deleted += self._database.change("DELETE FROM rows WHERE created < ?", before)
        self._database.change("DELETE FROM batches WHERE created < ? AND rest IS NOT NULL", before)
        self._database.change(
            "DELETE FROM runs WHERE created < ? AND NOT EXISTS (SELECT 1 FROM rows WHERE rows.run = runs.run)", idle
        )
        self._database.shrink()
        return deleted

    def summary(self) -> Summary:
        """Count what the store contains."""
        answers, usage = 0, Usage()
        for answer in self.export():
            answers += 1
            usage += Usage.model_validate(answer["usage"])
        runs: dict[str, dict[State, int]] = {run: {} for (run,) in self._database.rows("SELECT run FROM runs")}
        for run, state, count in self._database.rows("SELECT run, state, count(*) FROM rows GROUP BY run, state"):
            runs.setdefault(run, {})[state] = count
        files = [self.path.with_name(self.path.name + suffix) for suffix in ("", "-wal", "-shm")]
        size = sum(file.stat().st_size for file in files if file.exists())
        return Summary(answers, usage, size, runs)


class Stored:
    """An `Ask` that answers from the store, or else asks and stores the answer before anybody sees it.

    The same request in progress twice through one store is asked once; the second one waits, and asks itself if the
    first fails. Answers are stored as they came, also those that turn out not to fit the schema, so that a second run
    takes the same way as the first and pays for none of it. An answer that the store cannot take (a full disk) is kept
    in memory, and nothing more is asked until it is written: no answer is paid for and lost.

    Raises:
        StoreError: the store can be neither read nor written; then nothing is asked.
        NewslensError: whatever `ask` raises.
    """

    def __init__(self, ask: Ask, store: Store, *, server: str, model: str | None) -> None:
        self._ask = ask
        self._store = store
        self._server = server
        self._model = model

    async def __call__(self, request: Request) -> Response:
        """Return the stored answer, at no cost, or a new one."""
        key = cache_key(request, server=self._server, model=self._model)
        async with self._store.turns.hold(key):
            self._save()
            known = self._store.get(key)
            if known is not None:
                return known
            response = await self._ask(request)
            self._store.unsaved[key] = response
            self._save()  # no `await` between: nothing can cancel us here
            return response

    def _save(self) -> None:
        for key, response in list(self._store.unsaved.items()):
            self._store.put(key, response)
            self._store.unsaved.pop(key, None)


class Turns:
    """Lets one task at a time hold a name, among tasks of any number of event loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Future[None]] = {}

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Wait for the name, and hold it."""
        mine: Future[None] = Future()
        while True:
            with self._lock:
                holder = self._held.setdefault(name, mine)
            if holder is mine:
                break
            await asyncio.wait([asyncio.wrap_future(holder)])  # unlike `await`, leaves it alone when we are cancelled
        try:
            yield
        finally:
            with self._lock:
                del self._held[name]
            mine.set_result(None)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch."""

    mark: str  # our own name in the batch's metadata, written down before the server knows of the batch
    id: str | None  # the server's; None until we know it
    rest: str | None  # JSON of the error of the requests without an answer; None while the batch is in progress


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What a batch gave for a request: a response with its cost, an error as JSON, or nothing yet."""

    response: Response | None = None
    error: str | None = None


class Batches:
    """The batches of a store. A request (by its cache key) belongs to the last batch that it was given to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, mark: str, server: str, keys: Sequence[str]) -> None:
        """Write down that these requests are about to be given to a server."""
        self._database.change("INSERT INTO batches VALUES (?, ?, NULL, NULL, ?)", (mark, server, _now()))
        self._database.change(
            "INSERT OR REPLACE INTO batched SELECT value, ?, NULL FROM json_each(?)", (mark, json.dumps(keys))
        )

    def record_id(self, mark: str, batch_id: str) -> None:
        """Write down the server's id of the batch."""
        self._database.change("UPDATE batches SET id = ? WHERE mark = ?", (batch_id, mark))

    def forget(self, mark: str) -> None:
        """Delete a batch that never reached the server; its requests are free again."""
        self._database.change("DELETE FROM batches WHERE mark = ?", (mark,))

    def end(self, mark: str, rest: str) -> None:
        """Write down that all answers of the batch are stored; `rest` is the error of the other requests."""
        self._database.change("UPDATE batches SET rest = ? WHERE mark = ?", (rest, mark))

    def fail(self, mark: str, key: str, error: str) -> None:
        """Write down the error that the batch gave for a request."""
        self._database.change("UPDATE batched SET error = ? WHERE mark = ? AND address = ?", (error, mark, key))

    def at_server(self, server: str) -> list[BatchRow]:
        """List the batches at a server in the order in which they were begun."""
        sql = "SELECT mark, id, rest FROM batches WHERE server = ? ORDER BY created, mark"
        return [BatchRow(*row) for row in self._database.rows(sql, (server,))]

    def find(self, key: str) -> BatchAnswer | None:
        """Return what its batch gave for a request, or None if the request is in no batch."""
        sql = """SELECT text, usage, model, request_id, coalesce(error, rest)
            FROM batched JOIN batches USING (mark) LEFT JOIN answers USING (address) WHERE address = ?"""
        for text, usage, model, request_id, error in self._database.rows(sql, (key,)):
            if text is not None:
                return BatchAnswer(Response(text, _read_usage(usage, self._database), model, request_id))
            return BatchAnswer(error=error)
        return None


def _read_usage(text: Any, database: Database) -> Usage:
    try:
        return Usage.model_validate_json(text)
    except ValueError as error:
        raise database.damaged() from error


def _encode(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogatepass")  # sqlite3 itself refuses lone surrogates


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")  # always as long, so that it sorts
