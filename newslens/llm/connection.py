"""The connection to one OpenAI-compatible server: an HTTP client for each event loop, one exchange at a time."""

import asyncio
import json
import uuid
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from newslens.errors import DeadlineExceeded, Unavailable
from newslens.llm.faults import Fault, Kind, read_limits, read_refusal
from newslens.llm.limiter import AdvertisedLimits
from newslens.llm.protocol import CHAT, Body

if TYPE_CHECKING:
    import ssl

    import httpx2
    import openai

_CONNECT_S = 10.0  # a server that takes longer to accept a connection is down, not slow
NO_KEY = "none"  # the SDK wants one; local servers do not look at it
_SHORTEST_SECRET = 8  # characters; a shorter one is not a key, and blanking it would blank words

# h11 keeps bytes that follow an answer and would read them as the next answer on that connection. No public name leads
# to them; on another transport the chain ends early, and nothing is found.
_H11 = attrgetter("stream._stream._httpcore_stream._stream._connection._h11_state")


@dataclass(frozen=True, slots=True)
class Received:
    """A response with status 2xx."""

    status: int
    content: bytes = field(repr=False)  # the whole body
    request_id: str | None
    limits: AdvertisedLimits
    surplus: bool  # whether more bytes came than the answer has
    drop: Callable[[], Awaitable[None]] = field(repr=False)  # closes the connection: nothing else is read from it


@dataclass(frozen=True, slots=True)
class _HTTP:
    """An HTTP client of ours, with what all requests to the server have in common.

    Cheaper than the SDK, which builds headers and URL again for each request.
    """

    client: "httpx2.AsyncClient"
    base_url: "httpx2.URL"
    headers: "httpx2.Headers" = field(repr=False)

    async def until_closed(self) -> AsyncGenerator[None]:
        """Close the client when the event loop finalises its async generators, the last thing that a loop runs."""
        try:
            yield
        finally:
            await self.client.aclose()


_Open: TypeAlias = dict[asyncio.AbstractEventLoop, tuple[_HTTP, AsyncGenerator[None]]]
_CLOSING: set[asyncio.Task[None]] = set()  # a loop refers to its tasks weakly


class Connection:
    """Sends bodies to one server.

    An HTTP client dies with the event loop it was used on. So each loop gets its own, built at its first exchange and
    closed by `aclose`, when the loop shuts down (`asyncio.run` does that properly), or when the connection is dropped.
    An SDK client that the caller gave is used as it is, except for its retries, and is the caller's to close.
    """

    def __init__(
        self, base_url: str, api_key: SecretStr | None = None, sdk: "openai.AsyncOpenAI | None" = None
    ) -> None:
        # The SDK retries too; two layers multiply.
        self._sdk = sdk.with_options(max_retries=0) if sdk is not None else None
        self._key = api_key
        self.base_url = base_url
        self._open: _Open = {}
        weakref.finalize(self, _close_soon, self._open).atexit = False  # by then the loops have ended

    @property
    def host(self) -> str:
        """Host name of the server."""
        return urlsplit(self.base_url).hostname or ""

    def blank_key(self, content: bytes) -> bytes:
        """Blank the key in what came, in case the server has repeated it, before anybody cuts or reads it."""
        secret = self._secret().encode()
        return content.replace(secret, b"[key]") if len(secret) >= _SHORTEST_SECRET else content

    async def exchange(
        self, body: Body, *, idempotency_key: uuid.UUID, timeout_s: float, path: str = CHAT
    ) -> Received | Fault:
        """Send one request and read its whole response, within `timeout_s` seconds in all."""
        import httpx2
        import openai

        response: httpx2.Response | None = None
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._send(path, body, idempotency_key, timeout_s)
                return await (self._receive(response) if response.is_success else self._refuse(response))
        except openai.APIStatusError as error:
            return await self._refuse(error.response)
        except (openai.APIConnectionError, httpx2.HTTPError, httpx2.StreamError, TimeoutError) as error:
            fault = _describe_break(error, answering=response is not None and response.is_success)
            return replace(fault, message=self._without_key(fault.message))
        finally:
            if response is not None:
                await response.aclose()

    async def aclose(self) -> None:
        """Close the connections of the running event loop; those of other loops close with their loop."""
        entry = self._open.pop(asyncio.get_running_loop(), None)
        if entry is not None:
            await entry[1].aclose()

    async def _send(self, path: str, body: Body, idempotency_key: uuid.UUID, timeout_s: float) -> "httpx2.Response":
        """Return the response with its headers read and its body still to come.

        So a connection that breaks inside the answer can be told from one that broke before it.
        """
        import httpx2
        import openai

        headers = {"Idempotency-Key": str(idempotency_key)}
        if self._sdk is not None:
            # It applies everything that it was set up with: headers, query, Azure's paths. Not through
            # `chat.completions.create`, which spends most of its CPU on transforming the request.
            response = await self._sdk.post(
                path,
                cast_to=httpx2.Response,
                body=body,
                options={"headers": headers, "timeout": build_timeout(timeout_s)},
                stream=True,
                stream_cls=openai.AsyncStream[Any],
            )
            return cast("httpx2.Response", response)  # what `cast_to` asks for; the SDK's types say a stream of events
        http = await self._http()
        request = http.client.build_request(
            "POST",
            http.base_url.copy_with(raw_path=http.base_url.raw_path + path.removeprefix("/").encode()),
            content=json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
            headers=http.headers | headers,
            timeout=build_timeout(timeout_s),
        )
        return await http.client.send(request, stream=True)

    async def _http(self) -> _HTTP:
        """Return the HTTP client of the running event loop."""
        import httpx2
        import openai

        loop = asyncio.get_running_loop()
        if loop not in self._open:
            for stale in [other for other in list(self._open) if other.is_closed()]:  # other threads add theirs
                self._open.pop(stale, None)
            # The SDK still says what the headers are: its environment variables name organization and project.
            client = openai.DefaultAsyncHttpxClient(verify=_tls_context())
            key = self._secret() or NO_KEY
            sdk = openai.AsyncOpenAI(api_key=key, base_url=self.base_url, max_retries=0, http_client=client)
            given = sdk.auth_headers | sdk.default_headers  # a header that is not set has a value that is not text
            headers = httpx2.Headers({name: text for name, text in given.items() if isinstance(text, str)})
            http = _HTTP(client, sdk.base_url, headers)
            lifetime = http.until_closed()
            self._open[loop] = http, lifetime
            await anext(lifetime)
        return self._open[loop][0]

    async def _receive(self, response: "httpx2.Response") -> Received:
        import httpx2

        stream = response.extensions.get("network_stream")

        async def drop() -> None:
            if stream is not None:
                await stream.aclose()

        # Not `aread`: at its end another task gets the connection, with what is left on it.
        raw = b"".join([chunk async for chunk in cast("httpx2.AsyncByteStream", response.stream)])
        surplus = False
        with suppress(AttributeError):
            surplus = bool(_H11(response).trailing_data[0])
        if surplus:
            await drop()
        decoded = httpx2.Response(response.status_code, headers=response.headers, content=raw).content
        request_id = response.headers.get("x-request-id")
        return Received(
            response.status_code,
            self.blank_key(decoded),
            request_id and self._without_key(request_id),
            read_limits(response.headers),
            surplus,
            drop,
        )

    async def _refuse(self, response: "httpx2.Response") -> Fault:
        import httpx2

        headers = httpx2.Headers([(name, self.blank_key(value)) for name, value in response.headers.raw])
        return read_refusal(response.status_code, headers, self.blank_key(await response.aread()))

    def _without_key(self, text: str) -> str:
        return self.blank_key(text.encode("utf-8", "replace")).decode()

    def _secret(self) -> str:
        if self._sdk is not None:
            return self._sdk.api_key
        return self._key.get_secret_value() if self._key is not None else ""


@cache
def _tls_context() -> "ssl.SSLContext":
    """Load the certificates once per process: that takes 60 ms, most of the time to build an HTTP client."""
    import httpx2

    return httpx2.create_ssl_context()


def build_timeout(timeout_s: float) -> "httpx2.Timeout":
    """Build the timeout of one request; nobody waits long for a connection."""
    import httpx2

    return httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S))


def _close_soon(left_open: _Open) -> None:
    """Close the HTTP clients of a connection that nobody closed, each in its own loop."""

    def close(loop: asyncio.AbstractEventLoop, http: _HTTP) -> None:
        task = loop.create_task(http.client.aclose())
        _CLOSING.add(task)
        task.add_done_callback(_CLOSING.discard)

    for loop, (http, _) in left_open.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(close, loop, http)


def _describe_break(error: Exception, *, answering: bool) -> Fault:
    """Describe an exchange that did not get to its end."""
    import httpx2
    import openai

    # The SDK's own wrapper says only "Connection error.".
    wrapped = error.__cause__
    cause = wrapped if isinstance(error, openai.APIConnectionError) and isinstance(wrapped, Exception) else error
    # The request hangs on the error with the key in its headers, and error reporters walk such things.
    if isinstance(cause, httpx2.RequestError) and cause._request is not None:  # noqa: SLF001 - `.request` raises
        cause.request.headers.clear()
        cause.request.url = cause.request.url.copy_with(userinfo=b"")
    said = f"{type(cause).__name__}: {cause}".rstrip(": ")
    if isinstance(cause, TimeoutError | httpx2.TimeoutException) and not isinstance(cause, httpx2.ConnectTimeout):
        return Fault(Kind.SLOW, DeadlineExceeded, "no whole answer in time", cause=cause)
    if answering:
        said = f"the connection broke inside the answer ({said})"
        return Fault(Kind.CUT_OFF, Unavailable, said, cause=cause, extra={"maybe_billed": True})
    return Fault(Kind.DOWN, Unavailable, f"no connection ({said})", cause=cause)
