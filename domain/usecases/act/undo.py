"""A11: everything that a receipt posted, reversed by movements of its own; once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.model.ids import NO_CHARGE, NO_LOT, ChargeId, FacilityId, ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, StockEffect, StockKey, StockStatus, stock_effects
from domain.model.permission import Deed, who_may
from domain.model.person import Person
from domain.model.receipt import Receipt
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.act import obstacles
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.permissions import may, permit
from domain.usecases.act.picking import key_of
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import named
from domain.usecases.act.requests import Undo
from domain.usecases.ask.shelves import item_ref

OWN_FOR = timedelta(hours=24)
"""So long a person may undo what they did; later somebody may who answers for the books."""

OTHERWISE: Mapping[str, str] = {
    "quarantine": "Lift the hold instead.",
    "lift-hold": "Put it on hold again instead.",
    "requisition": "Cancel the requisition instead.",
    "set-par": "Set the par again instead.",
    "reorder": "Cancel the order instead.",
}
"""What takes back an action that is more than its movements."""


def prepare_undo(action: Undo, *, desk: Desk) -> Prepared:
    """Refused where it was undone before, where what came of it was used since, and where it is not the actor's to undo.

    Raises UnknownRecord.
    """
    uow = desk.uow
    facility_id = action.facility_id or desk.actor.facility_id
    receipt = uow.receipts.get(facility_id, action.receipt_id)
    movements = _movements(receipt, uow=uow)
    lines = _lines(movements, desk=desk)
    if desk.locking and movements:
        # Whoever undid it meanwhile held the same balances: look again, now that they are free.
        receipt = uow.receipts.get(facility_id, action.receipt_id)
    items = desk.items(movement.item_id for movement in movements)
    problems = [
        *undo_refused(receipt, movements, reader=desk.actor, today=desk.today, now=desk.now, uow=uow),
        *_used_since(movements, items, lines, desk=desk),
        *_returned_since(movements, items, desk=desk),
    ]
    place = _place(movements[0]) if movements else None
    plan = Plan(
        request=action,
        lines=_planned(movements, items, lines, desk=desk),
        problems=tuple(problems),
        source=desk.ref(place) if place is not None else None,
        currency=uow.places.facility(facility_id).currency,
    )
    moves = tuple(
        Move(
            kind=movement.kind,
            item_id=movement.item_id,
            quantity=movement.quantity,
            reason=action.reason,
            reverses=movement,
        )
        for movement in movements
    )
    return Prepared(plan, moves)


def undo_refused(
    receipt: Receipt,
    movements: Sequence[Movement],
    *,
    reader: Person,
    today: date,
    now: datetime | None,
    uow: UnitOfWork,
) -> list[Problem]:
    """Why ``reader`` may not undo it, whatever the shelves hold; empty where they may. ``movements`` are the receipt's own.

    Without ``now``, "within 24 hours" is taken by the calendar: yesterday still counts.
    """
    if receipt.undone_by is not None:
        return [obstacles.not_done(f"{receipt.number} was undone already, by R-{receipt.undone_by}.")]
    if receipt.undoes is not None:
        return [
            obstacles.not_done(f"{receipt.number} is an undo itself.", "Do it again instead of undoing that.")
        ]
    if receipt.action in OTHERWISE:
        sentence = f"{receipt.number} can not be undone as a whole."
        return [obstacles.not_done(sentence, OTHERWISE[receipt.action], obstacle=Obstacle.USED_SINCE)]
    if not movements:
        return [
            obstacles.not_done(
                f"{receipt.number} moved nothing; there is nothing to undo.", obstacle=Obstacle.USED_SINCE
            )
        ]
    place_id = _place(movements[0])
    if receipt.actor_id == reader.id and _within_a_day(receipt, today=today, now=now, uow=uow):
        problem = permit(Deed.UNDO_OWN, actor=reader, place_id=place_id, worth=Decimal(0), uow=uow)
        return [] if problem is None else [problem]
    if receipt.actor_id == reader.id and not may(Deed.UNDO_ANY, role=reader.role):
        return [
            Problem(
                Obstacle.NOT_PERMITTED,
                Weight.BLOCKS,
                f"You may undo what you did for 24 hours; {receipt.number} is older.",
                "Ask a manager.",
                asks=who_may(Deed.UNDO_ANY),
            )
        ]
    problem = permit(Deed.UNDO_ANY, actor=reader, place_id=place_id, worth=Decimal(0), uow=uow)
    return [] if problem is None else [problem]


def _within_a_day(receipt: Receipt, *, today: date, now: datetime | None, uow: UnitOfWork) -> bool:
    if now is not None:
        return now - receipt.posted_at <= OWN_FOR
    zone = ZoneInfo(uow.places.facility(receipt.facility_id).timezone)
    return today - receipt.posted_at.astimezone(zone).date() <= timedelta(days=1)


def _movements(receipt: Receipt, *, uow: UnitOfWork) -> list[Movement]:
    found = uow.ledger.many(receipt.movement_ids)
    return [found[movement_id] for movement_id in receipt.movement_ids]


def _place(movement: Movement) -> PlaceId:
    place_id = movement.to_place_id if movement.to_place_id is not None else movement.from_place_id
    assert place_id is not None  # noqa: S101 - Movement has checked it
    return place_id


def _lines(movements: Sequence[Movement], *, desk: Desk) -> dict[StockKey, StockLine]:
    places = {
        place_id
        for movement in movements
        for place_id in (movement.from_place_id, movement.to_place_id)
        if place_id is not None
    }
    if not movements:
        return {}
    items = {movement.item_id for movement in movements}
    return {key_of(line): line for line in desk.stock(items, places=sorted(places))}


def _used_since(
    movements: Sequence[Movement],
    items: Mapping[ItemId, Item],
    lines: Mapping[StockKey, StockLine],
    *,
    desk: Desk,
) -> list[Problem]:
    """Where taking it off again would leave less than nothing."""
    change: defaultdict[StockKey, int] = defaultdict(int)
    for effect in _undone(movements):
        change[effect.key] += effect.on_hand
    problems = []
    for key, difference in sorted(change.items()):
        there = lines[key].on_hand if key in lines else 0
        if difference < 0 and there + difference < 0:
            place, name = obstacles.at(desk.ref(key.place_id)), named(items[key.item_id])
            coming = " on the way there" if key.status is StockStatus.IN_TRANSIT else ""
            problems.append(
                obstacles.not_done(
                    f"Of {-difference:,} {name} at {place}, {max(0, there):,} are left{coming}: the rest was used or moved on since.",
                    "Undo that first, or count the shelf.",
                    obstacle=Obstacle.USED_SINCE,
                )
            )
    return problems


def _undone(movements: Sequence[Movement]) -> list[StockEffect]:
    return [
        StockEffect(effect.key, -effect.on_hand, -effect.reserved)
        for movement in movements
        for effect in stock_effects(movement)
    ]


def _returned_since(
    movements: Sequence[Movement], items: Mapping[ItemId, Item], *, desk: Desk
) -> list[Problem]:
    """A use of which part was returned since is not undone: what came back would lie there twice."""
    used: defaultdict[tuple[FacilityId, ItemId, ChargeId, LotId], int] = defaultdict(int)
    first: dict[tuple[FacilityId, ItemId, ChargeId, LotId], date] = {}
    for movement in movements:
        if movement.kind is MovementKind.CONSUME and movement.charge_id != NO_CHARGE:
            key = (movement.facility_id, movement.item_id, movement.charge_id, movement.lot_id)
            used[key] += movement.quantity
            first[key] = min(first.get(key, movement.day), movement.day)
    problems = []
    for key, quantity in used.items():
        net = _net_use(key, since=first[key], desk=desk)
        if net < quantity:
            problems.append(
                obstacles.not_done(
                    f"{quantity - net:,} of {named(items[key[1]])} were returned since.",
                    "Undo the return first.",
                    obstacle=Obstacle.USED_SINCE,
                )
            )
    return problems


def _net_use(key: tuple[FacilityId, ItemId, ChargeId, LotId], *, since: date, desk: Desk) -> int:
    facility_id, item_id, charge_id, lot_id = key
    rows = desk.uow.usage.rows([item_id], start=since, end=desk.today + timedelta(days=1))
    of_item = sum(
        row.quantity
        for row in rows
        if row.charge_id == charge_id
        and row.kind is MovementKind.CONSUME
        and desk.tree.get(row.place_id).facility_id == facility_id
    )
    if lot_id == NO_LOT:
        return of_item
    start = datetime.combine(since, datetime.min.time(), tzinfo=ZoneInfo("UTC")) - timedelta(days=1)
    lots = desk.uow.ledger.used_on(facility_id, [charge_id], item_id=item_id, since=start)
    return min(of_item, sum(used.quantity for used in lots if used.lot_id == lot_id))


def _planned(
    movements: Sequence[Movement],
    items: Mapping[ItemId, Item],
    lines: Mapping[StockKey, StockLine],
    *,
    desk: Desk,
) -> tuple[PlannedLine, ...]:
    """One line a movement: what goes back where. The pick's place is where it lies now, ``puts`` where it goes; one may be none."""
    planned = []
    lots: dict[LotId, Lot] = {}
    for movement in movements:
        if movement.lot_id != NO_LOT and movement.lot_id not in lots:
            lots[movement.lot_id] = desk.uow.lots.get(movement.lot_id)
        lot = lots.get(movement.lot_id)
        status = movement.to_status if movement.to_place_id is not None else movement.from_status
        place_id = _place(movement)
        key = StockKey(movement.item_id, place_id, movement.lot_id, movement.owner_id, status)
        pick = Pick(
            place=desk.ref(place_id),
            lot_id=movement.lot_id,
            lot_number=lot.number if lot is not None else "",
            serial=lot.serial if lot is not None else "",
            expires_on=lot.expires_on if lot is not None else None,
            owner_id=movement.owner_id,
            on_hand=lines[key].on_hand if key in lines else 0,
            quantity=movement.quantity,
            unit_cost=movement.unit_cost,
            status=status,
        )
        planned.append(
            PlannedLine(
                item=item_ref(items[movement.item_id]),
                quantity=movement.quantity,
                entered=Decimal(movement.quantity),
                entered_unit=items[movement.item_id].base_unit,
                picks=(pick,),
                puts=desk.ref(movement.from_place_id) if movement.from_place_id is not None else None,
            )
        )
    return tuple(planned)
