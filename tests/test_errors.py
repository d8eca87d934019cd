"""The error classes: advice, pickling, and what an unexpected exception becomes."""

import pickle
from decimal import Decimal

import pytest

from newslens import errors
from newslens.errors import InternalError, NewslensError, Usage, find_advice

CLASSES = [
    kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, NewslensError) and not name.startswith("_")
]


def test_every_class_has_advice_in_one_sentence_or_more() -> None:
    assert len(CLASSES) > 20
    general = NewslensError.advice
    assert [kind for kind in CLASSES if kind is not NewslensError and kind.advice == general] == []
    assert [kind for kind in CLASSES if not kind.advice.endswith(".")] == []
    assert find_advice("Truncated") == errors.Truncated.advice
    assert find_advice("NoLongerThere") == find_advice("Path") == general


@pytest.mark.parametrize("kind", CLASSES)
def test_errors_pickle_with_their_fields(kind: type[NewslensError]) -> None:
    error = kind("what: ü")
    error.__dict__["status"] = 418
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (type(again), again.args, vars(again)) == (kind, error.args, vars(error))


def test_an_unexpected_exception_becomes_a_class_and_a_place_without_its_message() -> None:
    with pytest.raises(KeyError) as caught:
        dict[str, str]()["the text of the article"]
    found = InternalError.caused_by(caught.value)
    assert (found.kind, found.place.partition(":")[0]) == ("KeyError", "test_errors.py")
    assert str(found).startswith("Unexpected KeyError at test_errors.py:")
    assert "article" not in str(found)
    with pytest.raises(AttributeError) as inside:
        errors.Usage() + 1  # type: ignore[operator]
    assert InternalError.caused_by(inside.value).place.startswith("newslens/errors.py:")


def test_usage_adds_up_and_an_unknown_price_stays_unknown() -> None:
    one = Usage(requests=1, input_tokens=10, cached_tokens=4, output_tokens=2, seconds=0.5, cost_usd=Decimal("0.1"))
    other = Usage(requests=2, retries=1, input_tokens=5, output_tokens=1, seconds=1, cost_usd=Decimal("0.2"))
    both = Usage(requests=3, retries=1, input_tokens=15, cached_tokens=4, output_tokens=3, seconds=1.5)
    assert one + other == both.model_copy(update={"cost_usd": Decimal("0.3")})
    assert one + Usage() == one  # nothing sent costs nothing
    assert [(one + unknown).cost_usd for unknown in (Usage(requests=1), Usage(requests=2, retries=1))] == [None, None]
    assert (Usage(requests=1) + one).cost_usd is None
    assert (Usage() + Usage()).cost_usd is None
    assert (Usage(estimated=True) + one).estimated
    assert (one + Usage(estimated=True)).estimated
