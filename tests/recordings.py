"""Which cassettes the tests name, which they play, and what is left over at the end of a run."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_recording.plugin import get_default_cassette_name


@dataclass(slots=True)
class Recordings:
    """Kept for one run of pytest.

    Attributes:
        root: directory with a directory of cassettes for each test module.
        named: the recorded tests that name a cassette, by cassette.
        passed: recorded tests that passed.
        played: positions of the recordings that were played, by cassette.
        lengths: recordings in a cassette.
        whole: the run took in whole modules, so that what no test names is an orphan.
    """

    root: Path
    named: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))
    passed: set[str] = field(default_factory=set)
    played: dict[Path, set[int]] = field(default_factory=lambda: defaultdict(set))
    lengths: dict[Path, int] = field(default_factory=dict)
    whole: bool = False

    def cassette(self, item: pytest.Item) -> Path:
        marker = item.get_closest_marker("default_cassette")
        name = marker.args[0] if marker else get_default_cassette_name(getattr(item, "cls", None), item.name)
        return self.root / item.path.stem / f"{name}.yaml"

    def collect(self, items: Iterable[pytest.Item], *, whole: bool) -> None:
        """Note the recorded tests, before any of them is deselected."""
        self.whole = whole
        for item in items:
            if item.get_closest_marker("vcr"):
                self.named[self.cassette(item)].add(item.nodeid)

    def note(self, item: pytest.Item, cassette: Any) -> None:
        """Note what a recorded test played."""
        path = self.cassette(item)
        self.played[path].update(position for position, times in cassette.play_counts.items() if times)
        self.lengths[path] = len(cassette)

    def problems(self) -> list[str]:
        """One line for each recording that was never played and each cassette that no test names."""
        return [*self._unplayed(), *self._orphans()]

    def _unplayed(self) -> Iterable[str]:
        for path, tests in sorted(self.named.items()):
            unplayed = self.lengths.get(path, 0) - len(self.played[path])
            if tests <= self.passed and unplayed:
                yield f"{path.name}: {unplayed} of {self.lengths[path]} recordings were never played"

    def _orphans(self) -> Iterable[str]:
        if not self.whole:
            return
        for module in sorted({path.parent for path in self.named}):
            for path in sorted(set(module.glob("*.yaml")) - self.named.keys()):
                yield f"{path.name}: no test in {module.name}.py names this cassette"
