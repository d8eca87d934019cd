"""A folder of HTML pages: one for each report of a run, and a list of all."""

import os
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from newslens.errors import ConfigurationError
from newslens.report.html import IndexEntry, render_index
from newslens.report.report import Report
from newslens.report.reports import Outcome, load_outcome
from newslens.report.rows import list_sections

_LIST = "index.html"
_LONGEST = 60  # characters of a title in a file name
_DIGITS = 10  # of the hash behind it
_NO_NAME = re.compile(r"[^a-z0-9]+")


class Pages:
    """The pages of a run. A page is there before its line in the results file, so a restart has nothing to make up.

    Args:
        folder: made if it is not there; files of other names in it are left alone.

    Raises:
        ConfigurationError: it cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, outcome: Outcome) -> None:
        """The page of one report; a failed article has none.

        Raises:
            ConfigurationError: there is no room.
        """
        if outcome.report is not None:
            self._put(page_name(outcome), [outcome.report.to_html()])

    def index(self, results: Path, *, title: str) -> None:
        """The list of all lines of a results file, those of earlier runs too.

        Raises:
            ConfigurationError: there is no room, or a line is of another version.
        """
        kinds = tuple(dict.fromkeys(kind for entry in self._entries(results) for kind in entry.counts))
        self._put(_LIST, render_index(title, self._entries(results), kinds))

    def _entries(self, results: Path) -> Iterator[IndexEntry]:
        with results.open("rb") as file:
            for number, line in enumerate(file, 1):
                outcome = _read(line, results, number)
                name = page_name(outcome)
                if outcome.report is not None and not (self._folder / name).is_file():
                    self.write(outcome)  # of a run that was to make no pages, or whose folder was cleared
                yield _entry(outcome, name if outcome.report is not None else None)

    def _put(self, name: str, pieces: Iterable[str]) -> None:
        """A file that takes its place when it is whole."""
        partial = self._folder / f".{name}.{os.getpid()}.part"
        try:
            with partial.open("w", encoding="utf-8", errors="replace") as file:
                file.writelines(pieces)
            partial.replace(self._folder / name)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            partial.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"{self._folder} cannot be written: {error.strerror}.")


def _read(line: bytes, results: Path, number: int) -> Outcome:
    try:
        return load_outcome(line)
    except ValueError as error:
        raise ConfigurationError(
            f"{results} line {number} is no result of this version, so the list of pages cannot be made. "
            "Name another results file, and run again."
        ) from error


def page_name(outcome: Outcome) -> str:
    """A file name that is the article's own and tells a person what it is."""
    title = (outcome.report and outcome.report.article.title) or outcome.key
    told = _NO_NAME.sub("-", title.lower()).strip("-")[:_LONGEST].strip("-")
    digest = sha256(f"{outcome.key}\0{outcome.article}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{told or 'article'}-{digest[:_DIGITS]}.html"


def _entry(outcome: Outcome, page: str | None) -> IndexEntry:
    if outcome.report is None:
        return IndexEntry(outcome.key, page, state="failed", why=f"{type(outcome.error).__name__}: {outcome.error}")
    report, article = outcome.report, outcome.report.article
    return IndexEntry(
        key=outcome.key,
        page=page,
        title=article.title or "",
        outlet=article.outlet or "",
        published=article.published.isoformat() if article.published else "",
        frame=_primary(report),
        counts={section.kind: sum(row.is_there for row in section.rows) for section in list_sections(report)},
        state="done" if report.complete else "incomplete",
        why="; ".join(f"{one.analysis}: {one.kind}" for one in report.problems),
    )


def _primary(report: Report) -> str:
    return next((note.frame for note in report.framing or () if note.primary and note.is_there), "")
