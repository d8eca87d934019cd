"""The JSON inside what a model wrote: fences, chatter, thoughts, trailing commas and a BOM are taken off.

Nothing else is repaired. The library json-repair closes truncated objects and invents quotes; here an answer that
was cut off must stay an error, so that it is asked for again instead of being read as a complete finding.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, NoReturn

from newslens.errors import InvalidReply

_THOUGHT_ENDS = "</think>"
_FENCE = "```"
_OPENING = re.compile(r"[{\[]")
# One token of JSON that matters for nesting. Possessive, and the closing quote is optional: each match moves on,
# so the scan is linear even where a string never ends.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|(?P<open>[{\[])|(?P<close>[}\]])|,', re.DOTALL)
_DANGLING = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|,(?=\s*+[}\]])', re.DOTALL)
_DEEPEST = 200  # far beyond any schema of ours, and well before json's own recursion limit


@dataclass(frozen=True, slots=True)
class Parsed:
    """The value of an answer.

    Attributes:
        value: what the JSON says.
        repaired: True when anything had to be taken off around or inside it.
    """

    value: Any = field(repr=False)
    repaired: bool


def parse(text: str) -> Parsed:
    """The one JSON value in a model's answer, in time linear in its length.

    Raises:
        InvalidReply: there is none, it is cut off, it is not JSON, or there are several; the message has the position.
    """
    try:
        return Parsed(_loads(text), repaired=False)
    except (ValueError, RecursionError) as error:
        whole = error
    said = _spoken(text)
    # A string in the JSON may hold the end of a thought; what stands whole before that end is a draft.
    # The fenced parts only when the whole gives nothing: a string may hold a fence, too, and chatter a lone brace.
    values = _values(_around(_THOUGHT_ENDS, text)) or _values([said]) or _values(said.split(_FENCE)[1::2])
    if len(values) > 1:
        _refuse("several JSON values where one was asked for", text)
    if not values:
        _refuse(_reason(whole, text), text)
    return Parsed(values[0], repaired=True)


def _spoken(text: str) -> str:
    """What comes after the model's thoughts; some chat templates swallow the opening tag."""
    before, tag, after = text.partition(_THOUGHT_ENDS)
    return after if tag else before


def _around(mark: str, text: str) -> Iterator[str]:
    return (span for span in _spans(text) if mark in span) if mark in text else iter(())


def _values(parts: Iterable[str]) -> list[Any]:
    """The first two objects that decode; arrays only where there is no object, since chatter may say "[1]"."""
    spans = [span for part in parts for span in _spans(part)]
    for opening in "{[":
        decoded = chain.from_iterable(_decoded(span) for span in spans if span[0] == opening)
        if found := list(islice(decoded, 2)):
            return found
    return []


def _spans(text: str) -> list[str]:
    """The outermost balanced stretches; none where a bracket never closes, as that may be the answer, cut off."""
    spans: list[str] = []
    position = 0
    while start := _OPENING.search(text, position):
        end = _closing(text, start.start())
        if end is None:
            return []
        spans.append(text[start.start() : end])
        position = end
    return spans


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for token in _TOKEN.finditer(text, start):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        if depth == 0:
            return token.end()
        if depth > _DEEPEST:
            return None
    return None


def _decoded(span: str) -> Iterator[Any]:
    for candidate in dict.fromkeys((span, _DANGLING.sub(r"\1", span))):
        try:
            yield _loads(candidate)
        except (ValueError, RecursionError):
            continue
        return


def _loads(text: str) -> Any:
    value = json.loads(text, parse_constant=_not_a_number)
    if _depth(value) > _DEEPEST:
        raise RecursionError
    return value


def _depth(value: Any) -> int:
    """Levels of nesting, counted level by level."""
    depth, level = 0, [value]
    while level:
        level = [one for outer in level for one in _inside(outer)]
        depth += 1
    return depth


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _reason(error: Exception, text: str) -> str:
    if not _OPENING.search(text):
        return "no JSON object or array in it"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno} column {error.colno} (character {error.pos})"
    return "nested too deeply" if isinstance(error, RecursionError) else "not JSON"


def _refuse(reason: str, text: str) -> NoReturn:
    raise InvalidReply(f"the answer is not JSON: {reason}", errors=(reason,), raw_text=text)
