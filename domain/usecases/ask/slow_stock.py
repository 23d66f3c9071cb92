"""Q10: what hardly moves, what lies above need, how much cash that ties up, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from domain.errors import InvalidWindow
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.item import Criticality, Item
from domain.model.par import Par
from domain.model.place import PlaceKind, PlaceTree
from domain.model.window import DateWindow
from domain.planning.stock_health import COVER_DAYS, SLOW_DAYS, Health, Pace, health
from domain.ports import UnitOfWork
from domain.ports.questions import IdleRow
from domain.usecases.act.costing import offered
from domain.usecases.ask.answers import SlowAdvice, SlowLine, SlowStockAnswer
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import SlowStock
from domain.usecases.ask.shelves import asked_items, item_ref

MOST_LINES = 200
MOST_WEIGHED = 4_000
"""Lines that are looked at closely: of more, those that cost most."""

LEAST_CASH = Decimal(1)
CHUNK = 400


def slow_stock(request: SlowStock, *, uow: UnitOfWork) -> SlowStockAnswer:
    """Items by place that were not used in the window, last more than 180 days at its pace, or lie above their maximum and 90 days'
    need; ``uow`` is open and only read. Those that tie up most cash come first; at most 200 are listed and all are counted.

    What a store sends to other places is its use. What is life-saving, or on a cart, is needed up to its par however seldom it is
    used. The window is looked at up to today. Raises InvalidWindow, UnknownItem and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    if request.items:
        asked_items(request.items, uow=uow)
    if request.window.start >= request.today:
        raise InvalidWindow(f"What moved since {request.window.start} can be told from the day after on.")
    window = DateWindow(request.window.start, request.today, request.window.label)
    lines, weighed = slow_lines(where, items=request.items, window=window, uow=uow)
    return SlowStockAnswer(
        asked=where.asked_refs,
        window=window,
        currency=uow.places.facility(where.scope.facility_id).currency,
        lines=advised(lines[:MOST_LINES], where=where, window=window, uow=uow),
        total=len(lines),
        dead=sum(line.pace is Pace.DEAD for line in lines),
        value=sum((line.value for line in lines), Decimal(0)),
        tied_up=sum((line.tied_up for line in lines), Decimal(0)),
        dead_value=sum((line.value for line in lines if line.pace is Pace.DEAD), Decimal(0)),
        weighed=weighed,
    )


def slow_lines(
    where: Reach, *, items: Sequence[ItemId], window: DateWindow, uow: UnitOfWork
) -> tuple[tuple[SlowLine, ...], int | None]:
    """All lines in reach, without advice, the most cash first; how many were looked at, where there were more than are."""
    rows = uow.questions.idle(where.scope, items=items, window=window, least=COVER_DAYS)
    more = len(rows) > MOST_WEIGHED
    if more:
        rows = sorted(rows, key=lambda row: (-row.value, row.item_id, row.place_id))[:MOST_WEIGHED]
    by_item: defaultdict[ItemId, list[IdleRow]] = defaultdict(list)
    for row in rows:
        by_item[row.item_id].append(row)
    found: list[SlowLine] = []
    ids = sorted(by_item)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        known = uow.catalogue.many(chunk)
        pars = {(par.item_id, par.place_id): par for par in uow.pars.of(items=chunk)}
        sent = _sent(chunk, where, window=window, uow=uow)
        for item_id in chunk:
            for row in by_item[item_id]:
                line = _line(row, known[item_id], pars, sent, where=where, window=window)
                if line is not None:
                    found.append(line)
    found.sort(key=lambda line: (-line.tied_up, -line.value, line.item.id, line.place.id))
    return tuple(found), MOST_WEIGHED if more else None


def _sent(
    items: Sequence[ItemId], where: Reach, *, window: DateWindow, uow: UnitOfWork
) -> dict[tuple[ItemId, PlaceId], int]:
    return {
        (one.item_id, one.place_id): one.quantity
        for facility_id in _facilities(where)
        for one in uow.questions.sent_on(facility_id, items=items, window=window)
    }


def _facilities(where: Reach) -> list[FacilityId]:
    if where.asked:
        return sorted({where.tree.get(place).facility_id for place in where.asked})
    return [where.facility_id]


def _line(
    row: IdleRow,
    item: Item,
    pars: Mapping[tuple[ItemId, PlaceId], Par],
    sent: Mapping[tuple[ItemId, PlaceId], int],
    *,
    where: Reach,
    window: DateWindow,
) -> SlowLine | None:
    par = pars.get((row.item_id, row.place_id))
    used = max(0, row.used) + sent.get((row.item_id, row.place_id), 0)
    ready = item.criticality is Criticality.LIFE_SAVING or on_cart(where.tree, row.place_id)
    state: Health = health(
        row.on_hand,
        used=used,
        days=window.days,
        maximum=None if par is None else par.maximum,
        standby=par.par if par is not None and ready else 0,
    )
    each = offered(item)
    value = row.value + each * (row.ours - row.costed)
    unit_cost = value / row.ours if row.ours else Decimal(0)
    tied_up = (unit_cost * min(state.excess, row.ours)).quantize(Decimal("0.01"))
    if state.pace is Pace.MOVING or tied_up < LEAST_CASH:
        return None
    return SlowLine(
        item=item_ref(item),
        place=where.ref(row.place_id),
        pace=state.pace,
        on_hand=row.on_hand,
        used=used,
        last_used=row.last_used,
        days_on_hand=state.days_on_hand,
        turns=state.turns,
        par=None if par is None else par.par,
        need=state.need,
        excess=min(state.excess, row.ours),
        value=value.quantize(Decimal("0.01")),
        tied_up=tied_up,
    )


def on_cart(tree: PlaceTree, place_id: PlaceId) -> bool:
    """Carts stand ready for an emergency."""
    return any(tree.get(above).kind is PlaceKind.CART for above in tree.lineage(place_id))


@dataclass(frozen=True, slots=True)
class _Taker:
    place_id: PlaceId
    daily: float
    room: int


def advised(
    lines: Sequence[SlowLine], *, where: Reach, window: DateWindow, uow: UnitOfWork
) -> tuple[SlowLine, ...]:
    """The lines with what to do: carried to where the item is used up within half a year, else sent back to who sells it, where
    nobody of the facility uses it; else the par brought down to the need."""
    found: list[SlowLine] = []
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        ids = sorted({line.item.id for line in chunk})
        items = uow.catalogue.many(ids)
        used: defaultdict[ItemId, dict[PlaceId, int]] = defaultdict(dict)
        for facility_id in _facilities(where):
            for one in uow.questions.use_spread(facility_id, items=ids, window=window):
                used[one.item_id][one.place_id] = one.quantity
        held: defaultdict[tuple[ItemId, PlaceId], int] = defaultdict(int)
        for stock in uow.stock.of_items(ids):
            held[stock.item_id, stock.place_id] += stock.available(window.end)
        found.extend(
            _advice(line, items[line.item.id], used[line.item.id], held, where=where, days=window.days)
            for line in chunk
        )
    return tuple(found)


def _advice(
    line: SlowLine,
    item: Item,
    used: Mapping[PlaceId, int],
    held: Mapping[tuple[ItemId, PlaceId], int],
    *,
    where: Reach,
    days: int,
) -> SlowLine:
    takers = [
        _Taker(place, quantity / days, int(quantity * SLOW_DAYS / days) - held[item.id, place])
        for place, quantity in used.items()
        if place != line.place.id and quantity > 0 and not on_cart(where.tree, place)
    ]
    able = [taker for taker in takers if taker.room > 0]
    if able:
        best = max(
            able,
            key=lambda one: (min(one.room, line.excess), -where.tree.distance(line.place.id, one.place_id)),
        )
        return replace(
            line,
            advice=SlowAdvice.MOVE,
            to=where.ref(best.place_id),
            to_daily=best.daily,
            quantity=min(best.room, line.excess),
        )
    offer = item.best_offer
    if not used and offer is not None:
        return replace(line, advice=SlowAdvice.SEND_BACK, supplier=offer.supplier_name, quantity=line.excess)
    if line.par is not None and line.par > line.need:
        return replace(line, advice=SlowAdvice.LOWER_PAR, quantity=max(1, line.need))
    return line
