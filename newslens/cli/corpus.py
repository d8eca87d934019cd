"""`newslens run | cache`: a corpus, restartable, and what is in its store."""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newslens.cli.common import FAILED, lens_of, our_errors, reader_options

if TYPE_CHECKING:
    from newslens.bulk import Outcome, Results
    from newslens.lens import Lens
    from newslens.store import Summary


@click.command()
@click.argument("corpus", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="JSON Lines.")
@click.option("--store", type=click.Path(dir_okay=False, path_type=Path), help="Answers and progress (SQLite).")
@click.option("--retry-failed", is_flag=True, help="Read again what failed or is incomplete.")
@click.option("--text", is_flag=True, help="Keep the articles' texts in the reports.")
@click.option("--concurrency", default=8, show_default=True, type=click.IntRange(min=1), help="Articles at a time.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the corpus.")
@reader_options
def run(  # noqa: PLR0913 - one parameter for each option
    corpus: Path,
    output: Path,
    store: Path | None,
    *,
    retry_failed: bool,
    text: bool,
    concurrency: int,
    encoding: str,
    **settings: Any,
) -> int:
    """Analyse every row of a .jsonl or .csv file; run it again to go on after any end.

    Without --store, a restart goes on where the output ends, but answers of unfinished articles are asked again.
    """
    from newslens.bulk import Results, read
    from newslens.store import Store

    with our_errors():
        kept = Store(store) if store else None
        with lens_of(store=kept, **settings) as lens, Results(output, text=text, drop_failed=retry_failed) as results:
            articles = read(corpus, encoding=encoding)
            return _run(lens, articles, results, concurrency=concurrency, retry_failed=retry_failed)


def _run(lens: "Lens", articles: Any, results: "Results", **options: Any) -> int:
    ends: Counter[str] = Counter()
    for outcome in lens.analyze_many(articles, **options):
        results.write(outcome)
        end, why = _end(outcome)
        ends[end] += 1
        if why:
            click.echo(f"newslens: {outcome.key}: {why}", err=True)
    click.echo(
        "newslens: " + (", ".join(f"{count} {end}" for end, count in ends.most_common()) or "no article"), err=True
    )
    return FAILED if ends.keys() - {"done"} else 0


def _end(outcome: "Outcome") -> tuple[str, str]:
    """How an article ended, and why it is not whole."""
    if outcome.report is None:
        return f"failed ({type(outcome.error).__name__})", str(outcome.error)
    if outcome.report.complete:
        return "done", ""
    missing = "; ".join(f"{one.analysis}: {one.message}" for one in outcome.report.problems)
    return "incomplete", f"incomplete: {missing}"


@click.command()
@click.argument("store", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--export", is_flag=True, help="Every answer as one JSON line.")
@click.option("--prune", type=click.FloatRange(min=0), metavar="DAYS", help="Forget answers older than this.")
def cache(store: Path, *, export: bool, prune: float | None) -> None:
    """Show what a store holds, export it, or prune it."""
    from newslens.store import Store

    with our_errors(), Store(store) as opened:
        if export:
            for row in opened.export():
                click.echo(json.dumps(row, ensure_ascii=False))
        elif prune is not None:
            click.echo(f"{opened.prune(older_than=timedelta(days=prune))} answers forgotten")
        else:
            click.echo(_described(opened.summary()))


def _described(summary: "Summary") -> str:
    spent = summary.usage
    rows = [
        f"{summary.answers} answers, {summary.size:,} bytes",
        f"asked for once: {spent.requests} requests, {spent.input_tokens}+{spent.output_tokens} tokens",
        *(
            f"run {name}: " + ", ".join(f"{n} {state}" for state, n in states.items())
            for name, states in summary.runs.items()
        ),
    ]
    return "\n".join(rows)
