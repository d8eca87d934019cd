"""What a server says about its limits in the `x-ratelimit-*` headers of its answers."""

import re
from collections.abc import Mapping
from math import isfinite

from newslens.llm.limits import Standing, Stated

_LONGEST = 32  # characters of a duration; "6m0s" has four
_PART = r"\d+(?:\.\d+)?"
_DURATION = re.compile(rf"(?:{_PART}(?:ms|[smhd]))+")
_PARTS = re.compile(rf"({_PART})(ms|[smhd])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_MOMENT = 1e6  # a reset of so many seconds is no duration but a date


def standing(headers: Mapping[str, str]) -> Standing:
    """Limits on requests and on tokens, as far as the headers have them."""
    return Standing(requests=_stated(headers, "requests"), tokens=_stated(headers, "tokens"))


def _stated(headers: Mapping[str, str], what: str) -> Stated | None:
    limit = _number(headers.get(f"x-ratelimit-limit-{what}"))
    if limit is None or limit <= 0:
        return None
    remaining = _number(headers.get(f"x-ratelimit-remaining-{what}"))
    if remaining is None:
        return None
    return Stated(limit, min(max(remaining, 0.0), limit), seconds(headers.get(f"x-ratelimit-reset-{what}")))


def seconds(text: str | None) -> float | None:
    """Seconds of a duration such as "120ms", "6m0s", "1.5"; None: there is none."""
    text = (text or "").strip()[:_LONGEST]
    if _DURATION.fullmatch(text):
        return sum(float(number) * _SECONDS[unit] for number, unit in _PARTS.findall(text))
    number = _number(text)
    return number if number is not None and 0 <= number < _MOMENT else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None
