"""`newslens batch`: a corpus answered within a day, at half the price."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newslens.cli.common import (
    CORPUS,
    FAILED,
    LENS_OPTIONS,
    NEW_FILE,
    OLD_FILE,
    RUN_OPTIONS,
    SERVER_OPTIONS,
    Failure,
    add_options,
    build_lens,
    explain,
    is_bar_shown,
    print_lines,
    report_errors,
    say,
)
from newslens.cli.run import Summary

if TYPE_CHECKING:
    from newslens.corpus.batch import Batch
    from newslens.corpus.batch_server import BatchStatus
    from newslens.lens import Lens

_HELP = "The SQLite file that keeps the batches."
_STORE = click.option("--store", required=True, type=OLD_FILE, help=_HELP)


@click.group()
def batch() -> None:
    """Get answers within a day, at half the price: submit, then collect, and both again while articles are pending.

    Each command can be interrupted and run again: no answer is lost. Keep the key until everything is collected.
    """


@batch.command()
@CORPUS
@click.option("--store", required=True, type=NEW_FILE, help=_HELP)
@click.option("--retry-failed", is_flag=True, help="Also what was refused, filtered, cut off or too long.")
@add_options(*RUN_OPTIONS[2:], *LENS_OPTIONS)
def submit(corpus: Path, store: Path, *, retry_failed: bool, encoding: str, **settings: Any) -> None:
    """Submit all requests whose answers are neither in the store nor in progress."""
    from newslens.corpus import read

    with open_batch(store, settings) as (_, opened):
        found = opened.submit(read(corpus, encoding=encoding), retry_failed=retry_failed)
    click.echo(
        f"requests submitted: {found.requests} in {len(found.batches)} batches; already in progress: "
        f"{found.in_progress}; articles that lack no answer: {found.complete} of {found.articles}"
    )


@batch.command()
@add_options(_STORE, *SERVER_OPTIONS)
def status(store: Path, **settings: Any) -> None:
    """Show the state of the batches that are not collected yet."""
    with open_batch(store, settings) as (_, opened):
        print_batches(opened.status())


@batch.command()
@CORPUS
@click.option("-o", "--output", required=True, type=NEW_FILE, help="Results, as JSON Lines.")
@_STORE
@click.option("--live", is_flag=True, help="Ask at once for what is in no batch, and let the judge ask.")
@add_options(*RUN_OPTIONS, *LENS_OPTIONS)
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
    """Fetch the answers of ended batches, and write the reports of the articles that have all their answers."""
    from newslens.corpus import Results, read
    from newslens.errors import Pending

    summary, waiting = Summary(), Counter[str]()
    with (
        open_batch(store, settings) as (lens, opened),
        Results(output, text=text, drop_failed=True, pipeline=lens.pipeline) as results,
    ):
        fetched = opened.fetch()
        say(
            f"batches fetched: {fetched.batches}, with {fetched.answers} answers and {fetched.errors} errors; in "
            f"progress: {fetched.in_progress}"
        )
        if fetched.unreadable or fetched.unknown:
            say(f"lines that are not readable: {fetched.unreadable}; for unknown requests: {fetched.unknown}")
        articles = read(corpus, encoding=encoding)
        for outcome in opened.outcomes(articles, live=live, progress=is_bar_shown(progress)):
            if isinstance(outcome.error, Pending):
                waiting[str(outcome.error)] += 1
            else:
                results.write(outcome)
                summary.count(outcome)
    for why, count in waiting.most_common():
        say(f"{count} × {why}")
    summary.ends.update({"pending": waiting.total()} if waiting else {})
    summary.show()
    if fetched.stopped_by is not None:
        raise Failure(f"the batch met {explain(fetched.stopped_by)}", FAILED)
    return FAILED if summary.ends.keys() - {"done"} else 0


@batch.command()
@add_options(_STORE, *SERVER_OPTIONS)
def cancel(store: Path, **settings: Any) -> None:
    """Ask the server to stop. What it has answered by then is billed, and can be collected."""
    with open_batch(store, settings) as (_, opened):
        print_batches(opened.cancel())


@contextmanager
def open_batch(store: Path, settings: dict[str, Any]) -> "Iterator[tuple[Lens, Batch]]":
    """Open the store, the lens that the options describe, and its batches."""
    from newslens.llm.store import Store

    with report_errors(), Store(store) as kept, build_lens(store=kept, **settings) as lens:
        yield lens, lens.batch()


def print_batches(batches: "Iterable[BatchStatus]") -> None:
    """One line for each batch."""
    lines = []
    for one in batches:
        line = f"{one.id}  {one.status:12} {one.requests} requests, {one.answered} answered, {one.failed} failed"
        lines.append(f"{line}: {': '.join(one.complaint)}" if one.complaint is not None else line)
    print_lines(*lines or ["no batch is waiting to be collected"])
