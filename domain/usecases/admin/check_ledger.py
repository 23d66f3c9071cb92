"""Proves that stock equals its movements: every balance, sum of use and par level is worked out anew and compared.

The rules are the model's own (``stock_effects``, ``usage_effects``), replayed movement by movement; nothing of what the store
does when it posts or loads is used. One item at a time, so memory does not grow with the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from domain.model.ids import ItemId, PlaceId
from domain.model.movement import StockKey, StockStatus, UsageKey, stock_effects, usage_effects
from domain.model.place import PlaceTree
from domain.ports import Transactions

type Levels = tuple[int, int]
type Sums = tuple[int, Decimal]


@dataclass(frozen=True, slots=True)
class BalanceDiffers:
    """On hand and reserved, in base units, as the movements say and as the projection says."""

    key: StockKey
    expected: Levels
    found: Levels


@dataclass(frozen=True, slots=True)
class UseDiffers:
    """Quantity and cost of a day's use, as the movements say and as the projection says."""

    key: UsageKey
    expected: Sums
    found: Sums


@dataclass(frozen=True, slots=True)
class ParDiffers:
    """Available (whatever its expiry) and in transit at a par's place and inside it, as the movements and as the par's row say."""

    place_id: PlaceId
    item_id: ItemId
    expected: Levels
    found: Levels


type Difference = BalanceDiffers | UseDiffers | ParDiffers


@dataclass(frozen=True, slots=True)
class LedgerChecked:
    """What was read and how much of it differs."""

    movements: int
    balances: int
    sums: int
    pars: int
    differences: int

    @property
    def sound(self) -> bool:
        return self.differences == 0


def check_ledger(
    transactions: Transactions, *, on_difference: Callable[[Difference], None] = lambda difference: None
) -> LedgerChecked:
    """Reads everything at one moment and hands each difference to ``on_difference`` as it is found. Changes nothing."""
    with transactions.reading() as uow:
        audit, tree = uow.audit, uow.places.tree()
        movements = _Stream(audit.movements(), item_of=lambda movement: movement.item_id)
        balances = _Stream(audit.balances(), item_of=lambda row: row[0].item_id)
        sums = _Stream(audit.sums(), item_of=lambda row: row[0].item_id)
        pars = _Stream(audit.levels(), item_of=lambda level: level.item_id)
        count = 0
        while True:
            heads = [
                head for head in (movements.head, balances.head, sums.head, pars.head) if head is not None
            ]
            if not heads:
                return LedgerChecked(movements.count, balances.count, sums.count, pars.count, count)
            item_id = min(heads)
            stock: dict[StockKey, Levels] = defaultdict(lambda: (0, 0))
            use: dict[UsageKey, Sums] = defaultdict(lambda: (0, Decimal(0)))
            for movement in movements.of(item_id):
                for effect in stock_effects(movement):
                    on_hand, reserved = stock[effect.key]
                    stock[effect.key] = (on_hand + effect.on_hand, reserved + effect.reserved)
                for used in usage_effects(movement):
                    quantity, cost = use[used.key]
                    use[used.key] = (quantity + used.quantity, cost + used.cost)
            found_stock = {key: (on_hand, reserved) for key, on_hand, reserved in balances.of(item_id)}
            found_use = {key: (quantity, cost) for key, quantity, cost in sums.of(item_id)}
            found_pars = {level.place_id: (level.on_hand, level.in_transit) for level in pars.of(item_id)}
            for difference in (
                *_compare_stock(stock, found_stock),
                *_compare_use(use, found_use),
                *_compare_pars(item_id, stock, found_pars, tree=tree),
            ):
                count += 1
                on_difference(difference)


def _compare_stock(expected: dict[StockKey, Levels], found: dict[StockKey, Levels]) -> Iterator[Difference]:
    for key in sorted(expected.keys() | found.keys()):
        right, seen = expected.get(key, (0, 0)), found.get(key, (0, 0))
        if right != seen:
            yield BalanceDiffers(key, right, seen)


def _compare_use(expected: dict[UsageKey, Sums], found: dict[UsageKey, Sums]) -> Iterator[Difference]:
    nothing = (0, Decimal(0))
    for key in sorted(expected.keys() | found.keys()):
        right, seen = expected.get(key, nothing), found.get(key, nothing)
        if right != seen:
            yield UseDiffers(key, right, seen)


def _compare_pars(
    item_id: ItemId, stock: dict[StockKey, Levels], found: dict[PlaceId, Levels], *, tree: PlaceTree
) -> Iterator[Difference]:
    expected: dict[PlaceId, Levels] = dict.fromkeys(found, (0, 0))
    if not found:
        return
    for key, (on_hand, reserved) in stock.items():
        if key.place_id not in tree:
            continue
        free = max(0, on_hand - reserved) if key.status is StockStatus.AVAILABLE else 0
        coming = max(0, on_hand) if key.status is StockStatus.IN_TRANSIT else 0
        for place_id in tree.lineage(key.place_id):
            if place_id in expected:
                before = expected[place_id]
                expected[place_id] = (before[0] + free, before[1] + coming)
    for place_id in sorted(found):
        if expected[place_id] != found[place_id]:
            yield ParDiffers(place_id, item_id, expected[place_id], found[place_id])


class _Stream[Row]:
    """Rows in the order of items, taken item by item."""

    def __init__(self, rows: Iterator[Row], *, item_of: Callable[[Row], ItemId]) -> None:
        self._rows = rows
        self._item_of = item_of
        self._next: Row | None = next(rows, None)
        self.count = 0

    @property
    def head(self) -> ItemId | None:
        """The item of the next row; None at the end."""
        return None if self._next is None else self._item_of(self._next)

    def of(self, item_id: ItemId) -> Iterator[Row]:
        while self._next is not None and self._item_of(self._next) == item_id:
            row = self._next
            self._next = next(self._rows, None)
            self.count += 1
            yield row
