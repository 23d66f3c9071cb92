"""Deliveries and the orders they belong to: which order it may be, and what of it is still to come."""

from __future__ import annotations

from bot.dialogue.acting.finding import Scene, area_of
from bot.dialogue.acting.sketch import Sketch, SketchLine, Spotted
from bot.understanding.naming import cut, full_name
from bot.views.acting.shown import Answer
from bot.views.words import counted, quantity, unit
from domain.model.ids import ItemId, PlaceId
from domain.model.purchase import PLACED, OrderLine, PurchaseOrder, PurchaseOrderId
from domain.model.receipt import Receipt
from domain.ports import UnitOfWork
from domain.usecases.purchase.receiving import line_for, order_named

MOST_LINES = 12
"""Lines of one delivery's card, as many as its form has room for; what is left is received by the next."""
MOST_ORDERS = 8
NO_ORDER = "none"


def with_order(sketch: Sketch, *, scene: Scene) -> Sketch:
    """The delivery with the order it belongs to: with all that is still to come where an order alone was named, with the one order that
    has its things where none was; of several ``orders`` asks which."""
    if sketch.order:
        return _of_named(sketch, scene=scene)
    items = [line.item_id for line in sketch.lines]
    if sketch.orders or not items or None in items:
        return sketch
    found = _open_with([item for item in items if item is not None], sketch, scene=scene)
    if len(found) == 1:
        return against(sketch, found[0], scene=scene)
    return sketch.with_(orders=tuple(int(order.id) for order in found[:MOST_ORDERS]))


def against(sketch: Sketch, order: PurchaseOrder, *, scene: Scene) -> Sketch:
    """The delivery as one of ``order``: its supplier, and the place where its goods are kept unless another was said."""
    here = sketch.here
    if here.assumed or not here.ids:
        here = Spotted(ids=(int(_place_of(order, scene)),), assumed=True)
    name = scene.uow.catalogue.supplier(order.supplier_id).name
    note = f"Against {order.number} from {name}."
    notes = (*(each for each in sketch.notes if not each.startswith("Against ")), note)
    return sketch.with_(
        order=order.number, orders=(), supplier=int(order.supplier_id), here=here, notes=notes[-6:]
    )


def _of_named(sketch: Sketch, *, scene: Scene) -> Sketch:
    order = order_named(sketch.order, facility_id=scene.person.facility_id, uow=scene.uow)
    if order is None:
        if sketch.order.upper().startswith("PO"):
            return sketch.with_(
                notes=(*sketch.notes, f"I know no order {sketch.order}; the number is only noted.")
            )
        return sketch
    sketch = against(sketch, order, scene=scene)
    named = [line for line in sketch.lines if line.items or line.said or line.number or line.serials]
    if named:
        return sketch
    place = sketch.here.place_id
    tree = scene.uow.places.tree()
    open_ = [line for line in order.lines if line.left]
    here = [line for line in open_ if place is not None and tree.within(line.place_id, outer=place)] or open_
    lines = tuple(_line(line, scene) for line in here[:MOST_LINES])
    notes = sketch.notes
    if len(open_) > len(lines) and lines:
        notes = (
            *notes,
            f"{counted(len(open_) - len(lines), 'more line')} of {order.number} to receive after this.",
        )
    if not open_:
        notes = (
            *notes,
            f"All of {order.number} came already."
            if order.state not in PLACED
            else "Nothing of it is left to come.",
        )
    return sketch.with_(lines=lines or sketch.lines, notes=notes)


def _line(line: OrderLine, scene: Scene) -> SketchLine:
    whole = line.left % line.pack_size == 0
    item = scene.uow.catalogue.get(line.item_id)
    figure = line.left // line.pack_size if whole else line.left
    unit_ = line.pack_unit if whole and line.pack_unit != item.base_unit else ""
    return SketchLine(items=(int(line.item_id),), figure=str(figure), unit=unit_)


def _open_with(items: list[ItemId], sketch: Sketch, *, scene: Scene) -> list[PurchaseOrder]:
    """The placed orders that have something to come of one of the items at least; those that have the most of them, oldest first."""
    found = scene.uow.orders.listed(scene.person.facility_id, states=PLACED, items=items)
    fits: dict[PurchaseOrderId, int] = {}
    for order in found:
        if sketch.supplier is not None and int(order.supplier_id) != sketch.supplier:
            continue
        lines = [line_for(order, item) for item in items]
        count = sum(line is not None and line.left > 0 for line in lines)
        if count:
            fits[order.id] = count
    most = max(fits.values(), default=0)
    return [order for order in found if fits.get(order.id, 0) == most > 0]


def _place_of(order: PurchaseOrder, scene: Scene) -> PlaceId:
    """The unit, or the store, where the most of its lines are kept."""
    areas = [area_of(line.place_id, scene=scene) for line in order.lines if line.left] or [
        area_of(line.place_id, scene=scene) for line in order.lines
    ]
    return max(dict.fromkeys(areas), key=areas.count)


def delivery_notes(done: Receipt, *, uow: UnitOfWork) -> list[str]:
    """What a receipt did to its order: "PO-12: all of it came.", what is still to come, what is more than was ordered."""
    came = uow.orders.of_receipt(done.facility_id, done.id)
    notes = []
    for order_id in dict.fromkeys(one.order_id for one in came):
        order = uow.orders.get(done.facility_id, order_id)
        items = uow.catalogue.many({line.item_id for line in order.lines})
        mine = {one.line for one in came if one.order_id == order_id}
        said = [
            f"{quantity(line.received - line.ordered, items[line.item_id].base_unit)} more of {full_name(items[line.item_id])} "
            "than ordered"
            for line in order.lines
            if line.number in mine and line.received > line.ordered
        ]
        open_ = [line for line in order.lines if line.left]
        for line in open_[:2]:
            item = items[line.item_id]
            said.append(f"{quantity(line.left, item.base_unit)} of {full_name(item)} still to come")
        if len(open_) > 2:
            said.append(f"{counted(len(open_) - 2, 'more line')} to come")
        notes.append(f"{order.number}: {'; '.join(said) if said else 'all of it came'}.")
    return notes


def order_answers(sketch: Sketch, *, scene: Scene) -> tuple[Answer, ...]:
    """The orders to choose from, with what each still has to come."""
    items = [line.item_id for line in sketch.lines if line.item_id is not None]
    answers = []
    for number in sketch.orders:
        order = scene.uow.orders.get(scene.person.facility_id, PurchaseOrderId(number))
        name = scene.uow.catalogue.supplier(order.supplier_id).name
        detail = "; ".join(_due(order, item, scene) for item in items[:2])
        answers.append(Answer(cut(f"{order.number} from {name}"), f"order:{number}", detail))
    return (*answers, Answer("No order", f"order:{NO_ORDER}"))


def _due(order: PurchaseOrder, item_id: ItemId, scene: Scene) -> str:
    line = line_for(order, item_id)
    if line is None or not line.left:
        return ""
    if line.left % line.pack_size:
        return quantity(line.left, scene.uow.catalogue.get(item_id).base_unit) + " to come"
    count = line.left // line.pack_size
    return f"{count} {unit(line.pack_unit, count=count)} to come"


def chosen(sketch: Sketch, choice: str, *, scene: Scene) -> Sketch:
    """The answer to which order it is. Raises ValueError for a token that is none of ours."""
    if choice == NO_ORDER:
        return sketch.with_(orders=(), order="no order")
    order = scene.uow.orders.get(scene.person.facility_id, PurchaseOrderId(int(choice)))
    return against(sketch, order, scene=scene)
