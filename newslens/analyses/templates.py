"""Prompt templates: Markdown with a TOML header and `$holes`, ours or the user's.

A template file looks like this:

    +++
    name = "stance"
    version = "1"
    purpose = "who is for and against what"
    holes = ["targets"]
    +++
    Find each position … $targets

A directory given by the user is searched first, so that one file overrides one of ours.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template as Pattern
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from newslens.analyses import assets
from newslens.errors import PromptError

_FENCE = "+++\n"


class Prompt(BaseModel):
    """One template.

    Attributes:
        name: as asked for, equal to the file's name.
        version: the author's; changes when the meaning does.
        purpose: what it is for, for people.
        holes: the `$names` that `fill` wants, exactly those in the text.
        text: Markdown with holes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    purpose: str
    holes: frozenset[str]
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the text, for provenance."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with every hole filled; the values are never searched for holes themselves.

        Raises:
            PromptError: a hole without a value, or a value without a hole.
        """
        _same_holes(self.name, frozenset(values), self.holes, "the values given")
        return Pattern(self.text).substitute(values)


def load(name: str, directory: Path | None = None) -> Prompt:
    """The template `name`, from the user's directory if it stands there, else ours.

    Raises:
        PromptError: no such template, a broken header, or holes that differ from the header's.
    """
    for folder in _folders(directory):
        if (folder / f"{name}.md").is_file():
            return _read(folder / f"{name}.md")
    raise PromptError(f"There is no prompt {name!r}. Known: {', '.join(names(directory))}.")


def names(directory: Path | None = None) -> tuple[str, ...]:
    """Names of all templates that `load` finds, sorted."""
    return tuple(sorted({path.stem for folder in _folders(directory) for path in folder.glob("*.md")}))


def _folders(directory: Path | None) -> list[Path]:
    if directory is not None and not directory.is_dir():
        raise PromptError(f"The prompt directory {directory} does not exist.")
    return [folder for folder in (directory, assets.root()) if folder is not None]


def _read(path: Path) -> Prompt:
    try:
        return _parse(path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path} cannot be read: {error}. Save it as UTF-8.") from error


@cache
def _parse(path: Path, source: str) -> Prompt:
    header, body = _split(path, source)
    if "text" in header:
        raise PromptError(f"{path}: 'text' is not a header key; the text stands below the header.")
    try:
        prompt = Prompt.model_validate({**header, "text": body})
    except ValidationError as error:
        raise PromptError(f"{path}: {_first_error(error)}") from error
    if prompt.name != path.stem:
        raise PromptError(f"{path}: the header's name is {prompt.name!r}; make it {path.stem!r}.")
    _same_holes(str(path), _holes_in(path, body), prompt.holes, "the text")
    return prompt


def _split(path: Path, source: str) -> tuple[dict[str, Any], str]:
    source = source.replace("\r\n", "\n")
    before, opening, rest = source.partition(_FENCE)
    header, closing, body = rest.partition("\n" + _FENCE)
    if before or not opening or not closing:
        raise PromptError(f"{path}: start with a TOML header between two lines of +++.")
    try:
        return tomllib.loads(header), body.strip() + "\n"
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"{path}: the header is not TOML: {error}.") from error


def _holes_in(path: Path, body: str) -> frozenset[str]:
    pattern = Pattern(body)
    if not pattern.is_valid():
        raise PromptError(f"{path}: a '$' that opens no hole; write '$$' for a dollar sign.")
    return frozenset(pattern.get_identifiers())


def _same_holes(where: str, found: frozenset[str], declared: frozenset[str], what: str) -> None:
    missing, surplus = sorted(declared - found), sorted(found - declared)
    if missing:
        raise PromptError(f"{where}: the hole {missing[0]!r} is declared and not in {what}.")
    if surplus:
        raise PromptError(f"{where}: {surplus[0]!r} is in {what} and no declared hole. Add it to 'holes'.")


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'header'}: {first['msg']}"
