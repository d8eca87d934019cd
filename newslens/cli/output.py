"""Write reports as they come, in one of their forms; a file appears only when it is whole."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from newslens.report.markdown import render_markdown
from newslens.report.report import Report
from newslens.report.reports import replace_file
from newslens.report.terminal import render_text

Form = Literal["text", "json", "jsonl", "markdown", "html"]
_BETWEEN = {"text": "\n" + "─" * 40 + "\n\n", "markdown": "\n---\n\n"}


def write(  # noqa: PLR0913 - how the text form looks belongs to it
    reports: Iterable[Report],
    form: Form,
    output: Path | None,
    *,
    several: bool,
    width: int,
    color: bool,
) -> bool:
    """Write each report at once; whether all of them are complete.

    Args:
        reports: read one by one.
        form: `json` makes an array if there are to be several.
        output: None for standard output.
        several: more than one is expected.
        width: columns of the text form.
        color: ANSI colours in the text form.

    Raises:
        OSError: the place cannot be written to; a file that was there before is as it was.
    """
    written, whole = 0, True
    shown = _shown_as(form, several=several, width=width, color=color)
    with opened(output) as file:
        for report in reports:
            file.write(_before(form, written, several=several))
            written += 1
            file.write(shown(report, written))
            file.flush()
            whole = whole and report.complete
        file.write(_after(form, written, several=several))
    return whole


def _shown_as(form: Form, *, several: bool, width: int, color: bool) -> Callable[[Report, int], str]:
    """How a report is written, given its number."""
    match form:
        case "text":
            return lambda report, _: render_text(report, width=width, color=color)
        case "markdown":  # in one file, each memo has footnotes of its own
            return lambda report, number: render_markdown(report, prefix=f"{number}-" if several else "")
        case "html":
            return lambda report, _: report.to_html()
        case "json":
            return lambda report, _: report.model_dump_json(indent=2)
        case "jsonl":
            return lambda report, _: report.model_dump_json() + "\n"


def _before(form: Form, written: int, *, several: bool) -> str:
    if form == "json" and several:
        return ",\n" if written else "[\n"
    return _BETWEEN.get(form, "") if written else ""


def _after(form: Form, written: int, *, several: bool) -> str:
    if form != "json" or not written:
        return ""
    return "\n]\n" if several else "\n"


@contextmanager
def opened(output: Path | None) -> Iterator[IO[str]]:
    """A place to write text to; None: standard output. A file takes its place when it is whole, and only then.

    Raises:
        OSError: the place cannot be written to.
    """
    if output is None:
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True)
        try:
            yield out
        finally:
            out.detach()
    else:
        with replace_file(output) as file:
            yield file
