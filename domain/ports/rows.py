"""Reading and writing what the supply room consists of, and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import (
    CaseId,
    ChargeId,
    CostCentreId,
    EncounterId,
    FacilityId,
    ItemId,
    LotId,
    MovementId,
    PersonId,
    PlaceId,
    ProcedureId,
    ProviderId,
    SupplierId,
)
from domain.model.item import Item, Supplier
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind
from domain.model.par import Par
from domain.model.person import Person
from domain.model.place import Facility, PlaceTree
from domain.model.stock import StockLine


class Catalogue(Protocol):
    def get(self, item_id: ItemId) -> Item:
        """Raises UnknownItem."""
        ...

    def many(self, item_ids: Collection[ItemId]) -> dict[ItemId, Item]: ...

    def all(self) -> Iterable[Item]:
        """Every active item whole, streamed in id order: what a search index is built from."""
        ...

    def family(self, name: str) -> list[Item]:
        """The items of one product line, in size order."""
        ...

    def revision(self) -> int:
        """Grows with every change of items or places: a process that holds an index compares it."""
        ...

    def supplier(self, supplier_id: SupplierId) -> Supplier: ...


class Places(Protocol):
    def tree(self) -> PlaceTree:
        """All places of all facilities; cached by the process until ``Catalogue.revision`` grows."""
        ...

    def facility(self, facility_id: FacilityId) -> Facility: ...

    def facilities(self) -> list[Facility]: ...


class People(Protocol):
    def get(self, person_id: PersonId) -> Person: ...

    def by_slack(self, slack_user_id: str) -> Person:
        """Raises UnknownPerson."""
        ...

    def many(self, person_ids: Collection[PersonId]) -> dict[PersonId, Person]: ...

    def all(self) -> list[Person]: ...

    def put(self, person: Person) -> None:
        """Writes a person over the row with this id."""
        ...

    def own_places(self, person_id: PersonId) -> frozenset[PlaceId]:
        """Places granted beside the home unit; a place stands for all inside it."""
        ...

    def grant(self, person_id: PersonId, places: Collection[PlaceId]) -> None:
        """Exactly these from now on."""
        ...


type Reseal = Callable[[bytes], tuple[bytes, bytes] | None]
"""From a sealed identifier to (sealed, digest) under another key; None leaves it as it is."""


class Charges(Protocol):
    """Cases, providers, procedures, encounters and the targets made of them."""

    def target_id(self, target: ChargeTarget) -> ChargeId:
        """The row of this target, made where it is new; safe for concurrent callers."""
        ...

    def case_numbered(self, facility_id: FacilityId, number: str) -> Case:
        """Case and dashes ignored. Raises UnknownTarget."""
        ...

    def encounter_of(self, facility_id: FacilityId, digest: bytes) -> Encounter | None:
        """By the keyed hash of its identifier."""
        ...

    def add_encounter(self, encounter: Encounter) -> EncounterId:
        """Stores a new one (its own id is ignored) and gives its id; the same digest gives the same id."""
        ...

    def reseal(
        self, seal: Reseal, *, after: tuple[FacilityId, EncounterId] | None = None, limit: int = 500
    ) -> tuple[FacilityId, EncounterId] | None:
        """Replaces (sealed, digest) of the next ``limit`` encounters; gives the last one's key, None when there are no more.
        For the change of the vault's key. An identifier that is there under the new digest already keeps its own row, which is
        then found by it no more."""
        ...

    def providers_named(self, name: str) -> list[Provider]:
        """Those whose surname, or whole name, is this; titles and case ignored."""
        ...

    def cost_centre(self, code_or_name: str) -> CostCentre:
        """Raises UnknownTarget."""
        ...

    def cost_centres(self, cost_centre_ids: Collection[CostCentreId]) -> dict[CostCentreId, CostCentre]: ...

    def targets(self, charge_ids: Collection[ChargeId]) -> dict[ChargeId, ChargeTarget]: ...

    def cases(self, case_ids: Collection[CaseId]) -> dict[CaseId, Case]: ...

    def providers(self, provider_ids: Collection[ProviderId]) -> dict[ProviderId, Provider]: ...

    def procedures(self, procedure_ids: Collection[ProcedureId]) -> dict[ProcedureId, Procedure]: ...

    def encounters(self, encounter_ids: Collection[EncounterId]) -> dict[EncounterId, Encounter]: ...


class Lots(Protocol):
    def get(self, lot_id: LotId) -> Lot: ...

    def add(self, lot: Lot) -> LotId:
        """Stores a new lot (its own id is ignored) and gives its id; the same item, number and serial give the same id."""
        ...

    def named(self, number: str) -> list[Lot]:
        """Lots whose lot or serial number equals this, case and dashes ignored; several items may share one."""
        ...

    def similar(self, number: str, *, limit: int = 5) -> list[Lot]:
        """Lots whose numbers come near, for "did you mean"."""
        ...


@dataclass(frozen=True, slots=True)
class UsedLot:
    """What of a lot was used on a charge target and not returned, base units, at one cost."""

    charge_id: ChargeId
    lot_id: LotId
    owner_id: SupplierId
    unit_cost: Decimal
    quantity: int


class Ledger(Protocol):
    """The append-only record. Movements and projections are written together or not at all."""

    def post(self, movements: Sequence[Movement]) -> list[Movement]:
        """Writes all and gives them as recorded. A movement whose key is there already is not written again:
        the recorded one comes back in its place. Raises AlreadyReversed for a second reversal of one movement."""
        ...

    def get(self, movement_id: MovementId) -> Movement: ...

    def many(self, movement_ids: Collection[MovementId]) -> dict[MovementId, Movement]: ...

    def by_key(self, key: str) -> Movement | None: ...

    def standing(self, facility_id: FacilityId, prefix: str) -> list[Movement]:
        """Those whose key begins with ``prefix`` and that were not undone, in the order of their keys."""
        ...

    def used_on(
        self, facility_id: FacilityId, charges: Collection[ChargeId], *, item_id: ItemId, since: datetime
    ) -> list[UsedLot]:
        """What was used of the item's lots since then and not returned, the latest use first; stock without lots is left out."""
        ...

    def of_lots(self, lot_ids: Collection[LotId], *, limit: int = 500) -> list[Movement]:
        """Newest first, reversals included."""
        ...


class Stock(Protocol):
    """Reads of the stock projection; rows with nothing on hand and nothing reserved are left out."""

    def of_items(
        self, items: Collection[ItemId], *, places: Collection[PlaceId] | None = None
    ) -> list[StockLine]: ...

    def expiring(
        self,
        *,
        start: date,
        end: date,
        places: Collection[PlaceId] | None = None,
        items: Collection[ItemId] | None = None,
    ) -> list[StockLine]:
        """Balances above zero whose lot expires in start..end inclusive, soonest first. Held and in-transit ones included."""
        ...

    def of_lots(self, lot_ids: Collection[LotId]) -> list[StockLine]: ...

    def locked(self, items: Collection[ItemId], *, places: Collection[PlaceId]) -> list[StockLine]:
        """As ``of_items``, and nobody else changes these balances until the unit of work ends. In a writing unit only."""
        ...

    def kept_at(
        self, places: Collection[PlaceId], *, among: Collection[ItemId] | None = None
    ) -> frozenset[ItemId]:
        """Items with stock or a par at any of the places; of the items ``among`` where given."""
        ...

    def unit_costs(self, lot_ids: Collection[LotId]) -> dict[LotId, Decimal]:
        """The latest receipt's cost of one base unit, by lot."""
        ...


@dataclass(frozen=True, slots=True)
class UsageSum:
    item_id: ItemId
    place_id: PlaceId
    day: date
    charge_id: ChargeId
    kind: MovementKind
    quantity: int
    cost: Decimal


class Usage(Protocol):
    """Reads of the daily-usage projection."""

    def totals(
        self,
        items: Collection[ItemId],
        *,
        start: date,
        end: date,
        places: Collection[PlaceId] | None = None,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> dict[tuple[ItemId, PlaceId], int]:
        """Base units used in start..end inclusive, by item and place."""
        ...

    def rows(
        self, items: Collection[ItemId], *, start: date, end: date, places: Collection[PlaceId] | None = None
    ) -> list[UsageSum]:
        """Every row of the window, for series and groupings."""
        ...


class Pars(Protocol):
    def put(self, par: Par) -> None:
        """Sets the levels of an item at a place, new or old; what lies there is summed anew where it is new."""
        ...

    def remove(self, item_id: ItemId, place_id: PlaceId) -> bool: ...

    def of(
        self, *, places: Collection[PlaceId] | None = None, items: Collection[ItemId] | None = None
    ) -> list[Par]: ...

    def low(
        self,
        *,
        today: date,
        places: Collection[PlaceId] | None = None,
        items: Collection[ItemId] | None = None,
    ) -> list[LowPar]:
        """Pars whose available stock (at the par's place or inside it) is at or below the reorder point."""
        ...


@dataclass(frozen=True, slots=True)
class LowPar:
    par: Par
    available: int
    in_transit: int


type MovementRow = tuple[
    bytes,  # id: the 16 bytes of the UUIDv7
    int,  # facility_id
    str,  # key
    str,  # kind, as MovementKind's value
    int,  # item_id
    int,  # quantity, base units
    int,  # occurred_at, microseconds since 1970-01-01 UTC
    int,  # recorded_at, likewise
    str,  # day, ISO ("2026-11-22")
    int,  # actor_id
    int,  # lot_id, or NO_LOT
    int | None,  # from_place_id
    int | None,  # to_place_id
    str,  # from_status, as StockStatus's value
    str,  # to_status
    int,  # owner_id, or OURS
    int,  # unit_cost, in ten-thousandths of the currency
    int | None,  # entered_quantity, in ten-thousandths
    str,  # entered_unit
    int,  # charge_id, or NO_CHARGE
    str,  # reason
    str,  # source.channel
    str,  # source.thread
    str,  # source.event
    bytes | None,  # reverses
]
"""A movement as a plain row, in the order of Movement's own fields: for loads where ten million objects cost too much."""
