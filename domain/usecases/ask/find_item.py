"""Q1: where is it, which lot first, where is the nearest other."""

from __future__ import annotations

from collections import defaultdict

from domain.model.ids import ItemId
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import FindItemAnswer, ItemWhereabouts
from domain.usecases.ask.reach import reach
from domain.usecases.ask.requests import FindItem
from domain.usecases.ask.shelves import asked_items, item_ref, split


def find_item(request: FindItem, *, uow: UnitOfWork) -> FindItemAnswer:
    """Where each item asked for lies, in the order asked; ``uow`` is open and only read.

    Spots are shelf by shelf: those with some to take first, then by the way from the place asked about (else from the asker's
    home unit), then the fuller. A place is asked about with everything inside it. ``elsewhere`` names at most three places
    outside, the asked facility's own before another's. An item with nothing anywhere has no spots and zeros.
    The lot to take first is of what is neither expired, held nor under way. on_hand and available are sums over ``spots``.
    Raises UnknownItem and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    items = asked_items(request.items, uow=uow)
    lines: defaultdict[ItemId, list[StockLine]] = defaultdict(list)
    for line in uow.stock.of_items([item.id for item in items]):
        lines[line.item_id].append(line)
    found = []
    for item in items:
        here, elsewhere = split(lines[item.id], reach=where, today=request.today)
        found.append(
            ItemWhereabouts(
                item=item_ref(item),
                spots=here,
                elsewhere=elsewhere,
                on_hand=sum(spot.on_hand for spot in here),
                available=sum(spot.available for spot in here),
            )
        )
    return FindItemAnswer(asked=where.asked_refs, items=tuple(found))
