"""Sync methods work from any thread, inside running loops, after a fork, and let Ctrl-C through."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from newslens.llm import loop


async def doubled(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


async def loop_id() -> int:
    return id(asyncio.get_running_loop())


async def its_loop() -> asyncio.AbstractEventLoop:
    return asyncio.get_running_loop()


async def failing() -> None:
    raise LookupError("ours")


def test_an_async_function_gives_its_value_or_its_error() -> None:
    assert loop.run(doubled, 21) == 42
    with pytest.raises(LookupError, match="ours"):
        loop.run(failing)


def test_many_threads_share_one_loop() -> None:
    arrived: list[int] = []
    all_here = asyncio.Event()

    async def met() -> int:
        arrived.append(1)
        if len(arrived) == 8:
            all_here.set()
        async with asyncio.timeout(5):
            await all_here.wait()  # all eight are under way at once, or this never ends
        return await loop_id()

    with ThreadPoolExecutor(8) as pool:
        loops = set(pool.map(lambda _: loop.run(met), range(8)))
    assert loops == {loop.run(loop_id)}


def test_it_works_inside_a_running_loop_as_in_a_notebook() -> None:
    async def cell() -> tuple[int, int]:
        return loop.run(loop_id), await loop_id()

    inner, outer = asyncio.run(cell())
    assert inner != outer


def test_waiting_inside_the_background_loop_is_refused() -> None:
    async def nested() -> int:
        return loop.run(doubled, 1)

    with pytest.raises(RuntimeError, match="Await the async one"):
        loop.run(nested)


def test_ctrl_c_cancels_what_is_in_flight() -> None:
    events: list[str] = []

    async def long() -> None:
        main = threading.main_thread().ident
        assert main is not None
        asyncio.get_running_loop().call_later(0.1, signal.pthread_kill, main, signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # closing a connection takes a turn of the loop
            events.append("cancelled")
            raise

    with pytest.raises(KeyboardInterrupt):
        loop.run(long)
    assert events == ["cancelled"]
    assert loop.run(doubled, 2) == 4


def test_ctrl_c_does_not_wait_for_what_never_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_WIND_UP_S", 1e6)
    waiting = threading.Event()
    background = loop.run(its_loop)
    background.call_soon_threadsafe(waiting.wait)  # nothing begins before this ends

    def press() -> None:
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)
        waiting.set()

    presses = threading.Timer(0.1, press)
    presses.start()
    with pytest.raises(KeyboardInterrupt):
        loop.run(doubled, 1)
    presses.join()
    assert loop.run(doubled, 2) == 4


def test_after_a_stop_there_is_a_new_loop() -> None:
    loop.run(doubled, 1)
    names = [thread.name for thread in threading.enumerate()]
    loop.stop()
    assert names.count("newslens-loop") == 1
    assert "newslens-loop" not in [thread.name for thread in threading.enumerate()]
    assert loop.run(doubled, 3) == 6


FORKED = """
import os, sys, warnings
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
from newslens.llm import loop
async def pid(): return os.getpid()
assert loop.run(pid) == os.getpid()
child = os.fork()
assert loop.run(pid) == os.getpid()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

BUSY_AT_EXIT = """
import asyncio, threading
from newslens.llm import loop
started = threading.Event()
async def endless():
    started.set()
    await asyncio.Event().wait()
def waiting():
    try: loop.run(endless)
    except BaseException: pass
threading.Thread(target=waiting, daemon=True).start()
started.wait()
"""


@pytest.mark.parametrize("script", [FORKED, BUSY_AT_EXIT], ids=["fork", "busy"])
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_ends_in_silence(script: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
