"""What makes two requests the same: the hash of all that can change the answer."""

import hashlib
import json
from typing import Any
from urllib.parse import urlsplit

from newslens.llm.exchange import Request


def address(request: Request, *, server: str, model: str | None) -> str:
    """SHA-256 (hex) of everything about a request that can change its answer.

    The order of a schema's properties counts: it is the order in which a model writes them. What only people see
    (`what`), how long we wait (`deadline`) and where a server caches (`cache_key`) do not count.

    Args:
        request: the question.
        server: who is asked, see `server_name`; never with a key in it.
        model: the model's name, as it is asked for; the request may name another.
    """
    said = [[message.role, message.content] for message in request.messages]
    temperature = None if request.temperature is None else float(request.temperature)
    parameters = [request.max_output_tokens, temperature, request.seed]
    whole: list[Any] = [server, request.model or model, said, dict(request.schema), request.schema_name, parameters]
    if request.wanted != "json" or request.repetition:  # else as it was before there was a judge
        decided = [[choice.name, choice.text, choice.options] for choice in request.choices]
        whole += [request.wanted, decided, request.repetition]
    # Not `ensure_ascii`: it spells a character beyond U+FFFF and two lone surrogates alike.
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def server_name(base_url: str | None) -> str:
    """A server's address without user, password, query and final slash; None is OpenAI's own."""
    parts = urlsplit(base_url or "https://api.openai.com/v1")
    place = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"
