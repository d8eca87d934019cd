"""What all pictures share: which reports, rows as counts, and text that cannot leave its place."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from newslens.errors import ConfigurationError, MissingExtra
from newslens.report.plain import plain
from newslens.report.report import Report
from newslens.report.reports import Outcome

Given = Report | Outcome | Iterable[Report | Outcome]
Row = Mapping[str, Any]


def several(reports: Given) -> list[Report]:
    """The reports; an outcome that failed has none.

    Raises:
        ConfigurationError: there is none, or something else among them.
    """
    given = [reports] if isinstance(reports, Report | Outcome) or not isinstance(reports, Iterable) else reports
    found = [report for one in given if (report := _report(one)) is not None]
    if not found:
        raise ConfigurationError("There is no report to make a picture of.")
    return found


def _report(one: object) -> Report | None:
    if isinstance(one, Outcome):
        return one.report
    if isinstance(one, Report):
        return one
    raise ConfigurationError(f"Pictures are made of reports or outcomes, not of {type(one).__name__}.")


def by_outlet(reports: Iterable[Report]) -> dict[str, list[Report]]:
    """The reports of each outlet, in the order in which they come."""
    found: dict[str, list[Report]] = {}
    for report in reports:
        found.setdefault(report.article.outlet or "outlet not known", []).append(report)
    return found


def counted(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Each distinct row once, with how often it comes as `count`."""
    counts = Counter(tuple(row.items()) for row in rows)
    return harmless({**dict(row), "count": count} for row, count in counts.items())


def harmless(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows with an invisible mark behind each "<": Altair writes data into a <script> as they are."""
    return [{name: _text(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows]


def _text(value: str) -> str:
    return plain(value).replace("<", "<\u2060")


def subtitle(size: str, found: Sequence[Report], used: Sequence[Report], *, lacking: str) -> str:
    """How many there are, and how many of the reports could not be used, for want of what."""
    left_out = len(found) - len(used)
    return f"{size}; left out: {left_out} without {lacking}" if left_out else size


@contextmanager
def altair_wanted() -> Iterator[None]:
    """Around the import of Altair: what to do where it is missing.

    Raises:
        MissingExtra: it is.
    """
    try:
        yield
    except ImportError as missing:
        raise MissingExtra("Pictures need Altair. Run: pip install 'newslens-kit[plot]'") from missing
