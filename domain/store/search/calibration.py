"""From a search's score to the chance that its first hit is what was meant."""

from __future__ import annotations

import math

STEEPNESS = 29.0
MIDDLE = 0.826
"""Fitted to 3,800 generated questions about 1,541 items, half of them with a word that belongs to no product."""
CEILING = 0.985
"""No question by words is surer than this: the fullest match was wrong in 1 to 2 of 100."""


def chance(score: float) -> float:
    """Logistic in the score (0..1); fit it anew with ``python -m bench.search --calibrate`` when the scoring changes."""
    return CEILING / (1.0 + math.exp(-STEEPNESS * (score - MIDDLE)))
