"""Whether and how labels are measured: one value, for `Lens(judge=…)`."""

from dataclasses import dataclass
from typing import get_args

from newslens.analyses.questions import Measure
from newslens.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How labels get probabilities.

    By default only a decisions endpoint is asked: one more request an article, and one in all where the server has
    none. Log-probabilities cost two requests for each question (some thirty an article), votes `votes` requests for
    each forty questions; so those are for whoever names them.

    Attributes:
        methods: ways to measure, best first; the first that the server takes is used.
        model: who judges, at the same server; None: who reads.
        votes: how many readings share the vote.
        calibrated: log-probabilities: divide out what the model answers about an empty text (Zhao et al. 2021), at
            twice the requests.
        min_probability: a label less probable becomes `unclear` where its label set has that; its distribution stays.

    Raises:
        ConfigurationError: no method, one that is unknown, fewer than two votes, or a probability that is none.
    """

    methods: tuple[Measure, ...] = ("decision",)
    model: str | None = None
    votes: int = 5
    calibrated: bool = False
    min_probability: float | None = None

    def __post_init__(self) -> None:
        known = get_args(Measure)
        if not isinstance(self.methods, tuple) or not self.methods or not set(self.methods) <= set(known):
            raise ConfigurationError(f"methods is a tuple out of {', '.join(known)}, not {self.methods!r}.")
        if self.votes < 2:  # noqa: PLR2004 - one vote agrees with itself
            raise ConfigurationError(f"votes={self.votes} is no vote. Give two or more.")
        if self.min_probability is not None and not 0 <= self.min_probability <= 1:
            raise ConfigurationError(f"min_probability={self.min_probability} is no probability. Give 0 to 1.")
