"""Who answers, by name: the store tells answers apart by it, and prices go by its host."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newslens.llm.source import Source
from newslens.llm.store_package import server_name

if TYPE_CHECKING:
    from openai import AsyncOpenAI


def server_of(source: Source, client: "AsyncOpenAI | None") -> str:
    """The name; for a model file it changes with the file."""
    if client is not None:
        return server_name(str(client.base_url))
    if source.gguf is not None:
        file = source.gguf.stat()
        return f"gguf:{source.gguf.name}:{file.st_size}:{file.st_mtime_ns}"
    return server_name(source.base_url) if source.kind == "server" else "caller"


def host_of(server: str) -> str:
    """Host name in the name; empty where none is asked over a network."""
    return urlsplit(server).hostname or ""
