"""Reads that sum over many rows and are done in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from domain.model.ids import (
    ChargeId,
    FacilityId,
    ItemId,
    LotId,
    PlaceId,
    SupplierId,
)
from domain.model.movement import MovementKind
from domain.model.par import Par
from domain.model.window import DateWindow


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


@dataclass(frozen=True, slots=True)
class UseSpread:
    """Of the days on which something left a place: their sum in base units, the sum of their squares, and how many they are."""

    item_id: ItemId
    place_id: PlaceId
    quantity: int
    squares: int
    days: int


@dataclass(frozen=True, slots=True)
class IdleRow:
    """What may be used of one item at one place, base units; ``ours`` of it is not a consignor's. ``used`` is net of returns, in the
    window; ``last_used`` is the last day of any use by the window's end, None where there was none.

    ``value`` is what ``costed`` units of ours cost at their lots' latest receipts; of the others no receipt is known.
    """

    item_id: ItemId
    place_id: PlaceId
    on_hand: int
    ours: int
    value: Decimal
    costed: int
    used: int
    last_used: date | None


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

    def use_spread(
        self, facility_id: FacilityId, *, items: Collection[ItemId], window: DateWindow
    ) -> list[UseSpread]:
        """What was used of ``items`` by place, net of returns; places without use are left out. No items gives nothing."""
        ...

    def sent_on(
        self, facility_id: FacilityId, *, items: Collection[ItemId], window: DateWindow
    ) -> list[UseSpread]:
        """Likewise what was carried from each place to others, of lots. An undone transfer counts: it was no use, but it was asked
        for."""
        ...

    def idle(
        self, scope: Scope, *, items: Collection[ItemId] = (), window: DateWindow, least: int
    ) -> list[IdleRow]:
        """Items by place that were not used in the window, or last longer than ``least`` days at its pace; 0 gives all.

        The window ends today: what is past its date then is left out, and so is what is held or under way.
        """
        ...
