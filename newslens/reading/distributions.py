"""Arithmetic on distributions over options. What cannot be a distribution is None, never an even one."""

from collections.abc import Mapping, Sequence
from math import fsum, isfinite

Distribution = dict[str, float]

_LEAST_PRIOR = 1e-6  # an option that was not listed; what it is divided by must not be nothing


def normalised(weights: Mapping[str, float]) -> Distribution | None:
    """The weights as shares of one; None when they are none."""
    total = fsum(weights.values())
    if not (isfinite(total) and total > 0) or any(weight < 0 for weight in weights.values()):
        return None
    return {option: weight / total for option, weight in weights.items()}


def averaged(several: Sequence[Distribution]) -> Distribution | None:
    """The mean over the same options; None when there is nothing to average."""
    if not several:
        return None
    return normalised({option: fsum(one[option] for one in several) / len(several) for option in several[0]})


def calibrated(measured: Distribution, prior: Distribution) -> Distribution | None:
    """What was measured, with the answer to an empty text divided out (contextual calibration, Zhao et al. 2021)."""
    return normalised({option: weight / max(prior[option], _LEAST_PRIOR) for option, weight in measured.items()})
