"""`newslens cache | doctor | prompts | codebooks`: what is there, and what is missing."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from newslens.cli.common import FAILED, FOLDER, NEW_FILE, OLD_FILE, load_codebook, print_lines, report_errors

if TYPE_CHECKING:
    from newslens.analyses.codebook import Codebook

_CENTURY = 36_500  # days
_PROMPTS = click.option("--prompts", "directory", type=FOLDER, help="A directory with your own.")
_EXTRAS = {
    "web": ("trafilatura", "HTML pages and URLs"),
    "local": ("xllamacpp", "GGUF files on this machine"),
    "plot": ("altair", "plots"),
}


@click.command()
@click.argument("store", type=OLD_FILE)
@click.option("--export", is_flag=True, help="Print every answer as one JSON line.")
@click.option("--prune", type=click.FloatRange(0, _CENTURY), metavar="DAYS", help="Delete answers older than this.")
def cache(store: Path, *, export: bool, prune: float | None) -> None:
    """Show what a store holds, export it, or prune it."""
    from newslens.llm.store import Store

    if prune is not None and not prune <= _CENTURY:  # NaN, which click's range accepts
        raise click.UsageError(f"--prune takes a number of days, not {prune}.")
    with report_errors(), Store(store) as opened:
        if export:
            for row in opened.export():
                click.echo(json.dumps(row))
        elif prune is not None:
            click.echo(f"{opened.prune(older_than=timedelta(days=prune))} rows deleted")
        else:
            found = opened.summary()
            usage = found.usage
            print_lines(f"{found.answers} answers, {found.size:,} bytes")
            print_lines(f"their cost: {usage.requests} requests, {usage.input_tokens}+{usage.output_tokens} tokens")
            for run, states in found.runs.items():
                print_lines(f"run {run}: " + ", ".join(f"{count} {state}" for state, count in states.items()))


@click.command()
def doctor() -> int:
    """Show what is configured and what is missing, with the fix. No request is sent, and no key is shown."""
    states = set()
    for what, state, found, fix in examine():
        states.add(state)
        print_lines(f"{state:8} {what}: {found}", *([f"{'':8} → {fix}"] if fix else []))
    return FAILED if "broken" in states else 0


def examine() -> Iterator[tuple[str, str, str, str]]:
    """What was examined, its state ("ok", "missing" or "broken"), what was found, and the fix."""
    from newslens import __version__
    from newslens.analyses.codebook import find_prompts, list_codebook_names
    from newslens.errors import ConfigurationError, NewslensError
    from newslens.llm.client import resolve
    from newslens.llm.tokens import encoding
    from newslens.reading import templates

    yield "newslens", "ok", __version__, ""
    try:
        endpoint = resolve(environment=os.environ)
    except ConfigurationError as error:
        yield "reader", "broken", "the environment does not name a reader", str(error)
    else:
        if endpoint.kind == "classical":
            fix = (
                "For OpenAI: export OPENAI_API_KEY=…; for a local server: export NEWSLENS_MODEL=… "
                "OPENAI_BASE_URL=http://localhost:11434/v1; for a model file: newslens analyze --gguf model.gguf"
            )
            yield "reader", "missing", "simple methods, because no model is configured", fix
        else:
            yield "reader", "ok", f"model {endpoint.model} at {endpoint.host}", ""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NEWSLENS_MODEL"):
        value = os.environ.get(name) or "not set; needed only for a model at a server"
        if name.endswith("URL") and "://" in value:
            value = f"host {urlsplit(value).hostname}"  # the URL may contain a password
        yield name, "ok", "set" if name.endswith("KEY") and os.environ.get(name) else value, ""
    try:
        yield "token tables", "ok", f"{encoding().name}, verified, no download needed", ""
    except ConfigurationError as error:
        yield "token tables", "broken", "not usable", str(error)
    try:
        count = len([templates.load(name) for name in templates.list_names()])
        yield "prompts", "ok", f"{count} templates, {len(list_codebook_names())} codebooks", ""
    except NewslensError as error:
        yield "prompts", "broken", str(find_prompts()), str(error)
    for extra, (module, use) in _EXTRAS.items():
        if find_spec(module) is None:
            yield f"extra {extra}", "missing", f"no {use}", f"pip install 'newslens-kit[{extra}]'"
        else:
            yield f"extra {extra}", "ok", use, ""


@click.command()
@click.argument("name", required=False)
@_PROMPTS
def prompts(name: str | None, directory: Path | None) -> None:
    """List the prompt templates, or show one."""
    from newslens.reading import templates

    with report_errors():
        if name:
            click.echo(templates.load(name, directory).text, nl=False)
            return
        for known in templates.list_names(directory):
            prompt = templates.load(known, directory)
            print_lines(f"{known:16} v{prompt.version:4} {prompt.purpose}")


@click.group(invoke_without_command=True)
@_PROMPTS
@click.pass_context
def codebooks(context: click.Context, directory: Path | None) -> None:
    """List the codebooks, or show or check one."""
    from newslens.analyses.codebook import list_codebook_names
    from newslens.errors import CodebookError

    if context.invoked_subcommand is not None:
        return
    for name in list_codebook_names(directory / "codebooks" if directory is not None else None):
        try:
            book = load_codebook(name, directory)
        except CodebookError as error:  # one broken file does not hide the others
            print_lines(f"{name:20} BROKEN: {error}")
        else:
            print_lines(f"{name:20} v{book.version:4} {len(book.labels):3} labels  {book.title}")


@codebooks.command()
@click.argument("name")
@_PROMPTS
def show(name: str, directory: Path | None) -> None:
    """Show a codebook, given by name or file: labels, definitions, rules."""
    with report_errors():
        book = load_codebook(name, directory)
    lines = [f"{book.title}, version {book.version}", f"Source: {book.source}", f"Licence: {book.licence}"]
    for label in book.labels:
        lines += ["", f"{label.code} — {label.name}: {label.definition}"]
        lines += [*(f"  + {rule}" for rule in label.include), *(f"  - {rule}" for rule in label.exclude)]
    print_lines(*lines)


@codebooks.command()
@click.argument("files", nargs=-1, required=True, type=NEW_FILE)
def check(files: tuple[Path, ...]) -> int:
    """Check codebook files before any request: rules, examples against their texts, cues against the examples."""
    from newslens.analyses.codebook import Codebook
    from newslens.errors import CodebookError

    code = 0
    for file in files:
        try:
            book = Codebook.load(file)
        except CodebookError as error:
            print_lines(f"BROKEN  {error}")
            code = FAILED
            continue
        examples = sum(len(label.examples) for label in book.labels)
        print_lines(f"ok      {file}: {len(book.labels)} labels, {examples} examples")
        for note in find_weak_spots(book):
            print_lines(f"        note: {note}")
    return code


def find_weak_spots(book: "Codebook") -> Iterator[str]:
    """What in a valid codebook could be better."""
    from newslens.offline.frames import score_labels

    if not any(label.cues for label in book.labels):
        yield "no label has cues, so the offline reader finds nothing with it"
        return
    for label in book.labels:
        if not label.examples:
            yield f"{label.code} has no example"
        if not label.cues:
            yield f"{label.code} has no cues, so the offline reader never finds it"
        alone = book.model_copy(update={"labels": (label,), "threshold": 0.001})
        for number, example in enumerate(label.examples, 1):
            if label.cues and not score_labels([example.text], alone):
                yield f"{label.code}, example {number}: none of its cues is in it"
