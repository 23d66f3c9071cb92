"""Whether stock moves: how long it lasts, how often it turns over, how much lies above what is needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from domain.errors import Invalid

SLOW_DAYS = 180
"""Stock that lasts longer than this at its pace is slow."""

COVER_DAYS = 90
"""Days of use that count as needed: no item of the catalogue takes longer to come."""


class Pace(StrEnum):
    DEAD = "dead"  # nothing left the shelf in the window
    SLOW = "slow"  # it lasts longer than SLOW_DAYS
    OVERSTOCKED = "overstocked"  # above both its maximum and what is needed
    MOVING = "moving"


@dataclass(frozen=True, slots=True)
class Health:
    """``days_on_hand`` is None where nothing was used. ``turns`` is how often a year's use goes through what lies there.

    ``excess`` base units of what lies there are above ``need``.
    """

    pace: Pace
    days_on_hand: float | None
    turns: float
    need: int
    excess: int


def health(on_hand: int, *, used: int, days: int, maximum: int | None = None, standby: int = 0) -> Health:
    """Of ``on_hand`` base units of which ``used`` left in the last ``days`` days.

    ``maximum`` is the place's own; ``standby`` is kept ready however seldom it is used (a crash cart's par). Needed is the
    larger of the use of ``COVER_DAYS`` and what stands by. Raises Invalid for less than one day or nothing on hand.

    A worked example: 40 on hand, 6 used in 90 days: lasts 600 days, turns 0.6 times a year, 6 are needed, 34 are above that.
    """
    if days < 1 or on_hand < 1:
        raise Invalid(f"Health is that of stock over days, not of {on_hand} over {days}.")
    left = max(0, used)
    need = max(ceil(left * COVER_DAYS / days), standby)
    lasts = on_hand * days / left if left else None
    if not left:
        pace = Pace.DEAD
    elif lasts is not None and lasts > SLOW_DAYS:
        pace = Pace.SLOW
    else:
        pace = Pace.OVERSTOCKED if maximum is not None and on_hand > max(maximum, need) else Pace.MOVING
    return Health(
        pace=pace,
        days_on_hand=lasts,
        turns=left * 365 / days / on_hand,
        need=need,
        excess=max(0, on_hand - need),
    )
