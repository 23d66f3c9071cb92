"""Bulk writes, and the ledger read whole for its check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import (
    ChargeId,
    ItemId,
    PlaceId,
)
from domain.model.item import Item, Supplier
from domain.model.lot import Lot
from domain.model.movement import Movement
from domain.model.par import Par
from domain.model.person import Person
from domain.model.place import Facility, Place
from domain.ports.rows import MovementRow


class Loading(Protocol):
    """Bulk writes for imports and demo data: the fastest road of each database, in chunks, projections kept true."""

    def facilities(self, rows: Sequence[Facility], places: Sequence[Place]) -> None: ...

    def suppliers(self, rows: Sequence[Supplier]) -> None: ...

    def items(self, rows: Iterable[Item]) -> None: ...

    def people(self, rows: Sequence[Person]) -> None: ...

    def cost_centres(self, rows: Sequence[CostCentre]) -> None: ...

    def providers(self, rows: Sequence[Provider]) -> None: ...

    def procedures(self, rows: Sequence[Procedure]) -> None: ...

    def encounters(self, rows: Iterable[Encounter]) -> None: ...

    def cases(self, rows: Iterable[Case]) -> None: ...

    def charge_targets(self, rows: Iterable[tuple[ChargeId, ChargeTarget]]) -> None: ...

    def lots(self, rows: Iterable[Lot]) -> None: ...

    def pars(self, rows: Iterable[Par]) -> None: ...

    def movements(self, rows: Iterable[Movement]) -> int:
        """Streams movements into an empty ledger and gives their number; projections are rebuilt once at the end."""
        ...

    def movement_rows(self, rows: Iterable[MovementRow]) -> int:
        """As ``movements``, from plain rows: several times faster, and the database's own checks are the only ones.
        Rows in the order of their ids (UUIDv7, so by time) load fastest."""
        ...

    def finished(self) -> None:
        """Sets sequences behind the given ids, refreshes the planner's statistics, raises the catalogue revision."""
        ...


@dataclass(frozen=True, slots=True)
class ParLevel:
    """What a par's row says lies at its place or inside it: ``on_hand`` of available stock whatever its expiry, and in transit."""

    place_id: PlaceId
    item_id: ItemId
    on_hand: int
    in_transit: int


type MovedRow = tuple[
    int,  # item_id
    str,  # kind, as MovementKind's value
    int,  # quantity, base units
    str,  # day, ISO
    int,  # lot_id, or NO_LOT
    int | None,  # from_place_id
    int | None,  # to_place_id
    str,  # from_status, as StockStatus's value
    str,  # to_status
    int,  # owner_id, or OURS
    int,  # unit_cost, in ten-thousandths
    int,  # charge_id, or NO_CHARGE
    bool,  # it is a reversal
]
"""What of a movement moves balances and sums."""

type BalanceRow = tuple[int, int, int, int, str, int, int]
"""item_id, place_id, lot_id, owner_id, status; on hand, reserved."""

type UseRow = tuple[int, int, str, str, int, int, int]
"""item_id, place_id, day (ISO), kind, charge_id; quantity, cost in ten-thousandths."""


type SpendRow = tuple[str, str, int, int, int, int]
"""Which sum of spending; its key, written out; quantity and cost (in ten-thousandths) as the sums of use say, and as it says."""


class LedgerAudit(Protocol):
    """Everything the ledger check compares, each streamed in the order of item keys, all at one moment; in plain rows, since ten
    million objects cost minutes."""

    def movements(self) -> Iterator[MovedRow]: ...

    def balances(self) -> Iterator[BalanceRow]:
        """Every row of the stock projection."""
        ...

    def sums(self) -> Iterator[UseRow]:
        """Every row of the daily-usage projection."""
        ...

    def levels(self) -> Iterator[ParLevel]: ...

    def spending(self) -> tuple[int, Iterator[SpendRow]]:
        """How many sums of spending there are, and those that differ from the sums of use, which ``sums`` gives."""
        ...
