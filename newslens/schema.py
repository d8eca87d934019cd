"""From a result type to the strict JSON schema that servers accept.

Strict mode refuses `default`, string lengths, `$ref` siblings and tuples, and wants every property required.
What the schema cannot say, validation checks again when the answer comes.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

Schema = dict[str, Any]

_KEPT = frozenset(
    {"type", "enum", "const", "description", "items", "anyOf", "minItems", "maxItems", "minimum", "maximum"}
)


@cache
def strict(result: Any, codes: tuple[str, ...] = ()) -> Schema:
    """The strict schema of one result type, built once: no references, no defaults, codebook codes as an enum."""
    whole = adapter(result).json_schema(mode="validation")
    return _strict(whole, whole.get("$defs", {}), codes)


def composite(parts: Mapping[str, Schema]) -> Schema:
    """One object with a property for each named part."""
    return {
        "type": "object",
        "properties": dict(parts),
        "required": list(parts),
        "additionalProperties": False,
    }


@cache
def adapter(result: Any) -> TypeAdapter[Any]:
    """The validator of a result type, built once."""
    return TypeAdapter(result)


def _strict(node: Schema, definitions: Mapping[str, Schema], codes: Sequence[str]) -> Schema:
    if "$ref" in node:
        target = definitions[node["$ref"].removeprefix("#/$defs/")]
        return _strict({**target, **{k: v for k, v in node.items() if k != "$ref"}}, definitions, codes)
    kept = {key: value for key, value in node.items() if key in _KEPT}
    if node.get("codebook"):
        kept["enum"] = list(codes)
    if "items" in kept:
        kept["items"] = _strict(kept["items"], definitions, codes)
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(one, definitions, codes) for one in kept["anyOf"]]
    if "properties" in node:
        kept.update(composite(_asked(node, definitions, codes)))
    return kept


def _asked(node: Schema, definitions: Mapping[str, Schema], codes: Sequence[str]) -> dict[str, Schema]:
    """The properties without a default: the others are ours to fill."""
    required = set(node.get("required", ()))
    return {name: _strict(value, definitions, codes) for name, value in node["properties"].items() if name in required}
