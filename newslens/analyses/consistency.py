"""What the article says two ways: names, figures, days, claims, and what it tells twice; not which is right."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from newslens.analyses.analysis import Analysis, Judgement, Reading
from newslens.analyses.findings import Finding, Grounding, settled
from newslens.analyses.questions import Question
from newslens.article.article import Article
from newslens.article.spans import SourceText, Span
from newslens.offline.consistency import conflicts
from newslens.offline.consistency_conflict import Conflict, Place
from newslens.offline.language import in_english

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


def offline(reading: Reading) -> list[dict[str, Any]]:
    """Figures, days, ages and retellings in any language; names, offices and scores in English only; no claims.

    A heading is one of the two places at most: evidence is a sentence.
    """
    article = reading.article
    texts = [span.text for span in article.sentences]
    headings = [heading.text for heading in article.headings]
    found = conflicts(texts, english=in_english(article.language, texts), headings=headings)
    starts = [piece.start for pieces in (article.sentences, article.headings) for piece in pieces]
    return [_record(reading, one, starts) for one in found if one.first.sentence < len(texts)]


def _record(reading: Reading, one: Conflict, starts: Sequence[int]) -> dict[str, Any]:
    """A finding; `starts` are those of the sentences and, behind them, of the headings."""
    places = (_span(reading.article, place, starts[place.sentence]) for place in (one.first, one.second))
    first, second = sorted(places, key=lambda span: span.start)
    cited = [k + 1 for k in (one.first.sentence, one.second.sentence, *one.also)]
    return {
        "kind": one.kind,
        "first": first.text,
        "second": second.text,
        "note": one.note,
        "evidence": [number for number in cited if number <= len(reading.article.sentences)],
        "words": (first, second),
    }


def _span(article: Article, place: Place, start: int) -> Span:
    return article.span(start + place.start, start + place.end)


def questions(_: tuple[Inconsistency, ...], __: Reading) -> tuple[Question, ...]:
    """None: it has no label, and only its evidence is weighed."""
    return ()


CONSISTENCY = Analysis[tuple[Inconsistency, ...]](
    name="consistency",
    title="What it says two ways",
    result=Annotated[tuple[Inconsistency, ...], Field(json_schema_extra={"maxItems": 12})],
    prompt="consistency",
    merge=merge,
    offline=offline,
    judge=Judgement[tuple[Inconsistency, ...]](ask=questions, settle=settled, evidence=True),
)
"""The analysis that holds an article against itself."""
