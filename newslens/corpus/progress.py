"""A progress bar on stderr or in a notebook: articles, failures, tokens, dollars and the time left."""

import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from operator import length_hint
from typing import Any

from newslens.errors import Usage
from newslens.report.reports import Outcome


class Progress:
    """Counts the outcomes of a run. A bar that breaks is dropped, and the run goes on.

    Tokens and dollars are those of this run; stored outcomes count as articles and cost nothing.

    Args:
        articles: the input, which is asked for its length.
        shown: whether there is a bar at all.
        total: number of articles; None takes the length of the input, if it has one.
    """

    def __init__(self, articles: object, *, shown: bool, total: int | None) -> None:
        self._failed = 0
        self._usage = Usage()
        self._bar: Any = None
        # Whatever a closed stderr, a notebook's front end or an input with a wrong length may raise.
        with suppress(Exception), warnings.catch_warnings():
            if shown:
                warnings.simplefilter("ignore")  # TqdmWarning: a notebook without ipywidgets gets the plain bar
                from tqdm.auto import tqdm

                known = total or length_hint(articles, 0) or None
                self._bar = tqdm(total=known, unit=" articles", dynamic_ncols=True)

    def count(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Pass the outcomes on and show each."""
        for outcome in outcomes:
            self._failed += outcome.error is not None
            self._usage += Usage() if outcome.stored else outcome.usage
            if self._bar is not None:
                try:
                    self._bar.set_postfix_str(self.status, refresh=False)
                    self._bar.update()
                except Exception:  # noqa: BLE001 - as above
                    self._bar = None
            yield outcome

    @property
    def status(self) -> str:
        """Failures, tokens and dollars so far; a price that is not known is left out."""
        tokens = self._usage.input_tokens + self._usage.output_tokens
        cost = self._usage.cost_usd
        parts = (f"{self._failed} failed", tokens and f"{tokens:,} tokens", None if cost is None else f"${cost:.4f}")
        return ", ".join(part for part in parts if part)

    def close(self) -> None:
        """Leave the bar as it is."""
        with suppress(Exception):
            if self._bar is not None:
                self._bar.close()


@contextmanager
def pause_bars() -> Iterator[None]:
    """Clear the bars on stderr while something else is written there."""
    from tqdm import tqdm

    with tqdm.external_write_mode(file=sys.stderr):
        yield
