"""What the article says, in a short text and key points, each on its sentences.

And what comparing any summary with its article gives.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from newslens.analyses.analysis import Analysis, Judgement, Point, Reading, Reduction
from newslens.analyses.findings import Answers, Finding, Problem, Prose, Question, Result, SupportLabel
from newslens.article.spans import SourceText, Span
from newslens.errors import Usage

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

    def describe(self) -> str:
        """Give the statement."""
        return self.text


class Summary(Prose):
    """The article in short."""

    prose: ClassVar[tuple[str, ...]] = ("text",)

    text: str = Field(description="two to four sentences, the news first, neutral in wording")
    key_points: tuple[KeyPoint, ...] = Field(
        min_length=1, description="three to seven, most important first", json_schema_extra={"maxItems": 7}
    )


def merge(parts: Sequence[Summary]) -> Summary:
    """Join all texts and all key points in order, none twice."""
    merged = {(point.text, point.evidence): point for part in parts for point in part.key_points}
    return Summary(
        text=" ".join(dict.fromkeys(part.text for part in parts)),
        key_points=tuple(merged.values()),
        method=parts[0].method,
        grounded=all(part.grounded for part in parts),
        missing=tuple(dict.fromkeys(claim for part in parts for claim in part.missing)),
    )


def list_points(summary: Summary) -> list[Point]:
    """List the key points with what they cite."""
    return [(point.evidence, point.text) for point in summary.key_points]


def ask(summary: Summary, _: Reading) -> list[Question]:
    """Ask whether each key point is said in the sentences that it cites, and whether it is said in the article."""
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


def settle(summary: Summary, answers: Answers) -> Summary:
    """Fill in what was measured about the key points."""
    key_points = []
    for number, point in enumerate(summary.key_points):
        keys = {"supported": f"{number}.sentences", "in_article": f"{number}.article"}
        measured = {name: SupportLabel.from_answer(answers[key]) for name, key in keys.items() if key in answers}
        key_points.append(point.model_copy(update=measured))
    return summary.model_copy(update={"key_points": tuple(key_points)})


def give_text(summary: Summary) -> str:
    """Return its text, unless it was extracted: its sentences are among the key points already."""
    return "" if summary.method == "classical" else summary.text


SUMMARY = Analysis[Summary](
    name="summary",
    title="What it says",
    overview=give_text,
    result=Summary,
    prompt="summary",
    merge=merge,
    reduce=Reduction(prompt="summary-merge", points=list_points),
    judge=Judgement[Summary](ask=ask, settle=settle),
)
"""The analysis that says what the article says."""

FaultKind = Literal["changed_number", "changed_date", "changed_name", "altered_quotation", "negation_flipped"]


class Fault(Result):
    """One way in which a sentence says what the article does not.

    Attributes:
        kind: what was changed; `negation_flipped` means that "not" or the like was added or left out.
        words: where; offsets count the code points of the summary, `sentence` is the row's number.
        expected: what the article has instead, in the article; None where nothing of it can be meant.
    """

    kind: FaultKind
    words: Span
    expected: Span | None = None


class Row(Result):
    """One sentence of the summary.

    Attributes:
        text: the sentence.
        number: from 1.
        supported: `unsupported` where a fault was found; otherwise as a judge measured it, or `unclear` without one.
        evidence: the sentences of the article that it comes from, in reading order; empty when there are none.
        faults: in the order of their words.
    """

    text: SourceText
    number: int = Field(ge=1)
    supported: SupportLabel
    evidence: tuple[Span, ...] = ()
    faults: tuple[Fault, ...] = ()


class Faithfulness(Result):
    """A summary compared with its article, sentence by sentence.

    Attributes:
        rows: one for each sentence, in order.
        usage: what a judge has cost, if there was one.
        problems: what a judge could not do; those rows are as the code found them.
    """

    rows: tuple[Row, ...]
    usage: Usage = Usage()
    problems: tuple[Problem, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong, in order."""
        return tuple(fault for row in self.rows for fault in row.faults)
