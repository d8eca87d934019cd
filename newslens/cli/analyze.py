"""`newslens analyze`: a few articles, shown or written at once."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newslens.cli.common import FAILED, USAGE, Failure, lens_of, reader_options

if TYPE_CHECKING:
    from newslens.article.article import Article
    from newslens.cli.output import Form
    from newslens.lens import Lens
    from newslens.report.report import Report

_WIDEST = 100  # columns; longer lines are hard to read


@click.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@click.option("--text", "form", flag_value="text", default=True, hidden=True)
@click.option("--json", "form", flag_value="json", help="JSON instead of text; an array for several articles.")
@click.option("--jsonl", "form", flag_value="jsonl", help="One JSON object a line.")
@click.option("--markdown", "form", flag_value="markdown", help="A memo with footnotes into the article.")
@click.option("--html", "form", flag_value="html", help="A page of its own; one article only.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@reader_options
@click.option("--language", help="Language of the articles (BCP 47), if they do not say.")
@click.option("--encoding", help="Encoding of the files, if it is not UTF-8.")
@click.option("--allow-private", is_flag=True, help="Fetch from private and loopback addresses too.")
def analyze(  # noqa: PLR0913 - one parameter for each option
    sources: tuple[str, ...],
    form: "Form",
    output: Path | None,
    *,
    language: str | None,
    encoding: str | None,
    allow_private: bool,
    **settings: Any,
) -> int:
    """Analyse articles: files (.txt, .md, .html, .json), URLs, or standard input.

    Without a model configured, articles are read by classical methods. The key comes from OPENAI_API_KEY.
    """
    if not sources and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("Name a file or a URL, or pipe a text in. See 'newslens analyze --help'.")
    if any(not source.strip() for source in sources):
        raise click.UsageError("An empty name is no article. Is a variable of your shell not set?")
    if output is not None and any(Path(source).resolve() == output.resolve() for source in sources):
        raise click.UsageError(f"{output} is one of the articles; writing there would lose it.")
    if form == "html" and len(sources) > 1:
        raise click.UsageError("A page shows one article. For several: newslens run CORPUS -o FILE --html FOLDER.")
    with lens_of(**settings) as lens:
        read = partial(_article, language=language, encoding=encoding, allow_private=allow_private)
        codes: list[int] = []
        whole = _written(_reports(lens, sources or ("-",), read, codes), form, output, several=len(sources) > 1)
    return max([*codes, 0 if whole else FAILED])


def _reports(
    lens: "Lens", sources: Sequence[str], read: "Callable[[str], Article]", codes: list[int]
) -> "Iterator[Report]":
    """A report for each source that can be read; what went wrong with the others on stderr and in `codes`."""
    from newslens.errors import FATAL_FOR_ARTICLE, ConfigurationError, NewslensError
    from newslens.report.sanitise import to_one_line

    for source in sources:
        try:
            yield lens.analyze(read(source))
        except NewslensError as error:
            said = str(error)
            name = "standard input" if source == "-" else source
            click.echo(
                f"newslens: {to_one_line(said if repr(name) in said or name in said else f'{name}: {said}')}", err=True
            )
            codes.append(USAGE if isinstance(error, ConfigurationError) else FAILED)
            if isinstance(error, FATAL_FOR_ARTICLE):
                return  # what is done is written


def _article(source: str, *, language: str | None, encoding: str | None, allow_private: bool) -> "Article":
    from newslens.article.article import Article
    from newslens.article.encoding import decode_text

    if source == "-":
        article = Article.from_text(decode_text(sys.stdin.buffer.read(), encoding))
    elif "://" in source:
        article = Article.from_url(source, allow_private=allow_private)
    else:
        article = Article.from_file(source, encoding=encoding)
    return article.model_copy(update={"language": language}) if language else article


def _written(reports: "Iterator[Report]", form: "Form", output: Path | None, *, several: bool) -> bool:
    from newslens.cli.output import write

    color = (
        output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    try:
        return write(
            reports,
            form,
            output,
            several=several,
            width=min(_WIDEST, shutil.get_terminal_size().columns),
            color=color,
        )
    except BrokenPipeError:  # the reader of our output has seen enough; click would make it a failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        raise Failure(f"{output or 'standard output'} cannot be written: {error.strerror}.", FAILED) from error
