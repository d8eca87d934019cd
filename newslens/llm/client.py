"""The client: which server or model file is asked, and the way there. It works for OpenAI and compatible servers."""

import asyncio
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self
from urllib.parse import urlsplit

from pydantic import SecretStr

from newslens.errors import ConfigurationError, MissingExtra
from newslens.llm.call import Call, ServerState
from newslens.llm.connection import NO_KEY, Connection
from newslens.llm.exchange import Request, Response
from newslens.llm.limiter import Clock, Sleep, shared_limiter
from newslens.llm.tokens import Account
from newslens.options import Budget, Rate, Retry

if TYPE_CHECKING:
    import openai

DEFAULT_MODEL = "gpt-6-luna"  # cheap, with a long window and a decisions endpoint
_OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Which server or model file is asked, if any, and what is needed to reach it. The key never shows.

    Attributes:
        kind: a server, a model file, an `ask` function of the caller's, or none: the offline reader (`classical`).
        chosen: False if nothing was configured, so that the offline reader is the fallback.
    """

    kind: Literal["classical", "server", "gguf", "caller"]
    model: str | None = None
    base_url: str | None = field(default=None, repr=False)  # it may contain a password
    api_key: SecretStr | None = field(default=None, repr=False)
    gguf: Path | None = None
    chosen: bool = True

    def __reduce__(self) -> NoReturn:
        raise TypeError("An Endpoint holds a key and is not pickled. Build the lens in each process.")

    @property
    def host(self) -> str | None:
        """Host name of the server, without credentials or path."""
        return urlsplit(self.base_url).hostname if self.base_url else None

    @property
    def server(self) -> str:
        """Identifies the server in cache keys: its address without user, password, query and final slash.

        For a model file it changes with the file.
        """
        if self.gguf is not None:
            file = self.gguf.stat()
            return f"gguf:{self.gguf.name}:{file.st_size}:{file.st_mtime_ns}"
        if self.base_url is None:
            return "caller"
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}"


def resolve(  # noqa: PLR0913 - one keyword for each way of naming a model
    *,
    model: str | None = None,
    base_url: str | None = None,
    api_key: str | SecretStr | None = None,
    gguf: str | os.PathLike[str] | None = None,
    offline: bool = False,
    client: "openai.AsyncOpenAI | None" = None,
    ask: object = None,
    environment: Mapping[str, str] = os.environ,
) -> Endpoint:
    """Find out what these settings mean: first what is given, then the environment, then the offline reader.

    Only this function reads `OPENAI_API_KEY`, `OPENAI_BASE_URL` and `NEWSLENS_MODEL`.

    Raises:
        ConfigurationError: settings contradict each other, or the key, model name or address of a server is missing or
            cannot work.
    """
    server = base_url or api_key or None
    ways = {"ask": ask, "client": client, "gguf": gguf, "offline": offline or None, "base_url or api_key": server}
    given = [name for name, value in ways.items() if value is not None]
    if len(given) > 1:
        raise ConfigurationError(f"{given[0]} and {given[1]} contradict each other. Give one of them.")
    if offline:
        return Endpoint("classical")
    if ask is not None:
        return Endpoint("caller", model=model)
    if client is not None:
        model = model or environment.get("NEWSLENS_MODEL") or DEFAULT_MODEL
        return Endpoint("server", model=model, base_url=str(client.base_url))
    if gguf is not None:
        path = Path(gguf)
        if not path.is_file():
            raise ConfigurationError(f"No model file at {path}. Give the path of a .gguf file.")
        return Endpoint("gguf", model=model or path.stem, gguf=path)
    known_url = environment.get("OPENAI_BASE_URL") or None
    # A key from the environment is for the environment's server, never for another one.
    key = api_key or (environment.get("OPENAI_API_KEY") if base_url in {None, known_url} else None) or None
    url = base_url or known_url
    if key is None and url is None:
        if not model:
            return Endpoint("classical", chosen=False)
        raise ConfigurationError(
            "There is no key for OpenAI. Set OPENAI_API_KEY, or give base_url=… for another server, "
            "or read without a model: Lens(offline=True)."
        )
    _check_url(url or _OPENAI)
    name = model or environment.get("NEWSLENS_MODEL") or (None if url else DEFAULT_MODEL)
    if name is None:
        raise ConfigurationError(
            f"The server at {urlsplit(url or '').hostname} needs the name of a model. "
            "Give model=… or set NEWSLENS_MODEL."
        )
    return Endpoint("server", model=name, base_url=url or _OPENAI, api_key=_wrap(key))


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # unbalanced brackets, a port that is not a number
        is_sound = False
    if not is_sound or any(character.isspace() or not character.isprintable() for character in url):
        raise ConfigurationError(
            "The base URL (base_url=…, OPENAI_BASE_URL) must be an http or https URL, such as http://localhost:11434/v1."
        )


def _wrap(key: str | SecretStr | None) -> SecretStr:
    text = key.get_secret_value() if isinstance(key, SecretStr) else key or ""
    text = text.strip()  # keys read from files end in a line feed
    if not (text.isascii() and text.isprintable()):
        raise ConfigurationError("The API key has characters that an HTTP header cannot contain.")
    return SecretStr(text or NO_KEY)


class Client:
    """Asks OpenAI, or any server with its chat completions or decisions: one retry policy, one deadline, all accounted.

    What a server does not support (a JSON schema, `max_completion_tokens`) is learned from its answers and remembered.
    A model file is loaded at the first request. Works on any number of event loops; `aclose` closes the connections of
    the running one, and the end of a loop closes those that are left.

    Args:
        model: name of the model at the server; or an `Endpoint`, instead of it, `base_url` and `api_key`.
        base_url, api_key: see `resolve`.
        client: a ready SDK client instead of these two; it stays the caller's to close.
        retry: how often and how long to try.
        rate: what the server allows; None learns it from its answers. All clients in the process that ask the same
            model at the same server share one queue.
        budget: caps on what all requests of this client may cost together.
        window: context window of a model file, in tokens.
        sleep: replaced in tests, so that they need not wait; seconds.
        clock: likewise.

    Raises:
        ConfigurationError: see `resolve`; or there is a cap in dollars, and the price is not known.
    """

    def __init__(  # noqa: PLR0913 - options, each of one kind
        self,
        model: str | Endpoint,
        *,
        base_url: str | None = None,
        api_key: SecretStr | str | None = None,
        client: "openai.AsyncOpenAI | None" = None,
        retry: Retry = Retry(),  # noqa: B008 - frozen
        rate: Rate | None = None,
        budget: Budget | None = None,
        window: int = 4096,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        if not isinstance(model, Endpoint):
            model = resolve(model=model, base_url=base_url, api_key=api_key, client=client)
        self.endpoint = found = model
        self.sdk = client
        self.retry = retry
        self.budget = budget or Budget()
        self.model = found.gguf.stem if found.gguf is not None else found.model or ""
        self._lock = threading.Lock()
        self._local: LocalServer | None = None
        self._connection: Connection | None = None
        if found.gguf is not None:
            self._local = LocalServer(found.gguf, context=window)
        elif found.base_url is not None:
            self._connection = Connection(found.base_url, found.api_key, client)
        else:
            raise ConfigurationError("No model is configured. Give the name of a model and a server, or a model file.")
        self._server = ServerState()
        self._account = Account(self.budget, model=self.model, host=found.host or "")
        self._limiter = shared_limiter(found.server, self.model, clock)
        if rate is not None:
            self._limiter.give(rate)
        self._sleep = sleep
        self._clock = clock

    def __repr__(self) -> str:
        return f"Client({self.model!r}, host={self.endpoint.host!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Client holds a key and connections and is not pickled. Build one in each process.")

    async def ask(self, request: Request) -> Response:
        """Return the model's answer as it wrote or measured it; the caller decides whether it fits.

        Raises:
            ServiceError: the server did not answer: `AuthenticationFailed`, `BadRequest` and its kinds, `RateLimited`,
                `QuotaExhausted`, `BudgetExceeded`, `Unavailable`, `DeadlineExceeded`.
            ReplyError: its answer cannot be used: `MalformedResponse`, `InvalidReply` (blank), `Truncated`, `Refused`,
                `Filtered`.
        """
        connection = self._connection
        if connection is None:
            import anyio

            connection = await anyio.to_thread.run_sync(self._start)  # loading a model takes a second
        limiter = self._limiter
        if request.model is not None:
            limiter = shared_limiter(self.endpoint.server, request.model, self._clock)
        call = Call(
            request=request,
            model=request.model or self.model,
            connection=connection,
            server=self._server,
            limiter=limiter,
            account=self._account,
            retry=self.retry,
            sleep=self._sleep,
            clock=self._clock,
        )
        outcome = await call.run()
        if isinstance(outcome, Response):
            return outcome
        # Outside of any handler: the SDK's errors carry the request, and with it the key.
        raise call.to_error(outcome) from outcome.cause

    def _start(self) -> Connection:
        """Load the model file, once for all threads."""
        with self._lock:
            if self._connection is None:
                assert self._local is not None  # noqa: S101 - for the type checker: one of the two is always set
                self._connection = Connection(self._local.start().base_url)
            return self._connection

    async def aclose(self) -> None:
        """Close the connections of the running event loop and stop a model that was loaded; asking again opens anew.

        What the client knows about the server and has spent of the budget is kept.
        """
        with self._lock:
            connection = self._connection
            if self._local is not None:
                self._connection = None  # the next server will listen elsewhere
        if connection is not None:
            await connection.aclose()
        if self._local is not None:
            self._local.stop()


# Small models fall into loops and never close a string; with this, each of our schemas comes to an end.
_REPEAT_PENALTY, _PENALISED_TOKENS = 1.15, 256


class LocalServer:
    """Serves a GGUF file by llama.cpp inside this process (extra `local`) while the `with` block lasts.

    It listens on a loopback `port` (0 takes a free one); one request may fill a window of `context` tokens.

    Raises:
        ConfigurationError: the file does not exist or is not a model that llama.cpp can load.
        MissingExtra: the extra `local` is not installed.
    """

    def __init__(self, gguf: Path, *, context: int = 4096, port: int = 0) -> None:
        if not gguf.is_file():
            raise ConfigurationError(f"No model file at {gguf}. Give the path of a .gguf file.")
        self._gguf = gguf
        self._context = context
        self._port = port
        self._server: Any = None

    def __repr__(self) -> str:
        return f"LocalServer({self._gguf.name!r})"

    @property
    def model(self) -> str:
        """Name of the model as the server gives it: the file's name without its suffix."""
        return self._gguf.stem

    @property
    def base_url(self) -> str:
        """Where the server listens, for `Client(base_url=…)`."""
        if self._server is None:
            raise ConfigurationError(f"{self!r} is not running. Use it in a `with` block, or call start().")
        return f"{self._server.listening_address}/v1"

    def start(self) -> Self:
        """Load the model and listen; does nothing if it is already running."""
        if self._server is not None:
            return self
        try:
            import xllamacpp
        except ImportError as error:
            raise MissingExtra.named("local", "a model on this machine") from error
        params = xllamacpp.CommonParams()
        params.model.path = str(self._gguf)
        params.model_alias = {self.model}  # else answers contain the path of the file
        params.hostnames = ["127.0.0.1"]
        params.port = self._port
        params.n_ctx = self._context
        params.n_parallel = 1
        params.verbosity = -1  # write nothing at all
        params.sampling.penalty_repeat = _REPEAT_PENALTY
        params.sampling.penalty_last_n = _PENALISED_TOKENS
        params.cors_origins = "http://127.0.0.1"  # its default lets any web page in a browser talk to it
        params.ui = params.endpoint_slots = False
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ConfigurationError(f"llama.cpp cannot load {self._gguf.name}: {error}") from error
        return self

    def stop(self) -> None:
        """Stop listening and free the model."""
        self._server = None  # the server ends with its last reference

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
