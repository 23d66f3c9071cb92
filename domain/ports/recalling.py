"""Recall notices, and what of them was matched to the shelves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from domain.model.ids import FacilityId, ItemId, LotId
from domain.model.item import IdentifierKind
from domain.model.lot import Lot
from domain.model.recall import Match, Notice, NoticeId, RecallAnswer
from domain.model.stock import StockLine


class Kept(StrEnum):
    """What became of a notice that was put: its number was NEW, something in it CHANGED that must be told again, its state alone was
    UPDATED, or it was there already, the SAME."""

    NEW = "new"
    CHANGED = "changed"
    UPDATED = "updated"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LotUsed:
    """Base units of a lot used in a facility, net of returns and of what was undone; on how many patients, and how many of the units
    were charged to nobody who could be told. Numbers only."""

    used: int = 0
    patients: int = 0


class NoticePages(Protocol):
    """Where notices come from: a file, or the authority's service."""

    def since(self, day: date | None) -> Sequence[Notice]:
        """Those reported or terminated since the day (inclusive), oldest first; None for all there is. Raises Unavailable where the
        service does not answer, Invalid for what is no such report."""
        ...


class Recalls(Protocol):
    """Recall notices, and what of them was matched to the shelves. A notice concerns all facilities."""

    def put(self, notice: Notice, *, now: datetime) -> tuple[Notice, Kept]:
        """Stores it by source and number, with its revision, and gives it back with its id."""
        ...

    def get(self, number: str) -> Notice:
        """By the authority's number. Raises UnknownRecord."""
        ...

    def many(self, notice_ids: Collection[NoticeId]) -> dict[NoticeId, Notice]: ...

    def going_on(self, *, since: date | None = None) -> list[Notice]:
        """Those that are not over, reported since the day, newest first."""
        ...

    def last_reported(self, source: str) -> date | None:
        """The latest day of report that is known of a source."""
        ...

    def match(self, notice_id: NoticeId, matches: Sequence[Match]) -> None:
        """Exactly these from now on."""
        ...

    def matched(self) -> dict[NoticeId, tuple[Match, ...]]:
        """What notices that are not over are matched to, surest first."""
        ...

    def matches_of(self, notice_id: NoticeId) -> tuple[Match, ...]: ...

    def answer(self, answer: RecallAnswer) -> None:
        """The latest answer of a facility counts."""
        ...

    def answers(self, facility_id: FacilityId) -> dict[NoticeId, RecallAnswer]: ...

    def items_coded(
        self, codes: Collection[str], *, kinds: Collection[IdentifierKind]
    ) -> dict[str, frozenset[ItemId]]:
        """Active items by those of the codes that they carry."""
        ...

    def lots_keyed(self, keys: Collection[str]) -> list[Lot]:
        """Every lot whose number, or serial, has one of the keys."""
        ...

    def lots_of(self, item_ids: Collection[ItemId]) -> dict[ItemId, tuple[Lot, ...]]: ...

    def kept_without_lots(self, item_ids: Collection[ItemId]) -> frozenset[ItemId]:
        """Those of which some lies on a shelf that no lot is known of."""
        ...

    def stock(
        self, facility_id: FacilityId, *, lot_ids: Collection[LotId], item_ids: Collection[ItemId]
    ) -> list[StockLine]:
        """What lies of the lots, and of all of the items."""
        ...

    def used(self, facility_id: FacilityId, lot_ids: Collection[LotId]) -> Mapping[LotId, LotUsed]: ...

    def came_here(self, facility_id: FacilityId, lot_ids: Collection[LotId]) -> frozenset[LotId]:
        """Those of the lots that ever lay in the facility."""
        ...

    def held_as_recalled(self, facility_id: FacilityId, lot_ids: Collection[LotId]) -> frozenset[LotId]:
        """Those of the lots that a recall's hold is or was over."""
        ...

    def items_held_as_recalled(
        self, facility_id: FacilityId, item_ids: Collection[ItemId]
    ) -> frozenset[ItemId]: ...
