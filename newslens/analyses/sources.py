"""Who is heard: every attribution of the article, with its source, its words and what kind of source it is."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.findings import Evidence, Finding, Grounding, Label, settled
from newslens.analyses.questions import Question
from newslens.analyses.sources_located import located
from newslens.article.spans import SourceText, Span, normalise
from newslens.offline.language import need_english
from newslens.offline.sources import Sourced, sourced
from newslens.offline.sources_kind import Source, SourceClass

Quote = Literal["direct", "indirect", "mixed"]

_SHOWN = 3  # words of `opens` and of `closes`
_MEANINGS = {
    "named_person": "a person whose name the article gives",
    "named_organisation": "an organisation, authority, company or state that the article names",
    "described": "a person or group told by role or kind, without a name: police, the mayor, U.S. officials",
    "anonymous": "somebody known to the writer whose name is kept back: a source, people familiar with the matter",
    "vague_collective": "nobody in particular: critics, experts, many, others",
    "other_media": "a newspaper, broadcaster, agency or site other than this one",
    "unattributed": "nobody: it is said, reportedly",
}


class SourceLabel(Label[SourceClass]):
    """The class of a source; a class with a name of its own, so that it pickles."""


class Attribution(Finding):
    """Something said or thought, and by whom (PolNeAR: Newell, Margolin and Ruths 2018).

    `words` are the spans of source and cue, `content` those of what is said; one that was not found leaves
    `grounded=False`.
    """

    phrases: ClassVar[tuple[str, ...]] = ("role", "anonymity_reason")

    source: SourceText | None = Field(description="who says it, as the sentence has it; null where nobody is named")
    cue: SourceText = Field(description="the words that attribute it, copied: 'said', 'according to'")
    # Two ends cost a dozen tokens; sentence numbers alone would give a source all of a sentence that it shares.
    opens: SourceText = Field(description="the first three words of what is said, copied")
    closes: SourceText = Field(description="the last three words of what is said, copied")
    source_class: SourceLabel = Field(description="what kind of source it is")
    role: SourceText = Field(description="what the article says that the source is, copied; empty if nothing")
    quote: Quote = Field(description="direct: all of what is said is in quotation marks; mixed: some; indirect: none")
    anonymity_reason: SourceText = Field(description="why the name is kept back, copied; empty if not said")
    evidence: Evidence = Field(min_length=1, description="numbers of the sentences of the attribution")
    at: Span | None = Field(default=None, description="where the source stands; None: nobody is named, or not found")
    content: tuple[Span, ...] = Field(default=(), description="what is said, without source, cue and role")

    def told(self) -> str:
        """Who, by which words, and how much of it is quoted."""
        told = not self.role or self.role in (self.source or "")  # "Mayor Ann Lee" tells hers
        role = "" if told else f" ({self.role})"
        who = f"{self.source or 'nobody named'}{role}"
        why = self.anonymity_reason and f", unnamed {self.anonymity_reason}"
        said = self.opens if self.opens == self.closes else f"{self.opens} … {self.closes}"
        return " ".join(f"{who}, “{self.cue}”: {said} ({self.quote}{why})".split())

    @model_validator(mode="wrap")
    @classmethod
    def _pointed(cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        found = handler(data)
        if not isinstance(info.context, Grounding) or found.words:
            return found
        place = located(found.source, found.cue, found.opens, found.closes, role=found.role, evidence=found.evidence)
        missing = (*found.missing, *place.missing)
        return found.model_copy(
            update={
                "at": place.source,
                "content": place.content,
                "words": place.words,
                "missing": missing,
                "grounded": not missing,
            }
        )

    @model_validator(mode="after")
    def _classed(self) -> Self:
        nobody = self.source is None
        if nobody != (self.source_class.value == "unattributed") and self.source_class.method == "stated":
            raise ValueError("'unattributed' is for a source of null, and for that alone")
        return self

    @classmethod
    def _missing(cls, data: dict[str, Any], grounding: Grounding) -> tuple[str, ...]:
        told = {name: value for name, value in data.items() if name not in cls.phrases or value}
        return super()._missing(told, grounding)


def merge(parts: Sequence[tuple[Attribution, ...]]) -> tuple[Attribution, ...]:
    """Each attribution once, by its source, cue, sentences and first words."""
    found = (one for part in parts for one in part)
    return tuple({(_same(one.source), _same(one.cue), one.evidence, _same(one.opens)): one for one in found}.values())


def _same(phrase: str | None) -> str | None:
    return None if phrase is None else normalise(phrase).text.strip()


def offline(reading: Reading) -> list[dict[str, Any]]:
    """Attributions by verbs of speech and thought, by "according to", in the passive, and hearsay.

    Raises:
        LanguageUnknown: the lexicons are English and the article is not.
    """
    article = reading.article
    texts = [span.text for span in article.sentences]
    need_english(SOURCES.name, article.language, texts)
    found = sourced(
        texts,
        title=article.headline.text if article.headline else None,
        paragraphs=[first - 1 for first, _ in article.paragraphs],
    )
    return [_record(reading, one) for one in found]


def _record(reading: Reading, one: Sourced) -> dict[str, Any]:
    cue = _span(reading, Source(one.sentence, *one.cue))
    source = _span(reading, Source(one.sentence, *one.source)) if one.source else None
    content = tuple(_span(reading, part) for part in one.content)
    return {
        "source": source.text if source else None,
        "cue": cue.text,
        "opens": " ".join(content[0].text.split()[:_SHOWN]),
        "closes": " ".join(content[-1].text.split()[-_SHOWN:]),
        "source_class": {"value": one.source_class, "method": "classical"},
        "role": one.role,
        "quote": one.quote,
        "anonymity_reason": one.anonymity_reason,
        "evidence": [sentence + 1 for sentence in one.told],
        "at": source,
        "content": content,
        "words": tuple(sorted(filter(None, (source, cue)), key=_order)),
    }


def _order(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _span(reading: Reading, place: Source) -> Span:
    start = reading.article.sentences[place.sentence].start
    return reading.article.span(start + place.start, start + place.end)


def questions(found: tuple[Attribution, ...], _: Reading) -> list[Question]:
    """What kind of source each attribution has; where nobody is named, there is nothing to measure."""
    return list(_questions(found))


def _questions(found: tuple[Attribution, ...]) -> Iterator[Question]:
    for number, one in enumerate(found):
        if one.source is not None:
            cited = ", ".join(str(span.sentence) for span in one.evidence)
            text = (
                f"In sentences {cited} something is attributed to {one.source} ({one.cue}): what kind of source is it?"
            )
            yield Question(str(number), text, _MEANINGS)


SOURCES = Analysis[tuple[Attribution, ...]](
    name="sources",
    title="Who is heard",
    result=Annotated[tuple[Attribution, ...], Field(json_schema_extra={"maxItems": 40})],
    prompt="sources",
    merge=merge,
    offline=offline,
    judge=Judgement[tuple[Attribution, ...]](ask=questions, settle=settled),
)
"""The analysis of attributions: who is said to have said what."""
