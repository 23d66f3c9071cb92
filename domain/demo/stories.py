"""What a morning finds: lots about to lapse, lapsed ones still on the shelf, held ones, a recall, goods promised and under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from domain.demo.calendar import Calendar, Ints
from domain.demo.columns import Goods, Why, Writer
from domain.demo.history import Shelf, Told
from domain.demo.lots import NEVER
from domain.demo.schedule import UNIT_CODES, CaseNeeds, Schedule
from domain.model.movement import MovementKind, StockStatus

RECALLED_FAMILY: Final = "Surgiflo hemostatic matrix kit with thrombin"
RECALLED_NUMBER: Final = "8J2210"
SOON: Final = ((0, 7), (8, 30), (31, 60), (61, 90))
"""Days ahead in which short-dated lots lapse: this week, this month, in two, in three."""

SHORT_DATED_SHARE: Final = 0.10
LAPSED_SHARE: Final = 0.012
FOUND_SHARE: Final = 0.75
"""What lapsed long ago and was found and thrown away; on emergency carts nearly all of it."""
READY_FOUND_SHARE: Final = 0.97
OVERLOOKED_SHARE: Final = 0.06
"""Lots on emergency carts that were let lapse."""
REPLACED_SHARE: Final = 0.6
"""Shelves on which it was replaced at once; emergency carts always, as far as the source has any."""
HELD_SHARE: Final = 0.0018
CREDIT_SHARE: Final = 0.001
UNDER_WAY_SHARE: Final = 0.05
ONCE: Final = 2000
"""Products among which the single stories are looked for: variants have none."""


@dataclass(frozen=True, slots=True)
class Written:
    """Lots with their final days of expiry, and the id of the recalled lot where the batch holds it (else 0)."""

    expires: Ints
    recalled: int


def write_stories(
    writer: Writer, told: Told, *, calendar: Calendar, booked: Schedule, needs: CaseNeeds, case_lines: Ints,
    recalled_products: frozenset[int], rng: np.random.Generator,
) -> Written:  # fmt: skip
    """Adds the last movements and settles the days of expiry. ``case_lines`` are the stock lines of ``needs``, -1 for none."""
    teller = _Teller(writer, told, calendar, rng)
    recalled = teller.recall(recalled_products)
    expires = teller.expiries(spared=recalled)
    teller.lapse(expires)
    teller.hold()
    teller.credit(expires)
    teller.promise(booked, needs, case_lines, expires)
    teller.send_to_riverside(expires)
    return Written(expires, recalled + told.lots.first_id if recalled >= 0 else 0)


class _Teller:
    def __init__(self, writer: Writer, told: Told, calendar: Calendar, rng: np.random.Generator) -> None:
        self.writer, self.told, self.calendar, self.rng = writer, told, calendar, rng
        self.shelf: Shelf = told.shelf
        lines, span = told.batch.lines, slice(told.batch.start, told.batch.end)
        self.place, self.unit = lines.place[span], lines.unit[span]
        self.product, self.source, self.ready = lines.product[span], lines.source[span], lines.ready[span]
        self.last = calendar.days - 1

    def _write(
        self, kind: MovementKind, rows: Ints, day: Ints, minute: Ints, *, quantity: Ints | None = None, target: Ints | int = 0,
        why: Why, charge: Ints | int = 0, target_status: StockStatus = StockStatus.AVAILABLE,
    ) -> None:  # fmt: skip
        shelf, lots = self.shelf, self.told.lots
        line, lot = shelf.line[rows], shelf.lot[rows]
        owner = self.told.owner_of_lot[lot]
        goods = Goods(
            self.product[line],
            np.where(lots.named[lot], lot + lots.first_id, 0),
            lots.cost[lot],
            owner,
            self.unit[line],
        )
        self.writer.add(
            kind, goods, day, minute, quantity=shelf.quantity[rows] if quantity is None else quantity,
            origin=self.place[line], target=target, why=why, charge=charge, target_status=target_status,
        )  # fmt: skip

    def _claim(self, rows: Ints, quantity: Ints | None = None) -> None:
        np.subtract.at(self.shelf.quantity, rows, self.shelf.quantity[rows] if quantity is None else quantity)

    def recall(self, products: frozenset[int]) -> int:
        """A lot that lies at several places and went to cases is recalled everywhere, yesterday evening. Gives its row, or -1."""
        lots = self.told.lots
        mine = np.isin(lots.product[self.shelf.lot], list(products)) & (self.shelf.quantity > 0)
        if not mine.any():
            return -1
        places = np.bincount(self.shelf.lot[mine], minlength=len(lots.product))
        # Four places are enough to chase; among such lots the one that most cases used matters most.
        spread = np.minimum(places, 4) * 1000 + np.minimum(self.told.used_on_cases, 999) * (places > 0)
        lot = int(spread.argmax())
        rows = np.flatnonzero((self.shelf.lot == lot) & (self.shelf.quantity > 0))
        line = self.shelf.line[rows]
        self._write(MovementKind.STATUS, rows, np.full(len(rows), self.last), 1430 + np.arange(len(rows)) % 9,
                    target=self.place[line], why=Why.RECALLED, target_status=StockStatus.RECALLED)  # fmt: skip
        self._claim(rows)
        return lot

    def expiries(self, *, spared: int) -> Ints:
        """No lot lapses before its last move; some of what is left lapses soon, some has lapsed."""
        lots, days, rng = self.told.lots, self.calendar.days, self.rng
        count = len(lots.product)
        expiring = lots.expires < NEVER
        moved = np.maximum(self.told.last_moved, lots.received)
        expires = np.where(
            expiring & (lots.expires <= moved), moved + rng.integers(3, 160, count), lots.expires
        )
        left = np.bincount(self.shelf.lot, weights=self.shelf.quantity, minlength=count) > 0
        # Emergency carts are given what lasts longest; a piece or two is overlooked all the same.
        ready = self.shelf.quantity * self.ready[self.shelf.line]
        chosen = (np.bincount(self.shelf.lot, weights=ready, minlength=count) > 0) & expiring
        chosen &= (expires < days + 10) & (rng.random(count) > OVERLOOKED_SHARE)
        expires = np.where(chosen, days + rng.integers(14, 500, count), expires)
        chance = rng.random(count)
        window = np.array(SOON)[rng.integers(0, len(SOON), count)]
        soon = days + window[:, 0] + (rng.random(count) * (window[:, 1] - window[:, 0] + 1)).astype(np.int64)
        short = left & expiring & (chance < SHORT_DATED_SHARE)
        expires = np.where(short, soon, expires)
        lapsed = left & expiring & (chance > 1 - LAPSED_SHARE) & (moved < days - 6)
        expires = np.where(lapsed, days - 1 - rng.integers(0, 5, count), expires)
        if spared >= 0:
            expires[spared] = days + 240
        return np.where(expiring, expires, NEVER)

    def lapse(self, expires: Ints) -> None:
        """Most of what lapsed long ago was found, thrown away and replaced; the rest still lies there."""
        day = expires[self.shelf.lot]
        old = (day < self.last - 5) & (self.shelf.quantity > 0)
        found_share = np.where(self.ready[self.shelf.line], READY_FOUND_SHARE, FOUND_SHARE)
        rows = np.flatnonzero(old & (self.rng.random(len(day)) < found_share))
        found = np.minimum(day[rows] + self.rng.integers(1, 21, len(rows)), self.last)
        self._write(
            MovementKind.WASTE,
            rows,
            np.maximum(found, 0),
            self.rng.integers(480, 900, len(rows)),
            why=Why.LAPSED,
        )
        gone = self.shelf.quantity[rows].copy()
        self._claim(rows)
        self._replace(rows, gone, np.maximum(found, 0), expires)

    def _replace(self, rows: Ints, gone: Ints, day: Ints, expires: Ints) -> None:
        """Brings as much as went from ``rows`` on ``day`` from the product's source, out of what lasts."""
        line = self.shelf.line[rows]
        wanted = ~self.source[line] & (self.ready[line] | (self.rng.random(len(rows)) < REPLACED_SHARE))
        source_line = np.zeros(int(self.product.max()) + 1, dtype=np.int64)
        source_line[self.product[self.source]] = np.flatnonzero(self.source)
        lasting = np.flatnonzero((self.shelf.quantity > 0) & (expires[self.shelf.lot] > self.last + 120))
        lasting = lasting[np.argsort(self.shelf.line[lasting], kind="stable")]
        keys, free = self.shelf.line[lasting], self.shelf.quantity[lasting].copy()
        takings: list[tuple[int, int, int, int]] = []
        for turn in np.flatnonzero(wanted).tolist():
            missing = int(gone[turn])
            home = source_line[self.product[line[turn]]]
            first = int(np.searchsorted(keys, home, side="left"))
            end = int(np.searchsorted(keys, home, side="right"))
            for at in range(first, end):
                quantity = min(missing, int(free[at]))
                if quantity:
                    free[at] -= quantity
                    missing -= quantity
                    brought = max(int(day[turn]), int(self.shelf.since[lasting[at]]), 0)
                    takings.append((int(lasting[at]), quantity, int(line[turn]), brought))
        taken = np.array(takings, dtype=np.int64).reshape(-1, 4)
        self._write(MovementKind.TRANSFER, taken[:, 0], taken[:, 3], self.rng.integers(1000, 1100, len(taken)),
                    quantity=taken[:, 1], target=self.place[taken[:, 2]], why=Why.REPLACED)  # fmt: skip
        np.subtract.at(self.shelf.quantity, taken[:, 0], taken[:, 1])

    def hold(self) -> None:
        """Torn packs wait for an inspection."""
        rows = self._some(HELD_SHARE) if self.told.batch.first_product < ONCE else np.zeros(0, dtype=np.int64)
        day = np.maximum(self.shelf.since[rows] + 1, self.last - self.rng.integers(0, 20, len(rows)))
        rows, day = rows[day <= self.last], day[day <= self.last]
        quantity = np.minimum(self.shelf.quantity[rows], self.rng.integers(1, 6, len(rows)))
        self._write(MovementKind.STATUS, rows, day, self.rng.integers(480, 900, len(rows)), quantity=quantity,
                    target=self.place[self.shelf.line[rows]], why=Why.TORN,
                    target_status=StockStatus.QUARANTINED)  # fmt: skip
        self._claim(rows, quantity)

    def credit(self, expires: Ints) -> None:
        """What is long and not needed goes back to who sold it."""
        rows = self._some(CREDIT_SHARE, at_source=True)
        rows = rows[expires[self.shelf.lot[rows]] > self.last + 60]
        day = np.maximum(self.shelf.since[rows] + 1, self.last - self.rng.integers(0, 90, len(rows)))
        rows, day = rows[day <= self.last], day[day <= self.last]
        quantity = (self.shelf.quantity[rows] + 1) // 2
        self._write(
            MovementKind.SEND_BACK,
            rows,
            day,
            self.rng.integers(540, 900, len(rows)),
            quantity=quantity,
            why=Why.CREDIT,
        )
        self._claim(rows, quantity)

    def _some(self, share: float, *, at_source: bool = False) -> Ints:
        able = (
            (self.shelf.quantity > 0) & (self.shelf.since < self.last) & self.told.lots.named[self.shelf.lot]
        )
        if at_source:
            able &= self.source[self.shelf.line]
        return np.flatnonzero(able & (self.rng.random(len(able)) < share))

    def promise(self, booked: Schedule, needs: CaseNeeds, case_lines: Ints, expires: Ints) -> None:
        """Two of three lines of the coming days' cases are held on the shelf, from the lot that lapses first."""
        batch = self.told.batch
        coming = np.flatnonzero(
            (booked.case_days[needs.case] >= self.calendar.days)
            & (booked.case_days[needs.case] < self.calendar.days + 3)
            & (case_lines >= batch.start)
            & (case_lines < batch.end)
        )
        coming = coming[self.rng.random(len(coming)) < 0.66]
        usable = np.flatnonzero(
            (self.shelf.quantity > 0) & (expires[self.shelf.lot] >= self.calendar.days + 3)
        )
        order = usable[np.lexsort((expires[self.shelf.lot[usable]], self.shelf.line[usable]))]
        keys = self.shelf.line[order]
        rows, quantities, charges = [], [], []
        free = self.shelf.quantity.copy()
        for need in coming.tolist():
            at = int(np.searchsorted(keys, case_lines[need] - batch.start))
            if at < len(order) and keys[at] == case_lines[need] - batch.start:
                row = int(order[at])
                quantity = int(min(needs.quantity[need], free[row]))
                if quantity > 0:
                    free[row] -= quantity
                    rows.append(row)
                    quantities.append(quantity)
                    charges.append(int(booked.case_charge(needs.case[need : need + 1])[0]))
        picked = np.array(rows, dtype=np.int64)
        self._write(MovementKind.RESERVE, picked, np.full(len(picked), self.last), self.rng.integers(1425, 1439, len(picked)),
                    quantity=np.array(quantities, dtype=np.int64), why=Why.BOOKED, charge=np.array(charges, dtype=np.int64))  # fmt: skip
        # A promise leaves the stock where it is; what is promised is only kept out of the stories that follow.
        self.shelf.quantity[:] = free

    def send_to_riverside(self, expires: Ints) -> None:
        """Yesterday's courier is still under way to the other site."""
        if self.told.batch.first_product >= ONCE:
            return
        far = np.flatnonzero(
            np.isin(self.unit, [UNIT_CODES.index("CLI"), UNIT_CODES.index("ORT")]) & ~self.source
        )
        far = far[self.rng.random(len(far)) < UNDER_WAY_SHARE]
        source_line = np.zeros(int(self.product.max()) + 1, dtype=np.int64)
        source_line[self.product[self.source]] = np.flatnonzero(self.source)
        usable = (self.shelf.quantity > 0) & (expires[self.shelf.lot] > self.last + 30)
        seen: set[int] = set()
        for line in far.tolist():
            rows = np.flatnonzero(usable & (self.shelf.line == source_line[self.product[line]]))[:1]
            if len(rows) and int(rows[0]) not in seen:
                seen.add(int(rows[0]))
                lines = self.told.batch.lines
                quantity = np.minimum(
                    self.shelf.quantity[rows], max(1, int(lines.par[self.told.batch.start + line]) // 2)
                )
                self._write(MovementKind.TRANSFER, rows, np.array([self.last]), np.array([1421]), quantity=quantity,
                            target=self.place[[line]], why=Why.COURIER, target_status=StockStatus.IN_TRANSIT)  # fmt: skip
                self._claim(rows, quantity)
