"""``hospital``: everything of a demo hospital, from a seed and a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from domain.demo.calendar import Calendar, Ints, calendar
from domain.demo.catalogue import Catalogue, Product, products
from domain.demo.chance import series
from domain.demo.columns import Writer
from domain.demo.flow import Batch, draw_demand, run
from domain.demo.history import tell
from domain.demo.ledger import Ledger, ledger
from domain.demo.lot_numbers import LotNumbers
from domain.demo.lots import NEVER, Lots
from domain.demo.orders import Purchases, joined_purchases, late_purchases, write_orders
from domain.demo.plan import ZONE, Plan, plan
from domain.demo.schedule import CaseNeeds, Schedule, case_lists, case_needs, schedule
from domain.demo.staff import people, providers
from domain.demo.stocking import Lines, abc_classes, line_for_case, stock_lines
from domain.demo.stories import RECALLED_FAMILY, RECALLED_NUMBER, write_stories
from domain.errors import Invalid
from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import ChargeId, FacilityId, ItemId, LotId, PlaceId, SupplierId
from domain.model.item import Item, Supplier
from domain.model.lot import Lot
from domain.model.movement import Movement
from domain.model.par import Par
from domain.model.person import Person
from domain.model.place import Facility, Place
from domain.model.purchase import OrderReceipt, PurchaseOrder
from domain.ports import MovementRow, Vault

BATCH_PRODUCTS: Final = 2_000
"""Products worked on together: their days by lines table is what takes the memory."""


@dataclass(frozen=True, slots=True)
class Hospital:
    """Rows for every method of ``ports.Loading``. Iterators may be asked for again and give the same rows."""

    plan: Plan
    catalogue: Catalogue
    booked: Schedule
    stocked: Lines
    lot_columns: Lots
    expires: Ints
    recalled_lot: LotId
    purchases: Purchases
    ledger: Ledger
    vault: Vault
    seed: int
    today: date
    scale: float
    made_at: datetime

    @property
    def facilities(self) -> tuple[Facility, ...]:
        return self.plan.facilities

    @property
    def places(self) -> tuple[Place, ...]:
        return self.plan.places

    @property
    def cost_centres(self) -> tuple[CostCentre, ...]:
        return self.plan.cost_centres

    @property
    def suppliers(self) -> list[Supplier]:
        return self.catalogue.suppliers

    @property
    def people(self) -> list[Person]:
        return people(self.plan)

    @property
    def providers(self) -> list[Provider]:
        return providers()

    @property
    def procedures(self) -> list[Procedure]:
        return [listed.procedure for listed in case_lists()]

    def items(self) -> Iterator[Item]:
        return iter(self.catalogue)

    def encounters(self) -> Iterator[Encounter]:
        return self.booked.encounters(self.vault)

    def cases(self) -> Iterator[Case]:
        return self.booked.cases()

    def charge_targets(self) -> Iterator[tuple[ChargeId, ChargeTarget]]:
        return self.booked.charge_targets()

    def lots(self) -> Iterator[Lot]:
        """Ids rise, with gaps where a product is kept without lots."""
        names = LotNumbers(self.catalogue, recalled=(self.recalled_lot, RECALLED_NUMBER))
        columns, start = self.lot_columns, self.booked.calendar.start
        for at, (product, received, expires, made, serial, named) in enumerate(
            zip(
                columns.product.tolist(), columns.received.tolist(), self.expires.tolist(), columns.made.tolist(),
                columns.serial.tolist(), columns.named.tolist(), strict=True,
            ),
            start=1,
        ):  # fmt: skip
            if named:
                number, mark = names.of(at, product, start + timedelta(days=received), serial=serial)
                yield Lot(
                    id=LotId(at),
                    item_id=ItemId(product + 1),
                    number=number,
                    serial=mark,
                    expires_on=None if expires >= NEVER else start + timedelta(days=expires),
                    made_on=start + timedelta(days=made),
                    supplier_id=SupplierId(self.catalogue.supplier_of(self.catalogue.products[product])),
                )

    def pars(self) -> Iterator[Par]:
        """A level for every product at every place it is kept at; consigned ones too."""
        lines = self.stocked
        for row in zip(
            lines.product.tolist(), lines.place.tolist(), lines.minimum.tolist(), lines.reorder.tolist(),
            lines.par.tolist(), lines.maximum.tolist(), strict=True,
        ):  # fmt: skip
            yield Par(ItemId(row[0] + 1), PlaceId(row[1]), *row[2:])

    def orders(self) -> Iterator[PurchaseOrder]:
        """What was ordered from suppliers lately, and what of it is still to come."""
        return (order for order, _ in self._orders())

    def order_receipts(self) -> Iterator[tuple[FacilityId, OrderReceipt]]:
        """What came of those orders."""
        return ((order.facility_id, came) for order, received in self._orders() for came in received)

    def _orders(self) -> Iterator[tuple[PurchaseOrder, list[OrderReceipt]]]:
        return write_orders(
            self.purchases,
            calendar=self.booked.calendar,
            catalogue=self.catalogue,
            lines=self.stocked,
            places=self.places,
        )

    def movement_rows(self) -> Iterator[MovementRow]:
        """In order of time, as plain rows."""
        return self.ledger.rows()

    def movements(self) -> Iterator[Movement]:
        """In order of time, as values that have checked themselves."""
        return self.ledger.movements()


def hospital(*, seed: int = 7, today: date, scale: float = 1.0, now: datetime, vault: Vault) -> Hospital:
    """The demo hospital as it is on the morning of ``today``: its history ends the evening before.

    The same seed, date and scale give the same rows, save for the vault's own sealing. ``scale`` above 1 adds products and with
    them stock and movements in proportion; 84 gives about 100,000 items, 1 million balances and 10 million movements.
    ``now`` is only noted. Raises Invalid for a scale of zero or less.
    """
    if scale <= 0:
        raise Invalid(f"The scale of a demo hospital is above zero, not {scale}.")
    laid_out = plan()
    days = calendar(today, zone=ZONE)
    made = products(scale)
    booked = schedule(laid_out, days, seed=seed, scale=scale)
    needs = case_needs(booked, made)
    catalogue = Catalogue(made)
    lines = stock_lines(laid_out, catalogue, booked, needs, seed=seed)
    catalogue.classify(abc_classes(made, lines.product, lines.mean))
    writer = Writer(days)
    lots, expires, recalled, purchases = _live(writer, catalogue, lines, booked, needs, days, seed=seed)
    written = ledger(
        writer.columns(), calendar=days, catalogue=catalogue, plan=laid_out, people=people(laid_out),
        units=list(laid_out.units.values()),
    )  # fmt: skip
    return Hospital(
        laid_out,
        catalogue,
        booked,
        lines,
        lots,
        expires,
        LotId(recalled),
        purchases,
        written,
        vault,
        seed,
        today,
        scale,
        now,
    )


def _live(
    writer: Writer, catalogue: Catalogue, lines: Lines, booked: Schedule, needs: CaseNeeds, days: Calendar, *, seed: int
) -> tuple[Lots, Ints, int, Purchases]:  # fmt: skip
    """Runs the two years batch by batch; gives all lots, their expiries, the id of the recalled one, and the orders of late."""
    made = catalogue.products
    case_lines = line_for_case(lines.first, lines.unit, booked, needs)
    past = (case_lines >= 0) & (booked.case_days[needs.case] < days.days)
    recalled_products = frozenset(_recalled(made))
    parts: list[Lots] = []
    ends: list[Ints] = []
    bought: list[Purchases] = []
    recalled = 0
    next_lot = 1
    for first in range(0, len(made), BATCH_PRODUCTS):
        last = min(first + BATCH_PRODUCTS, len(made))
        batch = Batch(lines, int(lines.first[first]), int(lines.first[last]), first, last)
        mine = np.flatnonzero(past & (case_lines >= batch.start) & (case_lines < batch.end))
        case = (
            case_lines[mine] - batch.start, booked.case_days[needs.case[mine]], needs.quantity[mine], needs.case[mine],
        )  # fmt: skip
        rng = series(seed, "life", first)
        flow = run(batch, draw_demand(batch, days, case, rng), days, rng)
        bought.append(late_purchases(flow, batch, days))
        told = tell(
            writer,
            batch,
            flow,
            catalogue=catalogue,
            booked=booked,
            calendar=days,
            first_lot_id=next_lot,
            rng=rng,
        )
        ending = write_stories(
            writer, told, calendar=days, booked=booked, needs=needs, case_lines=case_lines,
            recalled_products=recalled_products, rng=rng,
        )  # fmt: skip
        recalled = recalled or ending.recalled
        parts.append(told.lots)
        ends.append(ending.expires)
        next_lot += len(told.lots.product)
    joined = Lots(
        1,
        np.concatenate([part.product for part in parts]),
        np.concatenate([part.received for part in parts]),
        np.concatenate([part.expires for part in parts]),
        np.concatenate([part.made for part in parts]),
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.serial for part in parts]),
        np.concatenate([part.named for part in parts]),
    )
    return joined, np.concatenate(ends), recalled, joined_purchases(bought)


def _recalled(made: list[Product]) -> Iterator[int]:
    return (product.index for product in made if product.family == RECALLED_FAMILY)
