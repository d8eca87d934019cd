"""One request to one server: its attempts, the waits between them, and what they cost in all."""

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from newslens.errors import BudgetExceeded, DeadlineExceeded, InvalidReply, MalformedResponse, RateLimited, Usage
from newslens.llm.connection import Connection, Received
from newslens.llm.exchange import Request, Response, parse_reply
from newslens.llm.faults import ErrorClass, ExchangeError, Fault, Kind, find_fault, may_retry
from newslens.llm.limiter import AdvertisedLimits, Clock, Limiter, Sent, Sleep, TooLate
from newslens.llm.protocol import WIRES, Answer, Dialect, estimate_usage
from newslens.llm.tokens import Account, compute_cost, compute_decision_cost
from newslens.options import Retry

if TYPE_CHECKING:
    from tenacity import RetryCallState

_REMEMBERED = 4096  # answers whose ids are kept; a mixed-up connection repeats a recent one
_UNIQUE_ID = 20  # characters of an id that is surely unique; Ollama's are "chatcmpl-" and up to three digits


@dataclass(slots=True)
class ServerState:
    """What the answers of one server have taught us; shared by all calls."""

    dialect: Dialect = field(default_factory=Dialect)
    is_proven: bool = False  # it gave JSON when asked so; a later refusal is about one schema and is not remembered
    _answered: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def refuse(self, asked: Dialect, parameter: str) -> Dialect | None:
        """Return the next way to ask after `asked` was refused, or None if there is none."""
        instead = asked.without(parameter)
        if instead is not None and self.dialect == asked and not self.is_proven:
            self.dialect = instead
        return instead

    def has_answered(self, answer: Answer, request: Request) -> bool:
        """Whether the same completion was the answer to another request: the connection is out of step.

        The same completion for the same request comes from a server's cache, which is fine.
        """
        if answer.id is None:
            return False
        # Short ids come up twice by chance; then only the same words are the same completion.
        key = answer.id if len(answer.id) >= _UNIQUE_ID else f"{answer.id} {hash(answer.text)}"
        asked = hash(request.messages)
        known = self._answered.setdefault(key, asked)
        if len(self._answered) > _REMEMBERED:
            self._answered.popitem(last=False)
        return known != asked


@dataclass(kw_only=True)
class Call:
    """One request. `run` sends it until there is an answer or nothing more to try."""

    request: Request
    model: str
    connection: Connection
    server: ServerState
    limiter: Limiter
    account: Account
    retry: Retry
    sleep: Sleep
    clock: Clock

    def __post_init__(self) -> None:
        self._started = self.clock()
        deadline = self.request.deadline
        self._deadline = deadline if deadline is not None else self._started + self.retry.deadline_s
        self._dialect = self.server.dialect
        self._id = uuid.uuid4()
        self._ticket = self.limiter.ticket()
        self._wire = WIRES[self.request.wanted]
        # Bytes are closer to tokens than characters are, and nothing has to be counted for them.
        asked = (text for choice in self.request.choices for text in (choice.text, *chain(*choice.options)))
        texts = (*(message.content for message in self.request.messages), *asked)
        self._size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
        self._sent: Sent | None = None
        self._faults: list[Fault] = []
        self._usage = Usage()

    async def run(self) -> Response | Fault:
        """Return the answer, or the fault that was one too many."""
        from tenacity import AsyncRetrying, retry_if_result, wait_random_exponential

        backoff = wait_random_exponential(self.retry.first_wait_s, self.retry.longest_wait_s)

        def wait(state: "RetryCallState") -> float:
            fault = _last(state)
            if not fault.kind.waits:
                return 0.0
            wait_s: float = fault.retry_after_s if fault.retry_after_s is not None else backoff(state)
            if fault.kind is Kind.RATE_LIMITED and self._sent is not None:
                self.limiter.slow_down(self._sent, wait_s)
            return wait_s

        retrying = AsyncRetrying(
            sleep=self.sleep,
            retry=retry_if_result(
                lambda outcome: isinstance(outcome, Fault) and may_retry(self._faults, self.retry.attempts)
            ),
            wait=wait,
            # A wait that does not fit into the deadline is not begun.
            stop=lambda state: self.clock() + state.upcoming_sleep >= self._deadline,
            retry_error_callback=_last,
        )
        outcome: Response | Fault = await retrying(self._attempt)
        return outcome

    def to_error(self, fault: Fault) -> ExchangeError:
        """Build the error for the caller, with the cost of all attempts."""
        return fault.to_error(
            what=self.request.what,
            attempts=self._usage.requests,
            usage=self._usage,
            elapsed_s=self.clock() - self._started,
        )

    async def _attempt(self) -> Response | Fault:
        """Send one request as soon as budget and limits allow it, and book what it cost."""
        if self.clock() >= self._deadline:
            return self._give_up(DeadlineExceeded, "the deadline passed before it was sent")
        prompt, answer = round(self.limiter.prompt_tokens(self._size)), self._limit()
        reserved = self.account.reserve(input_tokens=prompt, max_output_tokens=answer)
        if reserved is None:
            return self._give_up(BudgetExceeded, "it does not fit into what is left of the budget")
        spent: Usage | None = Usage()
        try:
            sent = await self.limiter.enter(self._ticket, self._size, answer, deadline=self._deadline, sleep=self.sleep)
            if isinstance(sent, TooLate):
                if sent.wait_s is None:
                    return self._give_up(DeadlineExceeded, "the deadline passed in the queue")
                message = f"its turn would come in {sent.wait_s:.1f} s, after the deadline"
                return self._give_up(RateLimited, message, retry_after_s=sent.wait_s)
            spent = None  # whoever cancels it now does not learn what it has cost
            outcome = await self._exchange(sent)
            spent = outcome.usage if isinstance(outcome, Response) else outcome.spent
        finally:
            self.account.settle(reserved, spent)
        if isinstance(outcome, Response):
            return replace(outcome, usage=self._usage + outcome.usage)
        self._faults.append(outcome)
        self._usage += outcome.spent
        return outcome

    async def _exchange(self, sent: Sent) -> Response | Fault:
        """Send one request; what came of it has its tokens, money and seconds."""
        self._sent = sent
        limits, spent, begun = AdvertisedLimits(), None, self.clock()
        try:
            received = await self.connection.exchange(
                self._wire.build(self.request, model=self.model, dialect=self._dialect, limit=self._limit()),
                idempotency_key=self._id,
                timeout_s=min(self.retry.attempt_timeout_s * 2 ** self._seen(Kind.SLOW), self._deadline - begun),
                path=self._wire.path,
            )
            limits = received.limits
            outcome = received if isinstance(received, Fault) else await self._read(received)
            seconds = self.clock() - begun
            if isinstance(outcome, Response):
                outcome = replace(outcome, usage=self._bill(outcome.usage, seconds, outcome.model))
                spent = outcome.usage
            else:
                outcome = self._adapt(outcome)
                outcome = replace(outcome, spent=self._bill(outcome.spent, seconds))
                spent = outcome.spent
        finally:
            self.limiter.leave(sent, limits, spent if spent is not None and spent.input_tokens else None)
        return outcome

    async def _read(self, received: Received) -> Response | Fault:
        """Read the answer, and find what is wrong with it."""
        try:
            answer = self._wire.read(received.content)
        except MalformedResponse as error:
            fault = Fault(Kind.GARBLED, MalformedResponse, str(error), raw_text=error.raw_text)
            return replace(fault, status=received.status, request_id=received.request_id)
        spent = answer.usage if answer.usage is not None else estimate_usage(self.request.messages, answer.text)
        if received.surplus or self.server.has_answered(answer, self.request):
            await received.drop()
            found: Fault | None = Fault(Kind.MIXED_UP, MalformedResponse, Kind.MIXED_UP.meaning)
        else:
            found = find_fault(answer, self.request) or self._check_json(answer)
        if found is not None:
            return replace(found, spent=spent, status=received.status, request_id=received.request_id)
        return Response(answer.text, spent, answer.model, received.request_id or answer.id)

    def _check_json(self, answer: Answer) -> Fault | None:
        """Check the first answer: a server may take a schema and ignore it, and then the model has never seen it."""
        is_checked = self.request.wanted == "json" and self._dialect.response_format == "json_schema"
        if self.server.is_proven or not is_checked:
            return None
        try:
            parse_reply(answer.text)
        except InvalidReply as error:
            fault = Fault(Kind.REFUSED_PARAMETER, InvalidReply, "the server ignores the JSON schema")
            return replace(fault, raw_text=error.raw_text, parameter="response_format")
        self.server.is_proven = True
        return None

    def _adapt(self, fault: Fault) -> Fault:
        """Ask differently next time after a refused parameter; count what a lost answer may have cost."""
        if fault.kind is Kind.REFUSED_PARAMETER:
            instead = self.server.refuse(self._dialect, fault.parameter or "")
            if instead is None:
                return replace(fault, kind=Kind.FATAL)
            self._dialect = instead
        elif fault.kind in {Kind.SLOW, Kind.CUT_OFF}:
            return replace(fault, spent=estimate_usage(self.request.messages))
        return fault

    def _bill(self, tokens: Usage, seconds: float, answered: str | None = None) -> Usage:
        compute = compute_decision_cost if self.request.wanted == "decisions" else compute_cost
        names = dict.fromkeys((answered or self.model, self.model))  # an answer may name a version without a price
        costs = (compute(name, self.connection.host, tokens) for name in names)
        cost = next((cost for cost in costs if cost is not None), None)
        retries = 1 if self._usage.requests else 0
        return tokens.model_copy(update={"requests": 1, "retries": retries, "seconds": seconds, "cost_usd": cost})

    def _give_up(self, error: ErrorClass, message: str, *, retry_after_s: float | None = None) -> Fault:
        """The fault of a request that is not sent."""
        fault = Fault(Kind.FATAL, error, message, retry_after_s=retry_after_s)
        self._faults.append(fault)
        return fault

    def _limit(self) -> int | None:
        limit = self.request.max_output_tokens
        return None if limit is None else limit * 2 ** self._seen(Kind.TOO_LONG)

    def _seen(self, kind: Kind) -> int:
        return sum(fault.kind is kind for fault in self._faults)


def _last(state: "RetryCallState") -> Any:
    return state.outcome.result() if state.outcome is not None else None
