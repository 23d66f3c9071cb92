"""Movements of a batch of products: the flow with its lots, costs, hours, people and charges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.demo.calendar import Calendar, Ints
from domain.demo.catalogue import Catalogue
from domain.demo.columns import Goods, Why, Writer
from domain.demo.flow import Batch, Flow, Taken
from domain.demo.lots import Lots, in_lots, lot_columns, make_lots, number_lots
from domain.demo.schedule import UNIT_CODES, Schedule
from domain.demo.tracing import first_in_first_out
from domain.model.movement import MovementKind


class _Common(Protocol):
    def __call__(self, line: Ints, lot: Ints) -> Goods: ...


@dataclass(slots=True)
class Shelf:
    """What is left when the history ends: one row a line and lot. ``quantity`` sinks as stories claim it; ``since`` is the day on
    which the last of it came, so that from then on at least this much lay there."""

    line: Ints
    lot: Ints
    quantity: Ints
    since: Ints


@dataclass(frozen=True, slots=True)
class Told:
    """A batch after its flow was written: its lots, what is left where, and when each lot last moved."""

    batch: Batch
    lots: Lots
    shelf: Shelf
    last_moved: Ints
    used_on_cases: Ints
    """By lot: base units taken for cases."""
    owner_of_lot: Ints


def tell(
    writer: Writer, batch: Batch, flow: Flow, *, catalogue: Catalogue, booked: Schedule, calendar: Calendar,
    first_lot_id: int, rng: np.random.Generator,
) -> Told:  # fmt: skip
    """Writes the flow's movements and gives what the stories need. Lots are numbered from ``first_lot_id``."""
    lines = batch.lines
    span = slice(batch.start, batch.end)
    product = lines.product[span]
    local = product - batch.first_product
    first = lines.first[batch.first_product : batch.last_product] - batch.start
    source = lines.source[span]
    place, unit = lines.place[span], lines.unit[span]
    made = catalogue.products[batch.first_product : batch.last_product]
    tracked = np.array(
        [_tracking_number(catalogue, n) for n in range(batch.first_product, batch.last_product)]
    )
    owner = np.array([catalogue.supplier_of(p) if p.line.has("C") else 0 for p in made], dtype=np.int64)

    # Chunks put on shelves from outside: the opening count of every line, then the deliveries at the sources.
    opening_line = np.flatnonzero(flow.opening)
    chunk_line = np.concatenate([opening_line, first[flow.received_product]])
    chunk_day = np.concatenate([np.full(len(opening_line), -1), flow.received_day])
    chunk_quantity = np.concatenate([flow.opening[opening_line], flow.received_quantity])
    whole, nth, chunk_quantity = in_lots(tracked[local[chunk_line]], chunk_quantity, rng)
    chunk_line, chunk_day = chunk_line[whole], chunk_day[whole]
    chunk_lot = number_lots(local, chunk_line, chunk_day, nth, tracked)
    lot_product, lot_day = lot_columns(local, chunk_line, chunk_day, chunk_lot)
    lots = make_lots(lot_product, lot_day, tracked, catalogue, batch, calendar, first_lot_id, rng)
    opened = chunk_day < 0
    owner_of_lot = owner[lots.product - batch.first_product]
    ids = np.where(lots.named, np.arange(len(lots.product)) + first_lot_id, 0)

    def common(line: Ints, lot: Ints) -> Goods:
        return Goods(product[line], ids[lot], lots.cost[lot], owner_of_lot[lot], unit[line])

    rows = np.flatnonzero(opened)
    writer.add(
        MovementKind.COUNT,
        common(chunk_line[rows], chunk_lot[rows]),
        np.zeros(len(rows), dtype=np.int64),
        rng.integers(5, 200, len(rows)),
        quantity=chunk_quantity[rows],
        target=place[chunk_line[rows]],
        why=Why.OPENING,
    )
    rows = np.flatnonzero(~opened)
    writer.add(
        MovementKind.RECEIVE,
        common(chunk_line[rows], chunk_lot[rows]),
        chunk_day[rows],
        rng.integers(540, 950, len(rows)) + rng.random(len(rows)),
        quantity=chunk_quantity[rows],
        target=place[chunk_line[rows]],
        delay=rng.integers(5, 900, len(rows)) * 1_000_000,
    )

    # At the sources: rounds and withdrawals cut the chunks.
    taken = np.flatnonzero(flow.served)
    demand = flow.demand
    at_source = taken[source[demand.line[taken]]]
    out_line = np.concatenate([first[local[flow.moved_line]], demand.line[at_source]])
    out_day = np.concatenate([flow.moved_day, demand.day[at_source]])
    out_quantity = np.concatenate([flow.moved_quantity, flow.served[at_source]])
    out_what = np.concatenate([np.arange(len(flow.moved_line)), at_source + len(flow.moved_line)])
    from_source = source[chunk_line]
    order = np.lexsort((chunk_day[from_source], chunk_line[from_source]))
    s_line, s_quantity = chunk_line[from_source][order], chunk_quantity[from_source][order]
    s_lot, s_day = chunk_lot[from_source][order], chunk_day[from_source][order]
    out_order = np.lexsort((out_what, out_day, out_line))
    pieces = first_in_first_out(
        s_line, s_quantity, out_line[out_order], out_quantity[out_order], queues=len(product)
    )
    what = out_what[out_order][pieces.out]
    moved = what < len(flow.moved_line)
    to_line, day = flow.moved_line[what[moved]], flow.moved_day[what[moved]]
    lot = s_lot[pieces.chunk[moved]]
    writer.add(
        MovementKind.TRANSFER,
        common(to_line, lot),
        day,
        rng.integers(300, 389, len(day)) + rng.random(len(day)),
        quantity=pieces.quantity[moved],
        origin=place[first[local[to_line]]],
        target=place[to_line],
        why=Why.ROUND,
    )
    left = s_quantity - np.bincount(pieces.chunk, weights=pieces.quantity, minlength=len(s_quantity)).astype(
        np.int64
    )
    direct = _Taken(
        what[~moved] - len(flow.moved_line),
        s_lot[pieces.chunk[~moved]],
        pieces.quantity[~moved],
        pieces.left[~moved],
    )

    # On the shelves: what rounds brought is a chunk too.
    shelf_chunk = ~from_source
    u_line = np.concatenate([chunk_line[shelf_chunk], to_line])
    u_day = np.concatenate([chunk_day[shelf_chunk], day])
    u_quantity = np.concatenate([chunk_quantity[shelf_chunk], pieces.quantity[moved]])
    u_lot = np.concatenate([chunk_lot[shelf_chunk], lot])
    order = np.lexsort((np.arange(len(u_line)), u_day, u_line))
    u_line, u_quantity, u_lot, u_day = u_line[order], u_quantity[order], u_lot[order], u_day[order]
    elsewhere = taken[~source[demand.line[taken]]]
    shelf = first_in_first_out(
        u_line, u_quantity, demand.line[elsewhere], flow.served[elsewhere], queues=len(product)
    )
    u_left = u_quantity - np.bincount(shelf.chunk, weights=shelf.quantity, minlength=len(u_quantity)).astype(
        np.int64
    )
    common_taken = _Taken(elsewhere[shelf.out], u_lot[shelf.chunk], shelf.quantity, shelf.left)

    last = np.full(len(lots.product), -1, dtype=np.int64)
    np.maximum.at(last, lot, day)
    on_cases = np.zeros(len(lots.product), dtype=np.int64)
    for part in (direct, common_taken):
        _write_taken(
            writer,
            part,
            flow,
            place=place,
            unit=unit,
            common=common,
            booked=booked,
            chargeable=_chargeable(catalogue, product),
            rng=rng,
        )
        np.maximum.at(last, part.lot, demand.day[part.event])
        case = demand.kind[part.event] == Taken.CASE
        np.add.at(on_cases, part.lot[case], part.quantity[case])
    keep_s, keep_u = left > 0, u_left > 0
    remaining = Shelf(
        np.concatenate([s_line[keep_s], u_line[keep_u]]),
        np.concatenate([s_lot[keep_s], u_lot[keep_u]]),
        np.concatenate([left[keep_s], u_left[keep_u]]),
        np.concatenate([s_day[keep_s], u_day[keep_u]]),
    )
    return Told(batch, lots, _merged(remaining, len(lots.product)), last, on_cases, owner_of_lot)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Pieces taken from lines: row of demand, lot, quantity, and what their chunk held afterwards."""

    event: Ints
    lot: Ints
    quantity: Ints
    left: Ints


def _merged(shelf: Shelf, lots: int) -> Shelf:
    """One row for each line and lot: two rounds may have brought of the same lot."""
    key = shelf.line * lots + shelf.lot
    unique, where = np.unique(key, return_inverse=True)
    quantity = np.bincount(where, weights=shelf.quantity, minlength=len(unique)).astype(np.int64)
    since = np.full(len(unique), -1, dtype=np.int64)
    np.maximum.at(since, where, shelf.since)
    return Shelf(unique // lots, unique % lots, quantity, since)


def _tracking_number(catalogue: Catalogue, index: int) -> int:
    """0 without lots, 1 by lot, 2 by serial."""
    line = catalogue.products[index].line
    return 2 if line.has("S") else 0 if line.has("N") else 1


def _chargeable(catalogue: Catalogue, product: Ints) -> NDArray[np.bool_]:
    kept = {index: catalogue.products[index].line.has("$") for index in np.unique(product).tolist()}
    return np.array([kept[index] for index in product.tolist()])


def _write_taken(
    writer: Writer, part: _Taken, flow: Flow, *, place: Ints, unit: Ints, common: _Common, booked: Schedule,
    chargeable: NDArray[np.bool_], rng: np.random.Generator,
) -> None:  # fmt: skip
    """Cases and wards consume, some is wasted, some is missed by counts; a little of it is handed back or was recorded twice."""
    demand = flow.demand
    line, day, kind = demand.line[part.event], demand.day[part.event], demand.kind[part.event]
    minute = rng.uniform(407, 1420, len(line))
    daytime = np.isin(
        unit[line], [UNIT_CODES.index(c) for c in ("OR", "CL", "EN", "IR", "CLI", "ORT", "SPD", "PAC")]
    )
    # A case's things are taken about the hour the case begins, whichever line they come from.
    case = demand.case[part.event]
    begins = 430 + (np.maximum(case, 0) * 7919 % 480)
    minute = np.where(daytime, 420 + (minute - 407) * 0.62, minute)
    minute = np.where(case >= 0, begins + rng.uniform(0, 45, len(line)), minute)
    charge = _charges(case, day, unit[line], chargeable[line], booked, rng)

    used = np.flatnonzero((kind == Taken.CASE) | (kind == Taken.USED))
    extra = np.zeros(len(line), dtype=np.int64)
    roomy = used[(part.left[used] >= 1) & _day_keeps_one(line, day, part)[used]]
    chance = rng.random(len(roomy))
    handed_back, recounted, twice = (
        roomy[chance < 0.012],
        roomy[(chance > 0.5) & (chance < 0.505)],
        roomy[chance > 0.9975],
    )
    extra[handed_back] = 1
    extra[recounted] = 1
    delay = rng.integers(2, 240, len(line)) * 1_000_000

    def write(
        kind: MovementKind,
        rows: Ints,
        *,
        quantity: Ints | None = None,
        later: float = 0.0,
        inward: bool = False,
        why: Ints | int = Why.NONE,
        charged: bool = True,
        undoes: Ints | int = -1,
    ) -> int:
        spot = place[line[rows]]
        return writer.add(
            kind,
            common(line[rows], part.lot[rows]),
            day[rows],
            minute[rows] + later,
            quantity=part.quantity[rows] if quantity is None else quantity,
            origin=0 if inward else spot,
            target=spot if inward else 0,
            why=why,
            charge=charge[rows] if charged else 0,
            delay=delay[rows] + (0 if isinstance(undoes, int) else 300_000_000),
            undoes=undoes,
        )

    write(MovementKind.CONSUME, used, quantity=part.quantity[used] + extra[used])
    ones = np.ones(len(handed_back), dtype=np.int64)
    write(MovementKind.RETURN, handed_back, quantity=ones, later=15, inward=True, why=Why.UNUSED)
    ones = np.ones(len(recounted), dtype=np.int64)
    write(MovementKind.COUNT, recounted, quantity=ones, later=18, inward=True, why=Why.MORE, charged=False)
    ones = np.ones(len(twice), dtype=np.int64)
    mistake = write(MovementKind.CONSUME, twice, quantity=ones, later=2)
    write(
        MovementKind.CONSUME,
        twice,
        quantity=ones,
        later=2,
        inward=True,
        why=Why.TWICE,
        undoes=mistake + np.arange(len(twice)),
    )
    wasted = np.flatnonzero(kind == Taken.WASTED)
    write(
        MovementKind.WASTE,
        wasted,
        why=rng.choice([Why.DROPPED, Why.OPENED, Why.DAMAGED], len(wasted)),
        charged=False,
    )
    missed = np.flatnonzero(kind == Taken.MISCOUNTED)
    write(MovementKind.COUNT, missed, why=Why.FEWER, charged=False)
    held = np.flatnonzero((kind == Taken.CASE) & (rng.random(len(line)) < 0.08))
    early = rng.uniform(395, 405, len(held)) - minute[held]
    for what, later, why in (
        (MovementKind.RESERVE, early, Why.BOOKED),
        (MovementKind.RELEASE, early * 0 - 0.5, Why.PICKED),
    ):
        spot = place[line[held]]
        writer.add(
            what,
            common(line[held], part.lot[held]),
            day[held],
            minute[held] + later,
            quantity=part.quantity[held],
            origin=spot,
            why=why,
            charge=charge[held],
        )


def _day_keeps_one(line: Ints, day: Ints, part: _Taken) -> NDArray[np.bool_]:
    """Does the chunk of each piece still hold one at the day's end? Pieces come in order of line, then day."""
    last = np.ones(len(line), dtype=bool)
    last[:-1] = (line[1:] != line[:-1]) | (day[1:] != day[:-1])
    return last


def _charges(
    case: Ints,
    day: Ints,
    unit: Ints,
    chargeable: NDArray[np.bool_],
    booked: Schedule,
    rng: np.random.Generator,
) -> Ints:
    """Cases carry their own charge; what a patient pays for goes to a stay on that unit, the rest to the cost centre."""
    charge = unit + 1
    key = booked.stay_units * 100_000 + booked.stay_days
    near = np.searchsorted(key, unit * 100_000 + day, side="right") - 1 - rng.integers(0, 6, len(day))
    near = near.clip(0, max(len(key) - 1, 0))
    if len(key):
        gap = day - booked.stay_days[near]
        fits = chargeable & (booked.stay_units[near] == unit) & (gap >= 0) & (gap < 12)
        charge = np.where(fits, booked.stay_charge(near), charge)
    return np.where(case >= 0, booked.case_charge(case), charge)
