"""The command line: data on stdout, everything else on stderr.

Exit codes: 0 success, 1 some articles failed or are incomplete, 2 wrong usage or configuration, 130 interrupted.
"""

import sys
from typing import Any


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        from newslens.cli.main import run_command  # here, so that a Ctrl-C during the imports is caught

        code = run_command()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def __getattr__(name: str) -> Any:
    """Import `cli`, the group of all commands, when it is first used."""
    if name != "cli":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from newslens.cli.main import cli

    return cli
