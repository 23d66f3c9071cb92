"""A quarter of alerts in minutes: ``python -m bench.quarter [--days 90] [--deaths 50] [--database sqlite|postgres] [--seed 1]``.

A small hospital lives through a quarter on a simulated clock: every day stock is used, received and counted, people take on,
put off and close alerts, and all jobs of the table run at their times. First undisturbed, with one process on SQLite; then with
two processes on PostgreSQL (or one on SQLite), each killed (``kill -9``) so many times: at random moments, right after a run was
committed, and right after Slack took a post. In the end the same must have been told to the same readers on the same days, and each
of it must stand in the local workspace once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bench.quarter_bot import SimulatedClock, Told, house_of, run
from bench.trial_bot import Board, Point
from bench.trials import database
from bot.bootstrap.jobs import open_drawing, open_schedule
from bot.listeners.digests import Digests
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, Person, WorkspaceConfig
from domain.model.alert import AlertId
from domain.model.ids import NO_LOT, OURS, ItemId, LotId, MovementId, PlaceId
from domain.model.item import Tracking
from domain.model.job import Holiday
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source
from domain.model.par import Par
from domain.model.subscription import Subscription, SubscriptionId, Topic
from domain.store import Store, open_store, upgrade
from domain.store.types import from_microseconds
from domain.usecases.alert.life import Until, acknowledge, resolve, snooze, until
from domain.usecases.alert.telling import redrawn
from jobs.schedule import Schedule
from tests.unit.acting.house import (
    CENTRAL_A,
    CORE,
    ED_CART,
    ICU_A,
    ICU_B,
    ITEMS,
    MIA,
    NORTH,
    PACU_A,
    PEOPLE,
    TOM,
    House,
)

NAMED = {"Central supply": "C0CENTRAL1", "OR suite": "C0ORSUPPLY", "ICU": "C0ICUSUPPL"}
SHELVES = (ICU_A, ICU_B, ED_CART, PACU_A, CORE, CENTRAL_A)
LOTS_EACH = 7
"""Lots of an item that lapse in the quarter or after it."""
TIMES = tuple(clock_time(*at) for at in ((5, 30), (6, 35), (7, 35), (9, 3), (12, 13), (17, 13), (21, 13)))
"""When a simulated day is looked at, by the facility's clock: before and after the morning's jobs, at noon, in the evening, at night."""
LAPSE = 330.0
"""Seconds that pass with every death, more than the lease of a run."""
PATIENCE = 120.0


# ---------------------------------------------------------------------------------------------- what is compared


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a quarter. ``tellings`` are (kind, subject, reader, day), ``direct`` the texts that subscribers got."""

    tellings: Counter[tuple[str, str, str, date]]
    direct: Counter[tuple[str, str]]
    posts: int
    doubled: tuple[str, ...]
    unposted: tuple[str, ...]
    left: int
    failed_runs: int
    runs: int
    deaths: tuple[int, ...]
    seconds: float

    def missing(self, other: Verdict) -> int:
        """How many tellings of ``other`` are not here."""
        return (other.tellings - self.tellings).total() + (other.direct - self.direct).total()


# ---------------------------------------------------------------------------------------------- the processes


class Bots:
    """Some processes, each started anew when it dies; the clock goes on by more than a lease with every death."""

    def __init__(self, told: Told, board: Board) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["bench.quarter_bot"])
        self._told, self.board = told, board
        self._running: dict[int, ForkServerProcess] = {}
        self.deaths: list[int] = []
        self.fallen = asyncio.Event()
        self._stopping = False

    def start(self, count: int) -> None:
        self.deaths = [0] * count
        for slot in range(count):
            self._start(slot)

    def _start(self, slot: int) -> None:
        process = self._context.Process(target=run, args=(self._told, self.board), daemon=True)
        process.start()
        self._running[slot] = process
        asyncio.get_running_loop().add_reader(process.sentinel, self._died, slot, process)

    def _died(self, slot: int, process: ForkServerProcess) -> None:
        asyncio.get_running_loop().remove_reader(process.sentinel)
        process.join()
        if not self._stopping:
            self.deaths[slot] += 1
            self.fallen.set()
            self.board.ahead.value += LAPSE
            self._start(slot)

    def kill(self, slot: int) -> None:
        self._running[slot].kill()

    def stop(self) -> None:
        self._stopping = True
        for process in self._running.values():
            asyncio.get_running_loop().remove_reader(process.sentinel)
            process.kill()
            process.join()


# ---------------------------------------------------------------------------------------------- the days


@dataclass(slots=True)
class Days:
    """What happens in the hospital, the same for every run: use, receipts, counts, people at their alerts."""

    store: Store
    seed: int
    zone: ZoneInfo
    clock: SimulatedClock
    drawing: Digests
    shelves: list[tuple[ItemId, PlaceId, int]] = field(default_factory=list)

    def prepare(self, begin: datetime) -> None:
        """Pars everywhere, lots that lapse one after the other, a holiday, and people who subscribe to some of it."""
        chance = random.Random(self.seed)
        first = begin.astimezone(self.zone).date()
        people = [person for person in PEOPLE if person.slack_user_id]
        with self.store.begin() as uow:
            for item in ITEMS:
                for place in SHELVES:
                    uow.pars.put(Par(item.id, place, 4, 8, 20, 40))
                    self.shelves.append((item.id, place, 20))
            lapsing = [
                (
                    item,
                    uow.lots.add(
                        Lot(
                            LotId(0),
                            item.id,
                            f"Q{int(item.id)}-{n}",
                            expires_on=first + timedelta(days=chance.randrange(150)),
                        )
                    ),
                )
                for item in ITEMS
                if item.tracking is Tracking.LOT
                for n in range(LOTS_EACH)
            ]
            uow.ledger.post(
                [
                    _movement(
                        f"lapsing:{number}",
                        item.id,
                        lot,
                        None,
                        chance.choice(SHELVES),
                        chance.randint(2, 30),
                        begin,
                        first,
                    )
                    for number, (item, lot) in enumerate(lapsing)
                ]
            )
            wanted = [
                replace(
                    _SUBSCRIPTION,
                    person_id=people[n % len(people)].id,
                    topic=TOPICS[n % 4],
                    item_id=item,
                    place_id=place,
                    made_at=begin,
                )
                for n, (item, place, _) in enumerate(chance.sample(self.shelves, 32))
            ]
            for person in people:
                own = replace(
                    _SUBSCRIPTION, person_id=person.id, place_id=person.home_place_id, made_at=begin
                )
                wanted.append(replace(own, topic=Topic.EXPIRING, days=20))
                wanted.append(replace(own, topic=Topic.DIGEST, weekday=4))
            for each in wanted:
                uow.subscriptions.add(each)
            uow.job_book.put_holidays(
                NORTH, [Holiday(NORTH, first + timedelta(days=10), "A day off")], since=first
            )
            uow.commit()

    def stock(self, day: date, step: int) -> None:
        """Some shelves are used from, some filled."""
        chance = random.Random(f"{self.seed}:{day}:{step}")
        moment = self.clock.now()
        with self.store.begin() as uow:
            moved = []
            for number in range(4):
                item, place, par = chance.choice(self.shelves)
                used = chance.random() < 0.6
                away, to = (place, None) if used else (None, place)
                quantity = par // 2 if used else par
                moved.append(
                    _movement(f"{day}:{step}:{number}", item, NO_LOT, away, to, quantity, moment, day)
                )
            uow.ledger.post(moved)
            uow.commit()

    def people(self, day: date) -> None:
        """Somebody takes one alert on, puts off two and closes one, as the buttons would."""
        chance = random.Random(f"{self.seed}:{day}:people")
        now = self.clock.now()
        with self.store.begin() as uow:
            rows = uow.connection.execute(
                text(
                    "SELECT kind, subject, id FROM alert WHERE gone_at IS NULL AND state = 'open' AND told_at IS NOT NULL "
                    "AND person_id IS NULL AND facility_id = :facility ORDER BY kind, subject"
                ),
                {"facility": NORTH},
            ).all()
            if len(rows) < 4:
                return
            chosen = [AlertId(row.id) for row in chance.sample(list(rows), 4)]
            morning = until(Until.DAY, now=now, zone=self.zone)
            changed = [
                *acknowledge(chosen[:1], person=MIA, now=now, uow=uow).changed,
                *snooze(chosen[1:3], until=morning, person=MIA, now=now, uow=uow).changed,
                *resolve(chosen[3], reason="seen to", person=MIA, now=now, uow=uow).changed,
            ]
            for digest in redrawn(changed, uow=uow):
                for row in self.drawing.rows(digest, now=now, uow=uow):
                    uow.outbox.put(row)
            uow.commit()


TOPICS = (Topic.LOW, Topic.OUT, Topic.ARRIVED, Topic.USED)
_SUBSCRIPTION = Subscription(SubscriptionId(0), NORTH, MIA.id, Topic.LOW, datetime(2026, 1, 1, tzinfo=UTC))


def _movement(
    key: str,
    item: ItemId,
    lot: LotId,
    away: PlaceId | None,
    to: PlaceId | None,
    quantity: int,
    moment: datetime,
    day: date,
) -> Movement:
    """Used from ``away``, or received at ``to``."""
    return Movement(
        id=MovementId(uuid.uuid4()),
        facility_id=NORTH,
        key=f"quarter:{key}",
        kind=MovementKind.RECEIVE if away is None else MovementKind.CONSUME,
        item_id=item,
        quantity=quantity,
        occurred_at=moment,
        recorded_at=moment,
        day=day,
        actor_id=TOM.id,
        lot_id=lot,
        from_place_id=away,
        to_place_id=to,
        unit_cost=Decimal("2.50"),
        owner_id=OURS,
        source=Source("", "", ""),
    )


async def quarter(
    url: str,
    folder: Path,
    *,
    days: int,
    processes: int,
    deaths: int,
    seed: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Verdict:
    """Lives through it over the empty database ``url``; each process dies so many times."""
    begun = time.monotonic()
    zone = ZoneInfo("America/New_York")
    first = datetime.now(UTC).date() - timedelta(days=days + 12)
    start = datetime.combine(first, clock_time(5), tzinfo=zone)
    upgrade(url)
    store = open_store(url)
    House(store)
    people = tuple(Person(str(p.slack_user_id), p.name, title=p.title) for p in PEOPLE)
    everybody = tuple(person.id for person in people)
    config = WorkspaceConfig(
        people=people,
        channels=tuple(ChannelSpec(c, c.lower(), members=everybody) for c in NAMED.values()),
        share_delay=0.0,
    )
    context = multiprocessing.get_context("forkserver")
    board = Board(context.Value("i", 0, lock=False), context.Value("d", 0.0, lock=False))
    clock = SimulatedClock(board)
    async with LocalWorkspace(config) as workspace:
        channels = ", ".join(f"{name}={channel}" for name, channel in NAMED.items())
        told = Told(url, workspace.api_url, workspace.bot_token, channels, folder)
        house = house_of(told, store, clock)
        life = Days(store, seed, zone, clock, open_drawing(house))
        plan = Plan(days, processes * deaths, random.Random(seed))
        bots = Bots(told, board)
        watch = Watch(store, open_schedule(house), board)
        board.ahead.value = (start - datetime.now(UTC)).total_seconds()
        await asyncio.to_thread(life.prepare, clock.now())
        bots.start(processes)
        try:
            await watch.rest()
            for number in range(days):
                day = first + timedelta(days=number)
                for step, at in enumerate(TIMES):
                    if at.hour in (5, 9, 12):
                        await asyncio.to_thread(life.stock, day, step)
                    moment = datetime.combine(day, at, tzinfo=zone)
                    board.ahead.value = max(board.ahead.value, (moment - datetime.now(UTC)).total_seconds())
                    await plan.strike(number * len(TIMES) + step, bots)
                    await watch.rest()
                    if at.hour == 9:
                        await asyncio.to_thread(life.people, day)
                progress(f"day {number + 1}: {bots.deaths} deaths, {time.monotonic() - begun:.0f} s")
            board.point.value = Point.NOWHERE
            await watch.rest()
        finally:
            bots.stop()
        verdict = looked_at(store, workspace, zone, tuple(bots.deaths), time.monotonic() - begun)
    store.close()
    return verdict


class Plan:
    """When somebody dies: so many steps of all, mostly those of the morning, where most is done."""

    def __init__(self, days: int, deaths: int, chance: random.Random) -> None:
        self._chance = chance
        steps = range(days * len(TIMES))
        weights = [4 if number % len(TIMES) < 4 else 1 for number in steps]
        self._at: Counter[int] = Counter(chance.choices(steps, weights=weights, k=deaths))

    async def strike(self, step: int, bots: Bots) -> None:
        """The process that has died least: at a moment of chance, or where it comes by a point that is named."""
        for _ in range(self._at[step]):
            slot = min(range(len(bots.deaths)), key=lambda each: bots.deaths[each])
            died = sum(bots.deaths)
            bots.fallen.clear()
            kind = self._chance.random()
            if kind < 0.5:
                await asyncio.sleep(self._chance.uniform(0.0, 0.35))
                bots.kill(slot)
            else:
                bots.board.point.value = Point.SENT if kind < 0.75 else Point.REPLY_STORED
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(bots.fallen.wait(), 0.5)
                if sum(bots.deaths) == died:  # nothing came by there
                    bots.board.point.value = Point.NOWHERE
                    bots.kill(slot)
            await bots.fallen.wait()


@dataclass(slots=True)
class Watch:
    """Knows when all is at rest: nothing is due, nothing runs, nothing waits to be sent."""

    store: Store
    schedule: Schedule
    board: Board

    async def rest(self) -> None:
        """What failed is due again some minutes later: where nothing moves on, they pass."""
        begun = time.monotonic()
        passed = 0
        while not await asyncio.to_thread(self._rests):
            waited = time.monotonic() - begun
            if waited > PATIENCE:
                raise TimeoutError("the quarter does not come to rest")
            if waited > 3 * (passed + 1):
                self.board.ahead.value += 60
                passed += 1
            await asyncio.sleep(0.04)

    def _rests(self) -> bool:
        with self.store.reading() as uow:
            waiting = uow.connection.execute(
                text(
                    "SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting') + "
                    "(SELECT count(*) FROM job_run WHERE state = 'running' OR (state = 'failed' AND retry_at IS NOT NULL))"
                )
            ).scalar_one()
        return not waiting and not self.schedule.owed()


def looked_at(
    store: Store, workspace: LocalWorkspace, zone: ZoneInfo, deaths: tuple[int, ...], seconds: float
) -> Verdict:
    """What stands in Slack against what the database says was told."""
    keys: Counter[str] = Counter()
    direct: Counter[tuple[str, str]] = Counter()
    for channel, messages in workspace.state.messages.items():
        for message in messages:
            metadata = message.metadata
            payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
            key = str(payload.get("key")) if isinstance(payload, dict) else ""
            if not message.from_bot or not key:
                continue
            keys[key] += 1
            if key.startswith(("told:", "report:")):
                direct[channel, message.text] += 1
    with store.reading() as uow:
        execute = uow.connection.execute
        sent = set(
            execute(
                text("SELECT key FROM outbox WHERE state = 'sent' AND method = 'chat.postMessage'")
            ).scalars()
        )
        told = execute(
            text(
                "SELECT a.kind, a.subject, d.channel, d.made_at, d.message FROM alert_told t JOIN alert a ON a.id = t.alert_id "
                "JOIN alert_digest d ON d.id = t.digest_id"
            )
        ).all()
        left = execute(text("SELECT count(*) FROM outbox WHERE state <> 'sent'")).scalar_one()
        failed = execute(text("SELECT count(*) FROM job_run WHERE state = 'failed'")).scalar_one()
        runs = execute(text("SELECT count(*) FROM job_run WHERE state = 'finished'")).scalar_one()
    tellings = Counter(
        (kind, subject, channel, _moment(made_at).astimezone(zone).date())
        for kind, subject, channel, made_at, message in told
        if message
    )
    return Verdict(
        tellings=tellings,
        direct=direct,
        posts=len(keys),
        doubled=tuple(sorted(key for key, count in keys.items() if count > 1)),
        unposted=tuple(sorted(sent - set(keys))),
        left=int(left),
        failed_runs=int(failed),
        runs=int(runs),
        deaths=deaths,
        seconds=seconds,
    )


def _moment(stored: datetime | int) -> datetime:
    """As PostgreSQL gives it, or SQLite."""
    return from_microseconds(stored) if isinstance(stored, int) else stored


# ---------------------------------------------------------------------------------------------- the report


def lines(name: str, verdict: Verdict, reference: Verdict | None) -> Iterator[str]:
    """A row of the table, and what is wrong, if anything is."""
    lost = 0 if reference is None else verdict.missing(reference)
    more = 0 if reference is None else reference.missing(verdict)
    told = verdict.tellings.total() + verdict.direct.total()
    yield (
        f"| {name} | {' + '.join(map(str, verdict.deaths))} | {verdict.runs:,} | {told:,} | {verdict.posts:,} | {lost} | {more} | "
        f"{len(verdict.doubled)} | {len(verdict.unposted)} | {verdict.left + verdict.failed_runs} | {verdict.seconds:.0f} s |"
    )
    for what, found in (("doubled", verdict.doubled), ("unposted", verdict.unposted)):
        if found:
            yield f"  {what}: {', '.join(found[:5])}"
    if reference is not None and (lost or more):
        for each in list((reference.tellings - verdict.tellings).items())[:5]:
            yield f"  lost: {each}"
        for each in list((verdict.tellings - reference.tellings).items())[:5]:
            yield f"  too much: {each}"
        for text_ in list((reference.direct - verdict.direct).items())[:3]:
            yield f"  lost: {text_}"
        for text_ in list((verdict.direct - reference.direct).items())[:3]:
            yield f"  too much: {text_}"


MANY = {"postgres": 2, "sqlite": 1}
"""Processes over each database."""
CALLED = {"postgres": "two processes, PostgreSQL", "sqlite": "one process, SQLite"}
HEADER: Sequence[str] = (
    "| run | deaths | runs of jobs | told | posts | lost | too much | doubled | unposted | left | took |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
)


def faults(verdict: Verdict, reference: Verdict) -> int:
    """0 where all was told once."""
    return (
        verdict.missing(reference)
        + reference.missing(verdict)
        + len(verdict.doubled)
        + len(verdict.unposted)
        + verdict.left
        + verdict.failed_runs
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--deaths", type=int, default=50, help="of each process")
    parser.add_argument("--database", action="append", help="sqlite or postgres; both if not said")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    async def lived(named: str, *, processes: int, deaths: int) -> Verdict:
        def progress(line: str) -> None:
            print(f"{processes} on {named}: {line}", file=sys.stderr, flush=True)

        with (
            tempfile.TemporaryDirectory(prefix="parley-quarter-") as folder,
            database(named, Path(folder)) as url,
        ):
            return await quarter(
                url,
                Path(folder),
                days=given.days,
                processes=processes,
                deaths=deaths,
                seed=given.seed,
                progress=progress,
            )

    async def side_by_side() -> list[Verdict]:
        """All at once: most of the time each waits for a process that begins anew, or for a lease."""
        undisturbed = lived("sqlite", processes=1, deaths=0)
        disturbed = [
            lived(named, processes=MANY[named], deaths=given.deaths)
            for named in given.database or tuple(MANY)
        ]
        return list(await asyncio.gather(undisturbed, *disturbed))

    reference, *verdicts = asyncio.run(side_by_side())
    print(f"{given.days} days, seed {given.seed}")
    print(*HEADER, *lines("undisturbed, one process, SQLite", reference, None), sep="\n")
    for named, verdict in zip(given.database or MANY, verdicts, strict=True):
        print(*lines(CALLED[named], verdict, reference), sep="\n")
    return 1 if sum(faults(verdict, reference) for verdict in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
