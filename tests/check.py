"""Everything that has to hold, in one run: format, lint, types, imports, tests. The same for people and for CI."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STEPS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
    ("pytest", "-m", "", "--hypothesis-profile=ci"),  # the same examples each time; a plain `pytest` looks for new ones
)


def main() -> int:
    """Run each step, all of them even if one fails; pytest comes last, and the exit code tells of all."""
    failed = [step for step in STEPS if not passes(step)]
    return 1 if failed else 0


def passes(step: tuple[str, ...]) -> bool:
    """Run one tool of this environment in the project's directory."""
    tool = Path(sys.executable).with_name(step[0])
    print(f"== {' '.join(step)}", flush=True)  # noqa: T201 - says which tool the lines below come from
    done = subprocess.run([tool, *step[1:]], cwd=ROOT, check=False)
    if done.returncode:
        print(f"== {step[0]} FAILED", flush=True)  # noqa: T201 - likewise
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
