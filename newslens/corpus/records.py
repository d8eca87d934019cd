"""Articles out of a JSON Lines, CSV or Parquet file, row by row; what cannot be read is an error in its place."""

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from newslens.article.encoding import decode_text, detect_encoding
from newslens.article.files import MAX_BYTES
from newslens.corpus.rows import Keyed, keyed
from newslens.corpus.tables import parquet_rows
from newslens.errors import InputError

_BLOCK = 1 << 20  # bytes
_SAMPLE = 4096  # bytes, which show whether a text is UTF-16
_DELIMITERS = ",;\t"
_JSON_LINES = (".jsonl", ".ndjson")
_CSV = (".csv", ".tsv")
_PARQUET = (".parquet",)
_UNDECODED = re.compile("[\udc80-\udcff]")


def read(path: str | os.PathLike[str], *, encoding: str = "utf-8") -> Iterator[Keyed]:
    """Each row with its key, as `analyze_many` takes them.

    For the key and the other fields see `newslens.corpus.rows.keyed`; rows are counted from 1. CSV has a header line;
    comma, semicolon or tab, whichever that has most of.

    Args:
        path: a file ending in .jsonl, .ndjson, .csv, .tsv or .parquet.
        encoding: of the file, if it is text; a byte order mark of UTF-8 is passed over.

    Raises:
        InputError: the file cannot be read at all; raised when the first row is asked for.
        MissingExtra: it is Parquet, and pyarrow is not installed.
    """
    try:
        for number, row in enumerate(_rows(path, encoding), 1):
            yield keyed(row, number)
    except OSError as error:
        raise InputError(f"{os.fspath(path)!r} cannot be read: {error.strerror}.") from error


def length(path: str | os.PathLike[str]) -> int | None:
    """About how many rows a file has, for a progress bar; None where only reading it all would tell."""
    if Path(path).suffix.lower() not in _JSON_LINES:
        return None
    with Path(path).open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))


def _rows(path: str | os.PathLike[str], encoding: str) -> Iterator[Mapping[str, Any] | InputError]:
    suffix = Path(path).suffix.lower()
    if suffix in _PARQUET:
        yield from parquet_rows(path)
        return
    if suffix not in (*_JSON_LINES, *_CSV):
        known = " ".join((*_JSON_LINES, *_CSV, *_PARQUET))
        raise InputError(f"{os.fspath(path)!r} ends in {suffix!r}; rows are read from {known}.")
    _check(encoding)
    with Path(path).open("rb") as file:
        _check_start(file.peek(_SAMPLE)[:_SAMPLE])
        yield from _json_rows(file, encoding) if suffix in _JSON_LINES else _csv_rows(file, encoding)


def _check(encoding: str) -> None:
    try:
        by_line = "\n".encode(encoding) == b"\n"
    except (LookupError, ValueError) as unknown:  # some codecs are no charset
        raise InputError(
            f"There is no encoding {encoding!r}. Python's list is under 'Standard Encodings'."
        ) from unknown
    if not by_line:
        raise InputError(f"Rows are not read from {encoding}. Convert the file to UTF-8 first, for example with iconv.")


def _check_start(start: bytes) -> None:
    wide = detect_encoding(start)
    if wide is not None and not wide.startswith("utf-8"):
        raise InputError(
            f"The file is {wide.upper()}; rows are read from UTF-8. Convert it first, for example with iconv."
        )


def _json_rows(file: IO[bytes], encoding: str) -> Iterator[Mapping[str, Any] | InputError]:
    for line in _lines(file):
        if isinstance(line, InputError):
            yield line
        elif line.strip():
            yield _json_row(line, encoding)


def _json_row(line: bytes, encoding: str) -> Mapping[str, Any] | InputError:
    try:
        row = json.loads(decode_text(line, encoding))
    except InputError as error:
        return error
    except (ValueError, RecursionError) as error:
        return InputError(f"The line is not JSON: {error}.")
    return row if isinstance(row, dict) else InputError(f"The line holds a {type(row).__name__}, not a record.")


def _lines(file: IO[bytes]) -> Iterator[bytes | InputError]:
    """Lines of a length that an article may have; a longer one is passed over without being held."""
    while line := file.readline(MAX_BYTES):
        if len(line) < MAX_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_BYTES)
        yield InputError(f"The line has more than {MAX_BYTES:,} bytes; no article does.")


def _csv_rows(file: IO[bytes], encoding: str) -> Iterator[Mapping[str, Any] | InputError]:
    csv.field_size_limit(MAX_BYTES)  # of the process; its own is 128 kB, and some articles are longer
    # Undecodable bytes become lone surrogates, so that one bad row does not end the file.
    lines = (_whole(line).decode(encoding, "surrogateescape") for line in _lines(file))
    header = next(lines, "").removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=header.count)
    names = _names(header, delimiter)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 2  # behind the header
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield InputError(f"The row that begins in line {line} is not CSV: {error}. Is a quote left open?")
        else:
            if cells:
                yield _csv_row(names, cells, encoding, line)


def _names(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error as error:
        raise InputError(f"The file's first line is no CSV header: {error}.") from error


def _whole(line: bytes | InputError) -> bytes:
    if isinstance(line, InputError):
        raise line  # where the row ends that it is in, nobody knows
    return line


def _csv_row(names: Sequence[str], cells: Sequence[str], encoding: str, line: int) -> Mapping[str, Any] | InputError:
    surplus = len(cells) - len(names)
    if surplus > 0:
        more = "1 cell" if surplus == 1 else f"{surplus} cells"
        return InputError(f"The row in line {line} has {more} more than the header. Is a text not quoted?")
    if any(map(_UNDECODED.search, cells)):
        return InputError(f"The row is not {encoding}. Name the file's encoding (encoding=…, --encoding).")
    return dict(zip_longest(names, cells))
