"""What the commands share: the options of a lens, harmless output, errors in one line."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from newslens.analyses.analysis import Analysis
    from newslens.analyses.codebook import Codebook
    from newslens.errors import NewslensError
    from newslens.lens import Lens

FAILED, USAGE, INTERRUPTED = 1, 2, 130

F = TypeVar("F", bound=Callable[..., Any])

NEW_FILE = click.Path(dir_okay=False, path_type=Path)
OLD_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)

SERVER_OPTIONS = (
    click.option("-m", "--model", help="Name of the model at the server (default: NEWSLENS_MODEL)."),
    click.option("--base-url", help="An OpenAI-compatible server (default: OPENAI_BASE_URL)."),
    click.option("--key-env", metavar="NAME", help="Environment variable with the key for --base-url."),
)
LENS_OPTIONS = (
    *SERVER_OPTIONS,
    click.option("--gguf", type=click.Path(path_type=Path), help="A model file to run here (extra 'local')."),
    click.option("--offline", is_flag=True, help="Read without a model, whatever the environment says."),
    click.option(
        "--analyses",
        metavar="NAME,...",
        help="What to look for, or 'all' (default: summary,stances,framing,headline,loaded,sources).",
    ),
    click.option("--target", "targets", multiple=True, help="Report stances toward this target (repeatable)."),
    click.option("--codebook", help="Name or file of the label set for framing."),
    click.option("--prompts", type=FOLDER, help="A directory with your own templates and codebooks."),
    click.option("--calls", type=click.Choice(["joint", "separate"]), help="One request for all analyses, or each."),
    click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Stop asking when this is spent."),
    click.option("--max-tokens", type=click.IntRange(min=0), metavar="N", help="The same in tokens, in and out."),
    click.option("--judge", metavar="METHOD,...", help="Measure labels by decision, logprobs or votes; or 'none'."),
    click.option("--min-probability", type=click.FloatRange(0, 1), help="Labels below this become unclear."),
    click.option("--blind", is_flag=True, help="Hide outlet and byline from the model."),
)


def add_options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Decorate a command with options."""
    return lambda command: reduce(lambda decorated, option: option(decorated), reversed(options), command)


CORPUS = click.argument("corpus", type=OLD_FILE)
RUN_OPTIONS = (
    click.option("--text", is_flag=True, help="Keep the texts of the articles in the reports."),
    click.option("--progress/--no-progress", default=None, help="Show a bar on stderr (default: on a terminal)."),
    click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the corpus."),
)


class Failure(click.ClickException):
    """An error that ends the command, in one line."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

    def show(self, file: Any = None) -> None:
        """Write it to stderr."""
        say(self.message, file=file)


def say(message: str, file: Any = None) -> None:
    """Write one line to stderr, without anything that could command the terminal."""
    from newslens.report.sanitise import to_one_line

    click.echo(f"newslens: {to_one_line(message)}", err=True, file=file)


def print_lines(*lines: str) -> None:
    """Write lines to stdout, without anything that could command the terminal or look like another line."""
    from newslens.report.sanitise import replace_unsafe

    for line in lines:
        click.echo(replace_unsafe(" ".join(line.splitlines())))


def explain(error: "NewslensError") -> str:
    """The class and message of an error, and what to do about it."""
    advice = "" if error.advice in str(error) else f" To go on: {error.advice}"
    return f"{type(error).__name__}: {error}{advice}"


@contextmanager
def report_errors() -> "Iterator[None]":
    """Show an error of the configuration in one line, without a traceback."""
    from newslens.errors import NewslensError

    try:
        yield
    except NewslensError as error:
        raise Failure(str(error), USAGE) from error


def is_bar_shown(progress: bool | None) -> bool:  # noqa: FBT001 - the option
    """Whether to show a progress bar."""
    return (sys.stderr is not None and sys.stderr.isatty()) if progress is None else progress


def build_lens(  # noqa: PLR0913 - the options whose values are not those of the lens
    *,
    analyses: str | None = None,
    codebook: str | None = None,
    prompts: Path | None = None,
    key_env: str | None,
    max_cost: float | None = None,
    max_tokens: int | None = None,
    judge: str | None = None,
    min_probability: float | None = None,
    **settings: Any,
) -> "Lens":
    """The lens that the options describe."""
    from newslens.analyses import ALL, DEFAULT
    from newslens.lens import Lens
    from newslens.options import Budget, Judging

    chosen: Sequence[Analysis[Any]] = ALL if analyses == "all" else DEFAULT
    if analyses not in (None, "all"):
        by_name = {name: analysis for analysis in ALL for name in (analysis.prompt, analysis.name)}
        names = [name.strip() for name in (analyses or "").split(",") if name.strip()]
        for name in names:
            if name not in by_name:
                known = ", ".join(analysis.name for analysis in ALL)
                raise click.UsageError(f"There is no analysis {name!r}. Known: {known}, all.")
        chosen = [by_name[name] for name in names]
    if key_env is not None and not os.environ.get(key_env):
        raise click.UsageError(f"The variable {key_env} is not set.")
    judging: Judging | bool = judge != "none"
    with report_errors():
        if judge not in (None, "none") or min_probability is not None:
            methods = tuple(name.strip() for name in (judge or "decision").split(","))
            judging = Judging(methods=cast("Any", methods), min_probability=min_probability)  # checks the names
        return Lens(
            analyses=chosen,
            codebook=load_codebook(codebook, prompts) if codebook else None,
            prompts=prompts,
            api_key=os.environ[key_env] if key_env is not None else None,
            budget=Budget(max_cost_usd=max_cost, max_tokens=max_tokens),
            judge=judging,
            **settings,
        )


def load_codebook(name: str, prompts: Path | None) -> "Codebook":
    """Load a codebook by its name, or from a file if the name looks like a path."""
    from newslens.analyses.codebook import Codebook

    if name.endswith(".toml") or os.sep in name:
        return Codebook.load(Path(name))
    return Codebook.named(name, directory=prompts / "codebooks" if prompts is not None else None)
