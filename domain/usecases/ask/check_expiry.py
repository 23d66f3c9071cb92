"""Q3: what lapses in the window, what of it will be used in time, who could use the rest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from domain.model.ids import OURS, FacilityId, ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.planning.expiry_risk import Candidate, Supply, refuges
from domain.planning.rates import UseRate, daily_use, rate_window
from domain.ports import LapsingRow, UnitOfWork
from domain.usecases.ask.answers import ExpiringAnswer, ExpiringLot, Haven, ItemRef, LotRef, SavingMove
from domain.usecases.ask.lapse import lapses
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import CheckExpiry
from domain.usecases.ask.shelves import asked_items, item_ref

MOST_LOTS = 100
MOST_VALUED = 500
"""Lots whose cost and use are looked up: who has more that lapse sees to the first hundreds first."""

MOST_MOVED = 25
"""Items for which the best moves are worked out while somebody waits: those that lose most."""


def check_expiry(request: CheckExpiry, *, uow: UnitOfWork) -> ExpiringAnswer:
    """The lots at the places asked about, and inside them, whose last day falls in the window; ``uow`` is open and only read.

    What lapsed on days of the window that are past, and still lies on a shelf, comes first: it will not be used, and no other
    place may. ``already_expired`` counts what lapsed at any time. At most 100 lots are listed and all are counted; where more
    than 500 lapse, values are summed over the days that come first, until 500 lots are reached.

    Values are ours alone: consigned lots are shown with a value of 0, and held ones (quarantined, recalled) with nothing used
    and no haven: they must not be moved on. Havens are other places of the lot's facility, at most three, the most helpful
    first, then the nearest; each lot is judged by itself. Moves are weighed against each other over all lots of the item.
    Raises UnknownItem and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    if request.items:
        asked_items(request.items, uow=uow)
    rows, sums = uow.questions.lapsing(
        where.scope,
        today=request.today,
        start=request.window.start,
        end=request.window.end,
        rate=rate_window(request.today),
        items=request.items,
        limit=MOST_LOTS,
        valued=MOST_VALUED,
    )
    lapsed = uow.questions.lapsed(where.scope, today=request.today, items=request.items, valued=MOST_VALUED)
    items = uow.catalogue.many({row.item_id for row in rows})
    demand = _demand(rows, uow=uow, where=where, request=request)
    moves = _moves(rows, uow=uow, where=where, request=request)
    return ExpiringAnswer(
        asked=where.asked_refs,
        window=request.window,
        currency=uow.places.facility(request.asker.facility_id).currency,
        lots=tuple(
            _lot(
                row,
                item=item_ref(items[row.item_id]),
                demand=demand[row.item_id],
                moves=moves.get((row.lot_id, row.place_id), ()) if row.owner_id == OURS else (),
                where=where,
                request=request,
            )
            for row in rows
        ),
        total_lots=sums.lots,
        total_quantity=sums.quantity,
        total_value=sums.value,
        total_value_lapsing=sums.value_lapsing,
        already_expired_lots=lapsed.lots,
        already_expired_value=lapsed.value,
        valued_lots=sums.valued if sums.valued < sums.lots else None,
    )


@dataclass(frozen=True, slots=True)
class _Demand:
    """Who uses an item, and the lots they have themselves."""

    rates: dict[PlaceId, UseRate]
    own: dict[PlaceId, list[Supply]]


def _demand(
    rows: list[LapsingRow], *, uow: UnitOfWork, where: Reach, request: CheckExpiry
) -> dict[ItemId, _Demand]:
    """For the items of which something will lapse; no question is asked of the store for the others."""
    found = {row.item_id: _Demand({}, {}) for row in rows}
    ids = sorted({row.item_id for row in rows if _may_move(row, request=request)})
    if not ids:
        return found
    window = rate_window(request.today)
    for (item_id, place_id), used in uow.usage.totals(ids, start=window.start, end=window.end).items():
        if used > 0:
            found[item_id].rates[place_id] = daily_use(used)
    for line in uow.stock.of_items(ids):
        demand = found[line.item_id]
        usable = line.status is StockStatus.AVAILABLE and line.on_hand > 0 and not line.expired(request.today)
        if usable and line.place_id in demand.rates:
            supply = Supply(line.lot_id, line.expires_on, line.on_hand)
            demand.own.setdefault(line.place_id, []).append(supply)
    return found


def _may_move(row: LapsingRow, *, request: CheckExpiry) -> bool:
    return row.quantity - row.held - row.will_use > 0 and row.expires_on > request.today


def _moves(
    rows: list[LapsingRow], *, uow: UnitOfWork, where: Reach, request: CheckExpiry
) -> dict[tuple[LotId, PlaceId], tuple[SavingMove, ...]]:
    """By lot and place: the moves that save most, for the items that lose most."""
    lost: dict[tuple[FacilityId, ItemId], Decimal] = {}
    for row in rows:
        if row.owner_id == OURS and _may_move(row, request=request):
            key = (where.tree.get(row.place_id).facility_id, row.item_id)
            lapsing = row.quantity - row.held - row.will_use
            lost[key] = lost.get(key, Decimal(0)) + row.unit_cost * lapsing
    chosen = sorted(lost, key=lambda key: (-lost[key], key))[:MOST_MOVED]
    found: dict[tuple[LotId, PlaceId], tuple[SavingMove, ...]] = {}
    for facility_id in {facility_id for facility_id, _ in chosen}:
        items = {item_id for facility, item_id in chosen if facility == facility_id}
        known = lapses(items, facility_id=facility_id, today=request.today, uow=uow)
        for lot in known.lots:
            if lot.moves:
                found[lot.lot_id, lot.place_id] = tuple(
                    SavingMove(
                        where.ref(move.to_place_id),
                        move.quantity,
                        known.rates.get((lot.item_id, move.to_place_id), 0.0),
                        Decimal(round(move.saved * 100)) / 100,
                    )
                    for move in lot.moves
                )
    return found


def _lot(
    row: LapsingRow,
    *,
    item: ItemRef,
    demand: _Demand,
    moves: tuple[SavingMove, ...],
    where: Reach,
    request: CheckExpiry,
) -> ExpiringLot:
    consigned = row.owner_id != OURS
    will_lapse = row.quantity - row.will_use
    return ExpiringLot(
        item=item,
        lot=LotRef(row.lot_id, row.lot_number, row.serial, row.expires_on, row.quantity),
        place=where.ref(row.place_id),
        quantity=row.quantity,
        expires_on=row.expires_on,
        days_left=(row.expires_on - request.today).days,
        value=Decimal(0) if consigned else row.unit_cost * row.quantity,
        daily_use=daily_use(row.used).daily,
        will_use=row.will_use,
        will_lapse=will_lapse,
        value_lapsing=Decimal(0) if consigned else row.unit_cost * will_lapse,
        havens=_havens(row, demand=demand, where=where, request=request),
        held=row.held,
        consigned=consigned,
        moves=moves,
    )


def _havens(row: LapsingRow, *, demand: _Demand, where: Reach, request: CheckExpiry) -> tuple[Haven, ...]:
    if not _may_move(row, request=request):
        return ()
    home = where.tree.get(row.place_id).facility_id
    candidates = [
        Candidate(place_id, rate, demand.own.get(place_id, []), where.tree.distance(row.place_id, place_id))
        for place_id, rate in demand.rates.items()
        if place_id != row.place_id and where.tree.get(place_id).facility_id == home
    ]
    chosen = refuges(
        candidates,
        will_lapse=row.quantity - row.held - row.will_use,
        expires_on=row.expires_on,
        today=request.today,
    )
    return tuple(
        Haven(where.ref(one.place_id), demand.rates[one.place_id].daily, one.could_use) for one in chosen
    )
