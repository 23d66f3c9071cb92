"""What of the lots on a shelf will be used before they lapse, and who else could use the rest in time.

First expired, first out: demand falls on the lot that lapses soonest, and on the next one only when that is used up or lapsed.
A day's demand that met no lot is lost; later demand does not use a lot that has lapsed. With ``S(i)`` the sum of the first
``i`` lots, ``D(i)`` the whole units expected by the last day of lot ``i`` and ``U(i)`` the units used of the first ``i`` lots,

    U(0) = 0,   U(i) = min(U(i-1) + q(i), D(i)),   of lot i are used u(i) = U(i) - U(i-1).

What is left of today is not counted as a day of demand: a lot whose last day is today is expected to lapse whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.model.ids import LotId, PlaceId
from domain.model.lot import fefo_key
from domain.planning.rates import UseRate

MOST_HAVENS = 3


@dataclass(frozen=True, slots=True)
class Supply:
    """``quantity`` base units of one lot that may be used at a place, until ``expires_on`` inclusive; None never lapses."""

    lot_id: LotId
    expires_on: date | None
    quantity: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """``will_use`` + ``will_lapse`` is the lot's quantity."""

    lot_id: LotId
    will_use: int
    will_lapse: int


def outlook(supplies: Iterable[Supply], *, rate: UseRate, today: date) -> tuple[Outlook, ...]:
    """What becomes of each lot of one item at one place, in the order in which they should be taken.

    A lot past its date lapses whole and takes no demand from the others; one without a date never lapses.

    A worked example, one used a day: 5 lapsing in 10 days and 20 lapsing in 12 days. By day 10 the five are used; by day 12
    twelve in all, so 7 of the second lot: 13 lapse.
    """
    found: list[Outlook] = []
    used = 0
    for lot in sorted(supplies, key=lambda supply: fefo_key(supply.expires_on, supply.lot_id)):
        quantity = max(0, lot.quantity)
        if lot.expires_on is None:
            found.append(Outlook(lot.lot_id, quantity, 0))
            continue
        demand = rate.expected((lot.expires_on - today).days)
        now_used = max(used, min(used + quantity, demand))
        found.append(Outlook(lot.lot_id, now_used - used, quantity - (now_used - used)))
        used = now_used
    return tuple(found)


def spare_demand(supplies: Iterable[Supply], *, rate: UseRate, today: date, until: date) -> int:
    """Base units a place will use by ``until`` beyond what its own lots that lapse by then (or on that day) will cover.

    Its later lots are not counted against it: first expired, first out, what is brought is used before them.
    """
    own = [lot for lot in supplies if lot.expires_on is not None and lot.expires_on <= until]
    covered = sum(each.will_use for each in outlook(own, rate=rate, today=today))
    return max(0, rate.expected((until - today).days) - covered)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another place with demand: its own lots, its rate of use, the way to it in metres."""

    place_id: PlaceId
    rate: UseRate
    own: Sequence[Supply]
    metres: float


@dataclass(frozen=True, slots=True)
class Refuge:
    """``could_use`` base units of the lapsing lot, at most what lapses."""

    place_id: PlaceId
    could_use: int


def refuges(
    candidates: Iterable[Candidate],
    *,
    will_lapse: int,
    expires_on: date,
    today: date,
    most: int = MOST_HAVENS,
) -> tuple[Refuge, ...]:
    """Where ``will_lapse`` base units could still be used, the most helpful first, then the nearest; ``most`` of them.

    Each lot is judged by itself: two lapsing lots of one item may be offered the same place.
    """
    if will_lapse < 1 or expires_on <= today:
        return ()
    found: list[tuple[int, float, PlaceId]] = []
    for candidate in candidates:
        if candidate.rate.expected((expires_on - today).days) < 1:
            continue
        spare = spare_demand(candidate.own, rate=candidate.rate, today=today, until=expires_on)
        if could_use := min(will_lapse, spare):
            found.append((-could_use, candidate.metres, candidate.place_id))
    return tuple(Refuge(place_id, -less) for less, _, place_id in sorted(found)[:most])
