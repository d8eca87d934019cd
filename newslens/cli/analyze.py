"""`newslens analyze`: a few articles, shown or written at once."""

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import click

from newslens.cli.common import FAILED, LENS_OPTIONS, NEW_FILE, USAGE, Failure, add_options, build_lens, say

if TYPE_CHECKING:
    from newslens.article.article import Article
    from newslens.lens import Lens
    from newslens.report.report import Report

Form = Literal["text", "json", "jsonl", "markdown", "html"]

_MAX_WIDTH = 100  # columns; longer lines are hard to read
_SEPARATORS = {"text": "\n" + "─" * 40 + "\n\n", "markdown": "\n---\n\n"}


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@click.option("--text", "form", flag_value="text", default=True, hidden=True)
@click.option("--json", "form", flag_value="json", help="JSON instead of text; an array for several articles.")
@click.option("--jsonl", "form", flag_value="jsonl", help="One JSON object per line.")
@click.option("--markdown", "form", flag_value="markdown", help="A memo with footnotes into the article.")
@click.option("--html", "form", flag_value="html", help="A self-contained page, for one article only.")
@click.option("-o", "--output", type=NEW_FILE, help="Write to a file.")
@add_options(*LENS_OPTIONS)
@click.option("--language", help="Language of the articles (BCP 47), if they do not state it.")
@click.option("--encoding", help="Encoding of the files, if it is not UTF-8.")
@click.option("--allow-private", is_flag=True, help="Also fetch from private and loopback addresses.")
def analyze(  # noqa: PLR0913 - one parameter for each option
    sources: tuple[str, ...],
    form: Form,
    output: Path | None,
    *,
    language: str | None,
    encoding: str | None,
    allow_private: bool,
    **settings: Any,
) -> int:
    """Analyse articles from files (.txt, .md, .html, .json), URLs or standard input.

    If no model is configured, articles are read by simple methods. The key is taken from OPENAI_API_KEY.
    """
    if not sources and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("Name a file or a URL, or pipe a text in. See 'newslens analyze --help'.")
    if any(not source.strip() for source in sources):
        raise click.UsageError("A path is empty. Is a shell variable unset?")
    if output is not None and any(Path(source).resolve() == output.resolve() for source in sources):
        raise click.UsageError(f"{output} is one of the articles. Name another file.")
    if form == "html" and len(sources) > 1:
        raise click.UsageError("A page shows one article. For several: newslens run CORPUS -o FILE --html FOLDER.")

    def load(source: str) -> "Article":
        from newslens.article.article import Article
        from newslens.article.encoding import decode_text

        if source == "-":
            article = Article.from_text(decode_text(sys.stdin.buffer.read(), encoding))
        elif "://" in source:
            article = Article.from_url(source, allow_private=allow_private)
        else:
            article = Article.from_file(source, encoding=encoding)
        return article.model_copy(update={"language": language}) if language else article

    codes: list[int] = []
    with build_lens(**settings) as lens:
        reports = read_all(lens, sources or ("-",), load, codes)
        try:
            is_complete = write_all(reports, form, output, several=len(sources) > 1)
        except BrokenPipeError:  # whoever reads our output has seen enough; click would make it a failure
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None
        except OSError as error:
            raise Failure(f"{output or 'standard output'} cannot be written: {error.strerror}.", FAILED) from error
    return max([*codes, 0 if is_complete else FAILED])


def read_all(
    lens: "Lens", sources: Sequence[str], load: "Callable[[str], Article]", codes: list[int]
) -> "Iterator[Report]":
    """Read each source; an error of one is said on stderr, and its exit code is added to `codes`."""
    from newslens.errors import FATAL_FOR_ARTICLE, ConfigurationError, NewslensError

    for source in sources:
        try:
            yield lens.analyze(load(source))
        except NewslensError as error:
            name = "standard input" if source == "-" else source
            say(str(error) if name in str(error) or repr(name) in str(error) else f"{name}: {error}")
            codes.append(USAGE if isinstance(error, ConfigurationError) else FAILED)
            if isinstance(error, FATAL_FOR_ARTICLE):
                return  # what is finished is still written


def write_all(reports: "Iterator[Report]", form: Form, output: Path | None, *, several: bool) -> bool:
    """Write each report as it comes, and return whether all of them are complete.

    Raises:
        OSError: the output cannot be written; an existing file is unchanged.
    """
    from newslens.report.markdown import render_markdown
    from newslens.report.terminal import render_text

    is_plain = output is not None or not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    color = not is_plain and os.environ.get("TERM") != "dumb"
    width = min(_MAX_WIDTH, shutil.get_terminal_size().columns)
    is_array, number, is_complete = form == "json" and several, 0, True
    with open_output(output) as file:
        for number, report in enumerate(reports, 1):
            separator = (",\n" if number > 1 else "[\n") if is_array else _SEPARATORS.get(form, "") * (number > 1)
            match form:
                case "text":
                    text = render_text(report, width=width, color=color)
                case "markdown":  # in one file, each memo needs footnotes of its own
                    text = render_markdown(report, prefix=f"{number}-" if several else "")
                case "html":
                    text = report.to_html()
                case "json":
                    text = report.model_dump_json(indent=2)
                case "jsonl":
                    text = report.model_dump_json() + "\n"
            file.write(separator + text)
            file.flush()
            is_complete = is_complete and report.complete
        if form == "json" and number:
            file.write("\n]\n" if several else "\n")
    return is_complete


@contextmanager
def open_output(output: Path | None) -> Iterator[IO[str]]:
    """Open a file, which appears once it is complete, or standard output."""
    from newslens.report.reports import replace_file

    if output is not None:
        with replace_file(output) as file:
            yield file
        return
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True)
    try:
        yield out
    finally:
        out.detach()
