"""Label sets as data: codebooks in TOML, checked when they are loaded."""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from newslens.errors import CodebookError

RESERVED = ("none", "unclear")
"""Values beside the codes of any codebook: no label fits, and it cannot be told."""

_PACKAGE = Path(__file__).parent.parent
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _flatten_cues(cues: Any) -> Any:
    """One table of weights from a list of cues, or from groups: `[[labels.cues]]` with `weight` and `terms`."""
    if not isinstance(cues, list):
        return cues
    if all(isinstance(cue, str) for cue in cues):
        pairs = [(cue, 1.0) for cue in cues]
    else:
        for number, group in enumerate(cues, start=1):
            if not isinstance(group, dict) or set(group) != {"weight", "terms"} or not isinstance(group["terms"], list):
                raise ValueError(f"group {number} of cues must have exactly `weight` (a number) and `terms` (a list)")
        pairs = [(str(term), group["weight"]) for group in cues for term in group["terms"]]
    return dict(pairs)


class Example(BaseModel):
    """A text that the label fits, and the words in it that decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text
    phrase: Text

    @model_validator(mode="after")
    def _check_phrase(self) -> Self:
        if self.phrase not in self.text:
            raise ValueError(f"phrase {self.phrase!r} is not in its text; copy it letter by letter")
        return self


class CodebookLabel(BaseModel):
    """One label: what it means, when it counts, when it does not, and the cues by which the offline reader finds it.

    Attributes:
        code: name in results and answers: lower-case letters, digits and `_`.
        name: display name; defaults to the code.
        definition: one sentence; a model needs it, the offline reader does not.
        include: when it counts; each completes "counts when …".
        exclude: when it does not; each completes "does not count when …".
        examples: texts with the phrase that decides.
        cues: words, phrases, or stems with a trailing `*`, and their weights; in a list, each has weight 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Text
    name: Text = Field(default_factory=lambda data: data.get("code", "").replace("_", " "))
    definition: Text = ""
    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    examples: tuple[Example, ...] = ()
    cues: Annotated[dict[str, Weight], BeforeValidator(_flatten_cues)] = Field(default_factory=dict)

    def __hash__(self) -> int:
        """Hash of the code and its wording; a dictionary of cues has none."""
        return hash((self.code, self.name, self.definition))

    @field_validator("code")
    @classmethod
    def _check_code(cls, code: str) -> str:
        if not _CODE.fullmatch(code):
            raise ValueError(f"code {code!r} must be lower-case letters, digits and _, and begin with a letter")
        if code in RESERVED:
            raise ValueError(f"code {code!r} is reserved; choose another")
        return code

    @field_validator("cues")
    @classmethod
    def _check_cues(cls, cues: dict[str, float]) -> dict[str, float]:
        for cue in cues:
            if not any(character.isalnum() or character in "%$€£¥" for character in cue):
                raise ValueError(f"cue {cue!r} has no word in it; remove it")
            if re.search(r"(?<!\w)\*|\*(?!\s|$)", cue):
                raise ValueError(f"cue {cue!r} has a * that does not end a word; write a stem as 'immigra*'")
        return cues


class Codebook(BaseModel):
    """A set of labels with its source, as content analysts write it down. Only the labels are required.

    Attributes:
        name: its file's name without `.toml`.
        version: raise it when the meaning of a label changes.
        title: display name; defaults to the name.
        source: the work that the labels come from.
        licence: under which the wording of this file may be used.
        note: what a reader of results should know.
        language: of the cues (BCP 47: "en"); None if they fit any. English cues are not looked up in other texts.
        multiple: whether several labels can hold for one article.
        threshold: the lowest score with which the offline reader reports a label (see `newslens.offline.frames`).
        labels: in the order in which they are shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text = "codebook"
    version: Text = "1"
    title: Text = Field(default_factory=lambda data: data.get("name", ""))
    source: str = ""
    licence: str = ""
    note: str = ""
    language: Text | None = None
    multiple: StrictBool = True
    threshold: Weight = 0.25
    labels: tuple[CodebookLabel, ...] = Field(min_length=1)

    @field_validator("labels")
    @classmethod
    def _check_labels(cls, labels: tuple[CodebookLabel, ...]) -> tuple[CodebookLabel, ...]:
        codes = [label.code for label in labels]
        if twice := [code for code in codes if codes.count(code) > 1]:
            raise ValueError(f"code {twice[0]!r} is given to two labels; rename one")
        return labels

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all labels, in the codebook's order, without `none` and `unclear`."""
        return tuple(label.code for label in self.labels)

    @cached_property
    def sha256(self) -> str:
        """Digest of the codebook's content, whatever the layout and line ends of its file."""
        canonical = json.dumps(self.model_dump(exclude_defaults=True), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002 - frozen
        """A copy with some fields changed, checked again."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**fields, **(update or {})})

    def label(self, code: str) -> CodebookLabel:
        """The label with this code.

        Raises:
            KeyError: there is none.
        """
        return {label.code: label for label in self.labels}[code]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a codebook file; without a name of its own it gets the file's.

        Raises:
            CodebookError: the file cannot be read, is not TOML, or breaks a rule; every fault with its place.
        """
        try:
            data = tomllib.loads(Path(path).read_bytes().decode())
        except OSError as error:
            raise CodebookError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
        except UnicodeDecodeError as error:
            raise CodebookError(f"{path}: is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            raise CodebookError(f"{path}: is not TOML: {error}. Fix that line.") from error
        try:
            return cls.model_validate({"name": Path(path).stem, **data})
        except ValidationError as error:
            faults = (_describe_fault(one, data) for one in error.errors(include_url=False))
            raise CodebookError("\n".join(f"{path}: {fault}." for fault in faults)) from error

    @classmethod
    def named(cls, name: str, *, directory: Path | None = None) -> Self:
        """Load a codebook by name, from the caller's directory if it has it, else from the built-in ones.

        Raises:
            CodebookError: no such codebook, or its file breaks a rule.
        """
        for folder in (directory, find_prompts() / "codebooks"):
            path = folder / f"{name}.toml" if folder else None
            if path and _CODE.fullmatch(name) and path.is_file():
                book = cls._load_cached(path, path.stat().st_mtime_ns)
                if book.name != name:
                    raise CodebookError(f"{path}: says name = {book.name!r}. Rename the file or the codebook.")
                return book
        known = ", ".join(list_codebook_names(directory))
        raise CodebookError(f"There is no codebook {name!r}. Choose one of: {known}; or load your own file.")

    @classmethod
    @lru_cache(maxsize=16)  # every article asks for the same few; an edited file has another time
    def _load_cached(cls, path: Path, changed: int) -> Self:  # noqa: ARG003 - part of the cache's key
        return cls.load(path)


def find_prompts() -> Path:
    """Return the directory with `*.md` templates and `codebooks/*.toml`: inside the wheel, else beside the package."""
    inside = _PACKAGE / "_prompts"
    return inside if inside.is_dir() else _PACKAGE.parent / "prompts"


def list_codebook_names(directory: Path | None = None) -> tuple[str, ...]:
    """List the names of all codebooks: the built-in ones and those in the caller's directory, sorted."""
    folders = filter(None, (directory, find_prompts() / "codebooks"))
    return tuple(
        sorted({path.stem for folder in folders for path in folder.glob("*.toml") if _CODE.fullmatch(path.stem)})
    )


def require_codebook(book: Codebook | None) -> Codebook:
    """Return the label set of an analysis that needs one.

    Raises:
        CodebookError: the analysis has none.
    """
    if book is None:
        raise CodebookError("This analysis needs a codebook: replace(analysis, codebook=Codebook.named(…)).")
    return book


def render_codebook(book: Codebook) -> str:
    """Write the codebook for a prompt: one line a label, with its definition and when it counts and does not."""
    lines = []
    for label in book.labels:
        include = f"; counts when {', or '.join(label.include)}" if label.include else ""
        exclude = f"; does not count when {', or '.join(label.exclude)}" if label.exclude else ""
        definition = (label.definition or label.name).rstrip(".")
        lines.append(" ".join(f"{label.code}: {definition}{include}{exclude}.".split()))
    return "\n".join(lines)


def _describe_fault(fault: ErrorDetails, data: Mapping[str, Any]) -> str:
    """Say one fault of a file in a sentence: in which label, what is wrong, what to do."""
    place, key = "", str(fault["loc"][-1]) if fault["loc"] else ""
    owner: type[BaseModel] = Codebook
    match fault["loc"]:
        case ("labels", int(number), *rest):
            label = data["labels"][number]
            code = label.get("code") if isinstance(label, dict) else None
            place = f"label {code or number + 1!r}: "
            owner = Example if "examples" in rest else CodebookLabel
    match fault["type"]:
        case "extra_forbidden":
            close = get_close_matches(key, owner.model_fields, n=1)
            known = ", ".join(owner.model_fields)
            return f"{place}unknown key {key!r}; " + (f"write {close[0]!r}" if close else f"remove it (known: {known})")
        case "missing":
            return f"{place}key {key!r} is missing; add it"
        case "value_error":
            return f"{place}{fault['ctx']['error']}"
        case _:
            return f"{place}{key!r}: {fault['msg']}; correct it"
