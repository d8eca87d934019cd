"""Articles from the rows of JSON Lines, CSV, Parquet or a table; an unreadable row is an error in its place."""

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import zip_longest
from math import isnan
from pathlib import Path
from typing import IO, Any, TypeAlias

from newslens.article.article import Article
from newslens.article.encoding import decode_text, detect_encoding
from newslens.article.files import MAX_BYTES, from_record, open_file
from newslens.article.html import from_html
from newslens.errors import ConfigurationError, InputError, MissingExtra, NewslensError, contain_bugs

Keyed: TypeAlias = tuple[str, Article | NewslensError]
_Row: TypeAlias = Mapping[str, Any] | InputError

_JSON_LINES, _CSV, _PARQUET = (".jsonl", ".ndjson"), (".csv", ".tsv"), (".parquet",)
_DELIMITERS = ",;\t"
_TEXTS = ("maintext", "text", "raw_text")
_SAMPLE = 4096  # bytes that show whether a text is UTF-16
_BLOCK = 1 << 20  # bytes
_AT_ONCE = 512  # rows that are held as Python objects
_UNDECODED = re.compile("[\udc80-\udcff]")


def read(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> Iterator[Keyed]:
    """The article of each row with its key, as `analyze_many` takes them; for the columns see `keyed`.

    CSV needs a header line; its delimiter is comma, semicolon or tab, whichever the header has most of. Of columns with
    the same name the first counts.

    Args:
        path: a file that ends in .jsonl, .ndjson, .csv, .tsv or .parquet.
        encoding: of the file, if it is text; a byte order mark of UTF-8 is ignored.

    Raises:
        InputError: the file cannot be read at all, or not to its end.
        MissingExtra: it is Parquet, and pyarrow is not installed.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (*_JSON_LINES, *_CSV, *_PARQUET):
        known = " ".join((*_JSON_LINES, *_CSV, *_PARQUET))
        raise InputError(f"{os.fspath(path)!r} ends in {suffix!r}; rows are read from {known}.")
    if suffix in _PARQUET:
        rows = _parquet_rows
    else:
        _check_encoding(encoding)
        rows = partial(_json_rows if suffix in _JSON_LINES else _csv_rows, encoding=encoding)
    try:
        with open_file(path) as file:
            for number, row in enumerate(rows(file), 1):
                yield keyed(row, number)
    except OSError as error:
        raise InputError(f"{os.fspath(path)!r} cannot be read: {error.strerror or type(error).__name__}.") from error


def count_rows(path: str | os.PathLike[str]) -> int | None:
    """The number of rows, roughly, for a progress bar; None if only reading the whole file would tell."""
    if Path(path).suffix.lower() not in _JSON_LINES:
        return None
    with open_file(path) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))


def from_frame(table: object) -> Iterator[Keyed]:
    """The article of each row of a pandas, polars or pyarrow table with its key; for the columns see `keyed`.

    Null, NaN, NaT and NA are missing values; bytes count as text if they are UTF-8.

    Raises:
        ConfigurationError: it is not such a table, or two columns have the same name.
    """
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(table, eager_only=True)  # type: ignore[call-overload] # whatever the caller gave
        frame.columns  # noqa: B018 - narwhals looks for duplicates only here
    except TypeError as error:
        raise ConfigurationError(
            f"Rows are read from a pandas, polars or pyarrow table in memory, not from {type(table).__name__}."
        ) from error
    except nw.exceptions.DuplicateError as error:
        raise ConfigurationError("The table has two columns with the same name. Rename or drop one.") from error
    rows = frame.iter_rows(named=True, buffer_size=_AT_ONCE)
    return (
        keyed({str(name): _to_json(cell) for name, cell in row.items()}, number) for number, row in enumerate(rows, 1)
    )


def keyed(row: Mapping[str, Any] | InputError, number: int) -> Keyed:
    """The article in a row with its key, or the error in its place.

    The key is `id`, or `key`, or else "row", the number and a hash of the text, which no other row has. The text is
    `text` (or what extractors call it), or else it is extracted from `html`. `title`, `byline`, `outlet`, `published`,
    `url`, `language` and the extractors' names for them are used, other columns are ignored.

    Raises:
        ConfigurationError: an extra is missing that all rows need.
    """
    stated = () if isinstance(row, InputError) else (row.get("id"), row.get("key"))
    article: Article | NewslensError
    try:
        with contain_bugs():
            article = row if isinstance(row, InputError) else _build_article(row)
    except ConfigurationError:
        raise
    except NewslensError as error:
        article = error
    key = next((str(one) for one in stated if one not in (None, "")), None)
    if key is None:
        text = article.text if isinstance(article, Article) else str(article)
        key = f"row {number} {sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    return key, article


def _build_article(row: Mapping[str, Any]) -> Article:
    page = row.get("html")
    has_text = any(isinstance(row.get(name), str) and row[name].strip() for name in _TEXTS)
    if has_text or not isinstance(page, (str, bytes)) or not page.strip():
        return Article.from_text(**asdict(from_record(row)))
    found = from_html(page)
    stated = asdict(from_record({**row, "text": found.text}))
    given = {name: value for name, value in stated.items() if value is not None and name != "text"}
    return Article.from_text(**asdict(replace(found, **given)))


def _check_encoding(encoding: str) -> None:
    try:
        is_by_byte = "\n".encode(encoding) == b"\n"
    except (LookupError, ValueError) as unknown:  # ValueError: some of Python's codecs decode no text
        raise InputError(f"There is no encoding {encoding!r}. See 'Standard Encodings' in Python's docs.") from unknown
    if not is_by_byte:
        raise InputError(f"Rows are not read from {encoding}. Convert the file to UTF-8 first, for example with iconv.")


def _read_lines(file: IO[bytes]) -> Iterator[bytes | InputError]:
    """Lines that an article may have; a longer one is skipped without being held."""
    start = file.peek(_SAMPLE)[:_SAMPLE]  # type: ignore[attr-defined] # it is buffered
    wide = detect_encoding(start)
    if wide is not None and not wide.startswith("utf-8"):
        raise InputError(
            f"The file is {wide.upper()}; rows are read from UTF-8. Convert it first, for example with iconv."
        )
    while line := file.readline(MAX_BYTES):
        if len(line) < MAX_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES)
        yield InputError(f"The line has more than {MAX_BYTES:,} bytes, more than any article.")


def _json_rows(file: IO[bytes], encoding: str) -> Iterator[_Row]:
    for line in _read_lines(file):
        if isinstance(line, InputError):
            yield line
        elif line.strip():
            try:
                row = json.loads(decode_text(line, encoding))
            except InputError as error:
                yield error
            except (ValueError, RecursionError) as error:
                yield InputError(f"The line is not JSON: {error}.")
            else:
                is_record = isinstance(row, dict)
                yield row if is_record else InputError(f"The line holds a {type(row).__name__}, not a record.")


def _csv_rows(file: IO[bytes], encoding: str) -> Iterator[_Row]:
    csv.field_size_limit(MAX_BYTES)  # of the process; the default of 128 kB is less than some articles
    decode = partial(_decode_line, encoding=encoding)
    lines = map(decode, _read_lines(file))  # not a generator, which would end with its first error
    header = next(lines, "").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=header.count)
    try:
        names = next(csv.reader([header], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise InputError(f"The first line is not a CSV header: {error}.") from error
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 2  # after the header
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield InputError(f"The row that begins in line {line} is not CSV: {error}. Is a quote left open?")
        except InputError as error:
            yield error
        else:
            if cells:
                yield _build_row(names, cells, encoding, line)


def _decode_line(line: bytes | InputError, encoding: str) -> str:
    if isinstance(line, InputError):
        raise line
    try:
        return line.decode(encoding, "surrogateescape")
    except UnicodeError as error:  # some encodings have no such escape
        raise InputError(f"The line is not {encoding}. State the file's encoding (encoding=…, --encoding).") from error


def _build_row(names: Sequence[str], cells: Sequence[str], encoding: str, line: int) -> _Row:
    surplus = len(cells) - len(names)
    if surplus > 0:
        more = "1 cell" if surplus == 1 else f"{surplus} cells"
        return InputError(f"The row in line {line} has {more} more than the header. Is a text not quoted?")
    if any(map(_UNDECODED.search, cells)):
        return InputError(f"The row is not {encoding}. State the file's encoding (encoding=…, --encoding).")
    return dict(reversed([*zip_longest(names, cells)]))  # reversed: the first of two columns with one name counts


def _parquet_rows(file: IO[bytes]) -> Iterator[_Row]:
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile
    except ImportError as missing:
        raise MissingExtra("Reading Parquet needs pyarrow. Run: pip install pyarrow") from missing
    try:
        with ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=_AT_ONCE):
                columns = list(zip(batch.schema.names, map(_read_column, batch.columns), strict=True))
                for at in range(batch.num_rows):
                    yield {name: _to_json(cells[at]) for name, cells in reversed(columns)}
    except (pa.ArrowException, OSError) as error:  # OSError: a page that does not decompress
        raise InputError("The file is not Parquet, or is damaged.") from error


class _Unreadable:
    """Stands for a cell whose value cannot be read, such as a date beyond year 9999 or text that is not UTF-8."""


def _read_column(column: Any) -> list[Any]:
    try:
        found: list[Any] = column.to_pylist()
    except Exception:  # noqa: BLE001 - then cell by cell: only those that cannot be read are lost
        found = [_read_cell(cell) for cell in column]
    return found


def _read_cell(cell: Any) -> Any:
    try:
        return cell.as_py()
    except Exception:  # noqa: BLE001 - pyarrow has errors of many classes
        return _Unreadable()


def _to_json(value: Any) -> Any:
    """A cell as JSON would have it, and None for all kinds of missing values."""
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        value = value.tolist()
    if isinstance(value, float):
        return None if isnan(value) else int(value) if value.is_integer() else value  # integers with gaps are floats
    if isinstance(value, bytes):  # from a writer that did not mark its strings as such
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value
    if isinstance(value, date):
        return value.isoformat() if value == value else None  # noqa: PLR0124 - NaT does not equal itself
    return None if type(value).__name__ == "NAType" else value  # by name, because pandas may not be installed
