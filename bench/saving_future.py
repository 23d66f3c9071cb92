"""The demo hospital's own future, lot by lot: what is used where after today, rounds, orders, and what lapses meanwhile.

Nothing of it is known to whoever plans. Demand is drawn as the history's was, from the true pace of every line with its weekdays,
seasons and booked cases, and so are rounds that miss a low shelf and suppliers that are late. Each policy meets the same draws.
First expired, first out, at shelves and at the store that fills them; what lapses is taken off the morning after and is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from domain.demo import Hospital
from domain.demo.calendar import Calendar, calendar
from domain.demo.chance import series
from domain.demo.flow import LATE_SHARE, READY_SHARE, ROUND_SHARE, Batch, Demand, draw_demand
from domain.demo.plan import ZONE
from domain.demo.schedule import UNIT_CODES, case_needs, schedule
from domain.demo.stocking import DAILY_ROUNDS, line_for_case
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.stock import StockLine

FRESH = (0.72, 0.98)
"""Share of its life that a delivery still has."""


@dataclass(slots=True)
class Heap:
    """A lot on a line: the last day on which it may be used, counted from today, and what a piece of it cost."""

    lot_id: LotId
    last_day: int
    quantity: int
    cost: float


@dataclass(frozen=True, slots=True)
class Future:
    hospital: Hospital
    days: Calendar
    demand: Mapping[int, Mapping[int, int]]
    """By line: base units wanted by day."""
    chance: NDArray[np.float64]
    """By day and line: which low lines a round misses; by day and product in the columns behind: how late a supplier is."""


@dataclass(slots=True)
class Outcome:
    """What was lost of what had lapsed, at cost; units of demand that no shelf met."""

    lost: float = 0.0
    units: int = 0
    unmet: int = 0
    by_item: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))


def future(hospital: Hospital, *, days: int, seed: int) -> Future:
    ahead = calendar(hospital.today + timedelta(days=days), zone=ZONE, days=days)
    booked = schedule(hospital.plan, ahead, seed=seed, scale=hospital.scale)
    made = hospital.catalogue.products
    needs = case_needs(booked, made)
    lines = hospital.stocked
    case_lines = line_for_case(lines.first, lines.unit, booked, needs)
    mine = np.flatnonzero((case_lines >= 0) & (booked.case_days[needs.case] < days))
    case = (case_lines[mine], booked.case_days[needs.case[mine]], needs.quantity[mine], needs.case[mine])
    batch = Batch(lines, 0, len(lines.product), 0, len(made))
    drawn = draw_demand(batch, ahead, case, series(seed, "future"))
    chance = series(seed, "rounds").random((days, len(lines.product) + len(made)))
    return Future(hospital, ahead, _by_line(drawn), chance)


def _by_line(drawn: Demand) -> dict[int, dict[int, int]]:
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for line, day, quantity in zip(
        drawn.line.tolist(), drawn.day.tolist(), drawn.quantity.tolist(), strict=True
    ):
        found[line][day] = found[line].get(day, 0) + quantity
    return dict(found)


type Carried = tuple[LotId, PlaceId, PlaceId, int]


def live(
    ahead: Future,
    stock: Sequence[StockLine],
    costs: Mapping[LotId, Decimal],
    moves: Sequence[Carried],
    *,
    items: Sequence[ItemId],
) -> Outcome:
    """What becomes of ``items`` with ``moves`` made this morning. ``stock`` are the usable balances of today."""
    outcome = Outcome()
    shelves: defaultdict[ItemId, defaultdict[PlaceId, list[Heap]]] = defaultdict(lambda: defaultdict(list))
    today = ahead.hospital.today
    for line in stock:
        left = (line.expires_on - today).days if line.expires_on is not None else 1 << 30
        heap = Heap(line.lot_id, left, line.on_hand, float(costs.get(line.lot_id, Decimal(0))))
        shelves[line.item_id][line.place_id].append(heap)
    item_of = {line.lot_id: line.item_id for line in stock}
    for lot_id, source, target, quantity in moves:
        there = shelves[item_of[lot_id]]
        for heap in there[source]:
            if heap.lot_id == lot_id and quantity > 0:
                taken = min(heap.quantity, quantity)
                heap.quantity -= taken
                quantity -= taken
                there[target].append(Heap(lot_id, heap.last_day, taken, heap.cost))
    for item_id in items:
        _live_item(ahead, item_id, shelves[item_id], outcome)
    return outcome


def _live_item(ahead: Future, item_id: ItemId, there: Mapping[PlaceId, list[Heap]], outcome: Outcome) -> None:
    lines = ahead.hospital.stocked
    product = int(item_id) - 1
    span = range(int(lines.first[product]), int(lines.first[product + 1]))
    source = span[0]
    daily = {line: UNIT_CODES[int(lines.unit[line])] in DAILY_ROUNDS for line in span}
    heaps = {line: sorted(there.get(PlaceId(int(lines.place[line])), []), key=_order) for line in span}
    known = {PlaceId(int(lines.place[line])) for line in span}
    stray = [heap for place, pile in there.items() if place not in known for heap in pile]
    made = ahead.hospital.catalogue.products[product]
    life = (made.line.shelf_months or 0) * 30.4
    price = float(made.price)
    coming: defaultdict[int, int] = defaultdict(int)
    on_order = 0
    pack, size, lead = int(lines.pack[product]), int(lines.order[product]), int(lines.lead[product])
    weekday = ahead.hospital.today.weekday()
    columns = len(lines.product)
    for day in range(ahead.days.days):
        today = (weekday + day) % 7
        for pile in (*heaps.values(), stray):
            for heap in pile:
                if heap.last_day < day and heap.quantity > 0:
                    outcome.lost += heap.quantity * heap.cost
                    outcome.units += heap.quantity
                    outcome.by_item[int(item_id)] += heap.quantity * heap.cost
                    heap.quantity = 0
            pile[:] = [heap for heap in pile if heap.quantity > 0]
        if today != 6:
            for line in span[1:]:
                ready = bool(lines.ready[line])
                if today not in (1, 3, 5) or daily[line] or ready:
                    held = sum(heap.quantity for heap in heaps[line])
                    low = held <= (int(lines.par[line]) - 1 if ready else int(lines.reorder[line]))
                    if low and ahead.chance[day, line] < (READY_SHARE if ready else ROUND_SHARE):
                        brought = _take(heaps[source], int(lines.par[line]) - held)
                        heaps[line].extend(brought)
                        heaps[line].sort(key=_order)
        for line in span:
            wanted = ahead.demand.get(line, {}).get(day, 0)
            if wanted:
                outcome.unmet += wanted - sum(heap.quantity for heap in _take(heaps[line], wanted))
        if coming[day]:
            drawn = FRESH[0] + (FRESH[1] - FRESH[0]) * float(ahead.chance[day, columns + product])
            last = day + int(life * drawn) if life else 1 << 30
            heaps[source].append(Heap(LotId(0), last, coming[day], price))
            heaps[source].sort(key=_order)
            on_order -= coming[day]
        if today < 5:
            position = sum(heap.quantity for heap in heaps[source]) + on_order
            if position <= int(lines.reorder[source]):
                bought = -(-max(size, int(lines.par[source]) - position) // pack) * pack
                draw = float(ahead.chance[day, columns + product])
                late = 2 + int(draw / LATE_SHARE * 13) if draw < LATE_SHARE else 0
                coming[max(day + 1, day + lead + late)] += bought
                on_order += bought


def _order(heap: Heap) -> tuple[int, int]:
    return heap.last_day, int(heap.lot_id)


def _take(pile: list[Heap], wanted: int) -> list[Heap]:
    """The first to lapse first; what is there, at most what is wanted."""
    found: list[Heap] = []
    for heap in pile:
        if wanted < 1:
            break
        taken = min(heap.quantity, wanted)
        if taken > 0:
            heap.quantity -= taken
            wanted -= taken
            found.append(Heap(heap.lot_id, heap.last_day, taken, heap.cost))
    pile[:] = [heap for heap in pile if heap.quantity > 0]
    return found
