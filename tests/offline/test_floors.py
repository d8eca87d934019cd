"""The figures of the offline reader on labelled news, as benchmarks/quality.py wrote them."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FLOORS: dict[str, Any] = json.loads((ROOT / "tests" / "floors.json").read_text(encoding="utf-8"))
BARS = {"targets": 0.63, "entities": 0.31, "frames": 0.77, "loaded": 0.25, "summaries": 0.366}


def test_each_floor_names_its_metric_its_size_and_its_data_and_reaches_its_bar() -> None:
    assert FLOORS.keys() >= BARS.keys()
    for name, floor in FLOORS.items():
        assert {"metric", "score", "n", "sha256"} == set(floor)
        assert (floor["n"] > 50, len(floor["sha256"])) == (True, 64)
        assert BARS.get(name, 0) <= floor["score"] < 1


def test_a_floor_is_raised_and_never_lowered_on_the_same_data() -> None:
    raise_floors = runpy.run_path(str(ROOT / "benchmarks" / "quality.py"))["raise_floors"]
    old = {"targets": {"score": 0.6, "sha256": "a", "n": 10}}
    assert raise_floors(old, {"targets": {"score": 0.61, "sha256": "a", "n": 10}})["targets"]["score"] == 0.61
    assert raise_floors(old, {"targets": {"score": 0.5, "sha256": "b", "n": 20}})["targets"]["score"] == 0.5
    with pytest.raises(SystemExit, match=r"targets fell from 0\.6 to 0\.59"):
        raise_floors(old, {"targets": {"score": 0.59, "sha256": "a", "n": 10}})
