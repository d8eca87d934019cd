"""Ctrl-C anywhere in `newslens run`, then the same line again: nothing is lost, and little is bought twice."""

from pathlib import Path

import pytest
from interrupted import interrupted, keys_of

pytestmark = [pytest.mark.slow, pytest.mark.anyio, pytest.mark.block_network(allowed_hosts=[r"127\.0\.0\.1"])]

HOW_TO_GO_ON = "newslens: interrupted. All above is kept; run the same command again to resume."


async def test_a_run_that_is_interrupted_again_and_again_is_finished_by_the_same_line(tmp_path: Path) -> None:
    account = await interrupted(tmp_path, articles=60, presses=3, seed=3)

    assert keys_of(tmp_path) == list(range(60))
    assert sorted(account.billed) == list(range(60))
    assert account.bought_again == 0  # what was in flight came within the grace
    assert [(ending.code, ending.left) for ending in account.endings] == [(130, 0)] * 3 + [(0, 0)]
    assert [HOW_TO_GO_ON in ending.said.splitlines() for ending in account.endings] == [True] * 3 + [False]
