"""Whether the story carries its headline and the subheadings that claim something, and how the headline calls."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.claims import find_unsupported
from newslens.analyses.findings import (
    Evidence,
    Finding,
    Grounding,
    Label,
    Question,
    Result,
    join_evidence,
    settle_by_number,
)
from newslens.article.spans import SourceText, normalise

Relation = Literal["supported", "overstated", "partially_supported", "contradicted", "not_addressed", "unclear"]
Signal = Literal["exclamation", "question", "all_caps", "curiosity_gap"]
Kind = Literal["headline", "claim", "subheading"]

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
_MOST = 24  # checks of one article; what has more headings is a list
_SHOUTED = 4  # letters; shorter words in capitals are mostly abbreviations
_CURIOUS = re.compile(
    r"\b(?:won['’]?t believe|will not believe|what happen(?:ed|s) next|(?:this is|here['’]?s|here is) (?:why|what|how)"
    r"|the (?:real )?reason|(?:will|might|may) (?:shock|surprise) you|(?:nobody|no one) is talking about"
    r"|one (?:simple )?trick|needs? to know|should know|one thing|find out|can you guess|guess (?:what|who)"
    r"|wait until you see|the truth about|what we know)\b",
    re.IGNORECASE,
)


class RelationLabel(Label[Relation]):
    """What the story does with a headline."""


class Unsupported(Result):
    """A part of a headline that the story does not have in any form.

    Attributes:
        kind: a content word (English only), a name or a number.
        text: as the headline has it.
    """

    kind: Literal["word", "name", "number"]
    text: SourceText


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

    def describe(self) -> str:
        """Say the heading, how it calls, and what of it the story lacks."""
        signals = f"; {', '.join(signal.replace('_', ' ') for signal in self.signals)}" if self.signals else ""
        lacking = ", ".join(f"“{one.text}”" for one in self.unsupported)
        return f"“{self.text}” ({self.kind}{signals}){lacking and f', not in the story: {lacking}'}"

    @model_validator(mode="wrap")
    @classmethod
    def _compare(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Work out signals and unsupported parts, whoever answered."""
        found = handler(data)
        if not isinstance(info.context, Grounding):
            return found
        headline = info.context.sentences.get(0)
        # A claim has the words of its headline: alone, its first word would count for a sentence's.
        whole = headline.text if found.kind == "claim" and headline else found.text
        story = info.context.text
        for heading in [*([headline.text] if headline else ()), found.text]:
            story = story.replace(heading or " ", " ")
        lacking = (Unsupported(**one._asdict()) for one in find_unsupported(whole, story) if one.text in found.text)
        return found.model_copy(update={"signals": find_signals(found.text, story), "unsupported": tuple(lacking)})

    @model_validator(mode="after")
    def _check_evidence(self) -> Self:
        if not self.evidence and self.relation.value not in _BARE:
            raise ValueError(f"{self.relation.value!r} needs at least one sentence of the story as evidence")
        if any(span.sentence == 0 for span in self.evidence):
            raise ValueError("a headline is no evidence for a headline; cite sentences of the story, from 1")
        return self


def find_signals(headline: str, story: str) -> tuple[Signal, ...]:
    """Find how a headline calls for attention; a curiosity gap is known in English only.

    Args:
        headline: in any language.
        story: its text; what it writes in capitals too is an abbreviation and not shouting.
    """
    loud = {word for word in re.findall(r"[^\W\d_]+", headline) if len(word) >= _SHOUTED and word.isupper()}
    signals: dict[Signal, bool] = {
        "exclamation": re.search("[!！¡]", headline) is not None,
        "question": re.search("[?？¿؟]", headline) is not None,
        "all_caps": any(word not in story for word in loud),
        "curiosity_gap": _CURIOUS.search(headline) is not None,
    }
    return tuple(name for name, found in signals.items() if found)


def merge(parts: Sequence[tuple[HeadlineCheck, ...]]) -> tuple[HeadlineCheck, ...]:
    """Make one check for each heading and claim, the headline first; unsupported is what no part has."""
    groups: dict[tuple[str, str], list[HeadlineCheck]] = {}
    for one in (one for part in parts for one in part):
        groups.setdefault((one.kind, normalise(one.text).text), []).append(one)
    merged = []
    for group in groups.values():
        first = min(group, key=lambda check: _PRECEDENCE.index(check.relation.value))
        shared = {
            "unsupported": tuple(one for one in first.unsupported if all(one in check.unsupported for check in group)),
            "signals": tuple(one for one in first.signals if all(one in check.signals for check in group)),
        }
        deciding = [check for check in group if check.relation.value == first.relation.value]
        merged.append(first.model_copy(update={**join_evidence(deciding), **shared}))
    return tuple(sorted(merged, key=lambda check: get_args(Kind).index(check.kind)))


def ask(checks: tuple[HeadlineCheck, ...], _: Reading) -> list[Question]:
    """Ask what the story does with each of them."""
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
    judge=Judgement[tuple[HeadlineCheck, ...]](ask=ask, settle=settle_by_number, evidence=True),
)
"""The analysis that holds the headline and subheadings against the story."""
