"""Q8: what is low, and how much to bring."""

from __future__ import annotations

from domain.planning.rates import daily_use, days_of_supply, rate_window
from domain.ports import LowRow, UnitOfWork
from domain.usecases.ask.answers import BelowParAnswer, ItemRef, LowLine
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import BelowPar
from domain.usecases.ask.shelves import asked_items, item_ref

MOST_LINES = 200


def below_par(request: BelowPar, *, uow: UnitOfWork) -> BelowParAnswer:
    """The pars at the places asked about, and inside them, whose available stock is at or below the reorder point.

    What is expired, held or promised does not count as available. Out of stock comes first, life-saving before routine, then
    what runs out soonest; at most 200 lines, the counts are over all. ``bring`` makes up the par less what is already under
    way, and is 0 where that will do. Rates are of the last 56 whole days. ``uow`` is open and only read.
    Raises UnknownItem and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    if request.items:
        asked_items(request.items, uow=uow)
    low = uow.questions.low(
        where.scope,
        today=request.today,
        rate=rate_window(request.today),
        items=request.items,
        limit=MOST_LINES,
    )
    items = uow.catalogue.many({row.par.item_id for row in low.rows})
    return BelowParAnswer(
        asked=where.asked_refs,
        lines=tuple(_line(row, item=item_ref(items[row.par.item_id]), where=where) for row in low.rows),
        total=low.total,
        out_of_stock=low.out_of_stock,
    )


def _line(row: LowRow, *, item: ItemRef, where: Reach) -> LowLine:
    rate = daily_use(row.used)
    return LowLine(
        item=item,
        place=where.ref(row.par.place_id),
        available=row.available,
        in_transit=row.in_transit,
        minimum=row.par.minimum,
        reorder_point=row.par.reorder_point,
        par=row.par.par,
        bring=max(0, row.par.par - row.available - row.in_transit),
        daily_use=rate.daily,
        days_left=days_of_supply(row.available, rate=rate),
    )
