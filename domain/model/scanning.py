"""What was read off labels, and codes that people teach Parley."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from domain.model.ids import FacilityId, ItemId, PersonId
from domain.model.item import Identifier

ScanId = NewType("ScanId", UUID)
EnrolmentId = NewType("EnrolmentId", int)


@dataclass(frozen=True, slots=True)
class Scan:
    """The labels of one message and what is to become of them. ``body`` is JSON made by ``bot.dialogue``: codes of products and ids,
    no picture, nothing that was typed, no patient identifier.

    ``version`` grows with every change, as a draft's. ``private``: the person alone reads where it was posted.
    """

    id: ScanId
    facility_id: FacilityId
    person_id: PersonId
    channel: str
    thread: str
    body: str
    made_at: datetime
    private: bool = False
    version: int = 1


class EnrolmentState(StrEnum):
    """PROPOSED until somebody who may teach codes decides, once."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """ "This code is that item, by that pack": ``identifier`` names the pack level too. ``scan_id`` waits for the decision."""

    id: EnrolmentId
    facility_id: FacilityId
    item_id: ItemId
    identifier: Identifier
    proposed_by: PersonId
    proposed_at: datetime
    scan_id: ScanId
    state: EnrolmentState = EnrolmentState.PROPOSED
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
