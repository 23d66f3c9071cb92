"""Lots of a batch of products: how deliveries fall into lots, how long they last, what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.demo.calendar import Calendar, Ints
from domain.demo.catalogue import Catalogue
from domain.demo.flow import Batch

TWO_LOTS_SHARE: Final = 0.6
"""Deliveries of more than one piece that come in two lots."""


@dataclass(frozen=True, slots=True)
class Lots:
    """Lots of a batch, one row each, ids from ``first_id`` on. ``expires`` and ``made`` are days of the calendar;
    NEVER for what does not expire. ``cost`` is in ten-thousandths of a dollar for one base unit."""

    first_id: int
    product: Ints
    received: Ints
    expires: Ints
    made: Ints
    cost: Ints
    serial: NDArray[np.bool_]
    named: NDArray[np.bool_]
    """False for what is kept without lots: such a row stands for NO_LOT and is not loaded."""


NEVER: Final = 1 << 40


def in_lots(kind: Ints, quantity: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Cuts deliveries into lots: (row it was cut from, which part, its quantity). ``kind`` is 0 without lots, 1 by lot, 2 by serial."""
    two = (kind == 1) & (quantity > 1) & (rng.random(len(kind)) < TWO_LOTS_SHARE)
    parts = np.where(kind == 2, quantity, 1 + two)
    whole = np.repeat(np.arange(len(parts)), parts)
    nth = np.arange(len(whole)) - np.repeat(np.cumsum(parts) - parts, parts)
    return whole, nth, (quantity // parts)[whole] + (nth < (quantity % parts)[whole])


def number_lots(local: Ints, line: Ints, day: Ints, nth: Ints, tracked: Ints) -> Ints:
    """Lot by chunk, counted from 0.

    One for each delivery and its ``nth`` part, the same for all opening shelves of a product; one for every serial piece;
    one row that stands for "no lot" for each product kept without.
    """
    owner = local[line]
    kind = tracked[owner]
    single = np.where(kind == 2, np.arange(len(line)) + 1, nth)
    when = np.where(kind == 0, -1, day)
    order = np.lexsort((single, when, owner))
    changed = np.ones(len(order), dtype=bool)
    changed[1:] = (
        (owner[order][1:] != owner[order][:-1])
        | (when[order][1:] != when[order][:-1])
        | (single[order][1:] != single[order][:-1])
    )
    lot = np.empty(len(order), dtype=np.int64)
    lot[order] = np.cumsum(changed) - 1
    return lot


def lot_columns(local: Ints, line: Ints, day: Ints, lot: Ints) -> tuple[Ints, Ints]:
    _, rows = np.unique(lot, return_index=True)
    return local[line[rows]], day[rows]


def make_lots(
    product: Ints, day: Ints, tracked: Ints, catalogue: Catalogue, batch: Batch, calendar: Calendar, first_id: int,
    rng: np.random.Generator,
) -> Lots:  # fmt: skip
    made = catalogue.products[batch.first_product : batch.last_product]
    months = np.array([p.line.shelf_months or 0 for p in made], dtype=np.float64)
    price = np.array([float(p.price) for p in made])
    kind = tracked[product]
    count = len(product)
    life = months[product] * 30.4
    # What arrives has already lain at the maker's and the distributor's; the opening stock longer still.
    fresh = np.where(day < 0, rng.uniform(0.35, 0.9, count), rng.uniform(0.72, 0.98, count))
    expires = np.where((months[product] > 0) & (kind > 0), day + life * fresh, NEVER).astype(np.int64)
    age = np.where(months[product] > 0, life * (1 - fresh), rng.uniform(20, 400, count)).astype(np.int64)
    years_ago = (calendar.days - np.maximum(day, 0)) / 365
    # Prices rise by 4% a year, in steps at the turn of contracts, and every delivery differs a little.
    step = 1.02 ** -np.ceil(years_ago * 2 - 0.4).clip(0)
    cost = np.maximum(1, np.round(price[product] * step * rng.uniform(0.985, 1.015, count) * 10_000)).astype(
        np.int64
    )
    cost = np.where(cost > 20_000, cost // 100 * 100, cost)
    return Lots(
        first_id,
        product + batch.first_product,
        day,
        expires,
        day - np.maximum(age, 3),
        cost,
        kind == 2,
        kind > 0,
    )
