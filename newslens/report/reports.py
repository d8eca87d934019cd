"""Many reports: what became of each article, the file of JSON Lines that holds it, and the tables of all of them."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Self, overload

from pydantic import JsonValue, model_validator

from newslens.analyses.findings import Result
from newslens.article.files import open_file
from newslens.errors import ConfigurationError, InputError, NewslensError, Usage
from newslens.report.html import render_grid
from newslens.report.report import Report
from newslens.report.tables import Table, build_table, to_cells
from newslens.report.wording import count


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article: a report or an error, never both.

    Attributes:
        key: the caller's key, or the hash of the article.
        report: what was read; it may be incomplete, see `Report.complete`.
        article: hash (SHA-256, hex) of the article with its metadata as it was given.
        stored: whether it came from the store, without a request.
    """

    key: str
    report: Report | None = None
    error: NewslensError | None = None
    article: str = ""
    stored: bool = False

    @property
    def usage(self) -> Usage:
        """What reading it has cost; for a stored outcome, when it was read."""
        if self.report is not None:
            return self.report.usage
        usage: Usage | None = getattr(self.error, "usage", None)  # only errors of an exchange have cost anything
        return usage if usage is not None else Usage()

    def unwrap(self) -> Report:
        """The report; raises the error if there is none."""
        if self.error is not None:
            raise self.error
        assert self.report is not None  # noqa: S101 - for the type checker: there is one or the other
        return self.report


def dump_error(error: NewslensError) -> dict[str, Any]:
    """An error as plain data, without its cause; a field that JSON cannot hold becomes a string."""
    fields = {name: value for name, value in vars(error).items() if not name.startswith("_")}
    for name, value in fields.items():
        try:
            fields[name] = value.model_dump(mode="json") if isinstance(value, Usage) else value
            json.dumps(fields[name])
        except (TypeError, ValueError):  # an error class of the caller's own may hold anything
            fields[name] = str(value)
    return {"kind": type(error).__name__, "message": str(error), "fields": fields}


def load_error(data: Mapping[str, Any]) -> NewslensError:
    """The error that `dump_error` wrote; one of a class that no longer exists becomes a `NewslensError`."""
    kinds: dict[str, type[NewslensError]] = {}
    unseen = [NewslensError]
    while unseen:
        kind = unseen.pop()
        kinds.setdefault(kind.__name__, kind)
        unseen += kind.__subclasses__()
    kind = kinds.get(data["kind"], NewslensError)
    error = kind.__new__(kind)
    error.args = (data["message"],)
    for name, value in data["fields"].items():
        if name.startswith("_") or name == "args":
            raise ValueError(f"an error has no field {name!r}")
        typed = Usage.model_validate(value) if name == "usage" else value
        setattr(error, name, tuple(typed) if isinstance(typed, list) else typed)
    return error


class _Error(Result):
    kind: str
    message: str
    fields: dict[str, JsonValue]


class _Line(Result):
    key: str
    article: str
    settings: dict[str, JsonValue] | None = None
    report: Report | None = None
    error: _Error | None = None

    @model_validator(mode="after")
    def _holds_one(self) -> Self:
        if (self.report is None) == (self.error is None):
            raise ValueError("a line has either a report or an error")
        return self


def dump_outcome(outcome: Outcome, settings: Mapping[str, JsonValue] | None = None) -> str:
    """The outcome as a line of JSON: `key`, `article` (hash), `settings` if given, and `report` or `error`."""
    head = f'{{"key":{json.dumps(outcome.key)},"article":{json.dumps(outcome.article)},'
    if settings is not None:
        head += f'"settings":{json.dumps(settings)},'
    if outcome.error is not None:
        return f'{head}"error":{json.dumps(dump_error(outcome.error))}}}\n'
    return f'{head}"report":{outcome.unwrap().model_dump_json()}}}\n'


def load_outcome(line: str | bytes) -> Outcome:
    """The outcome in a line of JSON, else `ValueError`; a bare report gets the hash of its text as key."""
    try:
        data = json.loads(line)  # not pydantic's parser: a key may hold a lone surrogate
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    if not isinstance(data, dict):
        raise ValueError(f"the line holds a {type(data).__name__}")  # noqa: TRY004 - all faults of a line are one error
    if "provenance" in data:
        report = Report.model_validate(data)
        return Outcome(report.article.sha256, report)
    read = _Line.model_validate(data)
    failure = load_error(read.error.model_dump()) if read.error else None
    return Outcome(read.key, read.report, failure, article=read.article)


@contextmanager
def replace_file(path: Path) -> Iterator[IO[str]]:
    """Write a text file that takes the place of `path` once it is complete and not empty; a device is written directly.

    Raises:
        OSError: the file cannot be written; what was at `path` is unchanged.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as file:
            yield file
        return
    path = path.resolve()  # a link stays a link
    partial = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        with partial.open("x", encoding="utf-8") as file:  # "x" does not follow links
            yield file
        if partial.stat().st_size:
            if path.exists():
                shutil.copymode(path, partial)
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class _TableOf:
    """The table of the kind that the attribute is named after."""

    def __set_name__(self, _: type, name: str) -> None:
        self._kind = name

    def __get__(self, reports: "Reports", _: type | None = None) -> Table:
        return reports.table(self._kind)


class Reports(Sequence[Report]):
    """Reports in a fixed order, each with the key of its article; held in memory, see `stream` for larger files.

    Tables have the columns of `newslens.report.tables` after a column `key`. Slices and `filter` leave failures out.

    >>> from newslens import Lens, Reports
    >>> texts = {"bridge": "Ana Ruiz said on Monday that the bridge is closed."}
    >>> reports = Reports.of(Lens(offline=True).analyze_many(texts.items()))
    >>> reports
    <Reports: 1 article>
    >>> reports.summary.to_pandas()[["key", "sentence", "quote"]].values.tolist()
    [['bridge', 1, 'Ana Ruiz said on Monday that the bridge is closed.']]

    Args:
        reports: reports, keyed by the hash of their text, or the outcomes of `analyze_many` with the caller's keys;
            outcomes without a report are in `failures`.

    Raises:
        ConfigurationError: an element is neither a report nor an outcome, or the argument is a single one.
    """

    # Tables by kind, see `table`.
    summary = _TableOf()
    stances = _TableOf()
    framing = _TableOf()
    headline = _TableOf()
    loaded = _TableOf()
    sources = _TableOf()
    structure = _TableOf()
    consistency = _TableOf()
    problems = _TableOf()
    articles = _TableOf()

    def __init__(self, reports: Iterable[Outcome | Report] = ()) -> None:
        if isinstance(reports, (Report, Outcome, str, os.PathLike)):
            fault = f"Reports are made of many, not of one {type(reports).__name__}."
            raise ConfigurationError(f"{fault} Put it in a list; a file is for Reports.read.")
        given = []
        for one in reports:
            if not isinstance(one, Outcome | Report):
                raise ConfigurationError(f"Reports are made of outcomes or reports, not of {type(one).__name__}.")
            given.append(one if isinstance(one, Outcome) else Outcome(one.article.sha256, one))
        self._read = tuple(one for one in given if one.error is None)
        self._failed = tuple(one for one in given if one.error is not None)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome | Report]) -> Self:
        """The same as the constructor: `Reports.of(lens.analyze_many(articles))`."""
        return cls(outcomes)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The reports in a JSON Lines file written by `write`, `newslens run` or `newslens analyze --jsonl`.

        A line without a readable report or error is a failure with an `InputError` and the key "line N".

        Raises:
            InputError: the file cannot be read, or holds nothing but such lines.
        """
        return cls(cls.stream(path))

    @staticmethod
    def stream(path: str | os.PathLike[str]) -> Iterator[Outcome]:
        """The outcomes in such a file one by one, whatever its length; errors as for `read`."""
        name = repr(os.fspath(path))
        found = damaged = 0
        with open_file(path) as file:
            try:
                for number, line in enumerate(file, 1):
                    if not line.strip():
                        continue
                    try:
                        outcome = load_outcome(line)
                        found += 1
                    except (ValueError, RecursionError):
                        advice = "Remove the line, or finish the run that writes the file."
                        said = f"{name} line {number} is damaged or cut off, or of another version. {advice}"
                        outcome = Outcome(f"line {number}", error=InputError(said))
                        damaged += 1
                    yield outcome
            except OSError as error:
                raise InputError(f"{name} cannot be read: {error.strerror}.") from error
        if damaged and not found:
            raise InputError(f"{name} holds no report of this version. Name another file.")

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write one line for each report and each failure; the file is replaced once all of them are written.

        Raises:
            ConfigurationError: the file cannot be written; an existing one is unchanged.
        """
        try:
            with replace_file(Path(path)) as file:
                lines = [dump_outcome(one) for one in self.outcomes]
                file.writelines(lines or "\n")  # an empty file would not replace an old one
        except OSError as error:
            raise ConfigurationError(f"{os.fspath(path)!r} cannot be written: {error.strerror}.") from error

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of each report."""
        return tuple(one.key for one in self._read)

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The articles without a report, each with its error."""
        return self._failed

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Both: first the reports, then the failures."""
        return (*self._read, *self._failed)

    @property
    def findings(self) -> Table:
        """All findings, of every kind."""
        return self.table()

    def filter(self, wanted: Callable[[Report], bool]) -> Self:
        """The reports for which `wanted` is true, with their keys."""
        return type(self)(one for one in self._read if wanted(one.unwrap()))

    def table(self, kind: str | None = None) -> Table:
        """The rows of all reports, see `newslens.report.tables`; failed articles are in "problems" and "articles".

        Raises:
            ConfigurationError: there is no such kind.
        """
        table = build_table(tuple(self), kind, keys=self.keys)
        rows = list(table.rows)
        for one in self._failed if kind in ("problems", "articles") else ():
            said = {"key": one.key, "error": type(one.error).__name__, "message": str(one.error)}
            rows.append(to_cells({**said, "complete": False, "problems": 1, **dict(one.usage)}, table.columns))
        return replace(table, rows=tuple(rows), incomplete=table.incomplete + len(self._failed))

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> Report: ...
    @overload
    def __getitem__(self, at: slice) -> Self: ...
    def __getitem__(self, at: int | slice) -> Report | Self:
        return type(self)(self._read[at]) if isinstance(at, slice) else self._read[at].unwrap()

    def __add__(self, other: "Reports") -> Self:
        return type(self)((*self.outcomes, *other.outcomes))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reports):
            return NotImplemented
        mine, theirs = (
            [(one.key, one.article, one.report, one.error and dump_error(one.error)) for one in reports.outcomes]
            for reports in (self, other)
        )
        return mine == theirs

    def __hash__(self) -> int:
        return hash(self.keys)

    def __repr__(self) -> str:
        partial = sum(not report.complete for report in self)
        gaps = [f"{partial} INCOMPLETE"] if partial else []
        gaps += [f"{len(self._failed)} FAILED"] if self._failed else []
        return f"<Reports: {', '.join([count(len(self), 'article'), *gaps])}>"

    def _repr_html_(self) -> str:
        table = self.articles
        kinds = [name.removesuffix("_status") for name in table.columns if name.endswith("_status")]
        asked = [kind for kind in kinds if any(row[f"{kind}_status"] for row in table)]
        rows = []
        for row in table:
            shown = row | {"title": row["title"] or row["key"]}
            for kind in asked:
                found, status = row[f"{kind}_found"], row[f"{kind}_status"]
                gap = None if status in (None, "done") else status  # stands where the count would, or behind it
                shown[kind] = found if gap is None else gap if found is None else f"{found} ({gap})"
            rows.append(shown)
        return render_grid(repr(self)[1:-1], ("title", "outlet", "published", *asked, "problems"), rows)
