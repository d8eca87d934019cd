"""Compare the offline reader's figures on labelled news with tests/floors.json, and raise the floors.

    python MEASURE --json figures.json                        # the project's measuring script
    python benchmarks/quality.py figures.json DIRECTORY       # compare; DIRECTORY holds the data
    python benchmarks/quality.py figures.json DIRECTORY --raise

A floor is a figure with the number of rows and the digest of the data; on the same data it never falls.
"""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FLOORS = Path(__file__).parent.parent / "tests" / "floors.json"
SETS = {  # name: its data, its metric
    "targets": ("target_sentiment.jsonl", "macro F1"),
    "entities": ("stances_dev.jsonl", "macro F1"),
    "frames": ("frame_sentences.jsonl", "macro F1"),
    "loaded": ("loaded_dev.jsonl", "F1"),
    "headlines": ("headlines_dev.jsonl", "macro F1"),
    "summaries": ("summaries_dev.jsonl", "ROUGE-1 F1"),
    "sources": ("sources_dev.jsonl", "F1"),
}


def raise_floors(floors: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The floors with the new figures; a lower score on the same data is refused.

    Raises:
        SystemExit: a score fell.
    """
    for name, figures in now.items():
        floor = floors.get(name)
        if floor and floor["sha256"] == figures["sha256"] and figures["score"] < floor["score"]:
            raise SystemExit(f"{name} fell from {floor['score']} to {figures['score']}.")
    return {**floors, **now}


def main(arguments: Sequence[str]) -> None:
    """Compare, print, and write if asked to."""
    measured = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["sets"]
    now = {}
    for name, (file, metric) in SETS.items():
        if "f1" in measured.get(name, {}):
            digest = hashlib.sha256((Path(arguments[1]) / file).read_bytes()).hexdigest()
            figures = measured[name]
            now[name] = {"metric": metric, "score": figures["f1"], "n": figures["n"], "sha256": digest}
            print(f"{name:10} {metric:10} {figures['f1']:.3f}  n {figures['n']}")
    floors = raise_floors(json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}, now)
    if "--raise" in arguments:
        FLOORS.write_text(json.dumps(floors, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
