"""Rows as an HTML table for a notebook cell: escaped, no script, the first of them and how many more there are."""

from collections.abc import Mapping, Sequence
from html import escape

from newslens.report.plain import plain

_SHOWN = 50  # rows
_LONGEST = 120  # code points of a cell


def grid(caption: str, columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """The table; a longer cell is cut, which its ellipsis shows, and one that is None is empty."""
    head = "".join(f"<th>{_text(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(_cell(row[name]) for name in columns)}</tr>" for row in rows[:_SHOWN])
    more = f"<p><small>and {len(rows) - _SHOWN:,} more</small></p>" if len(rows) > _SHOWN else ""
    table = f"<table><caption>{_text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="newslens">{table}{more}</div>'


def _cell(value: object) -> str:
    if value is None:
        return "<td></td>"
    shown = f"{value:.2f}" if isinstance(value, float) else str(value)
    return f"<td>{_text(shown if len(shown) <= _LONGEST else f'{shown[: _LONGEST - 1]}…')}</td>"


def _text(text: str) -> str:
    return f'<bdi dir="auto">{escape(plain(text))}</bdi>'
