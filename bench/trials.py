"""Actions that are done once whatever goes wrong: ``python -m bench.trials [--trials 1000] [--database sqlite|postgres|URL] [--seed 1]``.

Two bot processes over one database and the local workspace. In each trial somebody says an action of a random kind and confirms
its card, while one thing goes wrong: Slack delivers the message two or three times, two people press two to four times at once,
or a process is killed (``kill -9``) at a named point between message and receipt and started anew. Then everything runs to rest, and
is looked at: one receipt, its movements once, told once. A URL names an empty database of your own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from bench.trial_bot import STORE, Point, Spec
from bench.trial_ward import CHANNELS, FAULTS, KINDS, LAPSE, Bench, Pair, Trial
from bot.workspace import LocalWorkspace
from bot.workspace.config import ChannelSpec, Person, WorkspaceConfig
from domain.model.ids import OURS, ItemId, LotId, MovementId, PlaceId
from domain.model.lot import Lot
from domain.model.movement import Movement, MovementKind, Source
from domain.store import Store, open_store, upgrade
from domain.usecases.admin.check_ledger import check_ledger
from tests import postgres
from tests.unit.acting.house import (
    BAG,
    CENTRAL_A,
    FOLEY16,
    ICU_A,
    ICU_B,
    NORTH,
    PEOPLE,
    SILK2,
    TOM,
    VICRYL,
    House,
)

GIANT = 1_000_000
"""Pieces on a shelf: more than all trials use."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All trials of a database. ``left`` are letters and replies set aside, ``differences`` of the ledger's check."""

    trials: tuple[Trial, ...]
    deaths: int
    movements: int
    differences: int
    left: int
    seconds: float

    @property
    def faults(self) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.lost or trial.doubled or trial.untold)


def stocked(store: Store, lots: int) -> None:
    """The small hospital, with more on its shelves than all trials use, and a lot for every hold."""
    House(store)
    shelves = [(FOLEY16, ICU_A), (BAG, CENTRAL_A), (SILK2, ICU_B)]
    now, today = datetime.now(UTC) - timedelta(days=30), date.today()  # noqa: DTZ011 - any day will do
    with store.begin() as uow:
        made: list[tuple[ItemId, LotId, PlaceId, int]] = []
        for item_id, place_id in shelves:
            lot = uow.lots.add(Lot(LotId(0), item_id, "GIANT", expires_on=today + timedelta(days=9_000)))
            made.append((item_id, lot, place_id, GIANT))
        for number in range(1, lots + 1):
            lot = uow.lots.add(
                Lot(LotId(0), VICRYL, f"Q{number:05}", expires_on=today + timedelta(days=9_000))
            )
            made.append((VICRYL, lot, ICU_B, 3))
        uow.ledger.post(
            [
                Movement(
                    id=MovementId(uuid.uuid4()), facility_id=NORTH, key=f"giant-{n}", kind=MovementKind.RECEIVE,
                    item_id=item, quantity=quantity, occurred_at=now, recorded_at=now, day=now.date(), actor_id=TOM.id,
                    lot_id=lot, to_place_id=place, unit_cost=Decimal("2.50"), owner_id=OURS, source=Source("", "", ""),
                )
                for n, (item, lot, place, quantity) in enumerate(made)
            ]
        )  # fmt: skip
        uow.commit()


@asynccontextmanager
async def opened(url: str, folder: Path, *, trials: int, chance: random.Random) -> AsyncIterator[Bench]:
    """The hospital in the empty database ``url``, two processes over it, both connected to the workspace."""
    upgrade(url)
    store = open_store(url)
    people = tuple(Person(str(p.slack_user_id), p.name, title=p.title) for p in PEOPLE)
    everybody = tuple(p.id for p in people)
    config = WorkspaceConfig(
        people=people,
        channels=tuple(ChannelSpec(c, c.lower(), members=everybody) for c in (STORE, *CHANNELS)),
        share_delay=0.0,
        ack_timeout=0.6,
        retry_delays=(0.0, 0.1, 0.3, 1.0, 2.0, 4.0),
    )
    try:
        stocked(store, trials)
        async with LocalWorkspace(config) as workspace:
            spec = Spec(url, workspace.api_url, workspace.bot_token, workspace.app_token, folder / "bots.log")
            pair = Pair(spec)
            # All deaths together must not bring the clocks before Slack's: they begin in the past.
            pair.board.ahead.value = -LAPSE * (trials * 2 + 50)
            try:
                pair.start()
                pair.start()
                await workspace.wait_for(lambda: len(workspace.courier.connections) == 2, timeout=60)
                yield Bench(workspace, store, pair, chance)
            finally:
                pair.stop()
    finally:
        store.close()


async def run_trials(
    url: str,
    folder: Path,
    *,
    trials: int,
    seed: int = 1,
    progress: Callable[[int, Trial], None] = lambda *_: None,
) -> Verdict:
    """Runs them over the empty database ``url``; the processes' log is ``folder / "bots.log"``."""
    begun = time.monotonic()
    async with opened(url, folder, trials=trials, chance=random.Random(seed)) as bench:
        done = []
        for number in range(trials):
            done.append(await bench.trial(number))
            progress(number + 1, done[-1])
        deaths = bench.pair.deaths
        bench.pair.stop()
        checked = check_ledger(bench.store.transactions)
        with bench.store.reading() as uow:
            left = uow.connection.execute(
                text(
                    "SELECT (SELECT count(*) FROM inbox WHERE state <> 'done')"
                    " + (SELECT count(*) FROM outbox WHERE state <> 'sent')"
                )
            ).scalar_one()
    return Verdict(
        tuple(done), deaths, checked.movements, checked.differences, int(left), time.monotonic() - begun
    )


# ---------------------------------------------------------------------------------------------- the report


def table(verdict: Verdict) -> Iterator[str]:
    """Lines: kind by fault, the trials of each and what went wrong."""
    yield f"| {'fault':<46} | {'trials':>6} | {'died there':>10} | {'lost':>4} | {'doubled':>7} | {'untold':>6} |"
    yield "|---|---|---|---|---|---|"
    for name in (*FAULTS, "all"):
        yield _line(name, [t for t in verdict.trials if name in ("all", t.fault)])
    yield ""
    yield f"| {'kind':<46} | " + " | ".join(f"{n + 1:>3}" for n in range(len(FAULTS))) + " |"
    yield "|---|" + "---|" * len(FAULTS)
    count = Counter((t.kind, t.fault) for t in verdict.trials)
    for kind in KINDS:
        yield f"| {kind:<46} | " + " | ".join(f"{count[kind, fault]:>3}" for fault in FAULTS) + " |"


def _line(name: str, trials: Sequence[Trial]) -> str:
    died = sum(t.reached for t in trials if t.point is not Point.NOWHERE)
    lost, doubled, untold = (
        sum(bool(getattr(t, word)) for t in trials) for word in ("lost", "doubled", "untold")
    )
    return f"| {name:<46} | {len(trials):>6} | {died:>10} | {lost:>4} | {doubled:>7} | {untold:>6} |"


@contextmanager
def database(named: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: a new one of this kind, or the one that is named."""
    if named == "sqlite":
        yield f"sqlite:///{folder / 'parley.db'}"
    elif named == "postgres":
        with postgres.server() as server:
            url = server.create()
            yield url
            server.drop(url)
    else:
        yield named


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument(
        "--database",
        action="append",
        help="sqlite, postgres or the URL of an empty one; both kinds if not said",
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = 0

    def progress(number: int, trial: Trial) -> None:
        if trial.lost or trial.doubled or trial.untold:
            print(f"{number}: {trial}", file=sys.stderr)
        if number % 50 == 0:
            print(f"{number} trials", file=sys.stderr)

    for named in given.database or ("sqlite", "postgres"):
        with tempfile.TemporaryDirectory(prefix="parley-trials-") as name, database(named, Path(name)) as url:
            verdict = asyncio.run(
                run_trials(url, Path(name), trials=given.trials, seed=given.seed, progress=progress)
            )
        print(f"\n{url.split(':')[0]}: {given.trials} trials, seed {given.seed}, {verdict.seconds:.0f} s")
        print(*table(verdict), sep="\n")
        print(
            f"{verdict.deaths} deaths; ledger: {verdict.movements:,} movements, {verdict.differences} differences; "
            f"{verdict.left} letters or replies left"
        )
        wrong += len(verdict.faults) + verdict.differences + verdict.left
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
