"""The floors of the offline reader's quality only rise."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
QUALITY = runpy.run_path(str(ROOT / "benchmarks" / "quality.py"))
FLOORS: dict[str, Any] = json.loads((ROOT / "tests" / "floors.json").read_text(encoding="utf-8"))
OLD = {"attitude": {"score": 0.6, "sha256": "a", "n": 10, "held_out": 0.5}}


def test_each_floor_names_its_metric_its_size_and_its_data() -> None:
    for floor in FLOORS.values():
        assert floor["metric"] == "macro F1"
        assert 0 < floor["score"] < 1
        assert floor["n"] > 100
        assert len(floor["sha256"]) == 64
        assert {"score", "n", "how"} == set(floor["held_out"])


@pytest.mark.parametrize("score", [0.6, 0.61])
def test_a_floor_is_raised_and_keeps_what_else_it_says(score: float) -> None:
    now = {"attitude": {"score": score, "sha256": "a", "n": 10}}
    assert QUALITY["raised"](OLD, now) == {"attitude": {"score": score, "sha256": "a", "n": 10, "held_out": 0.5}}


def test_a_floor_is_never_lowered_on_the_same_data() -> None:
    with pytest.raises(SystemExit, match=r"attitude fell from 0\.6 to 0\.59"):
        QUALITY["raised"](OLD, {"attitude": {"score": 0.59, "sha256": "a", "n": 10}})
    assert QUALITY["raised"](OLD, {"attitude": {"score": 0.5, "sha256": "b", "n": 20}})["attitude"]["sha256"] == "b"


def test_scores_are_what_they_should_be_by_hand() -> None:
    macro_f1 = QUALITY["macro_f1"]
    assert macro_f1([("a",), ("b",)], ["a", "b"]) == 1
    assert macro_f1([("a",), ("a",), ("b",)], ["a", "b", "b"]) == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert macro_f1([("a", "c"), ("b",)], ["c", "error"]) == pytest.approx(1 / 2)
