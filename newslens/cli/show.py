"""`newslens doctor | prompts | codebooks`: what is there and what is missing."""

from pathlib import Path

import click

from newslens.cli.common import FAILED, codebook_of, our_errors


@click.command()
def doctor() -> int:
    """Say what is configured and what is missing, with the fix; never a key."""
    from newslens.doctor import examine

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
    from newslens import prompts as templates

    with our_errors():
        if name:
            click.echo(templates.load(name, directory).text, nl=False)
            return
        for known in templates.names(directory):
            prompt = templates.load(known, directory)
            click.echo(f"{known:16} v{prompt.version:4} {prompt.purpose}")


@click.command()
@click.argument("name", required=False)
@click.option("--prompts", "directory", type=click.Path(file_okay=False, exists=True, path_type=Path))
def codebooks(name: str | None, directory: Path | None) -> None:
    """List the codebooks, or show one by its name or file."""
    from newslens.codebook import available

    folder = directory / "codebooks" if directory else None
    with our_errors():
        if name:
            _showcodebook_of(name, folder)
            return
        for known in available(folder):
            _listcodebook_of(known, folder)


def _listcodebook_of(name: str, folder: Path | None) -> None:
    from newslens.errors import CodebookError

    try:
        book = codebook_of(name, folder)
    except CodebookError as error:  # one broken file does not hide the others
        click.echo(f"{name:20} BROKEN: {error}")
    else:
        click.echo(f"{name:20} v{book.version:4} {len(book.labels):3} labels  {book.title}")


def _showcodebook_of(name: str, folder: Path | None) -> None:
    book = codebook_of(name, folder)
    click.echo(f"{book.title}, version {book.version}\nSource: {book.source}\nLicence: {book.licence}")
    for label in book.labels:
        click.echo(f"\n{label.code} — {label.name}: {label.definition}")
        for rule in label.include:
            click.echo(f"  + {rule}")
        for rule in label.exclude:
            click.echo(f"  - {rule}")
