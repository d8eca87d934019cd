"""Whether the sentences that a finding cites carry it: a citation that is there may still not say so."""

from collections.abc import Sequence
from typing import Any

from newslens.analyses.findings import Finding, Label, SupportLabel
from newslens.analyses.questions import Answers, Question

_OPTIONS = {
    "supported": "whoever reads only these sentences would say the same",
    "unsupported": "these sentences do not say so, or say otherwise",
    "unclear": "it cannot be told from them",
}
_HEAD = "evidence."


def questions(result: Any) -> list[Question]:
    """One for each finding that cites something.

    By a decisions endpoint only: log-probabilities and votes would take as many requests again as all labels do.
    """
    found = enumerate(result) if isinstance(result, tuple) else ()
    return [
        Question(f"{_HEAD}{number}", _question(one), _OPTIONS, only=("decision",))
        for number, one in found
        if isinstance(one, Finding) and one.evidence
    ]


def settled(before: Any, result: Any, answers: Answers) -> Any:
    """The result with `supported` as measured, where the finding still says what the judge was asked about."""
    if not answers:
        return result
    asked = tuple(before)
    return tuple(
        one.model_copy(update={"supported": SupportLabel.measured(answers[key])})
        if (key := f"{_HEAD}{number}") in answers and number < len(asked) and _said(asked[number]) == _said(one)
        else one
        for number, one in enumerate(result)
    )


def apart(answers: Answers) -> tuple[Answers, Answers]:
    """The answers about labels, and those about evidence."""
    weighed = {key: answer for key, answer in answers.items() if key.startswith(_HEAD)}
    return {key: answer for key, answer in answers.items() if key not in weighed}, weighed


def _question(one: Finding) -> str:
    cited = ", ".join(str(span.sentence) if span.sentence else "the headline" for span in one.evidence)
    return f"Taken alone, do the article's sentences {cited} show this: {_said(one)}"


def _said(one: Finding) -> str:
    labels: Sequence[Any] = [getattr(one, name) for name in type(one).labels()[:1]]
    value = next((label.value for label in labels if isinstance(label, Label)), "")
    return f"{one.told()}{value and f': {value}'}"
