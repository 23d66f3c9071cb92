"""J1: lots that will lapse on their shelf, and the move that saves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.model.alert import AlertKind, Fact, Finding
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.item import Item
from domain.model.place import PlaceTree
from domain.planning.saving_moves import Move
from domain.ports import UnitOfWork
from domain.usecases.alert.expiry_facts import item_facts, lot_facts, place_facts, subject
from domain.usecases.ask.lapse import FULL_DAYS, Lapses, LotLapse, lapses, look_ahead

LEAST_UNITS = 0.5
LEAST_AT_RISK = Decimal(25)
"""Less than this is not worth a manager's minute; a move that saves something is told of whatever it saves."""


@dataclass(frozen=True, slots=True)
class ExpiringWatcher:
    """One finding a lot and place: what is expected to lapse there, what that costs, and the moves that save most of it."""

    @property
    def kind(self) -> AlertKind:
        return AlertKind.EXPIRING

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        tree = uow.places.tree()
        until = today + timedelta(days=FULL_DAYS)
        near = {
            line.item_id
            for line in uow.stock.expiring(start=today, end=until)
            if tree.get(line.place_id).facility_id == facility_id
        }
        known = lapses(near, facility_id=facility_id, today=today, uow=uow)
        items = uow.catalogue.many({lot.item_id for lot in known.lots})
        currency = uow.places.facility(facility_id).currency
        found: dict[str, Finding] = {}
        for lot in known.lots:
            item = items[lot.item_id]
            key = subject(lot.lot_id, lot.place_id)
            if key not in found and _matters(lot, item):
                found[key] = _finding(key, lot, item=item, known=known, tree=tree, currency=currency)
        return tuple(found.values())


def _matters(lot: LotLapse, item: Item) -> bool:
    if lot.consigned or lot.days_left > look_ahead(item, unit_cost=lot.unit_cost):
        return bool(lot.moves)
    return bool(lot.moves) or (lot.will_lapse >= LEAST_UNITS and lot.at_risk >= LEAST_AT_RISK)


def _finding(
    key: str, lot: LotLapse, *, item: Item, known: Lapses, tree: PlaceTree, currency: str
) -> Finding:
    moves: list[Fact] = [_move(move, lot.item_id, known=known, tree=tree) for move in lot.moves]
    return Finding(
        AlertKind.EXPIRING,
        key,
        lot.place_id,
        facts={
            **item_facts(item),
            **lot_facts(lot.lot_id, number=lot.number, serial=lot.serial, expires_on=lot.expires_on),
            **place_facts(lot.place_id, tree=tree),
            "quantity": lot.quantity,
            "will_lapse": max(1, round(lot.will_lapse)),
            "daily_use": round(known.rates.get((lot.item_id, lot.place_id), 0.0), 4),
            "at_risk": str(lot.at_risk),
            "saves": round(sum(move.saved for move in lot.moves), 2),
            "currency": currency,
            "moves": moves,
        },
        weight=int(lot.at_risk),
    )


def _move(move: Move, item_id: ItemId, *, known: Lapses, tree: PlaceTree) -> Fact:
    use = known.uses.get((item_id, move.to_place_id))
    to: PlaceId = move.to_place_id
    return {
        **place_facts(to, tree=tree),
        "place_name": tree.get(to).name,
        "quantity": move.quantity,
        "saves": round(move.saved, 2),
        "daily_use": round(known.rates.get((item_id, to), 0.0), 4),
        "store": use is not None and use.lag > 0,
    }
