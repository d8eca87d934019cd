"""Extract the article from an HTML page."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import chain
from typing import TYPE_CHECKING, Any

from newslens.article.dates import parse_moment
from newslens.article.encoding import decode_page
from newslens.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Limits of what a hostile page can cost. Real pages have 500 to 20,000 elements and under 2 MB.
MAX_CHARACTERS = 10_000_000
MAX_ELEMENTS = 50_000
MAX_DEPTH = 253  # the parser silently drops the rest of a page that is nested deeper
MAX_ATTRIBUTES = 500  # of one tag: the parser compares each with all the others
MAX_ATTRIBUTE_CHARACTERS = 2_000  # longer ones are inline images or application state
MAX_META = 200
MAX_HEADINGS = 50  # first-level ones among which the title is looked for
MAX_TITLE = 500  # characters
MAX_AUTHORS = 10  # trafilatura compares each with all the others

# A tag with its attributes as the HTML standard reads them; possessive, so that no match is tried twice.
_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:[\s/]++|{_ATTRIBUTE})*+)")
# What is not markup: comments ("<!-->" is a whole one), scripts and styles, also where they are not closed.
_RAW = re.compile(
    r"<!--(?:-?>|.*?-->|.*)|<(?P<tag>script|style)\b(?P<attributes>[^>]*+)>?(?P<content>.*?)(?:</(?P=tag)[^>]*+>?|\Z)",
    re.IGNORECASE | re.DOTALL,
)

_DATE_META = ("article:published_time", "datepublished", "parsely-pub-date", "pubdate", "date")
_BEFORE_SITE = (" | ", " - ", " – ", " — ", " · ")
_SHORTEST_BODY = 250  # characters; for less, the story may stand in the linked data only

# Pages that are not articles. One phrase is evidence in so many characters; a longer page must have more of them.
_WALL_CHARACTERS = 600
_WALLS = {
    "a check for robots": ("you are human", "you are a human", "checking your browser", "captcha"),
    "a page that needs JavaScript": ("enable javascript", "javascript is disabled", "requires javascript"),
    "a cookie wall": ("accept all cookies", "use cookies", "store cookies", "value your privacy"),
    "a paywall": ("subscribe to continue", "subscribe to read", "sign in to continue", "already a subscriber"),
}


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article extracted from a page or file, with the fields of `Article`.

    Paragraphs have a blank line between them; from a page or a record, the title is the first.
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

    Bytes are decoded by `decode_page`. The `url` is where the page came from; nothing is fetched.

    Raises:
        InputError: there is no article; the message says what there is instead.
        MissingExtra: trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError as missing:
        raise MissingExtra.named("web", "reading HTML") from missing
    text = decode_page(html, charset) if isinstance(html, bytes) else html
    if len(text) > MAX_CHARACTERS:
        raise _too_much(f"{len(text):,} characters")
    scripts = [raw["content"] for raw in _RAW.finditer(text) if "ld+json" in (raw["attributes"] or "").lower()]
    tree = _parse(_RAW.sub("", text))
    linked = next(_find_linked_articles(scripts), {})
    body = _extract_body(tree, linked)
    tomorrow = datetime.now(UTC) + timedelta(days=1)  # it is that day somewhere
    options = {"extensive_search": False, "original_date": True, "max_date": f"{tomorrow:%Y-%m-%d}"}
    page = trafilatura.extract_metadata(tree, url, options)
    title = _find_title(tree, linked, page.title)
    metas = {_meta_key(meta): meta.get("content") for meta in reversed(list(tree.iter("meta")))}
    times = tree.xpath("//time[@itemprop='datePublished']/@datetime")
    stated = (linked.get("datePublished"), *(metas.get(key) for key in _DATE_META), *times)
    dates = [when for text in (*stated, page.date) if (when := parse_moment(text))]
    return Extracted(
        text=prepend_title(title, _space_paragraphs(body, title)),
        title=title,
        byline=join_names(_names(linked.get("author")) or (page.author or "").split("; ")),
        outlet=join_names(_names(linked.get("publisher"))) or _one_line(page.sitename),
        published=next((when for when in dates if isinstance(when, datetime)), next(iter(dates), None)),
        url=url or page.url,
        language=_one_line(tree.get("lang")) or _one_line(linked.get("inLanguage")),
    )


def prepend_title(title: str | None, body: str) -> str:
    """The body with the title as its first paragraph, once."""
    if not title:
        return body
    first, _, rest = body.lstrip().partition("\n")
    body = (rest if _is_same(first, title) else body).lstrip("\r\n")
    return f"{title}\n\n{body}" if body else title


def join_names(names: Iterable[str]) -> str | None:
    """Names for reading: "A", "A and B", "A, B and C"; None if there are none."""
    *others, last = dict.fromkeys(line for name in names if (line := _one_line(name))) or [""]
    return f"{', '.join(others)} and {last}" if others else last or None


def _one_line(text: object) -> str | None:
    return " ".join(unescape(text).split()) or None if isinstance(text, str) else None


def _is_same(one: str, other: str) -> bool:
    return [*filter(str.isalnum, one.casefold())] == [*filter(str.isalnum, other.casefold())]


def _too_much(what: str) -> InputError:
    return InputError(f"The page has {what}, more than any article. Pass the article's text instead.")


def _parse(markup: str) -> "HtmlElement":
    from trafilatura import load_html

    long = (tag[1] for tag in _TAG.finditer(markup) if len(tag[1]) > 2 * MAX_ATTRIBUTES)
    if any(len(re.findall(_ATTRIBUTE, attributes)) > MAX_ATTRIBUTES for attributes in long):
        raise _too_much(f"a tag with more than {MAX_ATTRIBUTES} attributes")
    if not re.search("<[a-zA-Z]", markup):
        raise InputError("There is no HTML in this, only plain text. Use from_text, or a file ending in .txt.")
    sound = markup.encode("utf-8", "replace").decode()  # lone surrogates
    tree = load_html(sound if "html" in sound[:50].lower() else f"<!doctype html>\n{sound}")
    if tree is None:
        raise InputError("The page cannot be parsed as HTML.")
    elements = list(tree.iter())
    if len(elements) > MAX_ELEMENTS:
        raise _too_much(f"{len(elements):,} elements")
    if tree.xpath(f"boolean(//*[count(ancestor::*) > {MAX_DEPTH}])"):
        raise _too_much(f"tags nested more than {MAX_DEPTH} deep")
    for element in elements:  # drop what is not read and would cost the extractor more than linear time
        for name, value in element.attrib.items():
            if len(value) > MAX_ATTRIBUTE_CHARACTERS or value.count("<") > 20:  # noqa: PLR2004 - markup, not a value
                del element.attrib[name]
    metas = [element for element in elements if element.tag == "meta"]
    authors = [meta for meta in metas if any(word in _meta_key(meta) for word in ("author", "byl", "creator"))]
    lists = [meta for meta in authors if len(meta.get("content") or "") > 30 * MAX_AUTHORS]
    for meta in (*metas[MAX_META:], *authors[MAX_AUTHORS:], *lists):
        meta.attrib.clear()
    return tree


def _meta_key(meta: "HtmlElement") -> str:
    return str(meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()


def _find_linked_articles(scripts: list[str]) -> Iterator[dict[str, Any]]:
    """The articles that the page describes as linked data (schema.org)."""
    for script in scripts:
        try:
            roots = _as_list(json.loads(script, strict=False))
        except (ValueError, RecursionError):
            continue
        graphs = (_as_list(root.get("@graph")) for root in roots if isinstance(root, dict))
        for node in (*roots, *chain.from_iterable(graphs)):
            kinds = _as_list(node.get("@type")) if isinstance(node, dict) else []
            if any(str(kind).endswith(("Article", "BlogPosting", "Report")) for kind in kinds):
                yield node


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(described: object) -> list[str]:
    named = [one.get("name") if isinstance(one, dict) else one for one in _as_list(described)]
    return [name for name in named[:MAX_AUTHORS] if isinstance(name, str) and not name.startswith("http")]


def _extract_body(tree: "HtmlElement", linked: dict[str, Any]) -> str:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    found = bare_extraction(tree, include_comments=False, prune_xpath="//template")
    body = (found.text or "") if isinstance(found, Document) else ""
    stated = linked.get("articleBody")
    if len(body) < _SHORTEST_BODY and isinstance(stated, str) and len(stated) > len(body):
        body = unescape(re.sub(r"<[^<>]*>", "\n", stated)).encode("utf-8", "replace").decode()
    seen = body or " ".join(tree.xpath("//text()"))
    for wall, phrases in _WALLS.items():
        told = sum(phrase in seen[: _WALL_CHARACTERS * len(phrases)].lower() for phrase in phrases)
        if told and len(seen) <= _WALL_CHARACTERS * told:
            raise InputError(f"The page is {wall}, not an article. Save the article from a browser, or paste its text.")
    if not body.strip(" |-\n"):  # marks of lists and tables
        raise InputError(f"There is no article in the page, only {len(seen.split())} words outside of scripts.")
    return body


def _space_paragraphs(text: str, title: str | None) -> str:
    """Blank lines between paragraphs, none between the items of a list and the rows of a table."""
    lines = [line.rstrip() for line in text.split("\n") if line.strip(" |-")]
    if title:
        lines = [line for line in lines[:3] if not _is_same(line, title)] + lines[3:]
    return re.sub(r"(?m)(^\s*[-|] .*)\n\n(?=\s*[-|] )", r"\1\n", "\n\n".join(lines)).strip()


def _find_title(tree: "HtmlElement", linked: dict[str, Any], found: str | None) -> str | None:
    """The headline as the page shows it, since stated titles are often shortened or hold the site's name."""
    if not tree.xpath("//title | //h1 | //meta[contains(@property, 'title') or contains(@name, 'title')]"):
        found = None  # a heading from inside the story
    stated = [line for text in (linked.get("headline"), found) if (line := _one_line(text)) and len(line) <= MAX_TITLE]
    own = tree.xpath("//article//h1")
    for heading in tree.xpath(f"(//h1)[position() <= {MAX_HEADINGS}]"):
        shown = _one_line(heading.text_content())
        if not shown or len(shown) > MAX_TITLE:
            continue
        before_site = tuple(shown + between for between in _BEFORE_SITE)
        if own == [heading] or any(_is_same(one, shown) or one.startswith(before_site) for one in stated):
            return shown
    return stated[0] if stated else None
