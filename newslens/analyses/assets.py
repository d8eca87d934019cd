"""Where the prompt templates and codebooks are: inside the wheel, else beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def root() -> Path:
    """Directory with `*.md` templates and `codebooks/*.toml`."""
    inside = _PACKAGE / "_prompts"
    return inside if inside.is_dir() else _PACKAGE.parent / "prompts"
