"""What an analysis is: a result type, a prompt, a merge. An ordinary value that anyone can build.

From the result type comes the strict JSON schema that servers accept. Strict mode refuses `default`, string lengths,
`$ref` siblings and tuples, and wants every property required. What the schema cannot express is checked by validation
when the answer comes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import TypeAdapter

from newslens.analyses.codebook import Codebook
from newslens.analyses.findings import Answers, Grounding, Question
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.errors import ConfigurationError

R = TypeVar("R")
Point = tuple[tuple[Span, ...], str]  # what it cites, and its text
Schema = dict[str, Any]

_DEEPEST = 10  # levels that servers accept
_KEPT = frozenset(
    {"type", "enum", "const", "description", "items", "anyOf", "minItems", "maxItems", "minimum", "maximum"}
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the user wants to know.

    Attributes:
        targets: report stances toward these; empty for those that the article has.
        directory: the user's templates, with a folder `codebooks`; searched before ours.
    """

    targets: tuple[str, ...] = ()
    directory: Path | None = None

    def named(self, codebook: str) -> Codebook:
        """Load a codebook by its name, the user's before ours."""
        return Codebook.named(codebook, directory=self.directory / "codebooks" if self.directory else None)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article with the options that apply to it: the input of offline readers and of questions to a judge.

    Attributes:
        article: the article.
        options: what the user wants to know.
        book: the label set in force; None if the analysis has none.
    """

    article: Article
    options: Options = field(default_factory=Options)
    book: Codebook | None = None


@dataclass(frozen=True)  # no slots, as below
class Reduction(Generic[R]):
    """How the results of several parts become one by asking once more.

    Attributes:
        prompt: name of the template, with the placeholder `points`.
        points: the merged results as lines of text, each with the spans that it cites.
    """

    prompt: str
    points: Callable[[R], Sequence[Point]]


@dataclass(frozen=True)  # no slots, as below
class Judgement(Generic[R]):
    """How the labels of a result get probabilities.

    Attributes:
        ask: the questions that decide its labels; their keys need to be distinct within the result only.
        settle: the result with the labels as answered; a question without an answer leaves its label as it was.
        evidence: each finding of the result is also asked about for its evidence (`Finding.supported`); only for a
            result that is a tuple of findings.
    """

    ask: Callable[[R, Reading], Sequence[Question]]
    settle: Callable[[R, Answers], R]
    evidence: bool = False


def _no_values(_: Options, __: Codebook | None) -> Mapping[str, str]:
    return {}


def _no_overview(_: Any) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)  # slots would break `Analysis[R](…)`: typing sets an attribute on it
class Analysis(Generic[R]):
    """One question to an article.

    Attributes:
        name: key of the reply and name of the report's field; a Python identifier.
        result: type of the result, anything pydantic validates. A model is not asked for fields with a default.
        prompt: name of the template that asks for it.
        values: fills the template's placeholders, out of what the user wants and the label set in force.
        merge: makes one result of those of several parts of a long article, in order.
        offline: gives plain data as a model would answer, without a model; None takes the reader that is built in for
            the prompt, if there is one.
        codebook: the label set or its name, if the analysis has one.
        reduce: asks once more for one result out of the merged ones; None if `merge` is enough.
        judge: how its labels get probabilities; None if it has none to measure.
        title: what it asks, in a few words, above its findings; empty for its name.
        overview: says its result as a whole, in a line or a paragraph below its findings; empty for nothing more.
    """

    name: str
    result: Any
    prompt: str
    merge: Callable[[Sequence[R]], R]
    offline: Callable[[Reading], Any] | None = None
    values: Callable[[Options, Codebook | None], Mapping[str, str]] = _no_values
    codebook: Codebook | str | None = None
    reduce: Reduction[R] | None = None
    judge: Judgement[R] | None = None
    title: str = ""
    overview: Callable[[R], str] = _no_overview

    def __repr__(self) -> str:
        return f"Analysis({self.name!r})"

    def book(self, options: Options) -> Codebook | None:
        """Return the label set in force, None if there is none; a named one is looked for in the user's directory."""
        return options.named(self.codebook) if isinstance(self.codebook, str) else self.codebook

    def build_schema(self, options: Options) -> Schema:
        """Build the strict schema of its result, with the codes of its label set.

        Raises:
            ConfigurationError: the result type has something that no strict schema can express.
        """
        book = self.book(options)
        return build_schema(self.result, book.codes if book else ())

    def validate(
        self,
        data: Any,
        *,
        options: Options,
        sentences: Mapping[int, Span],
        text: str,
        method: Literal["stated", "classical"] = "stated",
    ) -> R:
        """Make a result of plain data; sentence numbers become spans.

        Args:
            data: what a model or an offline reader gives.
            options: what the user wanted.
            sentences: the spans that may be cited, by number.
            text: the whole article, which must contain names, numbers and quotations of the data.
            method: who wrote the data.

        Raises:
            pydantic.ValidationError: the data does not fit the result type.
        """
        book, given = self.book(options), frozenset(options.targets)
        grounding = Grounding(sentences, text, codes=book.codes if book else (), given=given, method=method)
        result: R = adapter(self.result).validate_python(data, context=grounding)
        return result


@lru_cache(maxsize=256)  # each codebook of a user's is a type of its own
def adapter(result: Any) -> TypeAdapter[Any]:
    """Return the validator of a result type, built once."""
    return TypeAdapter(result)


@lru_cache(maxsize=256)
def build_schema(result: Any, codes: tuple[str, ...] = ()) -> Schema:  # noqa: C901 - one rule after another
    """Build the strict schema of a result type: no references, no defaults, codebook codes as an enum.

    Raises:
        ConfigurationError: the type has something that no strict schema can express.
    """
    whole = adapter(result).json_schema(mode="validation")
    definitions = whole.get("$defs", {})

    def refuse(place: str, why: str) -> ConfigurationError:
        return ConfigurationError(f"{place} {why}. A strict schema cannot say it, and no server would take it.")

    def build(node: Schema, place: str) -> Schema:
        if place.count(".") > _DEEPEST:
            raise refuse(place, "is nested too deeply, or in itself")
        if "$ref" in node:
            target = definitions[node["$ref"].removeprefix("#/$defs/")]
            return build({**target, **{key: value for key, value in node.items() if key != "$ref"}}, place)
        kept = {key: value for key, value in node.items() if key in _KEPT}
        if node.get("codebook"):
            kept["enum"] = list(codes)
        if kept.get("items"):
            kept["items"] = build(kept["items"], f"{place}.items")
        if options := node.get("anyOf") or node.get("oneOf"):
            kept["anyOf"] = [build(one, f"{place}.option") for one in options]
        if "properties" in node:  # those with a default are ours to fill
            required = [name for name in node["properties"] if name in node.get("required", ())]
            parts = {name: build(node["properties"][name], f"{place}.{name}") for name in required}
            kept.update(compose_schemas(parts))
        if not kept.keys() & {"type", "anyOf"}:
            raise refuse(place, "has no type")
        if kept.get("type") == "object" and "properties" not in kept:
            raise refuse(place, "is a mapping with free keys; use a list of models")
        if kept.get("type") == "array" and not kept.get("items"):
            raise refuse(place, "is a tuple of fixed places or an untyped list; use a model or list[X]")
        return kept

    return build(whole, "result")


def compose_schemas(parts: Mapping[str, Schema]) -> Schema:
    """Return the schema of one object with a property for each named part."""
    return {"type": "object", "properties": dict(parts), "required": list(parts), "additionalProperties": False}
