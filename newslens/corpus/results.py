"""Outcomes as JSON Lines, each on disk before the next is asked for; a restart goes on where the file ends."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from newslens.corpus.job import Input, Job
from newslens.corpus.lock import lock
from newslens.corpus.settings import differences, settings, shortened
from newslens.errors import ConfigurationError
from newslens.reading.pipeline import Pipeline
from newslens.report.reports import Outcome, dump_outcome

_BEGINNING = b'{"key":'  # of every line of ours
_PARTS = ("settings", "report", "error")


class Results:
    """A file with one line an article: `key`, `article` (its hash), `settings` (of the lens), and `report` or `error`.

    A file that is there is gone on with: a last line that a kill has cut is taken off, and what has a line already
    is not written again. Memory does not grow with the file. One process at a time, which a lock on the file sees to.

    Args:
        path: the file.
        text: keep the article's text in each report.
        drop_failed: first take out the lines of failed and incomplete articles, as they are read again.
        pipeline: how articles are read; a file belongs to one set of settings. With None, settings are not kept.

    Raises:
        ConfigurationError: another process writes to the file; or it holds something else or reports of other
            settings, and is left as it is; or it cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        text: bool = False,
        drop_failed: bool = False,
        pipeline: Pipeline | None = None,
    ) -> None:
        self._path = Path(path)
        self._text = text
        self._settings = shortened(settings(pipeline)) if pipeline is not None else None
        self._written = sqlite3.connect("", isolation_level=None)  # a file of its own that SQLite removes
        self._written.execute("PRAGMA synchronous = OFF")
        self._written.execute("CREATE TABLE lines (key BLOB, article TEXT, PRIMARY KEY (key, article)) WITHOUT ROWID")
        with ExitStack() as undo:
            undo.callback(self._written.close)
            self._file = self._opened(drop_failed=drop_failed)
            undo.pop_all()

    def _opened(self, *, drop_failed: bool) -> IO[bytes]:
        try:
            with ExitStack() as undo:
                file = self._locked(self._path)
                undo.callback(file.close)
                outdated = self._resume(file, drop_failed=drop_failed)
                if not outdated:
                    undo.pop_all()
                    return file
                return self._without_failed()
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"{self._path} cannot be written: {error.strerror}.")

    def _locked(self, path: Path) -> IO[bytes]:
        file = path.open("ab")
        if lock(file) and (
            not path.is_file() or os.path.samestat(path.stat(), os.fstat(file.fileno()))
        ):  # else it was replaced meanwhile
            return file
        file.close()
        raise ConfigurationError(f"Another process writes to {self._path}. Wait for it, or name another file.")

    def write(self, outcome: Outcome) -> bool:
        """Append an outcome and flush it; False if the file has it.

        Raises:
            ConfigurationError: there is no room; what was written before stays.
        """
        if not self._is_new(outcome.key, outcome.article):
            return False
        try:
            self._file.write(self._line(outcome))
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error
        return True

    def missing(self, articles: Iterable[Input]) -> Iterator[Input]:
        """Those of the articles that have no line yet."""
        for given in articles:
            job = Job.of(given)
            if not self._has(job.key, job.article):
                yield given

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):  # every line was flushed, or `write` has said that it was not
            self._file.close()
        self._written.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _line(self, outcome: Outcome) -> bytes:
        report = outcome.report
        if report is not None and not self._text:
            report = report.without_text()
        return dump_outcome(replace(outcome, report=report), self._settings).encode()

    def _has(self, key: str, article: str) -> bool:
        row = (key.encode("utf-8", "surrogatepass"), article)
        return bool(self._written.execute("SELECT 1 FROM lines WHERE key = ? AND article = ?", row).fetchall())

    def _is_new(self, key: str, article: str) -> bool:
        row = (key.encode("utf-8", "surrogatepass"), article)
        return self._written.execute("INSERT OR IGNORE INTO lines VALUES (?, ?)", row).rowcount > 0

    def _resume(self, file: IO[bytes], *, drop_failed: bool) -> int:
        """Take off what a kill has cut, and note what is there; how many lines are to be taken out."""
        if not self._path.is_file():  # a pipe or a device has nothing to go on with
            return 0
        whole, outdated = self._scan(drop_failed=drop_failed)
        if whole < self._path.stat().st_size:
            file.truncate(whole)
        return outdated

    def _scan(self, *, drop_failed: bool) -> tuple[int, int]:
        """Note what the file keeps; bytes of its whole lines, and how many are to be taken out."""
        whole = outdated = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n") and _BEGINNING.startswith(line[: len(_BEGINNING)]):
                    break  # cut off by a kill
                row = self._row(line, number)
                whole += len(line)
                if drop_failed and not _is_complete(row):
                    outdated += 1
                else:
                    self._check(row.get("settings"), number)
                    self._is_new(row["key"], row["article"])
        return whole, outdated

    def _check(self, before: dict[str, Any] | None, number: int) -> None:
        """One file is of one lens's settings; of what was written without them, they are taken to be the same."""
        now = self._settings
        if before is not None and now is not None and before != now:
            raise ConfigurationError(
                f"{self._path} line {number} was written with other settings: {differences(before, now)}. Nothing was "
                "changed. Name another file, or use the settings of before."
            )

    def _without_failed(self) -> IO[bytes]:
        """The file without what is read again, put in its place when it is whole, and locked before."""
        partial = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        after = self._locked(partial)
        try:
            with self._path.open("rb") as before:
                after.writelines(line for line in before if _is_complete(json.loads(line)))
            after.flush()
            partial.replace(self._path)
        except BaseException:
            after.close()
            partial.unlink(missing_ok=True)
            raise
        return after

    def _row(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            row = json.loads(line) if line.startswith(_BEGINNING) else {}
        except ValueError:
            row = {}
        if not ({"key", "article"} < row.keys() and all(isinstance(row.get(name, {}), dict) for name in _PARTS)):
            raise ConfigurationError(
                f"{self._path} line {number} is no result of a run. Nothing was changed. Name another file."
            )
        found: dict[str, Any] = row
        return found


def _is_complete(row: dict[str, Any]) -> bool:
    """`Report.complete` of the report in a line, whatever version has written it; False for an error."""
    report = row.get("report", {"problems": True})
    return not report.get("problems") and all(one["status"] == "done" for one in report.get("coverage", ()))
