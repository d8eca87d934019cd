"""What answers cost in dollars, and the caller's own cap on dollars and tokens."""

import threading
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from ipaddress import ip_address

from newslens.errors import ConfigurationError, Usage
from newslens.options import Budget

_DECIDING = Decimal("0.10") / 1_000_000
_FIRST_GUESS = 500  # tokens of an answer, as long as none has come


def cost(model: str, host: str, usage: Usage, *, batched: bool = False) -> Decimal | None:
    """Dollars for these tokens at today's list price, cached ones at their own; None when no price is known.

    Prices come with the package `genai-prices`; nothing is downloaded. A server on this machine has no known price.

    Args:
        model: name of the model, as asked for or as the server gave it.
        host: host name of the server, without scheme, port or path.
        usage: tokens; `cached_tokens` are part of `input_tokens`.
        batched: answered by a Batch API, for which most models have a price of their own.
    """
    return _calculated(model, host, usage, batched=batched) if _has_price(model, host) else None


def cost_of_deciding(_: str, host: str, usage: Usage) -> Decimal | None:
    """Dollars for a request to OpenAI's decisions endpoint; None for another server's.

    The list price of the beta (October 2026), which `genai-prices` does not carry: a tenth of a dollar for a million
    tokens in, nothing for what comes out.
    """
    return usage.input_tokens * _DECIDING if host == "api.openai.com" else None


@lru_cache(maxsize=256)  # a miss costs a walk through all models, and a server may answer with any name
def _has_price(model: str, host: str) -> bool:
    if _is_local(host):
        return False
    try:
        _calculated(model, host, Usage())
    except LookupError:
        return False
    return True


def _calculated(model: str, host: str, usage: Usage, *, batched: bool = False) -> Decimal:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price
    from genai_prices.types import PriceContext

    cached = min(usage.cached_tokens, usage.input_tokens)
    tokens = Tokens(input_tokens=usage.input_tokens, cache_read_tokens=cached, output_tokens=usage.output_tokens)
    way: PriceContext | None = {"processing": "batch"} if batched else None
    return calc_price(tokens, model, provider_api_url=f"https://{host}/", price_context=way).total_price


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one call has set aside: tokens in and out, and dollars where dollars are capped."""

    tokens: int
    cost_usd: Decimal = Decimal(0)


class Account:
    """What one client has spent and set aside under its budget; safe to share between threads.

    Raises:
        ConfigurationError: a cap in dollars where the price is not known.
    """

    def __init__(self, budget: Budget, *, model: str, host: str) -> None:
        if budget.max_cost_usd is not None and not _has_price(model, host):
            raise ConfigurationError(
                f"No price is known for {model!r} at {host!r}, so Budget(max_cost_usd=…) cannot be kept. "
                "Give Budget(max_tokens=…)."
            )
        self.budget = budget
        self._model = model
        self._host = host
        self._tokens = 0
        self._usd = Decimal(0)
        self._longest: int | None = None
        self._lock = threading.Lock()

    def reserve(self, *, input_tokens: int, max_output_tokens: int | None) -> Reserved | None:
        """Set aside what a call may cost; None when it does not fit."""
        with self._lock:
            output = self._expected(max_output_tokens)
            wanted = self._priced(Usage(input_tokens=input_tokens, output_tokens=output))
            if not self._fits(wanted):
                return None
            self._book(wanted.tokens, wanted.cost_usd)
            return wanted

    def settle(self, reserved: Reserved, spent: Usage | None) -> None:
        """Put what the call did cost in the place of what was set aside for it; None: nobody knows, so it stays."""
        if spent is None:
            return
        paid = self._priced(spent)
        with self._lock:
            self._book(paid.tokens - reserved.tokens, paid.cost_usd - reserved.cost_usd)
            self._longest = max(self._longest or 0, spent.output_tokens)

    def _expected(self, max_output_tokens: int | None) -> int:
        if max_output_tokens is not None:
            return max_output_tokens
        return self._longest or _FIRST_GUESS

    def _priced(self, usage: Usage) -> Reserved:
        tokens = usage.input_tokens + usage.output_tokens
        if self.budget.max_cost_usd is None:
            return Reserved(tokens)
        known = usage.cost_usd if usage.cost_usd is not None else cost(self._model, self._host, usage)
        return Reserved(tokens, known or Decimal(0))

    def _fits(self, wanted: Reserved) -> bool:
        tokens, dollars = self.budget.max_tokens, self.budget.max_cost_usd
        return (tokens is None or self._tokens + wanted.tokens <= tokens) and (
            dollars is None or self._usd + wanted.cost_usd <= dollars
        )

    def _book(self, tokens: int, dollars: Decimal) -> None:
        self._tokens += tokens
        self._usd += dollars
