"""What is asked of a judge about an article, and the distribution that it answers with."""

from collections.abc import Mapping
from dataclasses import dataclass

from newslens.options import Measure


@dataclass(frozen=True, slots=True)
class Question:
    """One question with a closed set of answers about the article at hand.

    Attributes:
        key: tells it apart from the others about the same article ("stances.2").
        text: the question, for somebody who sees the article with its numbered sentences.
        options: each possible value with what it means; two at least. Order carries no meaning.
        only: what may measure it, where the others would cost too much for what it tells; empty: any.
    """

    key: str
    text: str
    options: Mapping[str, str]
    only: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was measured.

    Attributes:
        distribution: probability of every option, summing to 1.
        method: what measured it.
    """

    distribution: Mapping[str, float]
    method: Measure

    @property
    def value(self) -> str:
        """The most probable option; the first of several."""
        return max(self.distribution, key=lambda option: self.distribution[option])


Answers = Mapping[str, Answer]  # by the question's key; a question that was not answered has none
