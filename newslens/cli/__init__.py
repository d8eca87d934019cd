"""The command line: data on stdout, everything else on stderr.

Exit codes: 0 all done, 1 some articles failed or are incomplete, 2 wrong usage or set-up, 130 interrupted.
"""

import sys

import click

from newslens.cli.analyze import analyze
from newslens.cli.batch import batch
from newslens.cli.common import INTERRUPTED, Failure
from newslens.cli.corpus import cache, run
from newslens.cli.show import codebooks, doctor, prompts
from newslens.version import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        code = cli.main(prog_name="newslens", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Abort:
        code = INTERRUPTED
    except Failure as error:
        error.show()
        code = error.code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    sys.exit(code)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=[analyze, run, batch, cache, doctor, prompts, codebooks],
)
@click.version_option(__version__, prog_name="newslens")
def cli() -> None:
    """Read news articles with evidence: what they say, who stands where, how it is framed, whose voices carry it."""
