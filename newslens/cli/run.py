"""`newslens run`: every row of a corpus, resumed by the same command."""

from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newslens.cli.common import (
    CORPUS,
    FAILED,
    LENS_OPTIONS,
    NEW_FILE,
    RUN_OPTIONS,
    USAGE,
    Failure,
    add_options,
    build_lens,
    explain,
    is_bar_shown,
    report_errors,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newslens.corpus import Estimate, Outcome, Pages, Results


@click.command()
@CORPUS
@click.option("-o", "--output", type=NEW_FILE, help="Results, as JSON Lines.")
@click.option("--store", type=NEW_FILE, help="Answers and progress, in a SQLite file.")
@click.option("--dry-run", is_flag=True, help="Only estimate the requests, tokens and dollars.")
@click.option("--retry-failed", is_flag=True, help="Read failed and incomplete articles again.")
@click.option("--html", type=click.Path(file_okay=False, path_type=Path), help="A page for each report, and an index.")
@click.option("--concurrency", default=8, show_default=True, type=click.IntRange(min=1), help="Articles at a time.")
@add_options(*RUN_OPTIONS, *LENS_OPTIONS)
def run(  # noqa: PLR0913 - one parameter for each option
    corpus: Path,
    output: Path | None,
    store: Path | None,
    *,
    dry_run: bool,
    retry_failed: bool,
    html: Path | None,
    text: bool,
    concurrency: int,
    progress: bool | None,
    encoding: str,
    **settings: Any,
) -> int:
    """Analyse every row of a .jsonl, .csv or .parquet file; run it again to resume it after any interruption.

    Without --store it is resumed where the output ends, and the answers of unfinished articles are asked for again.
    """
    from newslens.corpus import Pages, Results, read
    from newslens.corpus.rows import count_rows
    from newslens.llm.store import Store

    if output is None and not dry_run:
        raise click.UsageError("Name a file for the results with -o, or estimate the cost with --dry-run.")
    if html is not None and output is not None and output.exists() and not output.is_file():
        raise click.UsageError("--html needs results in a regular file, from which the index is made.")
    is_stored = store is not None and (store.exists() or not dry_run)  # a dry run creates no store
    with (
        report_errors(),
        Store(store) if store is not None and is_stored else nullcontext() as opened,
        build_lens(store=opened, **settings) as lens,
    ):
        articles = read(corpus, encoding=encoding)
        if output is None or dry_run:
            click.echo(format_estimate(lens.estimate(articles, retry_failed=retry_failed)))
            return 0
        with Results(output, text=text, drop_failed=retry_failed, pipeline=lens.pipeline) as results:
            if results.damaged and not retry_failed:
                say(f"{output}: damaged lines, read again: {results.damaged}. --retry-failed removes them.")
            pages = Pages(html) if html is not None else None
            shown = is_bar_shown(progress)
            outcomes = lens.analyze_many(
                results.missing(articles) if opened is None else articles,
                concurrency=concurrency,
                retry_failed=retry_failed and opened is not None,
                progress=shown,
                total=count_rows(corpus) if shown else None,
            )
            code = write_outcomes(outcomes, results, pages)
        if pages is not None:
            pages.index(output, title=corpus.name)
        return code


def write_outcomes(outcomes: "Iterator[Outcome]", results: "Results", pages: "Pages | None") -> int:
    """Write the outcomes as they come, say what failed, and return the exit code."""
    from newslens.errors import ConfigurationError, InputError, NewslensError

    summary = Summary()
    try:
        for outcome in outcomes:
            if pages is not None:
                pages.write(outcome)
            summary.count(outcome, is_new=results.write(outcome))
    except KeyboardInterrupt:
        summary.show()
        say("interrupted. All above is kept; run the same command again to resume.")
        raise
    except InputError as error:  # of the corpus as a whole
        if summary.ends:
            summary.show()
        raise Failure(str(error), FAILED) from error
    except NewslensError as error:
        summary.show()
        code = USAGE if isinstance(error, ConfigurationError) else FAILED
        raise Failure(f"stopped by {explain(error)} Everything before is kept.", code) from error
    summary.show()
    return FAILED if summary.ends.keys() - {"done"} else 0


class Summary:
    """How the articles of a run ended."""

    def __init__(self) -> None:
        self.ends = Counter[str]()
        self._problems = Counter[str]()
        self._known = 0

    def count(self, outcome: "Outcome", *, is_new: bool = True) -> None:
        """Count one more article, and say on stderr what it lacks."""
        from newslens.corpus.progress import pause_bars

        end, why = "done", ""
        if outcome.error is not None:
            kind = type(outcome.error).__name__
            end, why = f"failed ({kind})", str(outcome.error)
            self._problems[kind] += 1
        elif not outcome.unwrap().complete:
            problems = outcome.unwrap().problems
            end = "incomplete"
            why = "; ".join(["incomplete", *(f"{one.analysis}: {one.message}" for one in problems)])
            self._problems.update({one.kind for one in problems})
        self.ends[end] += 1
        self._known += not is_new
        if why:
            with pause_bars():
                say(f"{outcome.key}: {why}")

    def show(self) -> None:
        """Say how many articles ended how, and what to do about each kind of problem."""
        from newslens.errors import find_advice

        for kind, count in self._problems.most_common():
            say(f"{count} × {kind}: {find_advice(kind)}")
        ends = ", ".join(f"{count} {end}" for end, count in self.ends.most_common())
        known = f"; {self._known} of them in the file already" if self._known else ""
        say(f"{ends or 'no article left to read'}{known}")


def format_estimate(found: "Estimate") -> str:
    """The estimate as aligned lines."""
    cost = "unknown: no price is known" if found.cost_usd is None else f"${found.cost_usd:.6f}"
    rows = {
        "articles": f"{found.articles:,}",
        "unreadable": f"{found.unreadable:,}",
        "in the store": f"{found.stored:,}",
        "requests": f"{found.requests:,}",
        "input tokens": f"{found.input_tokens:,}",
        "output tokens": f"{found.output_tokens:,} ({found.assumption})",
        "cost": cost,
    }
    return "\n".join(f"{name:14} {value}" for name, value in rows.items())
