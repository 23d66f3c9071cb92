"""The pull list: what lies on a shelf past its last day and has to be taken off now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.model.alert import AlertKind, Finding
from domain.model.ids import OURS, FacilityId, LotId, PlaceId
from domain.model.movement import HELD, StockStatus
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.act.costing import UnitCosts
from domain.usecases.alert.expiry_facts import item_facts, lot_facts, place_facts, subject

LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class ExpiredWatcher:
    """One finding a lot and place. What is on hold is on the list too: it lies on the same shelf."""

    @property
    def kind(self) -> AlertKind:
        return AlertKind.EXPIRED

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        tree = uow.places.tree()
        by_shelf: dict[tuple[LotId, PlaceId], list[StockLine]] = {}
        for line in uow.stock.expiring(start=LONG_AGO, end=today - timedelta(days=1)):
            if (
                line.status is not StockStatus.IN_TRANSIT
                and tree.get(line.place_id).facility_id == facility_id
            ):
                by_shelf.setdefault((line.lot_id, line.place_id), []).append(line)
        items = uow.catalogue.many({lines[0].item_id for lines in by_shelf.values()})
        costs = UnitCosts(items, {lot_id for lot_id, _ in by_shelf}, uow=uow)
        currency = uow.places.facility(facility_id).currency
        found: list[Finding] = []
        for (lot_id, place_id), lines in by_shelf.items():
            first = lines[0]
            if first.expires_on is None:
                continue
            quantity = sum(line.on_hand for line in lines)
            ours = sum(line.on_hand for line in lines if line.owner_id == OURS)
            value = (costs.of(first.item_id, lot_id) * ours).quantize(Decimal("0.01"))
            found.append(
                Finding(
                    AlertKind.EXPIRED,
                    subject(lot_id, place_id),
                    place_id,
                    facts={
                        **item_facts(items[first.item_id]),
                        **lot_facts(
                            lot_id, number=first.lot_number, serial=first.serial, expires_on=first.expires_on
                        ),
                        **place_facts(place_id, tree=tree),
                        "quantity": quantity,
                        "held": sum(line.on_hand for line in lines if line.status in HELD),
                        "consigned": quantity - ours,
                        "value": str(value),
                        "currency": currency,
                    },
                    weight=int(value),
                )
            )
        return tuple(found)
