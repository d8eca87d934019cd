"""One holder of a name at a time."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager


class Turns:
    """One holder of a name at a time, among tasks of any number of event loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, Future[None]] = {}

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """Wait for the name, and hold it."""
        while (holder := self._taken(name)) is not None:
            await asyncio.wait([asyncio.wrap_future(holder)])  # unlike `await`, leaves it alone when we are cancelled
        try:
            yield
        finally:
            with self._lock:
                done = self._held.pop(name)
            done.set_result(None)

    def _taken(self, name: str) -> Future[None] | None:
        """Who holds the name; None: we do, from now on."""
        with self._lock:
            holder = self._held.get(name)
            if holder is None:
                self._held[name] = Future()
            return holder
