"""The triggers of revision 0001: the ledger refuses changes, and pars follow the balances.

``par.on_hand`` sums what is available at the par's place or inside it; ``par.in_transit`` what is on its way there.
A balance below zero counts as none: what is missing on one shelf does not empty the next.
"""

from __future__ import annotations

_AVAILABLE = (
    "CASE WHEN {row}.status = 'available' THEN {greatest}(0, {row}.on_hand - {row}.reserved) ELSE 0 END"
)
_IN_TRANSIT = "CASE WHEN {row}.status = 'in-transit' THEN {greatest}(0, {row}.on_hand) ELSE 0 END"


def create(dialect: str) -> list[str]:
    return _sqlite() if dialect == "sqlite" else _postgres()


def drop(dialect: str) -> list[str]:
    """Triggers go with their tables; PostgreSQL's functions do not."""
    if dialect == "sqlite":
        return []
    return [
        "DROP FUNCTION parley_movement_is_append_only() CASCADE",
        "DROP FUNCTION parley_par_follows_inserted() CASCADE",
        "DROP FUNCTION parley_par_follows_updated() CASCADE",
        "DROP FUNCTION parley_par_follows_deleted() CASCADE",
    ]


def _sqlite() -> list[str]:
    statements = [
        f"""CREATE TRIGGER movement_refuses_{verb} BEFORE {verb.upper()} ON movement
        BEGIN SELECT RAISE(ABORT, 'movement is append-only'); END"""
        for verb in ("update", "delete")
    ]
    nothing = "0"

    def term(template: str, row: str) -> str:
        return template.format(row=row, greatest="max")

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
    statements = [
        """CREATE FUNCTION parley_movement_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'movement is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER movement_refuses_change BEFORE UPDATE OR DELETE ON movement
        FOR EACH ROW EXECUTE FUNCTION parley_movement_is_append_only()""",
        """CREATE TRIGGER movement_refuses_truncate BEFORE TRUNCATE ON movement
        FOR EACH STATEMENT EXECUTE FUNCTION parley_movement_is_append_only()""",
    ]
    for verb, tables in (
        ("insert", "NEW TABLE AS new_rows"),
        ("update", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("delete", "OLD TABLE AS old_rows"),
    ):
        parts = []
        for name, sign in (("new_rows", ""), ("old_rows", "-")):
            if name in tables:
                available = _AVAILABLE.format(row="r", greatest="greatest")
                in_transit = _IN_TRANSIT.format(row="r", greatest="greatest")
                parts.append(
                    f"""SELECT facility_id, item_id, place_id, {sign}({available}) AS on_hand,
                    {sign}({in_transit}) AS in_transit FROM {name} r"""  # noqa: S608 - constants only
                )
        function = f"parley_par_follows_{verb.removesuffix('e')}ed"
        # The planner does not know how few rows a statement changed and would read all pars to join them: it is told to look
        # them up. Pars are locked in the order of their keys, so that two batches wait for each other and never in a circle.
        statements += [
            f"""CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
            SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
            BEGIN
                WITH change AS MATERIALIZED (
                    SELECT c.facility_id, a.ancestor_id AS place_id, c.item_id,
                        sum(c.on_hand) AS on_hand, sum(c.in_transit) AS in_transit
                    FROM ({" UNION ALL ".join(parts)}) c
                    JOIN place_ancestor a ON a.place_id = c.place_id
                    WHERE c.on_hand <> 0 OR c.in_transit <> 0
                    GROUP BY c.facility_id, a.ancestor_id, c.item_id
                    HAVING sum(c.on_hand) <> 0 OR sum(c.in_transit) <> 0
                ), locked AS MATERIALIZED (
                    SELECT p.facility_id, p.place_id, p.item_id, c.on_hand, c.in_transit
                    FROM par p JOIN change c
                    ON p.facility_id = c.facility_id AND p.place_id = c.place_id AND p.item_id = c.item_id
                    ORDER BY p.facility_id, p.item_id, p.place_id FOR UPDATE OF p
                )
                UPDATE par p SET on_hand = p.on_hand + l.on_hand, in_transit = p.in_transit + l.in_transit
                FROM locked l
                WHERE p.facility_id = l.facility_id AND p.place_id = l.place_id AND p.item_id = l.item_id;
                RETURN NULL;
            END $$""",  # noqa: S608 - constants only
            f"""CREATE TRIGGER par_follows_{verb} AFTER {verb.upper()} ON stock REFERENCING {tables}
            FOR EACH STATEMENT EXECUTE FUNCTION {function}()""",
        ]
    return statements
