"""Every option of a lens and of a run, with its default."""

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Literal, TypedDict, get_args

from newslens.errors import ConfigurationError

Calls = Literal["joint", "separate"]
"""One request for all analyses of a part of an article, or one request per analysis."""

Measure = Literal["decision", "logprobs", "votes"]
"""Ways to measure the probability of a label."""

Order = Literal["done", "input"]
OnError = Literal["yield", "raise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much goes into one request, in tokens.

    Attributes:
        window: context window of the model, prompt and answer together.
        answer: part of the window that is kept free for the answer.
        overlap: end of the previous part that is repeated.
        parallel: requests in flight for one article.

    Raises:
        ConfigurationError: a value is too small, or there is no room for a prompt.
    """

    window: int = 100_000
    answer: int = 8_000
    overlap: int = 0
    parallel: int = 8

    def __post_init__(self) -> None:
        if self.answer < 1 or self.window <= self.answer or self.overlap < 0 or self.parallel < 1:
            raise ConfigurationError(
                f"{self} is invalid: answer and parallel must be at least 1, overlap at least 0, window above answer."
            )

    @property
    def room(self) -> int:
        """Tokens left for a prompt."""
        return self.window - self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often and how long to try.

    Attributes:
        attempts: requests per question; waits for rate limits and changes of the response format do not count.
        deadline_s: seconds for everything, waits included, unless the request has its own deadline.
        attempt_timeout_s: seconds for one request; the one retry after a timeout gets twice as long.
        first_wait_s: upper bound of the first wait, which is drawn at random; it doubles with each attempt.
        longest_wait_s: where the doubling ends.

    Raises:
        ConfigurationError: with these numbers nothing would be sent; use `math.inf` for no limit.
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
                f"{self} is invalid: attempts, deadline_s and attempt_timeout_s must be above 0, waits at least 0. "
                "Use math.inf for no limit."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Limits that the caller sets or knows; None learns a limit from the server.

    Requests are spread evenly because servers often enforce a limit per minute by the second. The last `Rate` given for
    a model at a server applies to all clients in the process.

    Attributes:
        requests_per_minute: requests started per minute, retries included.
        tokens_per_minute: tokens in and out.
        in_flight: requests at a time.

    Raises:
        ConfigurationError: a limit is not a positive number.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    in_flight: int | None = None

    def __post_init__(self) -> None:
        limits = (self.requests_per_minute, self.tokens_per_minute, self.in_flight)
        if any(limit is not None and not (isfinite(limit) and limit > 0) for limit in limits):
            raise ConfigurationError(f"{self} must have positive numbers; leave out what has no limit.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Caps on what all requests of one client may cost together; None sets no cap.

    A request is sent if the money spent, the requests in flight and the request itself fit the cap. The length of an
    answer is only known afterwards, so the total can exceed the cap by the size of the answers in flight.

    Attributes:
        max_cost_usd: dollars.
        max_tokens: tokens in and out.

    Raises:
        ConfigurationError: a cap is negative or not a number.
    """

    max_cost_usd: Decimal | float | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        for name, cap in (("max_cost_usd", self.max_cost_usd), ("max_tokens", self.max_tokens)):
            if cap is not None and not (isfinite(cap) and cap >= 0):
                raise ConfigurationError(f"Budget: {name} must be at least 0, got {cap}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How labels get probabilities.

    By default only a decisions endpoint is asked, with one more request per article; a server without one is asked
    once. Log-probabilities cost two requests per question (about thirty per article), votes `votes` requests per forty
    questions, so they have to be named.

    Attributes:
        methods: ways to measure, best first; the first one that the server supports is used.
        model: the model that judges, at the same server; None means the model that reads.
        votes: number of readings that vote.
        calibrated: divide log-probabilities by the answers about an empty text (Zhao et al. 2021), at twice the
            requests.
        min_probability: a label below this becomes `unclear` if its label set has that value; the distribution is kept.

    Raises:
        ConfigurationError: no method or an unknown one, fewer than two votes, or a probability outside 0 to 1.
    """

    methods: tuple[Measure, ...] = ("decision",)
    model: str | None = None
    votes: int = 5
    calibrated: bool = False
    min_probability: float | None = None

    def __post_init__(self) -> None:
        known = get_args(Measure)
        if not isinstance(self.methods, tuple) or not self.methods or not set(self.methods) <= set(known):
            raise ConfigurationError(f"methods must be a tuple of {', '.join(known)}, got {self.methods!r}.")
        if self.votes < 2:  # noqa: PLR2004 - a single vote agrees with itself
            raise ConfigurationError(f"votes must be at least 2, got {self.votes}.")
        if self.min_probability is not None and not 0 <= self.min_probability <= 1:
            raise ConfigurationError(f"min_probability must be between 0 and 1, got {self.min_probability}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run over many articles proceeds.

    Attributes:
        concurrency: articles in progress at a time; without a model it is one, because threads do not speed it up.
        order: `done` yields articles as they finish; `input` keeps the input's order, with up to 4 × concurrency
            articles waiting.
        on_error: `raise` ends the run at the first article that fails.
        run: name of the run in the store; None derives one from the settings of the lens.
        retry_failed: read articles again that the store has as failed or incomplete.
        progress: show a progress bar on stderr with articles, failures, tokens, dollars and the time left.
        total: number of articles, for the bar; None uses the length of the input if it has one.

    Raises:
        ConfigurationError: an option is invalid.
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
            raise ConfigurationError(f"concurrency must be at least 1, got {self.concurrency}.")
        if self.order not in get_args(Order) or self.on_error not in get_args(OnError):
            raise ConfigurationError("order must be 'done' or 'input', and on_error 'yield' or 'raise'.")


class RunKeywords(TypedDict, total=False):
    """The fields of `RunOptions` as keyword arguments."""

    concurrency: int
    order: Order
    on_error: OnError
    run: str | None
    retry_failed: bool
    progress: bool
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Defaults for one kind of reader.

    Attributes:
        bounded: whether every request limits its answer to `Limits.answer` tokens.
    """

    limits: Limits = Limits()
    retry: Retry = Retry()
    calls: Calls = "joint"
    bounded: bool = False


SERVER = Defaults()
# Small models lose track of longer texts, compute slowly, and may never end an answer by themselves.
MODEL_FILE = Defaults(
    limits=Limits(window=8_192, answer=2_048, parallel=1),
    retry=Retry(deadline_s=1_800, attempt_timeout_s=600),
    calls="separate",
    bounded=True,
)
