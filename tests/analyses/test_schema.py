"""The strict schema: only keywords that servers accept, and only fields that a model is to fill."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from newslens.analyses import ALL, FRAMING, STANCE, SUMMARY
from newslens.analyses.analysis import Analysis, build_schema, compose_schemas
from newslens.errors import ConfigurationError
from newslens.lens import Lens

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
    for node in nodes(compose_schemas({analysis.name: build_schema(analysis.result, ("a", "b"))})):
        assert set(node) <= ALLOWED
        assert "type" in node or "anyOf" in node
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


def test_fields_that_are_ours_are_not_asked_of_a_model() -> None:
    point = build_schema(SUMMARY.result)["properties"]["key_points"]["items"]
    assert list(point["properties"]) == ["evidence", "text"]
    assert list(build_schema(FRAMING.result)["items"]["properties"]) == [
        "evidence",
        "frame",
        "primary",
        "function",
        "note",
    ]


def test_evidence_is_asked_as_integers_and_a_label_as_one_word() -> None:
    stance = build_schema(STANCE.result)["items"]["properties"]
    assert stance["evidence"]["items"]["type"] == "integer"
    assert stance["label"] == {
        "type": "string",
        "enum": ["favor", "against", "mixed", "unclear", "none"],
        "description": "the holder's stance toward the target",
    }


def test_codes_of_the_codebook_become_an_enum() -> None:
    assert build_schema(FRAMING.result, ("cost", "duty"))["items"]["properties"]["frame"]["enum"] == ["cost", "duty"]


class Tree(BaseModel):
    children: list["Tree"]


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Pet(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (Tree, "nested too deeply"),
        (dict[str, int], "mapping with free keys"),
        (tuple[int, str], "fixed places"),
        (list[Any], "untyped list"),
        (Any, "has no type"),
    ],
)
def test_a_type_that_no_server_takes_is_refused_before_anything_is_sent(result: Any, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        build_schema(result)
    mine = Analysis[Any](name="mine", result=result, prompt="summary", merge=lambda parts: parts[0])
    with pytest.raises(ConfigurationError, match=why):
        Lens("m", base_url="http://127.0.0.1:9/v1", analyses=[mine])


def test_one_of_several_models_is_any_of_them() -> None:
    pet = build_schema(Pet)["properties"]["pet"]
    assert [one["properties"]["kind"] for one in pet["anyOf"]] == [
        {"type": "string", "const": "cat"},
        {"type": "string", "const": "dog"},
    ]


def test_a_built_in_name_with_another_result_is_refused() -> None:
    mine = Analysis[int](name="summary", result=int, prompt="summary", merge=sum)
    with pytest.raises(ConfigurationError, match="another name"):
        Lens(offline=True, analyses=[mine])
