"""Ask OpenAI, or any server that speaks its protocol: one retry policy, one deadline, every attempt accounted for."""

import asyncio
import time
from typing import TYPE_CHECKING, NoReturn

from pydantic import SecretStr

from newslens.llm.calls import Call
from newslens.llm.connection import Connection
from newslens.llm.exchange import Request, Response
from newslens.llm.gate import Clock, Gate, Sleep, shared
from newslens.llm.money import Account
from newslens.llm.server import Server
from newslens.options import Budget, Rate, Retry

if TYPE_CHECKING:
    import openai

__all__ = ["Budget", "Client", "Rate", "Retry"]

_RETRY = Retry()
_NO_CAP = Budget()


class Client:
    """An `Ask` that talks to OpenAI or to any server that speaks its chat completions, or its decisions.

    What a server does not support (a JSON schema, `max_completion_tokens`) is found from its answers, asked
    differently, and remembered for as long as the client lives.

    Works on any number of event loops; `aclose` closes the connections of the running one, and the end of a loop
    closes those that are left.

    Args:
        model: name of the model, as the server knows it.
        base_url: the server; None: OPENAI_BASE_URL, else OpenAI.
        api_key: None: OPENAI_API_KEY, which is sent only when base_url is None as well.
        openai: a ready SDK client instead of the two; it stays the caller's to close.
        retry: how long and how often to try.
        rate: what the server allows; None: as its answers say. All clients in the process that ask the same model
            at the same server share one queue.
        budget: what all calls of this client together may cost; None: no cap.
        sleep: replaced in tests, so that they need not wait; seconds.
        clock: likewise.

    Raises:
        ConfigurationError: no key for OpenAI, a base_url that is no URL, or a cap in dollars where no price is known.
    """

    def __init__(  # noqa: PLR0913 - options, each of one kind
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: SecretStr | str | None = None,
        openai: "openai.AsyncOpenAI | None" = None,
        retry: Retry = _RETRY,
        rate: Rate | None = None,
        budget: Budget | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self.model = model
        self.retry = retry
        self._connection = Connection(base_url, api_key, openai)
        self._server = Server()
        self._account = Account(budget or _NO_CAP, model=model, host=self._connection.host)
        self._gate = shared(self._connection.base_url, model, clock)
        if rate is not None:
            self._gate.give(rate)
        self._sleep = sleep
        self._clock = clock

    def __repr__(self) -> str:
        return f"Client({self.model!r}, host={self.host!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Client holds a key and connections and is not pickled. Build one in each process.")

    @property
    def host(self) -> str:
        """Host name of the server."""
        return self._connection.host

    async def ask(self, request: Request) -> Response:
        """The model's answer, as it wrote or measured it; whether it fits is for the caller to see.

        Raises:
            ServiceError: the server gave no answer: `AuthenticationFailed`, `BadRequest` and its kinds,
                `RateLimited`, `QuotaExhausted`, `BudgetExceeded`, `Unavailable`, `DeadlineExceeded`.
            ReplyError: it gave one of no use: `MalformedResponse`, `InvalidReply` (blank), `Truncated`,
                `Refused`, `Filtered`.
        """
        call = Call(
            request,
            model=request.model or self.model,
            connection=self._connection,
            server=self._server,
            gate=self._gate_of(request.model),
            account=self._account,
            retry=self.retry,
            sleep=self._sleep,
            clock=self._clock,
        )
        outcome = await call.outcome()
        if isinstance(outcome, Response):
            return outcome
        # Outside of any handler: the SDK's errors carry the request, and with it the key.
        raise call.given_up(outcome) from outcome.cause

    def _gate_of(self, model: str | None) -> Gate:
        return self._gate if model is None else shared(self._connection.base_url, model, self._clock)

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self._connection.aclose()
