"""What checking a summary gives: a row for each sentence, with what is wrong in it and what the article says."""

from typing import Literal

from pydantic import Field

from newslens.analyses.findings import Result, SupportLabel
from newslens.article.spans import SourceText, Span
from newslens.errors import Usage
from newslens.reading.outcome import Problem

FaultKind = Literal[
    "changed_number",
    "changed_date",
    "changed_name",
    "swapped_roles",
    "changed_step",
    "altered_quotation",
    "attribution_lost",
    "attribution_swapped",
    "hedge_dropped",
    "loaded_wording_added",
    "negation_flipped",
]


class Fault(Result):
    """One way in which a sentence says what the article does not (after FRANK: Pagnoni et al. 2021).

    Attributes:
        kind: what was done. `swapped_roles`: who did it to whom is turned round; `attribution_lost`: somebody's
            claim has become a fact; `changed_step`: a plan, an offer or a charge has become the deed;
            `negation_flipped`: also by a word's opposite ("rose", "fell").
        words: where; offsets count the code points of the summary, `sentence` is the row's number.
        expected: what the article says instead, in the article; None where it has nothing of the kind.
    """

    kind: FaultKind
    words: Span
    expected: Span | None = None


class Row(Result):
    """One sentence of the summary.

    Attributes:
        text: the sentence.
        number: from 1.
        supported: `unsupported` when it has a fault, `unclear` when the article has too few of its words to tell, or
            not its deed.
        evidence: the sentences of the article that it rests on, in reading order; empty when there are none.
        faults: in the order of their words.
    """

    text: SourceText
    number: int = Field(ge=1)
    supported: SupportLabel
    evidence: tuple[Span, ...] = ()
    faults: tuple[Fault, ...] = ()


class Faithfulness(Result):
    """A summary held against its article, sentence by sentence.

    Attributes:
        rows: one for each sentence, in order.
        usage: what a judge has cost, if there was one.
        problems: what a judge could not do; the rows are then as the code found them.
    """

    rows: tuple[Row, ...]
    usage: Usage = Usage()
    problems: tuple[Problem, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong, in order."""
        return tuple(fault for row in self.rows for fault in row.faults)
