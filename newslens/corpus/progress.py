"""A bar on stderr, or in a notebook: how far a run is, what failed, what it has cost, how long it takes."""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import length_hint
from typing import TYPE_CHECKING, Any

from newslens.errors import Usage
from newslens.report.reports import Outcome

if TYPE_CHECKING:
    from tqdm import tqdm


class Progress:
    """Shows outcomes as they are handed out. It is an ornament: a bar that breaks is dropped and the run goes on.

    Tokens and dollars are those of this run; what was in the store counts as done and has cost nothing.

    Args:
        articles: the input, asked how long it is; a generator does not say.
        shown: whether there is a bar at all.
        total: how many articles there are; None: what the input says.
    """

    def __init__(self, articles: object, *, shown: bool, total: int | None) -> None:
        self._failed = 0
        self._spent = Usage()
        self._bar: tqdm[Any] | None = None
        if shown:
            self._guarded(lambda: self._open(total or length_hint(articles, 0) or None))

    def note(self, outcome: Outcome) -> None:
        """One more article has ended."""
        self._failed += outcome.error is not None
        self._spent += Usage() if outcome.stored else outcome.usage
        self._guarded(self._step)

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._guarded(self._close)

    def _open(self, total: int | None) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TqdmWarning: a notebook without ipywidgets gets the plain bar
            from tqdm.auto import tqdm

            self._bar = tqdm(total=total, unit=" articles", dynamic_ncols=True)

    def _step(self) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(self._standing(), refresh=False)
            self._bar.update()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def _standing(self) -> str:
        spent = self._spent
        tokens = spent.input_tokens + spent.output_tokens
        money = None if spent.cost_usd is None else f"${spent.cost_usd:.4f}"
        parts = [f"{self._failed} failed", f"{tokens:,} tokens" if tokens else None, money]
        return ", ".join(part for part in parts if part)

    def _guarded(self, drawing: Callable[[], None]) -> None:
        try:
            drawing()
        except Exception:  # noqa: BLE001 - a closed stderr, a notebook's front end, an input that lies about its length
            self._bar = None


@contextmanager
def aside() -> Iterator[None]:
    """Room on stderr for a line that would tear a bar."""
    from tqdm import tqdm

    with tqdm.external_write_mode(file=sys.stderr):
        yield
