"""`newslens doctor | prompts | codebooks`: what is there and what is missing."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newslens.cli.common import FAILED, codebook_of, our_errors

if TYPE_CHECKING:
    from newslens.analyses.codebook import Codebook


@click.command()
def doctor() -> int:
    """Say what is configured and what is missing, with the fix; never a key."""
    from newslens.cli.doctor import examine

    checks = examine()
    for check in checks:
        click.echo(f"{check.state:8} {check.what}: {check.found}")
        if check.fix:
            click.echo(f"{'':8} → {check.fix}")
    return FAILED if any(check.state == "broken" for check in checks) else 0


@click.command()
@click.argument("name", required=False)
@click.option("--prompts", "directory", type=click.Path(file_okay=False, exists=True, path_type=Path))
def prompts(name: str | None, directory: Path | None) -> None:
    """List the prompt templates, or show one."""
    from newslens.reading import templates

    with our_errors():
        if name:
            click.echo(templates.load(name, directory).text, nl=False)
            return
        for known in templates.list_names(directory):
            prompt = templates.load(known, directory)
            click.echo(f"{known:16} v{prompt.version:4} {prompt.purpose}")


_OWN = click.option("--prompts", "directory", type=click.Path(file_okay=False, exists=True, path_type=Path))


@click.group(invoke_without_command=True)
@_OWN
@click.pass_context
def codebooks(context: click.Context, directory: Path | None) -> None:
    """List the codebooks; show or check one."""
    if context.invoked_subcommand is None:
        from newslens.analyses.codebook import list_codebook_names

        folder = _folder(directory)
        for known in list_codebook_names(folder):
            _listed(known, folder)


@codebooks.command()
@click.argument("name")
@_OWN
def show(name: str, directory: Path | None) -> None:
    """Show a codebook by its name or file: labels, definitions, rules."""
    with our_errors():
        book = codebook_of(name, _folder(directory))
    click.echo(f"{book.title}, version {book.version}\nSource: {book.source}\nLicence: {book.licence}")
    for label in book.labels:
        click.echo(f"\n{label.code} — {label.name}: {label.definition}")
        for rule in label.include:
            click.echo(f"  + {rule}")
        for rule in label.exclude:
            click.echo(f"  - {rule}")


@codebooks.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> int:
    """Check codebook files before any call: rules, examples against their own text, cues against the examples."""
    return max(_checked(file) for file in files)


def _checked(file: Path) -> int:
    from newslens.analyses.codebook import Codebook
    from newslens.errors import CodebookError

    try:
        book = Codebook.load(file)
    except CodebookError as error:
        click.echo(f"BROKEN  {error}")
        return FAILED
    examples = sum(len(label.examples) for label in book.labels)
    click.echo(f"ok      {file}: {len(book.labels)} labels, {examples} examples")
    for note in _notes(book):
        click.echo(f"        note: {note}")
    return 0


def _notes(book: "Codebook") -> "Iterator[str]":
    """What works and could work better."""
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


def _folder(directory: Path | None) -> Path | None:
    return directory / "codebooks" if directory else None


def _listed(name: str, folder: Path | None) -> None:
    from newslens.errors import CodebookError

    try:
        book = codebook_of(name, folder)
    except CodebookError as error:  # one broken file does not hide the others
        click.echo(f"{name:20} BROKEN: {error}")
    else:
        click.echo(f"{name:20} v{book.version:4} {len(book.labels):3} labels  {book.title}")
