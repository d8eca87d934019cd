"""Tables in and out: pandas, polars and pyarrow, by one code path."""

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from newslens.corpus.rows import Keyed, keyed
from newslens.errors import ConfigurationError, InputError, MissingExtra
from newslens.report.reports import Outcome

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

Backend = Literal["pandas", "polars", "pyarrow"]

_AT_ONCE = 512  # rows held as Python objects


def from_frame(table: object) -> Iterator[Keyed]:
    """Each row of a pandas, polars or pyarrow table with its key, as `analyze_many` takes them.

    Columns as for `newslens.corpus.rows.keyed`. Null, NaN, NaT and NA mean that nothing is there; bytes are text where
    they are UTF-8.

    Raises:
        ConfigurationError: it is no such table.
    """
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(table, eager_only=True)  # type: ignore[call-overload] # whatever the caller gave
    except TypeError as error:
        raise ConfigurationError(
            f"Rows are read from a pandas, polars or pyarrow table in memory, not from {type(table).__name__}."
        ) from error
    return (keyed(row, number) for number, row in enumerate(_rows(frame), 1))


def parquet_rows(path: str | os.PathLike[str]) -> Iterator[Mapping[str, Any]]:
    """The rows of a Parquet file, some hundred at a time.

    Raises:
        InputError: it is no Parquet file.
        MissingExtra: pyarrow is not installed.
    """
    import narwhals.stable.v2 as nw

    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile
    except ImportError as missing:
        raise _missing("pyarrow", "reading Parquet") from missing
    try:
        with Path(path).open("rb") as opened, ParquetFile(opened) as file:
            for batch in file.iter_batches(batch_size=_AT_ONCE):
                yield from _rows(nw.from_native(pa.Table.from_batches([batch]), eager_only=True))
    except pa.ArrowInvalid as error:
        raise InputError(f"{os.fspath(path)!r} is no Parquet file, or is damaged.") from error


def _rows(frame: "nw.DataFrame[Any]") -> Iterator[dict[str, Any]]:
    for row in frame.iter_rows(named=True, buffer_size=_AT_ONCE):
        yield {str(name): _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    """A cell as JSON would have it; None for what stands for nothing."""
    value = value.tolist() if hasattr(value, "tolist") else value  # numpy's numbers and arrays
    if isinstance(value, float):
        return None if isnan(value) else int(value) if value.is_integer() else value  # numbers beside NaN are floats
    if isinstance(value, bytes):  # of a writer that did not mark its strings as such
        return _decoded(value)
    if isinstance(value, date):
        return value.isoformat() if value == value else None  # noqa: PLR0124 - NaT is no date that equals itself
    return None if type(value).__name__ == "NAType" else value  # known by name, as pandas may not be there


def _decoded(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def frame(outcomes: Iterable[Outcome], *, backend: Backend = "pandas") -> Any:
    """A table with one row an article, in the order in which they come; it is held in memory.

    Columns: `key`; `article` (hash); `complete`; `error` (class) and `message`, of the first thing that is missing in
    an incomplete report; `title`; `tokens` (in and out); `cost_usd` (null when the price is not known); `seconds`;
    `report` (JSON without the text; null when there is none).

    Raises:
        ConfigurationError: no such backend.
        MissingExtra: the library is not installed.
    """
    import narwhals.stable.v2 as nw

    if backend not in ("pandas", "polars", "pyarrow"):
        raise ConfigurationError(f"backend is 'pandas', 'polars' or 'pyarrow', not {backend!r}.")
    columns: dict[str, Any] = {
        **dict.fromkeys(("key", "article"), nw.String()),
        "complete": nw.Boolean(),
        **dict.fromkeys(("error", "message", "title"), nw.String()),
        "tokens": nw.Int64(),
        **dict.fromkeys(("cost_usd", "seconds"), nw.Float64()),
        "report": nw.String(),
    }
    rows = [_row(outcome) for outcome in outcomes]
    try:
        found = nw.from_dict({name: [row[name] for row in rows] for name in columns}, columns, backend=backend)
    except ImportError as missing:
        raise _missing(backend, f"a {backend} table") from missing
    return found.to_native()


def _row(outcome: Outcome) -> dict[str, Any]:
    report, spent = outcome.report, outcome.usage
    kind, message = _why(outcome)
    return {
        "key": _encodable(outcome.key),
        "article": outcome.article,
        "complete": report is not None and report.complete,
        "error": kind,
        "message": message,
        "title": None if report is None or report.article.title is None else _encodable(report.article.title),
        "tokens": spent.input_tokens + spent.output_tokens,
        "cost_usd": None if spent.cost_usd is None else float(spent.cost_usd),
        "seconds": spent.seconds,
        "report": report and report.without_text().model_dump_json(),
    }


def _why(outcome: Outcome) -> tuple[str | None, str | None]:
    if outcome.error is not None:
        return type(outcome.error).__name__, _encodable(str(outcome.error))
    problems = outcome.report.problems if outcome.report is not None else ()
    return next(((one.kind, _encodable(one.message)) for one in problems), (None, None))


def _encodable(text: str) -> str:
    """Text without lone surrogates, which JSON can spell and no table can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _missing(library: str, needed_for: str) -> MissingExtra:
    return MissingExtra(f"{needed_for} needs {library}. Run: pip install {library}")
