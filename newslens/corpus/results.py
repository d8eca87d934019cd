"""Outcomes in a file of JSON Lines, which a restart resumes, and in a table."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import IO, Any, Literal, NamedTuple, Self

from newslens.corpus.inputs import Input, KeyedInput
from newslens.corpus.journal import describe_settings, list_differences, shorten_settings
from newslens.errors import ConfigurationError, InternalError, MissingExtra, contain_bugs
from newslens.reading.pipeline import Pipeline
from newslens.report.reports import Outcome, dump_outcome

_START = b'{"key":'  # of every line that was written here


class _Line(NamedTuple):
    key: str
    article: str
    settings: dict[str, Any] | None
    is_complete: bool


class Results:
    """A file with one line an article: `key`, `article` (its hash), `settings` (of the lens), and `report` or `error`.

    Each line is on disk before the next outcome is asked for. A file that exists is resumed: a last line that a kill
    has cut off is removed, and an article that has a line is not written again. A line that is damaged stays as it is
    and counts as missing. Memory does not grow with the file. A lock keeps other processes from writing to it.

    Args:
        path: the file.
        text: keep the article's text in each report.
        drop_failed: first remove the lines of failed and incomplete articles, and damaged ones, to read them again.
        pipeline: how articles are read; a file belongs to one set of settings. None leaves the settings out.

    Attributes:
        damaged: number of damaged lines.

    Raises:
        ConfigurationError: another process writes to the file; or it holds something else, or reports of other
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
        self._settings = shorten_settings(describe_settings(pipeline)) if pipeline is not None else None
        self._written = sqlite3.connect("", isolation_level=None)  # a temporary file that SQLite deletes
        self._written.execute("PRAGMA synchronous = OFF")
        self._written.execute("CREATE TABLE lines (key BLOB, article TEXT, PRIMARY KEY (key, article)) WITHOUT ROWID")
        self.damaged = 0
        with ExitStack() as undo:
            undo.callback(self._written.close)
            try:
                self._file = self._open(drop_failed=drop_failed)
            except OSError as error:
                raise self._unwritable(error) from error
            undo.pop_all()

    def write(self, outcome: Outcome) -> bool:
        """Append the line of an outcome and flush it; False if the file has one for the article.

        Raises:
            ConfigurationError: there is no room; what was written before is kept.
        """
        if not self._note(outcome.key, outcome.article):
            return False
        report = outcome.report
        try:
            with contain_bugs():
                short = report if report is None or self._text else report.without_text()
                line = dump_outcome(replace(outcome, report=short), self._settings).encode()
        except InternalError as error:
            line = dump_outcome(replace(outcome, report=None, error=error), self._settings).encode()
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from error
        return True

    def missing(self, articles: Iterable[Input]) -> Iterator[Input]:
        """Those of the articles that have no line yet."""
        for article in articles:
            given = KeyedInput.of(article)
            row = (given.key.encode("utf-8", "surrogatepass"), given.article)
            if not self._written.execute("SELECT 1 FROM lines WHERE key = ? AND article = ?", row).fetchall():
                yield article

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):  # every line was flushed, or `write` has raised
            self._file.close()
        self._written.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"{self._path} cannot be written: {error.strerror}.")

    def _note(self, key: str, article: str) -> bool:
        row = (key.encode("utf-8", "surrogatepass"), article)
        return self._written.execute("INSERT OR IGNORE INTO lines VALUES (?, ?)", row).rowcount > 0

    def _open(self, *, drop_failed: bool) -> IO[bytes]:
        with ExitStack() as undo:
            file = undo.enter_context(self._path.open("ab"))
            self._lock(file)
            if not self._path.is_file():  # a pipe or a device has nothing to resume
                undo.pop_all()
                return file
            if not os.path.samestat(self._path.stat(), os.fstat(file.fileno())):  # replaced before it was locked
                raise self._in_use()
            whole, dropped = self._scan(drop_failed=drop_failed)
            if dropped:
                return self._rewrite()
            if whole < self._path.stat().st_size:
                file.truncate(whole)
            undo.pop_all()
            return file

    def _lock(self, file: IO[bytes]) -> None:
        if not lock(file):
            raise self._in_use()

    def _in_use(self) -> ConfigurationError:
        return ConfigurationError(f"Another process writes to {self._path}. Wait for it, or name another file.")

    def _scan(self, *, drop_failed: bool) -> tuple[int, int]:
        """Note the lines that stay. Returns the bytes of all whole lines, and the number of lines to drop."""
        whole = dropped = good = 0
        with self._path.open("rb") as file:
            for number, content in enumerate(file, 1):
                is_cut = not content.endswith(b"\n")
                if is_cut and (good or _START.startswith(content[: len(_START)])):
                    break
                whole += len(content)
                line = _parse(content)
                if line is None:
                    self.damaged += 1
                elif drop_failed and not line.is_complete:
                    dropped += 1
                elif self._settings is not None and line.settings not in (None, self._settings):
                    found = list_differences(line.settings or {}, self._settings)
                    raise ConfigurationError(
                        f"{self._path} line {number} was written with other settings: {found}. Nothing was changed. "
                        "Name another file, or use the earlier settings."
                    )
                else:
                    self._note(line.key, line.article)
                good += line is not None
        if self.damaged and not good:
            raise ConfigurationError(
                f"{self._path} holds no result of a run, so nothing was changed. Name another file."
            )
        return whole, dropped + self.damaged * drop_failed

    def _rewrite(self) -> IO[bytes]:
        """Replace the file by one without the lines to drop, once that is complete and locked."""
        place = self._path.resolve()  # a link stays a link
        partial = place.with_name(f".{place.name}.{token_hex(4)}.part")
        with ExitStack() as undo:
            after = undo.enter_context(partial.open("xb"))  # "x" does not follow links
            undo.callback(partial.unlink, missing_ok=True)
            self._lock(after)
            partial.chmod(place.stat().st_mode & 0o7777)
            with place.open("rb") as before:
                after.writelines(line for line in before if (found := _parse(line)) and found.is_complete)
            after.flush()
            partial.replace(place)
            undo.pop_all()
        return after


def _parse(content: bytes) -> _Line | None:
    """The line, which another version may have written; None if it is damaged or was not written here."""
    try:
        row = json.loads(content) if content.startswith(_START) else {}
        report, error = row.get("report") or {}, row.get("error")
        is_complete = error is None and not report.get("problems")
        is_complete = is_complete and all(one["status"] == "done" for one in report.get("coverage", ()))
        line = _Line(row["key"], row["article"], row.get("settings"), is_complete)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    is_sound = (
        isinstance(line.key, str)
        and isinstance(line.article, str)
        and isinstance(error or report, dict)
        and bool(error or report)
    )
    return line if is_sound and isinstance(line.settings, dict | None) else None


def lock(file: IO[Any]) -> bool:
    """Lock an open file for this process, until it is closed or the process ends, and return whether that worked.

    On a file system without locks it is as if it had worked.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            position = file.tell()
            file.seek(1 << 30)  # Windows locks bytes, which nobody can read then: one that no file reaches
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            finally:
                file.seek(position)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # some network file systems
        return True
    return True


def frame(outcomes: Iterable[Outcome], *, backend: Literal["pandas", "polars", "pyarrow"] = "pandas") -> Any:
    """A table with one row an article, in the order of the outcomes; it is held in memory.

    Columns: `key`; `article` (hash); `complete`; `error` (class) and `message` of the first thing that is missing;
    `title`; `tokens` (in and out); `cost_usd` (null if the price is not known); `seconds`; `report` (JSON without the
    text; null if there is none).

    Raises:
        ConfigurationError: the backend is unknown.
        MissingExtra: the library is not installed.
    """
    import narwhals.stable.v2 as nw

    if backend not in ("pandas", "polars", "pyarrow"):
        raise ConfigurationError(f"backend must be 'pandas', 'polars' or 'pyarrow', got {backend!r}.")
    columns: dict[str, Any] = {
        **dict.fromkeys(("key", "article"), nw.String()),
        "complete": nw.Boolean(),
        **dict.fromkeys(("error", "message", "title"), nw.String()),
        "tokens": nw.Int64(),
        **dict.fromkeys(("cost_usd", "seconds"), nw.Float64()),
        "report": nw.String(),
    }
    rows = [_tabulate(outcome) for outcome in outcomes]
    values = {name: [row[at] for row in rows] for at, name in enumerate(columns)}
    try:
        return nw.from_dict(values, columns, backend=backend).to_native()
    except ImportError as missing:
        raise MissingExtra(f"A {backend} table needs {backend}. Run: pip install {backend}") from missing


def _tabulate(outcome: Outcome) -> list[Any]:
    report, usage = outcome.report, outcome.usage
    title = message = kind = None
    if outcome.error is not None:
        kind, message = type(outcome.error).__name__, str(outcome.error)
    if report is not None:
        title = report.article.title
        kind, message = next(((problem.kind, problem.message) for problem in report.problems), (None, None))
    # Without lone surrogates, which no table can hold.
    texts = [text and text.encode("utf-8", "replace").decode() for text in (outcome.key, message, title)]
    return [
        texts[0],
        outcome.article,
        report is not None and report.complete,
        kind,
        *texts[1:],
        usage.input_tokens + usage.output_tokens,
        None if usage.cost_usd is None else float(usage.cost_usd),
        usage.seconds,
        report and report.without_text().model_dump_json(),
    ]
