"""A stand-in for an OpenAI-compatible server, on the loopback, that misbehaves as it is told and keeps a ledger.

What it serves is made up: it shows how the client treats the wire, never how a model answers.
"""

import asyncio
import json
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeAlias

REASONS = {200: "OK", 429: "Too Many Requests", 500: "Internal Server Error"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came: connection counts from 1."""

    connection: int
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


Act: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Standin:
    base_url: str
    acts: list[Act]
    otherwise: Callable[[], Act] | None = None
    ledger: list[Seen] = field(default_factory=list)
    connections: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    open: set[asyncio.Task[None]] = field(default_factory=set)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def next_act(self) -> Act:
        position = len(self.ledger) - 1
        if position < len(self.acts):
            return self.acts[position]
        return self.otherwise() if self.otherwise is not None else completion(f"reply-{position}")


@asynccontextmanager
async def standin(*acts: Act, otherwise: Callable[[], Act] | None = None) -> AsyncIterator[Standin]:
    """Plays one act a request, then what `otherwise` makes (good completions); ends with every connection closed."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        here.open.add(task)
        here.connections += 1
        # A client that leaves, and the end of the test, end a connection.
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await _answer_all(reader, writer, here, here.connections)
        writer.close()
        here.open.discard(task)
        here.closed.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    here = Standin(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", list(acts), otherwise)
    try:
        yield here
    finally:
        server.close()
        for task in list(here.open):
            task.cancel()
        await asyncio.gather(*here.open)


async def _answer_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, here: Standin, connection: int
) -> None:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        here.ledger.append(Seen(connection, head[0].split()[1], headers, body))
        here.asked.set()
        await here.next_act()(writer)
        await writer.drain()


def say(status: int, content: Any = b"", /, **headers: str) -> Act:
    """One whole response; anything but bytes goes out as JSON."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(response(status, content, **headers))

    return act


def response(status: int, content: Any = b"", /, **headers: str) -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = {"Content-Type": "application/json"} | {
        name.replace("_", "-").title(): value for name, value in headers.items()
    }
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in given.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def completed(text: str | None, /, *, finish: str = "stop", name: str = "", **over: Any) -> dict[str, Any]:
    """The body of a completion; `over` replaces top-level fields, `None` drops them."""
    body = {
        "id": f"chatcmpl-{name or text}-{'x' * 20}",
        "object": "chat.completion",
        "model": "stand-in-1",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}},
    }
    return {key: value for key, value in (body | over).items() if value is not None}


def completion(name: str, /, **over: Any) -> Act:
    """A good completion: JSON that carries its name."""
    return say(200, completed(json.dumps({"name": name}), name=name, **over), x_request_id=f"req-{name}")


def failing(status: int, /, *, message: str = "made up", **error: Any) -> Act:
    """An error status with OpenAI's error object; names that end in `_` are header names."""
    headers = {name.rstrip("_"): error.pop(name) for name in list(error) if name.endswith("_")}
    return say(status, {"error": {"message": message} | error}, **headers)


def reset() -> Act:
    """Breaks the connection before the answer."""
    return _broken_after(b"")


def cut() -> Act:
    """Breaks the connection inside the answer."""
    return _broken_after(response(200, completed("x" * 100))[:-60])


def _broken_after(beginning: bytes) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        await writer.drain()
        await asyncio.sleep(0.01)  # else the reset overtakes what was sent
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise ConnectionResetError

    return act


def hang() -> Act:
    """Takes the request and never answers."""

    async def act(writer: asyncio.StreamWriter) -> None:  # noqa: ARG001 - that is the point
        await asyncio.Event().wait()

    return act


def drip() -> Act:
    """Answers a byte at a time, for ever: no pause is long enough for a read timeout."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n{")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.005)

    return act


def surplus(name: str, extra: str) -> Act:
    """A good completion with a second response stuck to it, in one packet."""

    async def act(writer: asyncio.StreamWriter) -> None:
        bodies = (completed(json.dumps({"name": each}), name=each) for each in (name, extra))
        writer.write(b"".join(response(200, body) for body in bodies))

    return act


@dataclass(slots=True)
class Meter:
    """One limit as servers enforce it: a bucket that refills all the time and holds no more than `size`.

    With `size` much below a minute's worth it is what OpenAI documents: a limit a minute, enforced by the second.
    """

    what: str
    per_minute: float
    size: float
    level: float = 0.0
    at: float | None = None

    def refill(self, now: float) -> None:
        self.level = min(self.size, self.level + (now - self.at) * self.per_s) if self.at is not None else self.size
        self.at = now

    @property
    def per_s(self) -> float:
        return self.per_minute / 60

    def headers(self) -> dict[str, str]:
        reset_ms = (self.size - self.level) / self.per_s * 1000
        return {
            f"x_ratelimit_limit_{self.what}": f"{self.per_minute:.0f}",
            f"x_ratelimit_remaining_{self.what}": f"{self.level:.0f}",
            f"x_ratelimit_reset_{self.what}": f"{reset_ms:.0f}ms",
        }


@dataclass(slots=True)
class Enforcer:
    """Enforces limits a minute, and keeps the ledger of it.

    `served` and `refused` are the moments of good answers and of 429s. With `states` it says how it stands in the
    headers of every answer; with `names_wait` it says when to come back.
    """

    requests: Meter | None = None
    tokens: Meter | None = None
    prompt_tokens: int = 900
    completion_tokens: int = 100
    delay_s: float = 0.0
    states: bool = True
    names_wait: bool = True
    content: str = "{}"
    clock: Callable[[], float] = time.monotonic
    served: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    _names: Iterator[int] = field(default_factory=count)

    def decide(self) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Status, body and headers of the answer to a request that comes now."""
        now = self.clock()
        needs = [(self.requests, 1), (self.tokens, self.prompt_tokens + self.completion_tokens)]
        metered = [(meter, need) for meter, need in needs if meter is not None]
        for meter, _ in metered:
            meter.refill(now)
        wait_s = max(((need - meter.level) / meter.per_s for meter, need in metered), default=0.0)
        if wait_s <= 0:
            for meter, need in metered:
                meter.level -= need
        headers = {name: text for meter, _ in metered if self.states for name, text in meter.headers().items()}
        if wait_s > 0:
            self.refused.append(now)
            wait = {"retry_after_ms": f"{wait_s * 1000:.0f}"} if self.names_wait else {}
            return 429, {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}, headers | wait
        self.served.append(now)
        usage = {"prompt_tokens": self.prompt_tokens, "completion_tokens": self.completion_tokens}
        return 200, completed(self.content, name=f"enforced-{next(self._names)}", usage=usage), headers

    def __call__(self) -> Act:
        async def act(writer: asyncio.StreamWriter) -> None:
            status, body, headers = self.decide()
            if status == 200:
                await asyncio.sleep(self.delay_s)
            writer.write(response(status, body, **headers))

        return act
