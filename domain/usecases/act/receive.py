"""A3: a delivery put on a shelf, with lot, serial and expiry where the item demands them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.errors import Invalid
from domain.model.ids import NO_LOT, OURS, ItemId, LotId, PlaceId, SupplierId
from domain.model.item import Item, Tracking
from domain.model.lot import Lot
from domain.model.movement import MovementKind, StockStatus
from domain.model.permission import Deed, who_may
from domain.model.stock import StockLine
from domain.usecases.act import obstacles
from domain.usecases.act.costing import CENT_OF_A_CENT, offered
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.permissions import permitted
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Arrival, Receive
from domain.usecases.act.shelving import Holds, homes
from domain.usecases.ask.shelves import item_ref
from domain.usecases.purchase.receiving import Due, against


@dataclass(frozen=True, slots=True)
class _Piece:
    """So much of one lot (or one serial) of a line. ``lot`` has the id NO_LOT where it comes for the first time; None is no lot."""

    quantity: int
    lot: Lot | None

    @property
    def lot_id(self) -> LotId:
        return self.lot.id if self.lot is not None else NO_LOT


def prepare_receive(action: Receive, *, desk: Desk) -> Prepared:
    """Each line with what its item's tracking demands; what is missing is asked for.

    Held against its order, where one is named. Raises Invalid for no lines, serials said twice, a cost below zero; InvalidQuantity,
    UnknownItem, UnknownPlace, UnknownSupplier.
    """
    if not action.lines:
        raise Invalid("A delivery brings one thing at least.")
    items = desk.items(line.item_id for line in action.lines)
    quantities = [base_units(items[a.item_id], quantity=a.quantity, unit=a.unit) for a in action.lines]
    held = against(action, [items[line.item_id] for line in action.lines], quantities, desk=desk)
    supplier_id = action.supplier_id if action.supplier_id is not None else held.supplier_id
    pieces = [
        _pieces(line, items[line.item_id], quantity, supplier=supplier_id, desk=desk)
        for line, quantity in zip(action.lines, quantities, strict=True)
    ]
    _serials_once(pieces)
    stock = desk.stock(list(items), places=[action.place_id])
    shelves = homes(list(items), place_id=action.place_id, lines=stock, desk=desk)
    facility_id = desk.tree.get(action.place_id).facility_id
    lots = {piece.lot_id for line in pieces for piece in line} - {NO_LOT}
    holds = Holds(facility_id, lots=lots, items=list(items), desk=desk)
    planned: list[PlannedLine] = []
    moves: list[Move] = []
    problems: list[Problem] = list(held.problems)
    for index, (line, quantity) in enumerate(zip(action.lines, quantities, strict=True)):
        item = items[line.item_id]
        line = _as_ordered(line, held.due[index])
        owner = _owner(item, supplier_id, desk=desk)
        cost = _cost(line, item)
        problems.extend(_problems(line, item, pieces[index], quantity, index=index, desk=desk))
        statuses = {piece.lot_id: holds.status(item.id, piece.lot_id) for piece in pieces[index]}
        barred = [status for status in statuses.values() if status is not StockStatus.AVAILABLE]
        if barred:
            problems.append(obstacles.put_on_hold(item, status=barred[0], index=index))
        place_id = shelves[item.id]
        planned.append(
            PlannedLine(
                item=item_ref(item),
                quantity=quantity,
                entered=line.quantity,
                entered_unit=line.unit or item.base_unit,
                picks=tuple(
                    _pick(piece, place_id, owner, cost, statuses[piece.lot_id], stock, item.id, desk=desk)
                    for piece in pieces[index]
                ),
                puts=desk.ref(place_id),
            )
        )
        whole = len(pieces[index]) == 1
        moves.extend(
            Move(
                kind=MovementKind.RECEIVE,
                item_id=item.id,
                quantity=piece.quantity,
                lot=piece.lot if piece.lot is not None else NO_LOT,
                to_place_id=place_id,
                to_status=statuses[piece.lot_id],
                owner_id=owner,
                unit_cost=cost,
                entered_quantity=line.quantity if whole else None,
                entered_unit=(line.unit or item.base_unit) if whole else "",
                reason=f"order {action.order_number}" if action.order_number else "",
            )
            for piece in pieces[index]
        )
    plan = Plan(
        request=action,
        lines=tuple(planned),
        problems=tuple(problems),
        destination=desk.ref(action.place_id),
        currency=desk.currency(action.place_id),
    )
    return Prepared(permitted(plan, Deed.RECEIVE, place_id=action.place_id, desk=desk), tuple(moves))


def _as_ordered(line: Arrival, due: Due) -> Arrival:
    """What the order says of the line, where nobody said otherwise: how many were due, and at what price."""
    return replace(
        line,
        expected=due.expected if line.expected is None else line.expected,
        unit_cost=due.unit_cost if line.unit_cost is None else line.unit_cost,
    )


def _pieces(
    line: Arrival, item: Item, quantity: int, *, supplier: SupplierId | None, desk: Desk
) -> list[_Piece]:
    """One a serial, else one: of the lot that is known by this number already, or of a new one."""
    number = line.lot_number.strip()
    serials = [serial.strip() for serial in line.serials if serial.strip()]
    if serials and len(serials) == quantity:
        return [_Piece(1, _lot(line, item, number, serial, supplier, desk=desk)) for serial in serials]
    if number:
        return [_Piece(quantity, _lot(line, item, number, "", supplier, desk=desk))]
    return [_Piece(quantity, None)]


def _lot(
    line: Arrival, item: Item, number: str, serial: str, supplier: SupplierId | None, *, desk: Desk
) -> Lot:
    """Case, blanks and dashes are not told apart: a lot typed "8j 2210" is 8J-2210."""
    for known in desk.uow.lots.named(serial or number):
        alike = _plain(known.serial) == _plain(serial) and (
            not number or not serial or _plain(known.number) == _plain(number)
        )
        if known.item_id == item.id and alike:
            return known
    return Lot(NO_LOT, item.id, number, serial=serial, expires_on=line.expires_on, supplier_id=supplier)


def _plain(number: str) -> str:
    return "".join(letter for letter in number if letter.isalnum()).upper()


def _serials_once(pieces: Sequence[Sequence[_Piece]]) -> None:
    count = Counter(
        (piece.lot.item_id, _plain(piece.lot.serial))
        for line in pieces
        for piece in line
        if piece.lot is not None and piece.lot.serial
    )
    for (_, serial), times in count.items():
        if times > 1:
            raise Invalid(f"Serial {serial} is in this delivery twice; each piece has its own.")


def _owner(item: Item, supplier_id: SupplierId | None, *, desk: Desk) -> SupplierId:
    """A consignor's delivery of an item that is consigned stays the consignor's."""
    if supplier_id is None:
        return OURS
    supplier = desk.uow.catalogue.supplier(supplier_id)
    return supplier.id if item.consigned and supplier.consigns else OURS


def _cost(line: Arrival, item: Item) -> Decimal:
    if line.unit_cost is None:
        return offered(item)
    if not line.unit_cost.is_finite() or line.unit_cost < 0:
        raise Invalid("A cost is zero or more.")
    return line.unit_cost.quantize(CENT_OF_A_CENT)


def _problems(
    line: Arrival, item: Item, pieces: Sequence[_Piece], quantity: int, *, index: int, desk: Desk
) -> list[Problem]:
    problems: list[Problem] = []
    serials = [serial for serial in line.serials if serial.strip()]
    if item.tracking is Tracking.SERIAL and len(serials) != quantity:
        what = "its serial number" if quantity == 1 else f"{quantity} serial numbers, one a piece"
        got = f"; {len(serials)} were given" if serials else ""
        problems.append(obstacles.needs(Obstacle.NEEDS_SERIAL, item, what + got, index=index))
    if item.tracking is Tracking.LOT and not line.lot_number.strip() and not serials:
        problems.append(obstacles.needs(Obstacle.NEEDS_LOT, item, "its lot number", index=index))
    dates = {piece.lot.expires_on if piece.lot is not None else None for piece in pieces}
    if item.sterile and None in dates and line.expires_on is None:
        problems.append(obstacles.needs(Obstacle.NEEDS_EXPIRY, item, "its expiry date", index=index))
    for piece in pieces:
        problems.extend(_about_lot(piece, line, item, index=index, desk=desk))
    if line.expected is not None and line.expected != quantity:
        differs = quantity - line.expected
        words = f"{differs:,} more" if differs > 0 else f"{-differs:,} fewer"
        problems.append(
            Problem(
                Obstacle.DELIVERY,
                Weight.WARNS,
                f"{line.expected:,} of {named(item)} were due; {words} came.",
                line=index,
            )
        )
    return problems


def _about_lot(piece: _Piece, line: Arrival, item: Item, *, index: int, desk: Desk) -> list[Problem]:
    lot = piece.lot
    if lot is None:
        return []
    problems: list[Problem] = []
    if lot.expired(desk.today) and lot.expires_on is not None:
        problems.append(
            Problem(
                Obstacle.EXPIRED,
                Weight.OVERRIDABLE,
                f"{named(item)}, {_name(lot)}, expired on {lot.expires_on.day} {lot.expires_on:%B %Y}.",
                "Send it back to the supplier.",
                line=index,
                override=Deed.OVERRIDE_EXPIRED,
                asks=who_may(Deed.OVERRIDE_EXPIRED),
            )
        )
    if lot.id != NO_LOT and line.expires_on is not None and line.expires_on != lot.expires_on:
        known = obstacles.day(lot.expires_on) if lot.expires_on is not None else "no date"
        problems.append(
            Problem(
                Obstacle.DELIVERY,
                Weight.WARNS,
                f"{obstacles.capital(_name(lot))} is known with {known}; the label says {obstacles.day(line.expires_on)}.",
                "What is known is kept; look at the label again.",
                line=index,
            )
        )
    if lot.serial and lot.id != NO_LOT:
        lying = [each for each in desk.uow.stock.of_lots([lot.id]) if each.on_hand > 0]
        if lying:
            place = obstacles.at(desk.ref(lying[0].place_id))
            problems.append(
                Problem(
                    Obstacle.ALREADY_DONE,
                    Weight.BLOCKS,
                    f"Serial {lot.serial} lies at {place} already; there is only one.",
                    "Move it, or look at the label again.",
                    line=index,
                )
            )
    return problems


def _name(lot: Lot) -> str:
    return f"serial {lot.serial}" if lot.serial else f"lot {lot.number}"


def _pick(
    piece: _Piece,
    place_id: PlaceId,
    owner: SupplierId,
    cost: Decimal,
    status: StockStatus,
    stock: Sequence[StockLine],
    item_id: ItemId,
    *,
    desk: Desk,
) -> Pick:
    key = (item_id, place_id, piece.lot_id, owner, status)
    lying = sum(
        line.on_hand
        for line in stock
        if (line.item_id, line.place_id, line.lot_id, line.owner_id, line.status) == key
        and (piece.lot is None or piece.lot_id != NO_LOT)
    )
    lot = piece.lot
    return Pick(
        place=desk.ref(place_id),
        lot_id=piece.lot_id,
        lot_number=lot.number if lot is not None else "",
        serial=lot.serial if lot is not None else "",
        expires_on=lot.expires_on if lot is not None else None,
        owner_id=owner,
        on_hand=lying,
        quantity=piece.quantity,
        unit_cost=cost,
        status=status,
    )
