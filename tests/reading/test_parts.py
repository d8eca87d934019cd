"""Dividing an article: parts fit the window, cover everything in order, and count no token where none is needed."""

import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslens.analyses import FRAMING, STANCE, SUMMARY
from newslens.analyses.findings import Range
from newslens.article.article import Article
from newslens.errors import ConfigurationError
from newslens.llm.exchange import Request
from newslens.options import Limits
from newslens.reading.parts import _fits as fits
from newslens.reading.parts import divide_article, halve_part
from newslens.reading.questions import RequestBuilder, Settings

SENTENCES = [f"Speaker {n} said that road {n} is closed for {'very ' * (n % 40)}long." for n in range(150)]
ARTICLE = Article.from_text("\n\n".join(" ".join(SENTENCES[at : at + 5]) for at in range(0, 150, 5)))
ASKER = RequestBuilder(ARTICLE, Settings())


def wording(part: Range) -> Request:
    return ASKER.build_request(ASKER.plan_part((SUMMARY, STANCE, FRAMING), *part))


@settings(max_examples=5, deadline=None)
@given(st.integers(min_value=4_000, max_value=12_000))
def test_every_part_fits_and_all_together_are_the_article(window: int) -> None:
    limits = Limits(window=window, answer=500)
    ranges = divide_article(ARTICLE, limits, None, wording)
    assert all(fits(wording(part), limits, None) for part in ranges)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(ARTICLE.text)
    assert all(before[1] == after[0] for before, after in pairwise(ranges))


def test_overlap_shows_whole_sentences_again() -> None:
    ranges = divide_article(ARTICLE, Limits(window=8_000, answer=500, overlap=200), None, wording)
    assert all(after[0] < before[1] for before, after in pairwise(ranges))
    assert all(ARTICLE.within(*part)[0].start >= part[0] for part in ranges)


def test_a_window_without_room_for_the_prompts_is_an_error_that_says_what_to_change() -> None:
    with pytest.raises(ConfigurationError, match=r"1000 tokens, 500 of them.*Limits\(window=…\)"):
        divide_article(ARTICLE, Limits(window=1_000, answer=500), None, wording)


def test_no_token_is_counted_where_bytes_already_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)  # an import would fail
    assert divide_article(ARTICLE, Limits(window=1_000_000), None, wording) == [(0, len(ARTICLE.text))]


def test_halves_meet_between_two_sentences() -> None:
    whole = (0, len(ARTICLE.text))
    (start, middle), (again, end) = halve_part(ARTICLE, whole)
    assert (start, end) == whole
    assert middle == again
    assert middle in {span.start for span in ARTICLE.sentences}
    assert halve_part(ARTICLE, (0, ARTICLE.sentence(1).end)) == []
