"""Q2: on hand, available, par, days of supply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from domain.model.ids import ItemId, PlaceId
from domain.model.item import Item
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.model.stock import StockLine
from domain.planning.rates import RATE_DAYS, daily_use, days_of_supply, rate_window
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import CheckStockAnswer, ItemStock
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import CheckStock
from domain.usecases.ask.shelves import (
    asked_items,
    expired_quantity,
    held_quantity,
    item_ref,
    on_shelf,
    split,
)


def check_stock(request: CheckStock, *, uow: UnitOfWork) -> CheckStockAnswer:
    """How much of each item there is at the places asked about and inside them; ``uow`` is open and only read.

    on_hand is what lies on the shelves; what is both held and past its date counts as held, not as expired. ``in_transit`` is
    on its way to those places. Pars count where they are set at an asked place or inside it, never above it; of a par inside
    another that counts, only the outer one does. The rate of use is that of the last ``rate_days`` whole days, net of returns.
    Where a balance stands below zero, available is more than the difference: what lies on another shelf may be taken all the same.
    Raises UnknownItem and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    items = asked_items(request.items, uow=uow)
    ids = [item.id for item in items]
    lines: defaultdict[ItemId, list[StockLine]] = defaultdict(list)
    for line in uow.stock.of_items(ids):
        lines[line.item_id].append(line)
    pars: defaultdict[ItemId, list[Par]] = defaultdict(list)
    for par in uow.pars.of(items=ids) if ids else ():
        if where.covers(par.place_id):
            pars[par.item_id].append(par)
    window = rate_window(request.today)
    used: defaultdict[ItemId, int] = defaultdict(int)
    for (item_id, place_id), quantity in uow.usage.totals(ids, start=window.start, end=window.end).items():
        if where.covers(place_id):
            used[item_id] += quantity
    return CheckStockAnswer(
        asked=where.asked_refs,
        items=tuple(
            _balance(
                item, lines[item.id], pars=pars[item.id], used=used[item.id], where=where, request=request
            )
            for item in items
        ),
    )


def _balance(
    item: Item, lines: list[StockLine], *, pars: list[Par], used: int, where: Reach, request: CheckStock
) -> ItemStock:
    inside = [line for line in lines if where.covers(line.place_id)]
    shelf = on_shelf(inside)
    available = sum(line.available(request.today) for line in shelf)
    rate = daily_use(used)
    outer = _outermost(pars, where=where)
    here, elsewhere = split(lines, reach=where, today=request.today)
    return ItemStock(
        item=item_ref(item),
        on_hand=sum(line.on_hand for line in shelf),
        reserved=sum(line.reserved for line in shelf),
        held=held_quantity(shelf),
        expired=expired_quantity(shelf, today=request.today),
        in_transit=sum(line.on_hand for line in inside if line.status is StockStatus.IN_TRANSIT),
        available=available,
        par=sum(par.par for par in outer) if outer else None,
        reorder_point=sum(par.reorder_point for par in outer) if outer else None,
        daily_use=rate.daily,
        rate_days=RATE_DAYS,
        days_of_supply=days_of_supply(available, rate=rate),
        spots=here,
        elsewhere=elsewhere,
    )


def _outermost(pars: Iterable[Par], *, where: Reach) -> list[Par]:
    """Without the pars whose place lies inside another's: the outer level includes them."""
    kept = list(pars)
    places: set[PlaceId] = {par.place_id for par in kept}
    return [par for par in kept if places.isdisjoint(where.tree.lineage(par.place_id)[:-1])]
