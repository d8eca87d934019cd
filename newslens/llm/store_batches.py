"""Batches in the store: which requests are under way at a server, and what came of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from newslens.errors import Usage
from newslens.llm.database import Database
from newslens.llm.exchange import Response


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch.

    Attributes:
        mark: ours, in the batch's metadata; written down before the server knows of the batch.
        id: the server's; None as long as we do not know of it.
        rest: JSON of the error of those requests that it gave nothing for; None while it is under way.
    """

    mark: str
    id: str | None
    rest: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch told of a request: a reply with what it cost, an error as JSON, or nothing yet."""

    reply: Response | None = None
    error: str | None = None


class Batches:
    """The batches of a store. A request (by its address) is in one batch at most: the last that it was given to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, mark: str, server: str, addresses: Sequence[str]) -> None:
        """Write down that these requests are about to be given to a server."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        self._database.change("INSERT INTO batches VALUES (?, ?, NULL, NULL, ?)", (mark, server, now))
        self._database.change(
            "INSERT OR REPLACE INTO batched SELECT value, ?, NULL FROM json_each(?)", (mark, json.dumps(addresses))
        )

    def sent(self, mark: str, batch_id: str) -> None:
        """The server has it, under this id."""
        self._database.change("UPDATE batches SET id = ? WHERE mark = ?", (batch_id, mark))

    def forget(self, mark: str) -> None:
        """It never came to the server; its requests are free again."""
        self._database.change("DELETE FROM batches WHERE mark = ?", (mark,))

    def end(self, mark: str, rest: str) -> None:
        """All that it gave is in the store; `rest` is the error of the others."""
        self._database.change("UPDATE batches SET rest = ? WHERE mark = ?", (rest, mark))

    def fail(self, mark: str, address: str, error: str) -> None:
        """It gave this error for a request."""
        self._database.change("UPDATE batched SET error = ? WHERE mark = ? AND address = ?", (error, mark, address))

    def all(self, server: str) -> list[BatchRow]:
        """The batches at a server, in the order in which they were begun."""
        sql = "SELECT mark, id, rest FROM batches WHERE server = ? ORDER BY created, mark"
        return [BatchRow(*row) for row in self._database.rows(sql, (server,))]

    def told(self, address: str) -> Told | None:
        """What became of a request; None: no batch has it."""
        sql = """SELECT text, usage, model, request_id, coalesce(error, rest)
            FROM batched JOIN batches USING (mark) LEFT JOIN answers USING (address) WHERE address = ?"""
        for text, usage, model, request_id, error in self._database.rows(sql, (address,)):
            if text is not None:
                return Told(Response(text, Usage.model_validate_json(usage), model, request_id))
            return Told(error=error)
        return None
