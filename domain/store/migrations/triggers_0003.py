"""The triggers of revision 0003: the audit trail refuses change and deletion, as the ledger does."""

from __future__ import annotations


def create(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [
            f"""CREATE TRIGGER trail_refuses_{verb} BEFORE {verb.upper()} ON trail
            BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END"""
            for verb in ("update", "delete")
        ]
    return [
        """CREATE FUNCTION parley_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'trail is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER trail_refuses_change BEFORE UPDATE OR DELETE ON trail
        FOR EACH ROW EXECUTE FUNCTION parley_trail_is_append_only()""",
        """CREATE TRIGGER trail_refuses_truncate BEFORE TRUNCATE ON trail
        FOR EACH STATEMENT EXECUTE FUNCTION parley_trail_is_append_only()""",
    ]


def drop(dialect: str) -> list[str]:
    """Triggers go with their tables; PostgreSQL's functions do not."""
    return [] if dialect == "sqlite" else ["DROP FUNCTION parley_trail_is_append_only() CASCADE"]
