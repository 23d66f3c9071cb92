"""The triggers of revision 0001: the ledger refuses changes; on SQLite pars follow the balances by triggers too.

On PostgreSQL the statement that posts brings the pars up to date itself (``domain.store.posting_postgres``). ``par.on_hand`` sums
what is available at the par's place or inside it; ``par.in_transit`` what is on its way there. A balance below zero counts as
none: what is missing on one shelf does not empty the next.
"""

from __future__ import annotations

_AVAILABLE = "CASE WHEN {row}.status = 'available' THEN max(0, {row}.on_hand - {row}.reserved) ELSE 0 END"
_IN_TRANSIT = "CASE WHEN {row}.status = 'in-transit' THEN max(0, {row}.on_hand) ELSE 0 END"


def create(dialect: str) -> list[str]:
    return _sqlite() if dialect == "sqlite" else _postgres()


def drop(dialect: str) -> list[str]:
    """Triggers go with their tables; PostgreSQL's functions do not."""
    if dialect == "sqlite":
        return []
    return ["DROP FUNCTION parley_movement_is_append_only() CASCADE"]


def _sqlite() -> list[str]:
    statements = [
        f"""CREATE TRIGGER movement_refuses_{verb} BEFORE {verb.upper()} ON movement
        BEGIN SELECT RAISE(ABORT, 'movement is append-only'); END"""
        for verb in ("update", "delete")
    ]
    nothing = "0"

    def term(template: str, row: str) -> str:
        return template.format(row=row)

    for verb, new, old in (("insert", "NEW", ""), ("update", "NEW", "OLD"), ("delete", "", "OLD")):
        row = new or old
        on_hand = (
            f"({term(_AVAILABLE, new) if new else nothing}) - ({term(_AVAILABLE, old) if old else nothing})"
        )
        in_transit = (
            f"({term(_IN_TRANSIT, new) if new else nothing}) - ({term(_IN_TRANSIT, old) if old else nothing})"
        )
        statements.append(
            f"""CREATE TRIGGER par_follows_{verb} AFTER {verb.upper()} ON stock
            WHEN {row}.status IN ('available', 'in-transit') AND (({on_hand}) <> 0 OR ({in_transit}) <> 0)
            BEGIN
                UPDATE par SET on_hand = on_hand + {on_hand}, in_transit = in_transit + {in_transit}
                WHERE facility_id = {row}.facility_id AND item_id = {row}.item_id
                AND place_id IN (SELECT ancestor_id FROM place_ancestor WHERE place_id = {row}.place_id);
            END"""  # noqa: S608 - constants only
        )
    return statements


def _postgres() -> list[str]:
    return [
        """CREATE FUNCTION parley_movement_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'movement is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER movement_refuses_change BEFORE UPDATE OR DELETE ON movement
        FOR EACH ROW EXECUTE FUNCTION parley_movement_is_append_only()""",
        """CREATE TRIGGER movement_refuses_truncate BEFORE TRUNCATE ON movement
        FOR EACH STATEMENT EXECUTE FUNCTION parley_movement_is_append_only()""",
    ]
