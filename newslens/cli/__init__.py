"""The command line: data on stdout, everything else on stderr.

Exit codes: 0 all done, 1 some articles failed or are incomplete, 2 wrong usage or set-up, 130 interrupted.
"""

import sys
from typing import Any


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        from newslens.cli.commands import ended  # here, so that a Ctrl-C meets a `try` from the start

        code = ended()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def __getattr__(name: str) -> Any:
    """`cli`, the group of all commands, imported when it is first used."""
    if name != "cli":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from newslens.cli.commands import cli

    return cli
