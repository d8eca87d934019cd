"""A row of a table as an article behind its key, by one rule for every format."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from newslens.article import Article
from newslens.errors import InputError
from newslens.intake.extract import Extracted, from_html
from newslens.intake.files import from_record

Keyed = tuple[str, Article | InputError]

# Our names of what `from_record` knows by those of the extractors.
_THEIRS = {"byline": "authors", "outlet": "sitename", "published": "date_publish"}
_TEXTS = ("maintext", "text", "raw_text")


def keyed(row: Mapping[str, Any] | InputError, number: int) -> Keyed:
    """The article in a row, or the error that stands in its place.

    The key is `id`, else `key`, else the row's number. The text is `text` (or what extractors call it), else what is
    found in `html`. `title`, `byline`, `outlet`, `published`, `url` and `language` are taken where they are, the
    extractors' names for them too; other columns are passed over.
    """
    if isinstance(row, InputError):
        return str(number), row
    key = next((str(given) for name in ("id", "key") if (given := row.get(name)) not in (None, "")), str(number))
    try:
        return key, Article.from_text(**asdict(_extracted(row)))
    except InputError as error:
        return key, error


def _extracted(row: Mapping[str, Any]) -> Extracted:
    named = {**row, **{theirs: row[ours] for ours, theirs in _THEIRS.items() if row.get(ours)}}
    page = row.get("html")
    if not isinstance(page, str) or any(isinstance(row.get(name), str) and row[name].strip() for name in _TEXTS):
        return from_record(named)
    found = from_html(page)
    stated = asdict(from_record({**named, "text": found.text}))
    return replace(found, **{name: value for name, value in stated.items() if value is not None and name != "text"})
