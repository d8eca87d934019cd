"""Posts straight to an HTTP client of ours: what all requests to a server have in common is made ready once."""

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from newslens.llm.protocol import Body

if TYPE_CHECKING:
    import httpx2

_CONNECT_S = 10.0  # a server that takes longer to accept a connection is down, not slow


class Poster(Protocol):
    """Posts bodies to one server."""

    async def post(self, path: str, body: Body, *, idempotency_key: uuid.UUID, timeout_s: float) -> "httpx2.Response":
        """The response to one request, with its headers read and its body still to come.

        Streamed, so that a connection that breaks inside the answer is told from one that broke before it.
        """


@dataclass(frozen=True, slots=True)
class Direct:
    """The cheap poster, for servers that we set up ourselves; the SDK's makes headers and URL again for each request.

    Attributes:
        http: the client, with its pool.
        base_url: of the server; ends in a slash.
        headers: of every request, the key among them.
    """

    http: "httpx2.AsyncClient"
    base_url: "httpx2.URL"
    headers: "httpx2.Headers" = field(repr=False)

    async def post(self, path: str, body: Body, *, idempotency_key: uuid.UUID, timeout_s: float) -> "httpx2.Response":
        """The response, whatever its status."""
        request = self.http.build_request(
            "POST",
            self.base_url.copy_with(raw_path=self.base_url.raw_path + path.removeprefix("/").encode()),
            content=json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(),
            headers=self.headers | {"Idempotency-Key": str(idempotency_key)},
            timeout=timeout(timeout_s),
        )
        return await self.http.send(request, stream=True)


def timeout(timeout_s: float) -> "httpx2.Timeout":
    """For one request; nobody waits long for a connection."""
    import httpx2

    return httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S))
