"""What looks for facts that somebody must know of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from domain.model.alert import AlertKind, Finding
from domain.model.ids import FacilityId
from domain.ports import UnitOfWork


class Watcher(Protocol):
    """One for each kind. It reads and writes nothing; what it no longer finds is resolved by fact."""

    @property
    def kind(self) -> AlertKind: ...

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        """All that holds at this moment, each subject once. ``today`` is the facility's calendar day."""
        ...
