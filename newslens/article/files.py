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
# Files that are not text: what they are, what to do, and how they begin.
_BINARY = (
    ("a PDF", "Extract its text first, for example with pdftotext.", b"%PDF"),
    ("a zip archive or an office document", "Save it as plain text.", (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")),
    ("compressed with gzip", "Unpack it first.", b"\x1f\x8b"),
    ("an image", "Read its text with an OCR program.", (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")),
)
# Keys of trafilatura's JSON and of news-please's, the better one first.
_BODY = ("maintext", "text", "raw_text")
_AUTHORS = ("byline", "authors", "author")
_OUTLETS = ("outlet", "sitename", "source_domain", "hostname", "source-hostname")
_DATES = ("published", "date_publish", "date")

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.{0,4000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n)*", re.DOTALL)
_FRONT_LINE = re.compile(r"[A-Za-z][\w-]{0,40}[ \t]*:|[ \t#-]|$")


def read_article(path: str | os.PathLike[str], *, encoding: str | None = None) -> Extracted:
    """The article in a file, read according to its suffix.

    `.txt`, `.text`, `.md`: the text exactly as it stands; in Markdown, a front-matter block of `key: value` lines is
    read as metadata and left out of the text. `.html`, `.htm`: see `from_html`. `.json`: see `from_record`.
    The encoding is never guessed: state it if it is neither UTF-8 nor UTF-16.

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
    try:
        with open_file(path) as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as failed:
        raise InputError(f"{shown} cannot be read: {failed}.") from failed
    if len(content) > MAX_BYTES:
        raise InputError(f"{shown} has more than {MAX_BYTES:,} bytes, more than any article. Split it.")
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
    stated = {key: value for key in _BODY if (value := record.get(key)) is not None}
    body = next((value for value in stated.values() if isinstance(value, str) and value.strip()), None)
    if body is None:
        for key, value in stated.items():
            what = "is empty" if isinstance(value, str) else f"holds {type(value).__name__}, not text"
            raise InputError(f"The record's {key!r} {what}.")
        keys = ", ".join(sorted(map(str, record))[:20]) or "none"
        raise InputError(f"The record has no article text under {', '.join(_BODY)}. Its keys: {keys}.")
    found = _read_metadata(record)
    return replace(found, text=prepend_title(found.title, body))


def _read_metadata(record: Mapping[str, Any]) -> Extracted:
    def first_line(*keys: str) -> str | None:
        values = (record.get(key) for key in keys)
        return next((line for value in values if isinstance(value, str) and (line := " ".join(value.split()))), None)

    authors = (value.split(";") if isinstance(value := record.get(key), str) else value for key in _AUTHORS)
    names = ([name for name in listed if isinstance(name, str)] for listed in authors if isinstance(listed, list))
    return Extracted(
        text="",
        title=first_line("title"),
        byline=next(filter(None, map(join_names, names)), None),
        outlet=first_line(*_OUTLETS),
        published=parse_moment(first_line(*_DATES)),
        url=first_line("url", "source"),
        language=first_line("language", "lang"),
    )


def _parse(content: bytes, suffix: str, encoding: str | None) -> Extracted:
    for kind, advice, starts in _BINARY:
        if content.startswith(starts):
            raise InputError(f"This is {kind}, not text. {advice}")
    if suffix in _HTML and encoding is None:
        return from_html(content)  # a page can declare its own
    text = decode_text(content, encoding)
    if not text.strip():
        raise InputError("The file is empty.")
    if suffix in _HTML:
        return from_html(text)
    if suffix == ".json":
        try:
            record = json.loads(text)
        except (ValueError, RecursionError) as wrong:
            raise InputError(f"This is not JSON: {wrong}.") from wrong
        if not isinstance(record, dict):
            what = f"list of {len(record)} records" if isinstance(record, list) else type(record).__name__
            raise InputError(f"The file holds a {what}, not one article. Save one record, or use a bulk run for many.")
        return from_record(record)
    front = _FRONT_MATTER.match(text) if suffix in (".md", ".markdown") else None
    lines = front[1].splitlines() if front else []
    if front is None or not all(map(_FRONT_LINE.match, lines)):
        return Extracted(text)
    pairs = [line.partition(":") for line in lines if line[:1].isalpha()]
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return replace(_read_metadata(fields), text=text[front.end() :])


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
