"""What the article says: a short text and key points, each on its sentences."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from newslens.analyses.analysis import Analysis, Judgement, Point, Reading, Reduction
from newslens.analyses.findings import Finding, Prose, SupportLabel
from newslens.analyses.questions import Answers, Question

_SUPPORT = {
    "supported": "everything in the statement is said there",
    "unsupported": "something in the statement is not said there, or is said otherwise",
}


class KeyPoint(Finding):
    """One thing that the article says."""

    prose: ClassVar[tuple[str, ...]] = ("text",)

    text: str = Field(description="one sentence that the cited sentences support by themselves")
    in_article: SupportLabel | None = None  # by the article as a whole; None: not measured

    @classmethod
    def labels(cls) -> tuple[str, ...]:
        """Whether its sentences support it, then whether the article does."""
        return ("supported", "in_article")

    def told(self) -> str:
        """The statement."""
        return self.text


class Summary(Prose):
    """The article in short."""

    prose: ClassVar[tuple[str, ...]] = ("text",)

    text: str = Field(description="two to four sentences, the news first, neutral in wording")
    key_points: tuple[KeyPoint, ...] = Field(
        min_length=1, description="three to seven, most important first", json_schema_extra={"maxItems": 7}
    )


def merge(parts: Sequence[Summary]) -> Summary:
    """All texts in order, all key points in order, none twice."""
    merged = {(point.text, point.evidence): point for part in parts for point in part.key_points}
    return Summary(
        text=" ".join(dict.fromkeys(part.text for part in parts)),
        key_points=tuple(merged.values()),
        method=parts[0].method,
        grounded=all(part.grounded for part in parts),
        missing=tuple(dict.fromkeys(claim for part in parts for claim in part.missing)),
    )


def points(summary: Summary) -> list[Point]:
    """The key points with what they cite."""
    return [(point.evidence, point.text) for point in summary.key_points]


def questions(summary: Summary, _: Reading) -> list[Question]:
    """Whether each key point is said in the sentences that it cites, and whether it is said in the article."""
    asked: list[Question] = []
    for number, point in enumerate(summary.key_points):
        cited = ", ".join(str(span.sentence) for span in point.evidence)
        by_sentences = f"Taken alone, do the article's sentences {cited} support this statement: {point.text}"
        by_article = f"Does the article as a whole support this statement: {point.text}"
        asked += [
            Question(f"{number}.sentences", by_sentences, _SUPPORT),
            Question(f"{number}.article", by_article, _SUPPORT),
        ]
    return asked


def settled(summary: Summary, answers: Answers) -> Summary:
    """The summary with what was measured about its key points."""
    key_points = [
        point.model_copy(
            update={
                field: SupportLabel.measured(answers[key])
                for field, key in (("supported", f"{number}.sentences"), ("in_article", f"{number}.article"))
                if key in answers
            }
        )
        for number, point in enumerate(summary.key_points)
    ]
    return summary.model_copy(update={"key_points": tuple(key_points)})


def overview(summary: Summary) -> str:
    """Its text; extracted sentences stand among the key points already."""
    return "" if summary.method == "classical" else summary.text


SUMMARY = Analysis[Summary](
    name="summary",
    title="What it says",
    overview=overview,
    result=Summary,
    prompt="summary",
    merge=merge,
    reduce=Reduction(prompt="summary-merge", points=points),
    judge=Judgement[Summary](ask=questions, settle=settled),
)
"""The analysis that says what the article says."""
