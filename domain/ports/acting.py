"""What actions leave behind beside movements: drafts, receipts, requisitions, holds, subscriptions, the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.model.charge import Case
from domain.model.hold import CheckState, Hold, HoldId
from domain.model.ids import CaseId, FacilityId, ItemId, LotId, MovementId, PersonId, PlaceId
from domain.model.movement import Movement
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, ReceiptId, TrailEntry, TrailKind
from domain.model.requisition import RequisitionId, RequisitionOrder, RequisitionState
from domain.model.subscription import Subscription, SubscriptionId


class Drafts(Protocol):
    def add(self, draft: ActionDraft) -> bool:
        """Stores a new one; False where its id is there already (the message was worked on twice)."""
        ...

    def get(self, draft_id: DraftId, *, lock: bool = False) -> ActionDraft:
        """Raises UnknownRecord. ``lock`` holds the row until the unit of work ends."""
        ...

    def open_in(self, channel: str, thread: str) -> list[ActionDraft]:
        """Open ones of the thread, newest first."""
        ...

    def change(self, draft: ActionDraft) -> bool:
        """Writes it over the row whose version is ``draft.version - 1``; False where somebody was first."""
        ...

    def shown_as(self, draft_id: DraftId, message: str) -> None:
        """Keeps the ts of the card that shows it; its version stays. ``change`` never takes it away again. An unknown draft is left."""
        ...

    def lapsed(self, moment: datetime, *, limit: int = 100) -> list[ActionDraft]:
        """Open ones whose time is over: their cards are to say so."""
        ...

    def forget_before(self, moment: datetime, *, states: Collection[DraftState]) -> int:
        """Deletes those made before; how many. A draft that opened a hold stays until it is lifted: its thread hears the answers."""
        ...


class Receipts(Protocol):
    def add(self, receipt: Receipt) -> Receipt:
        """Stores it with the next number of its facility (its own id is ignored) and gives it back with it. The same draft gives
        the receipt that is there. ``undoes`` marks that one as undone; raises AlreadyReversed for a second time."""
        ...

    def get(self, facility_id: FacilityId, receipt_id: ReceiptId) -> Receipt:
        """Raises UnknownRecord."""
        ...

    def by_draft(self, draft_id: DraftId) -> Receipt | None: ...

    def last_of(
        self,
        person_id: PersonId,
        *,
        channel: str = "",
        thread: str = "",
        since: datetime | None = None,
        standing: bool = True,
    ) -> Receipt | None:
        """The latest not undone and no undo itself: what "undo that" means. ``standing`` False: the latest of all."""
        ...

    def of_movements(self, movement_ids: Collection[MovementId]) -> dict[MovementId, Receipt]: ...


class Requisitions(Protocol):
    def add(self, order: RequisitionOrder) -> RequisitionOrder:
        """As ``Receipts.add``: numbered, once a draft."""
        ...

    def get(
        self, facility_id: FacilityId, requisition_id: RequisitionId, *, lock: bool = False
    ) -> RequisitionOrder:
        """Raises UnknownRecord."""
        ...

    def change(self, order: RequisitionOrder) -> bool:
        """Writes it over the row of version - 1, lines too; False where somebody was first."""
        ...

    def shown_as(self, facility_id: FacilityId, requisition_id: RequisitionId, message: str) -> None:
        """Keeps the ts of the store's card, as ``Drafts.shown_as``."""
        ...

    def listed(
        self,
        facility_id: FacilityId,
        *,
        states: Collection[RequisitionState],
        places: Collection[PlaceId] | None = None,
        items: Collection[ItemId] | None = None,
        limit: int = 100,
    ) -> list[RequisitionOrder]:
        """Newest first. ``places`` are those that asked or that pick."""
        ...


class Holds(Protocol):
    def add(self, hold: Hold) -> Hold:
        """As ``Receipts.add``: numbered, once a draft."""
        ...

    def get(self, facility_id: FacilityId, hold_id: HoldId) -> Hold:
        """Raises UnknownRecord."""
        ...

    def open(self, facility_id: FacilityId) -> list[Hold]: ...

    def over(
        self, facility_id: FacilityId, *, lot_ids: Collection[LotId], item_ids: Collection[ItemId]
    ) -> list[Hold]:
        """Open holds on any of the lots or items."""
        ...

    def fence(self, item_ids: Collection[ItemId], *, alone: bool) -> None:
        """Who changes what of the items is held (``alone``) and who puts stock of them on a shelf wait for each other until their
        units of work end; so nothing arrives between the look at the shelves and the hold. After the balances were locked, and
        before holds or balances are read that must be right. In a writing unit only."""
        ...

    def answer(
        self,
        facility_id: FacilityId,
        hold_id: HoldId,
        place_id: PlaceId,
        *,
        state: CheckState,
        person_id: PersonId,
        now: datetime,
    ) -> bool:
        """False where the place had answered already."""
        ...

    def ask_again(
        self, facility_id: FacilityId, hold_id: HoldId, place_id: PlaceId, *, quantity: int
    ) -> None:
        """So much more was blocked at the place: a new row of the list, or the place's own, which is open again."""
        ...

    def chase(
        self, facility_id: FacilityId, hold_id: HoldId, place_ids: Sequence[PlaceId], *, number: int
    ) -> int:
        """Counts the ``number``-th reminder of each place that has not answered and was reminded less; for how many."""
        ...

    def lift(self, facility_id: FacilityId, hold_id: HoldId, *, person_id: PersonId, now: datetime) -> bool:
        """False where it was lifted already."""
        ...


class Subscriptions(Protocol):
    def add(self, subscription: Subscription) -> Subscription:
        """Stores it (its own id is ignored); an equal one that runs already is given back instead."""
        ...

    def of(self, person_id: PersonId) -> list[Subscription]:
        """Those that run, oldest first."""
        ...

    def running(self, facility_id: FacilityId) -> list[Subscription]: ...

    def end(self, subscription_ids: Collection[SubscriptionId], *, now: datetime) -> int: ...

    def pause(self, subscription_ids: Collection[SubscriptionId], *, until: datetime) -> int: ...


class Trail(Protocol):
    """Append-only: the database refuses change and deletion, as it does of movements."""

    def add(self, entry: TrailEntry) -> None: ...

    def read(
        self,
        facility_id: FacilityId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Collection[TrailKind] = (),
        person_id: PersonId | None = None,
        limit: int = 200,
    ) -> list[TrailEntry]:
        """Newest first."""
        ...


class Charging(Protocol):
    """What helps to charge rightly: names that come near what was said, and use that nobody was charged for."""

    def similar_cases(self, facility_id: FacilityId, number: str, *, limit: int = 3) -> list[str]:
        """Case numbers that come near, nearest first, of those the later one first."""
        ...

    def similar_providers(self, name: str, *, limit: int = 3) -> list[str]: ...

    def similar_cost_centres(self, code_or_name: str, *, limit: int = 3) -> list[str]:
        """As "Emergency (6010)"."""
        ...

    def uncharged(self, facility_id: FacilityId, *, since: datetime, limit: int = 500) -> list[Movement]:
        """Use of chargeable items recorded since then that names neither a case nor a patient, newest first.

        What was undone is left out; what was returned since is not.
        """
        ...

    def cases_on(self, facility_id: FacilityId, *, start: date, end: date) -> list[Case]:
        """The schedule's cases of start..end inclusive, earliest first."""
        ...

    def cases_with_use(self, facility_id: FacilityId, *, start: date, end: date) -> frozenset[CaseId]:
        """Cases that anything was charged to on start..end inclusive, net of returns."""
        ...
