"""Bulk writes for imports and demo data: executemany on SQLite, COPY on PostgreSQL, in chunks, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import psycopg
from sqlalchemy import Table, func, select, text
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, Invalid
from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import ChargeId, FacilityId, PlaceId
from domain.model.item import Item, Supplier
from domain.model.lot import Lot
from domain.model.movement import Movement
from domain.model.par import Par
from domain.model.person import Person
from domain.model.place import Facility, Place
from domain.ports import MovementRow
from domain.store import binary_copy, tables
from domain.store import movements as movement_rows
from domain.store.database import Database, chunked, refused
from domain.store.engine import translated_error
from domain.store.hospital import charge_row
from domain.store.lots import lot_row
from domain.store.rebuild import rebuild_levels, rebuild_projections, rebuild_spending
from domain.store.types import ten_thousandths

_ITEMS = 1_000
_MOVEMENTS = 20_000

type _Rows = Iterable[dict[str, object]]


class SqlLoading:
    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------ hospital

    def facilities(self, rows: Sequence[Facility], places: Sequence[Place]) -> None:
        connection = self._db.connection
        self._write(
            tables.facility,
            (
                {
                    "id": row.id,
                    "place_id": row.place_id,
                    "name": row.name,
                    "timezone": row.timezone,
                    "currency": row.currency,
                }
                for row in rows
            ),
        )
        self._write(
            tables.place,
            (
                {
                    "id": row.id,
                    "facility_id": row.facility_id,
                    "parent_id": row.parent_id,
                    "kind": row.kind.value,
                    "name": row.name,
                    "order": row.order,
                    "floor": row.floor,
                    "x": row.x,
                    "y": row.y,
                    "cost_centre_id": row.cost_centre_id,
                }
                for row in places
            ),
        )
        self._write(
            tables.place_alias,
            (
                {"place_id": row.id, "rank": rank, "alias": alias}
                for row in places
                for rank, alias in enumerate(row.aliases)
            ),
        )
        self._db.catalogue_changed()
        tree, _ = self._db.places()
        self._write(
            tables.place_ancestor,
            (
                {"place_id": row.id, "ancestor_id": ancestor_id}
                for row in places
                for ancestor_id in tree.lineage(row.id)
            ),
        )
        if connection.scalar(select(tables.par.c.item_id).limit(1)) is not None:
            rebuild_levels(connection)
        if connection.scalar(select(tables.daily_usage.c.item_id).limit(1)) is not None:
            rebuild_spending(connection)

    def suppliers(self, rows: Sequence[Supplier]) -> None:
        self._write(
            tables.supplier, ({"id": row.id, "name": row.name, "consigns": row.consigns} for row in rows)
        )
        self._db.catalogue_changed()

    def items(self, rows: Iterable[Item]) -> None:
        for part in chunked(rows, _ITEMS):
            self._write(tables.item, (_item_row(item) for item in part))
            self._write(
                tables.item_pack,
                (
                    {"item_id": item.id, "rank": rank, "unit": pack.unit, "quantity": pack.quantity}
                    for item in part
                    for rank, pack in enumerate(item.packs)
                ),
            )
            self._write(
                tables.item_identifier,
                (
                    {
                        "item_id": item.id,
                        "rank": rank,
                        "kind": identifier.kind.value,
                        "value": identifier.value,
                        "pack_unit": identifier.pack_unit,
                    }
                    for item in part
                    for rank, identifier in enumerate(item.identifiers)
                ),
            )
            self._write(tables.offer, (row for item in part for row in _offer_rows(item)))
            self._write(
                tables.synonym,
                (
                    {"item_id": item.id, "rank": rank, "text": synonym}
                    for item in part
                    for rank, synonym in enumerate(item.synonyms)
                ),
            )
            self._write(
                tables.substitute,
                (
                    {
                        "item_id": item.id,
                        "substitute_id": other.item_id,
                        "rank": other.rank,
                        "note": other.note,
                    }
                    for item in part
                    for other in item.substitutes
                ),
            )
        self._db.catalogue_changed()

    def people(self, rows: Sequence[Person]) -> None:
        self._write(
            tables.person,
            (
                {
                    "id": row.id,
                    "facility_id": row.facility_id,
                    "name": row.name,
                    "title": row.title,
                    "role": row.role.value,
                    "home_place_id": row.home_place_id,
                    "slack_user_id": row.slack_user_id,
                    "email": row.email,
                }
                for row in rows
            ),
        )

    # ------------------------------------------------------------------------------------------ charges

    def cost_centres(self, rows: Sequence[CostCentre]) -> None:
        self._write(
            tables.cost_centre,
            (
                {"id": row.id, "code": row.code, "name": row.name, "business_line": row.business_line}
                for row in rows
            ),
        )

    def providers(self, rows: Sequence[Provider]) -> None:
        self._write(
            tables.provider, ({"id": row.id, "name": row.name, "specialty": row.specialty} for row in rows)
        )

    def procedures(self, rows: Sequence[Procedure]) -> None:
        self._write(
            tables.procedure,
            ({"id": row.id, "code": row.code, "name": row.name, "specialty": row.specialty} for row in rows),
        )

    def encounters(self, rows: Iterable[Encounter]) -> None:
        self._write(
            tables.encounter,
            (
                {
                    "facility_id": row.facility_id,
                    "id": row.id,
                    "sealed": row.sealed,
                    "digest": row.digest,
                    "masked": row.masked,
                }
                for row in rows
            ),
        )

    def cases(self, rows: Iterable[Case]) -> None:
        self._write(
            tables.surgical_case,
            (
                {
                    "facility_id": row.facility_id,
                    "id": row.id,
                    "number": row.number,
                    "on": row.on,
                    "place_id": row.place_id,
                    "provider_id": row.provider_id,
                    "procedure_id": row.procedure_id,
                    "encounter_id": row.encounter_id,
                }
                for row in rows
            ),
        )

    def charge_targets(self, rows: Iterable[tuple[ChargeId, ChargeTarget]]) -> None:
        self._write(tables.charge_target, ({"id": key} | charge_row(target) for key, target in rows))

    # ------------------------------------------------------------------------------------------ stock

    def lots(self, rows: Iterable[Lot]) -> None:
        self._write(tables.lot, ({"id": row.id} | lot_row(row) for row in rows))

    def pars(self, rows: Iterable[Par]) -> None:
        facilities: dict[PlaceId, FacilityId] = {}

        def facility_of(place_id: PlaceId) -> FacilityId:
            if place_id not in facilities:
                facilities[place_id] = self._db.facility_of(place_id)
            return facilities[place_id]

        self._write(
            tables.par,
            (
                {
                    "facility_id": facility_of(row.place_id),
                    "place_id": row.place_id,
                    "item_id": row.item_id,
                    "minimum": row.minimum,
                    "reorder_point": row.reorder_point,
                    "par": row.par,
                    "maximum": row.maximum,
                }
                for row in rows
            ),
        )
        if self._db.connection.scalar(select(tables.stock.c.item_id).limit(1)) is not None:
            rebuild_levels(self._db.connection)

    def movements(self, rows: Iterable[Movement]) -> int:
        return self.movement_rows(movement_rows.to_plain(movement) for movement in rows)

    def movement_rows(self, rows: Iterable[MovementRow]) -> int:
        connection, table = self._db.connection, tables.movement
        for projected in (table, tables.stock, tables.daily_usage):
            if connection.execute(select(text("1")).select_from(projected).limit(1)).first() is not None:
                raise Conflict("Movements are loaded into an empty ledger only; post them instead.")
        # An index made at the end is sorted once; one kept up row by row is searched ten million times.
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        for index in indexes:
            index.drop(connection)
        try:
            count = self._copy_movements(rows) if self._db.is_postgres else self._insert_movements(rows)
            for index in indexes:
                index.create(connection)
            rebuild_projections(connection)
        except IntegrityError as error:
            raise refused(table, error) from error
        return count

    def _insert_movements(self, rows: Iterable[MovementRow]) -> int:
        count = 0
        for part in chunked(rows, _MOVEMENTS):
            self._db.connection.exec_driver_sql(movement_rows.SQLITE_PLAIN_INSERT, list(part))
            count += len(part)
        return count

    def _copy_movements(self, rows: Iterable[MovementRow]) -> int:
        listed = ", ".join(f'"{name}"' for name in movement_rows.COLUMNS)
        count = 0
        with self._copy(tables.movement, f"COPY movement ({listed}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(binary_copy.HEADER)
            for piece, number in binary_copy.encoded(rows):
                copy.write(piece)
                count += number
            copy.write(binary_copy.TRAILER)
        return count

    # ------------------------------------------------------------------------------------------ the end

    def finished(self) -> None:
        connection = self._db.connection
        if self._db.is_postgres:
            for table in tables.metadata.sorted_tables:
                column = table.autoincrement_column
                if column is not None:
                    last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                    sequence = func.pg_get_serial_sequence(table.name, column.name)
                    connection.execute(select(func.setval(sequence, last, False)))
            connection.execute(text("ANALYZE"))
        else:
            connection.execute(text("PRAGMA analysis_limit = 1000"))
            connection.execute(text("ANALYZE"))
        self._db.catalogue_changed()

    def _write(self, table: Table, rows: _Rows) -> None:
        if not self._db.is_postgres:
            self._db.insert_many(table, rows)
            return
        for part in chunked(rows, 50_000):
            names = list(part[0])
            listed = ", ".join(f'"{name}"' for name in names)
            with self._copy(table, f'COPY "{table.name}" ({listed}) FROM STDIN') as copy:
                for row in part:
                    copy.write_row([row[name] for name in names])

    @contextmanager
    def _copy(self, table: Table, statement: str) -> Iterator[psycopg.Copy]:
        """COPY is the driver's own road. A first statement has begun the transaction on both sides."""
        connection = self._db.connection
        connection.execute(text("SELECT 1"))
        driver = cast("psycopg.Connection[tuple[object, ...]]", connection.connection.driver_connection)
        try:
            with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                yield copy
        except psycopg.IntegrityError as error:
            # The driver's own sentence repeats the row's values, so it goes no further.
            raise Conflict(
                f"The database refused a row of {table.name}: {error.diag.constraint_name or error.diag.message_primary}."
            ) from None
        except psycopg.Error as error:
            raise translated_error(error) or Invalid(
                f"The database can not read a row of {table.name}: {error.diag.message_primary or type(error).__name__}."
            ) from None


def _item_row(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "number": item.number,
        "name": item.name,
        "family": item.family,
        "size": item.size,
        "category": item.category,
        "brand": item.brand,
        "manufacturer": item.manufacturer,
        "base_unit": item.base_unit,
        "abc": item.abc.value,
        "criticality": item.criticality.value,
        "latex": item.latex.value,
        "storage": item.storage.value,
        "tracking": item.tracking.value,
        "sterile": item.sterile,
        "consigned": item.consigned,
        "chargeable": item.chargeable,
        "active": item.active,
    }


def _offer_rows(item: Item) -> Iterable[dict[str, object]]:
    for rank, offer in enumerate(item.offers):
        try:
            ten_thousandths(offer.price)
        except Invalid as error:
            raise Invalid(f"The price of {item.number}: {error}") from error
        yield {
            "item_id": item.id,
            "rank": rank,
            "supplier_id": offer.supplier_id,
            "order_number": offer.order_number,
            "pack_unit": offer.pack_unit,
            "price": offer.price,
            "lead_days": offer.lead_days,
            "minimum_packs": offer.minimum_packs,
            "preferred": offer.preferred,
        }
