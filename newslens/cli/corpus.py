"""`newslens run | cache`: a corpus, restartable, and what is in its store."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newslens.cli.common import FAILED, USAGE, Failure, lens_of, our_errors, reader_options

if TYPE_CHECKING:
    from newslens.corpus import Estimate, Outcome, Pages, Results
    from newslens.errors import NewslensError
    from newslens.lens import Lens
    from newslens.llm.store import Store, Summary

_CENTURY = 36_500  # days
_THERE = "of them in the file already"
_FINE = {"done", _THERE}


@click.command()
@click.argument("corpus", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="JSON Lines.")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), help="Answers and progress (SQLite).")
@click.option("--dry-run", is_flag=True, help="Only say how many requests, tokens and dollars it would take.")
@click.option("--retry-failed", is_flag=True, help="Read again what failed or is incomplete.")
@click.option("--html", type=click.Path(file_okay=False, path_type=Path), help="A page for each report, and a list.")
@click.option("--text", is_flag=True, help="Keep the articles' texts in the reports.")
@click.option("--concurrency", default=8, show_default=True, type=click.IntRange(min=1), help="Articles at a time.")
@click.option("--progress/--no-progress", default=None, help="A bar on stderr (default: if it is a terminal).")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the corpus.")
@reader_options
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
    """Analyse every row of a .jsonl, .csv or .parquet file; run it again to go on after any end.

    Without --store, a restart goes on where the output ends, but answers of unfinished articles are asked again.
    """
    from newslens.corpus import Pages, Results, read
    from newslens.corpus.rows import count_rows

    if output is None and not dry_run:
        raise click.UsageError("Name the file for the reports with -o, or ask for the costs only with --dry-run.")
    with our_errors(), _kept(store, dry_run=dry_run) as kept, lens_of(store=kept, **settings) as lens:
        articles = read(corpus, encoding=encoding)
        if output is None or dry_run:
            click.echo(_table(lens.estimate(articles, retry_failed=retry_failed)))
            return 0
        with Results(output, text=text, drop_failed=retry_failed, pipeline=lens.pipeline) as results:
            shown = sys.stderr is not None and sys.stderr.isatty() if progress is None else progress
            options = {"concurrency": concurrency, "retry_failed": retry_failed and kept is not None, "progress": shown}
            left = articles if kept is not None else results.missing(articles)
            kept_pages = Pages(html) if html else None
            code = _run(lens, left, results, kept_pages, total=count_rows(corpus) if shown else None, **options)
        if kept_pages is not None:
            kept_pages.index(output, title=corpus.name)
        return code


@contextmanager
def _kept(store: Path | None, *, dry_run: bool) -> "Iterator[Store | None]":
    """The store, if there is to be one; a dry run makes none."""
    from newslens.llm.store import Store

    with Store(store) if store is not None and (store.exists() or not dry_run) else nullcontext() as kept:
        yield kept


def _run(lens: "Lens", articles: Any, results: "Results", pages: "Pages | None", **options: Any) -> int:
    from newslens.errors import InputError, NewslensError

    ends: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    try:
        for outcome in lens.analyze_many(articles, **options):
            if pages is not None:
                pages.write(outcome)
            kept = results.write(outcome)
            _count(outcome, ends, kinds)
            ends[_THERE] += not kept
    except KeyboardInterrupt:
        _say_ends(ends, kinds)
        click.echo("newslens: interrupted. All above is kept; run the same line again to go on.", err=True)
        raise
    except InputError as error:  # of the corpus as a whole: a row's is an outcome
        if ends:
            _say_ends(ends, kinds)
        raise Failure(str(error), FAILED) from error
    except NewslensError as error:
        _say_ends(ends, kinds)
        raise _stopped(error) from error
    _say_ends(ends, kinds)
    return FAILED if any(ends[end] for end in ends.keys() - _FINE) else 0


def _stopped(error: "NewslensError") -> Failure:
    """What ended the run before its end, and how to go on."""
    from newslens.errors import ConfigurationError

    kind = type(error).__name__
    advice = "" if error.advice in str(error) else f" To go on: {error.advice}"
    message = f"stopped by {kind}: {error} Everything before is kept.{advice}"
    return Failure(message, USAGE if isinstance(error, ConfigurationError) else FAILED)


def _count(outcome: "Outcome", ends: Counter[str], kinds: Counter[str]) -> None:
    from newslens.corpus.progress import pause_bars
    from newslens.report.sanitise import to_one_line

    end, why = ending(outcome)
    ends[end] += 1
    problems = outcome.report.problems if outcome.report is not None else ()
    kinds.update({type(outcome.error).__name__} if outcome.error is not None else {one.kind for one in problems})
    if why:
        with pause_bars():
            click.echo(f"newslens: {to_one_line(outcome.key)}: {to_one_line(why)}", err=True)


def _say_ends(ends: Counter[str], kinds: Counter[str]) -> None:
    from newslens.errors import find_advice

    for kind, count in kinds.most_common():
        click.echo(f"newslens: {count} × {kind}: {find_advice(kind)}", err=True)
    said = ", ".join(f"{count} {end}" for end, count in ends.most_common() if count and end != _THERE)
    there = f"; {ends[_THERE]} {_THERE}" if ends[_THERE] else ""
    click.echo(f"newslens: {said or 'no article left to read'}{there}", err=True)


def ending(outcome: "Outcome") -> tuple[str, str]:
    """How an article ended, and why it is not whole."""
    if outcome.report is None:
        return f"failed ({type(outcome.error).__name__})", str(outcome.error)
    if outcome.report.complete:
        return "done", ""
    missing = "; ".join(f"{one.analysis}: {one.message}" for one in outcome.report.problems)
    return "incomplete", f"incomplete: {missing}"


def _table(found: "Estimate") -> str:
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


@click.command()
@click.argument("store", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--export", is_flag=True, help="Every answer as one JSON line.")
@click.option("--prune", type=click.FloatRange(0, _CENTURY), metavar="DAYS", help="Forget answers older than this.")
def cache(store: Path, *, export: bool, prune: float | None) -> None:
    """Show what a store holds, export it, or prune it."""
    from newslens.llm.store import Store

    if prune is not None and not prune <= _CENTURY:  # NaN, which every range takes
        raise click.UsageError(f"--prune takes a number of days, not {prune}.")
    with our_errors(), Store(store) as opened:
        if export:
            for row in opened.export():
                click.echo(json.dumps(row, ensure_ascii=False))
        elif prune is not None:
            click.echo(f"{opened.prune(older_than=timedelta(days=prune))} answers forgotten")
        else:
            click.echo(_described(opened.summary()))


def _described(summary: "Summary") -> str:
    from newslens.report.sanitise import to_one_line

    spent = summary.usage
    rows = [
        f"{summary.answers} answers, {summary.size:,} bytes",
        f"asked for once: {spent.requests} requests, {spent.input_tokens}+{spent.output_tokens} tokens",
        *(
            f"run {to_one_line(name)}: " + ", ".join(f"{n} {state}" for state, n in states.items())
            for name, states in summary.runs.items()
        ),
    ]
    return "\n".join(rows)
