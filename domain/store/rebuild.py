"""The projections made anew in SQL, from all movements in one pass each: for loads. Posting uses the model's own rules.

A test proves that both give the same; balances and sums of nothing are left out.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_STOCK = """
INSERT INTO stock (facility_id, item_id, place_id, lot_id, owner_id, status, on_hand, reserved, expires_on)
SELECT p.facility_id, e.item_id, e.place_id, e.lot_id, e.owner_id, e.status, e.on_hand, e.reserved, l.expires_on
FROM (
    SELECT item_id, place_id, lot_id, owner_id, status, sum(on_hand) AS on_hand, sum(reserved) AS reserved
    FROM (
        SELECT item_id, from_place_id AS place_id, lot_id, owner_id, from_status AS status,
            -quantity AS on_hand, 0 AS reserved
        FROM movement WHERE from_place_id IS NOT NULL AND kind NOT IN ('reserve', 'release')
        UNION ALL
        SELECT item_id, to_place_id, lot_id, owner_id, to_status, quantity, 0
        FROM movement WHERE to_place_id IS NOT NULL AND kind NOT IN ('reserve', 'release')
        UNION ALL
        SELECT item_id, from_place_id, lot_id, owner_id, from_status, 0,
            CASE WHEN kind = 'reserve' THEN quantity ELSE -quantity END
        FROM movement WHERE kind IN ('reserve', 'release') AND reverses IS NULL
        UNION ALL
        SELECT item_id, to_place_id, lot_id, owner_id, to_status, 0,
            CASE WHEN kind = 'reserve' THEN -quantity ELSE quantity END
        FROM movement WHERE kind IN ('reserve', 'release') AND reverses IS NOT NULL
    ) effect
    GROUP BY item_id, place_id, lot_id, owner_id, status
    HAVING sum(on_hand) <> 0 OR sum(reserved) <> 0
) e
LEFT JOIN place p ON p.id = e.place_id
LEFT JOIN lot l ON l.id = e.lot_id
"""

_USAGE = """
INSERT INTO daily_usage (facility_id, item_id, day, place_id, kind, charge_id, quantity, cost)
SELECT p.facility_id, e.item_id, e.day, e.place_id, e.kind, e.charge_id, e.quantity, e.cost
FROM (
    SELECT item_id, day, place_id, kind, charge_id, sum(quantity) AS quantity, sum(cost) AS cost
    FROM (
        SELECT item_id, day, coalesce(from_place_id, to_place_id) AS place_id, charge_id,
            CASE WHEN kind = 'waste' THEN 'waste' ELSE 'consume' END AS kind,
            CASE WHEN (kind <> 'return') = (reverses IS NULL) THEN quantity ELSE -quantity END AS quantity,
            CASE WHEN (kind <> 'return') = (reverses IS NULL) THEN quantity ELSE -quantity END * unit_cost AS cost
        FROM movement WHERE kind IN ('consume', 'return', 'waste')
    ) effect
    GROUP BY item_id, day, place_id, kind, charge_id
    HAVING sum(quantity) <> 0 OR sum(cost) <> 0
) e
LEFT JOIN place p ON p.id = e.place_id
"""

# Of each place the unit it belongs to: the innermost one around it, or the facility where there is none.
UNITS = """
SELECT place_id, unit_id, cost_centre_id FROM (
    SELECT a.place_id, u.id AS unit_id, u.cost_centre_id,
        row_number() OVER (
            PARTITION BY a.place_id ORDER BY (SELECT count(*) FROM place_ancestor d WHERE d.place_id = u.id) DESC
        ) AS nearness
    FROM place_ancestor a JOIN place u ON u.id = a.ancestor_id AND u.kind IN ('unit', 'facility')
) around WHERE nearness = 1
"""

SPEND_BY_TARGET = f"""
SELECT s.facility_id, s.day, n.unit_id, s.kind, s.charge_id,
    CAST(sum(s.quantity) AS BIGINT) AS quantity, sum(s.cost) AS cost
FROM daily_usage s JOIN ({UNITS}) n ON n.place_id = s.place_id
GROUP BY s.facility_id, s.day, n.unit_id, s.kind, s.charge_id
"""  # noqa: S608 - constants only

SPEND_BY_ITEM = f"""
SELECT s.facility_id, s.item_id, {{month}} AS month, n.unit_id, s.kind,
    coalesce(c.cost_centre_id, n.cost_centre_id, 0) AS department_id,
    CAST(sum(s.quantity) AS BIGINT) AS quantity, sum(s.cost) AS cost
FROM daily_usage s JOIN ({UNITS}) n ON n.place_id = s.place_id LEFT JOIN charge_target c ON c.id = s.charge_id
GROUP BY s.facility_id, s.item_id, {{month}}, n.unit_id, s.kind, coalesce(c.cost_centre_id, n.cost_centre_id, 0)
"""  # noqa: S608 - constants only

_MONTHS = {
    "sqlite": "substr(s.day, 1, 8) || '01'",
    "postgresql": "CAST(date_trunc('month', CAST(s.day AS timestamp)) AS date)",
}

_LEVELS = """
UPDATE par SET
    on_hand = coalesce((
        SELECT sum(CASE WHEN s.on_hand > s.reserved THEN s.on_hand - s.reserved ELSE 0 END)
        FROM stock s JOIN place_ancestor a ON a.place_id = s.place_id AND a.ancestor_id = par.place_id
        WHERE s.facility_id = par.facility_id AND s.item_id = par.item_id AND s.status = 'available'
    ), 0),
    in_transit = coalesce((
        SELECT sum(CASE WHEN s.on_hand > 0 THEN s.on_hand ELSE 0 END)
        FROM stock s JOIN place_ancestor a ON a.place_id = s.place_id AND a.ancestor_id = par.place_id
        WHERE s.facility_id = par.facility_id AND s.item_id = par.item_id AND s.status = 'in-transit'
    ), 0)
"""


def rebuild_projections(connection: Connection) -> None:
    """Fills the empty tables of balances, use and spending from the ledger; sets the levels of the pars."""
    connection.execute(text(_STOCK))
    connection.execute(text(_USAGE))
    rebuild_spending(connection)
    if connection.dialect.name == "postgresql":
        rebuild_levels(connection)  # on SQLite triggers have set them


def rebuild_spending(connection: Connection) -> None:
    """Sums what was spent anew from the sums of use: for loads, and after places have moved to other units or cost centres."""
    connection.execute(text("DELETE FROM spend_by_target"))
    connection.execute(text(f"INSERT INTO spend_by_target {SPEND_BY_TARGET}"))
    connection.execute(text("DELETE FROM spend_by_item"))
    connection.execute(text(f"INSERT INTO spend_by_item {spend_by_item_sql(connection)}"))


def spend_by_item_sql(connection: Connection) -> str:
    """What ``spend_by_item`` is to hold, as a query over the sums of use."""
    return SPEND_BY_ITEM.format(month=_MONTHS[connection.dialect.name])


def rebuild_levels(connection: Connection) -> None:
    """Sums every par's stock anew: after pars were made, or places were, where stock lies already."""
    connection.execute(text(_LEVELS))


def rebuild_level(connection: Connection, *, facility_id: int, place_id: int, item_id: int) -> None:
    """As ``rebuild_levels``, of one par."""
    connection.execute(
        text(f"{_LEVELS} WHERE facility_id = :facility_id AND place_id = :place_id AND item_id = :item_id"),
        {"facility_id": facility_id, "place_id": place_id, "item_id": item_id},
    )
