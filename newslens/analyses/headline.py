"""Whether the story carries its headline and the subheadings that claim something, and how the headline calls."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.findings import Evidence, Finding, Grounding, Label, joined, settled
from newslens.analyses.headline_words import Signal, Unsupported, find_signals, find_unsupported
from newslens.analyses.questions import Question
from newslens.article.spans import SourceText, normalise

Relation = Literal["supported", "overstated", "partially_supported", "contradicted", "not_addressed", "unclear"]

_MEANINGS = {
    "supported": "the story says all of it",
    "overstated": "the story says it in a weaker or less certain way",
    "partially_supported": "the story says a part of it and not the rest",
    "contradicted": "the story says otherwise",
    "not_addressed": "the story says nothing of it",
    "unclear": "it cannot be told, or it only asks",
}
_BARE = frozenset({"not_addressed", "unclear"})  # relations that no sentence has to show
# A long article is read in parts, and the part that carries a headline speaks for those that do not mention it.
_PRECEDENCE = ("contradicted", "supported", "overstated", "partially_supported", "not_addressed", "unclear")
Kind = Literal["headline", "claim", "subheading"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_MOST = 24  # checks of one article; what has more headings is a list


class RelationLabel(Label[Relation]):
    """What the story does with a headline."""


class HeadlineCheck(Finding):
    """A headline, one of several claims that it makes, or a subheading, beside its story.

    Attributes:
        signals: how it calls for attention.
        unsupported: what of it the story does not have: numbers, names, then other words.
    """

    phrases: ClassVar[tuple[str, ...]] = ("text",)

    text: SourceText = Field(description="the headline, claim or subheading, copied exactly")
    kind: Kind = Field(
        description="headline for all of sentence 0, claim for one of several claims in it, subheading for lines with #"
    )
    relation: RelationLabel = Field(description="what the story does with it")
    evidence: Evidence = Field(
        description="numbers of the sentences of the story that decide, never 0; none for not_addressed and unclear"
    )
    signals: tuple[Signal, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()

    def told(self) -> str:
        """The heading with how it calls and what of it the story lacks."""
        signals = f"; {', '.join(signal.replace('_', ' ') for signal in self.signals)}" if self.signals else ""
        lacking = ", ".join(f"“{one.text}”" for one in self.unsupported)
        return f"“{self.text}” ({self.kind}{signals}){lacking and f', not in the story: {lacking}'}"

    @model_validator(mode="wrap")
    @classmethod
    def _compared(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Signals and unsupported parts are computed, whoever answered."""
        found = handler(data)
        if not isinstance(info.context, Grounding):
            return found
        headline = info.context.sentences.get(0)
        # A claim has the words of its headline: alone, its first word would count for a sentence's.
        whole = headline.text if found.kind == "claim" and headline else found.text
        story = info.context.text
        for heading in (headline.text if headline else found.text, found.text):
            story = story.replace(heading, " ")
        lacking = tuple(one for one in find_unsupported(whole, story) if one.text in found.text)
        return found.model_copy(update={"signals": find_signals(found.text, story), "unsupported": lacking})

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if not self.evidence and self.relation.value not in _BARE:
            raise ValueError(f"{self.relation.value!r} needs at least one sentence of the story as evidence")
        if any(span.sentence == 0 for span in self.evidence):
            raise ValueError("a headline is no evidence for a headline; cite sentences of the story, from 1")
        return self


def merge(parts: Sequence[tuple[HeadlineCheck, ...]]) -> tuple[HeadlineCheck, ...]:
    """One check for each heading and claim, the headline first; unsupported is what no part has."""
    groups: dict[tuple[str, str], list[HeadlineCheck]] = {}
    for one in (one for part in parts for one in part):
        groups.setdefault((one.kind, normalise(one.text).text), []).append(one)
    return tuple(sorted(map(_one, groups.values()), key=lambda check: _KINDS.index(check.kind)))


def _one(group: Sequence[HeadlineCheck]) -> HeadlineCheck:
    first = min(group, key=lambda check: _PRECEDENCE.index(check.relation.value))
    deciding = [check for check in group if check.relation.value == first.relation.value]
    lacking = [one for one in first.unsupported if all(one in check.unsupported for check in group)]
    everywhere = [signal for signal in first.signals if all(signal in check.signals for check in group)]
    return first.model_copy(
        update={**joined(deciding), "unsupported": tuple(lacking), "signals": tuple(everywhere)},
    )


def questions(checks: tuple[HeadlineCheck, ...], _: Reading) -> list[Question]:
    """What the story does with each of them."""
    return [
        Question(
            str(number), f"What does the story do with this {check.kind}: {' '.join(check.text.split())}", _MEANINGS
        )
        for number, check in enumerate(checks)
        if check.evidence
    ]


HEADLINE = Analysis[tuple[HeadlineCheck, ...]](
    name="headline",
    title="Whether the story carries its headline",
    result=Annotated[tuple[HeadlineCheck, ...], Field(json_schema_extra={"maxItems": _MOST})],
    prompt="headline",
    merge=merge,
    judge=Judgement[tuple[HeadlineCheck, ...]](ask=questions, settle=settled, evidence=True),
)
"""The analysis that holds the headline and subheadings against the story."""
