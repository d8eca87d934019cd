"""All commands, and how each of their ends becomes an exit code."""

import os
import sys

import click

from newslens import __version__
from newslens.cli.analyze import analyze
from newslens.cli.batch import batch
from newslens.cli.common import FAILED, INTERRUPTED, Failure
from newslens.cli.inspect import cache, codebooks, doctor, prompts
from newslens.cli.run import run


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=[analyze, run, batch, cache, doctor, prompts, codebooks],
)
@click.version_option(__version__, prog_name="newslens")
def cli() -> None:
    """Read news articles with evidence: summary, stances, framing, headline, loaded language, sources."""


def run_command() -> int:
    """Run the given command and return its exit code."""
    if sys.stdout is None:  # closed: writing must fail, and no other file may get its number
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    try:
        code: int | None = cli.main(prog_name="newslens", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return INTERRUPTED
    except Failure as error:
        error.show()
        return error.code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        Failure(f"standard output cannot be written: {error.strerror}.", FAILED).show()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python would try again at exit
        return FAILED
    return code or 0
