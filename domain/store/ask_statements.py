"""Statements of questions, in SQL that both databases read.

Every statement begins with the places asked about and their facility, because every table leads its keys with it. They are
joined as tables, not as a named part: SQLite knows how few they are only then, and does not scan what it should look up.
CROSS JOIN keeps SQLite to the written order, small side first; PostgreSQL takes it as any other join. Sums are cast, because
PostgreSQL widens them to numeric, which does not divide as whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sqlalchemy import BigInteger, Text, TextClause, bindparam, text
from sqlalchemy.sql.selectable import TextualSelect

from domain.model.ids import ItemId
from domain.model.window import DateWindow
from domain.ports import Scope
from domain.store.types import Day, Money

WHOLE = BigInteger()

_WHOLE_FACILITY = ("place p", "p.facility_id = :facility")
_INSIDE_ROOTS = ("place_ancestor r CROSS JOIN place p", "r.ancestor_id IN :roots AND p.id = r.place_id")
_DAYS = ("today", "start", "end", "first", "rate_start", "rate_end")
_LISTS = ("items", "roots", "lots")

type Typed = Text | BigInteger | Day | Money


def statement(sql: str, columns: Mapping[str, Typed]) -> TextualSelect:
    """The text with its parameters typed, so that days and amounts are written as the database keeps them."""
    named = set(re.findall(r"(?<!:):([a-z_]+)", sql))
    clause: TextClause = text(sql)
    for name in named.intersection(_DAYS):
        clause = clause.bindparams(bindparam(name, type_=Day()))
    for name in named.intersection(_LISTS):
        clause = clause.bindparams(bindparam(name, expanding=True, type_=WHOLE))
    return clause.columns(**columns)


def scope_sql(*, roots: bool) -> dict[str, str]:
    """``{places}``, tables that give ``p``, the places in scope; ``{inside}``, the condition that makes it so."""
    places, inside = _INSIDE_ROOTS if roots else _WHOLE_FACILITY
    return {"places": places, "inside": inside}


def bounds(scope: Scope, *, items: Collection[ItemId]) -> dict[str, object]:
    given: dict[str, object] = (
        {"roots": list(scope.roots)} if scope.roots else {"facility": scope.facility_id}
    )
    return {**given, "items": list(items)} if items else given


def rated(rate: DateWindow) -> dict[str, object]:
    return {"rate_start": rate.start, "rate_end": rate.end}
