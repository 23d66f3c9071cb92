"""Receipts, drafts and the audit trail: who did what, when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from domain.model.ids import FacilityId, MovementId, PersonId

ReceiptId = NewType("ReceiptId", int)
DraftId = NewType("DraftId", UUID)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One posted action; ``id`` is counted per facility.

    ``action`` is the verb ("consume", "transfer" ...). ``undoes`` names the receipt that this one reversed.
    """

    id: ReceiptId
    facility_id: FacilityId
    draft_id: DraftId
    action: str
    actor_id: PersonId
    posted_at: datetime
    channel: str = ""
    thread: str = ""
    movement_ids: tuple[MovementId, ...] = ()
    undoes: ReceiptId | None = None
    undone_by: ReceiptId | None = None

    @property
    def number(self) -> str:
        """What people read and type: "R-10482"."""
        return f"R-{self.id}"


class DraftState(StrEnum):
    """A card's life: only an OPEN one can be posted, and it leaves that state once."""

    OPEN = "open"
    POSTED = "posted"
    SUPERSEDED = "superseded"  # a later message of the thread changed it: the newer card counts
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """An action read back and not yet confirmed. ``body`` is JSON made by ``bot.dialogue`` and holds no patient identifier.

    ``version`` grows with every change: a writer names the version that it read, so that of two only one succeeds.
    ``message`` is the ts of the card that shows it, "" until it was sent.
    """

    id: DraftId
    facility_id: FacilityId
    person_id: PersonId
    channel: str
    thread: str
    action: str
    body: str
    state: DraftState
    version: int
    made_at: datetime
    expires_at: datetime
    message: str = ""
    receipt_id: ReceiptId | None = None


class TrailKind(StrEnum):
    """What the audit trail keeps beside the ledger itself."""

    REFUSED = "refused"
    OVERRIDDEN = "overridden"
    POSTED = "posted"
    UNDONE = "undone"
    CHANGED = "changed"  # a par, a role, a setting
    READ_PATIENTS = "read-patients"
    KEY_ROTATED = "key-rotated"


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One line of the append-only trail. ``detail`` is a sentence without patient identifiers; ``at`` aware, in UTC."""

    facility_id: FacilityId
    at: datetime
    person_id: PersonId | None
    kind: TrailKind
    deed: str
    detail: str
    draft_id: DraftId | None = None
    receipt_id: ReceiptId | None = None
