"""Ask one question until the answer fits, at most twice; each analysis ends with a result or with its error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from newslens import replies
from newslens.analysis import Analysis
from newslens.errors import InvalidReply, NewslensError
from newslens.exchange import Ask, Reply
from newslens.reading.asking import Asker, Question, complaints
from newslens.usage import Usage

_TRIES = 2


@dataclass(slots=True)
class Answer:
    """What came of a question: every analysis is in `results` or in `errors`, never in both."""

    results: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, NewslensError] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    model: str | None = None

    def fail(self, question: Question, error: NewslensError) -> None:
        """One error for everything that the question asks."""
        self.errors = {analysis.name: error for analysis in question.analyses}
        spent = getattr(error, "usage", None)  # only errors of an exchange have cost anything
        self.usage += spent if spent is not None else Usage()


async def answer(ask: Ask, asker: Asker, question: Question, *, deadline: float | None = None) -> Answer:
    """Ask; keep what fits; ask once more for the rest, saying what was wrong. Our own errors are kept, not raised."""
    got = Answer()
    complaint: tuple[str, ...] = ()
    for _ in range(_TRIES):
        try:
            reply = await ask(asker.request(question, errors=complaint, deadline=deadline))
        except NewslensError as error:
            got.fail(question, error)
            return got
        _sort(got, asker, question, reply)
        if not got.errors:
            return got
        question = question.only(tuple(got.errors))
        complaint = tuple(line for error in got.errors.values() for line in _lines(error))
    return got


def _sort(got: Answer, asker: Asker, question: Question, reply: Reply) -> None:
    got.usage += reply.usage
    got.model = reply.model or got.model
    got.errors = {}
    try:
        value = _object(reply.text)
    except InvalidReply as error:
        got.errors = {analysis.name: error for analysis in question.analyses}
        return
    for analysis in question.analyses:
        try:
            got.results[analysis.name] = _result(asker, question, analysis, value)
        except ValidationError as error:
            got.errors[analysis.name] = _invalid(complaints(analysis.name, error), reply.text)


def _object(text: str) -> Mapping[str, Any]:
    value = replies.parse(text).value
    if not isinstance(value, dict):
        raise InvalidReply("The answer is no JSON object.", errors=("answer with one JSON object",), raw_text=text)
    return value


def _result(asker: Asker, question: Question, analysis: Analysis[Any], value: Mapping[str, Any]) -> Any:
    return asker.result(analysis, value.get(analysis.name), question.citable)


def _invalid(lines: tuple[str, ...], text: str) -> InvalidReply:
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return InvalidReply(f"The answer does not fit: {lines[0]}{more}.", errors=lines, raw_text=text)


def _lines(error: NewslensError) -> tuple[str, ...]:
    return error.errors if isinstance(error, InvalidReply) and error.errors else (str(error),)
