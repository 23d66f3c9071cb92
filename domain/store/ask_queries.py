"""The questions that are summed in the database, one statement each; the statements stand beside this file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection

from domain.model.ids import ChargeId, FacilityId, ItemId, LotId, PlaceId
from domain.model.movement import MovementKind
from domain.model.window import DateWindow
from domain.ports import ItemUses, LapsingRow, LapsingSums, LotSums, LowRows, Scope
from domain.ports.questions import IdleRow, UseSpread
from domain.store import ask_expiry, ask_low, ask_moves, ask_slow, ask_use


class SqlQuestions:
    """``domain.ports.Questions`` over one open connection; it only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
        return ask_expiry.lapsing(
            self._connection,
            scope,
            today=today,
            end=end,
            start=start,
            rate=rate,
            items=items,
            limit=limit,
            valued=valued,
        )

    def lapsed(
        self, scope: Scope, *, today: date, items: Collection[ItemId] = (), valued: int
    ) -> LapsingSums:
        return ask_expiry.lapsed(self._connection, scope, today=today, items=items, valued=valued)

    def low(
        self,
        scope: Scope,
        *,
        today: date,
        rate: DateWindow,
        items: Collection[ItemId] = (),
        limit: int,
    ) -> LowRows:
        return ask_low.low(self._connection, scope, today=today, rate=rate, items=items, limit=limit)

    def used_by_day(self, scope: Scope, *, items: Collection[ItemId], window: DateWindow) -> dict[date, int]:
        rows = ask_use.used(self._connection, scope, key="day", items=items, window=window)
        return {row.part: row.quantity for row in rows}

    def used_by_place(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[PlaceId, int]:
        rows = ask_use.used(self._connection, scope, key="place_id", items=items, window=window)
        return {PlaceId(row.part): row.quantity for row in rows}

    def used_by_charge(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow
    ) -> dict[ChargeId, int]:
        rows = ask_use.used(self._connection, scope, key="charge_id", items=items, window=window)
        return {ChargeId(row.part): row.quantity for row in rows}

    def used(
        self,
        scope: Scope,
        *,
        items: Collection[ItemId],
        window: DateWindow,
        kind: MovementKind = MovementKind.CONSUME,
    ) -> int:
        rows = ask_use.used(self._connection, scope, key="", items=items, window=window, kind=kind)
        return sum(row.quantity for row in rows)

    def most_used(
        self, scope: Scope, *, items: Collection[ItemId], window: DateWindow, limit: int
    ) -> ItemUses:
        return ask_use.most_used(self._connection, scope, items=items, window=window, limit=limit)

    def of_lots(self, lot_ids: Collection[LotId]) -> dict[LotId, LotSums]:
        return ask_use.of_lots(self._connection, lot_ids)

    def use_spread(
        self, facility_id: FacilityId, *, items: Collection[ItemId], window: DateWindow
    ) -> list[UseSpread]:
        return ask_moves.use_spread(self._connection, facility_id, items=items, window=window)

    def sent_on(
        self, facility_id: FacilityId, *, items: Collection[ItemId], window: DateWindow
    ) -> list[UseSpread]:
        return ask_moves.sent_on(self._connection, facility_id, items=items, window=window)

    def idle(
        self, scope: Scope, *, items: Collection[ItemId] = (), window: DateWindow, least: int
    ) -> list[IdleRow]:
        return ask_slow.idle(self._connection, scope, items=items, window=window, least=least)
