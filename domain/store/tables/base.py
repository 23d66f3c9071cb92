"""The one MetaData, and what all tables share."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def one_of(column: str, values: type[StrEnum], *, name: str = "") -> CheckConstraint:
    """A column that holds only the values of the enumeration.

    Not ``IN``: SQLite makes a table of its list for every row that is checked, which took half the time of an insert.
    """
    listed = " ".join(f"WHEN '{value}' THEN 1" for value in values)
    return CheckConstraint(f"CASE {column} {listed} ELSE 0 END = 1", name=name or f"{column}_known")
