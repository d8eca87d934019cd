"""From a result type to the strict JSON schema that servers accept.

Strict mode refuses `default`, string lengths, `$ref` siblings and tuples, and wants every property required.
What the schema cannot say, validation checks again when the answer comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from newslens.errors import ConfigurationError

Schema = dict[str, Any]

_DEEPEST = 10  # levels that servers accept
_KEPT = frozenset(
    {"type", "enum", "const", "description", "items", "anyOf", "minItems", "maxItems", "minimum", "maximum"}
)


@lru_cache(maxsize=256)  # each codebook of a user's is a type of its own
def strict(result: Any, codes: tuple[str, ...] = ()) -> Schema:
    """The strict schema of one result type, built once: no references, no defaults, codebook codes as an enum.

    Raises:
        ConfigurationError: the type has something that no strict schema can say.
    """
    whole = adapter(result).json_schema(mode="validation")
    return _strict(whole, _Known(whole.get("$defs", {}), codes), "result")


def composite(parts: Mapping[str, Schema]) -> Schema:
    """One object with a property for each named part."""
    return {
        "type": "object",
        "properties": dict(parts),
        "required": list(parts),
        "additionalProperties": False,
    }


@lru_cache(maxsize=256)  # each codebook of a user's is a type of its own
def adapter(result: Any) -> TypeAdapter[Any]:
    """The validator of a result type, built once."""
    return TypeAdapter(result)


@dataclass(frozen=True, slots=True)
class _Known:
    definitions: Mapping[str, Schema]
    codes: Sequence[str]


def _strict(node: Schema, known: _Known, place: str) -> Schema:
    if place.count(".") > _DEEPEST:
        raise _unsayable(place, "is nested too deeply, or in itself")
    if "$ref" in node:
        target = known.definitions[node["$ref"].removeprefix("#/$defs/")]
        return _strict({**target, **{key: value for key, value in node.items() if key != "$ref"}}, known, place)
    kept = {key: value for key, value in node.items() if key in _KEPT}
    if node.get("codebook"):
        kept["enum"] = list(known.codes)
    if kept.get("items"):
        kept["items"] = _strict(kept["items"], known, f"{place}.items")
    if options := node.get("anyOf") or node.get("oneOf"):
        kept["anyOf"] = [_strict(one, known, f"{place}.option") for one in options]
    if "properties" in node:
        kept.update(composite(_asked(node, known, place)))
    _check(kept, place)
    return kept


def _check(kept: Schema, place: str) -> None:
    if not kept.keys() & {"type", "anyOf"}:
        raise _unsayable(place, "has no type")
    if kept.get("type") == "object" and "properties" not in kept:
        raise _unsayable(place, "is a mapping with free keys; use a list of models")
    if kept.get("type") == "array" and not kept.get("items"):
        raise _unsayable(place, "is a tuple of fixed places or an untyped list; use a model or list[X]")


def _unsayable(place: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"{place} {why}. A strict schema cannot say it, and no server would take it.")


def _asked(node: Schema, known: _Known, place: str) -> dict[str, Schema]:
    """The properties without a default: the others are ours to fill."""
    required = set(node.get("required", ()))
    return {
        name: _strict(value, known, f"{place}.{name}") for name, value in node["properties"].items() if name in required
    }
