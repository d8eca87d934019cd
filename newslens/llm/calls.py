"""One question to one server: its attempts, the waits between them, and what they cost in all."""

import uuid
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from newslens.errors import (
    BudgetExceeded,
    DeadlineExceeded,
    InvalidReply,
    MalformedResponse,
    RateLimited,
    Usage,
)
from newslens.llm.connection import Connection, Received
from newslens.llm.exchange import Request, Response
from newslens.llm.faults import REMEDIES, ErrorClass, Fault, GivenUp, Kind, goes_on
from newslens.llm.forms import FORMS
from newslens.llm.gate import Clock, Gate, Sleep, TooLate
from newslens.llm.limits import Sent, Standing
from newslens.llm.money import Account
from newslens.llm.protocol import Answer, estimated
from newslens.llm.replies import parse
from newslens.llm.server import Server
from newslens.options import Retry

if TYPE_CHECKING:
    from tenacity import RetryCallState


class Call:
    """One question. `outcome` sends it until there is a reply or nothing more to try."""

    def __init__(  # noqa: PLR0913 - what the client shares with each of its calls
        self,
        request: Request,
        *,
        model: str,
        connection: Connection,
        server: Server,
        gate: Gate,
        account: Account,
        retry: Retry,
        sleep: Sleep,
        clock: Clock,
    ) -> None:
        self._request = request
        self._model = model
        self._connection = connection
        self._server = server
        self._gate = gate
        self._account = account
        self._retry = retry
        self._sleep = sleep
        self._clock = clock
        self._started = clock()
        self._deadline = request.deadline if request.deadline is not None else self._started + retry.deadline_s
        self._manners = server.manners
        self._id = uuid.uuid4()
        self._ticket = gate.ticket()
        self._form = FORMS[request.wanted]
        self._size = _size(request)
        self._sent: Sent | None = None
        self._faults: list[Fault] = []
        self._usage = Usage()

    async def outcome(self) -> Response | Fault:
        """The reply, or the fault that was one too many."""
        from tenacity import AsyncRetrying, retry_if_result, wait_random_exponential

        self._backoff = wait_random_exponential(self._retry.first_wait_s, self._retry.longest_wait_s)
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=retry_if_result(self._goes_on),
            wait=self._wait,
            stop=self._out_of_time,
            retry_error_callback=_last,
        )
        outcome: Response | Fault = await retrying(self._attempt)
        return outcome

    def given_up(self, fault: Fault) -> GivenUp:
        """The error for the caller, with what all attempts cost."""
        return fault.given_up(
            what=self._request.what,
            attempts=self._usage.requests,
            usage=self._usage,
            elapsed_s=self._clock() - self._started,
        )

    async def _attempt(self) -> Response | Fault:
        if self._clock() >= self._deadline:
            return self._unsent(DeadlineExceeded, "the deadline passed before it was sent")
        prompt, answer = round(self._gate.limits.prompt(self._size)), self._limit()
        reserved = self._account.reserve(input_tokens=prompt, max_output_tokens=answer)
        if reserved is None:
            return self._unsent(BudgetExceeded, "it does not fit into what is left of the budget")
        spent: Usage | None = Usage()
        try:
            sent = await self._gate.enter(self._ticket, self._size, answer, deadline=self._deadline, sleep=self._sleep)
            if isinstance(sent, TooLate):
                return self._too_late(sent)
            spent = None  # whoever cancels it now does not learn what it has cost
            outcome = await self._exchanged(sent)
            spent = outcome.usage if isinstance(outcome, Response) else outcome.spent
        finally:
            self._account.settle(reserved, spent)
        return self._booked(outcome)

    async def _exchanged(self, sent: Sent) -> Response | Fault:
        """One request and what came of it, its tokens, money and seconds included."""
        self._sent = sent
        standing, spent, begun = Standing(), None, self._clock()
        try:
            received = await self._connection.exchange(
                self._form.body(self._request, model=self._model, manners=self._manners, limit=self._limit()),
                idempotency_key=self._id,
                timeout_s=min(self._retry.attempt_timeout_s * 2 ** self._seen(Kind.SLOW), self._deadline - begun),
                path=self._form.path,
            )
            standing = received.standing
            outcome = received if isinstance(received, Fault) else await self._judged(received)
            outcome = self._billed(outcome, seconds=self._clock() - begun)
            spent = outcome.usage if isinstance(outcome, Response) else outcome.spent
        finally:
            self._gate.leave(sent, standing, spent if spent is not None and spent.input_tokens else None)
        return outcome

    def _too_late(self, late: TooLate) -> Fault:
        if late.wait_s is None:
            return self._unsent(DeadlineExceeded, "the deadline passed in the queue")
        said = f"its turn would come in {late.wait_s:.1f} s, after the deadline"
        return replace(self._unsent(RateLimited, said), retry_after_s=late.wait_s)

    def _unsent(self, error: ErrorClass, said: str) -> Fault:
        fault = Fault(Kind.FATAL, error, said)
        self._faults.append(fault)
        return fault

    async def _judged(self, received: Received) -> Response | Fault:
        try:
            answer = self._form.read(received.content)
        except MalformedResponse as error:
            return Fault(
                Kind.GARBLED,
                MalformedResponse,
                str(error),
                status=received.status,
                request_id=received.request_id,
                raw_text=error.raw_text,
            )
        spent = answer.usage if answer.usage is not None else estimated(self._request.messages, answer.text)
        if fault := await self._objection(answer, received):
            return replace(fault, spent=spent, status=received.status, request_id=received.request_id)
        return Response(answer.text, spent, answer.model, received.request_id or answer.id)

    async def _objection(self, answer: Answer, received: Received) -> Fault | None:
        if received.surplus or self._server.gave_before(answer, self._request):
            await received.drop()
            return Fault(Kind.MIXED_UP, MalformedResponse, "the connection gave an answer to another request")
        return self._form.useless(answer, self._request) or self._ignored_schema(answer)

    def _ignored_schema(self, answer: Answer) -> Fault | None:
        """A server may take a schema and not look at it; then the model has never seen it."""
        if self._server.proven or self._request.wanted != "json" or self._manners.form != "json_schema":
            return None
        try:
            parse(answer.text)
        except InvalidReply as error:
            said = "the server ignores the JSON schema"
            return Fault(
                Kind.REFUSED_PARAMETER, InvalidReply, said, raw_text=error.raw_text, parameter="response_format"
            )
        self._server.proven = True
        return None

    def _billed(self, outcome: Response | Fault, *, seconds: float) -> Response | Fault:
        """The outcome with all that this one attempt cost."""
        if isinstance(outcome, Response):
            return replace(outcome, usage=self._bill(outcome.usage, seconds, outcome.model))
        fault = self._completed(outcome)
        return replace(fault, spent=self._bill(fault.spent, seconds))

    def _bill(self, tokens: Usage, seconds: float, answered: str | None = None) -> Usage:
        names = dict.fromkeys((answered or self._model, self._model))  # an answer may name a version without a price
        prices = (self._form.cost(name, self._connection.host, tokens) for name in names)
        price = next((price for price in prices if price is not None), None)
        retries = 1 if self._usage.requests else 0
        return tokens.model_copy(update={"requests": 1, "retries": retries, "seconds": seconds, "cost_usd": price})

    def _booked(self, outcome: Response | Fault) -> Response | Fault:
        """Add the attempt to those before; a reply carries the whole of it."""
        if isinstance(outcome, Response):
            return replace(outcome, usage=self._usage + outcome.usage)
        self._faults.append(outcome)
        self._usage += outcome.spent
        return outcome

    def _completed(self, fault: Fault) -> Fault:
        if fault.kind is Kind.REFUSED_PARAMETER:
            fault = self._asked_differently(fault)
        elif fault.kind in {Kind.SLOW, Kind.CUT_OFF}:
            fault = replace(fault, spent=estimated(self._request.messages))
        return fault

    def _asked_differently(self, fault: Fault) -> Fault:
        instead = self._server.refuses(self._manners, fault.parameter or "")
        if instead is None:
            return replace(fault, kind=Kind.FATAL)
        self._manners = instead
        return fault

    def _limit(self) -> int | None:
        limit = self._request.max_output_tokens
        return None if limit is None else limit * 2 ** self._seen(Kind.TOO_LONG)

    def _seen(self, kind: Kind) -> int:
        return sum(fault.kind is kind for fault in self._faults)

    def _goes_on(self, outcome: Response | Fault) -> bool:
        return not isinstance(outcome, Response) and goes_on(self._faults, self._retry.attempts)

    def _wait(self, state: "RetryCallState") -> float:
        fault = _last(state)
        if not REMEDIES[fault.kind].waits:
            return 0.0
        wait_s = fault.retry_after_s if fault.retry_after_s is not None else self._backoff(state)
        if fault.kind is Kind.RATE_LIMITED and self._sent is not None:
            self._gate.slow_down(self._sent, wait_s)
        return wait_s

    def _out_of_time(self, state: "RetryCallState") -> bool:
        """A wait that does not fit into the deadline is not begun."""
        return self._clock() + state.upcoming_sleep >= self._deadline


def _last(state: "RetryCallState") -> Any:
    return state.outcome.result() if state.outcome is not None else None


def _size(request: Request) -> int:
    """Bytes of a prompt: closer to its tokens than characters are, and nothing has to be encoded for it."""
    asked = [text for choice in request.choices for text in (choice.text, *chain(*choice.options))]
    texts = [*(message.content for message in request.messages), *asked]
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
