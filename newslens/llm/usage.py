"""What an answer cost: requests, tokens, seconds, money."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class Usage(BaseModel):
    """Cost of one or many requests, failed attempts included.

    Attributes:
        requests: HTTP requests sent, retries included.
        retries: how many of `requests` were sent again after a fault.
        input_tokens: prompt tokens as the server counted them.
        cached_tokens: those of `input_tokens` that the server had in its prompt cache.
        output_tokens: completion tokens, reasoning included.
        seconds: time spent waiting for answers, summed over requests.
        cost_usd: money, or None when the price is not known; never 0 for "unknown".
        estimated: True when a server did not report some of the tokens and we counted them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: int = 0
    retries: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost_usd: Decimal | None = None
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        """Sum of both; a sum with an unknown price has an unknown price, unless one side sent nothing."""
        return Usage(
            requests=self.requests + other.requests,
            retries=self.retries + other.retries,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            seconds=self.seconds + other.seconds,
            cost_usd=_total_cost(self, other),
            estimated=self.estimated or other.estimated,
        )


def _total_cost(one: Usage, other: Usage) -> Decimal | None:
    costs = [usage.cost_usd for usage in (one, other) if usage.requests]
    known = [cost for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None
