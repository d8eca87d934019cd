"""The strict schema: only keywords that servers accept, and only fields that a model is to fill."""

from collections.abc import Iterator
from typing import Any

import pytest

from newslens.analyses import ALL, FRAMING, STANCE, SUMMARY
from newslens.analysis import Analysis
from newslens.schema import composite, strict

ALLOWED = {
    "type", "enum", "const", "description", "items", "anyOf", "properties", "required", "additionalProperties",
    "minItems", "maxItems", "minimum", "maximum",
}  # fmt: skip


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    yield schema
    children = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    for child in [*children, *([schema["items"]] if "items" in schema else [])]:
        yield from nodes(child)


@pytest.mark.parametrize("analysis", ALL, ids=lambda analysis: analysis.name)
def test_a_schema_is_strict_all_the_way_down(analysis: Analysis[Any]) -> None:
    for node in nodes(composite({analysis.name: strict(analysis.result, ("a", "b"))})):
        assert set(node) <= ALLOWED
        assert "type" in node or "anyOf" in node
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


def test_fields_that_are_ours_are_not_asked_of_a_model() -> None:
    point = strict(SUMMARY.result)["properties"]["key_points"]["items"]
    assert list(point["properties"]) == ["evidence", "text"]
    assert list(strict(FRAMING.result)["items"]["properties"]) == ["evidence", "frame", "primary", "function", "note"]


def test_evidence_is_asked_as_integers_and_a_label_as_one_word() -> None:
    stance = strict(STANCE.result)["items"]["properties"]
    assert stance["evidence"]["items"]["type"] == "integer"
    assert stance["label"] == {
        "type": "string",
        "enum": ["favor", "against", "mixed", "unclear", "none"],
        "description": "the holder's stance toward the target",
    }


def test_codes_of_the_codebook_become_an_enum() -> None:
    assert strict(FRAMING.result, ("cost", "duty"))["items"]["properties"]["frame"]["enum"] == ["cost", "duty"]
