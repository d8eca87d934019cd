"""The Batch API of a server: files sent and read; batches started, found, looked at and cancelled."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TYPE_CHECKING, Any, TypeVar

from pydantic import AliasPath, BaseModel, ConfigDict, Field, ValidationError

from newslens.errors import DeadlineExceeded, MalformedResponse, Unavailable
from newslens.llm.client import Client
from newslens.llm.connection import Connection, build_timeout
from newslens.llm.faults import Fault, Kind, may_retry, read_refusal
from newslens.llm.limiter import Clock, Sleep
from newslens.llm.protocol import excerpt
from newslens.options import Retry

if TYPE_CHECKING:
    import openai

S = TypeVar("S", bound=BaseModel)

LATE_S = 60.0
"""Seconds after which a started batch is taken to be in the server's list: a long guess, since nobody promises any."""

_MARK = "newslens"  # key in a batch's metadata
_UPLOAD_S = 600.0  # without a byte in either direction; a server takes its time over a large file
_PAGE = 100  # batches, the most that a server lists at once
_OK = 200


class BatchStatus(BaseModel):
    """The state of a batch at the server.

    Attributes:
        id: the server's id.
        status: in the server's words: `validating`, `in_progress`, `completed`, `expired`, …
        mark: our name for the batch; empty if it is not one of ours.
        requests: number of requests.
        answered: those with an answer.
        failed: those with an error.
        output_file: id of the file with the answers.
        error_file: id of the file with the errors.
        code: what is wrong with the file of requests, if the server rejected it.
        message: the same for people.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    id: str
    status: str
    mark: str = Field("", validation_alias=AliasPath("metadata", _MARK))
    requests: int = Field(0, validation_alias=AliasPath("request_counts", "total"))
    answered: int = Field(0, validation_alias=AliasPath("request_counts", "completed"))
    failed: int = Field(0, validation_alias=AliasPath("request_counts", "failed"))
    output_file: str | None = Field(None, validation_alias="output_file_id")
    error_file: str | None = Field(None, validation_alias="error_file_id")
    code: str | None = Field(None, validation_alias=AliasPath("errors", "data", 0, "code"))
    message: str | None = Field(None, validation_alias=AliasPath("errors", "data", 0, "message"))

    @property
    def has_ended(self) -> bool:
        """Whether there will be no more answers."""
        return self.status in {"completed", "failed", "expired", "cancelled"}

    @property
    def complaint(self) -> tuple[str, str] | None:
        """Code and message, if the server rejected the file of requests."""
        return (self.code or "", self.message or "") if self.code or self.message else None


class _File(BaseModel):
    id: str


class _List(BaseModel):
    """A page of a list of batches, newest first."""

    data: tuple[BatchStatus, ...]
    has_more: bool | None = None


@dataclass(slots=True)
class Retries:
    """The retries of one step, by the same rules as those of a request.

    The deadline counts from the first fault, because one attempt may be a long upload, and a wait that would pass it is
    not begun. Waits are as long as they may be instead of random: no other process waits with this one.

    Attributes:
        what: names the step in its error.
        retry: how often and how long.
        sleep, clock: replaced in tests.
    """

    what: str
    retry: Retry
    sleep: Sleep
    clock: Clock = time.monotonic
    _faults: list[Fault] = field(default_factory=list)
    _begun: float = 0.0
    _deadline: float | None = None

    def __post_init__(self) -> None:
        self._begun = self.clock()

    async def wait(self, fault: Fault) -> None:
        """Wait until the next attempt.

        Raises:
            ServiceError, ReplyError: there is none after this fault.
        """
        self._faults.append(fault)
        number, now, wait_s = len(self._faults), self.clock(), 0.0
        if fault.kind.waits:
            longest = min(self.retry.first_wait_s * 2.0 ** (number - 1), self.retry.longest_wait_s)
            wait_s = longest if fault.retry_after_s is None else fault.retry_after_s
        if self._deadline is None:
            self._deadline = now + self.retry.deadline_s
        if not may_retry(self._faults, self.retry.attempts) or now + wait_s >= self._deadline:
            raise fault.to_error(what=self.what, attempts=number, usage=fault.spent, elapsed_s=now - self._begun)
        await self.sleep(wait_s)


@asynccontextmanager
async def open_server(client: Client, *, sleep: Sleep = asyncio.sleep) -> "AsyncIterator[BatchServer]":
    """Connect to the server of a client, on the running event loop.

    Args:
        client: says which server, with which key, and how to retry. An SDK client that the caller gave is not closed.
        sleep: replaced in tests, so that they need not wait; seconds.
    """
    import openai

    given, endpoint = client.sdk, client.endpoint
    connection = Connection(endpoint.base_url or "", endpoint.api_key, given)
    patience = build_timeout(client.retry.attempt_timeout_s)
    if given is not None:
        # The SDK's own retries are off: two layers would multiply.
        yield BatchServer(given.with_options(max_retries=0, timeout=patience), connection, client.retry, sleep)
        return
    key = endpoint.api_key.get_secret_value() if endpoint.api_key else ""
    sdk = openai.AsyncOpenAI(api_key=key, base_url=endpoint.base_url, max_retries=0, timeout=patience)
    async with sdk:
        yield BatchServer(sdk, connection, client.retry, sleep)


class BatchServer:
    """One server; each step is retried.

    Raises:
        ServiceError: the server did not do it; of the same classes as for other requests.
        MalformedResponse: it sent something that is not of the Batch API, such as a web page.
    """

    def __init__(self, sdk: "openai.AsyncOpenAI", connection: Connection, retry: Retry, sleep: Sleep) -> None:
        self._sdk = sdk
        self._batches = sdk.batches.with_raw_response
        self._connection = connection
        self._retry = retry
        self._sleep = sleep
        self.host = connection.host

    async def upload(self, lines: IO[bytes]) -> str:
        """Send a file of requests and return its id. A file that a broken attempt left there costs nothing."""
        # A handle, not a path, which the SDK would read into memory; httpx2 rewinds it for each attempt.
        file, files = ("newslens.jsonl", lines), self._sdk.files.with_raw_response
        upload = partial(files.create, file=file, purpose="batch", timeout=build_timeout(_UPLOAD_S))
        return (await self._do("the upload of a batch", _File, upload)).id

    async def start(self, file_id: str, *, mark: str) -> str:
        """Start the batch with this mark and return its id. There is one, however often the start was attempted."""

        async def is_started() -> BatchStatus | None:
            return (await self.find({mark})).get(mark)

        start = partial(
            self._batches.create,
            completion_window="24h",
            endpoint="/v1/chat/completions",
            input_file_id=file_id,
            metadata={_MARK: mark},
            extra_headers={"Idempotency-Key": mark},
        )
        return (await self._do("the start of a batch", BatchStatus, start, is_done=is_started)).id

    async def find(self, marks: AbstractSet[str]) -> dict[str, BatchStatus]:
        """Find the batches with these marks in the server's list, which may be late: it is asked twice."""
        import openai

        found: dict[str, BatchStatus] = {}
        for is_last in (False, True):
            after: str | openai.Omit = openai.omit
            while True:
                ask = partial(self._batches.list, limit=_PAGE, after=after)
                page = await self._do("the list of batches", _List, ask)
                found |= {batch.mark: batch for batch in page.data if batch.mark in marks}
                if found.keys() == marks:
                    return found
                if not page.data or not page.has_more:
                    break
                after = page.data[-1].id
            if not is_last:
                await self._sleep(LATE_S)
        return found

    async def get_status(self, batch_id: str) -> BatchStatus:
        """Look at a batch."""
        return await self._do(f"the state of {batch_id}", BatchStatus, partial(self._batches.retrieve, batch_id))

    async def cancel(self, batch_id: str) -> BatchStatus:
        """Ask the server to stop; what it has answered by then is billed and can be fetched."""

        async def is_cancelled() -> BatchStatus | None:
            batch = await self.get_status(batch_id)
            return batch if batch.has_ended or batch.status == "cancelling" else None

        cancel = partial(self._batches.cancel, batch_id)
        return await self._do(f"the end of {batch_id}", BatchStatus, cancel, is_done=is_cancelled)

    async def read_lines(self, file_id: str) -> AsyncGenerator[bytes]:
        """Read a file line by line; one that breaks off is resumed after the last whole line."""
        retries, given = Retries(f"the file {file_id}", self._retry, self._sleep), 0
        while True:
            try:
                async with self._sdk.files.with_streaming_response.content(file_id) as response:
                    number = 0
                    # Not `iter_lines`, which also splits at U+2028, a character that JSON may contain.
                    async for line in split_lines(response.iter_bytes()):
                        number += 1
                        if number > given:
                            given = number
                            yield self._connection.blank_key(line)
                    return
            except _foreign_errors() as error:
                fault = self._read_fault(error)
            await retries.wait(fault)

    async def _do(
        self,
        what: str,
        shape: type[S],
        call: Callable[[], Awaitable[Any]],
        *,
        is_done: Callable[[], Awaitable[S | None]] | None = None,
    ) -> S:
        """Do one step at the server, with retries; `is_done` finds out whether an attempt that failed did it anyway."""
        retries = Retries(what, self._retry, self._sleep)
        while True:
            try:
                # The raw response: the SDK would take a web page for an answer.
                response = (await call()).http_response
                content = self._connection.blank_key(response.content)
                return shape.model_validate_json(content)
            except ValidationError:
                fault = malformed(content, request_id=response.headers.get("x-request-id"))
            except _foreign_errors() as error:
                fault = self._read_fault(error)
            # Outside of any handler: the SDK's errors carry the request, and with it the key.
            await retries.wait(fault)
            if is_done is not None and fault.kind is not Kind.RATE_LIMITED and (found := await is_done()):
                return found

    def _read_fault(self, error: Exception) -> Fault:
        import httpx2
        import openai

        if isinstance(error, openai.APIStatusError):
            content = self._connection.blank_key(error.response.content)
            return read_refusal(error.status_code, error.response.headers, content)
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            return Fault(Kind.SLOW, DeadlineExceeded, "no whole answer in time")
        cause = error.__cause__ or error  # the SDK's own wrapper says only "Connection error."
        return Fault(Kind.DOWN, Unavailable, f"no connection ({type(cause).__name__})")


def malformed(content: bytes, *, request_id: str | None = None) -> Fault:
    """The fault of a response with a good status and a body that is not of the Batch API."""
    said = "the body is not what the Batch API sends"
    return Fault(Kind.GARBLED, MalformedResponse, said, status=_OK, request_id=request_id, raw_text=excerpt(content))


async def split_lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The lines of a stream, without their line feeds; one line in memory at a time."""
    begun = bytearray()
    async for piece in pieces:
        first, *others = piece.split(b"\n")
        begun += first
        for other in others:
            yield bytes(begun)
            begun = bytearray(other)
    if begun:
        yield bytes(begun)


def _foreign_errors() -> tuple[type[Exception], ...]:
    """Errors of a connection, as the SDK raises them, or httpx2 inside of a body."""
    import httpx2
    import openai

    return openai.APIError, httpx2.HTTPError, httpx2.StreamError
