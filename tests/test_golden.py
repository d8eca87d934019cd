"""Reports of all seeds, offline and from recorded answers, are those of the files in `tests/golden`."""

import json

import golden


def test_every_report_is_the_golden_one() -> None:
    kept = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in golden.KEPT.glob("*.json")}

    assert golden.cases() == kept
