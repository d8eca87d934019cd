"""A double for tests of code that asks a model: answers from a list, remembers what it was asked.

>>> import asyncio
>>> from newslens.llm.exchange import Message, Request
>>> from newslens.testing import Scripted
>>> ask = Scripted({"summary": "Rain."})
>>> request = Request(what="summary", messages=(Message("user", "It rained."),), schema={})
>>> asyncio.run(ask(request)).text
'{"summary": "Rain."}'
>>> ask.requests[0].what
'summary'
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from newslens.errors import Usage
from newslens.llm.exchange import Request, Response

Script: TypeAlias = Mapping[str, Any] | Sequence[Any] | str | Response | BaseException


class Scripted:
    """An `Ask` that gives the replies of a list, first to last.

    Attributes:
        requests: every request so far, in order of arrival.

    Args:
        replies: for each request a mapping or sequence (sent as JSON), a str (sent as it is), a `Response`,
            or an exception (raised).

    Raises:
        AssertionError: when asked more often than there are replies; it is no NewslensError, so that nothing
            under test takes it for a fault of a server.
    """

    def __init__(self, *replies: Script) -> None:
        self._replies = replies
        self.requests: list[Request] = []

    async def __call__(self, request: Request) -> Response:
        """The next reply of the list."""
        position = len(self.requests)
        self.requests.append(request)
        if position >= len(self._replies):
            raise AssertionError(
                f"Scripted has {len(self._replies)} replies and got request {position + 1}: {request.what!r}"
            )
        return _reply(self._replies[position])


def _reply(scripted: Script) -> Response:
    if isinstance(scripted, BaseException):
        raise scripted
    if isinstance(scripted, Response):
        return scripted
    text = scripted if isinstance(scripted, str) else json.dumps(scripted, ensure_ascii=False)
    return Response(text=text, usage=Usage(requests=1), model="scripted")
