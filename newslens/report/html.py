"""A report as HTML: a page of its own or a notebook cell, with its text, its findings, and no script."""

from base64 import b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from newslens.article.article import Article
from newslens.report.page_chapters import Chapter, Entry, chapters
from newslens.report.page_colophon import colophon
from newslens.report.page_margin import Margin
from newslens.report.page_markup import Host, line, safe
from newslens.report.page_story import Story
from newslens.report.plain import plain

if TYPE_CHECKING:
    from newslens.report.report import Report

_MOST_LIT = 100  # findings; each costs a browser 0.3 ms whenever the pointer moves to another one


def page(report: "Report") -> str:
    """A self-contained HTML5 document that loads nothing and runs nothing."""
    found, host = chapters(report), Host()
    style = _style(found, host)
    policy = f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'"
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{safe(plain(report.article.title or 'Untitled'))}</title><style>{style}</style>"
    )
    body = f'<body class="newslens-report">{_view(report, found, host)}</body>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n{body}</html>\n'


def fragment(report: "Report") -> str:
    """The same view for a notebook cell; its style touches nothing else there, its ids are its own."""
    found, host = chapters(report), Host(prefix=_prefix(report), level=3, whole=False)
    view = _view(report, found, host)
    return f'<div class="newslens-report" lang="en"><style>{_style(found, host)}</style>{view}</div>'


def _view(report: "Report", found: tuple[Chapter, ...], host: Host) -> str:
    parts = (
        host.part("main", "Story", _story(report, found, host)),
        host.part("aside", "Findings", Margin(report, found, host).html()),
        host.part("footer", "Colophon", colophon(report, host)),
    )
    shape = "columns" if isinstance(report.article, Article) else "column"
    return f'<div class="{shape}">{"".join(parts)}</div>'


def _story(report: "Report", found: tuple[Chapter, ...], host: Host) -> str:
    article, facts = report.article, _facts(report, found, host)
    if isinstance(article, Article):
        return Story(article, _entries(found), host).html(facts)
    title = host.heading(0, line(article.title or "Untitled"))
    kept = f"The text is not kept in this report: {article.length:,} characters. The findings quote what they rest on."
    return f'<article><header>{title}{facts}</header><p class="left-out">{kept}</p></article>'


def _facts(report: "Report", found: tuple[Chapter, ...], host: Host) -> str:
    """What is known of the article and does not stand in its text, and the way to the findings."""
    article = report.article
    shown = {block.kind for block in article.layout.blocks} if isinstance(article, Article) else set()
    byline = None if "byline" in shown else article.byline
    published = None if shown & {"byline", "dateline"} else article.published
    known = (byline, article.outlet, published and published.isoformat(), article.url)
    count = f"{sum(entry.item.there for entry in _entries(found)):,} findings"
    way = f"<a{host.href('findings')}>{count}</a>"
    return f'<p class="facts">{" · ".join([*(line(fact) for fact in known if fact), way])}</p>'


def _entries(found: Sequence[Chapter]) -> list[Entry]:
    return [entry for chapter in found for entry in chapter.entries]


def _style(found: Sequence[Chapter], host: Host) -> str:
    """The sheet, and one rule that lights the marks of the finding that is pointed at or was followed to."""
    entries = _entries(found)
    if not 0 < len(entries) <= _MOST_LIT:
        return _sheet()
    lit = ",".join(
        f'.newslens-report:has([id="{host.prefix}{entry.anchor}"]:is(:hover,:target)) mark[title~="{entry.name}"]'
        for entry in entries
    )
    return f"{_sheet()}{lit}{{background:var(--lit)}}"


@lru_cache(maxsize=1)
def _sheet() -> str:
    return Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()


def _prefix(report: "Report") -> str:
    """Of the ids of one report: its article and what was done with it, and when."""
    whole = f"{report.article.sha256}{report.provenance.model_dump_json()}"
    return f"r{sha256(whole.encode(errors='replace')).hexdigest()[:8]}-"
