"""Labels that are less probable than the user wants become `unclear`; what was measured stays beside them."""

from typing import Any, TypeVar, get_args

from pydantic import BaseModel

from newslens.analyses.findings import Label
from newslens.article.spans import Span

T = TypeVar("T")

_UNCLEAR = "unclear"


def cautious(result: T, least: float) -> T:
    """The result with `unclear` for each measured label below `least`, however deep, if its label set has that.

    Its probability is then that of `unclear`, or None where that was not among the options; its distribution is as
    measured.
    """
    value: Any = result
    if isinstance(value, tuple):
        changed: Any = tuple(cautious(one, least) for one in value)
    elif isinstance(value, Label):
        changed = _abstaining(value) if _is_doubtful(value, least) else value
    elif isinstance(value, BaseModel) and not isinstance(value, Span):
        changed = value.model_copy(update={name: cautious(getattr(value, name), least) for name in _fields(value)})
    else:
        changed = value
    unchanged: T = changed
    return unchanged


def _fields(value: BaseModel) -> list[str]:
    return list(type(value).model_fields)


def _is_doubtful(label: Label[Any], least: float) -> bool:
    return label.probability is not None and label.probability < least and _UNCLEAR in _values(label)


def _values(label: Label[Any]) -> tuple[Any, ...]:
    return get_args(type(label).model_fields["value"].annotation)


def _abstaining(label: Label[Any]) -> Label[Any]:
    probability = (label.distribution or {}).get(_UNCLEAR)
    return label.model_copy(update={"value": _UNCLEAR, "probability": probability})
