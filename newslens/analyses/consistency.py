"""What the article says two ways: names, figures, days, claims, and what it tells twice; not which is right."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.findings import Finding, Grounding, settled
from newslens.analyses.questions import Question
from newslens.article.spans import SourceText

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

    def told(self) -> str:
        """Both places, side by side."""
        return f"{self.kind}: “{self.first}” / “{self.second}”{self.note and f' ({self.note})'}"

    @model_validator(mode="wrap")
    @classmethod
    def _pointed(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found = handler(data)
        if not isinstance(info.context, Grounding) or found.words:
            return found
        sought = ((found.first, found.evidence[0]), (found.second, found.evidence[-1]))
        places = [(phrase, sentence.find(phrase)) for phrase, sentence in sought]
        lost = tuple(phrase for phrase, place in places if place is None)
        words = tuple(place for _, place in places if place is not None)
        missing = (*found.missing, *lost)
        return found.model_copy(update={"words": words, "missing": missing, "grounded": not missing})


def merge(parts: Sequence[tuple[Inconsistency, ...]]) -> tuple[Inconsistency, ...]:
    """Each disagreement once, by its kind and its two phrases."""
    found = (one for part in parts for one in part)
    return tuple({(one.kind, one.first, one.second, one.evidence): one for one in found}.values())


def questions(_: tuple[Inconsistency, ...], __: Reading) -> tuple[Question, ...]:
    """None: it has no label, and only its evidence is weighed."""
    return ()


CONSISTENCY = Analysis[tuple[Inconsistency, ...]](
    name="consistency",
    title="What it says two ways",
    result=Annotated[tuple[Inconsistency, ...], Field(json_schema_extra={"maxItems": 12})],
    prompt="consistency",
    merge=merge,
    judge=Judgement[tuple[Inconsistency, ...]](ask=questions, settle=settled, evidence=True),
)
"""The analysis that holds an article against itself."""
