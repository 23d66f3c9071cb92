"""Balances of one item gathered into the spots where a person would look for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from domain.errors import UnknownItem
from domain.model.ids import NO_LOT, ItemId, PlaceId
from domain.model.item import Item
from domain.model.lot import fefo_key
from domain.model.movement import HELD, StockStatus
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.ask.answers import ItemRef, LotRef, Spot
from domain.usecases.ask.reach import Reach

MOST_ELSEWHERE = 3


def item_ref(item: Item) -> ItemRef:
    return ItemRef(item.id, item.number, item.name, item.size, item.base_unit)


def asked_items(item_ids: Sequence[ItemId], *, uow: UnitOfWork) -> list[Item]:
    """The items in the order asked, each once. Raises UnknownItem for the first that the catalogue does not have."""
    wanted = list(dict.fromkeys(item_ids))
    found = uow.catalogue.many(wanted)
    for item_id in wanted:
        if item_id not in found:
            raise UnknownItem(f"There is no item with the number {item_id} in the catalogue.")
    return [found[item_id] for item_id in wanted]


def on_shelf(lines: Iterable[StockLine]) -> list[StockLine]:
    """What lies on a shelf, held or not; what is under way is on none."""
    return [line for line in lines if line.status is not StockStatus.IN_TRANSIT]


def first_lot(lines: Sequence[StockLine], *, today: date) -> LotRef | None:
    """The lot to take first of what may be taken: first expired, first out. Stock kept without lots names none."""
    takeable = [line for line in lines if line.lot_id != NO_LOT and line.available(today) > 0]
    if not takeable:
        return None
    first = min(takeable, key=lambda line: fefo_key(line.expires_on, line.lot_id))
    quantity = sum(
        line.on_hand for line in lines if line.lot_id == first.lot_id and line.status is StockStatus.AVAILABLE
    )
    return LotRef(first.lot_id, first.lot_number, first.serial, first.expires_on, quantity)


def expired_quantity(lines: Iterable[StockLine], *, today: date) -> int:
    """On hand past its date and not held: what is both counts as held, so that it is subtracted once."""
    return sum(line.on_hand for line in lines if line.status is StockStatus.AVAILABLE and line.expired(today))


def held_quantity(lines: Iterable[StockLine]) -> int:
    return sum(line.on_hand for line in lines if line.status in HELD)


def spots(lines: Iterable[StockLine], *, reach: Reach, today: date) -> list[Spot]:
    """One spot a place with anything on hand: those with some to take first, then by the way to walk, then the fuller one."""
    by_place: defaultdict[PlaceId, list[StockLine]] = defaultdict(list)
    for line in on_shelf(lines):
        by_place[line.place_id].append(line)
    found: list[Spot] = []
    for place_id, held_here in by_place.items():
        if not any(line.on_hand for line in held_here):
            continue
        found.append(
            Spot(
                place=reach.ref(place_id),
                on_hand=sum(line.on_hand for line in held_here),
                available=sum(line.available(today) for line in held_here),
                first_lot=first_lot(held_here, today=today),
                metres=reach.metres(place_id),
                expired=expired_quantity(held_here, today=today),
                held=held_quantity(held_here),
            )
        )
    return sorted(found, key=lambda spot: _best_first(spot, reach=reach))


def split(
    lines: Iterable[StockLine], *, reach: Reach, today: date
) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """Spots inside what was asked about, and the nearest few outside of it that have some to take."""
    inside: list[StockLine] = []
    outside: list[StockLine] = []
    for line in lines:
        (inside if reach.covers(line.place_id) else outside).append(line)
    elsewhere = [
        spot
        for spot in spots([line for line in outside if line.available(today)], reach=reach, today=today)
        if spot.available
    ]
    chosen = elsewhere[:MOST_ELSEWHERE]
    return tuple(spots(inside, reach=reach, today=today)), tuple(chosen)


def _best_first(spot: Spot, *, reach: Reach) -> tuple[bool, bool, float, int, int, str, PlaceId]:
    return (
        spot.available <= 0,
        reach.abroad(spot.place.id),
        0.0 if spot.metres is None else spot.metres,
        -spot.available,
        -spot.on_hand,
        spot.place.path,
        spot.place.id,
    )
