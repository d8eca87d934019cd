"""The command line: data on stdout, everything else on stderr.

Exit codes: 0 all done, 1 some articles failed or are incomplete, 2 wrong usage or set-up, 130 interrupted.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newslens.version import __version__

if TYPE_CHECKING:
    from newslens.article import Article
    from newslens.codebook import Codebook
    from newslens.lens import Lens
    from newslens.output import Form
    from newslens.report import Report

_FAILED, _USAGE, _INTERRUPTED = 1, 2, 130
_WIDEST = 100  # columns; longer lines are hard to read


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.main(prog_name="newslens", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        code = _INTERRUPTED
    except _Failure as error:
        error.show()
        code = error.code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newslens")
def cli() -> None:
    """Read news articles with evidence: summary, stance, framing."""


@cli.command()
@click.argument("sources", nargs=-1, metavar="[FILE|URL|-]...")
@click.option("--text", "form", flag_value="text", default=True, hidden=True)
@click.option("--json", "form", flag_value="json", help="JSON instead of text; an array for several articles.")
@click.option("--jsonl", "form", flag_value="jsonl", help="One JSON object a line.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.option("-m", "--model", help="Model at the server (else NEWSLENS_MODEL).")
@click.option("--base-url", help="An OpenAI-compatible server (else OPENAI_BASE_URL).")
@click.option("--key-env", metavar="NAME", help="Variable with the key of --base-url's server.")
@click.option("--gguf", type=click.Path(path_type=Path), help="A model file to run here (extra 'local').")
@click.option("--offline", is_flag=True, help="Classical methods, whatever the environment says.")
@click.option("--analyses", metavar="NAME,...", help="What to look for (default: all).")
@click.option("--target", "targets", multiple=True, help="Toward what stances are wanted; may be repeated.")
@click.option("--codebook", help="Name or file of the label set for framing.")
@click.option("--prompts", type=click.Path(file_okay=False, exists=True), help="Your own templates and codebooks.")
@click.option("--calls", type=click.Choice(["joint", "separate"]), help="Ask all at once, or one thing at a time.")
@click.option("--blind", is_flag=True, help="Keep outlet and byline from the model.")
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
    if output is not None and any(Path(source).resolve() == output.resolve() for source in sources):
        raise click.UsageError(f"{output} is one of the articles; writing there would lose it.")
    with _lens(**settings) as lens:
        read = partial(_article, language=language, encoding=encoding, allow_private=allow_private)
        codes: list[int] = []
        whole = _written(_reports(lens, sources or ("-",), read, codes), form, output, several=len(sources) > 1)
    return max([*codes, 0 if whole else _FAILED])


@cli.command()
def doctor() -> int:
    """Say what is configured and what is missing, with the fix; never a key."""
    from newslens.doctor import examine

    checks = examine()
    for check in checks:
        click.echo(f"{check.state:8} {check.what}: {check.found}")
        if check.fix:
            click.echo(f"{'':8} → {check.fix}")
    return _FAILED if any(check.state == "broken" for check in checks) else 0


@cli.command()
@click.argument("name", required=False)
@click.option("--prompts", "directory", type=click.Path(file_okay=False, exists=True, path_type=Path))
def prompts(name: str | None, directory: Path | None) -> None:
    """List the prompt templates, or show one."""
    from newslens import prompts as templates

    with _our_errors():
        if name:
            click.echo(templates.load(name, directory).text, nl=False)
            return
        for known in templates.names(directory):
            prompt = templates.load(known, directory)
            click.echo(f"{known:16} v{prompt.version:4} {prompt.purpose}")


@cli.command()
@click.argument("name", required=False)
@click.option("--prompts", "directory", type=click.Path(file_okay=False, exists=True, path_type=Path))
def codebooks(name: str | None, directory: Path | None) -> None:
    """List the codebooks, or show one by its name or file."""
    from newslens.codebook import available

    folder = directory / "codebooks" if directory else None
    with _our_errors():
        if name:
            _show_codebook(name, folder)
            return
        for known in available(folder):
            _list_codebook(known, folder)


def _list_codebook(name: str, folder: Path | None) -> None:
    from newslens.errors import CodebookError

    try:
        book = _codebook(name, folder)
    except CodebookError as error:  # one broken file does not hide the others
        click.echo(f"{name:20} BROKEN: {error}")
    else:
        click.echo(f"{name:20} v{book.version:4} {len(book.labels):3} labels  {book.title}")


def _show_codebook(name: str, folder: Path | None) -> None:
    book = _codebook(name, folder)
    click.echo(f"{book.title}, version {book.version}\nSource: {book.source}\nLicence: {book.licence}")
    for label in book.labels:
        click.echo(f"\n{label.code} — {label.name}: {label.definition}")
        for rule in label.include:
            click.echo(f"  + {rule}")
        for rule in label.exclude:
            click.echo(f"  - {rule}")


def _codebook(name: str, folder: Path | None) -> "Codebook":
    """A codebook by its name, or by its path if that is what it looks like."""
    from newslens.codebook import Codebook

    if name.endswith(".toml") or os.sep in name:
        return Codebook.load(Path(name))
    return Codebook.named(name, directory=folder)


def _lens(
    *, analyses: str | None, codebook: str | None, prompts: str | None, key_env: str | None, **settings: Any
) -> "Lens":
    from newslens.analyses import ALL
    from newslens.lens import Lens

    folder = Path(prompts) / "codebooks" if prompts else None
    with _our_errors():
        return Lens(
            analyses=_chosen(analyses, ALL),
            codebook=_codebook(codebook, folder) if codebook else None,
            prompts=prompts,
            api_key=_key(key_env),
            **settings,
        )


def _key(variable: str | None) -> str | None:
    if variable is None:
        return None
    if not os.environ.get(variable):
        raise click.UsageError(f"The variable {variable} is not set.")
    return os.environ[variable]


def _chosen(names: str | None, known: Sequence[Any]) -> Sequence[Any]:
    if names is None:
        return known
    by_name = {name: analysis for analysis in known for name in (analysis.prompt, analysis.name)}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in by_name:
            raise click.UsageError(f"There is no analysis {name!r}. Known: {', '.join(one.name for one in known)}.")
    return [by_name[name] for name in wanted]


def _reports(
    lens: "Lens", sources: Sequence[str], read: "Callable[[str], Article]", codes: list[int]
) -> "Iterator[Report]":
    """A report for each source that can be read; what went wrong with the others on stderr and in `codes`."""
    from newslens.errors import AuthenticationFailed, ConfigurationError, ModelNotFound, NewslensError, QuotaExhausted

    for source in sources:
        try:
            yield lens.analyze(read(source))
        except NewslensError as error:
            said = str(error)
            name = "standard input" if source == "-" else source
            click.echo(f"newslens: {said if name in said else f'{name}: {said}'}", err=True)
            codes.append(_USAGE if isinstance(error, ConfigurationError) else _FAILED)
            if isinstance(error, ConfigurationError | AuthenticationFailed | QuotaExhausted | ModelNotFound):
                return  # no other article gets past these; what is done is written


def _article(source: str, *, language: str | None, encoding: str | None, allow_private: bool) -> "Article":
    from newslens.article import Article
    from newslens.intake.charsets import of_text

    if source == "-":
        article = Article.from_text(of_text(sys.stdin.buffer.read(), encoding))
    elif "://" in source:
        article = Article.from_url(source, allow_private=allow_private)
    else:
        article = Article.from_file(source, encoding=encoding)
    return article.model_copy(update={"language": language}) if language else article


def _written(reports: "Iterator[Report]", form: "Form", output: Path | None, *, several: bool) -> bool:
    from newslens.output import write

    if output is None and sys.stdout is None:
        raise _Failure("standard output is closed. Use -o FILE.", _FAILED)
    color = output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
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
        raise _Failure(f"{output or 'standard output'} cannot be written: {error.strerror}.", _FAILED) from error


class _Failure(click.ClickException):
    """Something that ends the run, said in one line."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

    def show(self, file: Any = None) -> None:
        click.echo(f"newslens: {self.message}", err=True, file=file)


@contextmanager
def _our_errors() -> "Iterator[None]":
    """An error of the set-up as one line, without a traceback."""
    from newslens.errors import NewslensError

    try:
        yield
    except NewslensError as error:
        raise _Failure(str(error), _USAGE) from error
