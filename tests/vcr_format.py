"""Cassettes that people can read: JSON bodies as YAML mappings, long texts as literal blocks, exact both ways."""

import json
from collections.abc import Callable
from typing import Any

import yaml

# A body is kept as a mapping only if one of these writes it back to the very same text.
_WRITERS: dict[str, Callable[[Any], str]] = {
    "compact": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    "compact-ascii": lambda value: json.dumps(value, separators=(",", ":")),
    "spaced": lambda value: json.dumps(value, ensure_ascii=False),
    "spaced-ascii": json.dumps,
}


_ODD_BREAKS = frozenset("\r\x85\u2028\u2029")  # line ends to YAML, which would turn them into line feeds


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


def _literal(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not _ODD_BREAKS.isdisjoint(text):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _literal)


def serialize(cassette: dict[str, Any]) -> str:
    readable = cassette | {"interactions": [_mapped(each, _readable) for each in cassette["interactions"]]}
    text: str = yaml.dump(readable, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def deserialize(text: str) -> dict[str, Any]:
    cassette: dict[str, Any] = yaml.safe_load(text)
    return cassette | {"interactions": [_mapped(each, _exact) for each in cassette["interactions"]]}


def _mapped(interaction: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    request, response = interaction["request"], interaction["response"]
    body = response["body"]
    return {
        "request": request | {"body": change(request["body"])},
        "response": response | {"body": body | {"string": change(body["string"])}},
    }


def _readable(body: Any) -> Any:
    if not isinstance(body, str):
        return body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    for name, write in _WRITERS.items():
        if isinstance(value, dict | list) and write(value) == body:
            return {name: value}
    return body


def _exact(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    ((name, value),) = body.items()
    return _WRITERS[name](value)
