"""What of the lots on one shelf is expected to lapse, when use is a matter of chance.

Lots are taken first expired, first out. Let ``q(j)`` be the units that lapse at the ``j``-th date, ``d(j)`` the units used between the
date before and that one, and ``V(j)`` the use by then that found no lot of the first ``j``, and so takes of the later ones:

    V(0) = 0,   w(j) = max(0, q(j) - V(j-1) - d(j)),   V(j) = max(0, V(j-1) + d(j) - q(j));

``w(j)`` lapses. That is Lindley's recursion: with independent ``d(j)`` the distribution of ``V`` is carried on by one convolution a
date, and ``E[w]`` is exact. In sums it is ``max(0, max over j of (q(1) + .. + q(j) - D(j)))``: convex in the quantities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.planning.uncertain_use import Chances, UncertainUse

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lapsing:
    """``by_date`` are the units expected to lapse at each date. ``slopes``: how many more in all, were there one more of that date."""

    by_date: Floats
    slopes: Floats

    @property
    def total(self) -> float:
        return float(self.by_date.sum())


@dataclass(frozen=True, slots=True)
class Shelf:
    """``dates`` are days from now, none before the one ahead of it; the quantities of each are given where they are needed.

    What is left of today is no day of use: units of date 0 lapse whole.
    """

    use: UncertainUse
    dates: tuple[int, ...]

    def lapsing(self, quantities: Sequence[int]) -> Lapsing:
        """What is expected to lapse of ``quantities`` units, zero or more at each of the dates."""
        most = sum(quantities) + 1  # room for the one more that slopes ask about
        steps = self._steps(most)
        before = _start(most)
        by_date = np.zeros(len(quantities))
        met: list[Chances] = []
        for at, quantity in enumerate(quantities):
            needed = _added(before, steps[at])
            met.append(needed)
            by_date[at] = _short(needed, quantity)
            before = _served(needed, quantity)
        slopes = np.zeros(len(quantities))
        later = np.zeros(most + 1)
        for at in range(len(quantities) - 1, -1, -1):
            quantity, needed = quantities[at], met[at]
            spared = later[:-1] - later[1:]
            beyond = needed[quantity + 1 :]
            slopes[at] = needed[: quantity + 1].sum() + float(beyond @ spared[: len(beyond)])
            later = _before(later, quantity, steps[at])
        return Lapsing(by_date, slopes)

    def profile(self, quantities: Sequence[int], *, at: int, most: int) -> Floats:
        """All units expected to lapse, were there 0, 1 .. ``most`` units of date ``at`` and the others as given; length most + 1."""
        room = sum(quantities) - quantities[at] + most
        steps = self._steps(room)
        before = _start(room)
        lost = 0.0
        for earlier in range(at):
            needed = _added(before, steps[earlier])
            lost += _short(needed, quantities[earlier])
            before = _served(needed, quantities[earlier])
        needed = _added(before, steps[at])
        later = np.zeros(room + 1)
        for date in range(len(quantities) - 1, at, -1):
            later = _before(later, quantities[date], steps[date])
        held = np.arange(most + 1)[:, None]
        wanted = np.arange(room + 1)[None, :]
        short = np.maximum(held - wanted, 0) + later[np.maximum(wanted - held, 0)]
        found: Floats = lost + short @ needed
        return found

    def _steps(self, most: int) -> list[Chances]:
        starts = (0, *self.dates[:-1])
        return [
            self.use.between(start, end, most=most) for start, end in zip(starts, self.dates, strict=True)
        ]


def _start(most: int) -> Chances:
    found = np.zeros(most + 1)
    found[0] = 1.0
    return found


def _added(before: Chances, step: Chances) -> Chances:
    """The distribution of the sum, cut at the same length: so much or more is all the same, since there is no more to take."""
    whole = np.convolve(before, step)
    found = whole[: len(before)].copy()
    found[-1] += whole[len(before) :].sum()
    return found


def _short(needed: Chances, quantity: int) -> float:
    return float((quantity - np.arange(quantity)) @ needed[:quantity])


def _served(needed: Chances, quantity: int) -> Chances:
    found = np.zeros(len(needed))
    found[0] = needed[: quantity + 1].sum()
    found[1 : len(needed) - quantity] = needed[quantity + 1 :]
    return found


def _before(later: Floats, quantity: int, step: Chances) -> Floats:
    """Expected lapsing from a date on, by the use that came before it."""
    size = len(later)
    wanted = np.arange(size)
    after = np.maximum(quantity - wanted, 0) + later[np.maximum(wanted - quantity, 0)]
    padded = np.concatenate([after, np.full(size - 1, after[-1])])
    found: Floats = np.correlate(padded, step, mode="valid")
    return found
