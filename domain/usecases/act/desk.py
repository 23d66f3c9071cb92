"""Where an action is prepared: who asks, when, what the books say; and what comes of it, ready to be read back or posted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from domain.errors import UnknownItem
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_LOT, OURS, ChargeId, ItemId, LotId, PlaceId, SupplierId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, StockStatus
from domain.model.person import Person
from domain.model.place import PlaceTree
from domain.model.stock import StockLine
from domain.ports import UnitOfWork
from domain.usecases.act.plans import Plan
from domain.usecases.ask.answers import PlaceRef
from domain.usecases.ask.reach import Reach, reach


@dataclass(frozen=True, slots=True)
class Move:
    """A movement to be: all but who, when, its id and its key.

    ``lot`` is a Lot where it may have to be stored first (its own id is ignored). ``charge`` is a target's row, or the target
    whose row may have to be made, or nobody. ``reverses`` is the movement that is undone; nothing else counts then. ``key`` begins
    the movement's key where others are to find it by that.
    """

    kind: MovementKind
    item_id: ItemId
    quantity: int
    lot: LotId | Lot = NO_LOT
    from_place_id: PlaceId | None = None
    to_place_id: PlaceId | None = None
    from_status: StockStatus = StockStatus.AVAILABLE
    to_status: StockStatus = StockStatus.AVAILABLE
    owner_id: SupplierId = OURS
    unit_cost: Decimal = Decimal(0)
    entered_quantity: Decimal | None = None
    entered_unit: str = ""
    charge: ChargeId | ChargeTarget | None = None
    reason: str = ""
    reverses: Movement | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is read back, and the movements that posting it writes."""

    plan: Plan
    moves: tuple[Move, ...] = ()


@dataclass
class Desk:
    """``locking`` holds the balances that are read until the unit of work ends: for posting, in a writing unit.

    ``now`` is known when it is posted; reading back knows the facility's day only.
    """

    actor: Person
    today: date
    uow: UnitOfWork
    now: datetime | None = None
    locking: bool = False
    _where: Reach | None = field(default=None, repr=False)

    @property
    def tree(self) -> PlaceTree:
        return self.where.tree

    @property
    def where(self) -> Reach:
        """All of the actor's facility, ways measured from their home unit."""
        if self._where is None:
            self._where = reach((), asker=self.actor, uow=self.uow)
        return self._where

    def ref(self, place_id: PlaceId) -> PlaceRef:
        return self.where.ref(place_id)

    def currency(self, place_id: PlaceId) -> str:
        return self.uow.places.facility(self.tree.get(place_id).facility_id).currency

    def items(self, item_ids: Iterable[ItemId]) -> dict[ItemId, Item]:
        """Raises UnknownItem for the first that the catalogue does not have."""
        wanted = list(dict.fromkeys(item_ids))
        found = self.uow.catalogue.many(wanted)
        for item_id in wanted:
            if item_id not in found:
                raise UnknownItem(f"There is no item with the number {item_id} in the catalogue.")
        return found

    def stock(self, items: Collection[ItemId], *, places: Collection[PlaceId]) -> list[StockLine]:
        """Balances at the places, each place with all inside it; held until the end where the desk is ``locking``."""
        inside = frozenset[PlaceId]().union(*(self.tree.subtree(place_id) for place_id in places))
        if self.locking:
            return self.uow.stock.locked(items, places=inside)
        return self.uow.stock.of_items(items, places=inside)
