"""Read an article from a file: plain text, Markdown, HTML, or the JSON that extractors write."""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from newslens.article.dates import parse_moment
from newslens.article.encoding import decode_text
from newslens.article.html import Extracted, from_html, join_names, prepend_title
from newslens.errors import InputError

if TYPE_CHECKING:
    from newslens.article.fetch import Fetched

MAX_BYTES = 50_000_000  # a book has 1 MB

_TEXT = ("", ".txt", ".text", ".md", ".markdown")
_HTML = (".html", ".htm", ".xhtml")
# The first bytes of files that are not text, what they are, and what to do.
_BINARY = (
    (b"%PDF", "a PDF", "Extract its text first, for example with pdftotext."),
    (b"PK\x03\x04", "a zip archive or an office document", "Save it as plain text."),
    (b"\xd0\xcf\x11\xe0", "an old office document", "Save it as plain text."),
    (b"{\\rtf", "rich text (RTF)", "Save it as plain text."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it first."),
    (b"\xff\xd8\xff", "a JPEG image", "Read its text with an OCR program."),
    (b"\x89PNG", "a PNG image", "Read its text with an OCR program."),
    (b"GIF8", "a GIF image", "Read its text with an OCR program."),
    (b"SQLite format 3", "a database", "Export the article as text."),
)
# Keys of trafilatura's JSON and of news-please's, the better one first.
_BODY = ("maintext", "text", "raw_text")
_AUTHORS = ("byline", "authors", "author")
_OUTLETS = ("sitename", "source_domain", "hostname", "source-hostname")
_DATES = ("date_publish", "date")
_URLS = ("url", "source")

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.{0,4000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n)*", re.DOTALL)
_FRONT_LINE = re.compile(r"[A-Za-z][\w-]{0,40}[ \t]*:|[ \t#-]|$")


def read_article(path: str | os.PathLike[str], *, encoding: str | None = None) -> Extracted:
    """The article in a file, read according to its suffix.

    `.txt`, `.text`, `.md`: the text exactly as it stands; in Markdown, a front-matter block of `key: value` lines is
    read as metadata and left out of the text. `.html`, `.htm`: see `from_html`. `.json`: see `from_record`.

    Args:
        path: a regular file.
        encoding: of the text, if it is not UTF-8 or UTF-16; it is never guessed.

    Raises:
        InputError: the file cannot be read, is not text, or holds no article; the message has the path.
        MissingExtra: it is an HTML file, and trafilatura is not installed.
    """
    shown, suffix = repr(os.fspath(path)), Path(path).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        raise InputError(
            f"{shown} holds one article a line. Read it with newslens.corpus.read, or with `newslens run`."
        )
    if suffix not in (*_TEXT, *_HTML, ".json"):
        known = " ".join((*_TEXT[1:], *_HTML, ".json"))
        raise InputError(f"{shown} ends in {suffix!r}; known are {known}. Save it as one of them.")
    content = _read_bytes(path, shown)
    try:
        return _parse(content, suffix, encoding)
    except InputError as wrong:
        raise InputError(f"{shown}: {wrong}") from wrong.__cause__


def from_page(page: "Fetched") -> Extracted:
    """The article in what was fetched: a page, plain text, or the record of an article.

    Raises:
        InputError: there is no article in it.
        MissingExtra: it is HTML, and trafilatura is not installed.
    """
    if page.content_type == "text/plain":
        return replace(_parse(page.body, ".txt", page.charset), url=page.url)
    if page.content_type.endswith("json"):
        found = _parse(page.body, ".json", page.charset)
        return replace(found, url=found.url or page.url)
    return from_html(page.body, url=page.url, charset=page.charset)


def from_record(record: Mapping[str, Any]) -> Extracted:
    """The article in a record as trafilatura (`--json --with-metadata`) or news-please writes it.

    Unknown keys are ignored. The title becomes the first paragraph of the text, unless it already is.

    Raises:
        InputError: the record has no text; the message names its keys, or what is in place of the text.
    """
    body = next((value for key in _BODY if isinstance(value := record.get(key), str) and value.strip()), None)
    if body is None:
        wrong = next(((key, value) for key in _BODY if (value := record.get(key)) is not None), None)
        if wrong is None:
            keys = ", ".join(sorted(map(str, record))[:20]) or "none"
            raise InputError(f"The record has no article text under {', '.join(_BODY)}. Its keys: {keys}.")
        what = "is empty" if isinstance(wrong[1], str) else f"holds {type(wrong[1]).__name__}, not text"
        raise InputError(f"The record's {wrong[0]!r} {what}.")
    title = _first_line(record, ("title",))
    return replace(_read_metadata(record), text=prepend_title(title, body))


def _read_metadata(record: Mapping[str, Any]) -> Extracted:
    authors = (value.split(";") if isinstance(value := record.get(key), str) else value for key in _AUTHORS)
    bylines = (
        join_names(name for name in names if isinstance(name, str)) for names in authors if isinstance(names, list)
    )
    return Extracted(
        text="",
        title=_first_line(record, ("title",)),
        byline=next(filter(None, bylines), None),
        outlet=_first_line(record, ("outlet", *_OUTLETS)),
        published=parse_moment(_first_line(record, ("published", *_DATES))),
        url=_first_line(record, _URLS),
        language=_first_line(record, ("language", "lang")),
    )


def _first_line(record: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    values = (record.get(key) for key in keys)
    return next((line for value in values if isinstance(value, str) and (line := " ".join(value.split()))), None)


def _parse(content: bytes, suffix: str, encoding: str | None) -> Extracted:
    for start, kind, advice in _BINARY:
        if content.startswith(start):
            raise InputError(f"This is {kind}, not text. {advice}")
    if suffix in _HTML and encoding is None:
        return from_html(content)  # a page can declare its own
    text = decode_text(content, encoding)
    if not text.strip():
        raise InputError("The file is empty.")
    if suffix in _HTML:
        return from_html(text)
    if suffix == ".json":
        return from_record(_parse_record(text))
    front = _FRONT_MATTER.match(text) if suffix in (".md", ".markdown") else None
    lines = front[1].splitlines() if front else []
    if front is None or not all(map(_FRONT_LINE.match, lines)):
        return Extracted(text)
    pairs = [line.partition(":") for line in lines if line[:1].isalpha()]
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return replace(_read_metadata(fields), text=text[front.end() :])


def _parse_record(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise InputError(f"This is not JSON: {wrong}.") from wrong
    if isinstance(found, list):
        raise InputError(f"The file holds a list of {len(found)} records. Use a bulk run, or save one record.")
    if not isinstance(found, dict):
        raise InputError(f"The file holds a {type(found).__name__}, not the record of an article.")
    return found


def open_file(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open a regular file for reading. Pipes and devices are refused, because reading one may never end.

    Raises:
        InputError: the file cannot be opened; the message has the path.
    """
    shown = repr(os.fspath(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        file = os.fdopen(descriptor, "rb")
    except FileNotFoundError as gone:
        raise InputError(f"There is no file {shown}.") from gone
    except IsADirectoryError as directory:
        raise InputError(f"{shown} is a directory. Give one file of it.") from directory
    except PermissionError as forbidden:
        raise InputError(f"{shown} may not be read. Check its permissions.") from forbidden
    except (OSError, ValueError) as failed:  # ValueError: a NUL or a lone surrogate in the path
        raise InputError(f"{shown} cannot be read: {failed}.") from failed
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise InputError(f"{shown} is a pipe, socket or device, not a regular file. Save its content first.")
    return file


def _read_bytes(path: str | os.PathLike[str], shown: str) -> bytes:
    try:
        with open_file(path) as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as failed:
        raise InputError(f"{shown} cannot be read: {failed}.") from failed
    if len(content) > MAX_BYTES:
        raise InputError(f"{shown} has more than {MAX_BYTES:,} bytes, more than any article. Split it.")
    return content
