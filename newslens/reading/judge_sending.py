"""Send the requests of one measurement: the first alone, the others side by side."""

import json
from collections.abc import Sequence
from typing import Any

from newslens.errors import NewslensError
from newslens.llm.exchange import Ask, Request, Response
from newslens.reading.judge_reporting import Verdict


async def sent(ask: Ask, requests: Sequence[Request], verdict: Verdict) -> list[Response | None]:
    """The replies in order; None for a request that failed, whose error is booked.

    The first shows whether the server takes such requests, and fills its prompt cache.

    Raises:
        NewslensError: the first one failed.
    """
    import anyio

    replies: list[Response | None] = [None] * len(requests)

    async def send(number: int) -> None:
        reply = await ask(requests[number])
        replies[number] = reply
        verdict.spend(reply)

    async def send_or_book(number: int) -> None:
        try:
            await send(number)
        except NewslensError as error:
            verdict.fail(error)

    await send(0)
    async with anyio.create_task_group() as tasks:
        for number in range(1, len(requests)):
            tasks.start_soon(send_or_book, number)
    return replies


def data(reply: Response | None) -> Any:
    """What a reply says in JSON; None where it says something else, or where there is none."""
    try:
        return None if reply is None else json.loads(reply.text)
    except (ValueError, RecursionError):
        return None
