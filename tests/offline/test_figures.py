"""Numbers as values, whatever way a text puts them and wherever they stand in it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.offline.figures import read_figures


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("$400m", [(4e8, "$", "")]),
        ("four hundred million dollars", [(4e8, "$", "dollars")]),
        ("half a million people", [(5e5, "", "people")]),
        ("two and a half million", [(2.5e6, "", "")]),
        ("two dozen boats", [(24, "", "boats")]),
        ("twenty-three thousand", [(23_000, "", "")]),
        ("the third quarter and the twenty-third", [(3, "rank", "quarter"), (23, "rank", "")]),
        ("from 10 to 12 percent", [(10, "%", "percent"), (12, "%", "percent")]),
        ("14 Millionen Euro", [(1.4e7, "€", "euro")]),
        ("1.200 Euro", [(1200, "€", "euro")]),
        ("fourteen days in 2012, and one on May 4", [(14, "time", "days")]),
        ("an 11-year-old after half an hour", [(11, "", "year"), (0.5 / 24, "time", "hour")]),
        ("two-thirds, a quarter of them", [(200 / 3, "%", ""), (25, "%", "them")]),
        ("a one-year term", [(365.25, "time", "year")]),
        ("tens of thousands of men", [(1e4, "", "men")]),
        ("one reason, zero risk, in the 1800s, by a third, F16", []),
        ("9" * 300, []),
    ],
)
def test_a_figure_is_one_value_however_it_is_written(text: str, values: list[tuple[float, str, str]]) -> None:
    assert [(one.value, one.unit, one.noun) for one in read_figures(text)] == values


@pytest.mark.parametrize(
    ("said", "stated", "agrees"),
    [
        ("2.2 million", "2,170,000", True),
        ("2 million", "2,170,000", False),  # one digit alone may be exact
        ("about 2 million", "2,170,000", True),
        ("2,170,000", "2.2 million", False),
        ("2,170,000", "nearly 2.2 million", True),
        ("60 boats", "dozens of boats", True),
        ("300", "$300", True),
        ("30 days", "30 years", False),
        ("$300", "300 euros", None),
    ],
)
def test_a_figure_agrees_with_what_it_may_round(said: str, stated: str, *, agrees: bool | None) -> None:
    assert read_figures(said)[0].agrees(read_figures(stated)[0]) is agrees


@given(st.integers(min_value=2, max_value=10**12))
def test_every_whole_number_is_read_back_with_its_commas(number: int) -> None:
    (found,) = read_figures(f"some say {number:,} boats")
    assert (found.value, found.noun) == (number, "boats")


@given(st.text(max_size=200))
def test_figures_stand_in_the_text_in_order(text: str) -> None:
    places = [(one.start, one.end) for one in read_figures(text)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))
