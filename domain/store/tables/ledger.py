"""Lots, the append-only ledger, its projections, and pars.

Every table here leads its keys with the facility, so that it can be partitioned or distributed by it; lots are shared by all.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from domain.model.movement import MovementKind, StockStatus
from domain.store.tables.base import metadata, one_of
from domain.store.tables.catalogue import item, supplier
from domain.store.tables.hospital import place
from domain.store.types import Day, Key, Moment, Money, PlainText, UuidKey

Count = BigInteger().with_variant(Integer(), "sqlite")

# ``number_key`` and ``serial_key`` are without case, blanks and dashes: what people type is looked up by them.
lot = Table(
    "lot",
    metadata,
    Column("id", Key, primary_key=True),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("number", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("expires_on", Day),
    Column("made_on", Day),
    Column("supplier_id", Key, ForeignKey(supplier.c.id)),
    Column("number_key", PlainText, nullable=False),
    Column("serial_key", PlainText, nullable=False),
    CheckConstraint("id > 0", name="zero_means_no_lot"),
    CheckConstraint("number <> '' OR serial <> ''", name="named"),
    Index("uq_lot_item_id_number_serial", "item_id", "number", "serial", unique=True),
    Index("ix_lot_number_key", "number_key"),
    Index(
        "ix_lot_serial_key",
        "serial_key",
        sqlite_where=text("serial_key <> ''"),
        postgresql_where=text("serial_key <> ''"),
    ),
    sqlite_strict=True,
)

# What a movement names is proved by the balance it changes: stock's foreign keys hold for every movement, checked once a
# balance instead of once a movement. The order of the columns is that of ports.MovementRow.
movement = Table(
    "movement",
    metadata,
    Column("id", UuidKey, nullable=False),
    Column("facility_id", Key, nullable=False, autoincrement=False),
    Column("key", PlainText, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_id", Key, nullable=False),
    Column("quantity", Count, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("day", Day, nullable=False),
    Column("actor_id", Key, nullable=False),
    Column("lot_id", Key, nullable=False),
    Column("from_place_id", Key),
    Column("to_place_id", Key),
    Column("from_status", Text, nullable=False),
    Column("to_status", Text, nullable=False),
    Column("owner_id", Key, nullable=False),
    Column("unit_cost", Money, nullable=False),
    Column("entered_quantity", Money),
    Column("entered_unit", Text, nullable=False),
    Column("charge_id", Key, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source_channel", Text, nullable=False),
    Column("source_thread", Text, nullable=False),
    Column("source_event", Text, nullable=False),
    Column("reverses", UuidKey),
    PrimaryKeyConstraint("facility_id", "id"),
    Index("uq_movement_facility_id_key", "facility_id", "key", unique=True),
    Index(
        "uq_movement_facility_id_reverses",
        "facility_id",
        "reverses",
        unique=True,
        sqlite_where=text("reverses IS NOT NULL"),
        postgresql_where=text("reverses IS NOT NULL"),
    ),
    Index(
        "ix_movement_facility_id_lot_id_occurred_at",
        "facility_id",
        "lot_id",
        "occurred_at",
        sqlite_where=text("lot_id > 0"),
        postgresql_where=text("lot_id > 0"),
    ),
    # What lots cost is read from here, for a thousand that lapse at once, without a look at the movements themselves.
    Index(
        "ix_movement_receipt",
        "facility_id",
        "lot_id",
        "occurred_at",
        "id",
        "unit_cost",
        sqlite_where=text("kind = 'receive' AND reverses IS NULL AND lot_id > 0"),
        postgresql_where=text("kind = 'receive' AND reverses IS NULL AND lot_id > 0"),
    ),
    # When a shelf was last counted is read from here.
    Index(
        "ix_movement_count",
        "facility_id",
        "item_id",
        "day",
        "from_place_id",
        "to_place_id",
        sqlite_where=text("kind = 'count' AND reverses IS NULL"),
        postgresql_where=text("kind = 'count' AND reverses IS NULL"),
    ),
    ForeignKeyConstraint(["facility_id", "reverses"], ["movement.facility_id", "movement.id"]),
    one_of("kind", MovementKind),
    one_of("from_status", StockStatus),
    one_of("to_status", StockStatus),
    CheckConstraint("quantity > 0", name="quantity_positive"),
    CheckConstraint("unit_cost >= 0", name="unit_cost_not_negative"),
    CheckConstraint("key <> ''", name="key_given"),
    CheckConstraint("coalesce(from_place_id, to_place_id) IS NOT NULL", name="somewhere"),
    sqlite_strict=True,
)

# A balance may be below zero: what was used is recorded. ``expires_on`` is the lot's own, so that what lapses is found here.
stock = Table(
    "stock",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("place_id", Key, nullable=False),
    Column("lot_id", Key, nullable=False),
    Column("owner_id", Key, nullable=False),
    Column("status", Text, nullable=False),
    Column("on_hand", Count, nullable=False),
    Column("reserved", Count, nullable=False),
    Column("expires_on", Day),
    PrimaryKeyConstraint("facility_id", "item_id", "place_id", "lot_id", "owner_id", "status"),
    ForeignKeyConstraint(["facility_id", "place_id"], [place.c.facility_id, place.c.id]),
    # What lapses is read from here alone; what was emptied, the most of it long past its date, is not in it.
    Index(
        "ix_stock_shelf",
        "facility_id",
        "place_id",
        "expires_on",
        "item_id",
        "lot_id",
        "owner_id",
        "status",
        "on_hand",
        "reserved",
        sqlite_where=text("on_hand <> 0 OR reserved <> 0"),
        postgresql_where=text("on_hand <> 0 OR reserved <> 0"),
    ),
    Index(
        "ix_stock_lot_id",
        "facility_id",
        "lot_id",
        sqlite_where=text("lot_id > 0"),
        postgresql_where=text("lot_id > 0"),
    ),
    one_of("status", StockStatus),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Without foreign keys: what a sum names, a balance of the same movement names too.
daily_usage = Table(
    "daily_usage",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("item_id", Key, nullable=False),
    Column("day", Day, nullable=False),
    Column("place_id", Key, nullable=False),
    Column("kind", Text, nullable=False),
    Column("charge_id", Key, nullable=False),
    Column("quantity", Count, nullable=False),
    Column("cost", Money, nullable=False),
    # The place before the day: how fast a shelf uses an item is then one short range, however busy the item is elsewhere.
    PrimaryKeyConstraint("facility_id", "item_id", "place_id", "day", "kind", "charge_id"),
    CheckConstraint("kind = 'consume' OR kind = 'waste'", name="kind_summed"),
    # What a week or a month cost is read from here alone: SQLite keeps item and target in every index of this table.
    Index("ix_daily_usage_facility_id_day", "facility_id", "day", "place_id", "kind", "quantity", "cost"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# ``on_hand`` sums what is available at the place or inside it whatever its expiry, ``in_transit`` what is on its way there;
# the statement that posts keeps both (on SQLite triggers on stock do), so that what is low is read from an index and not summed
# from a million balances.
par = Table(
    "par",
    metadata,
    Column("facility_id", Key, nullable=False),
    Column("place_id", Key, nullable=False),
    Column("item_id", Key, ForeignKey(item.c.id), nullable=False),
    Column("minimum", Count, nullable=False),
    Column("reorder_point", Count, nullable=False),
    Column("par", Count, nullable=False),
    Column("maximum", Count, nullable=False),
    Column("on_hand", Count, nullable=False, server_default="0"),
    Column("in_transit", Count, nullable=False, server_default="0"),
    PrimaryKeyConstraint("facility_id", "place_id", "item_id"),
    ForeignKeyConstraint(["facility_id", "place_id"], [place.c.facility_id, place.c.id]),
    CheckConstraint(
        "0 <= minimum AND minimum <= reorder_point AND reorder_point <= par AND par <= maximum",
        name="levels_rise",
    ),
    Index("ix_par_facility_id_item_id", "facility_id", "item_id", "place_id"),
    Index(
        "ix_par_low",
        "facility_id",
        "place_id",
        "item_id",
        sqlite_where=text("on_hand <= reorder_point"),
        postgresql_where=text("on_hand <= reorder_point"),
    ),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
