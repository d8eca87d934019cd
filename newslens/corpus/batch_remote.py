"""The Batch API of a server: files up and down, batches made, found, looked at and cancelled."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from collections.abc import Set as AbstractSet
from functools import partial
from types import TracebackType
from typing import IO, TYPE_CHECKING, Protocol, Self

from newslens.corpus.batch_standing import MARK, S, Standing, ToldBatch, ToldFile, ToldList, told
from newslens.corpus.batch_tries import Tries
from newslens.errors import DeadlineExceeded, MalformedResponse, Unavailable
from newslens.llm.client import Endpoint
from newslens.llm.connection import Connection, build_timeout
from newslens.llm.faults import Fault, Kind, read_refusal
from newslens.llm.limiter import Sleep
from newslens.llm.protocol import excerpt
from newslens.options import Retry

if TYPE_CHECKING:
    import httpx2
    import openai

LATE_S = 60.0
"""Seconds after which a batch that was started is in the server's list: a guess, and long; nobody promises any."""

_FILE = "newslens.jsonl"
_UPLOAD_S = 600.0  # without a byte going either way; the server takes its time with a large file
_OK = 200
_PAGE = 100  # batches, the most that a server lists at once


class _Raw(Protocol):
    """What the SDK gives before it reads the body, of which it would take a page for an answer."""

    @property
    def http_response(self) -> "httpx2.Response": ...


_Call = Callable[[], Awaitable[_Raw]]


class Remote:
    """Talks to one server, inside of `async with`, on one event loop.

    Each step is tried again as `retry` says; see `Tries`.

    Args:
        source: the server and its key.
        given: a ready SDK client instead; it stays the caller's to close.
        retry: how long and how often to try a step.
        sleep: replaced in tests, so that they need not wait; seconds.

    Raises:
        ServiceError: the server did not do it; of the same kinds as for live requests.
        MalformedResponse: what it said is not of the Batch API.
    """

    def __init__(
        self, source: Endpoint, given: "openai.AsyncOpenAI | None", retry: Retry, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._source = source
        self._given = given
        self._retry = retry
        self._sleep = sleep
        self._way = Connection(source.base_url or "", source.api_key, given)

    async def __aenter__(self) -> Self:
        import openai

        # The SDK retries too; two layers multiply.
        patience = build_timeout(self._retry.attempt_timeout_s)
        if self._given is not None:
            self._sdk = self._given.with_options(max_retries=0, timeout=patience)
        else:
            key = self._source.api_key.get_secret_value() if self._source.api_key else ""
            self._sdk = openai.AsyncOpenAI(api_key=key, base_url=self._way.base_url, max_retries=0, timeout=patience)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._given is None:
            await self._sdk.close()

    @property
    def host(self) -> str:
        """Host name of the server."""
        return self._way.host

    async def upload(self, lines: IO[bytes]) -> str:
        """The server's id of a file with the requests. One that a broken try left there costs nothing."""
        files = self._sdk.files.with_raw_response
        # A handle, never a path: the SDK reads a path into memory. httpx2 rewinds it for each try.
        upload = partial(files.create, file=(_FILE, lines), purpose="batch", timeout=build_timeout(_UPLOAD_S))
        return (await self._told("the upload of a batch", ToldFile, upload)).id

    async def start(self, file_id: str, *, mark: str) -> str:
        """The server's id of the batch with this mark, of which there is one however often its start was tried."""

        async def started() -> ToldBatch | None:
            return (await self.find({mark})).get(mark)

        def start() -> Awaitable[_Raw]:
            return self._sdk.batches.with_raw_response.create(
                completion_window="24h",
                endpoint="/v1/chat/completions",
                input_file_id=file_id,
                metadata={MARK: mark},
                extra_headers={"Idempotency-Key": mark},
            )

        return (await self._told("the start of a batch", ToldBatch, start, done=started)).id

    async def find(self, marks: AbstractSet[str]) -> dict[str, ToldBatch]:
        """The batches with these marks of ours, as far as the server has them; a list that lacks one may be late."""
        found = await self._found(marks)
        if found.keys() < marks:
            await self._sleep(LATE_S)
            found = await self._found(marks)
        return found

    async def _found(self, marks: AbstractSet[str]) -> dict[str, ToldBatch]:
        import openai

        batches = self._sdk.batches.with_raw_response
        found: dict[str, ToldBatch] = {}
        after: str | openai.Omit = openai.omit
        while True:
            page = await self._told("the list of batches", ToldList, partial(batches.list, limit=_PAGE, after=after))
            found |= {one.mark: one for one in page.data if one.mark in marks}
            if len(found) == len(marks) or not page.data or not page.has_more:
                return found
            after = page.data[-1].id

    async def look(self, batch_id: str) -> Standing:
        """The batch as it stands."""
        return (await self._look(batch_id)).standing

    async def _look(self, batch_id: str) -> ToldBatch:
        batches = self._sdk.batches.with_raw_response
        return await self._told(f"the state of {batch_id}", ToldBatch, lambda: batches.retrieve(batch_id))

    async def cancel(self, batch_id: str) -> Standing:
        """Ask the server to stop; what it has answered by then is billed and can be fetched."""

        async def stopped() -> ToldBatch | None:
            batch = await self._look(batch_id)
            return batch if batch.standing.ended or batch.status == "cancelling" else None

        batches = self._sdk.batches.with_raw_response
        batch = await self._told(f"the end of {batch_id}", ToldBatch, lambda: batches.cancel(batch_id), done=stopped)
        return batch.standing

    async def lines(self, file_id: str) -> AsyncGenerator[bytes]:
        """The lines of a file, one in memory at a time; a file that breaks off goes on behind the last whole line."""
        tries, given = self._tries(f"the file {file_id}"), 0
        while True:
            try:
                async with self._sdk.files.with_streaming_response.content(file_id) as response:
                    known = given
                    # Not `iter_lines`: it also splits at U+2028, which JSON may hold as it is.
                    async for line in _lines(response.iter_bytes()):
                        if known:
                            known -= 1
                            continue
                        given += 1
                        yield self._way.blank_key(line)
                    return
            except _foreign() as error:
                fault = self._fault(error)
            await tries.again(fault)

    async def _told(
        self, what: str, shape: type[S], call: _Call, *, done: Callable[[], Awaitable[S | None]] | None = None
    ) -> S:
        """What the server says to a call.

        Args:
            what: names the step in its error.
            shape: of the answer.
            call: one try.
            done: whether a try that seemed to fail did it all the same.
        """
        tries = self._tries(what)
        while isinstance(outcome := await self._once(shape, call), Fault):
            # Outside of any handler: the SDK's errors carry the request, and with it the key.
            await tries.again(outcome)
            if done is not None and outcome.kind is not Kind.RATE_LIMITED and (already := await done()):
                return already
        return outcome

    async def _once(self, shape: type[S], call: _Call) -> S | Fault:
        try:
            response = (await call()).http_response
        except _foreign() as error:
            return self._fault(error)
        content = self._way.blank_key(response.content)
        return told(shape, content) or malformed(content, request_id=response.headers.get("x-request-id"))

    def _tries(self, what: str) -> Tries:
        return Tries(what, self._retry, sleep=self._sleep)

    def _fault(self, error: Exception) -> Fault:
        import httpx2
        import openai

        if isinstance(error, openai.APIStatusError):
            return read_refusal(error.status_code, error.response.headers, self._way.blank_key(error.response.content))
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            return Fault(Kind.SLOW, DeadlineExceeded, "no whole answer in time")
        cause = error.__cause__ or error  # the SDK's own wrapper says only "Connection error."
        return Fault(Kind.DOWN, Unavailable, f"no connection ({type(cause).__name__})")


def malformed(content: bytes, *, request_id: str | None = None) -> Fault:
    """The fault of a good status with a page, a blank body, an error object or anything else in place of an answer."""
    said = "the body is not what the Batch API gives"
    return Fault(Kind.GARBLED, MalformedResponse, said, status=_OK, request_id=request_id, raw_text=excerpt(content))


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    begun = bytearray()
    async for piece in pieces:
        first, *others = piece.split(b"\n")
        begun += first
        for other in others:
            yield bytes(begun)
            begun = bytearray(other)
    if begun:
        yield bytes(begun)


def _foreign() -> tuple[type[Exception], ...]:
    """Errors of the wire, as the SDK raises them, or httpx2 inside of a body."""
    import httpx2
    import openai

    return openai.APIError, httpx2.HTTPError, httpx2.StreamError
