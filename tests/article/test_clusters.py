"""Borders between grapheme clusters are those of a scan from the start, wherever one begins to look."""

from itertools import accumulate

import regex
from hypothesis import given
from hypothesis import strategies as st

from newslens.article.clusters import borders

AWKWARD = [*"ab \r\n\u0301\u200d\U0001f1e9\U0001f468\U0001f3fd\u1100\u1161\u11a8각\u0600\u0915\u093f\ufe0f\x00", "\r\n"]
texts = st.lists(st.sampled_from(AWKWARD), max_size=60).map("".join)
repeated = st.builds(lambda text, times: text * times, texts.map(lambda text: text[:3]), st.integers(2, 60))


@given(texts | repeated)
def test_the_nearest_borders_are_those_of_a_scan(text: str) -> None:
    scanned = [0, *accumulate(map(len, regex.findall(r"\X", text)))]
    for position in range(len(text) + 1):
        before = max(border for border in scanned if border <= position)
        behind = min(border for border in scanned if border >= position)
        middle = scanned[scanned.index(before) // 2]
        assert [borders(text, position, low) for low in (0, middle, before)] == [(before, behind)] * 3
