"""Who reads: a server, a model file, the caller's own function, or the offline reader.

What is given comes first, then the environment (`OPENAI_API_KEY`, `OPENAI_BASE_URL`, `NEWSLENS_MODEL`), then the
offline reader.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import SecretStr

from newslens.errors import ConfigurationError
from newslens.llm.address import address

DEFAULT_MODEL = "gpt-6-luna"  # cheap, a long window, and it takes decisions
_NO_KEY = "none"  # local servers ask for no key, and the SDK for any


@dataclass(frozen=True, slots=True)
class Source:
    """A reader, and what is needed to reach it; the key never shows.

    Attributes:
        kind: which way of answering; `caller` for a client or function that the caller gave.
        model: name of the model, None for the offline reader.
        base_url: of the server; None for OpenAI's own.
        api_key: for the server.
        gguf: the model file, for kind `gguf`.
        chosen: False when nothing was configured and the offline reader is the fall-back.
    """

    kind: Literal["classical", "server", "gguf", "caller"]
    model: str | None = None
    base_url: str | None = field(default=None, repr=False)  # it may hold a password
    api_key: SecretStr | None = field(default=None, repr=False)
    gguf: Path | None = None
    chosen: bool = True

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Source holds a key and is not pickled. Build the lens in each process.")

    @property
    def host(self) -> str | None:
        """Host of the server, without credentials or path."""
        if self.kind != "server":
            return None
        return urlsplit(self.base_url).hostname if self.base_url else "api.openai.com"


def resolve(  # noqa: PLR0913 - one keyword for each way of naming a reader
    *,
    model: str | None = None,
    base_url: str | None = None,
    api_key: str | SecretStr | None = None,
    gguf: str | os.PathLike[str] | None = None,
    offline: bool = False,
    client: object = None,
    ask: object = None,
    environment: Mapping[str, str] = os.environ,
) -> Source:
    """The reader that these settings mean.

    Raises:
        ConfigurationError: settings that contradict each other, or a server without a model or key.
    """
    server = base_url or api_key or None
    ways = {"ask": ask, "client": client, "gguf": gguf, "offline": offline or None, "base_url or api_key": server}
    chosen = [name for name, value in ways.items() if value is not None]
    if len(chosen) > 1:
        raise ConfigurationError(f"{chosen[0]} and {chosen[1]} contradict each other. Give one of them.")
    if offline:
        return Source("classical")
    if ask is not None:
        return Source("caller", model=model)
    if client is not None:
        return Source("caller", model=model or environment.get("NEWSLENS_MODEL") or DEFAULT_MODEL)
    if gguf is not None:
        if not Path(gguf).is_file():
            raise ConfigurationError(f"No model file at {Path(gguf)}. Give the path of a .gguf file.")
        return Source("gguf", model=model or Path(gguf).stem, gguf=Path(gguf))
    return _server(model, base_url, api_key, environment)


def _server(
    model: str | None, base_url: str | None, api_key: str | SecretStr | None, environment: Mapping[str, str]
) -> Source:
    wanted = model or base_url or api_key
    known = environment.get("OPENAI_BASE_URL") or None
    # A key from the environment is for the environment's server, never for another one.
    found = environment.get("OPENAI_API_KEY") if base_url in (None, known) else None
    base_url = base_url or known
    key = api_key or found or (_NO_KEY if base_url else None)
    if key is None and not wanted:
        return Source("classical", chosen=False)
    if key is None:
        raise ConfigurationError(
            "There is no key for OpenAI. Set OPENAI_API_KEY, or give base_url=… for another server, "
            "or read without a model: Lens(offline=True)."
        )
    address(base_url)
    name = model or environment.get("NEWSLENS_MODEL") or (None if base_url else DEFAULT_MODEL)
    if name is None:
        raise ConfigurationError(
            f"The server at {urlsplit(base_url or '').hostname} needs the name of a model. "
            "Give model=… or set NEWSLENS_MODEL."
        )
    return Source("server", model=name, base_url=base_url, api_key=_secret(key))


def _secret(key: str | SecretStr) -> SecretStr:
    return key if isinstance(key, SecretStr) else SecretStr(key)
