"""The page that lists the reports of a corpus: a table that every browser shows, with filters where script may run."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Literal

from newslens.report.plain import plain

State = Literal["done", "incomplete", "failed"]
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of the list.

    Attributes:
        key: the caller's.
        page: name of the file with its report, beside the list; None when there is none.
        title: the headline; empty where it is not known.
        outlet: likewise.
        published: ISO date; likewise.
        frame: its primary frame; likewise.
        counts: findings by kind.
        state: whether all was read.
        why: what is missing, and why.
    """

    key: str
    page: str | None
    title: str = ""
    outlet: str = ""
    published: str = ""
    frame: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    state: State = "done"
    why: str = ""


def index(title: str, entries: Iterable[Entry], kinds: tuple[str, ...]) -> Iterator[str]:
    """The page in pieces, one an article, so that a long list is never held.

    Args:
        title: what the corpus is called.
        entries: the articles, in the order of the list.
        kinds: the kinds of findings that have a column.
    """
    heads = ("article", "outlet", "published", "primary frame", *kinds, "state")
    columns = "".join(f'<th scope="col">{_text(head.replace("_", " "))}</th>' for head in heads)
    yield _HEAD.format(
        title=_text(title), style=_asset("index.css"), hashes=_hashes(), form=_asset("index-form.html"), columns=columns
    )
    for entry in entries:
        yield _row(entry, kinds)
    yield f"</tbody>\n</table>\n</main>\n<script>{_asset('index.js')}</script>\n</body>\n</html>\n"


_HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; {hashes}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{form}<table>
<thead><tr>{columns}</tr></thead>
<tbody>
"""


def _row(entry: Entry, kinds: tuple[str, ...]) -> str:
    name = f"<bdi>{_text(entry.title or entry.key)}</bdi>"
    linked = f'<a href="{escape(entry.page)}">{name}</a>' if entry.page else name
    why = f"<br><small><bdi>{_text(entry.why)}</bdi></small>" if entry.why else ""
    cells = [
        f'<th scope="row">{linked}</th>',
        f"<td><bdi>{_text(entry.outlet)}</bdi></td>",
        f'<td class="day">{_text(entry.published)}</td>',
        f"<td><bdi>{_text(entry.frame.replace('_', ' '))}</bdi></td>",
        *(f'<td class="n">{entry.counts.get(kind, "–")}</td>' for kind in kinds),
        f'<td><span class="{entry.state}">{entry.state}</span>{why}</td>',
    ]
    return f'<tr data-state="{entry.state}">{"".join(cells)}</tr>\n'


def _text(text: str) -> str:
    return escape(plain(text))


@cache
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _hashes() -> str:
    """What the page may run and wear: its own script and style, and nothing that a title brings along."""
    digests = {
        kind: b64encode(hashlib.sha256(_asset(name).encode()).digest()).decode()
        for kind, name in (("script", "index.js"), ("style", "index.css"))
    }
    return "; ".join(f"{kind}-src 'sha256-{digest}'" for kind, digest in digests.items())
