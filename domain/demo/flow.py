"""Two years of a batch of products, day by day: rounds fill the shelves, wards take from them, suppliers deliver.

Quantities only; which lot each piece belonged to is worked out afterwards (``domain.demo.tracing``). A day runs in this
order: the morning round moves stock from the source to the shelves, then stock is taken, then deliveries are put away.
Nothing is ever taken that is not there, so what follows replays without balances below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.demo.calendar import Calendar, Ints
from domain.demo.schedule import UNIT_CODES
from domain.demo.stocking import DAILY_ROUNDS, Lines


class Taken(IntEnum):
    """Why stock left a line."""

    CASE = 0
    USED = 1
    WASTED = 2
    MISCOUNTED = 3


WASTE_SHARE: Final = 0.02
MISCOUNT_SHARE: Final = 0.012
ROUND_SHARE: Final = 0.5
"""Low lines that a round really fills; the others are missed until the next."""
READY_SHARE: Final = 0.95
"""The same of emergency carts, which are checked every day and filled to the last piece."""
LATE_SHARE: Final = 0.15
OUTAGE_SHARE: Final = 0.05
"""Products whose supplier once could not deliver for weeks."""
OUTAGE_NOW_SHARE: Final = 0.035
"""Products whose supplier can not deliver at present."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Withdrawals asked for, in order of line and day, cases before others; parallel columns. ``case`` is -1 without one."""

    line: Ints
    day: Ints
    quantity: Ints
    kind: Ints
    case: Ints


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened. All parallel columns, each group in order of days; lines and products count within the batch."""

    demand: Demand
    served: Ints
    """By row of ``demand``: what was there to be taken, 0 up to the quantity."""
    moved_line: Ints
    moved_day: Ints
    moved_quantity: Ints
    received_product: Ints
    received_day: Ints
    received_quantity: Ints
    opening: Ints
    """By line: what was on the shelf before the first day."""
    closing: Ints
    bought_product: Ints
    bought_day: Ints
    bought_quantity: Ints
    bought_arrives: Ints
    """Orders to suppliers: the day each comes, which may lie ahead of the history."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of products: their lines are ``lines.product[start:end]`` of the whole."""

    lines: Lines
    start: int
    end: int
    first_product: int
    last_product: int

    @property
    def products(self) -> int:
        return self.last_product - self.first_product


def draw_demand(
    batch: Batch, calendar: Calendar, case: tuple[Ints, Ints, Ints, Ints], rng: np.random.Generator
) -> Demand:
    """``case`` holds (line in the batch, day, quantity, case) of what cases need; the rest is drawn around each line's pace."""
    lines = batch.lines
    rate = lines.rate[batch.start : batch.end]
    count = rng.poisson(rate * calendar.days)
    line = np.repeat(np.arange(len(rate)), count)
    week = lines.week[batch.start : batch.end][line]
    season = lines.season[batch.start : batch.end][line]
    day = np.zeros(len(line), dtype=np.int64)
    weeks, seasons, _ = calendar.busyness.shape
    for w in range(weeks):
        for s in range(seasons):
            mine = np.flatnonzero((week == w) & (season == s))
            share = np.cumsum(calendar.busyness[w, s, : calendar.days])
            day[mine] = np.searchsorted(share, rng.random(len(mine)) * share[-1], side="right")
    day = np.minimum(day, calendar.days - 1)
    batch_size = lines.batch[batch.start : batch.end][line]
    quantity = rng.geometric(1 / np.maximum(1.0, batch_size))
    chance = rng.random(len(line))
    kind = np.where(
        chance < WASTE_SHARE,
        Taken.WASTED,
        np.where(chance < WASTE_SHARE + MISCOUNT_SHARE, Taken.MISCOUNTED, Taken.USED),
    )
    case_line, case_day, case_quantity, case_number = case
    line = np.concatenate([case_line, line])
    day = np.concatenate([case_day, day])
    quantity = np.concatenate([case_quantity, np.where(kind == Taken.USED, quantity, (quantity + 1) // 2)])
    kind = np.concatenate([np.full(len(case_line), int(Taken.CASE)), kind])
    number = np.concatenate([case_number, np.full(int(count.sum()), -1)])
    order = np.lexsort((number, kind, day, line))
    return Demand(line[order], day[order], quantity[order], kind[order], number[order])


def _segment_cumsum(values: Ints, starts: Ints, owner: Ints) -> Ints:
    """Running sums before each value within its segment; ``starts`` are the segments' first rows, ``owner`` the segment by row."""
    running = np.cumsum(values) - values
    before: Ints = running - running[starts][owner]
    return before


def _blocked_until(products: int, days: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """By product: a stretch of days (first, last) in which nothing arrives; (0, -1) where there is none."""
    first = np.zeros(products, dtype=np.int64)
    last = np.full(products, -1, dtype=np.int64)
    chance = rng.random(products)
    once = chance < OUTAGE_SHARE
    first[once] = rng.integers(60, max(61, days - 60), int(once.sum()))
    last[once] = first[once] + rng.integers(15, 40, int(once.sum()))
    now = chance > 1 - OUTAGE_NOW_SHARE
    first[now] = days - rng.integers(25, 70, int(now.sum()))
    last[now] = days + 20
    return first, last


def run(batch: Batch, demand: Demand, calendar: Calendar, rng: np.random.Generator) -> Flow:
    lines, days, products = batch.lines, calendar.days, batch.products
    product = lines.product[batch.start : batch.end] - batch.first_product
    count = len(product)
    source = lines.source[batch.start : batch.end]
    par, reorder = lines.par[batch.start : batch.end], lines.reorder[batch.start : batch.end]
    first = (lines.first[batch.first_product : batch.last_product] - batch.start).astype(np.int64)
    order_size = lines.order[batch.first_product : batch.last_product]
    pack = lines.pack[batch.first_product : batch.last_product]
    lead = lines.lead[batch.first_product : batch.last_product]
    wanted = np.zeros((days, count), dtype=np.int32)
    np.add.at(wanted, (demand.day, demand.line), demand.quantity)
    stock = np.where(source, rng.integers(reorder, par + 1), np.maximum(reorder, par - 1)).astype(np.int64)
    stock = np.where(lines.ready[batch.start : batch.end] & ~source, par, stock)
    opening = stock.copy()
    weekday = np.array([calendar.day(n).weekday() for n in range(days)])
    daily = np.isin(lines.unit[batch.start : batch.end], [UNIT_CODES.index(code) for code in DAILY_ROUNDS])
    blocked_first, blocked_last = _blocked_until(products, days, rng)
    arrivals = np.zeros((days + 240, products), dtype=np.int64)
    on_order = np.zeros(products, dtype=np.int64)
    taken = np.zeros((days, count), dtype=np.int32)
    moved: list[tuple[int, Ints, Ints]] = []
    received: list[tuple[int, Ints, Ints]] = []
    bought: list[tuple[int, Ints, Ints]] = []
    arrives: list[Ints] = []
    target = np.where(source, 0, par)
    ready = lines.ready[batch.start : batch.end] & ~source
    trigger = np.where(source, -1, np.where(ready, par - 1, reorder))
    share = np.where(ready, READY_SHARE, ROUND_SHARE)
    source_par, source_reorder = par[first], reorder[first]
    for day in range(days):
        today = weekday[day]
        if today != 6:
            low = stock <= trigger
            low &= (daily | ready) if today in (1, 3, 5) else True
            rows = np.flatnonzero(low)
            rows = rows[rng.random(len(rows)) < share[rows]]
            if len(rows):
                need = target[rows] - stock[rows]
                owner = product[rows]
                starts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
                segment = np.cumsum(np.concatenate([[0], (owner[1:] != owner[:-1]).astype(np.int64)]))
                before = _segment_cumsum(need, starts, segment)
                given = np.clip(stock[first[owner]] - before, 0, need)
                rows, given, owner = rows[given > 0], given[given > 0], owner[given > 0]
                stock[rows] += given
                np.subtract.at(stock, first[owner], given)
                moved.append((day, rows, given))
        use = np.minimum(stock, wanted[day])
        taken[day] = use
        stock -= use
        due = arrivals[day]
        came = np.flatnonzero(due)
        if len(came):
            stock[first[came]] += due[came]
            on_order[came] -= due[came]
            received.append((day, came, due[came]))
        if today < 5:
            position = stock[first] + on_order
            buy = np.flatnonzero(position <= source_reorder)
            if len(buy):
                need_q = np.maximum(order_size[buy], source_par[buy] - position[buy])
                quantity = -(-need_q // pack[buy]) * pack[buy]
                late = np.where(
                    rng.random(len(buy)) < LATE_SHARE,
                    rng.integers(2, 15, len(buy)),
                    rng.integers(-1, 2, len(buy)),
                )
                arrive = np.maximum(day + 1, day + lead[buy] + late)
                held = (arrive >= blocked_first[buy]) & (arrive <= blocked_last[buy])
                arrive = np.where(held, blocked_last[buy] + 1, arrive)
                arrive = arrive + np.array([0, 0, 0, 0, 0, 2, 1])[(weekday[0] + arrive) % 7]
                np.add.at(arrivals, (np.minimum(arrive, days + 239), buy), quantity)
                on_order[buy] += quantity
                bought.append((day, buy, quantity))
                arrives.append(np.minimum(arrive, days + 239))
    served = _served(demand, taken)
    ahead = np.concatenate(arrives) if arrives else np.zeros(0, dtype=np.int64)
    return Flow(demand, served, *_flat(moved), *_flat(received), opening, stock, *_flat(bought), ahead)


def _served(demand: Demand, taken: NDArray[np.int32]) -> Ints:
    """Shares what a line gave on a day out among the day's withdrawals, in their order."""
    if not len(demand.line):
        return np.zeros(0, dtype=np.int64)
    key = demand.line * taken.shape[0] + demand.day
    change = key[1:] != key[:-1]
    starts = np.flatnonzero(np.concatenate([[True], change]))
    owner = np.cumsum(np.concatenate([[0], change.astype(np.int64)]))
    before = _segment_cumsum(demand.quantity, starts, owner)
    there = taken[demand.day, demand.line].astype(np.int64)
    given: Ints = np.clip(there - before, 0, demand.quantity)
    return given


def _flat(parts: list[tuple[int, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    """(who, day, quantity) of daily findings."""
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    who = np.concatenate([rows for _, rows, _ in parts])
    day = np.repeat([n for n, _, _ in parts], [len(rows) for _, rows, _ in parts])
    return who, day.astype(np.int64), np.concatenate([quantity for _, _, quantity in parts])
