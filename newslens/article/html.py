"""Find the article inside an HTML page."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from newslens.article.charsets import of_page
from newslens.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Real pages have 500 to 20,000 elements and under 2 MB. The limits bound what a hostile page can cost.
MAX_CHARACTERS = 10_000_000
MAX_ELEMENTS = 50_000
MAX_DEPTH = 253  # the parser drops the rest of a page that goes deeper, and says nothing
MAX_ATTRIBUTES = 500  # of one tag: the parser compares each with all the others
MAX_ATTRIBUTE_CHARACTERS = 2_000  # longer ones are inline images or application state
MAX_LINKED_CHARACTERS = 100_000  # of JSON-LD, which trafilatura searches in more than linear time
MAX_META = 200
MAX_TITLE = 500  # characters
MAX_AUTHORS = 10  # trafilatura compares each with all the others

# A tag with its attributes as the HTML standard reads them; possessive, so that no match is tried twice.
_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:[\s/]++|{_ATTRIBUTE})*+)")

_DATE_META = ("article:published_time", "datepublished", "parsely-pub-date", "pubdate", "date")
_NO_DATE = (date.min, date(1970, 1, 1))  # what content systems write when they have none
_BEFORE_SITE = (" | ", " - ", " – ", " — ", " · ")

# What a page is that says so. One phrase tells in so many characters; a longer page must have more of them.
_WALL_CHARACTERS = 600
_WALLS = {
    "a check for robots": ("you are human", "you are a human", "checking your browser", "captcha"),
    "a page that needs JavaScript": ("enable javascript", "javascript is disabled", "requires javascript"),
    "a cookie wall": ("accept all cookies", "use cookies", "store cookies", "value your privacy"),
    "a paywall": ("subscribe to continue", "subscribe to read", "sign in to continue", "already a subscriber"),
}


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article as a page or file gives it.

    Attributes:
        text: paragraphs with a blank line between; from a page or a record the title is the first of them.
        title: the headline, without the site's name.
        byline: the authors, joined for reading ("A, B and C").
        outlet: who published it.
        published: with time and zone where they are stated, else the day.
        url: where it came from, else what the page says of itself.
        language: the tag that the page states ("en-GB").
    """

    text: str
    title: str | None = None
    byline: str | None = None
    outlet: str | None = None
    published: datetime | date | None = None
    url: str | None = None
    language: str | None = None


def from_html(html: str | bytes, *, url: str | None = None, charset: str | None = None) -> Extracted:
    """The article in a page, without menus, banners, promotions and comments (Barbaresi 2021, trafilatura).

    Args:
        html: the page. Bytes are decoded by their byte order mark, as UTF-8 if they are that, by `charset`,
            by `<meta charset>`, and only then by a detector.
        url: where the page came from; nothing is fetched.
        charset: what the HTTP header or the caller says.

    Raises:
        InputError: there is no article; the message says what there is instead.
        MissingExtra: trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError as missing:
        raise MissingExtra.named("web", "reading HTML") from missing
    tree = _bounded(_parse(of_page(html, charset) if isinstance(html, bytes) else html))
    scripts = [script for script in tree.iter("script") if "json" in (script.get("type") or "")]
    linked = _linked(scripts)
    _forget(scripts, keep=MAX_LINKED_CHARACTERS)  # the rest can hold the body of an article that is drawn by scripts
    body = _body(tree)
    _forget(scripts, keep=0)
    tomorrow = datetime.now(UTC) + timedelta(days=1)  # it is that day somewhere
    options = {"extensive_search": False, "original_date": True, "max_date": f"{tomorrow:%Y-%m-%d}"}
    page = trafilatura.extract_metadata(tree, url, options)
    title = _title(tree, linked, page.title)
    return Extracted(
        text=titled(title, _paragraphs(body, title)),
        title=title,
        byline=joined(_names(linked.get("author")) or (page.author or "").split("; ")),
        outlet=joined(_names(linked.get("publisher"))) or _line(page.sitename),
        published=_published(tree, linked) or moment(page.date),
        url=url or page.url,
        language=_line(tree.get("lang")) or _line(linked.get("inLanguage")),
    )


def titled(title: str | None, body: str) -> str:
    """The body with the title as its first paragraph, once."""
    if not title:
        return body
    first, _, rest = body.lstrip().partition("\n")
    body = (rest if _same(first, title) else body).lstrip("\r\n")
    return f"{title}\n\n{body}" if body else title


def joined(names: Iterable[str]) -> str | None:
    """Names for reading: "A", "A and B", "A, B and C"; None when there are none."""
    *others, last = dict.fromkeys(line for name in names if (line := _line(name))) or [""]
    return f"{', '.join(others)} and {last}" if others else last or None


def moment(stated: object) -> datetime | date | None:
    """A date as pages and files write it (ISO 8601, RFC 5322); None when it is something else."""
    if not isinstance(stated, str):
        return None
    for parse in (date.fromisoformat, datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = parse(stated.strip())
        except (ValueError, OverflowError):
            continue
        day = found.date() if isinstance(found, datetime) else found
        return None if day in _NO_DATE else found
    return None


def _line(text: object) -> str | None:
    return " ".join(unescape(text).split()) or None if isinstance(text, str) else None


def _same(one: str, other: str) -> bool:
    return [*filter(str.isalnum, one.casefold())] == [*filter(str.isalnum, other.casefold())]


def _parse(html: str) -> "HtmlElement":
    from trafilatura import load_html

    if len(html) > MAX_CHARACTERS:
        raise _too_much(f"{len(html):,} characters")
    for tag in _TAG.finditer(html):
        if len(tag[1]) > 2 * MAX_ATTRIBUTES and len(_ATTRIBUTES.findall(tag[1])) > MAX_ATTRIBUTES:
            raise _too_much(f"a tag with more than {MAX_ATTRIBUTES} attributes")
    if not re.search("<[a-zA-Z]", html):
        raise InputError("There is no HTML in this, only plain text. Use from_text, or a file ending in .txt.")
    sound = html.encode("utf-8", "replace").decode()  # lone surrogates
    tree = load_html(sound if "html" in sound[:50].lower() else f"<!doctype html>\n{sound}")
    if tree is None:
        raise InputError("The page cannot be parsed as HTML.")
    return tree


def _too_much(what: str) -> InputError:
    return InputError(f"The page has {what}; no article does. Pass the article's text instead.")


def _bounded(tree: "HtmlElement") -> "HtmlElement":
    elements = list(tree.iter())
    if len(elements) > MAX_ELEMENTS:
        raise _too_much(f"{len(elements):,} elements")
    if tree.xpath(f"boolean(//*[count(ancestor::*) > {MAX_DEPTH}])"):
        raise _too_much(f"tags nested more than {MAX_DEPTH} deep")
    for element in elements:
        for name, value in element.attrib.items():
            if len(value) > MAX_ATTRIBUTE_CHARACTERS or value.count("<") > 20:  # noqa: PLR2004 - markup, not a value
                del element.attrib[name]
    metas = list(tree.iter("meta"))
    authors = [meta for meta in metas if any(word in _key(meta) for word in ("author", "byl", "creator"))]
    lists = [meta for meta in authors if len(meta.get("content") or "") > 30 * MAX_AUTHORS]
    for meta in (*metas[MAX_META:], *authors[MAX_AUTHORS:], *lists):
        meta.attrib.clear()
    return tree


def _key(meta: "HtmlElement") -> str:
    return str(meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()


def _linked(scripts: list["HtmlElement"]) -> dict[str, Any]:
    """The first article that the page describes as linked data (schema.org)."""
    for script in scripts:
        try:
            described = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(described):
            if any(str(kind).endswith(("Article", "BlogPosting", "Report")) for kind in _listed(node.get("@type"))):
                return node
    return {}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _nodes(described: object) -> Iterator[dict[str, Any]]:
    for node in _listed(described):
        if isinstance(node, dict):
            yield node
            yield from (inner for inner in _listed(node.get("@graph")) if isinstance(inner, dict))


def _names(described: object) -> list[str]:
    named = [one.get("name") if isinstance(one, dict) else one for one in _listed(described)]
    return [name for name in named[:MAX_AUTHORS] if isinstance(name, str) and not name.startswith("http")]


def _forget(scripts: list["HtmlElement"], *, keep: int) -> None:
    for script in scripts:
        keep -= len(script.text or "")
        if keep < 0:
            script.text = None


def _body(tree: "HtmlElement") -> str:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(tree, include_comments=False, prune_xpath="//template")
    body = (found.text or "") if isinstance(found, Document) else ""
    seen = body or " ".join(tree.xpath("//text()[not(ancestor::script or ancestor::style)]"))
    for wall, phrases in _WALLS.items():
        told = sum(phrase in seen[: _WALL_CHARACTERS * len(phrases)].lower() for phrase in phrases)
        if told and len(seen) <= _WALL_CHARACTERS * told:
            raise InputError(f"The page is {wall}, not an article. Save the article from a browser, or paste its text.")
    if not body.strip(" |-\n"):  # marks of lists and tables
        scripts = sum(1 for _ in tree.iter("script"))
        raise InputError(f"There is no article in the page: {len(seen.split())} words and {scripts} scripts.")
    return body


def _paragraphs(text: str, title: str | None) -> str:
    """Blank lines between paragraphs; items of a list and rows of a table stay together."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip(" |-")]
    if title:
        lines = [line for line in lines[:3] if not _same(line, title)] + lines[3:]
    rows = [line.lstrip().startswith(("- ", "| ")) for line in lines]
    ends = ["\n" if row and following else "\n\n" for row, following in zip(rows, [*rows[1:], False], strict=True)]
    return "".join(line + end for line, end in zip(lines, ends, strict=True)).strip()


def _title(tree: "HtmlElement", linked: dict[str, Any], found: str | None) -> str | None:
    """The headline as the page shows it: what it states elsewhere is often shortened, or has the site's name."""
    if not tree.xpath("//title | //h1 | //meta[contains(@property, 'title') or contains(@name, 'title')]"):
        found = None  # a heading from inside the story
    stated = [line for text in (linked.get("headline"), found) if (line := _line(text)) and len(line) <= MAX_TITLE]
    own = tree.xpath("//article//h1")
    for heading in tree.iter("h1"):
        shown = _line(heading.text_content())
        if shown and len(shown) <= MAX_TITLE and (own == [heading] or any(_states(one, shown) for one in stated)):
            return shown
    return stated[0] if stated else None


def _states(stated: str, shown: str) -> bool:
    return _same(stated, shown) or stated.startswith(tuple(shown + between for between in _BEFORE_SITE))


def _published(tree: "HtmlElement", linked: dict[str, Any]) -> datetime | date | None:
    metas = {_key(meta): meta.get("content") for meta in reversed(list(tree.iter("meta")))}
    times = [time.get("datetime") for time in tree.iter("time") if time.get("itemprop") == "datePublished"]
    stated = [linked.get("datePublished"), *(metas.get(key) for key in _DATE_META), *times]
    found = [when for text in stated if (when := moment(text))]
    return next((when for when in found if isinstance(when, datetime)), found[0] if found else None)
