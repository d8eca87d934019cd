"""One background event loop for the process, behind every sync method: works in threads, notebooks, running loops."""

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_WIND_UP_S = 5.0  # how long a cancelled task may take to close its connections


class _Loop:
    """A thread that runs an event loop until it is told to stop.

    Plain asyncio on purpose. anyio's blocking portal cancels again at every `await`, so that code which closes
    things after a Ctrl-C never gets to its end, and dropped in a forked child it waits for a thread that the child
    does not have; this object can simply be forgotten there.
    """

    def __init__(self) -> None:
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self.thread = threading.Thread(target=self._run, name="newslens-portal", daemon=True)
        self.thread.start()
        self.loop = self._started.result()

    def _run(self) -> None:
        asyncio.run(self._serve())  # at its end it cancels what is left and closes what hangs on the loop

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        self._started.set_result(asyncio.get_running_loop())
        await self._stopped.wait()

    def stop(self) -> None:
        """Cancel what runs, end the loop and wait for its thread."""
        self.loop.call_soon_threadsafe(self._stopped.set)
        self.thread.join()


class _Task(Generic[T]):
    """Work on the loop, as the thread sees it that waits for its end."""

    def __init__(self, work: Coroutine[Any, Any, T]) -> None:
        self.ended = threading.Event()
        self._work = work

    def begin(self) -> None:
        """To be called on the loop, as `cancel` is."""
        self._task = asyncio.get_running_loop().create_task(self._work)
        self._task.add_done_callback(lambda _: self.ended.set())  # comes also if it is cancelled before its first step

    def cancel(self) -> None:
        self._task.cancel()

    def result(self) -> T:
        """What it returned; raises what it raised."""
        return self._task.result()


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


def run(function: Callable[[*Ts], Coroutine[Any, Any, T]], *args: *Ts) -> T:
    """Run an async function on the background loop and give back what it returns.

    Several threads may call at once. Ctrl-C (any exception in the waiting thread) cancels the task and waits for it
    to wind up before it goes on.

    Raises:
        RuntimeError: called from the background loop itself, where waiting would never end.
    """
    loop = _process.loop()
    if threading.current_thread() is loop.thread:
        raise RuntimeError("A sync method was called from inside newslens' own event loop. Await the async one.")
    task = _Task(function(*args))
    loop.loop.call_soon_threadsafe(task.begin)
    try:
        task.ended.wait()
    except BaseException:
        loop.loop.call_soon_threadsafe(task.cancel)
        task.ended.wait(_WIND_UP_S)
        raise
    return task.result()


def stop() -> None:
    """End the background loop now, as happens at exit; the next `run` starts another."""
    _process.stop()
