"""What a bulk run is told besides what to read."""

from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

from newslens.errors import ConfigurationError

Order = Literal["done", "input"]
OnError = Literal["yield", "raise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
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
    """The same as keywords, for the signatures of what makes `Options` of them."""

    concurrency: int
    order: Order
    on_error: OnError
    run: str | None
    retry_failed: bool
    progress: bool
    total: int | None
