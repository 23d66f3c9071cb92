"""Proposed and placed orders, and what suppliers promised."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, select, text, update

from domain.errors import UnknownRecord
from domain.model.ids import FacilityId, ItemId, PlaceId, SupplierId
from domain.model.item import Supplier
from domain.model.movement import MovementKind
from domain.model.purchase import (
    Declined,
    Delivered,
    OrderLine,
    OrderReceipt,
    OrderState,
    Origin,
    PurchaseOrder,
    PurchaseOrderId,
    Why,
)
from domain.model.receipt import DraftId, ReceiptId
from domain.store import tables
from domain.store.counting import next_number
from domain.store.database import Database

_COUNTER = "purchase"
_PROPOSING = 7_262
"""PostgreSQL's advisory locks are told apart by two numbers: this, and the facility."""


class SqlPurchaseOrders:
    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------- orders

    def add(self, order: PurchaseOrder) -> PurchaseOrder:
        number = PurchaseOrderId(next_number(self._db, order.facility_id, _COUNTER))
        stored = replace(order, id=number)
        self._db.connection.execute(tables.purchase_order.insert().values(_order_row(stored)))
        self._write_lines(stored)
        return stored

    def get(self, facility_id: FacilityId, order_id: PurchaseOrderId, *, lock: bool = False) -> PurchaseOrder:
        table = tables.purchase_order
        statement = select(table).where(table.c.facility_id == facility_id, table.c.id == order_id)
        row = self._db.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        if row is None:
            raise UnknownRecord(f"There is no order PO-{order_id}.")
        return self._whole([row])[0]

    def of_draft(self, draft_id: DraftId) -> list[PurchaseOrder]:
        table = tables.purchase_order
        rows = self._db.connection.execute(
            select(table).where(table.c.draft_id == draft_id).order_by(table.c.id)
        )
        return self._whole(list(rows))

    def change(self, order: PurchaseOrder) -> bool:
        table, lines = tables.purchase_order, tables.purchase_order_line
        values = _order_row(order)
        if not order.message:
            del values["message"], values["channel"]  # they may have been kept since the order was read
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
            delete(lines).where(lines.c.facility_id == order.facility_id, lines.c.order_id == order.id)
        )
        self._write_lines(order)
        return True

    def shown_as(
        self, facility_id: FacilityId, order_id: PurchaseOrderId, *, channel: str, message: str
    ) -> None:
        table = tables.purchase_order
        self._db.connection.execute(
            update(table)
            .where(table.c.facility_id == facility_id, table.c.id == order_id)
            .values(channel=channel, message=message)
        )

    def listed(
        self,
        facility_id: FacilityId,
        *,
        states: Collection[OrderState],
        items: Collection[ItemId] | None = None,
        suppliers: Collection[SupplierId] | None = None,
        limit: int = 200,
    ) -> list[PurchaseOrder]:
        table, lines = tables.purchase_order, tables.purchase_order_line
        where: list[ColumnElement[bool]] = [
            table.c.facility_id == facility_id,
            table.c.state.in_([state.value for state in states]),
        ]
        if suppliers is not None:
            where.append(self._db.among(table.c.supplier_id, suppliers))
        if items is not None:
            where.append(
                table.c.id.in_(
                    select(lines.c.order_id).where(
                        lines.c.facility_id == facility_id, self._db.among(lines.c.item_id, items)
                    )
                )
            )
        rows = self._db.connection.execute(select(table).where(*where).order_by(table.c.id).limit(limit))
        return self._whole(list(rows))

    def alone(self, facility_id: FacilityId) -> None:
        # SQLite has one writer at a time already.
        if self._db.connection.dialect.name == "postgresql":
            self._db.connection.execute(
                text("SELECT pg_advisory_xact_lock(:what, :facility)"),
                {"what": _PROPOSING, "facility": int(facility_id)},
            )

    # ------------------------------------------------------------------------------------------ receipts

    def came(self, facility_id: FacilityId, receipts: Sequence[OrderReceipt]) -> None:
        self._db.insert_many(tables.purchase_receipt, (_receipt_row(facility_id, one) for one in receipts))

    def of_receipt(self, facility_id: FacilityId, receipt_id: ReceiptId) -> list[OrderReceipt]:
        table = tables.purchase_receipt
        rows = self._db.connection.execute(
            select(table)
            .where(table.c.facility_id == facility_id, table.c.receipt_id == receipt_id)
            .order_by(table.c.order_id, table.c.line)
        )
        return [
            OrderReceipt(PurchaseOrderId(row.order_id), row.line, receipt_id, row.quantity, row.day)
            for row in rows
        ]

    def take_back(self, facility_id: FacilityId, receipt_id: ReceiptId) -> None:
        table = tables.purchase_receipt
        self._db.connection.execute(
            delete(table).where(table.c.facility_id == facility_id, table.c.receipt_id == receipt_id)
        )

    def delivered(
        self, facility_id: FacilityId, *, suppliers: Collection[SupplierId], since: date
    ) -> list[Delivered]:
        order, line, receipt = tables.purchase_order, tables.purchase_order_line, tables.purchase_receipt
        last = (
            select(receipt.c.order_id, receipt.c.line, func.max(receipt.c.day).label("day"))
            .where(receipt.c.facility_id == facility_id, receipt.c.day >= since)
            .group_by(receipt.c.order_id, receipt.c.line)
            .subquery()
        )
        rows = self._db.connection.execute(
            select(order.c.supplier_id, line.c.item_id, order.c.sent_at, line.c.promised_on, last.c.day)
            .select_from(order)
            .join(line, and_(line.c.facility_id == order.c.facility_id, line.c.order_id == order.c.id))
            .join(last, and_(last.c.order_id == line.c.order_id, last.c.line == line.c.number))
            .where(
                order.c.facility_id == facility_id,
                order.c.sent_at.is_not(None),
                self._db.among(order.c.supplier_id, suppliers),
                line.c.received >= line.c.packs * line.c.pack_size,
            )
            .order_by(last.c.day, order.c.id, line.c.number)
        )
        return [
            Delivered(
                SupplierId(row.supplier_id),
                ItemId(row.item_id),
                row.sent_at.date(),
                row.promised_on,
                _day(row.day),
            )
            for row in rows
        ]

    # ------------------------------------------------------------------------------------------ declined

    def decline(self, declined: Declined) -> None:
        table = tables.reorder_declined
        values = {
            "facility_id": declined.facility_id,
            "item_id": declined.item_id,
            "place_id": declined.place_id,
            "until": declined.until,
            "available": declined.available,
            "reason": declined.reason,
            "person_id": declined.person_id,
            "at": declined.at,
        }
        keys = ("facility_id", "item_id", "place_id")
        self._db.connection.execute(
            self._db.insert(table)
            .values(values)
            .on_conflict_do_update(
                index_elements=list(keys),
                set_={name: value for name, value in values.items() if name not in keys},
            )
        )

    def declined(self, facility_id: FacilityId, *, today: date) -> list[Declined]:
        table = tables.reorder_declined
        rows = self._db.connection.execute(
            select(table).where(table.c.facility_id == facility_id, table.c.until >= today)
        )
        return [
            Declined(
                facility_id,
                row.item_id,
                row.place_id,
                row.until,
                row.available,
                row.reason,
                row.person_id,
                row.at,
            )
            for row in rows
        ]

    # ------------------------------------------------------------------------------------- where it is bought

    def bought_at(
        self, facility_id: FacilityId, items: Collection[ItemId]
    ) -> dict[ItemId, frozenset[PlaceId]]:
        movement, lot = tables.movement, tables.lot
        if not items:
            return {}
        rows = self._db.connection.execute(
            select(movement.c.item_id, movement.c.to_place_id)
            .where(
                movement.c.facility_id == facility_id,
                movement.c.kind == MovementKind.RECEIVE.value,
                movement.c.reverses.is_(None),
                movement.c.lot_id > 0,
                movement.c.lot_id.in_(select(lot.c.id).where(self._db.among(lot.c.item_id, items))),
            )
            .distinct()
        )
        found: defaultdict[ItemId, set[PlaceId]] = defaultdict(set)
        for item_id, place_id in rows:
            if place_id is not None:
                found[ItemId(item_id)].add(PlaceId(place_id))
        return {item_id: frozenset(places) for item_id, places in found.items()}

    def suppliers(self) -> list[Supplier]:
        table = tables.supplier
        rows = self._db.connection.execute(
            select(table.c.id, table.c.name, table.c.consigns).order_by(table.c.name)
        )
        return [Supplier(SupplierId(row.id), row.name, row.consigns) for row in rows]

    # --------------------------------------------------------------------------------------------- loading

    def load(
        self, orders: Iterable[PurchaseOrder], receipts: Iterable[tuple[FacilityId, OrderReceipt]]
    ) -> int:
        highest: dict[FacilityId, int] = {}
        count = 0
        lines: list[dict[str, object]] = []

        def rows() -> Iterable[dict[str, object]]:
            nonlocal count
            for order in orders:
                count += 1
                highest[order.facility_id] = max(highest.get(order.facility_id, 0), int(order.id))
                lines.extend(_line_rows(order))
                yield _order_row(order)

        self._db.insert_many(tables.purchase_order, rows())
        self._db.insert_many(tables.purchase_order_line, lines)
        self._db.insert_many(
            tables.purchase_receipt, (_receipt_row(facility_id, one) for facility_id, one in receipts)
        )
        for facility_id, number in highest.items():
            next_number(self._db, facility_id, _COUNTER, first=number)
        return count

    # ---------------------------------------------------------------------------------------------- rows

    def _write_lines(self, order: PurchaseOrder) -> None:
        self._db.connection.execute(tables.purchase_order_line.insert(), _line_rows(order))

    def _whole(self, rows: Sequence[Row[tuple[object, ...]]]) -> list[PurchaseOrder]:
        if not rows:
            return []
        table = tables.purchase_order_line
        statement: Select[tuple[object, ...]] = (
            select(table)
            .where(
                table.c.facility_id.in_({row.facility_id for row in rows}),
                self._db.among(table.c.order_id, [row.id for row in rows]),
            )
            .order_by(table.c.order_id, table.c.number)
        )
        lines: defaultdict[tuple[int, int], list[OrderLine]] = defaultdict(list)
        for line in self._db.connection.execute(statement):
            lines[line.facility_id, line.order_id].append(
                OrderLine(
                    number=line.number,
                    item_id=line.item_id,
                    place_id=line.place_id,
                    order_number=line.order_number,
                    pack_unit=line.pack_unit,
                    pack_size=line.pack_size,
                    packs=line.packs,
                    price=line.price,
                    lead_days=line.lead_days,
                    minimum_packs=line.minimum_packs,
                    received=line.received,
                    promised_on=line.promised_on,
                    why=Why(**json.loads(line.why)) if line.why else None,
                )
            )
        return [
            PurchaseOrder(
                id=row.id,
                facility_id=row.facility_id,
                supplier_id=row.supplier_id,
                state=OrderState(row.state),
                origin=Origin(row.origin),
                lines=tuple(lines[row.facility_id, row.id]),
                made_at=row.made_at,
                changed_at=row.changed_at,
                draft_id=None if row.draft_id is None else DraftId(row.draft_id),
                asked_by=row.asked_by,
                approved_by=row.approved_by,
                approved_at=row.approved_at,
                sent_by=row.sent_by,
                sent_at=row.sent_at,
                reason=row.reason,
                channel=row.channel,
                thread=row.thread,
                message=row.message,
                version=row.version,
            )
            for row in rows
        ]


def _day(value: date | str) -> date:
    """SQLite gives the greatest of its days as the text that it keeps."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _order_row(order: PurchaseOrder) -> dict[str, object]:
    return {
        "facility_id": order.facility_id,
        "id": order.id,
        "supplier_id": order.supplier_id,
        "state": order.state.value,
        "origin": order.origin.value,
        "draft_id": order.draft_id,
        "made_at": order.made_at,
        "changed_at": order.changed_at,
        "asked_by": order.asked_by,
        "approved_by": order.approved_by,
        "approved_at": order.approved_at,
        "sent_by": order.sent_by,
        "sent_at": order.sent_at,
        "reason": order.reason,
        "channel": order.channel,
        "thread": order.thread,
        "message": order.message,
        "version": order.version,
    }


def _line_rows(order: PurchaseOrder) -> list[dict[str, object]]:
    return [
        {
            "facility_id": order.facility_id,
            "order_id": order.id,
            "number": line.number,
            "item_id": line.item_id,
            "place_id": line.place_id,
            "order_number": line.order_number,
            "pack_unit": line.pack_unit,
            "pack_size": line.pack_size,
            "packs": line.packs,
            "price": line.price,
            "lead_days": line.lead_days,
            "minimum_packs": line.minimum_packs,
            "received": line.received,
            "promised_on": line.promised_on,
            "why": "" if line.why is None else json.dumps(asdict(line.why), separators=(",", ":")),
        }
        for line in order.lines
    ]


def _receipt_row(facility_id: FacilityId, one: OrderReceipt) -> dict[str, object]:
    return {
        "facility_id": facility_id,
        "order_id": one.order_id,
        "line": one.line,
        "receipt_id": one.receipt_id,
        "quantity": one.quantity,
        "day": one.day,
    }
