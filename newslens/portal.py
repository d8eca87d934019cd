"""One background event loop for the process, behind every sync method: works in threads, notebooks, running loops."""

import atexit
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar, TypeVarTuple

from anyio.from_thread import BlockingPortal

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_WIND_UP_S = 5.0  # how long a cancelled task may take to close its connections


class _Loop:
    """A thread that runs an event loop until it is told to stop.

    anyio's own start_blocking_portal is a generator: dropped in a forked child it would wait for a thread that the
    child does not have. This object can simply be forgotten.
    """

    def __init__(self) -> None:
        self._started: Future[BlockingPortal] = Future()
        self.thread = threading.Thread(target=self._run, name="newslens-portal", daemon=True)
        self.thread.start()
        self.portal = self._started.result()

    def _run(self) -> None:
        import anyio

        anyio.run(self._serve)

    async def _serve(self) -> None:
        async with BlockingPortal() as portal:
            self._started.set_result(portal)
            await portal.sleep_until_stopped()

    def stop(self) -> None:
        """Cancel what runs, end the loop and wait for its thread."""
        self.portal.call(self.portal.stop, True)  # noqa: FBT003 - `call` takes positional arguments only
        self.thread.join()


class _Process:
    """The loop of this process, made when first needed."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start anew: the child of a fork has neither the thread nor a lock that is sure to be free."""
        self._lock = threading.Lock()
        self._loop: _Loop | None = None

    def loop(self) -> _Loop:
        with self._lock:
            if self._loop is None:
                self._loop = _Loop()
            return self._loop

    def stop(self) -> None:
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.stop()


_process = _Process()
atexit.register(_process.stop)
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_process.forget)


def run(function: Callable[[*Ts], Awaitable[T]], *args: *Ts) -> T:
    """Run an async function on the background loop and give back what it returns.

    Several threads may call at once. Ctrl-C (any exception in the waiting thread) cancels the task and waits for it
    to wind up before it goes on.

    Raises:
        RuntimeError: called from the background loop itself, where waiting would never end.
    """
    loop = _process.loop()
    if threading.current_thread() is loop.thread:
        raise RuntimeError("A sync method was called from inside newslens' own event loop. Await the async one.")
    ended = threading.Event()

    async def task() -> T:
        try:
            return await function(*args)
        finally:
            ended.set()

    future = loop.portal.start_task_soon(task)
    try:
        return future.result()
    finally:
        # Only a task that we stop waiting for is still running here; cancelling a finished one does nothing.
        if future.cancel():
            ended.wait(_WIND_UP_S)


def stop() -> None:
    """End the background loop now, as happens at exit; the next `run` starts another."""
    _process.stop()
