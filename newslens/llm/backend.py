"""The way to a model: opened when first asked, closed at the end."""

import threading
from typing import TYPE_CHECKING

from newslens.llm.client import Client
from newslens.llm.exchange import Request, Response
from newslens.llm.local import LocalServer
from newslens.llm.source import Source
from newslens.options import Budget, Rate, Retry

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class Backend:
    """An `Ask` that reaches a server, or starts one for a model file.

    Args:
        source: which server or file; not the offline reader.
        retry: attempts, waits, deadline.
        client: a ready SDK client instead of one of ours.
        rate: requests and tokens a minute, in flight; None: learned from the server.
        budget: caps on money and tokens.
        context: window in tokens of a model that is started here.
    """

    def __init__(  # noqa: PLR0913 - what a connection depends on
        self,
        source: Source,
        retry: Retry,
        *,
        client: "AsyncOpenAI | None" = None,
        rate: Rate | None = None,
        budget: Budget | None = None,
        context: int,
    ) -> None:
        self.source = source
        self.retry = retry
        self._rate = rate
        self.budget = budget
        self.sdk = client
        self._context = context
        self._lock = threading.Lock()
        self._local: LocalServer | None = None
        self._client: Client | None = None

    async def __call__(self, request: Request) -> Response:
        """Answer one request."""
        import anyio

        client = self._client
        if client is None:
            client = await anyio.to_thread.run_sync(self._opened)  # loading a model blocks for a second
        return await client.ask(request)

    def _opened(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._connected()
            return self._client

    def _connected(self) -> Client:
        source = self.source
        if source.gguf is not None:
            self._local = LocalServer(source.gguf, context=self._context).start()
            return Client(
                self._local.model, base_url=self._local.base_url, api_key="none", retry=self.retry, budget=self.budget
            )
        return Client(
            source.model or "",
            base_url=source.base_url,
            api_key=source.api_key,
            openai=self.sdk,
            retry=self.retry,
            rate=self._rate,
            budget=self.budget,
        )

    async def aclose(self) -> None:
        """Close connections and stop a model that was started here; asking again opens anew.

        The client stays: it knows what the server takes and what is left of the budget.
        """
        with self._lock:
            client, local = self._client, self._local
            if local is not None:  # the next one will listen elsewhere
                self._client = self._local = None
        if client is not None:
            await client.aclose()
        if local is not None:
            local.stop()
