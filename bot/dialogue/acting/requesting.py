"""From a complete sketch to the typed request that is planned and posted."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bot.dialogue.acting.finding import Scene, area_of
from bot.dialogue.acting.gaps import shared
from bot.dialogue.acting.sketch import Sketch, SketchLine, Verb, decimal
from domain.errors import Invalid
from domain.model.hold import HoldId
from domain.model.ids import ItemId, PlaceId, SupplierId
from domain.model.item import Tracking
from domain.model.receipt import ReceiptId
from domain.usecases.act.requests import (
    Action,
    Arrival,
    Arrive,
    Consume,
    Count,
    Found,
    LiftHold,
    Quarantine,
    Receive,
    Reorder,
    Requisition,
    Return,
    SendBack,
    SetPar,
    Transfer,
    Undo,
    Wanted,
    Waste,
    WasteReason,
)


def request_of(sketch: Sketch, *, scene: Scene) -> Action:
    """The request. Raises Invalid for a sketch that has gaps, or for a par change of several items at once."""
    target = sketch.target.target if sketch.target is not None else None
    lines = sketch.lines
    match sketch.verb:
        case Verb.CONSUME:
            return Consume(_wanted(sketch, scene), _here(sketch, scene), target)
        case Verb.WASTE:
            return Waste(_wanted(sketch, scene), _here(sketch, scene), WasteReason(sketch.reason), target)
        case Verb.TRANSFER:
            return Transfer(_wanted(sketch, scene), _here(sketch, scene), _place(sketch.there.place_id))
        case Verb.RETURN:
            return Return(_wanted(sketch, scene), _here(sketch, scene), target)
        case Verb.SEND_BACK:
            supplier = SupplierId(_known(sketch.supplier))
            return SendBack(
                _wanted(sketch, scene), _here(sketch, scene), supplier, sketch.reason, sketch.order
            )
        case Verb.REQUISITION:
            to = _place(sketch.there.place_id)
            return Requisition(_wanted(sketch, scene), to, sketch.here.place_id, sketch.needed_by)
        case Verb.RECEIVE:
            supplier_id = None if sketch.supplier is None else SupplierId(sketch.supplier)
            arrivals = tuple(_arrival(line, scene) for line in lines)
            return Receive(arrivals, _here(sketch, scene), supplier_id, sketch.order)
        case Verb.REORDER:
            supplier_id = None if sketch.supplier is None else SupplierId(sketch.supplier)
            return Reorder(tuple(_bought(line) for line in lines), supplier_id, sketch.here.place_id)
        case Verb.COUNT:
            return Count(
                tuple(found for line in lines for found in _found(line)), _here(sketch, scene), sketch.blind
            )
        case Verb.SET_PAR:
            return _par(sketch, scene)
        case Verb.QUARANTINE:
            return _quarantine(sketch)
        case Verb.LIFT:
            return LiftHold(HoldId(_known(sketch.hold)), sketch.reason)
        case Verb.ARRIVE:
            return Arrive(ReceiptId(_known(sketch.receipt)))
        case Verb.UNDO:
            return Undo(ReceiptId(_known(sketch.receipt)), sketch.reason or "undone")
        case Verb.SUBSCRIBE:
            raise Invalid("A subscription posts nothing.")


def _known(value: int | None) -> int:
    if value is None:
        raise Invalid("Something of this action is still open.")
    return value


def _place(place_id: PlaceId | None) -> PlaceId:
    return PlaceId(_known(place_id))


def _here(sketch: Sketch, scene: Scene) -> PlaceId:
    """The place of all; where every line has its own, the first line's."""
    if sketch.here.place_id is not None:
        return sketch.here.place_id
    places = [line.place for line in sketch.lines if line.place is not None]
    return PlaceId(_known(places[0] if places else None))


def _item(line: SketchLine) -> ItemId:
    return ItemId(_known(line.item_id))


def _quantity(line: SketchLine) -> Decimal:
    if line.quantity is None:
        raise Invalid("How many is still open.")
    return decimal(line.quantity)


def _wanted(sketch: Sketch, scene: Scene) -> tuple[Wanted, ...]:
    made = []
    for index, line in enumerate(sketch.lines):
        place = None if line.place is None or line.place == sketch.here.place_id else PlaceId(line.place)
        if line.place is None and sketch.verb in (Verb.CONSUME, Verb.WASTE):
            place = _kept_nearby(line, sketch.here.place_id, scene)
        quantity: Decimal | None = None
        unit = line.unit
        if line.share:
            part: Fraction = shared(sketch, index, scene=scene)
            quantity, unit = decimal(part), ""
        elif not line.everything:
            quantity = _quantity(line)
        made.append(Wanted(_item(line), quantity, unit, line.lot_ids, place))
    return tuple(made)


def _bought(line: SketchLine) -> Wanted:
    """Without a figure it is brought up to par."""
    return Wanted(_item(line), None if line.quantity is None else _quantity(line), line.unit)


def _kept_nearby(line: SketchLine, place_id: PlaceId | None, scene: Scene) -> PlaceId | None:
    """What is used in a room that keeps none of it comes from the shelves of its unit; None where the place itself has some, or
    nowhere in the unit is any.
    """
    if place_id is None or line.item_id is None:
        return None
    tree = scene.uow.places.tree()
    area = area_of(place_id, scene=scene)
    if area == place_id:
        return None
    stock = scene.uow.stock.of_items([line.item_id], places=tuple(tree.subtree(area)))
    there = [one for one in stock if one.on_hand > 0 and (not line.lots or one.lot_id in line.lot_ids)]
    inside = tree.subtree(place_id)
    return area if there and not any(one.place_id in inside for one in there) else None


def _arrival(line: SketchLine, scene: Scene) -> Arrival:
    """A lot or serial that is told to the wrong field is put right by what the item is tracked by."""
    serials, number = line.serials, line.number
    if scene.uow.catalogue.get(_item(line)).tracking is Tracking.SERIAL and number and not serials:
        serials, number = (number,), ""
    return Arrival(_item(line), _quantity(line), line.unit, number, serials, line.expires)


def _found(line: SketchLine) -> tuple[Found, ...]:
    lot = line.lot_ids[0] if len(line.lot_ids) == 1 else None
    return (Found(_item(line), _quantity(line), line.unit, lot),)


def _par(sketch: Sketch, scene: Scene) -> SetPar:
    if len(sketch.lines) != 1:
        raise Invalid("One par level at a time, please: say them one after the other.")
    line = sketch.lines[0]
    levels = {name: Fraction(value) for name, value in line.levels}
    if any(value.denominator != 1 for value in levels.values()):
        raise Invalid("A par level is a whole number of base units.")

    def level(name: str) -> int | None:
        return int(levels[name]) if name in levels else None

    place_id = par_place(_item(line), _here(sketch, scene), scene=scene)
    return SetPar(
        _item(line),
        place_id,
        level("minimum"),
        level("reorder-point"),
        level("par"),
        level("maximum"),
        sketch.reason,
    )


def par_place(item_id: ItemId, place_id: PlaceId, *, scene: Scene) -> PlaceId:
    """Where the item's par stands at a place: its one par inside it, else the place itself."""
    inside = tuple(scene.uow.places.tree().subtree(place_id))
    found = {par.place_id for par in scene.uow.pars.of(places=inside, items=[item_id])}
    return found.pop() if len(found) == 1 else place_id


def _quarantine(sketch: Sketch) -> Quarantine:
    places = () if sketch.here.place_id is None else (sketch.here.place_id,)
    lots = tuple(lot for line in sketch.lines for lot in line.lot_ids)
    if lots:
        return Quarantine(sketch.reason, lots, None, places, sketch.recalled)
    if len(sketch.lines) != 1:
        raise Invalid("One item at a time can be held as a whole; or name the lots.")
    return Quarantine(sketch.reason, (), _item(sketch.lines[0]), places, sketch.recalled)
