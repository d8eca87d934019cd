"""Figures and dates as values: whatever way a text puts them, and wherever they stand in it."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslens.article.days import days
from newslens.offline.figures import figures


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("$400m", [(4e8, "$", "")]),
        ("four hundred million dollars", [(4e8, "$", "")]),
        ("half a million people", [(5e5, "", "people")]),
        ("two dozen boats", [(24, "", "boats")]),
        ("the third straight quarter", [(3, "", "quarter")]),
        ("the third quarter", [(3, "rank", "quarter")]),
        ("from 10 to 12 percent", [(10, "%", ""), (12, "%", "")]),
        ("14 Millionen Euro", [(1.4e7, "€", "")]),
        ("1.200 Euro", [(1200, "€", "")]),
        ("2:30 pm", [(870, "clock", "")]),
        ("fourteen days in 2012, and one on May 4", [(14, "time", "days")]),
        ("one reason", []),
    ],
)
def test_a_figure_is_one_value_however_it_is_written(text: str, values: list[tuple[float, str, str]]) -> None:
    assert [(one.value, one.unit, one.noun) for one in figures(text)] == values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Monday, May 4, 2026", [(None, None, None, 0), (2026, 5, 4, None)]),
        ("am 3. März", [(None, 3, 3, None)]),
        ("el 3 de abril de 2020", [(2020, 4, 3, None)]),
        ("05/04/2025", [(2025, None, None, None)]),
        ("they may march in March", [(None, 3, None, None)]),
        ("2000 people in 2012", [(2012, None, None, None)]),
    ],
)
def test_a_date_says_what_its_text_says_and_no_more(text: str, found: list[tuple[int | None, ...]]) -> None:
    assert [(one.year, one.month, one.day, one.weekday) for one in days(text)] == found


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%B %d, %Y", "%d %B %Y"]),
)
def test_every_day_is_read_back_from_its_name(day: date, form: str) -> None:
    assert [one.date for one in days(day.strftime(form))] == [day]


@given(st.integers(min_value=2, max_value=10**12))
def test_every_whole_number_is_read_back_with_its_commas(number: int) -> None:
    (found,) = figures(f"some say {number:,} boats")
    assert (found.value, found.noun) == (number, "boats")
    assert found.covers(found)


@given(st.text(max_size=200))
def test_what_is_read_stands_in_the_text_in_order(text: str) -> None:
    for read in (figures(text), list(days(text))):
        places = [(one.start, one.end) for one in read]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
