"""Who answers, by name: the store tells answers apart by it, and prices go by its host."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from newslens.llm.source import Source

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


def server_name(base_url: str | None) -> str:
    """A server's address without user, password, query and final slash; None is OpenAI's own."""
    parts = urlsplit(base_url or "https://api.openai.com/v1")
    place = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
