"""A SQLite file of ours: recognised, migrated, safe to share, with SQLite's faults as `StoreError`."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from newslens.errors import StoreError

_APPLICATION_ID = 0x6E6C656E  # "nlen" in the file's header tells our files from those of other programs
_BUSY_S = 10.0  # how long to wait for another process; each holds the file for one statement

# Schema changes, oldest first, each one transaction. A file knows how many it has had (`user_version`). Append only:
# existing files have had the others already.
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

# One statement, because another process may be migrating.
_STATE = """SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
    (SELECT count(*) FROM sqlite_schema)"""

_DAMAGED = "is damaged. Nothing was overwritten. Move it away, and recover its contents with `sqlite3 FILE .recover`"
_FAULTS = {
    sqlite3.SQLITE_NOTADB: "is not a store. Nothing was changed. Name another file",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full. Everything so far is kept; make room and run again",
    sqlite3.SQLITE_IOERR: "cannot be read or written: disk error, or no room. Everything so far is kept",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened. Check that its folder exists and is writable",
    sqlite3.SQLITE_PERM: "cannot be read and written. Check its permissions",
    sqlite3.SQLITE_READONLY: "cannot be written. Check the permissions of the file and of its folder",
    sqlite3.SQLITE_BUSY: f"was in use by another process for {_BUSY_S:g} s. Try again",
    sqlite3.SQLITE_LOCKED: "was in use by another process. Try again",
}


class Database:
    """One connection for the process, one statement at a time.

    Each statement is a transaction of its own, so a process killed at any instant leaves whole rows. After a loss of
    power the last few may be missing (WAL with `synchronous=NORMAL`), but the file stays sound. Files belong on a local
    disk: SQLite's locks do not hold over a network.

    Raises:
        StoreError: the file is not ours, damaged, of a newer version, full or out of reach; it is left as it was.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._inherited: list[sqlite3.Connection] = []
        self._open()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._exclusive() as connection:
            return connection.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute a statement and return how many rows it changed."""
        with self._exclusive() as connection:
            return connection.execute(sql, values).rowcount

    def shrink(self) -> None:
        """Give free pages back to the file system."""
        with self._exclusive() as connection:
            connection.executescript("PRAGMA incremental_vacuum")  # `execute` would free a single page

    def damaged(self) -> StoreError:
        """Build the error for contents that we cannot have written."""
        return StoreError(f"{self.path} {_DAMAGED}.")

    def close(self) -> None:
        """Close the file; the last process to close it leaves one file without side files."""
        if os.getpid() == self._process:
            with self._lock, suppress(sqlite3.OperationalError):  # a full disk: the side file is read next time
                self._connection.close()

    def _open(self) -> None:
        self._lock = threading.Lock()
        self._process = os.getpid()
        with suppress(OSError):  # SQLite says better what is wrong
            if not stat.S_ISREG(self.path.stat().st_mode):  # opening a FIFO would wait forever
                raise StoreError(f"{self.path} cannot be opened: it is not a regular file. Name another file.")
        with self._translated():
            connection = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=32
            )
        try:
            with self._translated():
                # Models write lone surrogates, because JSON can spell them.
                connection.text_factory = lambda raw: raw.decode("utf-8", "surrogatepass")
                if self._version(connection) < len(MIGRATIONS):
                    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # takes effect in an empty file only
                    self._migrate(connection)
                connection.execute("PRAGMA journal_mode = WAL").fetchall()
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _version(self, connection: sqlite3.Connection) -> int:
        """Return how many migrations the file has had.

        Raises:
            StoreError: the file belongs to another program, or is newer than this version of newslens.
        """
        owner, version, tables = connection.execute(_STATE).fetchone()
        if owner != _APPLICATION_ID and (owner, version, tables) != (0, 0, 0):
            raise StoreError(f"{self.path} is a database of another program. Nothing was changed. Name another file.")
        if version > len(MIGRATIONS):
            raise StoreError(f"{self.path} was made by a newer newslens. Nothing was changed. Update newslens.")
        return int(version)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # commits, or rolls everything back
            for statements in MIGRATIONS[self._version(connection) :]:  # again: another process may have migrated
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def _exclusive(self) -> Iterator[sqlite3.Connection]:
        if os.getpid() != self._process:  # after a fork a connection must be neither used nor closed in the child
            self._inherited.append(self._connection)
            self._open()
        with self._lock, self._translated():
            yield self._connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except UnicodeDecodeError as error:  # raised by `text_factory`
            raise self.damaged() from error
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits are details
            raise StoreError(f"{self.path} {_FAULTS.get(code, f'cannot be used: {error}')}.") from error
