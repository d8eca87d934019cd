"""Every option of a lens and of a run, with its default."""

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Literal, TypedDict, get_args

from newslens.errors import ConfigurationError

Calls = Literal["joint", "separate"]


Measure = Literal["decision", "logprobs", "votes"]

Order = Literal["done", "input"]
OnError = Literal["yield", "raise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much goes into one request.

    Attributes:
        window: tokens that the model takes, prompt and answer together.
        answer: tokens of the window kept free for the answer.
        overlap: tokens of the part before that are shown again.
        parallel: requests in flight for one article.
    """

    window: int = 100_000
    answer: int = 8_000
    overlap: int = 0
    parallel: int = 8

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ConfigurationError: a number that is too small, or no room for a prompt.
        """
        if self.answer < 1 or self.window <= self.answer or self.overlap < 0 or self.parallel < 1:
            raise ConfigurationError(
                f"{self} cannot work: answer and parallel are at least 1, overlap at least 0, window above answer."
            )

    @property
    def room(self) -> int:
        """Tokens for a prompt."""
        return self.window - self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How long and how often to try.

    Attributes:
        attempts: requests for one question; rate limits and changes of form do not count.
        deadline_s: seconds for everything, waits included, unless the request has a deadline of its own.
        attempt_timeout_s: seconds for one request; the one retry after a timeout gets twice that.
        first_wait_s: longest first wait; it doubles with each attempt, and the wait is drawn from zero up to it.
        longest_wait_s: where the doubling ends.

    Raises:
        ConfigurationError: numbers with which nothing would be sent, or for no time; `math.inf` is one of no end.
    """

    attempts: int = 4
    deadline_s: float = 120.0
    attempt_timeout_s: float = 60.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0

    def __post_init__(self) -> None:
        waits = (self.first_wait_s, self.longest_wait_s)
        times = (self.attempts, self.deadline_s, self.attempt_timeout_s)
        if not all((time or 0) > 0 for time in times) or not all((wait or 0) >= 0 for wait in waits):
            raise ConfigurationError(
                f"{self} cannot work: attempts, deadline_s and attempt_timeout_s are above 0, waits not below it. "
                "For no end give math.inf."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What the caller allows, or knows that the server allows; None: as the server says.

    Requests are spread evenly: a limit a minute is often enforced by the second. The last `Rate` given for a model
    at a server holds for all clients in the process.

    Attributes:
        requests_per_minute: requests begun in a minute, retries included.
        tokens_per_minute: tokens in and out.
        in_flight: requests at a time.

    Raises:
        ConfigurationError: a limit that is no positive number.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    in_flight: int | None = None

    def __post_init__(self) -> None:
        limits = (self.requests_per_minute, self.tokens_per_minute, self.in_flight)
        if any(limit is not None and not (isfinite(limit) and limit > 0) for limit in limits):
            raise ConfigurationError(f"{self} must have positive numbers; leave out what is not limited.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What all calls of one client together may cost; None: no cap.

    A call is sent when what was spent, what calls in flight may cost, and what it may cost itself fit. An answer's
    length is known only afterwards, so the cap can be passed by what answers in flight are longer than the longest
    so far, or than their `max_output_tokens`.

    Attributes:
        max_cost_usd: dollars.
        max_tokens: tokens in and out.

    Raises:
        ConfigurationError: a cap that is negative or no number.
    """

    max_cost_usd: Decimal | float | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        for name, cap in (("max_cost_usd", self.max_cost_usd), ("max_tokens", self.max_tokens)):
            if cap is not None and not (isfinite(cap) and cap >= 0):
                raise ConfigurationError(f"Budget({name}={cap}) must be a number, zero or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How labels get probabilities.

    By default only a decisions endpoint is asked: one more request an article, and one in all where the server has
    none. Log-probabilities cost two requests for each question (some thirty an article), votes `votes` requests for
    each forty questions; so those are for whoever names them.

    Attributes:
        methods: ways to measure, best first; the first that the server takes is used.
        model: who judges, at the same server; None: who reads.
        votes: how many readings share the vote.
        calibrated: log-probabilities: divide out what the model answers about an empty text (Zhao et al. 2021), at
            twice the requests.
        min_probability: a label less probable becomes `unclear` where its label set has that; its distribution stays.

    Raises:
        ConfigurationError: no method, one that is unknown, fewer than two votes, or a probability that is none.
    """

    methods: tuple[Measure, ...] = ("decision",)
    model: str | None = None
    votes: int = 5
    calibrated: bool = False
    min_probability: float | None = None

    def __post_init__(self) -> None:
        known = get_args(Measure)
        if not isinstance(self.methods, tuple) or not self.methods or not set(self.methods) <= set(known):
            raise ConfigurationError(f"methods is a tuple out of {', '.join(known)}, not {self.methods!r}.")
        if self.votes < 2:  # noqa: PLR2004 - one vote agrees with itself
            raise ConfigurationError(f"votes={self.votes} is no vote. Give two or more.")
        if self.min_probability is not None and not 0 <= self.min_probability <= 1:
            raise ConfigurationError(f"min_probability={self.min_probability} is no probability. Give 0 to 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run goes.

    Attributes:
        concurrency: articles under way at once; the offline reader takes one at a time, as threads do not speed it up.
        order: `done` as they finish; `input` waits for slow ones, with up to 4 × concurrency articles in line.
        on_error: `raise` ends the run at the first article that fails.
        run: name of the run in the store; None: one that belongs to the settings of the lens.
        retry_failed: read again what is in the store as failed or incomplete.
        progress: show a bar on stderr: articles, failures, tokens, dollars where the price is known, time left.
        total: how many articles there are, for the bar; None: as many as the input says it has, if it does.

    Raises:
        ConfigurationError: options that cannot work.
    """

    concurrency: int = 8
    order: Order = "done"
    on_error: OnError = "yield"
    run: str | None = None
    retry_failed: bool = False
    progress: bool = False
    total: int | None = None

    def __post_init__(self) -> None:
        if self.concurrency < 1:
            raise ConfigurationError(f"concurrency must be at least 1, not {self.concurrency}.")
        if self.order not in get_args(Order) or self.on_error not in get_args(OnError):
            raise ConfigurationError("order is 'done' or 'input', and on_error is 'yield' or 'raise'.")


class Keywords(TypedDict, total=False):
    """The same as keywords, for the signatures of what makes `RunOptions` of them."""

    concurrency: int
    order: Order
    on_error: OnError
    run: str | None
    retry_failed: bool
    progress: bool
    total: int | None
