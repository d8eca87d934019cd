"""`newslens run` as a process that gets Ctrl-C again and again, and the account of a stand-in server that bills it."""

import asyncio
import json
import os
import random
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from doubles.server import Act, Standin, completed, response, standin

IN_FLIGHT = 8
ANSWER = json.dumps({"summary": {"text": "A vote.", "key_points": [{"text": "A vote.", "evidence": [1]}]}})
_DELAY_S = 0.05  # so that every Ctrl-C meets requests in flight
_CLOSED_S = 5.0
_CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "NEWSLENS_"))}


@dataclass(frozen=True, slots=True)
class Ending:
    """How one process ended: exit code, what it said, connections that outlived it."""

    code: int | None
    said: str
    left: int


@dataclass(slots=True)
class Account:
    """What the server was asked for, by the article's number, and how each process ended."""

    billed: Counter[int] = field(default_factory=Counter)
    endings: list[Ending] = field(default_factory=list)

    @property
    def bought_again(self) -> int:
        return self.billed.total() - len(self.billed)


@dataclass(slots=True)
class Clerk:
    """Answers every request after a while, keeps the account, and presses Ctrl-C at one of them."""

    account: Account
    chance: random.Random
    server: Standin | None = None
    process: Process | None = None
    press_at: int | None = None
    _names: Iterator[int] = field(default_factory=count)

    def __call__(self) -> Act:
        assert self.server is not None
        material = self.server.ledger[-1].body["messages"][1]["content"]
        found = re.search(r"on day (\d+)", material)
        assert found is not None
        self.account.billed[int(found[1])] += 1
        if self.press_at is not None and self.account.billed.total() >= self.press_at:
            self.press_at = None
            asyncio.get_running_loop().call_later(self.chance.uniform(0, 2 * _DELAY_S), self._press)
        return self._answered

    def _press(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)

    async def _answered(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(_DELAY_S)
        writer.write(response(200, completed(ANSWER, name=f"answer-{next(self._names)}")))


async def interrupted(home: Path, *, articles: int, presses: int, seed: int) -> Account:
    """Run a corpus with so many Ctrl-C, each at a random instant, and once more to the end."""
    corpus = home / "in.jsonl"
    texts = (f"The council voted on day {number} to close the bridge." for number in range(articles))
    corpus.write_text("".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts)))
    account, chance = Account(), random.Random(seed)  # noqa: S311 - instants, no secrets
    clerk = Clerk(account, chance)
    async with standin(otherwise=clerk) as server:
        clerk.server = server
        for press_at in [*sorted(chance.sample(range(1, articles * 3 // 4), presses)), None]:
            clerk.process = await _started(home, server.base_url)
            clerk.press_at = press_at
            _, said = await clerk.process.communicate()
            left = (await asyncio.wait(server.open, timeout=_CLOSED_S))[1] if server.open else ()
            account.endings.append(Ending(clerk.process.returncode, said.decode(), len(left)))
    return account


async def _started(home: Path, base_url: str) -> Process:
    where = [str(home / "in.jsonl"), "-o", str(home / "out.jsonl"), "--store", str(home / "run.db"), "--no-progress"]
    whom = ["--base-url", base_url, "--model", "m", "--analyses", "summary", "--judge", "none"]
    command = [sys.executable, "-m", "newslens", "run", *where, *whom, "--concurrency", str(IN_FLIGHT)]
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_CLEAN)


def keys_of(home: Path) -> list[int]:
    """The articles that have a report, in order; one whose reading failed has none."""
    rows = [json.loads(line) for line in (home / "out.jsonl").read_text().splitlines()]
    return sorted(int(row["key"]) for row in rows if row.get("error") is None)
