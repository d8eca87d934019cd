"""What may be sent to one model at one server, and when: requests and tokens a minute, and how many at a time.

Kept libraries were read for this and do not fit. aiolimiter belongs to one event loop, wakes the smallest request
first and takes nothing back; pyrate-limiter asks its bucket again and again, so that who comes first is chance, and
takes nothing back either. Neither can be paused, or told by a server what is left.
"""

from dataclasses import dataclass, field
from math import inf

from newslens.options import Rate

_MINUTE_S = 60.0
_OPENING = 8  # requests in flight before anything is known
_PACE = 0.98  # of the limit: a request that the network brings a moment early must not be one too many
_TOKENS_A_BYTE = 0.25  # of English, before any answer has said better
_FIRST_ANSWER = 500  # tokens of an answer, before any has come
_NEWEST = 0.1  # least weight of the newest answer in what is expected of the next


@dataclass(frozen=True, slots=True)
class Stated:
    """One limit, as a server states it with an answer.

    Attributes:
        limit: how much it allows at most.
        remaining: how much of that is left.
        reset_s: seconds until all of it is there again, None when the server does not say.
    """

    limit: float
    remaining: float
    reset_s: float | None = None

    @property
    def per_s(self) -> float:
        """What comes back in a second. Limits are by the minute, except where a reset takes longer (limits a day)."""
        used = self.limit - self.remaining
        if self.reset_s is not None and self.reset_s > _MINUTE_S and used > 0:
            return used / self.reset_s
        return self.limit / _MINUTE_S


@dataclass(frozen=True, slots=True)
class Standing:
    """What a server states about our limits with one answer; None: nothing."""

    requests: Stated | None = None
    tokens: Stated | None = None


@dataclass(slots=True)
class Bucket:
    """One limit over time: it refills, what is sent takes from it, and it may be in debt.

    Attributes:
        given: what the caller allows in a second, None when left to the server.
        stated: what the server allows in a second, None until it says.
        bursts: the server may be believed about how much can go at once.
        size: how much can go at once; 0: evenly, one request after the other.
        level: how much may go now; below 0: how much was sent too early.
        taken: all that was ever taken.
    """

    given: float | None = None
    stated: float | None = None
    bursts: bool = True
    size: float = 0.0
    level: float = 0.0
    taken: float = 0.0
    _at: float = 0.0

    @property
    def per_s(self) -> float | None:
        """A little less than the lower of what is given and what is stated; None: no limit is known."""
        known = [rate for rate in (self.given, self.stated) if rate is not None]
        return _PACE * min(known) if known else None

    def wait_s(self, amount: float, now: float, *, before: float = 0.0) -> float:
        """Seconds until `amount` may go after `before`; more than the bucket holds may go when it is full."""
        if self.per_s is None:
            return 0.0
        self._refill(now, self.per_s)
        return max(0.0, (min(amount, self.size) + before - self.level) / self.per_s)

    def take(self, amount: float) -> None:
        """Take `amount`, as it is sent."""
        self.taken += amount
        if self.per_s is not None:
            self.level -= amount

    def give_back(self, amount: float) -> None:
        """Return what was reserved and not used, a second's worth at most; a negative amount was used beyond."""
        if self.per_s is not None:
            self.level = min(max(self.size, self.per_s), self.level + amount)

    def learn(self, stated: Stated, *, taken_since: float, age_s: float, now: float) -> None:
        """Believe the server about how much is left.

        Args:
            stated: what it said with an answer.
            taken_since: what was taken after the request of that answer, which the server had not seen by then.
            age_s: seconds since that request was sent; what came back since then is there again.
            now: of the clock.
        """
        first, self.stated = self.stated is None, stated.per_s
        if not self.bursts:
            return
        self.size = stated.limit
        left = stated.remaining - taken_since
        if first:
            self.level, self._at = left, now
        else:
            self.level = min(self.level, left + age_s * stated.per_s)

    def spread(self, now: float) -> None:
        """From now on evenly, from a clean slate: the server says itself when it can be asked again."""
        self.bursts = False
        self.size = self.level = 0.0
        self._at = now

    def _refill(self, now: float, per_s: float) -> None:
        self.level = max(self.level, min(self.size, self.level + (now - self._at) * per_s))
        self._at = now


@dataclass(frozen=True, slots=True)
class Sent:
    """One request in flight, and what was reserved for it.

    Attributes:
        size: bytes of its prompt.
        tokens: reserved for it.
        at: when it was sent.
        requests_taken, tokens_taken: all that had been sent by then.
    """

    size: int
    tokens: float
    at: float
    requests_taken: float
    tokens_taken: float


@dataclass(slots=True)
class Allowance:
    """What is known about one model at one server, and what follows from it. No clock of its own, no waiting, no lock.

    Attributes:
        requests, tokens: the limits over time.
        most: in flight, as the caller allows; None: no limit.
        window: in flight, as long as no limit over time is known: opens with each answer, closes with a 429.
        in_flight: requests now.
        paused_until: when the server wants to be asked again.
    """

    requests: Bucket = field(default_factory=Bucket)
    tokens: Bucket = field(default_factory=Bucket)
    most: int | None = None
    window: int = _OPENING
    in_flight: int = 0
    paused_until: float = -inf
    _slowed_at: float = -inf
    _answers: int = 0
    _tokens_a_byte: float = _TOKENS_A_BYTE
    _answer: float = _FIRST_ANSWER

    def give(self, rate: Rate) -> None:
        """Take over what the caller says; what is left out stays as it is."""
        self._give(self.requests, rate.requests_per_minute)
        self._give(self.tokens, rate.tokens_per_minute)
        self.most = rate.in_flight if rate.in_flight is not None else self.most

    def _give(self, bucket: Bucket, per_minute: float | None) -> None:
        if per_minute is not None:
            bucket.given = per_minute / _MINUTE_S
            bucket.bursts, bucket.size = False, 0.0

    def prompt(self, size: int) -> float:
        """Tokens of a prompt that has `size` bytes, schema included, by what the answers so far say."""
        return size * self._tokens_a_byte

    def expected(self, size: int, max_output_tokens: int | None) -> float:
        """Tokens of a call whose prompt has `size` bytes, in and out, by what the answers so far have cost."""
        answer = self._answer if max_output_tokens is None else min(self._answer, max_output_tokens)
        return self.prompt(size) + answer

    def is_full(self) -> bool:
        """Nothing more may go until something comes back."""
        limits = (self.most, None if self._has_pace() else self.window)
        return any(limit is not None and self.in_flight >= limit for limit in limits)

    def wait_s(self, tokens: float, now: float, *, requests_before: int = 0, tokens_before: float = 0.0) -> float:
        """Seconds until one request may go after those before it, as far as limits over time go."""
        return max(
            0.0,
            self.paused_until - now,
            self.requests.wait_s(1, now, before=requests_before),
            self.tokens.wait_s(tokens, now, before=tokens_before),
        )

    def send(self, size: int, tokens: float, now: float) -> Sent:
        """Count a request as sent."""
        self.in_flight += 1
        self.requests.take(1)
        self.tokens.take(tokens)
        return Sent(size, tokens, now, self.requests.taken, self.tokens.taken)

    def come_back(self, sent: Sent, standing: Standing, now: float) -> None:
        """Count it as answered, and learn what the server says with the answer, whatever that is."""
        self.in_flight -= 1
        self._learn(self.requests, standing.requests, sent.requests_taken, sent.at, now)
        self._learn(self.tokens, standing.tokens, sent.tokens_taken, sent.at, now)

    def settle(self, sent: Sent, input_tokens: int, output_tokens: int) -> None:
        """Put the tokens that a good answer did cost in the place of those reserved, and expect such of the next."""
        self.window += 1
        self.tokens.give_back(sent.tokens - input_tokens - output_tokens)
        self._answers += 1
        weight = max(_NEWEST, 1 / self._answers)  # a plain mean at first
        if sent.size:
            self._tokens_a_byte += weight * (input_tokens / sent.size - self._tokens_a_byte)
        self._answer += weight * (output_tokens - self._answer)

    def slow_down(self, sent: Sent, pause_s: float, now: float) -> None:
        """The server refused a request: nobody asks for so long, and then one after the other."""
        self.paused_until = max(self.paused_until, now + pause_s)
        if sent.at <= self._slowed_at:  # it was on its way when the first of its kind came back
            return
        self._slowed_at = now
        self.window = 1
        self.requests.spread(now)
        self.tokens.spread(now)

    def _has_pace(self) -> bool:
        return self.requests.per_s is not None or self.tokens.per_s is not None

    def _learn(self, bucket: Bucket, stated: Stated | None, taken: float, at: float, now: float) -> None:
        if stated is not None:
            bucket.learn(stated, taken_since=bucket.taken - taken, age_s=now - at, now=now)
