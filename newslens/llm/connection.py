"""The way to one OpenAI-compatible server: an HTTP client for each event loop, one exchange at a time."""

import asyncio
import uuid
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from newslens.errors import ConfigurationError, DeadlineExceeded, Unavailable
from newslens.llm.address import address, key
from newslens.llm.advertised import standing
from newslens.llm.direct import Direct, Poster, timeout
from newslens.llm.faults import Fault, Kind
from newslens.llm.limits import Standing
from newslens.llm.protocol import Body
from newslens.llm.refusals import refused

if TYPE_CHECKING:
    import httpx2
    import openai

_Open: TypeAlias = dict[asyncio.AbstractEventLoop, tuple[Direct, AsyncGenerator[None]]]
_CLOSING: set[asyncio.Task[None]] = set()  # a loop holds its tasks weakly

CHAT = "/chat/completions"
_NO_KEY = "none"  # the SDK wants one; local servers do not look at it
_SHORTEST_SECRET = 8  # characters; less than that is no key, and blanking it would blank words

# h11 keeps bytes that follow an answer and would read them as the next answer on that connection. No public name
# leads to them; on another transport the chain ends early and there is nothing to see.
_H11 = attrgetter("stream._stream._httpcore_stream._stream._connection._h11_state")


@dataclass(frozen=True, slots=True)
class Received:
    """A response with status 2xx.

    Attributes:
        status: its status.
        content: the whole body.
        request_id: the server's id of the request.
        standing: what the server says about its limits.
        surplus: more bytes came than the answer has.
        drop: closes the connection that it came on, so that nothing else is read from it.
    """

    status: int
    content: bytes = field(repr=False)
    request_id: str | None
    standing: Standing
    surplus: bool
    drop: Callable[[], Awaitable[None]] = field(repr=False)


class Connection:
    """Sends bodies to one server.

    An HTTP client dies with the event loop it was used on. So each loop gets its own, built at its first exchange and
    closed by `aclose`, when the loop shuts down (`asyncio.run` does that properly), or when the connection is dropped.
    A client that the caller gave is used as it is, with its own retries off, and is the caller's to close.
    """

    def __init__(
        self, base_url: str | None, api_key: SecretStr | str | None, given: "openai.AsyncOpenAI | None"
    ) -> None:
        if given is not None and (base_url is not None or api_key is not None):
            raise ConfigurationError("Give either a ready `openai` client or base_url and api_key, not both.")
        # The SDK retries too; two layers multiply.
        self._given = _Through(given.with_options(max_retries=0)) if given is not None else None
        self._key = key(base_url, api_key) if given is None else None
        self._base_url = str(given.base_url) if given is not None else address(base_url)
        self._open: _Open = {}
        weakref.finalize(self, _close_soon, self._open).atexit = False  # by then the loops have ended

    @property
    def base_url(self) -> str:
        """Address of the server, which may hold a password."""
        return self._base_url

    @property
    def host(self) -> str:
        """Host name of the server."""
        return urlsplit(self._base_url).hostname or ""

    def without_key(self, text: str) -> str:
        """The text with the key blanked, should a server have repeated it."""
        secret = self._secret()
        return text.replace(secret, "[key]") if len(secret) >= _SHORTEST_SECRET else text

    async def exchange(
        self, body: Body, *, idempotency_key: uuid.UUID, timeout_s: float, path: str = CHAT
    ) -> Received | Fault:
        """Send one request and read its whole response, in `timeout_s` seconds all told."""
        import httpx2
        import openai

        poster = await self._poster()
        response: httpx2.Response | None = None
        try:
            async with asyncio.timeout(timeout_s):
                response = await poster.post(path, body, idempotency_key=idempotency_key, timeout_s=timeout_s)
                return await (self._received(response) if response.is_success else self._refused(response))
        except openai.APIStatusError as error:
            return await self._refused(error.response)
        except (openai.APIConnectionError, httpx2.HTTPError, httpx2.StreamError, TimeoutError) as error:
            fault = _broken(error, answering=response is not None and response.is_success)
            return replace(fault, said=self.without_key(fault.said))
        finally:
            if response is not None:
                await response.aclose()

    async def _received(self, response: "httpx2.Response") -> Received:
        import httpx2

        stream = response.extensions.get("network_stream")

        async def drop() -> None:
            if stream is not None:
                await stream.aclose()

        # Not `aread`: at its end another task gets the connection, with what is left on it.
        raw = b"".join([chunk async for chunk in cast("httpx2.AsyncByteStream", response.stream)])
        if surplus := _has_surplus(response):
            await drop()
        content = httpx2.Response(response.status_code, headers=response.headers, content=raw).content  # decoded
        request_id = response.headers.get("x-request-id")
        told = request_id and self.without_key(request_id)
        return Received(response.status_code, self.keyless(content), told, standing(response.headers), surplus, drop)

    async def _refused(self, response: "httpx2.Response") -> Fault:
        import httpx2

        headers = httpx2.Headers([(name, self.keyless(value)) for name, value in response.headers.raw])
        return refused(response.status_code, headers, self.keyless(await response.aread()))

    def keyless(self, content: bytes) -> bytes:
        """What came, before anybody cuts or reads it, with the key blanked."""
        secret = self._secret().encode()
        return content.replace(secret, b"[key]") if len(secret) >= _SHORTEST_SECRET else content

    async def aclose(self) -> None:
        """Close the connections of the running event loop; those of other loops close with their loop."""
        entry = self._open.pop(asyncio.get_running_loop(), None)
        if entry is not None:
            await entry[1].aclose()

    async def _poster(self) -> Poster:
        """What posts on the running event loop."""
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if loop not in self._open:
            for stale in [other for other in list(self._open) if other.is_closed()]:  # other threads add theirs
                self._open.pop(stale, None)
            direct = self._built()
            lifetime = _open_while_loop_runs(direct)
            self._open[loop] = direct, lifetime
            await anext(lifetime)
        return self._open[loop][0]

    def _built(self) -> Direct:
        """The SDK still says what goes into the headers: its environment variables name organization and project."""
        import httpx2
        import openai

        http = openai.DefaultAsyncHttpxClient()
        secret = self._secret() or _NO_KEY
        sdk = openai.AsyncOpenAI(api_key=secret, base_url=self._base_url, max_retries=0, http_client=http)
        said = sdk.auth_headers | sdk.default_headers  # what is not set says so with a value that is no text
        return Direct(http, sdk.base_url, httpx2.Headers({k: v for k, v in said.items() if isinstance(v, str)}))

    def _secret(self) -> str:
        if self._given is not None:
            return self._given.sdk.api_key
        return self._key.get_secret_value() if self._key is not None else ""


def _close_soon(left_open: "_Open") -> None:
    """Close, each in its own loop, the HTTP clients of a connection that nobody closed."""
    for loop, (direct, _) in left_open.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_close_now, loop, direct)


def _close_now(loop: asyncio.AbstractEventLoop, direct: Direct) -> None:
    closing = loop.create_task(direct.http.aclose())
    _CLOSING.add(closing)
    closing.add_done_callback(_CLOSING.discard)


async def _open_while_loop_runs(direct: Direct) -> AsyncGenerator[None]:
    """Closes the HTTP client when its event loop finalises its async generators, the last thing that a loop runs."""
    try:
        yield
    finally:
        await direct.http.aclose()


@dataclass(frozen=True, slots=True)
class _Through:
    """Posts through a caller's SDK client, which applies all that it was set up with: headers, query, Azure's paths.

    `post` instead of `chat.completions.create`: the typed call spends most of its CPU on transforming the request.
    """

    sdk: "openai.AsyncOpenAI"

    async def post(self, path: str, body: Body, *, idempotency_key: uuid.UUID, timeout_s: float) -> "httpx2.Response":
        """The response with a good status; others are raised."""
        import httpx2
        import openai

        response = await self.sdk.post(
            path,
            cast_to=httpx2.Response,
            body=body,
            options={"headers": {"Idempotency-Key": str(idempotency_key)}, "timeout": timeout(timeout_s)},
            stream=True,
            stream_cls=openai.AsyncStream[Any],
        )
        return cast("httpx2.Response", response)  # what `cast_to` asks for; the SDK's types say a stream of events


def _has_surplus(response: "httpx2.Response") -> bool:
    try:
        surplus, _ = _H11(response).trailing_data
    except AttributeError:
        return False
    return bool(surplus)


def _broken(error: Exception, *, answering: bool) -> Fault:
    """The fault of an exchange that did not get to its end."""
    import httpx2

    cause = _innermost(error)
    _forget_secrets(cause)
    said = f"{type(cause).__name__}: {cause}".rstrip(": ")
    if isinstance(cause, TimeoutError | httpx2.TimeoutException) and not isinstance(cause, httpx2.ConnectTimeout):
        return Fault(Kind.SLOW, DeadlineExceeded, "no whole answer in time", cause=cause)
    if answering:
        said = f"the connection broke inside the answer ({said})"
        return Fault(Kind.CUT_OFF, Unavailable, said, cause=cause, extra={"maybe_billed": True})
    return Fault(Kind.DOWN, Unavailable, f"no connection ({said})", cause=cause)


def _innermost(error: Exception) -> Exception:
    """Under the SDK's own wrapper, which says only "Connection error."."""
    import openai

    wrapped = error.__cause__
    return wrapped if isinstance(error, openai.APIConnectionError) and isinstance(wrapped, Exception) else error


def _forget_secrets(error: Exception) -> None:
    """The request hangs on the error with the key in its headers, and error reporters walk such things."""
    import httpx2

    if isinstance(error, httpx2.RequestError) and error._request is not None:  # noqa: SLF001 - `.request` raises
        error.request.headers.clear()
        error.request.url = error.request.url.copy_with(userinfo=b"")
