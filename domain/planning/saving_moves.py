"""Which lapsing lots of one item to move where, so that the least is lost.

Every place has its own use, its own lots and, with them, an expected loss that is convex in the quantities (``shelf_life``). A move
costs handling, whatever its size, and a way. Sought are the moves with

    cost * (sum over places of units expected to lapse + LEAST_CHANCE * units moved) + sum over moves of handling  ->  least.

Where the lots to be moved lapse on one date, each place's loss is a convex function of one number and written as the chords between
its neighbouring whole numbers: the model is then exact, a flow in unit increments with a fixed charge a move. Where they lapse on
several dates, the losses are bounded from below by their tangents at the solutions found so far, until the bound is met (Kelley's
cutting planes); the programme is solved by HiGHS each time. The result is a least one among all whole quantities, up to ``_EXACT``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from domain.model.ids import LotId, PlaceId
from domain.planning.shelf_life import Floats, Shelf
from domain.planning.uncertain_use import UncertainUse

AHEAD_DAYS = 180
"""Lots that last longer than this do not count as lost, whatever is used before them: they will be ordered less of."""

LEAST_LIFE = 3
"""Days a lot must still have to be worth carrying anywhere."""

MOST_WAYS = 8
"""Destinations weighed for each lot: those that save most by themselves."""

LEAST_CHANCE = 0.1
"""A unit is carried only where it has at least this chance of being used instead of lapsing: what is brought takes room there."""

MOST_UNITS = 300
"""Units of an item at one place that are weighed one by one; where there are more, they are weighed in bundles of equal size."""

_EXACT = 0.005
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Handling:
    """What a move costs: ``each`` for finding, packing and booking it, ``metre`` for every metre of the way, in the currency."""

    each: float = 2.0
    metre: float = 0.014

    def of(self, metres: float) -> float:
        return self.each + self.metre * metres


@dataclass(frozen=True, slots=True)
class HeldLot:
    """``quantity`` base units of a lot that may be taken. ``movable``: it may be carried elsewhere (it is ours, and not promised)."""

    lot_id: LotId
    days_left: int
    quantity: int
    movable: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that keeps the item. ``takes``: more of it may be brought there."""

    place_id: PlaceId
    use: UncertainUse
    lots: tuple[HeldLot, ...] = ()
    takes: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """``saved`` is in the currency, less handling: what would be lost more, were this one move not made."""

    lot_id: LotId
    from_place_id: PlaceId
    to_place_id: PlaceId
    quantity: int
    saved: float
    spared: float
    """Base units that lapse less, in all, for this one move."""


type Way = Callable[[PlaceId, PlaceId], float]
"""Metres between two places."""


def expected_lapse(spot: Spot) -> dict[LotId, float]:
    """Base units of each lot that are expected to lapse at the spot, first expired, first out; those past their date lapse whole.

    A lot that lies there twice (of two owners) is summed; one that lasts longer than ``AHEAD_DAYS`` is not looked at.
    """
    lots = sorted(spot.lots, key=lambda lot: (lot.days_left, lot.lot_id))
    found = {lot.lot_id: 0.0 for lot in lots}
    for lot in lots:
        if lot.days_left < 0:
            found[lot.lot_id] += lot.quantity
    usable = [lot for lot in lots if 0 <= lot.days_left <= AHEAD_DAYS and lot.quantity > 0]
    if usable:
        shelf = Shelf(spot.use, tuple(lot.days_left for lot in usable))
        expected = shelf.lapsing([lot.quantity for lot in usable]).by_date
        for lot, units in zip(usable, expected.tolist(), strict=True):
            found[lot.lot_id] += units
    return found


def best_moves(
    spots: Sequence[Spot],
    *,
    unit_cost: float,
    way: Way,
    within: int,
    handling: Handling | None = None,
) -> tuple[Move, ...]:
    """The moves of lots lapsing within ``within`` days that save most, each worth more than its handling; the best first.

    ``spots`` are the places that keep the item, each once. ``unit_cost`` is what a lost base unit costs.
    """
    fullest = max((sum(lot.quantity for lot in spot.lots) for spot in spots), default=0)
    size = -(-fullest // MOST_UNITS) if fullest else 1
    counted = tuple(spots) if size == 1 else tuple(_bundled(spot, size=size) for spot in spots)
    problem = _Problem(counted, unit_cost * size, way, handling or Handling(), within)
    if not problem.sources or unit_cost <= 0:
        return ()
    arcs = problem.arcs()
    if not arcs:
        return ()
    amounts = [arcs[0].best] if len(arcs) == 1 else _solve(problem, arcs)
    found = problem.moves(arcs, amounts)
    if size == 1:
        return found
    return tuple(replace(move, quantity=move.quantity * size, spared=move.spared * size) for move in found)


def _bundled(spot: Spot, *, size: int) -> Spot:
    """The spot with ``size`` base units as one; what is left over of a lot stays where it is, and is left out."""
    use = UncertainUse(spot.use.mean / size, max(1.0, spot.use.dispersion / size), spot.use.lag)
    lots = tuple(replace(lot, quantity=lot.quantity // size) for lot in spot.lots)
    return replace(spot, use=use, lots=lots)


@dataclass(frozen=True, slots=True)
class _Source:
    spot: int
    date: int
    lot: HeldLot


@dataclass(frozen=True, slots=True)
class _Arc:
    """A lot's way to a spot; ``best`` units by itself would save ``gain``."""

    source: int
    spot: int
    fixed: float
    best: int
    gain: float


@dataclass(frozen=True, slots=True)
class _Loss:
    """Units lost, and how many more with one more of each date."""

    total: float
    slopes: Floats


@dataclass(frozen=True)
class _Problem:
    spots: tuple[Spot, ...]
    unit_cost: float
    way: Way
    handling: Handling
    within: int
    _known: dict[tuple[int, tuple[int, ...]], _Loss] = field(default_factory=dict)

    @cached_property
    def dates(self) -> tuple[int, ...]:
        return tuple(
            sorted(
                {
                    lot.days_left
                    for spot in self.spots
                    for lot in spot.lots
                    if 0 <= lot.days_left <= AHEAD_DAYS
                }
            )
        )

    @cached_property
    def held(self) -> list[tuple[int, ...]]:
        """By spot: units of each date."""
        found = []
        for spot in self.spots:
            sums = dict.fromkeys(self.dates, 0)
            for lot in spot.lots:
                if lot.days_left in sums:
                    sums[lot.days_left] += max(0, lot.quantity)
            found.append(tuple(sums.values()))
        return found

    @cached_property
    def sources(self) -> tuple[_Source, ...]:
        """Lots that may be carried elsewhere and are expected to lapse in part."""
        found = []
        at = {days: number for number, days in enumerate(self.dates)}
        for number, spot in enumerate(self.spots):
            for lot in spot.lots:
                if lot.movable and lot.quantity > 0 and LEAST_LIFE <= lot.days_left <= self.within:
                    date = at[lot.days_left]
                    if (
                        self.at_rest[number].slopes[date] * self.unit_cost * lot.quantity
                        > self.handling.each / 4
                    ):
                        found.append(_Source(number, date, lot))
        return tuple(found)

    @cached_property
    def at_rest(self) -> list[_Loss]:
        return [self.loss(number, self.held[number]) for number in range(len(self.spots))]

    def loss(self, spot: int, quantities: tuple[int, ...]) -> _Loss:
        key = (spot, quantities)
        if key not in self._known:
            found = Shelf(self.spots[spot].use, self.dates).lapsing(quantities)
            self._known[key] = _Loss(found.total, found.slopes)
        return self._known[key]

    def profile(self, spot: int, date: int, *, more: int) -> Floats:
        """Units lapsing at the spot with 0, 1 .. of that date there, up to ``more`` beyond what lies there."""
        held = self.held[spot]
        return Shelf(self.spots[spot].use, self.dates).profile(held, at=date, most=held[date] + more)

    def arcs(self) -> list[_Arc]:
        """The ways worth weighing: by itself each saves more than it costs. Moves stand in each other's way, never help each other."""
        brought = dict.fromkeys(range(len(self.dates)), 0)
        for source in self.sources:
            brought[source.date] = max(brought[source.date], source.lot.quantity)
        profiles: dict[tuple[int, int], Floats] = {}
        found: list[_Arc] = []
        for number, source in enumerate(self.sources):
            mine: list[_Arc] = []
            here = self.profile(source.spot, source.date, more=0)
            relieved = here[-1] - here[::-1][: source.lot.quantity + 1]
            for spot, there in enumerate(self.spots):
                if spot == source.spot or not there.takes or there.use.mean <= 0:
                    continue
                key = (spot, source.date)
                if key not in profiles:
                    profiles[key] = self.profile(spot, source.date, more=brought[source.date])
                own = self.held[spot][source.date]
                lost = profiles[key][own : own + source.lot.quantity + 1] - profiles[key][own]
                fixed = self.handling.of(self.way(self.spots[source.spot].place_id, there.place_id))
                room = LEAST_CHANCE * np.arange(len(lost))
                gains = self.unit_cost * (relieved[: len(lost)] - lost - room) - fixed
                best = int(gains.argmax())
                if best and gains[best] > 0:
                    mine.append(_Arc(number, spot, fixed, best, float(gains[best])))
            found.extend(sorted(mine, key=lambda arc: (-arc.gain, arc.spot))[:MOST_WAYS])
        return found

    def changed(self, arcs: Sequence[_Arc], amounts: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Units of each date at the spots that moves touch, after them."""
        found = {spot: list(self.held[spot]) for spot in _touched(self, arcs)}
        for arc, amount in zip(arcs, amounts, strict=True):
            source = self.sources[arc.source]
            found[source.spot][source.date] -= amount
            found[arc.spot][source.date] += amount
        return {spot: tuple(quantities) for spot, quantities in found.items()}

    def total(self, arcs: Sequence[_Arc], amounts: Sequence[int], *, chance: float = LEAST_CHANCE) -> float:
        """Loss at the touched spots, what is moved times ``chance``, and handling, in the currency."""
        lost = sum(self.loss(spot, units).total for spot, units in self.changed(arcs, amounts).items())
        handled = sum(arc.fixed for arc, amount in zip(arcs, amounts, strict=True) if amount)
        return self.unit_cost * (lost + chance * sum(amounts)) + handled

    def moves(self, arcs: Sequence[_Arc], amounts: Sequence[int]) -> tuple[Move, ...]:
        """With what each saves, by the total without it; one that saves nothing beside the others is left out."""
        kept = list(amounts)
        while True:
            whole = self.total(arcs, kept, chance=0)
            gains = []
            for index, amount in enumerate(kept):
                without = [*kept[:index], 0, *kept[index + 1 :]]
                gains.append(self.total(arcs, without, chance=0) - whole if amount else 0.0)
            useless = [index for index, amount in enumerate(kept) if amount and gains[index] <= 0]
            if not useless:
                break
            kept[min(useless, key=lambda index: gains[index])] = 0
        found = [
            Move(
                self.sources[arc.source].lot.lot_id,
                self.spots[self.sources[arc.source].spot].place_id,
                self.spots[arc.spot].place_id,
                amount,
                saved=gain,
                spared=(gain + arc.fixed) / self.unit_cost,
            )
            for arc, amount, gain in zip(arcs, kept, gains, strict=True)
            if amount
        ]
        return tuple(sorted(found, key=lambda move: (-move.saved, move.lot_id, move.to_place_id)))


def _touched(problem: _Problem, arcs: Sequence[_Arc]) -> list[int]:
    return sorted({arc.spot for arc in arcs} | {problem.sources[arc.source].spot for arc in arcs})


@dataclass(frozen=True, slots=True)
class _Cut:
    """The loss at a spot is at least ``level`` + the change of each date times its slope."""

    spot: int
    level: float
    slopes: tuple[tuple[int, float], ...]


def _solve(problem: _Problem, arcs: Sequence[_Arc]) -> list[int]:
    """Units by arc."""
    cuts: list[_Cut] = []
    touched = _touched(problem, arcs)
    for spot in touched:
        dates = sorted(
            {
                problem.sources[arc.source].date
                for arc in arcs
                if spot in (arc.spot, problem.sources[arc.source].spot)
            }
        )
        if len(dates) == 1:
            cuts.extend(_chords(problem, arcs, spot, dates[0]))
        else:
            cuts.append(_tangent(problem, spot, problem.held[spot], dates))
    best, least = [0] * len(arcs), problem.total(arcs, [0] * len(arcs))
    for _ in range(_ROUNDS):
        amounts, bound = _programme(problem, arcs, touched, cuts)
        reached = problem.total(arcs, amounts)
        if reached < least:
            best, least = amounts, reached
        if least - bound <= _EXACT:
            break
        for spot, units in problem.changed(arcs, amounts).items():
            dates = sorted({source.date for source in problem.sources})
            cuts.append(_tangent(problem, spot, units, dates))
    return best


def _chords(problem: _Problem, arcs: Sequence[_Arc], spot: int, date: int) -> list[_Cut]:
    """The convex loss in one date, as the lines through its neighbouring values; those of one slope once."""
    own = problem.held[spot][date]
    sources = {arc.source for arc in arcs if arc.spot == spot}
    more = sum(problem.sources[source].lot.quantity for source in sources)
    values = problem.profile(spot, date, more=more)
    out = sum(
        source.lot.quantity for source in problem.sources if source.spot == spot and source.date == date
    )
    found: list[_Cut] = []
    last = -1.0
    for held in range(max(0, own - out), own + more):
        slope = float(values[held + 1] - values[held])
        if slope - last > 1e-4:
            found.append(_Cut(spot, float(values[held]) - slope * (held - own), ((date, slope),)))
            last = slope
    return found


def _tangent(problem: _Problem, spot: int, units: tuple[int, ...], dates: Sequence[int]) -> _Cut:
    there = problem.loss(spot, units)
    held = problem.held[spot]
    slopes = tuple((date, float(there.slopes[date])) for date in dates)
    return _Cut(spot, there.total - sum(slope * (units[date] - held[date]) for date, slope in slopes), slopes)


def _programme(
    problem: _Problem, arcs: Sequence[_Arc], touched: Sequence[int], cuts: Sequence[_Cut]
) -> tuple[list[int], float]:
    """The least over the cuts: units by arc, and a bound below the true total. Variables: units, made or not, loss by spot."""
    count, spots = len(arcs), {spot: index for index, spot in enumerate(touched)}
    width = 2 * count + len(spots)
    quantity = [problem.sources[arc.source].lot.quantity for arc in arcs]
    rows: list[NDArray[np.float64]] = []
    upper: list[float] = []

    def add(row: NDArray[np.float64], limit: float) -> None:
        rows.append(row)
        upper.append(limit)

    for index in range(count):
        row = np.zeros(width)
        row[index], row[count + index] = 1.0, -float(quantity[index])
        add(row, 0.0)
    for number in sorted({arc.source for arc in arcs}):
        row = np.zeros(width)
        row[[index for index, arc in enumerate(arcs) if arc.source == number]] = 1.0
        add(row, float(problem.sources[number].lot.quantity))
    for cut in cuts:
        row = np.zeros(width)
        row[2 * count + spots[cut.spot]] = -1.0
        for date, slope in cut.slopes:
            for index, arc in enumerate(arcs):
                source = problem.sources[arc.source]
                if source.date == date:
                    row[index] += slope * ((arc.spot == cut.spot) - (source.spot == cut.spot))
        add(row, -cut.level)
    costs = np.concatenate(
        [
            np.full(count, LEAST_CHANCE * problem.unit_cost),
            [arc.fixed for arc in arcs],
            np.full(len(spots), problem.unit_cost),
        ]
    )
    found = milp(
        costs,
        constraints=LinearConstraint(csr_array(np.array(rows)), -np.inf, np.array(upper)),
        integrality=np.concatenate([np.ones(2 * count), np.zeros(len(spots))]),
        bounds=Bounds(
            np.zeros(width), np.concatenate([quantity, np.ones(count), np.full(len(spots), np.inf)])
        ),
        options={"mip_rel_gap": 1e-7},
    )
    if (
        found.x is None or found.fun is None
    ):  # no move at all is always allowed: only a solver in trouble says so
        return [0] * count, -np.inf
    return [round(units) for units in found.x[:count].tolist()], float(found.fun)
