"""A receipt as it is shown: who, what, where, when, on whose account; and whether the reader may undo it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.model.ids import NO_CHARGE, NO_LOT, FacilityId, ItemId, PlaceId
from domain.model.movement import Movement, MovementKind, StockStatus
from domain.model.person import Person
from domain.model.receipt import Receipt, ReceiptId
from domain.ports import UnitOfWork
from domain.usecases.act.arrive import sent_by, under_way
from domain.usecases.act.costing import target_ref
from domain.usecases.act.desk import Desk
from domain.usecases.act.plans import Posted, TargetRef
from domain.usecases.act.trailing import sentence
from domain.usecases.act.undo import undo_refused
from domain.usecases.ask.answers import ItemRef, PlaceRef
from domain.usecases.ask.shelves import item_ref

_COUNTED = re.compile(r": expected (-?\d+), found (\d+)")


@dataclass(frozen=True, slots=True)
class CountDue:
    """The books hold less than nothing here: more was used than they knew of. ``on_hand`` is below zero, base units."""

    item: ItemRef
    place: PlaceRef
    on_hand: int


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """``undo_refused`` says why the reader may not undo it, "" where they may. ``awaited`` is still in transit, base units."""

    receipt: Receipt
    actor: str
    lines: tuple[Posted, ...]
    target: TargetRef | None
    undo_refused: str
    currency: str
    counts_due: tuple[CountDue, ...] = ()
    awaited: int = 0

    @property
    def may_undo(self) -> bool:
        return not self.undo_refused

    @property
    def undone(self) -> bool:
        return self.receipt.undone_by is not None


def show(
    receipt_id: ReceiptId,
    *,
    reader: Person,
    uow: UnitOfWork,
    facility_id: FacilityId | None = None,
    now: datetime | None = None,
) -> ReceiptView:
    """The receipt of the reader's facility, or of ``facility_id``. A patient is shown masked, to roles that may read patients.

    Whether the reader's 24 hours are over is judged at ``now``; without it they are not. Raises UnknownRecord.
    """
    facility = uow.places.facility(facility_id or reader.facility_id)
    receipt = uow.receipts.get(facility.id, receipt_id)
    moment = now or receipt.posted_at
    today = moment.astimezone(ZoneInfo(facility.timezone)).date()
    desk = Desk(actor=reader, today=today, uow=uow, now=moment)
    found = uow.ledger.many(receipt.movement_ids)
    movements = [found[movement_id] for movement_id in receipt.movement_ids]
    refused = undo_refused(receipt, movements, reader=reader, today=today, now=moment, uow=uow)
    return ReceiptView(
        receipt=receipt,
        actor=uow.people.get(receipt.actor_id).name,
        lines=_lines(movements, desk=desk),
        target=_target(movements, reader=reader, uow=uow),
        undo_refused=sentence(refused[0]) if refused else "",
        currency=facility.currency,
        counts_due=_counts_due(movements, desk=desk) if not receipt.undone_by else (),
        awaited=_awaited(receipt, uow=uow),
    )


def _lines(movements: list[Movement], *, desk: Desk) -> tuple[Posted, ...]:
    items = desk.items(movement.item_id for movement in movements)
    lots = {
        lot_id: desk.uow.lots.get(lot_id)
        for lot_id in {movement.lot_id for movement in movements}
        if lot_id != NO_LOT
    }

    def place(place_id: PlaceId | None) -> PlaceRef | None:
        return None if place_id is None else desk.ref(place_id)

    return tuple(
        Posted(
            item=item_ref(items[movement.item_id]),
            quantity=movement.quantity,
            lot_number=lots[movement.lot_id].number if movement.lot_id in lots else "",
            serial=lots[movement.lot_id].serial if movement.lot_id in lots else "",
            from_place=place(movement.from_place_id),
            to_place=place(movement.to_place_id),
            cost=movement.cost,
            kind=movement.kind,
            movement_id=movement.id,
            expected=counted[0] if (counted := _counted(movement)) else None,
            found=counted[1] if counted else None,
        )
        for movement in movements
    )


def _counted(movement: Movement) -> tuple[int, int] | None:
    """What a count expected and found, as it wrote it down."""
    match = _COUNTED.search(movement.reason) if movement.kind is MovementKind.COUNT else None
    return None if match is None else (int(match[1]), int(match[2]))


def _target(movements: list[Movement], *, reader: Person, uow: UnitOfWork) -> TargetRef | None:
    charges = [movement.charge_id for movement in movements if movement.charge_id != NO_CHARGE]
    if not charges:
        return None
    target = uow.charges.targets(charges[:1]).get(charges[0])
    return None if target is None else target_ref(target, reader=reader, uow=uow)


def _counts_due(movements: list[Movement], *, desk: Desk) -> tuple[CountDue, ...]:
    """What this receipt took from and where the books are below zero now."""
    left = {
        (movement.item_id, movement.from_place_id, movement.lot_id, movement.owner_id): movement
        for movement in movements
        if movement.from_place_id is not None and movement.from_status is StockStatus.AVAILABLE
    }
    if not left:
        return ()
    items = desk.items(key[0] for key in left)
    places = {movement.from_place_id for movement in left.values() if movement.from_place_id is not None}
    due: dict[tuple[ItemId, PlaceId], int] = {}
    for line in desk.uow.stock.of_items(list(items), places=places):
        if line.on_hand < 0 and (line.item_id, line.place_id, line.lot_id, line.owner_id) in left:
            due[line.item_id, line.place_id] = due.get((line.item_id, line.place_id), 0) + line.on_hand
    return tuple(
        CountDue(item_ref(items[item_id]), desk.ref(place_id), on_hand)
        for (item_id, place_id), on_hand in due.items()
    )


def _awaited(receipt: Receipt, *, uow: UnitOfWork) -> int:
    if receipt.undone_by is not None or receipt.undoes is not None:
        return 0
    return sum(under_way(movement, uow=uow) for movement in sent_by(receipt, uow=uow))
