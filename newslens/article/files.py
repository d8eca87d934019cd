"""Read an article from a file: plain text, Markdown, HTML, or the JSON that extractors write."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from newslens.article.charsets import of_text
from newslens.article.fetch import Fetched
from newslens.article.html import Extracted, from_html, joined, moment, titled
from newslens.errors import InputError

MAX_BYTES = 50_000_000  # a book has 1 MB

_TEXT = ("", ".txt", ".text", ".md", ".markdown")
_HTML = (".html", ".htm", ".xhtml")

# How files that are no text begin, what they are, and what to do.
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
_AUTHORS = ("authors", "author")
_OUTLETS = ("sitename", "source_domain", "hostname", "source-hostname")
_DATES = ("date_publish", "date")
_URLS = ("url", "source")

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.{0,4000}?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n)*", re.DOTALL)
_FRONT_LINE = re.compile(r"[A-Za-z][\w-]{0,40}[ \t]*:|[ \t#-]|$")


def read(path: str | os.PathLike[str], *, encoding: str | None = None) -> Extracted:
    """The article in a file, by the file's suffix.

    `.txt`, `.text`, `.md`: the text as it stands, line ends included; a front-matter block of `key: value` lines in
    Markdown is read as metadata and left out of the text. `.html`, `.htm`: see `from_html`. `.json`: see
    `from_record`. Text that is not UTF-8 or UTF-16 is never guessed at: it needs `encoding`.

    Args:
        path: the file.
        encoding: for text, when there is no byte order mark and it is not UTF-8.

    Raises:
        InputError: the file cannot be read, is not text, or holds no article; the message has the path.
        MissingExtra: an HTML file, and trafilatura is not installed.
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        raise InputError(
            f"{_shown(path)} holds one article a line. Read it with newslens.corpus.read, or with `newslens run`."
        )
    if suffix not in (*_TEXT, *_HTML, ".json"):
        known = " ".join((*_TEXT[1:], *_HTML, ".json"))
        raise InputError(f"{_shown(path)} ends in {suffix!r}; known are {known}. Save it as one of them.")
    content = _bytes(path)
    try:
        return _parsed(content, suffix, encoding)
    except InputError as wrong:
        raise InputError(f"{_shown(path)}: {wrong}") from wrong.__cause__


def from_page(page: Fetched) -> Extracted:
    """The article in what was fetched: a page, plain text, or the record of an article.

    Raises:
        InputError: there is no article in it.
        MissingExtra: it is HTML, and trafilatura is not installed.
    """
    if page.content_type == "text/plain":
        return replace(_parsed(page.body, ".txt", page.charset), url=page.url)
    if page.content_type.endswith("json"):
        found = _parsed(page.body, ".json", page.charset)
        return replace(found, url=found.url or page.url)
    return from_html(page.body, url=page.url, charset=page.charset)


def from_record(record: Mapping[str, Any]) -> Extracted:
    """The article in a record as trafilatura (`--json --with-metadata`) or news-please writes it.

    Unknown keys are passed over. The title becomes the first paragraph of the text, unless it is that already.

    Raises:
        InputError: the record has no text; the message names its keys, or what stands where the text should.
    """
    body = next((value for key in _BODY if isinstance(value := record.get(key), str) and value.strip()), None)
    if body is None:
        raise InputError(_why_no_text(record))
    title = _first(record, ("title",))
    return Extracted(
        text=titled(title, body),
        title=title,
        byline=_byline(record),
        outlet=_first(record, _OUTLETS),
        published=moment(_first(record, _DATES)),
        url=_first(record, _URLS),
        language=_first(record, ("language",)),
    )


def _why_no_text(record: Mapping[str, Any]) -> str:
    there = {key: record[key] for key in _BODY if record.get(key) is not None}
    if not there:
        keys = ", ".join(sorted(map(str, record))[:20]) or "none"
        return f"The record has no article text under {', '.join(_BODY)}. Its keys: {keys}."
    key, value = next(iter(there.items()))
    what = "is empty" if isinstance(value, str) else f"holds {type(value).__name__}, not text"
    return f"The record's {key!r} {what}."


def _parsed(content: bytes, suffix: str, encoding: str | None) -> Extracted:
    for start, kind, advice in _BINARY:
        if content.startswith(start):
            raise InputError(f"This is {kind}, not text. {advice}")
    if suffix in _HTML and encoding is None:
        return from_html(content)  # a page can state its own
    text = of_text(content, encoding)
    if not text.strip():
        raise InputError("The file is empty.")
    if suffix in _HTML:
        return from_html(text)
    if suffix == ".json":
        return from_record(_record(text))
    return _with_front_matter(text) if suffix in (".md", ".markdown") else Extracted(text)


def _bytes(path: str | os.PathLike[str]) -> bytes:
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as gone:
        raise InputError(f"There is no file {_shown(path)}.") from gone
    except IsADirectoryError as directory:
        raise InputError(f"{_shown(path)} is a directory. Give one file of it.") from directory
    except PermissionError as forbidden:
        raise InputError(f"{_shown(path)} may not be read. Check its permissions.") from forbidden
    except (OSError, ValueError) as failed:  # ValueError: a NUL in the path
        raise InputError(f"{_shown(path)} cannot be read: {failed}.") from failed
    if len(content) > MAX_BYTES:
        raise InputError(f"{_shown(path)} has more than {MAX_BYTES:,} bytes; no article does. Split it.")
    return content


def _shown(path: str | os.PathLike[str]) -> str:
    return repr(os.fspath(path))


def _record(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise InputError(f"This is not JSON: {wrong}.") from wrong
    if isinstance(found, list):
        raise InputError(f"The file holds a list of {len(found)} records. Use a bulk run, or save one record.")
    if not isinstance(found, dict):
        raise InputError(f"The file holds a {type(found).__name__}, not the record of an article.")
    return found


def _first(record: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((line for key in keys if (line := _line(record.get(key)))), None)


def _line(value: object) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _byline(record: Mapping[str, Any]) -> str | None:
    for key in _AUTHORS:
        value = record.get(key)
        names = value.split(";") if isinstance(value, str) else value
        if isinstance(names, list) and (byline := joined(name for name in names if isinstance(name, str))):
            return byline
    return None


def _with_front_matter(text: str) -> Extracted:
    found = _FRONT_MATTER.match(text)
    lines = found[1].splitlines() if found else []
    if not found or not all(_FRONT_LINE.match(line) for line in lines):
        return Extracted(text)
    pairs = [line.partition(":") for line in lines if line[:1].isalpha()]
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return Extracted(
        text=text[found.end() :],
        title=_first(fields, ("title",)),
        byline=_byline(fields),
        outlet=_first(fields, ("outlet", *_OUTLETS)),
        published=moment(_first(fields, ("published", *_DATES))),
        url=_first(fields, _URLS),
        language=_first(fields, ("language", "lang")),
    )
