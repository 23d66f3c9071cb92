"""Which lots are taken: first expired, first out, over lots and shelves; or exactly those that were named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from domain.model.ids import NO_LOT, OURS, ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.lot import fefo_key
from domain.model.movement import StockKey, StockStatus
from domain.model.stock import StockLine

_ROUGH = {StockStatus.AVAILABLE: 0, StockStatus.QUARANTINED: 1, StockStatus.RECALLED: 2}


class Choice(Enum):
    """What may be proposed where no lot is named."""

    GOOD = auto()  # in date, not held, ours (or the consignor's, of an item that is consigned)
    ANY = auto()  # what may not be used is taken too, after what may: to be thrown away or sent back
    LAPSED = auto()  # what is past its date, only


@dataclass(frozen=True, slots=True)
class Taken:
    """So much of one balance."""

    line: StockLine
    quantity: int


@dataclass
class Shelves:
    """The balances at hand; what one line of an action takes is not there any more for the next.

    ``lines`` are on shelves, held or not; what is under way is left out.
    """

    lines: Sequence[StockLine]
    today: date
    _gone: dict[StockKey, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = [line for line in self.lines if line.status is not StockStatus.IN_TRANSIT]

    def of(self, item_id: ItemId, *, places: frozenset[PlaceId]) -> list[StockLine]:
        return [line for line in self.lines if line.item_id == item_id and line.place_id in places]

    def free(self, line: StockLine, *, promised: bool = False) -> int:
        """What is left of a balance; what is reserved for somebody too, where ``promised``."""
        lying = line.on_hand if promised else line.on_hand - line.reserved
        return max(0, lying - self._gone.get(key_of(line), 0))

    def take(self, line: StockLine, quantity: int) -> Taken:
        key = key_of(line)
        self._gone[key] = self._gone.get(key, 0) + quantity
        return Taken(line, quantity)

    def candidates(self, item: Item, *, places: frozenset[PlaceId], choice: Choice) -> list[StockLine]:
        """What may be proposed, in the order in which it is taken."""
        lines = [line for line in self.of(item.id, places=places) if line.on_hand > 0]
        today = self.today
        if choice is Choice.LAPSED:
            return sorted((line for line in lines if line.expired(today)), key=self._order)
        ours = [line for line in lines if line.owner_id == OURS or item.consigned]
        good = [line for line in ours if line.status is StockStatus.AVAILABLE and not line.expired(today)]
        if choice is Choice.GOOD:
            return sorted(good, key=self._order)
        rest = [line for line in ours if line not in good]
        return sorted(good, key=self._order) + sorted(
            rest, key=lambda line: (_ROUGH[line.status], self._order(line))
        )

    def of_lots(self, item: Item, *, places: frozenset[PlaceId], lots: Sequence[LotId]) -> list[StockLine]:
        """The balances of the lots in the order they were named; of each the usable part first."""
        rank = {lot_id: place for place, lot_id in enumerate(lots)}
        lines = [line for line in self.of(item.id, places=places) if line.lot_id in rank and line.on_hand > 0]
        return sorted(
            lines, key=lambda line: (rank[line.lot_id], _ROUGH[line.status], line.owner_id, self._order(line))
        )

    def draw(
        self, lines: Iterable[StockLine], wanted: int | None, *, promised: bool = False
    ) -> tuple[list[Taken], int]:
        """Takes from the lines in their order until it is enough (None: all), and says how much is missing."""
        taken: list[Taken] = []
        missing = wanted
        for line in lines:
            if missing == 0:
                break
            there = self.free(line, promised=promised)
            quantity = there if missing is None else min(there, missing)
            if quantity:
                taken.append(self.take(line, quantity))
                missing = None if missing is None else missing - quantity
        return taken, missing or 0

    @staticmethod
    def _order(line: StockLine) -> tuple[tuple[bool, date, LotId], int, PlaceId, int]:
        """First expired, first out; of one lot from the fuller shelf."""
        return (fefo_key(line.expires_on, line.lot_id), -line.on_hand, line.place_id, line.owner_id)


def key_of(line: StockLine) -> StockKey:
    return StockKey(line.item_id, line.place_id, line.lot_id, line.owner_id, line.status)


def merged(taken: Iterable[Taken]) -> list[Taken]:
    """One entry a balance, in the order of their first taking."""
    sums: dict[StockKey, Taken] = {}
    for one in taken:
        key = key_of(one.line)
        sums[key] = Taken(one.line, one.quantity + (sums[key].quantity if key in sums else 0))
    return list(sums.values())


def with_excess(taken: Sequence[Taken], excess: int, *, empty: Callable[[], StockLine]) -> list[Taken]:
    """What was used beyond the books, laid on the last balance that was picked, which goes below zero.

    A serialised piece is one: nothing more can be laid on it, and ``empty`` gives the balance for that, as where nothing was
    picked at all.
    """
    if not excess:
        return list(taken)
    if taken and not taken[-1].line.serial:
        return [*taken[:-1], Taken(taken[-1].line, taken[-1].quantity + excess)]
    return merged([*taken, Taken(empty(), excess)])


def nothing_of(item_id: ItemId, *, place_id: PlaceId) -> StockLine:
    """The balance without lot of an item at a place where the books hold none."""
    return StockLine(item_id, place_id, NO_LOT, OURS, StockStatus.AVAILABLE, 0, 0)
