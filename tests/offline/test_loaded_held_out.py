"""Loaded words in sentences that were written before the rules, and that no rule was changed for.

They say less than a stranger's would, as one hand wrote them and then the lexicon. Of 53 sentences of BABE (Spinde et
al. 2021) that nobody had looked at while the rules changed, the rules touch a word that annotators marked in 18.
"""

import tomllib
from pathlib import Path

import pytest

from newslens.offline.loaded import find
from newslens.offline.sides import read

SET = tomllib.loads((Path(__file__).parents[1] / "data" / "loaded-held-out.toml").read_text(encoding="utf-8"))


def touches(sentence: str, words: str) -> bool:
    """Whether a phrase that is found shares a letter with the words that are marked."""
    start = sentence.index(words)
    return any(one.start < start + len(words) and start < one.end for one in find(read([sentence])))


def test_the_rules_find_no_fewer_than_they_did_when_these_were_first_read() -> None:
    assert sum(touches(sentence, words) for sentence, words in SET["loaded"]) >= 38


@pytest.mark.parametrize("kind", ["ordinary", "literal"])
def test_the_rules_take_no_plain_word_for_loaded(kind: str) -> None:
    assert [sentence for sentence in SET[kind] if find(read([sentence]))] == []
