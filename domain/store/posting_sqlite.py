"""How SQLite takes movements: one prepared statement a table, run by the driver for all rows of a batch.

Pars follow the balances by the triggers of ``domain.store.migrations.triggers_0001``.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import InvalidMovement, UnknownMovement
from domain.ports import MovementRow
from domain.store.database import Database, Refusal
from domain.store.effects import add_up, spent
from domain.store.movements import FACILITY_AND_KEY, SQLITE_INSERT, RowKey, refused_balance, refused_use

_STOCK = "facility_id, item_id, place_id, lot_id, owner_id, status"
_USE = "facility_id, item_id, day, place_id, kind, charge_id"

# A balance of a lot is written only where the lot is one of the item, and of a consignor only where there is such a supplier:
# the count of rows then tells that something did not exist, at no cost of its own.
_WRITE_STOCK = f"""INSERT INTO stock ({_STOCK}, on_hand, reserved, expires_on)
SELECT n.*, l.expires_on
FROM (SELECT ? AS facility_id, ? AS item_id, ? AS place_id, ? AS lot_id, ? AS owner_id, ? AS status, ? AS on_hand, ?) n
LEFT JOIN lot l ON l.id = n.lot_id AND l.item_id = n.item_id
WHERE (n.lot_id = 0 OR l.id IS NOT NULL)
AND (n.owner_id = 0 OR EXISTS (SELECT 1 FROM supplier s WHERE s.id = n.owner_id))
ON CONFLICT ({_STOCK})
DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand, reserved = stock.reserved + excluded.reserved"""  # noqa: S608
_WRITE_USE = f"""INSERT INTO daily_usage ({_USE}, quantity, cost)
SELECT n.* FROM (SELECT ?, ?, ?, ?, ?, ? AS charge_id, ?, ?) n
WHERE n.charge_id = 0 OR EXISTS (SELECT 1 FROM charge_target c WHERE c.id = n.charge_id)
ON CONFLICT ({_USE})
DO UPDATE SET quantity = daily_usage.quantity + excluded.quantity, cost = daily_usage.cost + excluded.cost"""  # noqa: S608
_SPEND = "facility_id, day, unit_id, kind, charge_id"
_MONTH = "facility_id, item_id, month, unit_id, kind, department_id"
# These follow the sums of use, which have proved the target.
_WRITE_SPEND = f"""INSERT INTO spend_by_target ({_SPEND}, quantity, cost) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT ({_SPEND})
DO UPDATE SET quantity = spend_by_target.quantity + excluded.quantity, cost = spend_by_target.cost + excluded.cost"""  # noqa: S608
_WRITE_MONTH = f"""INSERT INTO spend_by_item ({_MONTH}, quantity, cost)
SELECT n.facility_id, n.item_id, n.month, n.unit_id, n.kind, coalesce(c.cost_centre_id, u.cost_centre_id, 0), n.quantity, n.cost
FROM (SELECT ? AS facility_id, ? AS item_id, ? AS month, ? AS unit_id, ? AS kind, ? AS charge_id, ? AS quantity, ? AS cost) n
LEFT JOIN charge_target c ON c.id = n.charge_id
LEFT JOIN place u ON u.id = n.unit_id
WHERE true
ON CONFLICT ({_MONTH})
DO UPDATE SET quantity = spend_by_item.quantity + excluded.quantity, cost = spend_by_item.cost + excluded.cost"""  # noqa: S608


def write(database: Database, rows: Sequence[MovementRow]) -> set[RowKey] | None:
    """Writes what is not there yet, with its effects. Gives the keys of what was written; None where all was."""
    new = _insert(database, rows)
    if new is not None:
        rows = [row for row in rows if FACILITY_AND_KEY(row) in new]
    if not rows:
        return new
    stock, usage = add_up(rows, facility_of=database.facility_of)
    # In the order of the keys: neighbours lie on one page.
    balances = sorted((*key, *change) for key, change in stock.items())
    sums = sorted((*key, *change) for key, change in usage.items())
    try:
        if database.run(_WRITE_STOCK, balances).rowcount != len(balances):
            raise refused_balance(stock)
        if sums and database.run(_WRITE_USE, sums).rowcount != len(sums):
            raise refused_use(usage)
        if sums:
            by_target, by_item = spent(usage, unit_of=database.unit_of)
            database.run(_WRITE_SPEND, sorted((*key, *change) for key, change in by_target.items()))
            database.run(_WRITE_MONTH, sorted((*key, *change) for key, change in by_item.items()))
    except Refusal as refusal:
        raise InvalidMovement(
            f"A movement names an item or place that does not exist: {refusal.constraint}."
        ) from refusal
    return new


def _insert(database: Database, rows: Sequence[MovementRow]) -> set[RowKey] | None:
    run = database.run
    # The table only grows, so a new row's number is above all that were there; this unit holds the write lock.
    last = run("SELECT max(rowid) FROM movement", [()]).fetchall()[0][0] if len(rows) > 1 else None
    try:
        count = run(SQLITE_INSERT, rows).rowcount
    except Refusal as refusal:
        if refusal.is_foreign_key:
            raise UnknownMovement("The movement to be reversed is not in the ledger.") from refusal
        raise InvalidMovement(f"The ledger refused a movement: {refusal.constraint}.") from refusal
    if count == len(rows):
        return None
    if count == 0:
        return set()
    return set(run("SELECT facility_id, key FROM movement WHERE rowid > ?", [(last or 0,)]).fetchall())
