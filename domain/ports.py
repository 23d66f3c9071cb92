"""What the use cases need of the world, as small protocols; ``domain.store`` and ``bot`` provide them.

Everything here is synchronous: a use case runs in one worker thread, in one unit of work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import (
    CaseId,
    ChargeId,
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
from domain.model.place import Facility, Place, PlaceTree
from domain.model.stock import StockLine
from domain.model.window import DateWindow

# ---------------------------------------------------------------------------------------------- the world


class Clock(Protocol):
    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...


class Vault(Protocol):
    """Keeps patient identifiers: sealed for storage, digested for look-up. The key never leaves it."""

    def seal(self, text: str) -> bytes: ...

    def open(self, sealed: bytes) -> str: ...

    def digest(self, text: str) -> bytes:
        """A keyed hash, equal for equal identifiers; 32 bytes."""
        ...


# ---------------------------------------------------------------------------------------------- search


class Verdict(StrEnum):
    """How sure a search is. SURE: act on the first hit. ASK: show the hits. NOT_FOUND: hits are only "did you mean"."""

    SURE = "sure"
    ASK = "ask"
    NOT_FOUND = "not-found"


@dataclass(frozen=True, slots=True)
class ItemHit:
    """``score`` is the calibrated chance, 0..1, that this is what was meant. ``pack_unit`` is set when a code named a pack level."""

    item_id: ItemId
    score: float
    pack_unit: str = ""


@dataclass(frozen=True, slots=True)
class ItemSearchResult:
    verdict: Verdict
    hits: tuple[ItemHit, ...]


class CatalogueSearch(Protocol):
    def find(
        self, text: str, *, size: str = "", kept: frozenset[ItemId] | None = None, limit: int = 10
    ) -> ItemSearchResult:
        """Items by what a clinician calls them: words, sizes in any notation, brand, catalogue number, GTIN.

        ``size`` is a size said apart from the words and must match where the item has one. ``kept`` are the items
        kept at the place asked about: they break ties and come first, but never hide a better name.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlaceHit:
    place_id: PlaceId
    score: float


@dataclass(frozen=True, slots=True)
class PlaceSearchResult:
    verdict: Verdict
    hits: tuple[PlaceHit, ...]


class PlaceSearch(Protocol):
    def find(
        self, text: str, *, facility_id: FacilityId | None = None, near: PlaceId | None = None, limit: int = 8
    ) -> PlaceSearchResult:
        """Places by name, alias or spoken form ("i c u", "o r three", "cart 4"); ``facility_id`` and ``near`` break ties."""
        ...


# ---------------------------------------------------------------------------------------------- rows


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


class Charges(Protocol):
    """Cases, providers, procedures, encounters and the targets made of them."""

    def target_id(self, target: ChargeTarget) -> ChargeId:
        """The row of this target, made where it is new; safe for concurrent callers."""
        ...

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


class Ledger(Protocol):
    """The append-only record. Movements and projections are written together or not at all."""

    def post(self, movements: Sequence[Movement]) -> list[Movement]:
        """Writes all and gives them as recorded. A movement whose key is there already is not written again:
        the recorded one comes back in its place. Raises AlreadyReversed for a second reversal of one movement."""
        ...

    def get(self, movement_id: MovementId) -> Movement: ...

    def by_key(self, key: str) -> Movement | None: ...

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

    def kept_at(self, places: Collection[PlaceId]) -> frozenset[ItemId]:
        """Items with stock or a par at any of the places."""
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


# ---------------------------------------------------------------------------------------------- questions


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a question looks: the whole of a facility, or the given places with everything inside each of them.

    ``roots`` empty means all of ``facility_id``; else ``facility_id`` does not bound it. No root lies inside another.
    """

    facility_id: FacilityId
    roots: tuple[PlaceId, ...] = ()


@dataclass(frozen=True, slots=True)
class LapsingRow:
    """What lies at one place of one lot and owner, with a date; base units.

    ``held`` of ``quantity`` is quarantined or recalled. ``unit_cost`` is the lot's latest receipt's, 0 where none is known.
    ``used`` is what the place used of the item in the rate window; ``will_use`` what of the lot will be used before it lapses,
    as ``domain.planning.expiry_risk.outlook`` says (held stock is not used and covers no demand).
    """

    item_id: ItemId
    place_id: PlaceId
    lot_id: LotId
    owner_id: SupplierId
    lot_number: str
    serial: str
    expires_on: date
    quantity: int
    held: int
    unit_cost: Decimal
    used: int
    will_use: int


@dataclass(frozen=True, slots=True)
class LapsingSums:
    """``lots`` and ``quantity`` are over all rows, listed or not; the values over the ``valued`` lots that lapse first.

    Values count what is ours only; a consignor bears the loss of his own goods.
    """

    lots: int
    quantity: int
    value: Decimal
    value_lapsing: Decimal
    valued: int = 0


@dataclass(frozen=True, slots=True)
class LowRow:
    """A par at or below its reorder point. ``used`` is what the place, and all inside it, used in the rate window."""

    par: Par
    available: int
    in_transit: int
    used: int


@dataclass(frozen=True, slots=True)
class LowRows:
    """``rows`` are those to see to first; ``total`` and ``out_of_stock`` count all."""

    rows: tuple[LowRow, ...]
    total: int
    out_of_stock: int


@dataclass(frozen=True, slots=True)
class LotSums:
    """Base units of a lot over its whole life: received from suppliers; used, net of returns. Reversed movements count as nothing."""

    received: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True)
class ItemUse:
    """What was used of one item in a window, net of returns: base units, and their cost when they were used."""

    item_id: ItemId
    quantity: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ItemUses:
    """``rows`` are the most used; ``items`` counts all that were used."""

    rows: tuple[ItemUse, ...]
    items: int


class Questions(Protocol):
    """Reads that sum over many rows and are done in the database. ``items`` empty means all of them everywhere here."""

    def lapsing(
        self,
        scope: Scope,
        *,
        today: date,
        end: date,
        start: date,
        rate: DateWindow,
        items: Collection[ItemId] = (),
        limit: int,
        valued: int,
    ) -> tuple[list[LapsingRow], LapsingSums]:
        """Lots on the shelf whose last day is in start..end, by date, then value: ``limit`` rows, and sums.

        All are counted. Values are summed over the lots that lapse first, by whole days until ``valued`` lots are reached: over
        all of them therefore unless there are more. ``limit`` is at most ``valued``.

        Of what is past its date nothing will be used. What is in transit is left out; of the others the earlier lots at the
        place are used first, whatever ``start`` is.
        """
        ...

    def lapsed(
        self, scope: Scope, *, today: date, items: Collection[ItemId] = (), valued: int
    ) -> LapsingSums:
        """What lies on the shelf past its date, held or not, valued as above. ``value_lapsing`` equals ``value``."""
        ...

    def low(
        self,
        scope: Scope,
        *,
        today: date,
        rate: DateWindow,
        items: Collection[ItemId] = (),
        limit: int,
    ) -> LowRows:
        """Pars in scope whose available stock, at the par's place and inside it, is at or below the reorder point.

        Out of stock first (life-saving, essential, routine; then the most used), then by days of supply (without use last; then
        by criticality), then by item and place.
        """
        ...

    def used_by_day(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[date, int]: ...

    def used_by_place(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[PlaceId, int]: ...

    def used_by_charge(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[ChargeId, int]: ...

    def used(
        self,
        scope: Scope,
        *,
        items: Collection[ItemId],
        window: DateWindow,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> int:
        """Base units used (net of returns) or wasted in the window; the dictionaries above are the same sum split up."""
        ...

    def most_used(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow, limit: int
    ) -> ItemUses:
        """Items by what was used of them, the most first, then the dearest; those with nothing in sum are left out."""
        ...

    def of_lots(self, lot_ids: Collection[LotId]) -> dict[LotId, LotSums]: ...


# ---------------------------------------------------------------------------------------------- bulk


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


# ---------------------------------------------------------------------------------------------- conversation


@dataclass(frozen=True, slots=True)
class ThreadState:
    """What a thread is about. ``state`` is JSON made by ``bot.dialogue``; it holds no patient identifier."""

    channel: str
    thread: str
    person_id: PersonId | None
    state: str
    updated_at: datetime


class Threads(Protocol):
    def get(self, channel: str, thread: str) -> ThreadState | None: ...

    def put(self, state: ThreadState) -> None: ...

    def forget_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One thing Slack told us. ``payload`` is sealed: it may hold what a person typed. ``attempts`` counts claims."""

    event_id: str
    kind: str
    payload: bytes
    received_at: datetime
    attempts: int = 0


class Inbox(Protocol):
    def receive(self, row: InboxRow) -> bool:
        """Stores it before the acknowledgement; False where this event_id is there already."""
        ...

    def claim(self, *, worker: str, now: datetime, lease_until: datetime, limit: int = 10) -> list[InboxRow]:
        """Takes rows nobody works on (or whose lease ran out), oldest first; two workers never get the same row."""
        ...

    def claim_one(
        self, event_id: str, *, worker: str, now: datetime, lease_until: datetime
    ) -> InboxRow | None:
        """Takes exactly this row, if nobody works on it."""
        ...

    def done(self, event_id: str, *, now: datetime) -> None:
        """Finished: the payload is erased, the event_id stays against repeats."""
        ...

    def failed(self, event_id: str, *, now: datetime, support_code: str, retry_at: datetime | None) -> None:
        """Not finished; without ``retry_at`` it is set aside for the operator."""
        ...

    def forget_before(self, moment: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One call of Slack's Web API to be made. ``key`` is unique: the same reply is stored once.

    ``method`` is e.g. "chat.postMessage"; ``body`` its JSON arguments; ``channel`` orders and paces the sending.
    ``blob`` is a file's bytes for uploads.
    """

    key: str
    channel: str
    method: str
    body: str
    created_at: datetime
    blob: bytes = b""
    attempts: int = 0
    not_before: datetime | None = None


class Outbox(Protocol):
    def put(self, row: OutboxRow) -> bool:
        """Stores it in this unit of work; False where the key is there already."""
        ...

    def claim(self, *, worker: str, now: datetime, lease_until: datetime, limit: int = 50) -> list[OutboxRow]:
        """Takes what is due, oldest first, never two processes the same row, and of one channel only what is next in order."""
        ...

    def sent(self, key: str, *, now: datetime, ts: str) -> None: ...

    def failed(self, key: str, *, now: datetime, error: str, retry_at: datetime | None) -> None:
        """``retry_at`` None gives up: the row stays for the operator."""
        ...

    def waiting(self) -> Mapping[str, int]:
        """Rows by state, for doctor and metrics."""
        ...

    def forget_before(self, moment: datetime) -> int: ...


# ---------------------------------------------------------------------------------------------- jobs


class JobRuns(Protocol):
    """One row a run of a scheduled job: the row is the claim, so that a run happens once whatever processes there are."""

    def claim(self, job: str, *, scheduled_for: datetime, worker: str, now: datetime) -> bool:
        """False where this run is claimed already."""
        ...

    def finish(self, job: str, *, scheduled_for: datetime, now: datetime, failure: str) -> None:
        """``failure`` is the error's name, empty when it went well."""
        ...


# ---------------------------------------------------------------------------------------------- unit of work


class UnitOfWork(Protocol):
    """One transaction. Leaves nothing behind unless ``commit`` was called; only use cases and the bot's post office call it."""

    catalogue: Catalogue
    places: Places
    people: People
    charges: Charges
    lots: Lots
    ledger: Ledger
    stock: Stock
    usage: Usage
    pars: Pars
    questions: Questions
    loading: Loading
    audit: LedgerAudit
    threads: Threads
    inbox: Inbox
    outbox: Outbox
    job_runs: JobRuns

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def commit(self) -> None: ...


class Transactions(Protocol):
    """Opens units of work. ``reading`` promises not to write: SQLite then takes no write lock."""

    def begin(self) -> UnitOfWork: ...

    def reading(self) -> UnitOfWork: ...
