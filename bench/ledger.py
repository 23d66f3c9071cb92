"""Movements a second, beside bare inserts of the same rows in the same database, at growing ledgers.

    python -m bench.ledger [--database sqlite|postgres] [--sizes 10000,1000000] [--json]

"Bare" is the driver's own INSERT of rows made beforehand: into a table with the ledger's own keys, indexes and checks ("like"), and
into one with its columns and primary key only ("key"); no projection, no SQLAlchemy. "Posting" is the whole way of ``Ledger.post``
from Movement objects, in units of work. Batches are of 500 movements a transaction; single ones are one movement a transaction.
Rounds take turns and the median counts, so that a busy machine weighs on all alike. PostgreSQL is started with its safety on
(fsync), and all write to the same database with the same settings.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import uuid_utils.compat as uuid_utils

from bench import hospital
from domain import store as stores
from domain.model.ids import MovementId
from domain.model.movement import Movement
from domain.store import movements as rows
from domain.usecases.admin.check_ledger import check_ledger
from tests import postgres

BATCH = 500
ROUNDS = 7
BATCHES_A_ROUND = 4
SINGLES_A_ROUND = 200


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True)
            )
            yield f"sqlite:///{Path(folder) / 'parley.db'}"
        else:
            server = stack.enter_context(postgres.server(fast=False))
            yield server.create()


def new_ids() -> Iterator[MovementId]:
    while True:
        yield MovementId(uuid_utils.uuid7())


class Meter:
    """Rows a second of the clock, and of the processor: this process with the server processes that work for it.

    On a busy machine the second one is the one to trust. It is left out where the system does not tell the servers' time.
    """

    def __init__(self, store: stores.Store) -> None:
        self._pids: list[int] = []
        self._store = store

    def find_servers(self) -> None:
        with self._store.reading() as unit:
            if unit.connection.dialect.name == "postgresql":
                told = unit.connection.exec_driver_sql(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'parley' AND datname = current_database()"
                )
                self._pids = [int(row[0]) for row in told]

    def _processor_seconds(self) -> float:
        try:
            served = [int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self._pids]
        except OSError:
            return float("nan")
        return time.process_time() + sum(served) / 1e9

    def rates(self, work: Callable[[], None], *, count: int) -> tuple[float, float]:
        start, busy = time.perf_counter(), self._processor_seconds()
        work()
        return count / (time.perf_counter() - start), count / (self._processor_seconds() - busy)


def typed(movement: Movement) -> tuple[object, ...]:
    """The row as psycopg takes it, value by value."""
    source = (movement.source.channel, movement.source.thread, movement.source.event)
    flat = dict(zip(("source_channel", "source_thread", "source_event"), source, strict=True))
    return tuple(flat[name] if name in flat else getattr(movement, name) for name in rows.COLUMNS)


class Bare:
    """The driver alone, on a connection of its own, into a table of the ledger's shape.

    ``like`` gives it the ledger's keys, indexes and checks as the database itself tells them; else it has the primary key only.
    """

    def __init__(self, store: stores.Store, *, like: bool) -> None:
        self._unit = store.begin()
        self._unit.__enter__()
        connection = self._unit.connection
        self._postgres = connection.dialect.name == "postgresql"
        self.table = "bare_like" if like else "bare_key"
        if not like:
            made = [
                f"CREATE TABLE {self.table} AS SELECT * FROM movement WHERE false",
                f"CREATE UNIQUE INDEX {self.table}_pk ON {self.table} (facility_id, id)",
            ]
        elif self._postgres:
            made = [
                f"CREATE TABLE {self.table} (LIKE movement INCLUDING ALL)",
                f"ALTER TABLE {self.table} ADD FOREIGN KEY (facility_id, reverses) REFERENCES {self.table} (facility_id, id)",
            ]
        else:
            told = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE tbl_name = 'movement' AND type IN ('table', 'index') AND sql <> ''"
                " ORDER BY type DESC"
            )
            made = [re.sub(r"(\w*)movement(\w*)", rf"\1{self.table}\2", str(row[0])) for row in told]
        for statement in made:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"INSERT INTO {self.table} SELECT * FROM movement")
        if self._postgres:
            connection.exec_driver_sql(f"ANALYZE {self.table}")
        self._unit.commit()
        self._driver: Any = connection.connection.driver_connection
        mark = "%s" if self._postgres else "?"
        listed = ", ".join(f'"{name}"' for name in rows.COLUMNS)
        self._sql = f"INSERT INTO {self.table} ({listed}) VALUES ({', '.join([mark] * len(rows.COLUMNS))})"

    def prepare(self, batch: Sequence[Movement]) -> list[tuple[object, ...]]:
        return [typed(movement) if self._postgres else rows.to_plain(movement) for movement in batch]

    def insert_batches(self, batches: list[list[tuple[object, ...]]]) -> None:
        for batch in batches:
            cursor = self._driver.cursor()
            if not self._postgres:
                cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(self._sql, batch)
            self._driver.commit()

    def insert_singles(self, values: list[tuple[object, ...]]) -> None:
        for value in values:
            cursor = self._driver.cursor()
            if not self._postgres:
                cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(self._sql, value)
            self._driver.commit()

    def close(self) -> None:
        self._unit.__exit__(None, None, None)


def post_batches(store: stores.Store, batches: list[list[Movement]]) -> None:
    for batch in batches:
        with store.transactions.begin() as uow:
            uow.ledger.post(batch)
            uow.commit()


def measure(kind: str, size: int, *, check: bool) -> dict[str, object]:
    with fresh_database(kind) as url:
        stores.upgrade(url)
        store = stores.open_store(url)
        items = hospital.size_for(size)
        hospital.build(store.transactions, items=items)
        start = time.perf_counter()
        with store.transactions.begin() as uow:
            uow.loading.movement_rows(hospital.plain_rows(size, items=items))
            uow.loading.finished()
            uow.commit()
        loaded = time.perf_counter() - start
        bares = [Bare(store, like=False), Bare(store, like=True)]
        ids = new_ids()
        found: dict[str, list[float]] = {}

        meter = Meter(store)

        def note(name: str, rates: tuple[float, float]) -> None:
            found.setdefault(name, []).append(rates[0])
            found.setdefault(f"{name} cpu", []).append(rates[1])

        for turn in range(-1, ROUNDS):  # the first round warms up: statements are prepared, caches filled
            if turn == 0:
                found.clear()
                meter.find_servers()
            seed = (turn + 1) * 10
            for bare in bares:
                made = hospital.movements(BATCH * BATCHES_A_ROUND, items=items, ids=ids, seed=seed)
                ready = bare.prepare(made)
                parts = [ready[n : n + BATCH] for n in range(0, len(ready), BATCH)]
                note(
                    f"{bare.table} batch",
                    meter.rates(partial(bare.insert_batches, parts), count=len(ready)),
                )
                singles = bare.prepare(
                    hospital.movements(SINGLES_A_ROUND, items=items, ids=ids, seed=seed + 1)
                )
                note(
                    f"{bare.table} single",
                    meter.rates(partial(bare.insert_singles, singles), count=len(singles)),
                )
            made = hospital.movements(BATCH * BATCHES_A_ROUND, items=items, ids=ids, seed=seed + 2)
            batches = [made[n : n + BATCH] for n in range(0, len(made), BATCH)]
            note("post batch", meter.rates(partial(post_batches, store, batches), count=len(made)))
            made = hospital.movements(SINGLES_A_ROUND, items=items, ids=ids, seed=seed + 3)
            ones = [[movement] for movement in made]
            note("post single", meter.rates(partial(post_batches, store, ones), count=len(made)))
        for bare in bares:
            bare.close()
        medians = {name: statistics.median(rates) for name, rates in found.items()}
        result: dict[str, object] = {
            "database": kind,
            "movements": size,
            "load_seconds": round(loaded, 1),
            "load_per_second": round(size / loaded),
            **{f"{name} /s": round(rate) for name, rate in medians.items() if not name.endswith("cpu")},
        }
        for way in ("batch", "single"):
            for table, words in (("bare_like", "the same table"), ("bare_key", "a primary key only")):
                for suffix, clock in (("", ""), (" cpu", ", processor time")):
                    ratio = medians[f"post {way}{suffix}"] / medians[f"{table} {way}{suffix}"]
                    result[f"{way} ratio to {words}{clock}"] = round(ratio, 2)
        if check:
            start = time.perf_counter()
            checked = check_ledger(store.transactions)
            result["check_seconds"] = round(time.perf_counter() - start, 1)
            result["sound"] = checked.sound
        result["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        store.close()
        return result


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.ledger", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--sizes", default="10000,1000000", help="movements in the ledger before measuring")
    parser.add_argument("--check", action="store_true", help="run the ledger check too, and time it")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(arguments)
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    for kind in kinds:
        for size in (int(part) for part in options.sizes.split(",")):
            result = measure(kind, size, check=options.check)
            if options.json:
                sys.stdout.write(json.dumps(result) + "\n")
            else:
                width = max(map(len, result))
                sys.stdout.write(
                    "\n".join(f"{name:<{width}}  {value}" for name, value in result.items()) + "\n\n"
                )
            sys.stdout.flush()


if __name__ == "__main__":
    os.nice(0)
    main()
