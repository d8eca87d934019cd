"""Ask OpenAI, or any server that speaks its protocol: one retry policy, one deadline, every attempt accounted for."""

import asyncio
import time
from typing import TYPE_CHECKING, NoReturn

from pydantic import SecretStr

from newslens.exchange import Reply, Request
from newslens.wire.calls import Call, Clock, Retry, Server, Sleep
from newslens.wire.connection import Connection

if TYPE_CHECKING:
    import openai

__all__ = ["Client", "Retry"]

_RETRY = Retry()


class Client:
    """An `Ask` that talks to OpenAI or to any server that speaks its chat completions.

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
        sleep, clock: replaced in tests, so that they need not wait.

    Raises:
        ConfigurationError: no key for OpenAI, or a base_url that is no URL.
    """

    def __init__(  # noqa: PLR0913 - options, each of one kind
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: SecretStr | str | None = None,
        openai: "openai.AsyncOpenAI | None" = None,
        retry: Retry = _RETRY,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self.model = model
        self.retry = retry
        self._connection = Connection(base_url, api_key, openai)
        self._server = Server()
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

    async def ask(self, request: Request) -> Reply:
        """The model's answer, as it wrote it; whether it fits the schema is for the caller to see.

        Raises:
            ServiceError: the server gave no answer: `AuthenticationFailed`, `BadRequest` and its kinds,
                `RateLimited`, `QuotaExhausted`, `Unavailable`, `DeadlineExceeded`.
            ReplyError: it gave one of no use: `MalformedResponse`, `InvalidReply` (blank), `Truncated`,
                `Refused`, `Filtered`.
        """
        call = Call(
            request,
            model=self.model,
            connection=self._connection,
            server=self._server,
            retry=self.retry,
            sleep=self._sleep,
            clock=self._clock,
        )
        outcome = await call.outcome()
        if isinstance(outcome, Reply):
            return outcome
        # Outside of any handler: the SDK's errors carry the request, and with it the key.
        raise call.given_up(outcome) from outcome.cause

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self._connection.aclose()
