"""Answers by what was asked, and rows of runs by their keys, in one file."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from newslens.errors import ConfigurationError, Usage
from newslens.llm.database import Database
from newslens.llm.exchange import Response
from newslens.llm.store_batches import Batches
from newslens.llm.turns import Turns

State = Literal["done", "partial", "failed"]

_AT_WORK = timedelta(days=7)
_PAGE = 100  # answers read at once in an export


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one article in a run.

    Attributes:
        state: `partial` for a report that lacks something.
        error: JSON of the error of a failed row; None otherwise.
        report: JSON of the report, without the article's text; None for a failed row.
    """

    state: State
    error: str | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a store has.

    Attributes:
        answers: how many.
        usage: what they cost when they were asked for.
        size: bytes of the file and its side files.
        oldest: when the first of the answers came; None if there is none.
        newest: when the last came.
        runs: for each run its rows by state.
    """

    answers: int
    usage: Usage
    size: int
    oldest: datetime | None
    newest: datetime | None
    runs: Mapping[str, Mapping[State, int]]


class Store:
    """A SQLite file with every answer that was paid for, and with the state of runs. Never a key or a header.

    Safe to share between threads, tasks and processes, and against `kill -9`. Calls are synchronous on purpose: a
    statement takes 20 to 150 µs, hardly more than handing it to a thread, and between an answer and its row nothing can
    be cancelled.

    Args:
        path: the file; made if it is not there.

    Attributes:
        batches: what was given to a server to answer within a day.
        turns: who in this process is asking what.
        unsaved: answers that the file could not take yet.

    Raises:
        StoreError: the file is not a store, damaged, of a newer version, full or out of reach; it is left as it was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._database = Database(path)
        self.batches = Batches(self._database)
        self.turns = Turns()
        self.unsaved: dict[str, Response] = {}

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def __repr__(self) -> str:
        return f"Store({os.fspath(self._database.path)!r})"

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, address: str) -> Response | None:
        """The answer to a request (see `newslens.llm.store_address`), at no cost: it was paid when it came."""
        sql = "SELECT text, model, request_id FROM answers WHERE address = ?"
        for text, model, request_id in self._database.rows(sql, (address,)):
            return Response(text, Usage(), model, request_id)
        return None

    def put(self, address: str, reply: Response) -> None:
        """Keep an answer with what it cost. The first answer to a request stays."""
        self._database.change(
            "INSERT INTO answers VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (address, _bytes(reply.text), reply.usage.model_dump_json(), reply.model, reply.request_id, _now()),
        )

    def begin(self, run: str, settings: str) -> None:
        """Begin a run, or go on with it.

        Args:
            run: its name.
            settings: whatever the rows depend on, in words that are the same for the same settings.

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
                f"The run {run!r} in {self._database.path} was begun with other settings. Give it another name, "
                f"or its own settings: {before}"
            )

    def row(self, run: str, key: str, article: str) -> Row | None:
        """What became of an article; None if nothing yet. `article` is a hash: a changed article is another row."""
        sql = "SELECT state, error, report FROM rows WHERE run = ? AND key = CAST(? AS TEXT) AND article = ?"
        return next((Row(*found) for found in self._database.rows(sql, (run, _bytes(key), article))), None)

    def keep(self, run: str, key: str, article: str, row: Row) -> None:
        """Keep what became of an article, in place of what was there."""
        self._database.change(
            "INSERT OR REPLACE INTO rows VALUES (?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?)",
            (run, _bytes(key), article, row.state, _bytes(row.error), _bytes(row.report), _now()),
        )

    def export(self) -> Iterator[dict[str, Any]]:
        """Every answer as plain data, in the order in which they came; a page at a time, while others may write."""
        sql = """SELECT rowid, address, text, usage, model, request_id, created FROM answers
            WHERE rowid > ? ORDER BY rowid LIMIT ?"""
        page = self._database.rows(sql, (0, _PAGE))
        while page:
            for _, address, text, usage, model, request_id, created in page:
                spent = Usage.model_validate_json(usage).model_dump(mode="json")
                yield {
                    "address": address,
                    "text": text,
                    "usage": spent,
                    "model": model,
                    "request_id": request_id,
                    "created": created,
                }
            page = self._database.rows(sql, (page[-1][0], _PAGE))

    def prune(self, *, older_than: timedelta) -> int:
        """Forget answers and rows beyond an age, and give the room back; how many there were.

        A run that was begun, or gone on with, within a week stays known, as it may be at work in another process.
        """
        now = datetime.now(UTC)
        before = ((now - older_than).isoformat(timespec="microseconds"),)
        idle = ((now - max(older_than, _AT_WORK)).isoformat(timespec="microseconds"),)
        forgotten = self._database.change("DELETE FROM answers WHERE created < ?", before)
        forgotten += self._database.change("DELETE FROM rows WHERE created < ?", before)
        self._database.change("DELETE FROM batches WHERE created < ? AND rest IS NOT NULL", before)
        self._database.change(
            "DELETE FROM runs WHERE created < ? AND NOT EXISTS (SELECT 1 FROM rows WHERE rows.run = runs.run)", idle
        )
        self._database.shrink()
        return forgotten

    def summary(self) -> Summary:
        """What there is."""
        answers, usage, dates = 0, Usage(), list[str]()
        for answer in self.export():
            answers += 1
            usage += Usage.model_validate(answer["usage"])
            dates = [min([*dates, answer["created"]]), max([*dates, answer["created"]])]
        oldest, newest = map(datetime.fromisoformat, dates) if dates else (None, None)
        return Summary(answers, usage, self._size(), oldest, newest, self._runs())

    def _runs(self) -> dict[str, dict[State, int]]:
        runs: dict[str, dict[State, int]] = {run: {} for (run,) in self._database.rows("SELECT run FROM runs")}
        for run, state, count in self._database.rows("SELECT run, state, count(*) FROM rows GROUP BY run, state"):
            runs[run][state] = count
        return runs

    def _size(self) -> int:
        path = self._database.path
        files = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return sum(file.stat().st_size for file in files if file.exists())


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogatepass")  # sqlite3 itself refuses lone surrogates


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")  # always as long, so that it sorts
