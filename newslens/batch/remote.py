"""The Batch API of a server: files up and down, batches made, found, looked at and cancelled."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Collection
from dataclasses import dataclass, replace
from time import monotonic
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self, TypeVar

from newslens.errors import DeadlineExceeded, MalformedResponse, Unavailable
from newslens.source import Source
from newslens.wire.connection import Connection
from newslens.wire.faults import Fault, GivenUp, Kind
from newslens.wire.refusals import refused

if TYPE_CHECKING:
    import openai
    from openai.types import Batch

T = TypeVar("T")

_FILE = "newslens.jsonl"
_MARK = "newslens"  # key in a batch's metadata
_PAGE = 100  # batches, the most that a server lists at once
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands at the server.

    Attributes:
        id: the server's.
        status: in the server's words: `validating`, `in_progress`, `completed`, `expired`, …
        requests: how many it has.
        answered: how many of them have an answer.
        failed: how many of them have an error.
        files: ids of what can be fetched.
        complaint: code and message, should the server have found the file at fault.
    """

    id: str
    status: str
    requests: int = 0
    answered: int = 0
    failed: int = 0
    files: tuple[str, ...] = ()
    complaint: tuple[str, str] | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.status in _ENDED


class Remote:
    """Talks to one server, inside of `async with`, on one event loop.

    Without retries: every call can be made again, as the store knows what was done.

    Args:
        source: the server and its key.
        given: a ready SDK client instead; it stays the caller's to close.

    Raises:
        ServiceError: the server did not do it; of the same kinds as for live requests.
    """

    def __init__(self, source: Source, given: "openai.AsyncOpenAI | None") -> None:
        self._source = source
        self._given = given
        self._way = Connection(None, None, given) if given else Connection(source.base_url, source.api_key, None)

    async def __aenter__(self) -> Self:
        import openai

        if self._given is not None:
            self._sdk = self._given.with_options(max_retries=0)
        else:
            key = self._source.api_key.get_secret_value() if self._source.api_key else ""
            self._sdk = openai.AsyncOpenAI(api_key=key, base_url=self._way.base_url, max_retries=0)
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

    async def create(self, lines: IO[bytes], *, mark: str) -> str:
        """Upload the requests and start their batch; the server's id of it."""
        # A handle, never a path: the SDK reads a path into memory.
        upload = self._sdk.files.create(file=(_FILE, lines), purpose="batch")
        file = await self._told("the upload of a batch", upload)
        start = self._sdk.batches.create(
            completion_window="24h",
            endpoint="/v1/chat/completions",
            input_file_id=file.id,
            metadata={_MARK: mark},
            extra_headers={"Idempotency-Key": mark},
        )
        return (await self._told("the start of a batch", start)).id

    async def find(self, marks: Collection[str]) -> dict[str, str]:
        """Ids of the batches with these marks of ours, as far as the server has them."""
        return await self._told("the list of batches", self._found(marks))

    async def _found(self, marks: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        async for batch in self._sdk.batches.list(limit=_PAGE):
            mark = (batch.metadata or {}).get(_MARK, "")
            if mark in marks:
                found[mark] = batch.id
            if len(found) == len(marks):
                break
        return found

    async def look(self, batch_id: str) -> Standing:
        """The batch as it stands."""
        return _standing(await self._told(f"the state of {batch_id}", self._sdk.batches.retrieve(batch_id)))

    async def cancel(self, batch_id: str) -> Standing:
        """Ask the server to stop; what it has answered by then is billed and can be fetched."""
        return _standing(await self._told(f"the end of {batch_id}", self._sdk.batches.cancel(batch_id)))

    async def lines(self, file_id: str) -> AsyncGenerator[bytes]:
        """The lines of a file, one in memory at a time."""
        begun = monotonic()
        try:
            async with self._sdk.files.with_streaming_response.content(file_id) as response:
                # Not `iter_lines`: it also splits at U+2028, which JSON may hold as it is.
                async for line in _lines(response.iter_bytes()):
                    yield line
        except _foreign() as error:
            failed = self.error(_fault(error), what=f"the file {file_id}", elapsed_s=monotonic() - begun)
        else:
            return
        raise failed

    async def _told(self, what: str, call: Awaitable[T]) -> T:
        begun = monotonic()
        try:
            told = await call
        except _foreign() as error:
            failed: GivenUp = self.error(_fault(error), what=what, elapsed_s=monotonic() - begun)
        else:
            if not isinstance(told, str):
                return told
            # What the SDK makes of a page that is no JSON.
            failed = MalformedResponse(f"{what}: the server gave no JSON. Check that base_url has a Batch API.")
        raise failed  # outside of any handler: the SDK's errors carry the request, and with it the key

    def error(self, fault: Fault, *, what: str, elapsed_s: float = 0.0) -> GivenUp:
        """The error for the caller, without our key, should the server have repeated it."""
        hide = self._way.without_key
        fault = replace(fault, said=hide(fault.said), raw_text=hide(fault.raw_text))
        return fault.given_up(what=what, attempts=1, usage=fault.spent, elapsed_s=elapsed_s)


def _standing(batch: "Batch") -> Standing:
    counts, errors = batch.request_counts, batch.errors
    first = next(iter(errors.data or ()), None) if errors is not None else None
    return Standing(
        batch.id,
        batch.status,
        requests=counts.total if counts else 0,
        answered=counts.completed if counts else 0,
        failed=counts.failed if counts else 0,
        files=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
        complaint=(first.code or "", first.message or "") if first is not None else None,
    )


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


def _fault(error: Exception) -> Fault:
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return refused(error.status_code, error.response.headers, error.response.content)
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return Fault(Kind.SLOW, DeadlineExceeded, "no whole answer in time")
    cause = error.__cause__ or error  # the SDK's own wrapper says only "Connection error."
    return Fault(Kind.DOWN, Unavailable, f"no connection ({type(cause).__name__})")
