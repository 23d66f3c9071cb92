"""What of the lots on the shelves will lapse unused, and which moves save most: for answers and alerts alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from domain.model.ids import NO_LOT, OURS, FacilityId, ItemId, LotId, PlaceId, SupplierId
from domain.model.item import AbcClass, Criticality, Item
from domain.model.lot import fefo_key
from domain.model.movement import StockStatus
from domain.model.place import PlaceKind, PlaceTree
from domain.model.stock import StockLine
from domain.model.window import DateWindow
from domain.planning.saving_moves import (
    AHEAD_DAYS,
    Handling,
    HeldLot,
    Move,
    Spot,
    best_moves,
    expected_lapse,
)
from domain.planning.uncertain_use import USE_DAYS, UncertainUse, learned, of_places
from domain.ports import UnitOfWork
from domain.ports.questions import UseSpread
from domain.usecases.act.costing import UnitCosts

FULL_DAYS, MIDDLE_DAYS, SHORT_DAYS = 90, 60, 30
DEAR = Decimal(100)
"""A base unit that costs as much is looked at as far ahead as any."""

STORE_LAG = 7
"""Days for which nothing that leaves a store is used yet, at the least: the round, and what lies on the shelves before it."""

STORE_DAYS = 4
"""A place is a store if things left it for others on so many days of the window, and more of them than were used there."""

CHUNK = 400
"""Items read together."""


@dataclass(frozen=True, slots=True)
class LotLapse:
    """A lot of one owner at one place. ``quantity`` base units may be taken; ``will_lapse`` of them are expected to lapse unused.

    ``use`` is the place's. ``moves`` are those that save most of it, best first; 0 or more. ``unit_cost`` is the lot's receipt's.
    """

    item_id: ItemId
    place_id: PlaceId
    lot_id: LotId
    owner_id: SupplierId
    number: str
    serial: str
    expires_on: date
    days_left: int
    quantity: int
    will_lapse: float
    unit_cost: Decimal
    use: UncertainUse
    moves: tuple[Move, ...] = ()

    @property
    def consigned(self) -> bool:
        return self.owner_id != OURS

    @property
    def at_risk(self) -> Decimal:
        """What is expected to be lost, in the facility's currency; of goods that are not ours, nothing."""
        if self.consigned:
            return Decimal(0)
        return (self.unit_cost * Decimal(repr(round(self.will_lapse, 4)))).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Lapses:
    """``lots`` by item, then place and day. ``uses`` is what is expected of each item at each place that keeps or uses it.

    ``rates`` is what was seen there, in base units a day; for a store, what was asked of it. Places without any are left out.
    """

    lots: tuple[LotLapse, ...]
    uses: Mapping[tuple[ItemId, PlaceId], UncertainUse]
    rates: Mapping[tuple[ItemId, PlaceId], float]


def look_ahead(item: Item, *, unit_cost: Decimal) -> int:
    """Days ahead at which a lot is first spoken of: 90 for what is life-saving, of class A or dear, 60 for what is essential or of
    class B, else 30."""
    if item.criticality is Criticality.LIFE_SAVING or item.abc is AbcClass.A or unit_cost >= DEAR:
        return FULL_DAYS
    return MIDDLE_DAYS if item.criticality is Criticality.ESSENTIAL or item.abc is AbcClass.B else SHORT_DAYS


def lapses(
    item_ids: Collection[ItemId],
    *,
    facility_id: FacilityId,
    today: date,
    uow: UnitOfWork,
    moved: Collection[ItemId] | None = None,
    handling: Handling | None = None,
) -> Lapses:
    """What will lapse of these items at the facility within 90 days, place by place; ``uow`` is open and only read.

    Use is learned from the last 26 weeks. A store that fills other places uses what they ask of it. Lots past their date, held,
    under way or promised are left out. Moves are sought for the items ``moved``, or for all: only of what is ours, within the
    item's own horizon (``look_ahead``), to places of the facility that were seen to use the item; nothing short-dated is brought to a cart.
    """
    tree = uow.places.tree()
    lots: list[LotLapse] = []
    uses: dict[tuple[ItemId, PlaceId], UncertainUse] = {}
    rates: dict[tuple[ItemId, PlaceId], float] = {}
    for chunk in _chunks(sorted(item_ids)):
        items = uow.catalogue.many(chunk)
        lines = _usable(uow.stock.of_items(chunk), facility_id=facility_id, tree=tree, today=today)
        slack = _slack(chunk, lines, tree=tree, facility_id=facility_id, today=today, uow=uow)
        sent = uow.questions.sent_on(facility_id, items=chunk, window=_window(today))
        found, seen = _uses(chunk, slack, facility_id=facility_id, today=today, uow=uow)
        stores = _stores(sent, found, seen, slack)
        found |= stores
        uses |= found
        rates |= seen | {key: use.mean for key, use in stores.items()}
        near = [line for of_item in lines.values() for line in of_item if _days(line, today) <= FULL_DAYS]
        costs = UnitCosts(items, {line.lot_id for line in near}, uow=uow)
        for item_id in chunk:
            here = lines.get(item_id, [])
            if any(_days(line, today) <= FULL_DAYS for line in here):
                wanted = moved is None or item_id in moved
                lots.extend(
                    _of_item(
                        items[item_id],
                        here,
                        found,
                        rates,
                        costs,
                        tree,
                        today,
                        wanted=wanted,
                        handling=handling,
                    )
                )
    return Lapses(tuple(lots), uses, rates)


def _chunks(item_ids: Sequence[ItemId]) -> Iterator[Sequence[ItemId]]:
    for start in range(0, len(item_ids), CHUNK):
        yield item_ids[start : start + CHUNK]


def _days(line: StockLine, today: date) -> int:
    return (line.expires_on - today).days if line.expires_on is not None else 1 << 20


type _ByPlace[Value] = Mapping[tuple[ItemId, PlaceId], Value]


def _window(today: date) -> DateWindow:
    return DateWindow(today - timedelta(days=USE_DAYS), today - timedelta(days=1))


def _uses(
    items: Sequence[ItemId],
    kept: Collection[tuple[ItemId, PlaceId]],
    *,
    facility_id: FacilityId,
    today: date,
    uow: UnitOfWork,
) -> tuple[dict[tuple[ItemId, PlaceId], UncertainUse], dict[tuple[ItemId, PlaceId], float]]:
    """What is expected, and what was seen a day, where items are used or kept on shelves of their own (``kept``)."""
    sums: defaultdict[ItemId, dict[PlaceId, tuple[int, int]]] = defaultdict(dict)
    for item_id, place_id in kept:
        sums[item_id][place_id] = (0, 0)
    seen: dict[tuple[ItemId, PlaceId], float] = {}
    for one in uow.questions.use_spread(facility_id, items=items, window=_window(today)):
        sums[one.item_id][one.place_id] = (one.quantity, one.squares)
        seen[one.item_id, one.place_id] = one.quantity / USE_DAYS
    uses = {
        (item_id, place_id): use
        for item_id, places in sums.items()
        for place_id, use in of_places(places).items()
    }
    return uses, seen


def _slack(
    items: Sequence[ItemId],
    lines: Mapping[ItemId, Sequence[StockLine]],
    *,
    tree: PlaceTree,
    facility_id: FacilityId,
    today: date,
    uow: UnitOfWork,
) -> dict[tuple[ItemId, PlaceId], int]:
    """By shelf with a par of its own: what it may use before it asks its store for more."""
    found: dict[tuple[ItemId, PlaceId], int] = {}
    for par in uow.pars.of(items=items):
        if tree.get(par.place_id).facility_id != facility_id:
            continue
        held = sum(
            line.available(today) for line in lines.get(par.item_id, ()) if line.place_id == par.place_id
        )
        found[par.item_id, par.place_id] = max(0, held - par.reorder_point)
    return found


def _stores(
    sent: Sequence[UseSpread],
    uses: _ByPlace[UncertainUse],
    seen: _ByPlace[float],
    slack: _ByPlace[int],
) -> dict[tuple[ItemId, PlaceId], UncertainUse]:
    """The use of stores: what is asked of them, from when on the shelves that they fill have used up what they need not ask for."""
    found: dict[tuple[ItemId, PlaceId], UncertainUse] = {}
    for one in sent:
        key = (one.item_id, one.place_id)
        if one.days < STORE_DAYS or seen.get(key, 0.0) * USE_DAYS >= one.quantity:
            continue
        waiting = sum(
            min(slack.get(shelf, 0) + 1, AHEAD_DAYS * use.mean)
            for shelf, use in uses.items()
            if shelf[0] == one.item_id and shelf != key
        )
        lag = max(STORE_LAG, round(waiting * USE_DAYS / one.quantity))
        found[key] = learned(one.quantity, squares=one.squares, lag=lag)
    return found


def _usable(
    lines: Sequence[StockLine], *, facility_id: FacilityId, tree: PlaceTree, today: date
) -> dict[ItemId, list[StockLine]]:
    found: defaultdict[ItemId, list[StockLine]] = defaultdict(list)
    for line in lines:
        usable = line.status is StockStatus.AVAILABLE and line.lot_id != NO_LOT and line.available(today) > 0
        if usable and line.expires_on is not None and tree.get(line.place_id).facility_id == facility_id:
            found[line.item_id].append(line)
    return found


def _of_item(
    item: Item,
    lines: Sequence[StockLine],
    uses: _ByPlace[UncertainUse],
    rates: _ByPlace[float],
    costs: UnitCosts,
    tree: PlaceTree,
    today: date,
    *,
    wanted: bool,
    handling: Handling | None,
) -> list[LotLapse]:
    idle = UncertainUse(0.0)
    by_place: defaultdict[PlaceId, list[StockLine]] = defaultdict(list)
    for line in lines:
        by_place[line.place_id].append(line)
    places = sorted({place_id for item_id, place_id in uses if item_id == item.id} | set(by_place))
    spots = [
        Spot(
            place_id,
            uses.get((item.id, place_id), idle),
            tuple(
                HeldLot(line.lot_id, _days(line, today), line.available(today), movable=line.owner_id == OURS)
                for line in by_place[place_id]
            ),
            takes=(item.id, place_id) in rates and not _on_cart(tree, place_id),
        )
        for place_id in places
    ]
    found = [
        lot
        for spot in spots
        for lot in _lapse_of(item, spot, by_place[spot.place_id], costs, today)
        if lot.days_left <= FULL_DAYS
    ]
    ours = [lot for lot in found if not lot.consigned and lot.will_lapse > 0]
    if not wanted or not ours:
        return found
    pieces = sum(lot.quantity for lot in ours)
    unit_cost = sum((lot.unit_cost * lot.quantity for lot in ours), Decimal(0)) / pieces
    moves = best_moves(
        spots,
        unit_cost=float(unit_cost),
        way=tree.distance,
        within=look_ahead(item, unit_cost=unit_cost),
        handling=handling,
    )
    by_lot: defaultdict[tuple[LotId, PlaceId], list[Move]] = defaultdict(list)
    for move in moves:
        by_lot[move.lot_id, move.from_place_id].append(move)
    return [
        lot if lot.consigned else replace(lot, moves=tuple(by_lot[lot.lot_id, lot.place_id])) for lot in found
    ]


def _on_cart(tree: PlaceTree, place_id: PlaceId) -> bool:
    """Carts stand ready for an emergency: what is on them should last."""
    return any(tree.get(above).kind is PlaceKind.CART for above in tree.lineage(place_id))


def _lapse_of(
    item: Item, spot: Spot, lines: Sequence[StockLine], costs: UnitCosts, today: date
) -> Iterator[LotLapse]:
    expected = expected_lapse(spot)
    there: defaultdict[LotId, int] = defaultdict(int)
    for line in lines:
        there[line.lot_id] += line.available(today)
    for line in sorted(lines, key=lambda line: fefo_key(line.expires_on, line.lot_id)):
        if line.expires_on is None or line.lot_id not in expected:
            continue
        mine = line.available(today)
        yield LotLapse(
            item_id=item.id,
            place_id=spot.place_id,
            lot_id=line.lot_id,
            owner_id=line.owner_id,
            number=line.lot_number,
            serial=line.serial,
            expires_on=line.expires_on,
            days_left=_days(line, today),
            quantity=mine,
            will_lapse=expected[line.lot_id] * mine / there[line.lot_id],
            unit_cost=costs.of(item.id, line.lot_id),
            use=spot.use,
        )
