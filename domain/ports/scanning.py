"""What was read off labels; codes that nobody knew, and the item somebody said they belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from domain.model.ids import ItemId, PersonId
from domain.model.item import Identifier, IdentifierKind
from domain.model.scanning import Enrolment, EnrolmentId, EnrolmentState, Scan, ScanId


class Enrolments(Protocol):
    """Codes of the catalogue by what they say, proposals of new ones, and the scans that wait for them."""

    def known(self, kind: IdentifierKind, values: Collection[str]) -> list[tuple[ItemId, Identifier]]:
        """Active items with one of these codes, in the order of their ids: two makers may use the same number."""
        ...

    def numbered(self, number: str) -> ItemId | None:
        """The active item with this number of the hospital's own."""
        ...

    def propose(self, enrolment: Enrolment) -> Enrolment:
        """Stores it (its own id is ignored); the same proposal of the same scan gives the one that is there."""
        ...

    def get(self, enrolment_id: EnrolmentId, *, lock: bool = False) -> Enrolment:
        """Raises UnknownRecord. ``lock`` holds the row until the unit of work ends."""
        ...

    def decide(
        self, enrolment_id: EnrolmentId, *, state: EnrolmentState, person_id: PersonId, now: datetime
    ) -> bool:
        """False where it was decided already."""
        ...

    def learn(self, item_id: ItemId, identifier: Identifier) -> bool:
        """Writes the code to the item and raises the catalogue's revision; False where the item has it already. Two at a time wait
        for each other."""
        ...

    def keep(self, scan: Scan) -> Scan:
        """Stores it once; where its id is there already, gives that one."""
        ...

    def scan(self, scan_id: ScanId, *, lock: bool = False) -> Scan:
        """Raises UnknownRecord."""
        ...

    def change(self, scan: Scan) -> bool:
        """Writes body and version over the row of version - 1; False where somebody was first."""
        ...

    def latest(self, channel: str, thread: str, *, since: datetime) -> Scan | None:
        """The thread's newest scan made since then."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Deletes scans made before then that no open proposal waits with; how many."""
        ...
