"""A SQLite file of ours: recognised, migrated, safe to share, its faults said in one sentence."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from newslens.errors import StoreError

_OURS = 0x6E6C656E  # "nlen", in the file's header: tells our files from those of other programs
_BUSY_S = 10.0  # how long to wait for another process; each holds the file for one statement

# Schema changes, oldest first, each one transaction. A file knows how many it has had (`user_version`); add to the
# end, never edit: files out there have had them.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE answers (
            address TEXT PRIMARY KEY, text TEXT NOT NULL, usage TEXT NOT NULL, model TEXT, request_id TEXT,
            created TEXT NOT NULL
        )""",
        "CREATE TABLE runs (run TEXT PRIMARY KEY, settings TEXT NOT NULL, created TEXT NOT NULL)",
        """CREATE TABLE rows (
            run TEXT NOT NULL REFERENCES runs, key TEXT NOT NULL, article TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('done', 'partial', 'failed')),
            error TEXT, report TEXT, created TEXT NOT NULL,
            PRIMARY KEY (run, key, article), CHECK ((error IS NULL) <> (report IS NULL))
        )""",
    ),
    (
        """CREATE TABLE batches (
            mark TEXT PRIMARY KEY, server TEXT NOT NULL, id TEXT, rest TEXT, created TEXT NOT NULL
        )""",
        """CREATE TABLE batched (
            address TEXT PRIMARY KEY, mark TEXT NOT NULL REFERENCES batches ON DELETE CASCADE, error TEXT
        )""",
        "CREATE INDEX batched_by_mark ON batched (mark)",
    ),
)

# One statement, so that it sees one instant: another process may be migrating.
_STATE = """SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
    (SELECT count(*) FROM sqlite_schema)"""

_FAULTS = {
    sqlite3.SQLITE_NOTADB: "is not a store. Nothing was changed. Name another file",
    sqlite3.SQLITE_CORRUPT: "is damaged. Nothing was overwritten. Move it away, and rescue what it has with"
    " `sqlite3 FILE .recover`",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. All before is kept; make room and run again",
    sqlite3.SQLITE_IOERR: "cannot be read or written: disk error, or no room. All before is kept",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check that its folder exists and may be written",
    sqlite3.SQLITE_PERM: "may not be read and written. Check its permissions",
    sqlite3.SQLITE_AUTH: "may not be read and written. Check its permissions",
    sqlite3.SQLITE_READONLY: "may not be written. Check the permissions of the file and of its folder",
    sqlite3.SQLITE_BUSY: f"was in use by another process for {_BUSY_S:g} s. Try again",
    sqlite3.SQLITE_LOCKED: "was in use by another process. Try again",
}


class Database:
    """One connection for the process, one statement at a time.

    Each statement is a transaction of its own, so that a process killed at any instant leaves whole rows. After a
    loss of power the last few may be missing (WAL with `synchronous=NORMAL`); the file stays sound. Files belong on a
    local disk: SQLite's locks do not hold over a network.

    Raises:
        StoreError: the file is not ours, damaged, of a newer version, full or out of reach; it is left as it was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._inherited: list[sqlite3.Connection] = []
        self._open()

    def _open(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()
        with self._faults():
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=32
            )
        with ExitStack() as undo:
            undo.callback(connection.close)
            with self._faults():
                self._prepare(connection)
            undo.pop_all()
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._alone() as connection:
            return connection.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Any] = ()) -> int:
        """How many rows a statement changed."""
        with self._alone() as connection:
            return connection.execute(sql, values).rowcount

    def shrink(self) -> None:
        """Give free pages back to the disk."""
        with self._alone() as connection:
            connection.executescript("PRAGMA incremental_vacuum")  # `execute` takes one step of it, which is one page

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        if os.getpid() != self._process:  # after a fork: a connection must not be used, nor closed, in the child
            self._inherited.append(self._connection)
            self._open()
        with self._lock, self._faults():
            yield self._connection

    def close(self) -> None:
        """Close the file; the last to close it leaves one file without side files."""
        if os.getpid() == self._process:
            with self._lock, suppress(sqlite3.OperationalError):  # a full disk: the side file is read next time
                self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.text_factory = _text
        if self._version(connection) < len(MIGRATIONS):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # takes effect in an empty file only
            self._migrate(connection)
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    def _version(self, connection: sqlite3.Connection) -> int:
        """How many migrations the file has had.

        Raises:
            StoreError: the file is somebody else's, or newer than we are.
        """
        owner, version, tables = connection.execute(_STATE).fetchone()
        if owner != _OURS and (owner, version, tables) != (0, 0, 0):
            raise StoreError(f"{self.path} is a database of another program. Nothing was changed. Name another file.")
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path} was made by a newer newslens. Nothing was changed. Update newslens.")
        return int(version)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # commits, or takes all of it back
            for statements in MIGRATIONS[self._version(connection) :]:  # again: another process may have been here
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_OURS}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Say what we know about a fault of SQLite; any other is a mistake of ours and stays one."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits are details
            if code not in _FAULTS:
                raise
            raise StoreError(f"{self.path} {_FAULTS[code]}.") from error


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")  # models write lone surrogates, as JSON can spell them
