"""A10: unused, back to the shelf; whom it was charged to is credited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from domain.errors import Invalid
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_CHARGE, NO_LOT, OURS, ChargeId, FacilityId, ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.movement import MovementKind, StockStatus
from domain.model.permission import Deed
from domain.model.stock import StockLine
from domain.ports import UsedLot
from domain.usecases.act import obstacles
from domain.usecases.act.costing import UnitCosts, charged_to, target_ref
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Return, Wanted
from domain.usecases.act.shelving import Holds, homes
from domain.usecases.ask.shelves import item_ref

DAYS = 90
"""How far back a use can be returned: longer than a patient's stay, shorter than a quarter's books."""


def prepare_return(action: Return, *, desk: Desk) -> Prepared:
    """Never more than was used on the target and not returned yet, of the lots that were used, the latest use first.

    Raises Invalid for no lines, InvalidQuantity, UnknownItem, UnknownPlace, UnknownTarget.
    """
    if not action.lines:
        raise Invalid("An action names one thing at least.")
    items = desk.items(line.item_id for line in action.lines)
    facility_id = desk.tree.get(action.place_id).facility_id
    # All balances of the items are held: of two that return the same use at two places, the second is to see the first.
    stock = desk.stock(list(items), places=[desk.uow.places.facility(facility_id).place_id])
    target = charged_to(action.target, place_id=action.place_id, tree=desk.tree)
    problems: list[Problem] = []
    if target is None:
        problems.append(obstacles.no_target())
    used = _Used(list(items), target, named=action.target is not None, facility_id=facility_id, desk=desk)
    label = target_ref(target, reader=desk.actor, uow=desk.uow) if target is not None else None
    planned: list[PlannedLine] = []
    moves: list[Move] = []
    for index, line in enumerate(action.lines):
        item = items[line.item_id]
        place_id = homes([item.id], place_id=_place(line, action), lines=stock, desk=desk)[item.id]
        asked = (
            base_units(item, quantity=line.quantity, unit=line.unit) if line.quantity is not None else None
        )
        parts, there = used.draw(item.id, asked, lots=line.lots)
        quantity = sum(part.quantity for part in parts)
        if target is not None and (quantity == 0 or (asked is not None and there < asked)):
            whom = label.label if label is not None else ""
            problems.append(_too_many(item, asked=asked, there=there, whom=whom, index=index))
        holds = Holds(facility_id, lots=[part.lot_id for part in parts], items=[item.id], desk=desk)
        picks = []
        for part in parts:
            status = holds.status(item.id, part.lot_id)
            if status is not StockStatus.AVAILABLE:
                problems.append(obstacles.put_on_hold(item, status=status, index=index))
            pick = _pick(part, place_id, status, stock, item.id, desk=desk)
            if pick.expires_on is not None and pick.expires_on < desk.today:
                problems.append(_lapsed(pick, item, index=index))
            picks.append(pick)
            moves.append(
                Move(
                    kind=MovementKind.RETURN,
                    item_id=item.id,
                    quantity=part.quantity,
                    lot=part.lot_id,
                    to_place_id=place_id,
                    to_status=status,
                    owner_id=part.owner_id,
                    unit_cost=part.unit_cost,
                    entered_quantity=line.quantity if len(parts) == 1 else None,
                    entered_unit=(line.unit or item.base_unit) if len(parts) == 1 and line.quantity else "",
                    charge=part.charge_id,
                )
            )
        planned.append(
            PlannedLine(
                item=item_ref(item),
                quantity=asked if asked is not None else quantity,
                entered=line.quantity if line.quantity is not None else Decimal(quantity),
                entered_unit=line.unit or item.base_unit,
                picks=tuple(picks),
                puts=desk.ref(place_id),
            )
        )
    plan = Plan(
        request=action,
        lines=tuple(planned),
        problems=tuple(problems),
        destination=desk.ref(action.place_id),
        target=label,
        currency=desk.currency(action.place_id),
    )
    return Prepared(permitted(plan, Deed.RETURN, place_id=action.place_id, desk=desk), tuple(moves))


def _place(line: Wanted, action: Return) -> PlaceId:
    return line.place_id if line.place_id is not None else action.place_id


def _same_account(charged: ChargeTarget, target: ChargeTarget, *, named: bool) -> bool:
    """A case is a case whatever cost centre stands beside it; a cost centre alone is not one with a case on it."""
    if not named:
        return charged == target
    if target.case_id is not None:
        return charged.case_id == target.case_id
    if target.encounter_id is not None:
        return charged.encounter_id == target.encounter_id
    return charged == target


class _Used:
    """What was used on a target's accounts in the last DAYS; what one line returns is not there any more for the next."""

    def __init__(
        self,
        items: Sequence[ItemId],
        target: ChargeTarget | None,
        *,
        named: bool,
        facility_id: FacilityId,
        desk: Desk,
    ) -> None:
        self._left: dict[ItemId, list[UsedLot]] = {item_id: [] for item_id in items}
        if target is None:
            return
        uow, start = desk.uow, desk.today - timedelta(days=DAYS)
        rows = [
            row
            for row in uow.usage.rows(items, start=start, end=desk.today + timedelta(days=1))
            if row.kind is MovementKind.CONSUME
            and row.charge_id != NO_CHARGE
            and desk.tree.get(row.place_id).facility_id == facility_id
        ]
        accounts = {
            charge_id
            for charge_id, charged in uow.charges.targets({row.charge_id for row in rows}).items()
            if _same_account(charged, target, named=named)
        }
        net: defaultdict[tuple[ItemId, ChargeId], int] = defaultdict(int)
        for row in rows:
            if row.charge_id in accounts:
                net[row.item_id, row.charge_id] += row.quantity
        since = datetime.combine(start, time(), tzinfo=UTC)
        costs = UnitCosts(desk.items(items), (), uow=uow)
        for item_id in items:
            lots = uow.ledger.used_on(facility_id, accounts, item_id=item_id, since=since)
            for used in lots:
                quantity = min(used.quantity, net[item_id, used.charge_id])
                if quantity > 0:
                    net[item_id, used.charge_id] -= quantity
                    self._left[item_id].append(replace(used, quantity=quantity))
            # What is left was used of stock without lots.
            self._left[item_id] += [
                UsedLot(charge_id, NO_LOT, OURS, costs.of(item_id), quantity)
                for (of, charge_id), quantity in sorted(net.items())
                if of == item_id and quantity > 0
            ]

    def draw(
        self, item_id: ItemId, wanted: int | None, *, lots: Sequence[LotId]
    ) -> tuple[list[UsedLot], int]:
        """What comes back, and how much could."""
        drawn: list[UsedLot] = []
        there = 0
        left: list[UsedLot] = []
        for used in self._left[item_id]:
            if lots and used.lot_id not in lots:
                left.append(used)
                continue
            there += used.quantity
            taken = used.quantity if wanted is None else min(wanted, used.quantity)
            if wanted is not None:
                wanted -= taken
            if taken:
                drawn.append(replace(used, quantity=taken))
            if used.quantity > taken:
                left.append(replace(used, quantity=used.quantity - taken))
        self._left[item_id] = left
        return drawn, there


def _too_many(item: Item, *, asked: int | None, there: int, whom: str, index: int) -> Problem:
    if there == 0:
        sentence = f"None of {named(item)} was used on {whom} that could come back."
        return Problem(
            Obstacle.NOT_HERE,
            Weight.BLOCKS,
            sentence,
            "Name whom it was used on, or count the shelf.",
            line=index,
        )
    sentence = f"{there:,} of {named(item)} were used on {whom}; {asked or 0:,} can not come back."
    return Problem(Obstacle.SHORT, Weight.BLOCKS, sentence, f"Say {there:,}, or count the shelf.", line=index)


def _lapsed(pick: Pick, item: Item, *, index: int) -> Problem:
    return Problem(
        Obstacle.EXPIRED,
        Weight.WARNS,
        f"{named(item)}, lot {pick.lot_number or pick.serial}, is past its date and may not be used again.",
        "Record it as waste.",
        line=index,
    )


def _pick(
    part: UsedLot,
    place_id: PlaceId,
    status: StockStatus,
    stock: Sequence[StockLine],
    item_id: ItemId,
    *,
    desk: Desk,
) -> Pick:
    lot = desk.uow.lots.get(part.lot_id) if part.lot_id != NO_LOT else None
    key = (item_id, place_id, part.lot_id, part.owner_id, status)
    return Pick(
        place=desk.ref(place_id),
        lot_id=part.lot_id,
        lot_number=lot.number if lot is not None else "",
        serial=lot.serial if lot is not None else "",
        expires_on=lot.expires_on if lot is not None else None,
        owner_id=part.owner_id,
        on_hand=sum(
            line.on_hand
            for line in stock
            if (line.item_id, line.place_id, line.lot_id, line.owner_id, line.status) == key
        ),
        quantity=part.quantity,
        unit_cost=part.unit_cost,
        status=status,
    )
