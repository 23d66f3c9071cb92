"""The model's rules of what a movement does, as a table over plain rows: for where a Movement object costs too much.

The table is made by asking the model itself: ``stock_effects`` and ``usage_effects`` of one sample movement of every kind that
there can be, forwards and reversed, entering and leaving. So the model stays the only place that knows the rules. What is taken
for granted here, that effects grow with the quantity and name the movement's own item, lot, owner, day and target, is proved by
a property test over all movements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from uuid import UUID

from domain.errors import InvalidMovement
from domain.model.ids import FacilityId, ItemId, MovementId, PersonId, PlaceId
from domain.model.movement import Movement, MovementKind, StockStatus, stock_effects, usage_effects
from domain.ports import MovementRow

type BalanceKey = tuple[int, int, int, int, int, str]
"""facility_id, item_id, place_id, lot_id, owner_id, status: as the primary key of ``stock``."""

type UseKey = tuple[int, int, str, int, str, int]
"""facility_id, item_id, day (ISO), place_id, kind, charge_id: as the primary key of ``daily_usage``."""

type SpendKey = tuple[int, str, int, str, int]
"""facility_id, day (ISO), unit_id, kind, charge_id: as the primary key of ``spend_by_target``."""

type MonthKey = tuple[int, int, str, int, str, int]
"""facility_id, item_id, first of the month (ISO), unit_id, kind, charge_id: ``spend_by_item`` before targets become departments."""

type _Shape = tuple[str, bool, bool]
"""kind, is no reversal, leaves no place."""

type _OnBalance = tuple[bool, int, int]
"""At the place it leaves (else the one it enters); on hand and reserved, in quantities."""

type _OnUse = tuple[bool, str, int]
"""At the place it leaves (else the one it enters); kind of use; the sign of quantity and cost."""

_LEFT, _ENTERED = PlaceId(1), PlaceId(2)


def rules() -> dict[_Shape, tuple[tuple[_OnBalance, ...], _OnUse | None]]:
    """What each shape of movement does to balances, and to a sum of use, as the model says."""
    found: dict[_Shape, tuple[tuple[_OnBalance, ...], _OnUse | None]] = {}
    blank = Movement(
        id=MovementId(UUID(int=1)),
        facility_id=FacilityId(1),
        key="-",
        kind=MovementKind.RECEIVE,
        item_id=ItemId(1),
        quantity=1,
        occurred_at=datetime(1970, 1, 1, tzinfo=UTC),
        recorded_at=datetime(1970, 1, 1, tzinfo=UTC),
        day=date(1970, 1, 1),
        actor_id=PersonId(1),
        to_place_id=_ENTERED,
        unit_cost=Decimal(1),
    )
    for kind, reverses, left, entered in product(
        MovementKind, (None, MovementId(UUID(int=2))), (None, _LEFT), (None, _ENTERED)
    ):
        to_status = StockStatus.AVAILABLE
        if kind is MovementKind.STATUS and left is not None and entered is not None:
            entered, to_status = left, StockStatus.QUARANTINED  # at one place, from one status to another
        try:
            sample = replace(
                blank,
                kind=kind,
                reverses=reverses,
                from_place_id=left,
                to_place_id=entered,
                to_status=to_status,
            )
        except InvalidMovement:
            continue  # which is never posted
        stock = tuple(
            (
                effect.key.place_id == left and (to_status is StockStatus.AVAILABLE or effect.on_hand < 0),
                effect.on_hand,
                effect.reserved,
            )
            for effect in stock_effects(sample)
        )
        used = usage_effects(sample)
        rule: _OnUse | None = None
        for effect in used:
            rule = (effect.key.place_id == left, effect.key.kind.value, effect.quantity)
        found[kind.value, reverses is None, left is None] = (stock, rule)
    return found


_RULES = rules()


def add_up(
    rows: Iterable[MovementRow], *, facility_of: Callable[[PlaceId], int]
) -> tuple[dict[BalanceKey, tuple[int, int]], dict[UseKey, tuple[int, int]]]:
    """What the movements do to balances (on hand, reserved) and to the sums of use (quantity, cost in ten-thousandths)."""
    stock: dict[BalanceKey, tuple[int, int]] = {}
    usage: dict[UseKey, tuple[int, int]] = {}
    place_id: int
    for (
        _,
        facility_id,
        _,
        kind,
        item_id,
        quantity,
        _,
        _,
        day,
        _,
        lot_id,
        left,
        entered,
        from_status,
        to_status,
        owner_id,
        unit_cost,
        _,
        _,
        charge_id,
        _,
        _,
        _,
        _,
        reverses,
    ) in rows:
        on_balances, on_use = _RULES[kind, reverses is None, left is None]
        both = left is not None and entered is not None
        for leaving, on_hand, reserved in on_balances:
            # The rule says which of the two there is.
            place_id, status = (left, from_status) if leaving else (entered, to_status)  # type: ignore[assignment]
            at = facility_of(PlaceId(place_id)) if both else facility_id
            balance = (at, item_id, place_id, lot_id, owner_id, status)
            levels = stock.get(balance)
            if levels is None:
                stock[balance] = (on_hand * quantity, reserved * quantity)
            else:
                stock[balance] = (levels[0] + on_hand * quantity, levels[1] + reserved * quantity)
        if on_use is not None:
            leaving, use, sign = on_use
            place_id = left if leaving else entered  # type: ignore[assignment]
            used = (facility_id, item_id, day, place_id, use, charge_id)
            change = sign * quantity
            sums = usage.get(used)
            if sums is None:
                usage[used] = (change, change * unit_cost)
            else:
                usage[used] = (sums[0] + change, sums[1] + change * unit_cost)
    return stock, usage


def spent(
    usage: Mapping[UseKey, tuple[int, int]], *, unit_of: Callable[[PlaceId], int]
) -> tuple[dict[SpendKey, tuple[int, int]], dict[MonthKey, tuple[int, int]]]:
    """The sums of use summed once more: by unit and target a day, and by unit, item and target a month."""
    by_target: dict[SpendKey, tuple[int, int]] = {}
    by_item: dict[MonthKey, tuple[int, int]] = {}
    for (facility_id, item_id, day, place_id, kind, charge_id), (quantity, cost) in usage.items():
        unit_id = unit_of(PlaceId(place_id))
        target = (facility_id, day, unit_id, kind, charge_id)
        before = by_target.get(target)
        by_target[target] = (quantity, cost) if before is None else (before[0] + quantity, before[1] + cost)
        month = (facility_id, item_id, f"{day[:8]}01", unit_id, kind, charge_id)
        before = by_item.get(month)
        by_item[month] = (quantity, cost) if before is None else (before[0] + quantity, before[1] + cost)
    return by_target, by_item
