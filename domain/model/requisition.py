"""Requisitions: what a unit asked for, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.model.ids import FacilityId, ItemId, PersonId, PlaceId
from domain.model.receipt import DraftId

RequisitionId = NewType("RequisitionId", int)


class RequisitionState(StrEnum):
    """asked -> picked -> delivered -> received; SHORT where less came than was asked and the rest will not; CANCELLED before picking."""

    ASKED = "asked"
    PICKED = "picked"
    DELIVERED = "delivered"
    RECEIVED = "received"
    SHORT = "short"
    CANCELLED = "cancelled"


NEXT: dict[RequisitionState, tuple[RequisitionState, ...]] = {
    RequisitionState.ASKED: (RequisitionState.PICKED, RequisitionState.SHORT, RequisitionState.CANCELLED),
    RequisitionState.PICKED: (RequisitionState.DELIVERED, RequisitionState.SHORT),
    RequisitionState.DELIVERED: (RequisitionState.RECEIVED, RequisitionState.SHORT),
    RequisitionState.RECEIVED: (),
    RequisitionState.SHORT: (),
    RequisitionState.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class RequisitionLine:
    """Base units: asked, picked (and so taken from the store), received. ``entered`` is as said ("2 box").

    A substitute that the store picked is a line of its own, which names the line it stands in for.
    """

    number: int
    item_id: ItemId
    asked: int
    picked: int = 0
    received: int = 0
    entered: str = ""
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class RequisitionOrder:
    """``id`` is counted per facility. ``version`` grows with every change, as a draft's does.

    ``asker_channel`` and ``asker_thread`` are where the asker is told of each step, ``store_message`` the store's own card.
    """

    id: RequisitionId
    facility_id: FacilityId
    draft_id: DraftId
    asker_id: PersonId
    from_place_id: PlaceId
    to_place_id: PlaceId
    state: RequisitionState
    lines: tuple[RequisitionLine, ...]
    asked_at: datetime
    changed_at: datetime
    picker_id: PersonId | None = None
    needed_by: str = ""
    asker_channel: str = ""
    asker_thread: str = ""
    store_message: str = ""
    version: int = 1

    @property
    def number(self) -> str:
        """What people read and type: "REQ-1042"."""
        return f"REQ-{self.id}"
