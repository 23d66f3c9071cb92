"""The trigger of revision 0005: a movement is news for subscriptions from the transaction that posts it."""

from __future__ import annotations


def create(dialect: str) -> list[str]:
    """Nothing is written while nobody is subscribed: a load of years of history costs one look a statement."""
    if dialect == "sqlite":
        return [
            """CREATE TRIGGER movement_is_news AFTER INSERT ON movement
            WHEN EXISTS (SELECT 1 FROM subscription WHERE ended_at IS NULL)
            BEGIN INSERT INTO movement_news (facility_id, movement_id) VALUES (NEW.facility_id, NEW.id); END"""
        ]
    return [
        """CREATE FUNCTION parley_movement_is_news() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM subscription WHERE ended_at IS NULL) THEN
                INSERT INTO movement_news (facility_id, movement_id) SELECT facility_id, id FROM fresh;
            END IF;
            RETURN NULL;
        END $$""",
        """CREATE TRIGGER movement_is_news AFTER INSERT ON movement REFERENCING NEW TABLE AS fresh
        FOR EACH STATEMENT EXECUTE FUNCTION parley_movement_is_news()""",
    ]


def drop(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return ["DROP TRIGGER movement_is_news"]
    return [
        "DROP TRIGGER movement_is_news ON movement",
        "DROP FUNCTION parley_movement_is_news()",
    ]
