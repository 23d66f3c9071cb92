"""How much of an item a place will use, with how sure that is: intermittent use as a compound Poisson process.

Use comes in bunches at chance moments. Its mean is the rate, its dispersion ``sum(x*x) / sum(x)`` over the days' totals ``x``: the
variance of a compound Poisson process over its mean. A negative binomial with that mean and dispersion has independent increments,
so that the use of stretches of days can be taken one after another; with a dispersion of 1 it is Poisson.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from domain.errors import Invalid

type Chances = NDArray[np.float64]
"""The chance of 0, 1, 2 ... base units; the last entry is that of so many or more."""

USE_DAYS = 182
"""Days that expected use is learned from: 26 whole weeks. Shorter says too little of what is used twice a month."""

LOOK_AHEAD = 60

_TRUST = 0.5
_POISSON = 1.0 + 1e-6


@dataclass(frozen=True, slots=True)
class UncertainUse:
    """``mean`` base units a day; ``dispersion`` is variance over mean, 1 or more.

    ``lag`` days pass between leaving the place and being used: 0 at a shelf, more at a store that others are filled from.
    Raises Invalid for a mean below zero, a dispersion below 1, or a lag below zero.
    """

    mean: float
    dispersion: float = 1.0
    lag: int = 0

    def __post_init__(self) -> None:
        if self.mean < 0 or self.dispersion < 1 or self.lag < 0:
            raise Invalid(
                "Use has a mean and a lag of 0 or more and a dispersion of 1 or more, "
                f"not {self.mean}, {self.lag} and {self.dispersion}."
            )

    def between(self, start: int, end: int, *, most: int) -> Chances:
        """The chances of the units used after ``start`` days up to ``end`` days from now: 0, 1 .. ``most`` or more."""
        length = max(0, end - self.lag) - max(0, start - self.lag)
        return _chances(round(self.mean * length, 6), round(self.dispersion, 6), most)

    def expected(self, days: int) -> float:
        """Base units expected to be used in the next ``days`` days."""
        return self.mean * max(0, days - self.lag)


def learned(used: float, *, squares: float, days: float = USE_DAYS, lag: int = 0) -> UncertainUse:
    """From the days' totals of a window of ``days`` on which there was something to use: their sum, and the sum of their squares.

    The rate itself is known from these days only. Over the ``LOOK_AHEAD`` days that are usually asked about, that adds its share to
    the variance: the dispersion is ``1 + LOOK_AHEAD / days`` times that of the days. Without use nothing is expected.
    Raises Invalid for a window of less than one day.

    A worked example: 5 on one day and 3 on another of 182 days is 0.044 a day with a dispersion of 34 / 8 * 1.33 = 5.65.
    """
    if days < 1:
        raise Invalid(f"Use is learned from one day or more, not {days}.")
    if used <= 0:
        return UncertainUse(0.0, 1.0, lag)
    return UncertainUse(used / days, max(1.0, squares / used) * (1 + LOOK_AHEAD / days), lag)


def of_places[Place: Hashable](
    sums: Mapping[Place, tuple[int, int]], *, days: int = USE_DAYS
) -> dict[Place, UncertainUse]:
    """The use of one item at each place that keeps it, from (sum, sum of squares) of its days; a place without use has zeros.

    A place is taken for one of its kind: as if it had also been watched for half as long as these places wait for one bunch on
    average, and half a one had come. So what was used
    once by chance is not believed to be used that often, nor what was not used never to be.
    Used nowhere, nothing is expected.

    A worked example: single units at two places, 6 here and none there in 182 days. On average one comes every 61 days; then 6.5 in
    212 days are expected here and half a one in 212 days there.
    """
    used, squares = sum(total for total, _ in sums.values()), sum(square for _, square in sums.values())
    if used <= 0:
        return dict.fromkeys(sums, UncertainUse(0.0))
    bunch = squares / used
    wait = bunch * days * len(sums) / used
    return {
        place: learned(
            max(0, total) + _TRUST * bunch,
            squares=square + _TRUST * bunch * bunch,
            days=days + _TRUST * wait,
        )
        for place, (total, square) in sums.items()
    }


@lru_cache(maxsize=4096)
def _chances(mean: float, dispersion: float, most: int) -> Chances:
    found = np.zeros(most + 1)
    if mean <= 0 or most == 0:
        found[0] = 1.0
        found.setflags(write=False)
        return found
    counts = np.arange(most)
    if dispersion <= _POISSON:
        logs = counts * np.log(mean) - mean - gammaln(counts + 1)
    else:
        shape = mean / (dispersion - 1)
        logs = (
            gammaln(counts + shape)
            - gammaln(shape)
            - gammaln(counts + 1)
            - shape * np.log(dispersion)
            + counts * np.log1p(-1 / dispersion)
        )
    found[:most] = np.exp(logs)
    found[most] = max(0.0, 1.0 - float(found[:most].sum()))
    found.setflags(write=False)
    return found
