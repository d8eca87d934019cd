"""A report as HTML for a notebook cell: no script, everything escaped, each text in its own direction."""

from html import escape
from typing import TYPE_CHECKING

from newslens.findings import Prose
from newslens.items import Item, Section, sections
from newslens.render.missing import missing
from newslens.render.plain import plain, worded

if TYPE_CHECKING:
    from newslens.report import Report

_STYLE = "max-width:46em;line-height:1.4"
_LIST = "list-style:none;padding-left:.5em"  # the triangle of <details> is bullet enough
_QUOTE = "margin:.2em 0 .2em 1em;opacity:.75"


def fragment(report: "Report") -> str:
    """The findings with their evidence folded under each; `<details>` opens without script."""
    article = report.article
    published = article.published.isoformat() if article.published else None
    facts = [fact for fact in (article.byline, article.outlet, published) if fact]
    parts = [
        f"<h3>{_text(article.title or 'Untitled')}</h3><p>{_text(' · '.join(facts))}</p>",
        *map(_section, sections(report)),
        _missing(report),
        f"<p><small>{_text(_reader(report))}</small></p>",
    ]
    return f'<article class="newslens" style="{_STYLE}">{"".join(parts)}</article>'


def _section(section: Section) -> str:
    items = "".join(f"<li>{_item(item)}</li>" for item in section.items if item.there)
    found = f'<ul style="{_LIST}">{items}</ul>' if items else "<p>nothing found</p>"
    return f"<h4>{_text(section.title)}</h4>{found}{_prose(section.prose)}{_absent(section)}"


def _prose(prose: Prose | None) -> str:
    if prose is None or prose.method == "classical":  # extracted sentences would stand there twice
        return ""
    said = " ".join(str(getattr(prose, name)) for name in prose.prose)
    return f"<p>{_text(said)}{_flag(prose)}</p>"


def _item(item: Item) -> str:
    quotes = "".join(
        f'<blockquote style="{_QUOTE}">[{span.sentence}] {_text(span.text)}</blockquote>' for span in item.evidence
    )
    label = f" — {_text(worded(item.label))}" if item.label is not None else ""
    said = f"{_text(item.text)}{label}{_flag(item)}"
    return f"<details><summary>{said}</summary>{quotes}</details>" if quotes else said


def _absent(section: Section) -> str:
    names = [f"{item.text} ({worded(item.label)})" for item in section.items if not item.there and item.label]
    return f"<p><small>{_text(', '.join(names))}</small></p>" if names else ""


def _flag(found: Item | Prose) -> str:
    return "" if found.grounded else f" <strong>not in the article: {_text(', '.join(found.missing))}</strong>"


def _missing(report: "Report") -> str:
    rows = "".join(f"<li>{_text(row)}</li>" for row in missing(report))
    return f"<h4>Not measured</h4><ul>{rows}</ul>" if rows else ""


def _reader(report: "Report") -> str:
    who = report.provenance.model or "classical methods, without a model"
    usage = report.usage
    spent = f" {usage.requests} requests, {usage.input_tokens}+{usage.output_tokens} tokens." if usage.requests else ""
    return f"Read by {who}.{spent} newslens {report.provenance.newslens}"


def _text(text: str) -> str:
    return f'<bdi dir="auto">{escape(plain(text))}</bdi>'
