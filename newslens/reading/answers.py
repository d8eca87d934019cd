"""Ask for one task until the answer fits, at most twice; each analysis ends with a result or with its error."""

import time
from dataclasses import dataclass, field
from math import inf
from typing import Any

from pydantic import ValidationError

from newslens.errors import (
    ConfigurationError,
    DeadlineExceeded,
    InternalError,
    InvalidReply,
    NewslensError,
    Usage,
    contain_bugs,
)
from newslens.llm.exchange import Ask, Request, Response, parse_reply
from newslens.reading.questions import RequestBuilder, Task
from newslens.reading.transcript import sanitize

_TRIES = 2
_GRACE_S = 1.0  # for a client, which can say more about a missed deadline than we can
_MOST_COMPLAINTS, _LONGEST_COMPLAINT = 10, 200  # of one answer; characters


@dataclass(slots=True)
class TaskResult:
    """What came of a task: each analysis is in `results` or in `errors`, never in both.

    Attributes:
        results: validated results by the name of the analysis.
        errors: errors by the name of the analysis.
        mended: analyses whose answer held more than the JSON that was asked for.
        usage: what all requests of the task cost.
        model: name of the model as the server gave it.
    """

    results: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, NewslensError] = field(default_factory=dict)
    mended: set[str] = field(default_factory=set)
    usage: Usage = field(default_factory=Usage)
    model: str | None = None

    def read(self, builder: RequestBuilder, task: Task, text: str) -> dict[str, InvalidReply]:
        """Sort an answer into results and errors; return the errors that another answer may mend."""
        self.errors = {name: error for name, error in self.errors.items() if name not in task.names}
        invalid: dict[str, InvalidReply] = {}
        try:
            parsed = parse_reply(text)
            if not isinstance(parsed.value, dict):
                raise _invalid(("answer with one JSON object",), text)
        except InvalidReply as error:
            invalid = dict.fromkeys(task.names, error)
            self.errors |= invalid
            return invalid
        if parsed.repaired or parsed.value.keys() - set(task.names):
            self.mended.update(task.names)
        for analysis in task.analyses:
            name = analysis.name
            if name not in parsed.value:
                invalid[name] = _invalid((f"the object has no key {name!r}",), text)
                continue
            try:
                self.results[name] = builder.validate(analysis, parsed.value[name], task.citable)
            except ValidationError as error:
                invalid[name] = _invalid(_list_complaints(name, error), text)
            except RecursionError:
                invalid[name] = _invalid((f"{name} is nested too deeply",), text)
            except Exception as error:  # noqa: BLE001 - a result type of the caller's may raise anything
                self.errors[name] = InternalError.caused_by(error)
        self.errors |= invalid
        return invalid


async def run_task(ask: Ask, builder: RequestBuilder, task: Task, *, deadline: float | None = None) -> TaskResult:
    """Ask; keep what fits; ask once more for what does not, saying what was wrong. Errors are kept, not raised."""
    found = TaskResult()
    complaints: tuple[str, ...] = ()
    for _ in range(_TRIES):
        try:
            with contain_bugs():
                response = await _send(ask, builder.build_request(task, complaints=complaints, deadline=deadline))
        except NewslensError as error:
            found.errors |= dict.fromkeys(task.names, error)
            found.usage += getattr(error, "usage", Usage())  # only errors of an exchange have cost anything
            return found
        found.usage += response.usage
        found.model = response.model or found.model
        invalid = found.read(builder, task, response.text)
        if not invalid:
            return found
        task = task.keep(invalid)
        complaints = tuple(line for error in invalid.values() for line in error.errors or (str(error),))
    return found


async def _send(ask: Ask, request: Request) -> Response:
    """Return the response; a client keeps its deadline by itself, this is for an `ask` that does not.

    Raises:
        DeadlineExceeded: there was no response in time.
        ConfigurationError: `ask` returned something else.
    """
    import anyio

    left = inf if request.deadline is None else max(0.0, request.deadline - time.monotonic()) + _GRACE_S
    with anyio.move_on_after(left) as clock:
        response = await ask(request)
    if clock.cancelled_caught:
        raise DeadlineExceeded(f"{request.what!r} got no reply in time. Raise Retry(deadline_s=…).")
    if not isinstance(response, Response):
        kind = type(response).__name__
        raise ConfigurationError(f"ask must return a newslens.llm.exchange.Response, got {kind}. Change ask.")
    return response


def _list_complaints(name: str, error: ValidationError) -> tuple[str, ...]:
    """Say in one short line each what is wrong; it goes into the next prompt, so without line breaks or brackets."""
    lines = []
    for one in error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_COMPLAINTS]:
        place = [part if isinstance(part, int) or part.isidentifier() else "?" for part in one["loc"]]
        lines.append(f"{'.'.join(map(str, [name, *place]))}: {sanitize(one['msg'])}"[:_LONGEST_COMPLAINT])
    return tuple(lines)


def _invalid(complaints: tuple[str, ...], text: str) -> InvalidReply:
    more = f" (and {len(complaints) - 1} more)" if len(complaints) > 1 else ""
    return InvalidReply(f"The answer does not fit: {complaints[0]}{more}.", errors=complaints, raw_text=text)
