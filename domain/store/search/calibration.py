"""From a search's score to the chance that its first hit is what was meant."""

from __future__ import annotations

import math

STEEPNESS = 11.0
MIDDLE = 0.6


def chance(score: float) -> float:
    """Logistic in the score 0..1; the two figures are fitted by ``python -m bench.search --calibrate``."""
    return 0.985 / (1.0 + math.exp(-STEEPNESS * (score - MIDDLE)))
