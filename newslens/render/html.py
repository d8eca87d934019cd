"""A report as HTML for a notebook cell: no script, everything escaped, each text in its own direction."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from newslens.findings import Finding, Prose
from newslens.render.frames import others, present
from newslens.render.missing import missing
from newslens.render.plain import plain, sure

if TYPE_CHECKING:
    from newslens.analyses import FramingNote, Inconsistency, KeyPoint, Stance, Summary
    from newslens.report import Report

_STYLE = "max-width:46em;line-height:1.4"
_LIST = "list-style:none;padding-left:.5em"  # the triangle of <details> is bullet enough
_QUOTE = "margin:.2em 0 .2em 1em;opacity:.75"
_WORDS_SHOWN = 8


def fragment(report: "Report") -> str:
    """The findings with their evidence folded under each; `<details>` opens without script."""
    article = report.article
    published = article.published.isoformat() if article.published else None
    facts = [fact for fact in (article.byline, article.outlet, published) if fact]
    parts = [
        f"<h3>{_text(article.title or 'Untitled')}</h3><p>{_text(' · '.join(facts))}</p>",
        _summary(report.summary) if report.summary else "",
        _list("Who stands where", ((_stance(one), one) for one in report.stances))
        if report.stances is not None
        else "",
        _framing(report.framing) if report.framing is not None else "",
        _list("What it says two ways", ((_two(one), one) for one in report.consistency))
        if report.consistency is not None
        else "",
        *(f"<h4>{_text(name)}</h4><p>{_text(str(value))}</p>" for name, value in report.other.items()),
        _missing(report),
        f"<p><small>{_text(_reader(report))}</small></p>",
    ]
    return f'<article class="newslens" style="{_STYLE}">{"".join(parts)}</article>'


def _summary(summary: "Summary") -> str:
    points = _list("What it says", ((_point(point), point) for point in summary.key_points))
    # Extracted sentences would stand there twice.
    return points if summary.method == "classical" else f"{points}<p>{_text(summary.text)}{_flag(summary)}</p>"


def _point(point: "KeyPoint") -> str:
    supported = point.supported
    return point.text if supported is None else f"{point.text} ({supported.value}{sure(supported)})"


def _list(title: str, findings: "Iterable[tuple[str, Finding]]") -> str:
    items = "".join(f"<li>{_item(text, finding)}</li>" for text, finding in findings)
    return f"<h4>{title}</h4>" + (f'<ul style="{_LIST}">{items}</ul>' if items else "<p>none found</p>")


def _item(text: str, finding: Finding) -> str:
    quotes = "".join(
        f'<blockquote style="{_QUOTE}">[{span.sentence}] {_text(span.text)}</blockquote>' for span in finding.evidence
    )
    return f"<details><summary>{_text(text)}{_flag(finding)}</summary>{quotes}</details>"


def _flag(prose: Prose) -> str:
    return "" if prose.grounded else f" <strong>not in the article: {_text(', '.join(prose.missing))}</strong>"


def _stance(stance: "Stance") -> str:
    return f"{stance.holder} → {stance.target}: {stance.label.value}{sure(stance.label)} ({stance.voice})"


def _framing(notes: "Sequence[FramingNote]") -> str:
    rest = "".join(f"<p><small>{_text(line)}</small></p>" for line in others(notes))
    return _list("How it is framed", ((_frame(one), one) for one in present(notes))) + rest


def _frame(note: "FramingNote") -> str:
    words = list(dict.fromkeys(span.text.lower() for span in note.words))
    said = note.note or ", ".join(words[:_WORDS_SHOWN])
    return f"{note.frame}{' (primary)' if note.primary else ''}{sure(note.label)}{said and f': {said}'}"


def _two(one: "Inconsistency") -> str:
    return f"{one.kind}: “{one.first}” / “{one.second}”"


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
