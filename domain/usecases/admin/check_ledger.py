"""Proves that stock equals its movements: every balance, sum of use, sum of spending and par level is worked out anew.

Movements are replayed one by one from plain rows; nothing of what the store does when it posts or loads is used. The rules are
written out once more here, and a property test proves them equal to the model's. One item at a time, so memory does not grow with
the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.model.ids import ChargeId, ItemId, LotId, PlaceId, SupplierId
from domain.model.movement import MovementKind, StockKey, StockStatus, UsageKey
from domain.model.place import PlaceTree
from domain.ports import MovedRow, Transactions

type Levels = tuple[int, int]
type Sums = tuple[int, Decimal]
type Balance = tuple[int, int, int, int, str]
"""item_id, place_id, lot_id, owner_id, status."""
type Use = tuple[int, int, str, str, int]
"""item_id, place_id, day (ISO), kind, charge_id."""

_NOTHING = (0, 0)
_PROMISES = ("reserve", "release")
_USES = ("consume", "return", "waste")


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


@dataclass(frozen=True, slots=True)
class SpendDiffers:
    """Quantity and cost of a sum of spending, as the sums of use and as the projection say. ``key`` is its primary key, written out."""

    table: str
    key: str
    expected: Sums
    found: Sums


type Difference = BalanceDiffers | UseDiffers | ParDiffers | SpendDiffers


@dataclass(frozen=True, slots=True)
class LedgerChecked:
    """What was read and how much of it differs."""

    movements: int
    balances: int
    sums: int
    pars: int
    differences: int
    spends: int = 0

    @property
    def sound(self) -> bool:
        return self.differences == 0


def check_ledger(
    transactions: Transactions, *, on_difference: Callable[[Difference], None] = lambda difference: None
) -> LedgerChecked:
    """Reads everything at one moment and hands each difference to ``on_difference`` as it is found. Changes nothing."""
    with transactions.reading() as uow:
        audit, tree = uow.audit, uow.places.tree()
        movements = _Stream(audit.movements(), item_of=lambda row: ItemId(row[0]))
        balances = _Stream(audit.balances(), item_of=lambda row: ItemId(row[0]))
        sums = _Stream(audit.sums(), item_of=lambda row: ItemId(row[0]))
        pars = _Stream(audit.levels(), item_of=lambda level: level.item_id)
        count = 0
        while True:
            heads = [
                head for head in (movements.head, balances.head, sums.head, pars.head) if head is not None
            ]
            if not heads:
                break
            item_id = min(heads)
            stock, use = replay(movements.of(item_id))
            found_stock = {row[:5]: row[5:] for row in balances.of(item_id)}
            found_use = {row[:5]: row[5:] for row in sums.of(item_id)}
            found_pars = {level.place_id: (level.on_hand, level.in_transit) for level in pars.of(item_id)}
            for difference in (
                *_compare_stock(stock, found_stock),
                *_compare_use(use, found_use),
                *_compare_pars(item_id, stock, found_pars, tree=tree),
            ):
                count += 1
                on_difference(difference)
        # The sums of use are proved by now, so the sums of spending are compared with them.
        spends, differing = audit.spending()
        for table, key, *figures in differing:
            count += 1
            expected, seen = (figures[0], figures[1]), (figures[2], figures[3])
            on_difference(SpendDiffers(table, key, _in_money(expected), _in_money(seen)))
        return LedgerChecked(movements.count, balances.count, sums.count, pars.count, count, spends)


def replay(movements: Iterable[MovedRow]) -> tuple[dict[Balance, Levels], dict[Use, Levels]]:
    """Balances (on hand, reserved) and sums of use (quantity, cost in ten-thousandths) as the movements make them from nothing."""
    stock: dict[Balance, Levels] = {}
    use: dict[Use, Levels] = {}
    for (
        item_id,
        kind,
        quantity,
        day,
        lot_id,
        left,
        entered,
        from_status,
        to_status,
        owner_id,
        unit_cost,
        charge_id,
        reversed_,
    ) in movements:
        if kind in _PROMISES:
            place_id, status = (entered, to_status) if reversed_ else (left, from_status)
            assert place_id is not None  # noqa: S101 - a promise is of what lies somewhere
            balance = (item_id, place_id, lot_id, owner_id, status)
            on_hand, reserved = stock.get(balance, _NOTHING)
            promised = quantity if (kind == "reserve") is not reversed_ else -quantity
            stock[balance] = (on_hand, reserved + promised)
            continue
        if left is not None:
            balance = (item_id, left, lot_id, owner_id, from_status)
            on_hand, reserved = stock.get(balance, _NOTHING)
            stock[balance] = (on_hand - quantity, reserved)
        if entered is not None:
            balance = (item_id, entered, lot_id, owner_id, to_status)
            on_hand, reserved = stock.get(balance, _NOTHING)
            stock[balance] = (on_hand + quantity, reserved)
        if kind in _USES:
            place_id = entered if left is None else left
            assert place_id is not None  # noqa: S101 - the database refuses a movement from nowhere to nowhere
            used = (item_id, place_id, day, "waste" if kind == "waste" else "consume", charge_id)
            if (kind == "return") is not reversed_:
                quantity = -quantity
            before, cost = use.get(used, _NOTHING)
            use[used] = (before + quantity, cost + quantity * unit_cost)
    return stock, use


def _compare_stock(expected: dict[Balance, Levels], found: dict[Balance, Levels]) -> Iterator[Difference]:
    if expected == found:
        return
    for key in sorted(expected.keys() | found.keys()):
        right, seen = expected.get(key, _NOTHING), found.get(key, _NOTHING)
        if right != seen:
            item_id, place_id, lot_id, owner_id, status = key
            named = StockKey(
                ItemId(item_id), PlaceId(place_id), LotId(lot_id), SupplierId(owner_id), StockStatus(status)
            )
            yield BalanceDiffers(named, right, seen)


def _compare_use(expected: dict[Use, Levels], found: dict[Use, Levels]) -> Iterator[Difference]:
    if expected == found:
        return
    for key in sorted(expected.keys() | found.keys()):
        right, seen = expected.get(key, _NOTHING), found.get(key, _NOTHING)
        if right != seen:
            item_id, place_id, day, kind, charge_id = key
            named = UsageKey(
                ItemId(item_id),
                PlaceId(place_id),
                date.fromisoformat(day),
                MovementKind(kind),
                ChargeId(charge_id),
            )
            yield UseDiffers(named, _in_money(right), _in_money(seen))


def _in_money(sums: Levels) -> Sums:
    return sums[0], Decimal(sums[1]).scaleb(-4)


def _compare_pars(
    item_id: ItemId, stock: dict[Balance, Levels], found: dict[PlaceId, Levels], *, tree: PlaceTree
) -> Iterator[Difference]:
    expected: dict[PlaceId, Levels] = dict.fromkeys(found, (0, 0))
    if not found:
        return
    for (_, at, _, _, status), (on_hand, reserved) in stock.items():
        if PlaceId(at) not in tree:
            continue
        free = max(0, on_hand - reserved) if status == StockStatus.AVAILABLE.value else 0
        coming = max(0, on_hand) if status == StockStatus.IN_TRANSIT.value else 0
        for place_id in tree.lineage(PlaceId(at)):
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
