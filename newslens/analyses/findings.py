"""What every result is made of: evidence that becomes spans, and labels that say how they were measured.

One model serves twice. Asked of a language model, an evidence field is a list of sentence numbers and a label is a
word; validated with a `Grounding` as context, numbers become spans and words become `Label`s. Fields that have a
default are ours to fill: a model is not asked for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from newslens.analyses.claims import find_unfounded
from newslens.article.article import Article
from newslens.article.spans import Span
from newslens.errors import NewslensError
from newslens.options import Measure

Method = Literal["decision", "logprobs", "votes", "stated", "classical"]
Range = tuple[int, int]  # half-open, in code points
L = TypeVar("L", bound=str)

_MOST_SHOWN = 40  # numbers in a message


@dataclass(frozen=True, slots=True)
class Question:
    """One question with a closed set of answers about the article at hand.

    Attributes:
        key: tells it from the others about the same article ("stances.2").
        text: the question, for somebody who sees the article with its numbered sentences.
        options: each possible value with what it means; at least two. Their order has no meaning.
        only: the methods that may measure it, where others would cost too much for what it tells; empty for any.
    """

    key: str
    text: str
    options: Mapping[str, str]
    only: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was measured.

    Attributes:
        distribution: probability of every option, summing to 1.
        method: what measured it.
    """

    distribution: Mapping[str, float]
    method: Measure

    @property
    def value(self) -> str:
        """The most probable option; the first of several."""
        return max(self.distribution, key=lambda option: self.distribution[option])


Answers = Mapping[str, Answer]  # by the question's key; a question that was not answered has none


@dataclass(frozen=True, slots=True)
class Grounding:
    """What an answer is validated against.

    Attributes:
        sentences: the spans that the answer may cite, by number.
        text: the whole article, which must contain names, numbers and quotations of the answer.
        codes: the codebook's codes, if the analysis has a codebook.
        given: phrases of the caller's own (targets), which need not be in the article.
        method: who writes the data: `stated` by a model, which may fill only what it was asked, or `classical`.
    """

    sentences: Mapping[int, Span]
    text: str
    codes: tuple[str, ...] = ()
    given: frozenset[str] = field(default_factory=frozenset)
    method: Literal["stated", "classical"] = "stated"


def _cite(value: Any, info: ValidationInfo) -> Any:
    """Turn a sentence number into its span."""
    if not isinstance(info.context, Grounding):
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("cite a sentence by its number")  # noqa: TRY004 - pydantic collects ValueErrors
    known = sorted(info.context.sentences)
    if value not in info.context.sentences:
        listed = ", ".join(map(str, known[:_MOST_SHOWN])) or "nothing"
        whole = known and known == list(range(known[0], known[-1] + 1))
        raise ValueError(f"there is no sentence {value}; cite only {f'{known[0]}-{known[-1]}' if whole else listed}")
    return info.context.sentences[value]


def _check_code(value: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Grounding) and value not in info.context.codes:
        raise ValueError(f"{value!r} is not a code of the codebook: {', '.join(info.context.codes)}")
    return value


def _sort_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(sorted(dict.fromkeys(spans), key=lambda span: (span.start, span.end)))


Cited = Annotated[
    Span,
    BeforeValidator(_cite),
    WithJsonSchema({"type": "integer", "minimum": 0, "description": "a sentence number"}, mode="validation"),
]
Evidence = Annotated[tuple[Cited, ...], AfterValidator(_sort_spans), Field(json_schema_extra={"maxItems": 8})]
Code = Annotated[str, AfterValidator(_check_code), Field(json_schema_extra={"codebook": True})]


class Result(BaseModel):
    """Base of every result: frozen, and no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Label(Result, Generic[L]):
    """One value out of a closed set, and how sure the measurement is.

    Attributes:
        value: the label; "unclear" and "none" are values of their own.
        probability: of `value`, measured; None when nothing measured it.
        distribution: probability of every value, summing to 1, or None.
        method: what measured it. `stated`: a model named the label and nothing more.
    """

    value: L
    probability: float | None = Field(default=None, ge=0, le=1)
    distribution: dict[str, float] | None = None
    method: Method = "stated"

    @classmethod
    def from_answer(cls, answer: Answer) -> Self:
        """Make the label of a measured answer: its most probable value, with the whole distribution."""
        distribution = dict(answer.distribution)
        measured = {"probability": distribution[answer.value], "distribution": distribution, "method": answer.method}
        return cls.model_validate({"value": answer.value, **measured})

    def __hash__(self) -> int:
        """Hash of all but the distribution, which has none."""
        return hash((self.value, self.probability, self.method))

    @model_validator(mode="before")
    @classmethod
    def _take_word(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(data, str):
            return {"value": data, "method": "stated"}
        if isinstance(info.context, Grounding) and info.context.method == "stated":
            raise ValueError("answer with the label alone; a probability is measured, not told")
        return data

    @model_validator(mode="after")
    def _check_method(self) -> Self:
        if self.method == "stated" and (self.probability is not None or self.distribution is not None):
            raise ValueError("a stated label has no probability: nothing measured it")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Asked of a model, a label is one word out of its set; given to a user, it is all of the fields."""
        schema = handler(core)
        if handler.mode == "serialization":
            return schema
        value: JsonSchemaValue = handler.resolve_ref_schema(schema)["properties"]["value"]
        return value


class Prose(Result):
    """A result with words of a writer's own, checked for names, numbers and quotations that the article lacks.

    Attributes:
        method: `stated` by a model, or `classical`.
        grounded: False when the prose holds something that the article does not.
        missing: those names, numbers and quotations.
    """

    prose: ClassVar[tuple[str, ...]] = ()  # the fields to check
    phrases: ClassVar[tuple[str, ...]] = ()  # fields that must stand in the article as a whole

    method: Literal["stated", "classical"] = "stated"
    grounded: bool = True
    missing: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _ground(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(info.context, Grounding) or not isinstance(data, dict):
            return data
        for name, known in cls.model_fields.items():
            if info.context.method == "stated" and name in data and not known.is_required():
                raise ValueError(f"{name!r} was not asked for")
        missing = cls.find_missing(data, info.context)
        return {**data, "method": info.context.method, "grounded": not missing, "missing": missing}

    @classmethod
    def find_missing(cls, data: dict[str, Any], grounding: Grounding) -> tuple[str, ...]:
        """Find the names, numbers, quotations and whole phrases that the article lacks."""
        extracted = grounding.method == "classical"  # the article's own sentences
        said = [data[name] for name in cls.prose if isinstance(data.get(name), str) and not extracted]
        given = {phrase.casefold() for phrase in grounding.given}
        named = [data[name] for name in cls.phrases if isinstance(data.get(name), str)]
        return find_unfounded(said, [phrase for phrase in named if phrase.casefold() not in given], grounding.text)

    def place(self, found: Iterable[tuple[str, Span | None]]) -> Self:
        """Return the result with the places of copied phrases as its `words`; one without a place is `missing`."""
        places = list(found)
        missing = (*self.missing, *(phrase for phrase, span in places if span is None))
        words = tuple(span for _, span in places if span is not None)
        return self.model_copy(update={"words": words, "missing": missing, "grounded": not missing})


Support = Literal["supported", "unsupported", "unclear"]


class SupportLabel(Label[Support]):
    """Whether what is cited carries what is said."""


class Finding(Prose):
    """A result that points at the words it comes from.

    Attributes:
        evidence: the sentences it rests on, in reading order.
        words: the very words inside the evidence that decided, where the method knows them.
        supported: whether those sentences alone carry it, apart from their being there; None: not measured.
    """

    evidence: Evidence = Field(min_length=1, description="numbers of the sentences that show it")
    words: tuple[Span, ...] = ()
    supported: SupportLabel | None = None

    @classmethod
    def labels(cls) -> tuple[str, ...]:
        """Names of its own fields that are labels; the first is what the views show as the finding's label."""
        own = {name: known.annotation for name, known in cls.model_fields.items() if name not in Finding.model_fields}
        types = {name: get_args(annotation) or (annotation,) for name, annotation in own.items()}
        return tuple(
            name
            for name, some in types.items()
            if any(isinstance(one, type) and issubclass(one, Label) for one in some)
        )

    def describe(self) -> str:
        """Say the finding in one line without its label, as the views show it."""
        own = (getattr(self, name) for name in type(self).model_fields if name not in Finding.model_fields)
        return " · ".join(str(value) for value in own if value and not isinstance(value, Label))

    def relabel(self, answer: Answer) -> Self:
        """Return the finding with its first label as measured."""
        name = self.labels()[0]
        return self.model_copy(update={name: type(getattr(self, name)).from_answer(answer)})

    @property
    def is_there(self) -> bool:
        """False for what was looked for and not found, which no sentence can show."""
        return True


F = TypeVar("F", bound=Finding)


def settle_by_number(findings: tuple[F, ...], answers: Answers) -> tuple[F, ...]:
    """Return the findings with the labels that were measured, where each was asked about by its number, from 0."""
    return tuple(
        one.relabel(answers[str(number)]) if str(number) in answers else one for number, one in enumerate(findings)
    )


def join_evidence(findings: Sequence[Finding]) -> dict[str, Any]:
    """Join evidence, words and gaps of findings that are one, for `model_copy(update=…)`."""
    return {
        "evidence": _sort_spans(tuple(span for finding in findings for span in finding.evidence)),
        "words": _sort_spans(tuple(span for finding in findings for span in finding.words)),
        "grounded": all(finding.grounded for finding in findings),
        "missing": tuple(dict.fromkeys(claim for finding in findings for claim in finding.missing)),
    }


class Problem(Result):
    """Something that is missing from a report, and why.

    Attributes:
        analysis: name of the analysis.
        kind: name of the error class (see `newslens.errors`).
        message: what happened and what to do.
        characters: the part of the text concerned, half-open code-point offsets; None for all of it.
    """

    analysis: str
    kind: str
    message: str
    characters: Range | None = None

    @classmethod
    def of(cls, analysis: str, error: NewslensError, characters: Range | None = None) -> "Problem":
        """Describe an error of newslens's."""
        return cls(analysis=analysis, kind=type(error).__name__, message=str(error), characters=characters)


class Coverage(Result):
    """How much of the text an analysis has read.

    Attributes:
        analysis: name of the analysis.
        status: `done` all of it, `partial` some of it, `failed` nothing; `needs_model`: it has no offline reader.
        analysed: what was read, half-open code-point offsets, in order.
        share: sentences read, as a share of all body sentences.
        mended: an answer held more than the JSON that was asked for, which was taken off: a fence, chatter, other keys.
    """

    analysis: str
    status: Literal["done", "partial", "failed", "needs_model"]
    analysed: tuple[Range, ...]
    share: float
    mended: bool = False

    @classmethod
    def of(cls, analysis: str, article: Article, ranges: Iterable[Range], *, mended: bool = False) -> "Coverage":
        """Measure how many of the article's body sentences some ranges of its text cover."""
        joined: list[Range] = []
        for start, end in sorted(ranges):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        read = sum(any(a <= span.start and span.end <= b for a, b in joined) for span in article.sentences)
        share = read / len(article.sentences)
        status: Literal["done", "partial", "failed"] = "failed" if not joined else "done" if share == 1 else "partial"
        return cls(analysis=analysis, status=status, analysed=tuple(joined), share=round(share, 4), mended=mended)

    @classmethod
    def of_unread(cls, analysis: str) -> "Coverage":
        """Describe the coverage by an analysis that only a model can do."""
        return cls(analysis=analysis, status="needs_model", analysed=(), share=0.0)
