"""How far a share may be off because only so many messages were asked: 95% intervals."""

from __future__ import annotations

from math import sqrt

Z = 1.959964
"""The normal distribution's 97.5% point: 95% lie between -Z and Z."""


def interval(share: float, trials: float) -> tuple[float, float]:
    """Wilson's 95% interval of a share (0 to 1) of so many trials; everything is possible where nothing was tried.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), Wilson 1927. It stays between 0 and 1 and keeps a width where the share
    is 0 or 1, unlike p ± z √(p(1-p)/n). It is of messages drawn anew from the same writers, not of other writers.
    """
    if trials <= 0:
        return 0.0, 1.0
    middle = share + Z**2 / (2 * trials)
    half = Z * sqrt(max(share * (1 - share), 0.0) / trials + Z**2 / (4 * trials**2))
    below = 1 + Z**2 / trials
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def interval_of_difference(share: float, trials: float, other: float, other_trials: float) -> tuple[float, float]:
    """95% interval of ``share - other``, shares of different messages (Newcombe 1998, method 10)."""
    low, high = interval(share, trials)
    other_low, other_high = interval(other, other_trials)
    difference = share - other
    return (
        difference - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        difference + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )
