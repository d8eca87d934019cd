"""Cost adds up, and an unknown price never turns into a known one."""

from decimal import Decimal

import pytest

from newslens.errors import Usage

ONE = Usage(requests=1, input_tokens=10, cached_tokens=4, output_tokens=2, seconds=0.5, cost_usd=Decimal("0.1"))


def test_everything_is_summed() -> None:
    other = Usage(requests=2, retries=1, input_tokens=5, output_tokens=1, seconds=1, cost_usd=Decimal("0.2"))
    assert ONE + other == Usage(
        requests=3,
        retries=1,
        input_tokens=15,
        cached_tokens=4,
        output_tokens=3,
        seconds=1.5,
        cost_usd=Decimal("0.3"),
    )


@pytest.mark.parametrize(
    ("one", "other", "cost"),
    [
        (ONE, Usage(), Decimal("0.1")),  # nothing sent costs nothing
        (Usage(), Usage(), None),
        (ONE, Usage(requests=1), None),  # an unknown price makes the sum unknown
        (Usage(requests=1), ONE, None),
    ],
)
def test_an_unknown_price_stays_unknown(one: Usage, other: Usage, cost: Decimal | None) -> None:
    assert (one + other).cost_usd == cost


@pytest.mark.parametrize(("one", "other"), [(True, False), (False, True)])
def test_an_estimate_on_either_side_is_an_estimate(*, one: bool, other: bool) -> None:
    assert (Usage(estimated=one) + Usage(estimated=other)).estimated
