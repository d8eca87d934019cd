"""Many reports: a sequence that knows which articles failed, its tables, and its file."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, overload

from newslens.cli.output import opened
from newslens.corpus.job import Outcome
from newslens.corpus.journal import plain
from newslens.corpus.lines import line_of, outcome_of
from newslens.errors import ConfigurationError, InputError
from newslens.report import tables
from newslens.report.grid import grid
from newslens.report.report import Report
from newslens.report.table import Cell, Row, Table


class Reports(Sequence[Report]):
    """Reports in a fixed order, each behind the key of its article; held in memory, see `stream` for more than fit.

    Tables have the columns of `newslens.report.tables` behind a column `key`. Slices and `filter` choose among the
    reports; the articles that failed have none, so they stay behind with the whole.

    >>> from newslens import Lens, Reports
    >>> texts = {"bridge": "Ana Ruiz said on Monday that the bridge is closed."}
    >>> reports = Reports.of(Lens(offline=True).analyze_many(texts.items()))
    >>> reports
    <Reports: 1 articles>
    >>> reports.summary.to_pandas()[["key", "sentence", "quote"]].values.tolist()
    [['bridge', 1, 'Ana Ruiz said on Monday that the bridge is closed.']]

    Args:
        reports: reports, each behind the hash of its text, or what `analyze_many` gives, behind the caller's keys;
            articles without a report are in `failures`.

    Raises:
        ConfigurationError: something that is neither a report nor an outcome, or that is not many.
    """

    def __init__(self, reports: Iterable[Outcome | Report] = ()) -> None:
        if isinstance(reports, (Report, Outcome, str, os.PathLike)):
            raise ConfigurationError(
                f"Reports are made of many, not of one {type(reports).__name__}. Put it in a list; a file is for "
                "Reports.read."
            )
        given = tuple(map(_kept, reports))
        self._read = tuple(one for one in given if one.error is None)
        self._failed = tuple(one for one in given if one.error is not None)

    @classmethod
    def of(cls, outcomes: Iterable[Outcome | Report]) -> Self:
        """The same, where a name reads better than a call: `Reports.of(lens.analyze_many(articles))`."""
        return cls(outcomes)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """The reports in a file of JSON Lines: of `write`, of `newslens run`, or of `newslens analyze --jsonl`.

        Raises:
            InputError: it cannot be read, or a line of it is no report.
        """
        return cls.of(cls.stream(path))

    @staticmethod
    def stream(path: str | os.PathLike[str]) -> Iterator[Outcome]:
        """The outcomes in such a file one by one, for a file of any length; errors as for `read`."""
        try:
            with Path(path).open("rb") as file:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield _outcome(line, path, number)
        except OSError as error:
            raise InputError(f"{os.fspath(path)!r} cannot be read: {error.strerror}.") from error

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write a line for each report and each failure; the file is replaced when all of them are written.

        Raises:
            ConfigurationError: the place cannot be written to; a file that was there is as it was.
        """
        try:
            with opened(Path(path)) as file:
                file.writelines(map(line_of, (*self._read, *self._failed)))
                if not self._read and not self._failed:
                    file.write("\n")  # an empty file would not take the place of an old one
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

    def filter(self, wanted: Callable[[Report], bool]) -> Self:
        """The reports for which it is true, with their keys."""
        return self.of(one for one in self._read if wanted(one.unwrap()))

    def table(self, kind: str | None = None) -> Table:
        """The rows of all reports, see `newslens.report.tables`; failed articles are in "problems" and "articles".

        Raises:
            ConfigurationError: there is no such kind.
        """
        known = tables.table(tuple(self), kind, keys=self.keys)
        shown = self._failed if kind in ("problems", "articles") else ()
        failed = (tables.cells(_failure(one), known.columns) for one in shown)
        return replace(known, rows=(*known.rows, *failed), incomplete=known.incomplete + len(self._failed))

    @property
    def findings(self) -> Table:
        """Everything that was found, of every kind."""
        return self.table()

    @property
    def summary(self) -> Table:
        """The key points."""
        return self.table("summary")

    @property
    def stances(self) -> Table:
        """Who stands where."""
        return self.table("stances")

    @property
    def framing(self) -> Table:
        """Frames, those that are absent too: see the column `there`."""
        return self.table("framing")

    @property
    def headline(self) -> Table:
        """What the story does with its headline and subheadings."""
        return self.table("headline")

    @property
    def loaded(self) -> Table:
        """Loaded phrases, with whose words they are."""
        return self.table("loaded")

    @property
    def sources(self) -> Table:
        """Attributions: who is said to have said what."""
        return self.table("sources")

    @property
    def structure(self) -> Table:
        """Who, what, when, where, why and how."""
        return self.table("structure")

    @property
    def consistency(self) -> Table:
        """What does not agree within an article."""
        return self.table("consistency")

    @property
    def problems(self) -> Table:
        """What is missing, and why; an article that failed as a whole has a row without an analysis."""
        return self.table("problems")

    @property
    def articles(self) -> Table:
        """A row an article, the failed ones too: what was found, what failed, what it cost."""
        return self.table("articles")

    def __len__(self) -> int:
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> Report: ...
    @overload
    def __getitem__(self, at: slice) -> Self: ...
    def __getitem__(self, at: int | slice) -> Report | Self:
        return self.of(self._read[at]) if isinstance(at, slice) else self._read[at].unwrap()

    def __add__(self, other: "Reports") -> Self:
        return self.of((*self._read, *self._failed, *other._read, *other._failed))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reports) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash(self.keys)

    def __repr__(self) -> str:
        partial = sum(not report.complete for report in self)
        gaps = [f"{partial} INCOMPLETE"] if partial else []
        gaps += [f"{len(self._failed)} FAILED"] if self._failed else []
        return f"<Reports: {', '.join([f'{len(self)} articles', *gaps])}>"

    def _repr_html_(self) -> str:
        table, status = self.articles, "_status"
        kinds = [name.removesuffix(status) for name in table.columns if name.endswith(status)]
        asked = [kind for kind in kinds if any(row[f"{kind}_status"] for row in table)]
        rows = [_listed(row, asked) for row in table]
        return grid(repr(self)[1:-1], ("title", "outlet", "published", *asked, "problems"), rows)

    def _told(self) -> list[tuple[object, ...]]:
        """All that is held, as values that compare."""
        both = (*self._read, *self._failed)
        return [(one.key, one.article, one.report, one.error and plain(one.error)) for one in both]


def _kept(given: object) -> Outcome:
    """An outcome; a report alone gets the hash of its text as key."""
    if isinstance(given, Outcome):
        return given
    if isinstance(given, Report):
        return Outcome(given.article.sha256, given)
    raise ConfigurationError(f"Reports are made of outcomes or reports, not of {type(given).__name__}.")


def _outcome(line: bytes, path: str | os.PathLike[str], number: int) -> Outcome:
    try:
        return outcome_of(line)
    except ValueError as error:
        raise InputError(
            f"{os.fspath(path)!r} line {number} holds no report of this version, or is cut off. "
            "Take the line out, or finish the run that writes the file."
        ) from error


def _failure(one: Outcome) -> dict[str, Any]:
    """What is known of an article without a report, by the columns of "problems" and of "articles"."""
    why = {"error": type(one.error).__name__, "message": str(one.error)}
    return {"key": one.key, **why, "complete": False, "problems": 1, **dict(one.usage)}


def _listed(row: Row, kinds: Sequence[str]) -> Row:
    """A row of "articles" as it is looked at: what failed stands where its count would."""
    counts = {kind: _count(row[f"{kind}_found"], row[f"{kind}_status"]) for kind in kinds}
    return row | counts | {"title": row["title"] or row["key"]}


def _count(found: Cell, status: Cell) -> Cell:
    return found if status in (None, "done") else status if found is None else f"{found} ({status})"
