"""Items with their packs, identifiers, offers, substitutes and synonyms; suppliers; the catalogue's revision."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from domain.model.item import AbcClass, Criticality, IdentifierKind, Latex, Storage, Tracking
from domain.store.tables.base import metadata, one_of
from domain.store.types import Flag, Key, Money

supplier = Table(
    "supplier",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("consigns", Flag, nullable=False),
    CheckConstraint("id > 0", name="zero_means_ours"),
    sqlite_strict=True,
)

item = Table(
    "item",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("family", Text, nullable=False, index=True),
    Column("size", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("manufacturer", Text, nullable=False),
    Column("base_unit", Text, nullable=False),
    Column("abc", Text, nullable=False),
    Column("criticality", Text, nullable=False),
    Column("latex", Text, nullable=False),
    Column("storage", Text, nullable=False),
    Column("tracking", Text, nullable=False),
    Column("sterile", Flag, nullable=False),
    Column("consigned", Flag, nullable=False),
    Column("chargeable", Flag, nullable=False),
    Column("active", Flag, nullable=False),
    one_of("abc", AbcClass),
    one_of("criticality", Criticality),
    one_of("latex", Latex),
    one_of("storage", Storage),
    one_of("tracking", Tracking),
    sqlite_strict=True,
)

# In the parts of an item, ``rank`` is the part's position in the item's own tuple.

item_pack = Table(
    "item_pack",
    metadata,
    Column("item_id", Key, ForeignKey(item.c.id, ondelete="CASCADE"), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("unit", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    PrimaryKeyConstraint("item_id", "rank"),
    CheckConstraint("quantity >= 1", name="quantity_positive"),
    sqlite_strict=True,
)

item_identifier = Table(
    "item_identifier",
    metadata,
    Column("item_id", Key, ForeignKey(item.c.id, ondelete="CASCADE"), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("pack_unit", Text, nullable=False),
    PrimaryKeyConstraint("item_id", "rank"),
    # Not unique: two makers may well use the same catalogue number; who scans it is asked which.
    Index("ix_item_identifier_value_kind", "value", "kind"),
    one_of("kind", IdentifierKind),
    sqlite_strict=True,
)

offer = Table(
    "offer",
    metadata,
    Column("item_id", Key, ForeignKey(item.c.id, ondelete="CASCADE"), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("supplier_id", Key, ForeignKey(supplier.c.id), nullable=False, index=True),
    Column("order_number", Text, nullable=False),
    Column("pack_unit", Text, nullable=False),
    Column("price", Money, nullable=False),
    Column("lead_days", Integer, nullable=False),
    Column("minimum_packs", Integer, nullable=False),
    Column("preferred", Flag, nullable=False),
    PrimaryKeyConstraint("item_id", "rank"),
    CheckConstraint("price >= 0", name="price_not_negative"),
    CheckConstraint("lead_days >= 0", name="lead_days_not_negative"),
    CheckConstraint("minimum_packs >= 1", name="minimum_packs_positive"),
    sqlite_strict=True,
)

substitute = Table(
    "substitute",
    metadata,
    Column("item_id", Key, ForeignKey(item.c.id, ondelete="CASCADE"), nullable=False),
    # Items are written in a stream: the one that stands in may come later in the same load.
    Column(
        "substitute_id", Key, ForeignKey(item.c.id, deferrable=True, initially="DEFERRED"), nullable=False
    ),
    Column("rank", Integer, nullable=False),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("item_id", "substitute_id"),
    CheckConstraint("item_id <> substitute_id", name="not_itself"),
    sqlite_strict=True,
)

synonym = Table(
    "synonym",
    metadata,
    Column("item_id", Key, ForeignKey(item.c.id, ondelete="CASCADE"), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("text", Text, nullable=False),
    PrimaryKeyConstraint("item_id", "rank"),
    sqlite_strict=True,
)

revision = Table(
    "revision",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Key, nullable=False),
    sqlite_strict=True,
)
