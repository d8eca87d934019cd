"""The command line run in this process: arguments, standard input and environment in, exit code and bytes out."""

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from newslens.cli.main import run_command

CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI_", "NEWSLENS_"))}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> list[str]:
        return self.stdout.decode().splitlines()

    @property
    def err(self) -> list[str]:
        return self.stderr.decode().splitlines()


def run(*args: str | Path, text: bytes = b"", **environment: str) -> Done:
    """Run a command with a clean environment."""
    buffers = io.BytesIO(text), io.BytesIO(), io.BytesIO()
    stdin, stdout, stderr = (io.TextIOWrapper(buffer, encoding="utf-8") for buffer in buffers)
    with (
        patch.dict(os.environ, {**CLEAN, **environment}, clear=True),
        patch.object(sys, "argv", ["newslens", *map(str, args)]),
        patch.object(sys, "stdin", stdin),
        patch.object(sys, "stdout", stdout),
        patch.object(sys, "stderr", stderr),
    ):
        code = run_command()
    stdout.flush()
    stderr.flush()
    return Done(code, buffers[1].getvalue(), buffers[2].getvalue())
