"""What the commands share: the options of a reader, the lens they make, errors in one line."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from newslens.analyses.codebook import Codebook
    from newslens.lens import Lens
    from newslens.options import Judging

FAILED, USAGE, INTERRUPTED = 1, 2, 130

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("-m", "--model", help="Model at the server (else NEWSLENS_MODEL)."),
    click.option("--base-url", help="An OpenAI-compatible server (else OPENAI_BASE_URL)."),
    click.option("--key-env", metavar="NAME", help="Variable with the key of --base-url's server."),
    click.option("--gguf", type=click.Path(path_type=Path), help="A model file to run here (extra 'local')."),
    click.option("--offline", is_flag=True, help="Classical methods, whatever the environment says."),
    click.option(
        "--analyses",
        metavar="NAME,...",
        help="What to look for, or 'all' (default: summary,stances,framing,headline,loaded,sources).",
    ),
    click.option("--target", "targets", multiple=True, help="Toward what stances are wanted; may be repeated."),
    click.option("--codebook", help="Name or file of the label set for framing."),
    click.option("--prompts", type=click.Path(file_okay=False, exists=True), help="Your own templates and codebooks."),
    click.option("--calls", type=click.Choice(["joint", "separate"]), help="Ask all at once, or one thing at a time."),
    click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Ask no more once this is spent."),
    click.option("--max-tokens", type=click.IntRange(min=0), metavar="N", help="The same in tokens, in and out."),
    click.option("--judge", metavar="METHOD,...", help="Measure labels by decision, logprobs, votes; or 'none'."),
    click.option("--min-probability", type=click.FloatRange(0, 1), help="Labels below this become unclear."),
    click.option("--blind", is_flag=True, help="Keep outlet and byline from the model."),
)


def reader_options(command: F) -> F:
    """The options that say who reads and what to look for; `lens_of` takes them."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), command)


class Failure(click.ClickException):
    """Something that ends the run, said in one line."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code

    def show(self, file: Any = None) -> None:
        """Say it on stderr."""
        from newslens.report.sanitise import to_one_line

        click.echo(f"newslens: {to_one_line(self.message)}", err=True, file=file)


@contextmanager
def our_errors() -> "Iterator[None]":
    """An error of the set-up as one line, without a traceback."""
    from newslens.errors import NewslensError

    try:
        yield
    except NewslensError as error:
        raise Failure(str(error), USAGE) from error


def lens_of(  # noqa: PLR0913 - the options whose values are not those of the lens
    *,
    analyses: str | None,
    codebook: str | None,
    prompts: str | None,
    key_env: str | None,
    max_cost: float | None,
    max_tokens: int | None,
    judge: str | None,
    min_probability: float | None,
    **settings: Any,
) -> "Lens":
    """The lens that the reader's options describe; what cannot work ends the run with one line."""
    from newslens.lens import Lens
    from newslens.options import Budget

    folder = Path(prompts) / "codebooks" if prompts else None
    with our_errors():
        return Lens(
            analyses=_chosen(analyses),
            codebook=codebook_of(codebook, folder) if codebook else None,
            prompts=prompts,
            api_key=_key(key_env),
            budget=Budget(max_cost_usd=max_cost, max_tokens=max_tokens),
            judge=_judging(judge, min_probability),
            **settings,
        )


def _judging(methods: str | None, least: float | None) -> "Judging | bool":
    from newslens.options import Judging

    if methods is None and least is None:
        return True
    if methods == "none":
        return False
    named = tuple(name.strip() for name in methods.split(",")) if methods else ("decision",)
    return Judging(methods=cast("Any", named), min_probability=least)  # which checks the names


def codebook_of(name: str, folder: Path | None) -> "Codebook":
    """A codebook by its name, or by its path if that is what it looks like."""
    from newslens.analyses.codebook import Codebook

    if name.endswith(".toml") or os.sep in name:
        return Codebook.load(Path(name))
    return Codebook.named(name, directory=folder)


def _key(variable: str | None) -> str | None:
    if variable is None:
        return None
    if not os.environ.get(variable):
        raise click.UsageError(f"The variable {variable} is not set.")
    return os.environ[variable]


def _chosen(names: str | None) -> Sequence[Any]:
    from newslens.analyses import ALL, DEFAULT

    if names is None or names == "all":
        return ALL if names else DEFAULT
    by_name = {name: analysis for analysis in ALL for name in (analysis.prompt, analysis.name)}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in by_name:
            raise click.UsageError(f"There is no analysis {name!r}. Known: {', '.join(one.name for one in ALL)}, all.")
    return [by_name[name] for name in wanted]
