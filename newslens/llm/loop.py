"""One background event loop for the process, behind every sync method: works in threads, notebooks, running loops."""

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_WIND_UP_S = 5.0  # how long a cancelled task may take to close its connections


class _Loop:
    """A thread that runs an event loop until it is stopped.

    Plain asyncio on purpose. anyio's blocking portal cancels again at every `await`, so code that closes connections
    after a Ctrl-C never gets to its end; and in a forked child it waits for a thread that the child does not have. This
    object can simply be dropped there.
    """

    def __init__(self) -> None:
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        # At its end, `asyncio.run` cancels what is left and closes what hangs on the loop.
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="newslens-loop", daemon=True)
        self.thread.start()
        self.loop = self._started.result()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        self._started.set_result(asyncio.get_running_loop())
        await self._stopped.wait()

    def stop(self) -> None:
        """Cancel what runs, end the loop and wait for its thread."""
        self.loop.call_soon_threadsafe(self._stopped.set)
        self.thread.join()


_lock = threading.Lock()
_background: _Loop | None = None


def stop() -> None:
    """End the background loop now, as happens at exit; the next `run` starts another."""
    global _background
    with _lock:
        loop, _background = _background, None
    if loop is not None:
        loop.stop()


def _forget() -> None:
    """Start anew: the child of a fork has no such thread, and its copy of the lock may be held forever."""
    global _background, _lock
    _lock, _background = threading.Lock(), None


atexit.register(stop)
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_forget)


def run(function: Callable[[*Ts], Coroutine[Any, Any, T]], *args: *Ts) -> T:
    """Run an async function on the background loop and return its result.

    Several threads may call it at once. Ctrl-C (any exception in the waiting thread) cancels the task and waits until
    it has wound up.

    Raises:
        RuntimeError: called from the background loop itself, which would wait forever.
    """
    global _background  # noqa: PLW0603 - see above
    with _lock:
        background = _background = _background or _Loop()
    if threading.current_thread() is background.thread:
        raise RuntimeError("A sync method was called from inside newslens' own event loop. Await the async one.")
    work, ended = function(*args), threading.Event()
    tasks: list[asyncio.Task[T]] = []

    def begin() -> None:
        task = background.loop.create_task(work)
        tasks.append(task)
        task.add_done_callback(lambda _: ended.set())  # also called if it is cancelled before its first step

    def cancel() -> None:
        tasks[0].cancel()

    background.loop.call_soon_threadsafe(begin)
    try:
        ended.wait()
    except BaseException:
        background.loop.call_soon_threadsafe(cancel)
        ended.wait(_WIND_UP_S)
        raise
    return tasks[0].result()
