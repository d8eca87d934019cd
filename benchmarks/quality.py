"""What the offline reader reaches on labelled sentences, and the floors that it may not fall below.

    python benchmarks/quality.py DIRECTORY            measure and compare with tests/floors.json
    python benchmarks/quality.py DIRECTORY --raise    write what is better into it; lower never

The directory holds `target_sentiment.jsonl` (NewsMTSC, Hamborg & Donnay 2021: sentence, target, label) and
`frame_sentences.jsonl` (FrAC, Guida et al. 2025: sentence, frames). Each sentence is read as an article of its own,
through the same `Lens` that users have.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from newslens import FRAMING, STANCE, Lens
from newslens.errors import NewslensError

FLOORS = Path(__file__).parent.parent / "tests" / "floors.json"
ROUNDING = 3  # digits that are kept


def attitude(row: dict[str, Any]) -> str:
    """The author's stance toward the row's target."""
    report = Lens(offline=True, analyses=[STANCE], targets=[row["target"]]).analyze(row["sentence"])
    return next((one.label.value for one in report.stances or () if one.holder == "author"), "no answer")


def frame(row: dict[str, Any]) -> str:
    """The primary frame."""
    report = Lens(offline=True, analyses=[FRAMING]).analyze(row["sentence"])
    return next((note.frame for note in report.framing or () if note.primary), "other")


def answered(read: Callable[[dict[str, Any]], str], row: dict[str, Any]) -> str:
    """What was read, or the name of the error, which is never right."""
    try:
        return read(row)
    except NewslensError as error:
        return type(error).__name__


def macro_f1(gold: Sequence[tuple[str, ...]], said: Sequence[str]) -> float:
    """Mean F1 over classes. A class is a row's whole list of right codes; any of them is a hit."""
    classes = sorted(set(gold))
    as_class = [
        right if one in right else next((kind for kind in classes if one in kind), (one,))
        for right, one in zip(gold, said, strict=True)
    ]
    return sum(f1(gold, as_class, kind) for kind in classes) / len(classes)


def f1(gold: Iterable[Any], said: Iterable[Any], kind: Any) -> float:
    """F1 of one class."""
    pairs = list(zip(gold, said, strict=True))
    hits: int = sum(right == kind == one for right, one in pairs)
    counted: int = sum(right == kind for right, _ in pairs) + sum(one == kind for _, one in pairs)
    return 2.0 * hits / max(1, counted)


def measured(
    path: Path, read: Callable[[dict[str, Any]], str], right: Callable[[Any], tuple[str, ...]]
) -> dict[str, Any]:
    """Score, number of rows and digest of one file."""
    content = path.read_bytes()
    rows = [json.loads(line) for line in content.decode().splitlines()]
    score = macro_f1([right(row) for row in rows], [answered(read, row) for row in rows])
    digest = hashlib.sha256(content).hexdigest()
    return {"metric": "macro F1", "score": round(score, ROUNDING), "n": len(rows), "sha256": digest}


def raised(floors: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The floors with what is better now; a lower score on the same data is refused.

    Raises:
        SystemExit: a score fell.
    """
    for name, result in now.items():
        floor = floors.get(name, {})
        if floor.get("sha256") == result["sha256"] and result["score"] < floor["score"]:
            raise SystemExit(f"{name} fell from {floor['score']} to {result['score']}.")
    return {name: {**floors.get(name, {}), **now.get(name, {})} for name in {**floors, **now}}


def main(arguments: Sequence[str]) -> None:
    """Measure, compare, and write if asked to."""
    directory = Path(arguments[0])
    now = {
        "attitude": measured(directory / "target_sentiment.jsonl", attitude, lambda row: (row["label"],)),
        "frame": measured(directory / "frame_sentences.jsonl", frame, lambda row: tuple(sorted(row["frames"]))),
    }
    for name, result in now.items():
        print(f"{name:10} macro F1 {result['score']:.3f}  n {result['n']}")
    floors = raised(json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}, now)
    if "--raise" in arguments:
        FLOORS.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
