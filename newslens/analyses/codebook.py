"""Label sets as data: codebooks in TOML, checked word for word when they are loaded."""

import hashlib
import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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

from newslens.analyses import assets
from newslens.errors import CodebookError
from newslens.offline.frames import cue_problem, cue_steps

RESERVED = ("none", "unclear")
"""Values of their own beside any codebook: no label fits, and it cannot be told."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_DERIVED_WEIGHT = 0.5  # a word of a definition is a guess, half of the weakest cue that somebody chose

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _ungrouped(cues: Any) -> Any:
    """Cues as one table; a file may also give groups, each `[[labels.cues]]` with `weight` and `terms`."""
    if not isinstance(cues, list):
        return cues
    for number, group in enumerate(cues, start=1):
        if not isinstance(group, dict) or set(group) != {"weight", "terms"} or not isinstance(group["terms"], list):
            raise ValueError(f"group {number} of cues needs exactly `weight` (a number) and `terms` (a list)")
    pairs = [(str(term), group["weight"]) for group in cues for term in group["terms"]]
    if twice := _repeated([term for term, _ in pairs]):
        raise ValueError(f"cue {twice!r} stands there twice; keep one")
    return dict(pairs)


class Example(BaseModel):
    """A text that the label fits, and the words in it that decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Text
    phrase: Text

    @model_validator(mode="after")
    def _phrase_stands_in_text(self) -> Self:
        if self.phrase not in self.text:
            raise ValueError(f"phrase {self.phrase!r} does not stand in its text; copy it letter by letter")
        return self


class CodebookLabel(BaseModel):
    """One label: what it means, when it counts, when it does not, and by which terms it may be found.

    Attributes:
        code: name in results and answers: lower-case letters, digits and `_`.
        name: name for people.
        definition: one sentence.
        include: when it counts; each reads on from "counts when …".
        exclude: when it does not; each reads on from "does not count when …".
        examples: texts with the phrase that decides.
        cues: terms and weights for the classical reader: words, phrases, or stems with a trailing `*`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Text
    name: Text
    definition: Text
    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    examples: tuple[Example, ...] = ()
    cues: Annotated[dict[str, Weight], BeforeValidator(_ungrouped)] = Field(default_factory=dict)

    def __hash__(self) -> int:
        """Of what tells it from the others; cues have no hash."""
        return hash((self.code, self.name, self.definition))

    @field_validator("code")
    @classmethod
    def _code_is_usable(cls, code: str) -> str:
        if not _CODE.fullmatch(code):
            raise ValueError(f"code {code!r} is no code; use lower-case letters, digits and _, a letter first")
        if code in RESERVED:
            raise ValueError(f"code {code!r} is reserved: it is a value beside every codebook; choose another")
        return code

    @field_validator("cues")
    @classmethod
    def _cues_can_match(cls, cues: dict[str, float]) -> dict[str, float]:
        if problems := [f"cue {cue!r} {problem}" for cue in cues if (problem := cue_problem(cue))]:
            raise ValueError("; ".join(problems))
        seen: dict[tuple[str, ...], str] = {}
        for cue in cues:
            if (other := seen.setdefault(cue_steps(cue), cue)) != cue:
                raise ValueError(f"cues {other!r} and {cue!r} match the same words; keep one")
        return cues


class Codebook(BaseModel):
    """A set of labels with its source, as content analysts write it down.

    Attributes:
        name: its file's name without `.toml`.
        version: raise it when the meaning of a label changes.
        title: name for people.
        source: the work that the labels come from.
        licence: under which the wording of this file may be used.
        note: what a reader of results should know.
        language: of the cue terms (BCP 47: "en"), None when they fit any; no cue says a thing about another.
        multiple: True when several labels can hold for one article.
        labels: in the order in which they are shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    version: Text
    title: Text
    source: Text
    licence: Text
    note: str = ""
    language: Text | None = None
    multiple: StrictBool
    labels: tuple[CodebookLabel, ...]

    @field_validator("labels")
    @classmethod
    def _labels_are_distinct(cls, labels: tuple[CodebookLabel, ...]) -> tuple[CodebookLabel, ...]:
        if not labels:
            raise ValueError("there are no labels; add at least one [[labels]]")
        if twice := _repeated([label.code for label in labels]):
            raise ValueError(f"code {twice!r} is given to two labels; rename one")
        return labels

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all labels, in the codebook's order, without `none` and `unclear`."""
        return tuple(label.code for label in self.labels)

    @cached_property
    def sha256(self) -> str:
        """Digest of what the codebook says, whatever the layout and line ends of its file."""
        canonical = json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def has_own_cues(self) -> bool:
        """True when the codebook brings cue terms; False when `cues` are guessed from its definitions."""
        return any(label.cues for label in self.labels)

    @cached_property
    def cues(self) -> dict[str, dict[str, float]]:
        """Cue terms and weights of every label; guessed from names and definitions if the book has none."""
        return {label.code: label.cues for label in self.labels} if self.has_own_cues else _derived(self.labels)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:  # noqa: ARG002 - frozen
        """A copy with some fields changed, checked; digest and cues are its own."""
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
        """Read a codebook file.

        Raises:
            CodebookError: the file cannot be read, is not TOML, or breaks a rule; says where and what now.
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
            return cls.model_validate(data)
        except ValidationError as error:
            told = [f"{path}: {_told(detail, data)}." for detail in error.errors(include_url=False)]
            raise CodebookError("\n".join(told)) from error

    @classmethod
    def named(cls, name: str, *, directory: Path | None = None) -> Self:
        """Load a codebook by name, from the caller's directory if it has it, else from the built-in ones.

        Raises:
            CodebookError: no such codebook, or its file breaks a rule.
        """
        for place in _places(directory):
            path = place / f"{name}.toml"
            if _CODE.fullmatch(name) and path.is_file():
                return cls._checked(name, path, path.stat().st_mtime_ns)
        known = ", ".join(available(directory))
        raise CodebookError(f"There is no codebook {name!r}. Choose one of: {known}; or load your own file.")

    @classmethod
    @lru_cache(maxsize=16)  # every article asks for the same few; an edited file has another time
    def _checked(cls, name: str, path: Path, changed: int) -> Self:  # noqa: ARG003 - part of the cache's key
        book = cls.load(path)
        if book.name != name:
            raise CodebookError(f"{path}: says name = {book.name!r}. Rename the file or the codebook.")
        return book


def available(directory: Path | None = None) -> tuple[str, ...]:
    """Names of all codebooks: the built-in ones and those in the caller's directory, sorted."""
    names = {path.stem for place in _places(directory) for path in place.glob("*.toml")}
    return tuple(sorted(name for name in names if _CODE.fullmatch(name)))


def brief(book: Codebook) -> str:
    """The codebook for a prompt: one line a label, with its definition and when it counts and does not."""
    return "\n".join(" ".join(_sentence(label).split()) for label in book.labels)


def _sentence(label: CodebookLabel) -> str:
    include = f"; counts when {', or '.join(label.include)}" if label.include else ""
    exclude = f"; does not count when {', or '.join(label.exclude)}" if label.exclude else ""
    return f"{label.code}: {label.definition.rstrip('.')}{include}{exclude}."


def _places(directory: Path | None) -> Iterator[Path]:
    if directory is not None:
        yield directory
    yield assets.root() / "codebooks"


def _repeated(values: Sequence[str]) -> str | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)


def _derived(labels: Sequence[CodebookLabel]) -> dict[str, dict[str, float]]:
    """Content words of each name and definition that no other label uses: shared words tell nothing apart."""
    words = {label.code: _content_words(f"{label.name} {label.definition}") for label in labels}
    uses = Counter(word for own in words.values() for word in set(own))
    return {code: {word: _DERIVED_WEIGHT for word in own if uses[word] == 1} for code, own in words.items()}


def _content_words(text: str) -> list[str]:
    # Five letters leave out nearly all function words, in any language that has them.
    return list(dict.fromkeys(f"{word}*" for word in re.findall(r"[^\W\d_]{5,}", text.lower())))


def _told(detail: ErrorDetails, data: dict[str, Any]) -> str:
    """One fault as a sentence: in which label, what is wrong, what now."""
    place, key = _place(detail["loc"], data)
    match detail["type"]:
        case "extra_forbidden":
            return f"{place}unknown key {key!r}; {_advice(key, detail['loc'])}"
        case "missing":
            return f"{place}key {key!r} is missing; add it"
        case "value_error":
            return f"{place}{detail['ctx']['error']}"
        case _:
            return f"{place}{key!r}: {detail['msg']}; correct it"


def _place(loc: tuple[int | str, ...], data: dict[str, Any]) -> tuple[str, str]:
    key = str(loc[-1]) if loc else ""
    match loc:
        case ("labels", int(number), *_):
            label = data["labels"][number]
            code = label.get("code") if isinstance(label, dict) else None
            return f"label {code or number + 1!r}: ", key
        case _:
            return "", key


def _advice(key: str, loc: tuple[int | str, ...]) -> str:
    model = Example if "examples" in loc else CodebookLabel if "labels" in loc[:-1] else Codebook
    close = get_close_matches(key, model.model_fields, n=1)
    return f"write {close[0]!r}" if close else f"remove it (known: {', '.join(model.model_fields)})"
