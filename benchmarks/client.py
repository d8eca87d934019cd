"""Measure the client: speed and memory beside the openai SDK's own `.parse`, and how well it keeps a server's limits.

Usage: python benchmarks/client.py [--rounds 3] [--calls 500] [--faster 5]

Speed: as many calls, 32 in flight, to a stand-in server in another process that answers after 50 ms. Rounds are
interleaved, each in a process of its own; the table has the medians of throughput, of that process's CPU in
milliseconds a call, of the slowest hundredth of the calls, and of the most memory that it has had (Linux's VmHWM).
Limits: 150 calls, 32 in flight, to a server that enforces 300 requests (or 150 000 tokens, 1000 a call) a minute, five
requests' worth at once. `--faster 5` makes both server and limits five times as fast, which is harder, since the
network's jitter stays the same; `--faster 1` takes three minutes.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from doubles.server import Enforcer, Meter, standin
from pydantic import BaseModel

from newslens.llm.client import Client
from newslens.llm.exchange import Message, Request
from newslens.options import Rate

IN_FLIGHT = 32
DELAY_S = 0.05
QUESTIONS = 150
MOST_P99_S, MOST_MB = 0.25, 90
TEXT = "It rained on the day of the vote, and few came. " * 80


class Point(BaseModel):
    """One point with the sentences it stands on."""

    text: str
    evidence: list[int]


class Answer(BaseModel):
    """What is asked for."""

    summary: str
    points: list[Point]


CONTENT = json.dumps({"summary": TEXT[:200], "points": [{"text": TEXT[:50], "evidence": [1, 2]} for _ in range(5)]})


def serve(pipe: Connection, enforcer: Enforcer) -> None:
    """The server's process: says its address, and at the end how many it refused."""
    asyncio.run(_serve(pipe, enforcer))


async def _serve(pipe: Connection, enforcer: Enforcer) -> None:
    async with standin(otherwise=enforcer) as server:
        pipe.send(server.base_url)
        await asyncio.to_thread(pipe.recv)
        pipe.send((len(enforcer.served), len(enforcer.refused)))


class Server:
    """A stand-in in a process of its own, so that its CPU is not counted as ours."""

    def __init__(self, enforcer: Enforcer) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, enforcer))
        self._process.start()
        self.base_url: str = self._pipe.recv()

    def stop(self) -> tuple[int, int]:
        """How many requests it served, and how many it refused."""
        self._pipe.send("stop")
        served, refused = self._pipe.recv()
        self._process.join()
        return served, refused


async def many(ask: Callable[[int], Awaitable[object]], calls: int) -> list[float]:
    """So many calls, `IN_FLIGHT` at a time; the seconds that each took."""
    free = asyncio.Semaphore(IN_FLIGHT)

    async def one(number: int) -> float:
        async with free:
            began = time.perf_counter()
            await ask(number)
            return time.perf_counter() - began

    return await asyncio.gather(*map(one, range(calls)))


def messages(number: int) -> list[dict[str, str]]:
    """One article a call, each its own."""
    return [{"role": "system", "content": "Summarise."}, {"role": "user", "content": f"{number}\n{TEXT}"}]


async def ours(base_url: str, calls: int, rate: Rate | None = None) -> list[float]:
    """Our client, the answer read into the same model."""
    client = Client("m", base_url=base_url, api_key="none", rate=rate)
    schema = Answer.model_json_schema()
    request = Request(what="summary", messages=(), schema=schema)

    async def ask(number: int) -> Answer:
        turns = tuple(Message(**turn) for turn in messages(number))  # type: ignore[arg-type]  # roles are literals
        reply = await client.ask(replace(request, messages=turns))
        return Answer.model_validate_json(reply.text)

    took = await many(ask, calls)
    await client.aclose()
    return took


async def theirs(base_url: str, calls: int) -> list[float]:
    """The SDK's own way."""
    import openai

    async with openai.AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as sdk:

        async def ask(number: int) -> Any:
            turns: Any = messages(number)
            return await sdk.chat.completions.parse(model="m", messages=turns, response_format=Answer)

        return await many(ask, calls)


@dataclass(frozen=True, slots=True)
class Round:
    """Calls a second, CPU in milliseconds a call, the 99th percentile of a call in seconds, peak memory in MB."""

    rate: float
    cpu_ms: float
    p99_s: float
    peak_mb: float


CLIENTS: dict[str, Callable[[str, int], Coroutine[Any, Any, list[float]]]] = {"newslens": ours, "openai .parse": theirs}


def play(name: str, base_url: str, calls: int, pipe: Connection) -> None:
    """One round, in the process that is its own."""
    asyncio.run(CLIENTS[name](base_url, IN_FLIGHT))  # warm up: imports, the first connection
    wall, cpu = time.perf_counter(), time.process_time()
    took = asyncio.run(CLIENTS[name](base_url, calls))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    pipe.send(Round(calls / wall, 1000 * cpu / calls, quantiles(took, n=100)[-1], peak / 1024))


def played(name: str, base_url: str, calls: int) -> Round:
    """One round of a client."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=play, args=(name, base_url, calls, there))
    process.start()
    found: Round = here.recv()
    process.join()
    return found


def speed(rounds: int, calls: int) -> None:
    """Throughput, CPU, slowest calls and memory, side by side."""
    server = Server(Enforcer(delay_s=DELAY_S, states=False, content=CONTENT))
    pairs = [[played(name, server.base_url, calls) for name in CLIENTS] for _ in range(rounds)]
    server.stop()
    for name, column in zip(CLIENTS, zip(*pairs, strict=True), strict=True):
        rate, cpu = median(one.rate for one in column), median(one.cpu_ms for one in column)
        p99, peak = median(one.p99_s for one in column), median(one.peak_mb for one in column)
        print(f"{name:14} {rate:6.0f} calls/s  {cpu:5.2f} ms CPU a call  p99 {1000 * p99:4.0f} ms  peak {peak:4.0f} MB")
    print(f"throughput / throughput of .parse: {median(own.rate / sdk.rate for own, sdk in pairs):.2f}")
    print(f"CPU of .parse / CPU: {median(sdk.cpu_ms / own.cpu_ms for own, sdk in pairs):.2f}")
    print(f"limits of newslens: p99 {1000 * MOST_P99_S:.0f} ms, peak {MOST_MB} MB")


def limits(faster: float) -> None:
    """Limits given and learned, on requests and on tokens."""
    warm = Server(Enforcer(content=CONTENT))
    asyncio.run(ours(warm.base_url, IN_FLIGHT))  # imports take half a second, and are no waiting for a limit
    warm.stop()
    for what, per_minute, need in (("requests", 300 * faster, 1), ("tokens", 150_000 * faster, 1000)):
        for given in (True, False):
            meter = Meter(what, per_minute, 5 * need)
            named = Rate(**{f"{what}_per_minute": per_minute})  # type: ignore[arg-type]  # one of its two numbers
            server = Server(Enforcer(**{what: meter}, delay_s=DELAY_S, content=CONTENT))  # type: ignore[arg-type]  # the same
            began = time.perf_counter()
            asyncio.run(ours(server.base_url, QUESTIONS, named if given else None))
            wall = time.perf_counter() - began
            served, refused = server.stop()
            ideal = (QUESTIONS * need - meter.size) / meter.per_s + DELAY_S
            how = "given" if given else "learned"
            print(f"{what:8} {how:7} {served} served, {refused:2} answers 429, wall / ideal {wall / ideal:.3f}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--calls", type=int, default=500)
    arguments.add_argument("--faster", type=float, default=5.0)
    given = arguments.parse_args()
    speed(given.rounds, given.calls)
    limits(given.faster)
