"""Cycle counts: what may be counted, and what was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from domain.model.ids import FacilityId, ItemId, PersonId, PlaceId
from domain.model.item import AbcClass
from domain.model.receipt import ReceiptId


@dataclass(frozen=True, slots=True)
class CountDone:
    """One item of a count that was posted, or (receipt 0) made before Parley; ``place_id`` with all inside it was counted. Base units.

    The receipt is counted by the facility of whoever counted.
    """

    receipt_facility_id: FacilityId
    receipt_id: ReceiptId
    item_id: ItemId
    place_id: PlaceId
    day: date
    person_id: PersonId
    expected: int
    found: int
    blind: bool = False


@dataclass(frozen=True, slots=True)
class ItemClass:
    """``value_used`` is what the facility used of the item in a window, in money."""

    abc: AbcClass
    value_used: float


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A shelf that can not hold what the books say: ``on_hand`` is below zero, or nobody found what a hold looked for (``since`` then
    is the day of that answer)."""

    item_id: ItemId
    place_id: PlaceId
    on_hand: int
    since: date | None = None


class CycleCounts(Protocol):
    """Cycle counts: what may be counted, and what was. Days are the facility's."""

    def add(self, facility_id: FacilityId, rows: Sequence[CountDone]) -> None:
        """What a receipt counted at a place of ``facility_id``, differences or none; in the unit of work that stores the receipt. Twice
        changes nothing."""
        ...

    def differences(
        self, facility_id: FacilityId, *, before: date | None = None
    ) -> Mapping[tuple[ItemId, PlaceId], date]:
        """The last day on which a count changed the books, by item and shelf; undone ones left out."""
        ...

    def done(self, facility_id: FacilityId, *, before: date | None = None) -> list[CountDone]:
        """The last count of each item and place that was not undone."""
        ...

    def classes(
        self, facility_id: FacilityId, item_ids: Collection[ItemId], *, start: date, end: date
    ) -> Mapping[ItemId, ItemClass]:
        """Active items' classes, with the value of what was used in start..end inclusive."""
        ...

    def doubtful(self, facility_id: FacilityId) -> list[Doubtful]: ...
