"""Whether the story carries its headline and the subheadings that claim something, and how the headline calls."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.claims import find_names, find_unfounded
from newslens.analyses.findings import Evidence, Finding, Grounding, Label, Result, joined, settled
from newslens.analyses.questions import Question
from newslens.article.spans import SourceText, normalise
from newslens.errors import LanguageUnknown
from newslens.offline.headline import Relation, relate, told, unsupported
from newslens.offline.headline_signals import Signal, asserts, signals
from newslens.offline.language import need_english

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
        sentences = info.context.sentences
        story = [span.text for number, span in sorted(sentences.items()) if number]
        # A claim has the words of its headline: alone, its first word would count for a sentence's.
        whole = sentences[0].text if found.kind == "claim" and 0 in sentences else found.text
        lacking = tuple(one for one in _unsupported(whole, story) if one.text in found.text)
        return found.model_copy(update={"signals": signals(found.text, story), "unsupported": lacking})

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if not self.evidence and self.relation.value not in _BARE:
            raise ValueError(f"{self.relation.value!r} needs at least one sentence of the story as evidence")
        if any(span.sentence == 0 for span in self.evidence):
            raise ValueError("a headline is no evidence for a headline; cite sentences of the story, from 1")
        return self


def _unsupported(headline: str, story: Sequence[str]) -> tuple[Unsupported, ...]:
    """Names and numbers in any language, then the other words where the story is English."""
    named = {name.text for name in find_names(headline) if not name.opens}
    lost = find_unfounded([headline], (), "\n".join(story))
    known = [Unsupported(kind="number", text=one) for one in lost if one[0].isdigit()]
    known += [Unsupported(kind="name", text=one) for one in lost if one in named]
    listed = {one.text for one in known}
    words = unsupported(headline, story) if _is_english(None, story) else []
    return (*known, *(Unsupported(kind="word", text=word) for word in dict.fromkeys(words) if word not in listed))


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


def offline(reading: Reading) -> list[dict[str, Any]]:
    """The headline, its claims if it makes several, and the subheadings that claim something.

    In other languages than English the headline is `unclear`, and nothing else is looked at.
    """
    article = reading.article
    story = [span.text for span in article.sentences]
    english = _is_english(article.language, story)
    subheadings = [heading.text for heading in article.headings if asserts(heading.text)] if english else []
    headline = [("headline", article.title)] if article.title else []
    several = list(dict.fromkeys(told(article.title))) if article.title and english else []
    parts = [("claim", text) for text in several] if len(several) > 1 else []
    checked = [*headline, *parts, *(("subheading", text) for text in dict.fromkeys(subheadings))]
    return [_record(kind, text, story, english=english) for kind, text in checked[:_MOST]]


def _record(kind: str, text: str, story: Sequence[str], *, english: bool) -> dict[str, Any]:
    related = relate(text, story if english else ())
    value = related.value if english else "unclear"
    return {
        "text": text,
        "kind": kind,
        "relation": {"value": value, "method": "classical"},
        "evidence": [k + 1 for k in related.sentences],
    }


def _is_english(language: str | None, story: Sequence[str]) -> bool:
    try:
        need_english(HEADLINE.name, language, story)
    except LanguageUnknown:
        return False
    return True


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
    offline=offline,
    judge=Judgement[tuple[HeadlineCheck, ...]](ask=questions, settle=settled, evidence=True),
)
"""The analysis that holds the headline and subheadings against the story."""
