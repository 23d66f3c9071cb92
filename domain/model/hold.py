"""Holds: stock that nobody may take, and the checklist of the places that must confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.model.ids import FacilityId, ItemId, LotId, PersonId, PlaceId
from domain.model.receipt import DraftId

HoldId = NewType("HoldId", int)


class CheckState(StrEnum):
    """A place's answer to "is it off your shelf?"."""

    OPEN = "open"
    PULLED = "pulled"  # found and set aside
    NOT_FOUND = "not found"  # the books say it is there; nobody finds it: a count is asked for
    USED = "used"  # used before the hold


@dataclass(frozen=True, slots=True)
class PlaceCheck:
    """One row of the checklist: what was blocked at the place, base units, and who answered."""

    place_id: PlaceId
    quantity: int
    state: CheckState = CheckState.OPEN
    answered_by: PersonId | None = None
    answered_at: datetime | None = None
    chased: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held: ``lot_ids``, or all stock of ``item_id``. ``recalled`` says that the maker or the authority asked for it.

    While it is open, stock of these lots that arrives later is held too.
    """

    id: HoldId
    facility_id: FacilityId
    draft_id: DraftId
    reason: str
    recalled: bool
    opened_by: PersonId
    opened_at: datetime
    lot_ids: tuple[LotId, ...] = ()
    item_id: ItemId | None = None
    checks: tuple[PlaceCheck, ...] = ()
    lifted_by: PersonId | None = None
    lifted_at: datetime | None = None

    @property
    def number(self) -> str:
        """What people read and type: "H-17"."""
        return f"H-{self.id}"

    @property
    def answered(self) -> int:
        return sum(check.state is not CheckState.OPEN for check in self.checks)
