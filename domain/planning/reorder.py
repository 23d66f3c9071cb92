"""How much to order: numbers in, whole packs out.

The levels and the rate of use are arguments. Whoever makes them, a person who set a par or a forecast of demand, calls the same
function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from domain.errors import Invalid

FEWEST_DELIVERIES = 5
"""So many deliveries it takes to believe a supplier's past more than the promise."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Base units. At or below ``reorder_point`` it is brought up to ``par``; ``maximum`` is what the place has room for."""

    reorder_point: int
    par: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Packing:
    """A supplier's terms: base units in the pack it is sold by, and the fewest packs of one order."""

    size: int
    minimum: int = 1

    def __post_init__(self) -> None:
        if self.size < 1 or self.minimum < 1:
            raise Invalid("A pack holds one base unit or more, and an order is for one pack or more.")


@dataclass(frozen=True, slots=True)
class OrderQuantity:
    """``packs`` to order. ``forced``: the supplier's minimum made it more than the par needs. ``above`` base units will lie over the
    maximum once all has come, 0 as a rule."""

    packs: int
    forced: bool = False
    above: int = 0


def order_quantity(position: int, *, levels: Levels, packing: Packing) -> OrderQuantity | None:
    """What to order where ``position`` base units lie there or are coming; None where that is above the reorder point.

    Up to par, rounded up to whole packs. Where that would pass the maximum, one pack less is taken as long as it still lifts the
    position above the reorder point. So the maximum is passed by less than a pack, unless the supplier's minimum forces it.
    A par that equals its reorder point asks for the one unit that lifts it above.
    """
    if position > levels.reorder_point:
        return None
    target = max(levels.par, levels.reorder_point + 1)
    packs = ceil((target - position) / packing.size)
    fewer = position + (packs - 1) * packing.size
    if packs > 1 and position + packs * packing.size > levels.maximum and fewer > levels.reorder_point:
        packs -= 1
    wanted = packs
    packs = max(packs, packing.minimum)
    return OrderQuantity(
        packs, forced=packs > wanted, above=max(0, position + packs * packing.size - levels.maximum)
    )


def packs_of(quantity: int, *, packing: Packing) -> OrderQuantity:
    """``quantity`` base units in whole packs, the supplier's minimum at least: what a person asked for."""
    wanted = max(1, ceil(quantity / packing.size))
    packs = max(wanted, packing.minimum)
    return OrderQuantity(packs, forced=packs > wanted)


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Calendar days from sending an order to its arrival: half of them come within ``usual``, nine of ten within ``late``.

    ``deliveries`` is how many that was learned from; 0 is the supplier's promise, taken for both.
    """

    usual: int
    late: int
    deliveries: int = 0


def lead_time(days: Sequence[int], *, promised: int) -> LeadTime:
    """From the days that past deliveries took; the promise where they are fewer than FEWEST_DELIVERIES.

    Quantiles are those of the sample, rounded up to a day of it (nearest rank): a day that really was.
    """
    if len(days) < FEWEST_DELIVERIES:
        return LeadTime(promised, promised)
    ordered = sorted(days)

    def within(share: float) -> int:
        return ordered[max(0, ceil(share * len(ordered)) - 1)]

    return LeadTime(within(0.5), within(0.9), len(ordered))
