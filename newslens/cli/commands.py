"""All commands, and how each of their ends becomes an exit code."""

import os
import sys

import click

from newslens import __version__
from newslens.cli.analyze import analyze
from newslens.cli.batch import batch
from newslens.cli.common import FAILED, INTERRUPTED, Failure
from newslens.cli.corpus import cache, run
from newslens.cli.show import codebooks, doctor, prompts


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=[analyze, run, batch, cache, doctor, prompts, codebooks],
)
@click.version_option(__version__, prog_name="newslens")
def cli() -> None:
    """Read news articles with evidence: what they say, who stands where, how it is framed, whose voices carry it."""


def ended() -> int:
    """Run the command that was given; its exit code."""
    if sys.stdout is None:  # closed; what is written there must fail, and no other file may take its number
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
        return _unwritten(error)
    return code or 0


def _unwritten(error: OSError) -> int:
    Failure(f"standard output cannot be written: {error.strerror}.", FAILED).show()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python would try again as it ends
    return FAILED
