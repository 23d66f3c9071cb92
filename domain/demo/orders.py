"""Orders to suppliers of the last weeks: those that came teach how long each supplier takes, those that did not are open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from domain.demo.calendar import Calendar, Ints
from domain.demo.catalogue import Catalogue
from domain.demo.flow import Batch, Flow
from domain.demo.stocking import Lines
from domain.model.ids import FacilityId, PersonId, PlaceId, SupplierId
from domain.model.item import Item
from domain.model.place import Place
from domain.model.purchase import (
    OrderLine,
    OrderReceipt,
    OrderState,
    Origin,
    PurchaseOrder,
    PurchaseOrderId,
)

WEEKS: Final = 13
"""So much of the past is kept as orders."""
UNDECIDED_DAYS: Final = 3
"""What fell low in the last days was not ordered yet: the buyer finds it proposed."""
BUYER: Final = PersonId(5)
FIRST_NUMBER: Final = 10_001
SUTURES: Final = ("2-0", "3-0")
_SENT_AT: Final = timedelta(hours=15)  # in UTC: the middle of an American morning


@dataclass(frozen=True, slots=True)
class Purchases:
    """Parallel columns: product, the day it was ordered, base units, the day it came or will come."""

    product: Ints
    day: Ints
    quantity: Ints
    arrives: Ints


def late_purchases(flow: Flow, batch: Batch, calendar: Calendar) -> Purchases:
    """Those of the last weeks, and older ones that have not come."""
    kept = (flow.bought_day >= calendar.days - 7 * WEEKS) | (flow.bought_arrives >= calendar.days)
    kept &= flow.bought_day < calendar.days - UNDECIDED_DAYS
    rows = np.flatnonzero(kept)
    return Purchases(
        flow.bought_product[rows] + batch.first_product,
        flow.bought_day[rows],
        flow.bought_quantity[rows],
        flow.bought_arrives[rows],
    )


def joined_purchases(parts: Sequence[Purchases]) -> Purchases:
    return Purchases(
        np.concatenate([part.product for part in parts]),
        np.concatenate([part.day for part in parts]),
        np.concatenate([part.quantity for part in parts]),
        np.concatenate([part.arrives for part in parts]),
    )


def _with_sutures(
    purchases: Purchases, *, calendar: Calendar, catalogue: Catalogue, lines: Lines
) -> Purchases:
    """The buyer has ordered ahead of the two sutures that everybody asks for."""
    wanted = [
        product.index
        for product in catalogue.products
        if not product.variant and product.brand == "Vicryl" and product.size in SUTURES
    ][: len(SUTURES)]
    count = len(wanted)
    return Purchases(
        np.concatenate([purchases.product, np.array(wanted, dtype=np.int64)]),
        np.concatenate([purchases.day, np.full(count, calendar.days - UNDECIDED_DAYS - 1)]),
        np.concatenate([purchases.quantity, np.array([3 * lines.pack[n] for n in wanted], dtype=np.int64)]),
        np.concatenate([purchases.arrives, np.full(count, calendar.days + 1)]),
    )


def write_orders(
    purchases: Purchases, *, calendar: Calendar, catalogue: Catalogue, lines: Lines, places: Sequence[Place]
) -> Iterator[tuple[PurchaseOrder, list[OrderReceipt]]]:
    """One order a supplier and day, as a buyer sends them; consigned goods are billed when they are used, and not among them."""
    purchases = _with_sutures(purchases, calendar=calendar, catalogue=catalogue, lines=lines)
    facility_of = {place.id: place.facility_id for place in places}
    groups: defaultdict[tuple[int, FacilityId, SupplierId], list[int]] = defaultdict(list)
    items: dict[int, Item] = {}
    for row, product in enumerate(purchases.product.tolist()):
        if product not in items:
            items[product] = catalogue.item(catalogue.products[product])
        item = items[product]
        if item.consigned:
            continue
        place = PlaceId(int(lines.place[lines.first[product]]))
        groups[int(purchases.day[row]), facility_of[place], item.offers[0].supplier_id].append(row)
    numbers: dict[FacilityId, int] = {}
    for (day, facility_id, supplier_id), rows in sorted(groups.items()):
        number = numbers.get(facility_id, FIRST_NUMBER)
        numbers[facility_id] = number + 1
        made = [_line(n, row, purchases, items, calendar, lines) for n, row in enumerate(rows, start=1)]
        sent_at = datetime.combine(calendar.day(day), datetime.min.time(), tzinfo=UTC) + _SENT_AT
        order = PurchaseOrder(
            id=PurchaseOrderId(number),
            facility_id=facility_id,
            supplier_id=supplier_id,
            state=OrderState.SENT,
            origin=Origin.PROPOSAL,
            lines=tuple(made),
            made_at=sent_at - timedelta(hours=2),
            changed_at=sent_at,
            approved_by=BUYER,
            approved_at=sent_at - timedelta(hours=1),
            sent_by=BUYER,
            sent_at=sent_at,
        )
        came = [
            OrderReceipt(order.id, line.number, None, line.ordered, calendar.day(int(purchases.arrives[row])))
            for row, line in zip(rows, made, strict=True)
            if purchases.arrives[row] < calendar.days
        ]
        yield order.with_received({one.line: one.quantity for one in came}), came


def _line(
    number: int,
    row: int,
    purchases: Purchases,
    items: dict[int, Item],
    calendar: Calendar,
    lines: Lines,
) -> OrderLine:
    product = int(purchases.product[row])
    item = items[product]
    offer = item.offers[0]
    size = item.pack(offer.pack_unit).quantity
    return OrderLine(
        number=number,
        item_id=item.id,
        place_id=PlaceId(int(lines.place[lines.first[product]])),
        order_number=offer.order_number,
        pack_unit=offer.pack_unit,
        pack_size=size,
        packs=max(1, int(purchases.quantity[row]) // size),
        price=offer.price,
        lead_days=offer.lead_days,
        minimum_packs=offer.minimum_packs,
        promised_on=calendar.day(int(purchases.day[row]) + offer.lead_days),
    )
