"""`newslens batch`: a corpus answered within a day, at half the price."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newslens.cli.common import FAILED, Failure, lens_of, our_errors, reader_options
from newslens.cli.corpus import ending

if TYPE_CHECKING:
    from newslens.corpus import Outcome, Results
    from newslens.corpus.batch import Batch, Fetched
    from newslens.corpus.batch_server import BatchStatus
    from newslens.lens import Lens

F = TypeVar("F", bound=Callable[..., Any])

_CORPUS = click.argument("corpus", type=click.Path(dir_okay=False, exists=True, path_type=Path))
_ENCODING = click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the corpus.")
_HELP = "Where the batch lives (SQLite)."
_STORE = click.option("--store", required=True, type=click.Path(dir_okay=False, path_type=Path), help=_HELP)
_MADE = click.option("--store", required=True, type=click.Path(dir_okay=False, exists=True, path_type=Path), help=_HELP)
_SERVER = (
    click.option("-m", "--model", help="Model at the server (else NEWSLENS_MODEL)."),
    click.option("--base-url", help="The server (else OPENAI_BASE_URL)."),
    click.option("--key-env", metavar="NAME", help="Variable with the key of --base-url's server."),
)
_UNSET = dict.fromkeys(("analyses", "codebook", "prompts", "max_cost", "max_tokens", "judge", "min_probability"))


def _server_options(command: F) -> F:
    return reduce(lambda decorated, option: option(decorated), reversed((_MADE, *_SERVER)), command)


@click.group()
def batch() -> None:
    """Ask within a day, at half the price: submit, then collect, and again while articles are pending.

    Each command can be broken off and given again: no answer is lost. Keep the key until all is collected.
    """


@batch.command()
@_CORPUS
@_STORE
@click.option("--retry-failed", is_flag=True, help="Also what was refused, filtered, cut off or too long.")
@_ENCODING
@reader_options
def submit(corpus: Path, store: Path, *, retry_failed: bool, encoding: str, **settings: Any) -> None:
    """Give the server all requests whose answers are neither in the store nor under way."""
    from newslens.corpus import read

    with _opened(store, settings) as (_, opened):
        told = opened.submit(read(corpus, encoding=encoding), retry_failed=retry_failed)
    click.echo(
        f"{told.requests} requests submitted in {len(told.batches)} batches, {told.in_progress} in progress before; "
        f"{told.complete} of {told.articles} articles lack no answer"
    )


@batch.command()
@_server_options
def status(store: Path, **settings: Any) -> None:
    """Say how those batches stand that were not collected yet."""
    with _opened(store, _UNSET | settings) as (_, opened):
        _list(opened.status())


@batch.command()
@_CORPUS
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="JSON Lines.")
@_MADE
@click.option("--live", is_flag=True, help="Ask at once for what no batch has, and let the judge ask.")
@click.option("--text", is_flag=True, help="Keep the articles' texts in the reports.")
@click.option("--progress/--no-progress", default=None, help="A bar on stderr (default: if it is a terminal).")
@_ENCODING
@reader_options
def collect(  # noqa: PLR0913 - one parameter for each option
    corpus: Path,
    output: Path,
    store: Path,
    *,
    live: bool,
    text: bool,
    progress: bool | None,
    encoding: str,
    **settings: Any,
) -> int:
    """Fetch what has ended, and write the reports of those articles that have all their answers."""
    from newslens.corpus import Results, read

    shown = sys.stderr is not None and sys.stderr.isatty() if progress is None else progress
    with (
        _opened(store, settings) as (lens, opened),
        Results(output, text=text, drop_failed=True, pipeline=lens.pipeline) as results,
    ):
        gathered = opened.fetch()
        _say_gathered(gathered)
        outcomes = opened.outcomes(read(corpus, encoding=encoding), live=live, progress=shown)
        code = _written(outcomes, results)
    if gathered.stopped_by is not None:
        error = gathered.stopped_by
        advice = "" if error.advice in str(error) else f" To go on: {error.advice}"
        raise Failure(f"the batch met {type(error).__name__}: {error}{advice}", FAILED)
    return code


@batch.command()
@_server_options
def cancel(store: Path, **settings: Any) -> None:
    """Ask the server to stop; what it has answered by then is billed, and can be collected."""
    with _opened(store, _UNSET | settings) as (_, opened):
        _list(opened.cancel())


@contextmanager
def _opened(store: Path, settings: dict[str, Any]) -> "Iterator[tuple[Lens, Batch]]":
    from newslens.llm.store import Store

    with our_errors(), Store(store) as kept, lens_of(store=kept, **settings) as lens:
        yield lens, lens.batch()


def _list(standings: "Iterable[BatchStatus]") -> None:
    lines = [f"{one.id}  {one.status:12} {_counted(one)}" for one in standings]
    click.echo("\n".join(lines) or "no batch waits for its collection")


def _counted(one: "BatchStatus") -> str:
    said = f"{one.requests} requests, {one.answered} answered, {one.failed} failed"
    return f"{said}: {': '.join(one.complaint)}" if one.complaint is not None else said


def _say_gathered(gathered: "Fetched") -> None:
    lines = f"{gathered.answers} answers and {gathered.errors} errors"
    click.echo(f"newslens: {gathered.batches} batches fetched: {lines}; {gathered.in_progress} in progress", err=True)
    for count, what in ((gathered.unreadable, "are not readable"), (gathered.unknown, "answer nothing that was asked")):
        if count:
            click.echo(f"newslens: {count} lines {what}", err=True)


def _written(outcomes: "Iterator[Outcome]", results: "Results") -> int:
    """Write what is finished; say what is not."""
    from newslens.corpus.progress import pause_bars
    from newslens.errors import Pending
    from newslens.report.sanitise import to_one_line

    ends, waits = Counter[str](), Counter[str]()
    for outcome in outcomes:
        if isinstance(outcome.error, Pending):
            waits[str(outcome.error)] += 1
            continue
        results.write(outcome)
        ends[ending(outcome)[0]] += 1
        if outcome.error is not None:
            with pause_bars():
                click.echo(f"newslens: {to_one_line(outcome.key)}: {to_one_line(str(outcome.error))}", err=True)
    for why, count in waits.most_common():
        click.echo(f"newslens: {count} × {why}", err=True)
    ends["pending"] += waits.total()
    click.echo(f"newslens: {', '.join(f'{count} {end}' for end, count in ends.most_common() if count)}", err=True)
    return FAILED if (+ends).keys() - {"done"} else 0
