"""What checking a summary gives: a row for each sentence, with what is wrong in it and what the article says."""

from typing import Literal

from pydantic import Field

from newslens.analyses.findings import Problem, Result, SupportLabel
from newslens.article.spans import SourceText, Span
from newslens.errors import Usage

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
