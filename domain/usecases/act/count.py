"""A5: what lies there, by sight. The books follow it; what was expected is kept beside what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.errors import Invalid
from domain.model.ids import LotId, PlaceId
from domain.model.item import Item
from domain.model.lot import fefo_key
from domain.model.movement import HELD, MovementKind, StockStatus
from domain.model.permission import Deed
from domain.model.receipt import Receipt
from domain.model.stock import StockLine
from domain.ports.cycles import CountDone
from domain.usecases.act.costing import UnitCosts
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.picking import key_of, nothing_of
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Count
from domain.usecases.act.shelving import homes
from domain.usecases.ask.shelves import item_ref

type Difference = tuple[StockLine, int]
"""A balance, and by how much it changes: below zero where there is less of it than the books say."""


def prepare_count(action: Count, *, desk: Desk) -> Prepared:
    """The difference between what was found and what the books say of the place and all inside it, by lot.

    Expired stock lies there and is counted; stock on hold is counted by its hold, not here. Raises Invalid for no lines, for a
    thing counted twice, for a lot of another item; InvalidQuantity, UnknownItem, UnknownPlace, UnknownLot.
    """
    _once(action)
    items = desk.items(line.item_id for line in action.lines)
    found = [base_units(items[f.item_id], quantity=f.quantity, unit=f.unit, least=0) for f in action.lines]
    stock = desk.stock(list(items), places=[action.place_id])
    lines = [line for line in stock if line.status is StockStatus.AVAILABLE]
    shelves = homes(list(items), place_id=action.place_id, lines=lines, desk=desk)
    planned: list[PlannedLine] = []
    moves: list[Move] = []
    problems: list[Problem] = []
    worth = Decimal(0)
    costs = UnitCosts(
        items, {line.lot_id for line in lines} | {f.lot_id for f in action.lines if f.lot_id}, uow=desk.uow
    )
    for index, line in enumerate(action.lines):
        item = items[line.item_id]
        of_item = [each for each in lines if each.item_id == item.id]
        if line.lot_id is not None:
            expected, changes = _of_lot(line.lot_id, item, found[index], of_item, shelves[item.id], desk=desk)
        else:
            expected, changes = _of_item(item, found[index], of_item, shelves[item.id], desk=desk)
        on_hold = sum(
            each.on_hand
            for each in stock
            if each.item_id == item.id and each.status in HELD and each.on_hand > 0
        )
        if on_hold:
            problems.append(_on_hold(item, on_hold, index=index))
        picks = tuple(_pick(balance, change, costs, desk=desk) for balance, change in changes)
        worth += sum((abs(pick.cost) for pick in picks), Decimal(0))
        planned.append(
            PlannedLine(
                item=item_ref(item),
                quantity=found[index],
                entered=line.quantity,
                entered_unit=line.unit or item.base_unit,
                picks=picks,
                expected=expected,
            )
        )
        reason = f"{action.reason}: expected {expected}, found {found[index]}"
        moves.extend(_moves(changes, costs, reason=reason + (", blind" if action.blind else "")))
    place = desk.ref(action.place_id)
    plan = Plan(
        request=action,
        lines=tuple(planned),
        problems=tuple(problems),
        source=place,
        currency=desk.currency(action.place_id),
    )
    return Prepared(
        permitted(plan, Deed.COUNT, place_id=action.place_id, desk=desk, worth=worth), tuple(moves)
    )


def keep_count(action: Count, prepared: Prepared, *, receipt: Receipt, desk: Desk) -> None:
    """Keeps that the items were counted, for ``post``, in its unit of work: where the books were right, no movement says so. A count
    of one lot is none of its item."""
    desk.uow.cycle_counts.add(
        desk.tree.get(action.place_id).facility_id,
        [
            CountDone(
                receipt_facility_id=receipt.facility_id,
                receipt_id=receipt.id,
                item_id=line.item.id,
                place_id=action.place_id,
                day=desk.today,
                person_id=desk.actor.id,
                expected=line.expected or 0,
                found=line.quantity,
                blind=action.blind,
            )
            for found, line in zip(action.lines, prepared.plan.lines, strict=True)
            if found.lot_id is None
        ],
    )


def _once(action: Count) -> None:
    if not action.lines:
        raise Invalid("A count names one thing at least.")
    seen: set[tuple[int, LotId | None]] = set()
    for line in action.lines:
        key = (line.item_id, line.lot_id)
        either = (line.item_id, None) in seen or (
            line.lot_id is None and any(item_id == line.item_id for item_id, _ in seen)
        )
        if key in seen or either:
            raise Invalid(
                "The same thing is in this count twice; say one figure for it, or one for each lot."
            )
        seen.add(key)


def _of_lot(
    lot_id: LotId, item: Item, found: int, lines: Sequence[StockLine], home: PlaceId, *, desk: Desk
) -> tuple[int, list[Difference]]:
    lot = desk.uow.lots.get(lot_id)
    if lot.item_id != item.id:
        raise Invalid(f"Lot {lot.number or lot.serial} is not one of {named(item)}.")
    if lot.serial and found > 1:
        raise Invalid(f"Serial {lot.serial} is one piece; {found} of it can not be there.")
    lying = [line for line in lines if line.lot_id == lot_id]
    empty = StockLine(
        item.id, home, lot.id, nothing_of(item.id, place_id=home).owner_id, StockStatus.AVAILABLE, 0, 0,
        lot.number, lot.serial, lot.expires_on,
    )  # fmt: skip
    return _level(lying, found, surplus=lying[-1] if lying else empty)


def _of_item(
    item: Item, found: int, lines: Sequence[StockLine], home: PlaceId, *, desk: Desk
) -> tuple[int, list[Difference]]:
    """Lots unknown: a shortage is of those that expire first, a surplus of the latest lot."""
    plural = [line for line in lines if not line.serial and line.on_hand > 0]
    latest = max(plural, key=_order) if plural else nothing_of(item.id, place_id=home)
    surplus = next((line for line in lines if key_of(line) == key_of(latest)), latest)
    return _level(lines, found, surplus=surplus)


def _level(lines: Sequence[StockLine], found: int, *, surplus: StockLine) -> tuple[int, list[Difference]]:
    """Brings the balances to ``found`` in sum with none below zero: a count is a new beginning."""
    expected = sum(line.on_hand for line in lines)
    changes = {key_of(line): -line.on_hand for line in lines if line.on_hand < 0}
    missing = sum(max(0, line.on_hand) for line in lines) - found
    for line in sorted(lines, key=_order):
        if missing > 0 and line.on_hand > 0:
            fewer = min(missing, line.on_hand)
            changes[key_of(line)] = -fewer
            missing -= fewer
    if missing < 0:
        key = key_of(surplus)
        changes[key] = changes.get(key, 0) - missing
    known = {key_of(line): line for line in (*lines, surplus)}
    return expected, [(known[key], change) for key, change in sorted(changes.items()) if change]


def _order(line: StockLine) -> tuple[object, ...]:
    return (*fefo_key(line.expires_on, line.lot_id), line.on_hand, line.place_id, line.owner_id)


def _moves(changes: Sequence[Difference], costs: UnitCosts, *, reason: str) -> Iterator[Move]:
    for line, change in changes:
        yield Move(
            kind=MovementKind.COUNT,
            item_id=line.item_id,
            quantity=abs(change),
            lot=line.lot_id,
            from_place_id=line.place_id if change < 0 else None,
            to_place_id=line.place_id if change > 0 else None,
            owner_id=line.owner_id,
            unit_cost=costs.of(line.item_id, line.lot_id),
            reason=reason,
        )


def _pick(line: StockLine, change: int, costs: UnitCosts, *, desk: Desk) -> Pick:
    return Pick(
        place=desk.ref(line.place_id),
        lot_id=line.lot_id,
        lot_number=line.lot_number,
        serial=line.serial,
        expires_on=line.expires_on,
        owner_id=line.owner_id,
        on_hand=line.on_hand,
        quantity=change,
        unit_cost=costs.of(line.item_id, line.lot_id),
    )


def _on_hold(item: Item, quantity: int, *, index: int) -> Problem:
    return Problem(
        Obstacle.HELD,
        Weight.WARNS,
        f"{quantity:,} more of {named(item)} are on hold here; they are not in this count.",
        "Leave them out of the figure.",
        line=index,
    )
