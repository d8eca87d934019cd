"""When an article came out: a day, or a moment where the time is known; JSON keeps which of the two it is."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day_stays_a_day(value: object) -> object:
    """A string without a time is a date, in JSON and in the plain data that `model_dump` gives."""
    return date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value


Published = Annotated[datetime | date, BeforeValidator(_day_stays_a_day)]
"""A date, or a date-time where the time is known."""
