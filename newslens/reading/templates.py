"""Prompt templates: Markdown with a TOML header and `$placeholders`, ours or the user's.

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
from string import Template

from pydantic import BaseModel, ConfigDict, ValidationError

from newslens.analyses.codebook import find_prompts
from newslens.errors import PromptError

_FENCE = "+++\n"


class Prompt(BaseModel):
    """One template.

    Attributes:
        name: as asked for, equal to the file's name.
        version: the author's; changes when the meaning does.
        purpose: what it is for, for people.
        holes: the placeholders that `fill` wants, exactly those in the text.
        text: Markdown with placeholders.
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
        """Return the text with every placeholder filled; the values are never searched for placeholders themselves.

        Raises:
            PromptError: a placeholder without a value, or a value without a placeholder.
        """
        self.check_holes(frozenset(values), self.name, "the values given")
        return Template(self.text).substitute(values)

    def check_holes(self, found: frozenset[str], where: str, what: str) -> None:
        """Compare placeholders with the declared ones.

        Raises:
            PromptError: they differ.
        """
        for name in sorted(self.holes - found):
            raise PromptError(f"{where}: the hole {name!r} is declared and not in {what}.")
        for name in sorted(found - self.holes):
            raise PromptError(f"{where}: {name!r} is in {what} and no declared hole. Add it to 'holes'.")


def load(name: str, directory: Path | None = None) -> Prompt:
    """Load a template, from the user's directory if it has one of that name, else ours.

    Raises:
        PromptError: no such template, a broken header, or placeholders other than the header's.
    """
    for folder in _list_folders(directory):
        path = folder / f"{name}.md"
        if path.is_file():
            try:
                return parse(path, path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise PromptError(f"{path} cannot be read: {error}. Save it as UTF-8.") from error
    raise PromptError(f"There is no prompt {name!r}. Known: {', '.join(list_names(directory))}.")


def list_names(directory: Path | None = None) -> tuple[str, ...]:
    """List the names of all templates that `load` finds, sorted."""
    return tuple(sorted({path.stem for folder in _list_folders(directory) for path in folder.glob("*.md")}))


def _list_folders(directory: Path | None) -> list[Path]:
    if directory is not None and not directory.is_dir():
        raise PromptError(f"The prompt directory {directory} does not exist.")
    return [folder for folder in (directory, find_prompts()) if folder is not None]


@cache
def parse(path: Path, source: str) -> Prompt:
    """Parse the source of a template file.

    Raises:
        PromptError: the header is broken, or the placeholders are not those of the text.
    """
    before, opening, rest = source.replace("\r\n", "\n").partition(_FENCE)
    head, closing, body = rest.partition("\n" + _FENCE)
    if before or not opening or not closing:
        raise PromptError(f"{path}: start with a TOML header between two lines of +++.")
    try:
        header = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"{path}: the header is not TOML: {error}.") from error
    if "text" in header:
        raise PromptError(f"{path}: 'text' is not a header key; the text stands below the header.")
    try:
        prompt = Prompt.model_validate({**header, "text": body.strip() + "\n"})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise PromptError(f"{path}: {'.'.join(map(str, first['loc'])) or 'header'}: {first['msg']}") from error
    if prompt.name != path.stem:
        raise PromptError(f"{path}: the header's name is {prompt.name!r}; make it {path.stem!r}.")
    template = Template(prompt.text)
    if not template.is_valid():
        raise PromptError(f"{path}: a '$' that opens no hole; write '$$' for a dollar sign.")
    prompt.check_holes(frozenset(template.get_identifiers()), str(path), "the text")
    return prompt
