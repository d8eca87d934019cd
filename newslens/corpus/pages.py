"""A folder of HTML pages: one for each report of a run, and an index of all."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from html import escape
from pathlib import Path
from secrets import token_hex

from newslens.errors import ConfigurationError, InternalError, contain_bugs
from newslens.report.html import IndexEntry, render_index
from newslens.report.reports import Outcome, Reports
from newslens.report.rows import list_sections

_MAX_TITLE = 60  # characters of a title in a file name


class Pages:
    """The pages of a run. Write a page before the line in the results file, so that a restart need not make up for it.

    Args:
        folder: created if it does not exist; other files in it are left alone.

    Raises:
        ConfigurationError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error

    def write(self, outcome: Outcome) -> None:
        """Write the page of a report; a failed article has none.

        Raises:
            ConfigurationError: there is no room.
        """
        if outcome.report is not None:
            try:
                with contain_bugs():
                    page = outcome.report.to_html()
            except InternalError as error:
                said = escape(f"This page could not be made. {error}")
                page = f'<!DOCTYPE html>\n<meta charset="utf-8">\n<title>Error</title>\n<p>{said}</p>\n'
            self._write(page_name(outcome), [page])

    def index(self, results: Path, *, title: str) -> None:
        """Write the index of all lines of a results file, those of earlier runs included.

        Raises:
            ConfigurationError: there is no room.
            InputError: the results cannot be read.
        """
        kinds = tuple(dict.fromkeys(kind for entry in self._entries(results) for kind in entry.counts))
        self._write("index.html", render_index(title, self._entries(results), kinds))

    def _entries(self, results: Path) -> Iterator[IndexEntry]:
        for outcome in Reports.stream(results):
            if outcome.report is not None and not (self._folder / page_name(outcome)).is_file():
                self.write(outcome)  # of a run without pages, or the folder was emptied
            yield _build_entry(outcome)

    def _write(self, name: str, parts: Iterable[str]) -> None:
        """Write a file that appears once it is complete; a link of its name is replaced, not followed."""
        partial = self._folder / f".{name}.{token_hex(4)}.part"
        try:
            with partial.open("x", encoding="utf-8", errors="replace") as file:  # "x" does not follow links
                file.writelines(parts)
            partial.replace(self._folder / name)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            partial.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"{self._folder} cannot be written: {error.strerror}.")


def page_name(outcome: Outcome) -> str:
    """A file name that no other article has, with the beginning of its title or key for people."""
    title = (outcome.report and outcome.report.article.title) or outcome.key
    start = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")[:_MAX_TITLE].strip("-")
    digest = sha256(f"{outcome.key}\0{outcome.article}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{start or 'article'}-{digest[:10]}.html"


def _build_entry(outcome: Outcome) -> IndexEntry:
    if outcome.report is None:
        why = f"{type(outcome.error).__name__}: {outcome.error}"
        return IndexEntry(outcome.key, None, state="failed", why=why)
    report, article = outcome.report, outcome.report.article
    return IndexEntry(
        key=outcome.key,
        page=page_name(outcome),
        title=article.title or "",
        outlet=article.outlet or "",
        published=article.published.isoformat() if article.published else "",
        frame=next((note.frame for note in report.framing or () if note.primary and note.is_there), ""),
        counts={section.kind: sum(row.is_there for row in section.rows) for section in list_sections(report)},
        state="done" if report.complete else "incomplete",
        why="; ".join(f"{problem.analysis}: {problem.kind}" for problem in report.problems),
    )
