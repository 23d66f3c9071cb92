"""Requisitions and holds: records with lines, changed by one writer at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, delete, or_, select, update

from domain.errors import UnknownRecord
from domain.model.hold import CheckState, Hold, HoldId, PlaceCheck
from domain.model.ids import FacilityId, ItemId, LotId, PersonId, PlaceId
from domain.model.requisition import RequisitionId, RequisitionLine, RequisitionOrder, RequisitionState
from domain.store import tables
from domain.store.counting import next_number
from domain.store.database import Database


class SqlRequisitions:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, order: RequisitionOrder) -> RequisitionOrder:
        table = tables.requisition
        there = self._db.connection.execute(
            select(table).where(table.c.draft_id == order.draft_id)
        ).one_or_none()
        if there is not None:
            return self._whole([there])[0]
        number = RequisitionId(next_number(self._db, order.facility_id, "requisition"))
        stored = replace(order, id=number)
        self._db.connection.execute(table.insert().values(_order_row(stored)))
        self._write_lines(stored)
        return stored

    def get(
        self, facility_id: FacilityId, requisition_id: RequisitionId, *, lock: bool = False
    ) -> RequisitionOrder:
        table = tables.requisition
        statement = select(table).where(table.c.facility_id == facility_id, table.c.id == requisition_id)
        row = self._db.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise UnknownRecord(f"There is no requisition REQ-{requisition_id}.")
        return self._whole([row])[0]

    def change(self, order: RequisitionOrder) -> bool:
        table, lines = tables.requisition, tables.requisition_line
        values = _order_row(order)
        if not order.store_message:
            del values["store_message"]  # it may have been kept since the order was read
        done = self._db.connection.execute(
            update(table)
            .where(
                table.c.facility_id == order.facility_id,
                table.c.id == order.id,
                table.c.version == order.version - 1,
            )
            .values(values)
        )
        if done.rowcount != 1:
            return False
        self._db.connection.execute(
            delete(lines).where(lines.c.facility_id == order.facility_id, lines.c.requisition_id == order.id)
        )
        self._write_lines(order)
        return True

    def shown_as(self, facility_id: FacilityId, requisition_id: RequisitionId, message: str) -> None:
        table = tables.requisition
        self._db.connection.execute(
            update(table)
            .where(table.c.facility_id == facility_id, table.c.id == requisition_id)
            .values(store_message=message)
        )

    def listed(
        self,
        facility_id: FacilityId,
        *,
        states: Collection[RequisitionState],
        places: Collection[PlaceId] | None = None,
        items: Collection[ItemId] | None = None,
        limit: int = 100,
    ) -> list[RequisitionOrder]:
        table, lines = tables.requisition, tables.requisition_line
        where: list[ColumnElement[bool]] = [
            table.c.facility_id == facility_id,
            table.c.state.in_([state.value for state in states]),
        ]
        if places is not None:
            where.append(
                or_(
                    self._db.among(table.c.from_place_id, places),
                    self._db.among(table.c.to_place_id, places),
                )
            )
        if items is not None:
            where.append(
                table.c.id.in_(
                    select(lines.c.requisition_id).where(
                        lines.c.facility_id == facility_id, self._db.among(lines.c.item_id, items)
                    )
                )
            )
        rows = self._db.connection.execute(
            select(table).where(*where).order_by(table.c.asked_at.desc(), table.c.id.desc()).limit(limit)
        )
        return self._whole(list(rows))

    def _write_lines(self, order: RequisitionOrder) -> None:
        self._db.connection.execute(
            tables.requisition_line.insert(),
            [
                {
                    "facility_id": order.facility_id,
                    "requisition_id": order.id,
                    "number": line.number,
                    "item_id": line.item_id,
                    "asked": line.asked,
                    "picked": line.picked,
                    "received": line.received,
                    "entered": line.entered,
                    "instead_of": line.instead_of,
                }
                for line in order.lines
            ],
        )

    def _whole(self, rows: Sequence[Row[tuple[object, ...]]]) -> list[RequisitionOrder]:
        if not rows:
            return []
        table = tables.requisition_line
        lines: defaultdict[tuple[int, int], list[RequisitionLine]] = defaultdict(list)
        for line in self._db.connection.execute(
            select(table)
            .where(
                table.c.facility_id.in_({row.facility_id for row in rows}),
                self._db.among(table.c.requisition_id, [row.id for row in rows]),
            )
            .order_by(table.c.number)
        ):
            lines[line.facility_id, line.requisition_id].append(
                RequisitionLine(
                    number=line.number,
                    item_id=line.item_id,
                    asked=line.asked,
                    picked=line.picked,
                    received=line.received,
                    entered=line.entered,
                    instead_of=line.instead_of,
                )
            )
        return [
            RequisitionOrder(
                id=row.id,
                facility_id=row.facility_id,
                draft_id=row.draft_id,
                asker_id=row.asker_id,
                from_place_id=row.from_place_id,
                to_place_id=row.to_place_id,
                state=RequisitionState(row.state),
                lines=tuple(lines[row.facility_id, row.id]),
                asked_at=row.asked_at,
                changed_at=row.changed_at,
                picker_id=row.picker_id,
                needed_by=row.needed_by,
                asker_channel=row.asker_channel,
                asker_thread=row.asker_thread,
                store_message=row.store_message,
                version=row.version,
            )
            for row in rows
        ]


def _order_row(order: RequisitionOrder) -> dict[str, object]:
    return {
        "facility_id": order.facility_id,
        "id": order.id,
        "draft_id": order.draft_id,
        "asker_id": order.asker_id,
        "picker_id": order.picker_id,
        "from_place_id": order.from_place_id,
        "to_place_id": order.to_place_id,
        "state": order.state.value,
        "asked_at": order.asked_at,
        "changed_at": order.changed_at,
        "needed_by": order.needed_by,
        "asker_channel": order.asker_channel,
        "asker_thread": order.asker_thread,
        "store_message": order.store_message,
        "version": order.version,
    }


class SqlHolds:
    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, hold: Hold) -> Hold:
        table = tables.hold
        there = self._db.connection.execute(
            select(table).where(table.c.draft_id == hold.draft_id)
        ).one_or_none()
        if there is not None:
            return self._whole([there])[0]
        number = HoldId(next_number(self._db, hold.facility_id, "hold"))
        key = {"facility_id": hold.facility_id, "hold_id": number}
        self._db.connection.execute(
            table.insert().values(
                facility_id=hold.facility_id,
                id=number,
                draft_id=hold.draft_id,
                reason=hold.reason,
                recalled=hold.recalled,
                item_id=hold.item_id,
                opened_by=hold.opened_by,
                opened_at=hold.opened_at,
                lifted_by=hold.lifted_by,
                lifted_at=hold.lifted_at,
            )
        )
        if hold.lot_ids:
            self._db.connection.execute(
                tables.hold_lot.insert(), [{**key, "lot_id": lot_id} for lot_id in hold.lot_ids]
            )
        if hold.checks:
            self._db.connection.execute(
                tables.hold_check.insert(), [{**key, **_check_row(check)} for check in hold.checks]
            )
        return replace(hold, id=number)

    def get(self, facility_id: FacilityId, hold_id: HoldId) -> Hold:
        table = tables.hold
        row = self._db.connection.execute(
            select(table).where(table.c.facility_id == facility_id, table.c.id == hold_id)
        ).one_or_none()
        if row is None:
            raise UnknownRecord(f"There is no hold H-{hold_id}.")
        return self._whole([row])[0]

    def open(self, facility_id: FacilityId) -> list[Hold]:
        table = tables.hold
        return self._listed(table.c.facility_id == facility_id)

    def over(
        self, facility_id: FacilityId, *, lot_ids: Collection[LotId], item_ids: Collection[ItemId]
    ) -> list[Hold]:
        table, lots = tables.hold, tables.hold_lot
        of_lots = select(lots.c.hold_id).where(
            lots.c.facility_id == facility_id, self._db.among(lots.c.lot_id, lot_ids)
        )
        return self._listed(
            table.c.facility_id == facility_id,
            or_(table.c.id.in_(of_lots), self._db.among(table.c.item_id, item_ids)),
        )

    def fence(self, item_ids: Collection[ItemId], *, alone: bool) -> None:
        # On SQLite a writing unit keeps the others out from its first statement on.
        if not self._db.is_postgres or not item_ids:
            return
        table = tables.item
        statement = select(table.c.id).where(self._db.among(table.c.id, item_ids)).order_by(table.c.id)
        # Not so strong that rows which merely name the item would wait.
        self._db.connection.execute(
            statement.with_for_update(key_share=True) if alone else statement.with_for_update(read=True)
        ).all()

    def answer(
        self,
        facility_id: FacilityId,
        hold_id: HoldId,
        place_id: PlaceId,
        *,
        state: CheckState,
        person_id: PersonId,
        now: datetime,
    ) -> bool:
        table = tables.hold_check
        done = self._db.connection.execute(
            update(table)
            .where(
                table.c.facility_id == facility_id,
                table.c.hold_id == hold_id,
                table.c.place_id == place_id,
                table.c.state == CheckState.OPEN.value,
            )
            .values(state=state.value, answered_by=person_id, answered_at=now)
        )
        return done.rowcount == 1

    def ask_again(
        self, facility_id: FacilityId, hold_id: HoldId, place_id: PlaceId, *, quantity: int
    ) -> None:
        table = tables.hold_check
        check = PlaceCheck(place_id, quantity)
        statement = self._db.insert(table).values(
            facility_id=facility_id, hold_id=hold_id, **_check_row(check)
        )
        self._db.connection.execute(
            statement.on_conflict_do_update(
                index_elements=["facility_id", "hold_id", "place_id"],
                set_={
                    "quantity": table.c.quantity + statement.excluded.quantity,
                    "state": statement.excluded.state,
                    "answered_by": None,
                    "answered_at": None,
                },
            )
        )

    def chase(
        self, facility_id: FacilityId, hold_id: HoldId, place_ids: Sequence[PlaceId], *, number: int
    ) -> int:
        table = tables.hold_check
        done = self._db.connection.execute(
            update(table)
            .where(
                table.c.facility_id == facility_id,
                table.c.hold_id == hold_id,
                self._db.among(table.c.place_id, place_ids),
                table.c.state == CheckState.OPEN.value,
                table.c.chased < number,
            )
            .values(chased=number)
        )
        return done.rowcount

    def lift(self, facility_id: FacilityId, hold_id: HoldId, *, person_id: PersonId, now: datetime) -> bool:
        table = tables.hold
        done = self._db.connection.execute(
            update(table)
            .where(table.c.facility_id == facility_id, table.c.id == hold_id, table.c.lifted_at.is_(None))
            .values(lifted_by=person_id, lifted_at=now)
        )
        return done.rowcount == 1

    def _listed(self, *where: ColumnElement[bool]) -> list[Hold]:
        table = tables.hold
        rows = self._db.connection.execute(
            select(table).where(table.c.lifted_at.is_(None), *where).order_by(table.c.opened_at, table.c.id)
        )
        return self._whole(list(rows))

    def _whole(self, rows: Sequence[Row[tuple[object, ...]]]) -> list[Hold]:
        if not rows:
            return []
        lots, checks = tables.hold_lot, tables.hold_check
        numbers = [row.id for row in rows]
        facilities = {row.facility_id for row in rows}
        lot_ids: defaultdict[tuple[int, int], list[LotId]] = defaultdict(list)
        for facility_id, hold_id, lot_id in self._db.connection.execute(
            select(lots.c.facility_id, lots.c.hold_id, lots.c.lot_id)
            .where(lots.c.facility_id.in_(facilities), self._db.among(lots.c.hold_id, numbers))
            .order_by(lots.c.lot_id)
        ):
            lot_ids[facility_id, hold_id].append(LotId(lot_id))
        found: defaultdict[tuple[int, int], list[PlaceCheck]] = defaultdict(list)
        for row in self._db.connection.execute(
            select(checks)
            .where(checks.c.facility_id.in_(facilities), self._db.among(checks.c.hold_id, numbers))
            .order_by(checks.c.place_id)
        ):
            found[row.facility_id, row.hold_id].append(
                PlaceCheck(
                    place_id=row.place_id,
                    quantity=row.quantity,
                    state=CheckState(row.state),
                    answered_by=row.answered_by,
                    answered_at=row.answered_at,
                    chased=row.chased,
                )
            )
        return [
            Hold(
                id=row.id,
                facility_id=row.facility_id,
                draft_id=row.draft_id,
                reason=row.reason,
                recalled=row.recalled,
                opened_by=row.opened_by,
                opened_at=row.opened_at,
                lot_ids=tuple(lot_ids[row.facility_id, row.id]),
                item_id=row.item_id,
                checks=tuple(found[row.facility_id, row.id]),
                lifted_by=row.lifted_by,
                lifted_at=row.lifted_at,
            )
            for row in rows
        ]


def _check_row(check: PlaceCheck) -> dict[str, object]:
    return {
        "place_id": check.place_id,
        "quantity": check.quantity,
        "state": check.state.value,
        "answered_by": check.answered_by,
        "answered_at": check.answered_at,
        "chased": check.chased,
    }
