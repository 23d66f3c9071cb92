"""Facilities, places, people, and whom use is charged to."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from domain.model.person import Role
from domain.model.place import PlaceKind
from domain.store.tables.base import metadata, one_of
from domain.store.types import Day, Key, Real

facility = Table(
    "facility",
    metadata,
    Column("id", Key, primary_key=True),
    # The root of its places. No foreign key: place points here already, and rows are made facility first.
    Column("place_id", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    CheckConstraint("length(currency) = 3", name="currency_code"),
    sqlite_strict=True,
)

cost_centre = Table(
    "cost_centre",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("business_line", Text, nullable=False),
    sqlite_strict=True,
)

place = Table(
    "place",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("parent_id", Key, ForeignKey("place.id", deferrable=True, initially="DEFERRED"), index=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("order", Integer, nullable=False, server_default="0"),
    Column("floor", Integer, nullable=False, server_default="0"),
    Column("x", Real, nullable=False, server_default="0"),
    Column("y", Real, nullable=False, server_default="0"),
    Column("cost_centre_id", Key, ForeignKey(cost_centre.c.id, deferrable=True, initially="DEFERRED")),
    one_of("kind", PlaceKind),
    CheckConstraint("(parent_id IS NULL) = (kind = 'facility')", name="only_a_facility_is_a_root"),
    UniqueConstraint("facility_id", "id"),
    sqlite_strict=True,
)

place_alias = Table(
    "place_alias",
    metadata,
    Column("place_id", Key, ForeignKey(place.c.id, ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("alias", Text, nullable=False),
    sqlite_strict=True,
)

# Every place with itself and all places above it: "at the unit or anywhere inside it" is one join.
place_ancestor = Table(
    "place_ancestor",
    metadata,
    Column("place_id", Key, ForeignKey(place.c.id, ondelete="CASCADE"), nullable=False),
    Column("ancestor_id", Key, ForeignKey(place.c.id, ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("place_id", "ancestor_id"),
    Index("ix_place_ancestor_ancestor_id_place_id", "ancestor_id", "place_id"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

person = Table(
    "person",
    metadata,
    Column("id", Key, primary_key=True),
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("home_place_id", Key, ForeignKey(place.c.id)),
    Column("slack_user_id", Text, unique=True),
    Column("email", Text, nullable=False, server_default=""),
    one_of("role", Role),
    sqlite_strict=True,
)

provider = Table(
    "provider",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("specialty", Text, nullable=False),
    sqlite_strict=True,
)

procedure = Table(
    "procedure",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("specialty", Text, nullable=False),
    sqlite_strict=True,
)

# A patient's stay. The identifier is here only sealed; the digest finds it, the mask may be shown to who may see patients.
encounter = Table(
    "encounter",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("id", Key, nullable=False, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("masked", Text, nullable=False),
    PrimaryKeyConstraint("facility_id", "id"),
    UniqueConstraint("facility_id", "digest"),
    CheckConstraint("length(digest) = 32", name="digest_length"),
    sqlite_strict=True,
)

surgical_case = Table(
    "surgical_case",
    metadata,
    Column("facility_id", Key, ForeignKey(facility.c.id), nullable=False),
    Column("id", Key, nullable=False, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("on", Day, nullable=False),
    Column("place_id", Key, ForeignKey(place.c.id), nullable=False),
    Column("provider_id", Key, ForeignKey(provider.c.id), nullable=False),
    Column("procedure_id", Key, ForeignKey(procedure.c.id), nullable=False),
    Column("encounter_id", Key, nullable=False),
    PrimaryKeyConstraint("facility_id", "id"),
    UniqueConstraint("facility_id", "number"),
    ForeignKeyConstraint(["facility_id", "encounter_id"], [encounter.c.facility_id, encounter.c.id]),
    Index("ix_surgical_case_facility_id_on", "facility_id", "on"),
    sqlite_strict=True,
)

# ``parts`` writes the five keys out ("4-0-17-0-0"): one unique text treats an absent part alike on both databases.
# Case and encounter belong to a facility and this row to none, so they carry no foreign key.
charge_target = Table(
    "charge_target",
    metadata,
    Column("id", Key, primary_key=True),
    Column("parts", Text, nullable=False, unique=True),
    Column("cost_centre_id", Key, ForeignKey(cost_centre.c.id)),
    Column("case_id", Key),
    Column("encounter_id", Key),
    Column("provider_id", Key, ForeignKey(provider.c.id)),
    Column("procedure_id", Key, ForeignKey(procedure.c.id)),
    CheckConstraint(
        "coalesce(cost_centre_id, case_id, encounter_id, provider_id, procedure_id) IS NOT NULL",
        name="some_part",
    ),
    sqlite_strict=True,
)
