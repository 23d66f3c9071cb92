"""Q4: description, sizes, packs, price, supplier, identifiers, consigned or owned."""

from __future__ import annotations

from collections import defaultdict

from domain.model.ids import OURS, ItemId
from domain.model.item import Item
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import DescribeItemAnswer, ItemCard, ItemRef
from domain.usecases.ask.reach import reach
from domain.usecases.ask.requests import DescribeItem
from domain.usecases.ask.shelves import asked_items, item_ref, on_shelf


def describe_item(request: DescribeItem, *, uow: UnitOfWork) -> DescribeItemAnswer:
    """The card of each item, in the order asked; ``uow`` is open and only read.

    on_hand counts the shelves of the asker's facility, held and expired included: ``owned`` is ours, ``consigned`` belongs to
    ``consignors``, named in the alphabet's order. Substitutes that have left the catalogue are not offered.
    Raises UnknownItem.
    """
    where = reach((), asker=request.asker, uow=uow)
    items = asked_items(request.items, uow=uow)
    lines: defaultdict[ItemId, list[StockLine]] = defaultdict(list)
    for line in uow.stock.of_items([item.id for item in items]):
        if where.covers(line.place_id):
            lines[line.item_id].append(line)
    stand_ins = uow.catalogue.many({substitute.item_id for item in items for substitute in item.substitutes})
    families = {name: uow.catalogue.family(name) for name in {item.family for item in items if item.family}}
    return DescribeItemAnswer(
        aspects=request.aspects,
        currency=uow.places.facility(request.asker.facility_id).currency,
        items=tuple(
            _card(item, lines[item.id], stand_ins=stand_ins, family=families.get(item.family, []), uow=uow)
            for item in items
        ),
    )


def _card(
    item: Item,
    lines: list[StockLine],
    *,
    stand_ins: dict[ItemId, Item],
    family: list[Item],
    uow: UnitOfWork,
) -> ItemCard:
    shelf = on_shelf(lines)
    owned = sum(line.on_hand for line in shelf if line.owner_id == OURS)
    consigned = sum(line.on_hand for line in shelf if line.owner_id != OURS)
    owners = {line.owner_id for line in shelf if line.owner_id != OURS and line.on_hand > 0}
    ranked = sorted(item.substitutes, key=lambda substitute: substitute.rank)
    substitutes: list[ItemRef] = [
        item_ref(stand_ins[substitute.item_id])
        for substitute in ranked
        if substitute.item_id in stand_ins and stand_ins[substitute.item_id].active
    ]
    return ItemCard(
        item=item,
        sizes=tuple(item_ref(other) for other in family if other.id != item.id and other.active),
        substitutes=tuple(substitutes),
        on_hand=owned + consigned,
        owned=owned,
        consigned=consigned,
        consignors=tuple(sorted(uow.catalogue.supplier(owner).name for owner in owners)),
    )
