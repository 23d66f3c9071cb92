"""Movements as columns: ten million of them in half a gigabyte."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from domain.demo.calendar import Calendar, Floats, Ints
from domain.model.movement import MovementKind, StockStatus

KINDS: Final = tuple(MovementKind)
STATUSES: Final = tuple(StockStatus)
K: Final = {kind: n for n, kind in enumerate(KINDS)}
S: Final = {status: n for n, status in enumerate(STATUSES)}


class Why(IntEnum):
    """Reasons as the ledger words them, by number."""

    NONE = 0
    OPENING = 1
    ROUND = 2
    DROPPED = 3
    OPENED = 4
    DAMAGED = 5
    LAPSED = 6
    FEWER = 7
    MORE = 8
    UNUSED = 9
    BOOKED = 10
    PICKED = 11
    TWICE = 12
    TORN = 13
    RECALLED = 14
    COURIER = 15
    CREDIT = 16
    REPLACED = 17


REASONS: Final = (
    "", "opening count", "par round", "dropped", "opened and not used", "damaged packaging", "expired",
    "counted fewer than recorded", "counted more than recorded", "opened for the case, not used", "held for the case",
    "taken for the case", "recorded twice", "damaged packaging, held for inspection", "manufacturer recall", "courier under way",
    "returned for credit", "expired stock replaced",
)  # fmt: skip

MINUTE: Final = 60_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """Movements, one row each, in no order. Places are place ids, 0 for none; ``micros`` UTC since 1970; ``undoes`` is a row or -1."""

    micros: Ints
    delay: Ints
    day: Ints
    kind: Ints
    product: Ints
    quantity: Ints
    lot: Ints
    cost: Ints
    origin: Ints
    target: Ints
    origin_status: Ints
    target_status: Ints
    owner: Ints
    charge: Ints
    unit: Ints
    why: Ints
    undoes: Ints

    def __len__(self) -> int:
        return len(self.micros)


FIELDS: Final = tuple(Columns.__dataclass_fields__)
NARROW: Final = {
    "micros": np.int64, "delay": np.int32, "day": np.int16, "kind": np.int8, "product": np.int32, "quantity": np.int32,
    "lot": np.int32, "cost": np.int64, "origin": np.int16, "target": np.int16, "origin_status": np.int8,
    "target_status": np.int8, "owner": np.int16, "charge": np.int32, "unit": np.int8, "why": np.int8, "undoes": np.int32,
}  # fmt: skip
"""How the columns are kept: ten million rows in half a gigabyte."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What moves, row by row: the product's index, the lot's id (0 for none), cost, owner, and the unit whose people move it."""

    product: Ints
    lot: Ints
    cost: Ints
    owner: Ints
    unit: Ints


class Writer:
    """Collects movements group by group; what a group leaves out has its plain value."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._groups: list[dict[str, NDArray[np.generic]]] = []
        self.rows = 0

    def add(
        self, kind: MovementKind, goods: Goods, day: Ints, minute: Floats | Ints, *, quantity: Ints, origin: Ints | int = 0,
        target: Ints | int = 0, why: Ints | int = Why.NONE, charge: Ints | int = 0,
        target_status: StockStatus = StockStatus.AVAILABLE, undoes: Ints | int = -1, delay: Ints | int = 20_000_000,
    ) -> int:  # fmt: skip
        """Adds rows and gives the number of the first."""
        count = len(day)
        starts = self._calendar.midnights
        micros = starts[day] + (np.asarray(minute, dtype=np.float64) * MINUTE).astype(np.int64)
        # The day on which clocks spring forward is an hour short.
        micros = np.minimum(micros, starts[np.asarray(day) + 1] - 1_000_000)
        given: dict[str, Ints | int] = {
            "micros": micros, "delay": delay, "day": day, "kind": K[kind], "product": goods.product, "quantity": quantity,
            "lot": goods.lot, "cost": goods.cost, "origin": origin, "target": target,
            "origin_status": S[StockStatus.AVAILABLE], "target_status": S[target_status], "owner": goods.owner,
            "charge": charge, "unit": goods.unit, "why": why, "undoes": undoes,
        }  # fmt: skip
        group = {}
        for name, value in given.items():
            column = np.empty(count, dtype=NARROW[name])
            column[:] = value
            group[name] = column
        self._groups.append(group)
        first = self.rows
        self.rows += count
        return first

    def columns(self) -> Columns:
        return Columns(**{name: np.concatenate([g[name] for g in self._groups]) for name in FIELDS})
