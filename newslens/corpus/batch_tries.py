"""How a step at the server is tried again: by the client's remedy for each kind of fault."""

import time

from newslens.llm.faults import REMEDIES, Fault, may_retry
from newslens.llm.limiter import Clock, Sleep
from newslens.options import Retry


class Tries:
    """The tries of one step.

    Args:
        what: names the step in its error.
        retry: how often. A try may be a long upload, so the deadline counts from the first fault: a wait that would end
            after it is not begun. Waits are not drawn but as long as they may be: nobody else waits with us.
        sleep: replaced in tests, so that they need not wait; seconds.
        clock: likewise.
    """

    def __init__(self, what: str, retry: Retry, *, sleep: Sleep, clock: Clock = time.monotonic) -> None:
        self._what = what
        self._retry = retry
        self._sleep = sleep
        self._clock = clock
        self._begun = clock()
        self._deadline: float | None = None
        self._faults: list[Fault] = []

    async def again(self, fault: Fault) -> None:
        """Wait until the next try is due.

        Raises:
            ServiceError, ReplyError: that fault was one too many.
        """
        self._faults.append(fault)
        now, wait_s = self._clock(), self._wait_s(fault)
        if self._deadline is None:
            self._deadline = now + self._retry.deadline_s
        if not may_retry(self._faults, self._retry.attempts) or now + wait_s >= self._deadline:
            tries = len(self._faults)
            raise fault.to_error(what=self._what, attempts=tries, usage=fault.spent, elapsed_s=now - self._begun)
        await self._sleep(wait_s)

    def _wait_s(self, fault: Fault) -> float:
        if not REMEDIES[fault.kind].waits:
            return 0.0
        if fault.retry_after_s is not None:
            return fault.retry_after_s
        return min(self._retry.first_wait_s * 2.0 ** (len(self._faults) - 1), self._retry.longest_wait_s)
