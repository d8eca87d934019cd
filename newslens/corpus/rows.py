"""A row of a table as an article behind its key, by one rule for every format."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Any

from newslens.article.article import Article
from newslens.article.files import from_record
from newslens.article.html import Extracted, from_html
from newslens.errors import InputError

Keyed = tuple[str, Article | InputError]

# Our names of what `from_record` knows by those of the extractors.
_THEIRS = {"byline": "authors", "outlet": "sitename", "published": "date_publish"}
_TEXTS = ("maintext", "text", "raw_text")
_DIGITS = 8  # of the hash in a key


def keyed(row: Mapping[str, Any] | InputError, number: int) -> Keyed:
    """The article in a row, or the error that stands in its place.

    The key is `id`, else `key`, else "row", the number and a hash of the text, which is no other row's id. The text is
    `text` (or what extractors call it), else what is found in `html`. `title`, `byline`, `outlet`, `published`, `url`
    and `language` are taken where they are, the extractors' names for them too; other columns are passed over.
    """
    article = _article(row)
    stated = () if isinstance(row, InputError) else (row.get("id"), row.get("key"))
    key = next((str(one) for one in stated if one not in (None, "")), None)
    return key if key is not None else _made_up(number, article), article


def _made_up(number: int, article: Article | InputError) -> str:
    text = article.text if isinstance(article, Article) else str(article)
    return f"row {number} {sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]}"


def _article(row: Mapping[str, Any] | InputError) -> Article | InputError:
    try:
        return row if isinstance(row, InputError) else Article.from_text(**asdict(_extracted(row)))
    except InputError as error:
        return error


def _extracted(row: Mapping[str, Any]) -> Extracted:
    named = {**row, **{theirs: row[ours] for ours, theirs in _THEIRS.items() if row.get(ours)}}
    page = row.get("html")
    has_text = any(isinstance(row.get(name), str) and row[name].strip() for name in _TEXTS)
    if has_text or not isinstance(page, (str, bytes)) or not page.strip():
        return from_record(named)
    found = from_html(page)
    stated = asdict(from_record({**named, "text": found.text}))
    return replace(found, **{name: value for name, value in stated.items() if value is not None and name != "text"})
