"""Ask one question until the answer fits, at most twice; each analysis ends with a result or with its error."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pydantic import ValidationError

from newslens.errors import DeadlineExceeded, InvalidReply, NewslensError, Usage
from newslens.llm import replies
from newslens.llm.exchange import Ask, Request, Response
from newslens.reading.asking import Asker, Question, complaints

_TRIES = 2
_GRACE_S = 1.0  # for a client to say more about a deadline than we could


@dataclass(slots=True)
class Answer:
    """What came of a question: every analysis is in `results` or in `errors`, never in both.

    Those whose answer held more than the JSON that was asked for are also in `mended`.
    """

    results: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, NewslensError] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)
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
            reply = await _in_time(ask, asker.request(question, errors=complaint, deadline=deadline))
        except NewslensError as error:
            got.fail(question, error)
            return got
        _sort(got, asker, question, reply)
        if not got.errors:
            return got
        question = question.only(tuple(got.errors))
        complaint = tuple(line for error in got.errors.values() for line in _lines(error))
    return got


async def _in_time(ask: Ask, request: Request) -> Response:
    """The reply; a client ends at its deadline by itself, this is for an `ask` that does not.

    Raises:
        DeadlineExceeded: no reply in time.
    """
    import anyio

    left = inf if request.deadline is None else max(0.0, request.deadline - time.monotonic()) + _GRACE_S
    with anyio.move_on_after(left) as clock:
        reply = await ask(request)
    if clock.cancelled_caught:
        raise DeadlineExceeded(f"{request.what!r} got no reply in time. Raise Retry(deadline_s=…).")
    if not isinstance(reply, Response):
        raise TypeError(f"ask has to return a newslens.llm.exchange.Response, not {type(reply).__name__}")
    return reply


def _sort(got: Answer, asker: Asker, question: Question, reply: Response) -> None:
    got.usage += reply.usage
    got.model = reply.model or got.model
    got.errors = {}
    try:
        value, mended = _object(reply.text)
    except InvalidReply as error:
        got.errors = {analysis.name: error for analysis in question.analyses}
        return
    asked = {analysis.name for analysis in question.analyses}
    if mended or value.keys() - asked:
        got.mended |= asked
    for analysis in question.analyses:
        if analysis.name not in value:
            got.errors[analysis.name] = _invalid((f"the object has no key {analysis.name!r}",), reply.text)
            continue
        try:
            got.results[analysis.name] = asker.result(analysis, value[analysis.name], question.citable)
        except ValidationError as error:
            got.errors[analysis.name] = _invalid(complaints(analysis.name, error), reply.text)


def _object(text: str) -> tuple[Mapping[str, Any], bool]:
    """The object, and whether anything had to be taken off around or inside it."""
    parsed = replies.parse(text)
    if not isinstance(parsed.value, dict):
        raise InvalidReply("The answer is no JSON object.", errors=("answer with one JSON object",), raw_text=text)
    return parsed.value, parsed.repaired


def _invalid(lines: tuple[str, ...], text: str) -> InvalidReply:
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return InvalidReply(f"The answer does not fit: {lines[0]}{more}.", errors=lines, raw_text=text)


def _lines(error: NewslensError) -> tuple[str, ...]:
    return error.errors if isinstance(error, InvalidReply) and error.errors else (str(error),)
