"""What came of asking a judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from newslens.analyses.questions import Answer
from newslens.errors import InvalidReply, NewslensError, Usage
from newslens.llm.exchange import Response


@dataclass(slots=True)
class Verdict:
    """Answers by key; a question that was refused, not understood or not answered has none.

    Attributes:
        answers: what was measured.
        usage: of all requests.
        errors: what went wrong, the first of each kind.
        model: who judged, as the server names it.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    errors: list[NewslensError] = field(default_factory=list)
    model: str | None = None

    def spend(self, reply: Response) -> None:
        """Book what a reply cost."""
        self.usage += reply.usage
        self.model = reply.model or self.model

    def fail(self, error: NewslensError) -> None:
        """Book an error, and what it cost."""
        self.usage += getattr(error, "usage", None) or Usage()
        if not any(type(known) is type(error) for known in self.errors):
            self.errors.append(error)

    def unreadable(self, keys: Sequence[str]) -> None:
        """Book answers that are no distribution over what was asked."""
        if keys:
            said = f"{len(keys)} answers of the judge are no distribution over the options."
            self.fail(InvalidReply(said, usage=Usage()))  # what the reply cost is booked with it
