"""Items whole, in few queries; remembered by the process until the catalogue's revision grows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from sqlalchemy import Row, Table, literal, select

from domain.errors import UnknownItem, UnknownSupplier
from domain.model.ids import ItemId, SupplierId
from domain.model.item import (
    AbcClass,
    Criticality,
    Identifier,
    IdentifierKind,
    Item,
    Latex,
    Offer,
    Pack,
    Storage,
    Substitute,
    Supplier,
    Tracking,
)
from domain.store import tables
from domain.store.database import REMEMBERED_ITEMS, Database
from domain.store.types import Flag

_PAGE = 1_000
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class SqlCatalogue:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, item_id: ItemId) -> Item:
        found = self.many([item_id])
        if item_id not in found:
            raise UnknownItem(f"There is no item with the key {item_id}.")
        return found[item_id]

    def many(self, item_ids: Collection[ItemId]) -> dict[ItemId, Item]:
        wanted = set(item_ids)
        if not wanted:
            return {}
        memory = self._db.memory
        known: dict[ItemId, Item] = {}
        revision = self._db.revision()
        if self._db.may_remember:
            with memory.lock:
                if memory.items_revision != revision:
                    memory.items, memory.items_revision = {}, revision
                known = {item_id: memory.items[item_id] for item_id in wanted if item_id in memory.items}
        missing = sorted(wanted - known.keys())
        if missing:
            fresh = self._read(missing)
            known |= fresh
            if self._db.may_remember:
                with memory.lock:
                    if memory.items_revision == revision:
                        self._remember(memory.items, fresh)
        return {item_id: known[item_id] for item_id in item_ids if item_id in known}

    def all(self) -> Iterable[Item]:
        after, item = 0, tables.item
        while True:
            keys = self._db.connection.scalars(
                select(item.c.id)
                .where(item.c.id > after, item.c.active == literal(True, Flag()))
                .order_by(item.c.id)
                .limit(_PAGE)
            ).all()
            if not keys:
                return
            yield from self._read([ItemId(key) for key in keys]).values()
            after = keys[-1]

    def family(self, name: str) -> list[Item]:
        keys = self._db.connection.scalars(select(tables.item.c.id).where(tables.item.c.family == name)).all()
        return sorted(self.many([ItemId(key) for key in keys]).values(), key=_size_order)

    def revision(self) -> int:
        return self._db.revision()

    def supplier(self, supplier_id: SupplierId) -> Supplier:
        table = tables.supplier
        row = self._db.connection.execute(select(table).where(table.c.id == supplier_id)).one_or_none()
        if row is None:
            raise UnknownSupplier(f"There is no supplier with the key {supplier_id}.")
        return Supplier(id=SupplierId(row.id), name=row.name, consigns=row.consigns)

    @staticmethod
    def _remember(items: dict[ItemId, Item], fresh: dict[ItemId, Item]) -> None:
        for key in list(islice(items, max(0, len(items) + len(fresh) - REMEMBERED_ITEMS))):
            del items[key]  # the longest remembered first
        items.update(islice(fresh.items(), REMEMBERED_ITEMS))

    def _read(self, item_ids: Sequence[ItemId]) -> dict[ItemId, Item]:
        """In the order of the keys; six queries however many there are."""
        item, offer, supplier = tables.item, tables.offer, tables.supplier
        rows = self._db.connection.execute(
            select(item).where(self._db.among(item.c.id, item_ids)).order_by(item.c.id)
        ).all()
        packs = self._parts(tables.item_pack, item_ids)
        identifiers = self._parts(tables.item_identifier, item_ids)
        substitutes = self._parts(tables.substitute, item_ids)
        synonyms = self._parts(tables.synonym, item_ids)
        offers: dict[int, list[Offer]] = defaultdict(list)
        for row in self._db.connection.execute(
            select(offer, supplier.c.name.label("supplier_name"))
            # An outer join, though there always is one: SQLite then looks up offers by item, never suppliers first.
            .join(supplier, supplier.c.id == offer.c.supplier_id, isouter=True)
            .where(self._db.among(offer.c.item_id, item_ids))
            .order_by(offer.c.item_id, offer.c.rank)
        ):
            offers[row.item_id].append(
                Offer(
                    supplier_id=row.supplier_id,
                    supplier_name=row.supplier_name,
                    order_number=row.order_number,
                    pack_unit=row.pack_unit,
                    price=row.price,
                    lead_days=row.lead_days,
                    minimum_packs=row.minimum_packs,
                    preferred=row.preferred,
                )
            )
        return {
            ItemId(row.id): Item(
                id=ItemId(row.id),
                number=row.number,
                name=row.name,
                family=row.family,
                size=row.size,
                category=row.category,
                brand=row.brand,
                manufacturer=row.manufacturer,
                base_unit=row.base_unit,
                packs=tuple(Pack(part.unit, part.quantity) for part in packs[row.id]),
                identifiers=tuple(
                    Identifier(IdentifierKind(part.kind), part.value, part.pack_unit)
                    for part in identifiers[row.id]
                ),
                offers=tuple(offers[row.id]),
                substitutes=tuple(
                    Substitute(part.substitute_id, part.rank, part.note) for part in substitutes[row.id]
                ),
                synonyms=tuple(part.text for part in synonyms[row.id]),
                abc=AbcClass(row.abc),
                criticality=Criticality(row.criticality),
                latex=Latex(row.latex),
                storage=Storage(row.storage),
                tracking=Tracking(row.tracking),
                sterile=row.sterile,
                consigned=row.consigned,
                chargeable=row.chargeable,
                active=row.active,
            )
            for row in rows
        }

    def _parts(self, table: Table, item_ids: Sequence[ItemId]) -> dict[int, list[Row[tuple[object, ...]]]]:
        parts: dict[int, list[Row[tuple[object, ...]]]] = defaultdict(list)
        for row in self._db.connection.execute(
            select(table)
            .where(self._db.among(table.c.item_id, item_ids))
            .order_by(table.c.item_id, table.c.rank)
        ):
            parts[row.item_id].append(row)
        return parts


def _size_order(item: Item) -> tuple[list[float], str, int]:
    return ([float(number) for number in _NUMBER.findall(item.size)], item.size, item.id)
