"""What the article tells of its main event (who, what, when, where, why, how), and what its sentences are made of.

And what it says two ways. Both need a model.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self, get_args

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, ValidationInfo, WithJsonSchema, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.findings import Finding, Grounding, Question, Result, settle_by_number
from newslens.article.spans import SourceText

QuestionWord = Literal["who", "what", "when", "where", "why", "how"]
Role = Literal["fact", "speech", "evaluation", "background"]

QUESTIONS: tuple[QuestionWord, ...] = get_args(QuestionWord)
ROLES: tuple[Role, ...] = get_args(Role)

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+(?:['’.,-][^\W_{_IDEOGRAPHS}]+)*")


class Circumstance(Finding):
    """The answer to one of the questions 5W1H about the main event (Giveme5W1H: Hamborg, Breitinger and Gipp 2019).

    `words` is the span of `text`; one that does not stand in its evidence leaves `grounded=False`.
    """

    question: QuestionWord = Field(description="who acts, what is done or happens, when, where, why, how; each once")
    text: SourceText = Field(description="the shortest words that answer, copied exactly from one sentence")

    def describe(self) -> str:
        """Say the question and the words that answer it."""
        return f"{self.question}: “{self.text}”"

    @model_validator(mode="wrap")
    @classmethod
    def _locate(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found = handler(data)
        if not isinstance(info.context, Grounding):
            return found
        if not found.text.strip():
            raise ValueError(f"{found.question!r} has no words; leave out a question that the article does not answer")
        places = (span.find(found.text) for span in found.evidence)
        return found if found.words else found.place([(found.text, next(filter(None, places), None))])


class SentenceRole(Result):
    """What one sentence does.

    Attributes:
        sentence: its number, as in `Span.sentence`.
        role: `speech`, `evaluation`, `background`, or `fact` for what is none of them.
        words: how many it has; in scripts without spaces each ideograph is one.
    """

    sentence: int = Field(ge=1)
    role: Role
    words: int = Field(ge=0)


class RoleNumbers(Result):
    """How a model tells the roles: the sentences that are not fact, by number.

    That is the cheapest way and leaves no sentence out: over the English seeds 880 tokens of answer, where a word for
    each sentence takes 1,836, ranges 2,114 (speech comes in ones and twos) and an object for each sentence 7,360.
    """

    speech: frozenset[int] = Field(description="sentences that are mostly what somebody said, wrote or thinks")
    evaluation: frozenset[int] = Field(description="sentences in which the article itself judges or demands")
    background: frozenset[int] = Field(description="sentences about a time before the news, or a lasting state")

    def role(self, number: int) -> Role:
        """The role of a sentence; of several, the first of speech, evaluation, background."""
        named: tuple[Role, ...] = ("speech", "evaluation", "background")
        return next((role for role in named if number in getattr(self, role)), "fact")


def _assign_roles(value: Any, info: ValidationInfo) -> Any:
    """Give a role to every sentence that was shown; a number that is no sentence of the story changes nothing."""
    if not isinstance(info.context, Grounding):
        return value
    told = RoleNumbers.model_validate(value)
    return [
        SentenceRole(sentence=number, role=told.role(number), words=len(_WORD.findall(span.text)))
        for number, span in sorted(info.context.sentences.items())
        if number
    ]


Roles = Annotated[
    tuple[SentenceRole, ...],
    BeforeValidator(_assign_roles),
    WithJsonSchema(RoleNumbers.model_json_schema(), mode="validation"),
]


class Share(NamedTuple):
    """The part of an article that has a role, from 0 to 1: of its sentences, and of its words."""

    sentences: float
    words: float


class Structure(Result):
    """The main event in its answers, and every sentence with its role.

    Roles are those of news discourse (van Dijk 1988; Choubey et al. 2020), reduced to four.

    Attributes:
        answers: in the order of `QUESTIONS`; a question that the article does not answer has none.
        roles: one for each sentence, in reading order. A sentence with several has the first of speech,
            evaluation, background.
        method: who told the roles, a model or `classical` rules.
    """

    answers: tuple[Circumstance, ...] = Field(
        description="of the main event; none for what the article does not tell", json_schema_extra={"maxItems": 6}
    )
    roles: Roles = Field(description="numbers of the sentences that are not fact, each once")
    method: Literal["stated", "classical"] = "stated"

    @property
    def missing(self) -> tuple[QuestionWord, ...]:
        """The questions that the article does not answer, as far as was read."""
        answered = {one.question for one in self.answers}
        return tuple(question for question in QUESTIONS if question not in answered)

    @property
    def shares(self) -> dict[Role, Share]:
        """How much of the article each role has; each column sums to 1, or is 0 where there is nothing to count."""
        sentences, words = len(self.roles), sum(one.words for one in self.roles)
        by_role = {role: [one.words for one in self.roles if one.role == role] for role in ROLES}
        return {role: Share(len(of) / (sentences or 1), sum(of) / (words or 1)) for role, of in by_role.items()}

    @model_validator(mode="wrap")
    @classmethod
    def _fill_method(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found = handler(data)
        if not isinstance(info.context, Grounding):
            return found
        if info.context.method == "stated" and "method" in found.model_fields_set:
            raise ValueError("'method' was not asked for")
        return found.model_copy(update={"method": info.context.method})


def merge(parts: Sequence[Structure]) -> Structure:
    """Take for each question the answer of the earliest part that has one, and each sentence as first read."""
    answers: dict[QuestionWord, Circumstance] = {}
    roles: dict[int, SentenceRole] = {}
    for part in parts:
        for one in part.answers:
            answers.setdefault(one.question, one)
        for told in part.roles:
            roles.setdefault(told.sentence, told)
    return Structure(
        answers=tuple(answers[question] for question in QUESTIONS if question in answers),
        roles=tuple(roles[number] for number in sorted(roles)),
        method=parts[0].method,
    )


def describe_shares(structure: Structure) -> str:
    """Say what the sentences are, and the questions without an answer."""
    shares = [f"{share.words:.0%} {role}" for role, share in structure.shares.items() if share.sentences]
    made_of = f"Of its words: {', '.join(shares)}." if shares else ""
    untold = f" Not told: {', '.join(structure.missing)}." if structure.missing else ""
    return f"{made_of}{untold}".strip()


STRUCTURE = Analysis[Structure](
    name="structure",
    overview=describe_shares,
    title="What happened, and what it is made of",
    result=Structure,
    prompt="structure",
    merge=merge,
)
"""The analysis of who, what, when, where, why and how, and of what the sentences are."""


Kind = Literal["name", "number", "date", "retelling", "claim"]


class Inconsistency(Finding):
    """Two places of the article that do not agree, or a thing told twice.

    `words` are the spans of `first` and `second`; one that does not stand in its sentence leaves `grounded=False`.
    """

    prose: ClassVar[tuple[str, ...]] = ("note",)

    kind: Kind = Field(description="name, number, date, retelling (told twice) or claim (a statement and its opposite)")
    first: SourceText = Field(description="the deciding words of the earlier sentence, exactly as they stand there")
    second: SourceText = Field(description="the deciding words of the later sentence, exactly as they stand there")
    note: str = Field(description="what does not agree, in at most twenty words")

    def describe(self) -> str:
        """Show both places, side by side."""
        return f"{self.kind}: “{self.first}” / “{self.second}”{self.note and f' ({self.note})'}"

    @model_validator(mode="wrap")
    @classmethod
    def _locate(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found = handler(data)
        if not isinstance(info.context, Grounding) or found.words:
            return found
        sought = ((found.first, found.evidence[0]), (found.second, found.evidence[-1]))
        return found.place((phrase, sentence.find(phrase)) for phrase, sentence in sought)


def merge_inconsistencies(parts: Sequence[tuple[Inconsistency, ...]]) -> tuple[Inconsistency, ...]:
    """Give each disagreement once, by its kind and its two phrases."""
    found = (one for part in parts for one in part)
    return tuple({(one.kind, one.first, one.second, one.evidence): one for one in found}.values())


def ask_nothing(_: tuple[Inconsistency, ...], __: Reading) -> tuple[Question, ...]:
    """Ask nothing: it has no label, and only its evidence is weighed."""
    return ()


CONSISTENCY = Analysis[tuple[Inconsistency, ...]](
    name="consistency",
    title="What it says two ways",
    result=Annotated[tuple[Inconsistency, ...], Field(json_schema_extra={"maxItems": 12})],
    prompt="consistency",
    merge=merge_inconsistencies,
    judge=Judgement[tuple[Inconsistency, ...]](ask=ask_nothing, settle=settle_by_number, evidence=True),
)
"""The analysis that holds an article against itself."""
