"""The one table of what runs when; the only place that knows APScheduler.

Each run is claimed by a row (job, scheduled time), so that any number of processes fire it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from domain.errors import SupplyRoomError
from domain.ports import Clock, Transactions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``cron`` has five fields in the facility's zone; ``run`` is given the scheduled moment and gives what to log."""

    id: str
    cron: str
    run: Callable[[datetime], object]


class Schedule:
    """Fires the table's jobs on threads of its own until ``stop``. A failed job is logged and reported, never silent."""

    def __init__(
        self, jobs: Sequence[Job], *, transactions: Transactions, clock: Clock, zone: tzinfo, worker: str
    ) -> None:
        self._jobs = {job.id: job for job in jobs}
        self._transactions = transactions
        self._clock = clock
        self._zone = zone
        self._worker = worker
        self._scheduler = BackgroundScheduler(timezone=zone)

    def start(self) -> None:
        for job in self._jobs.values():
            trigger = CronTrigger.from_crontab(job.cron, timezone=self._zone)
            self._scheduler.add_job(
                self.fire,
                trigger,
                args=[job.id],
                id=job.id,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=3600,
            )
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)

    def fire(self, job_id: str) -> bool:
        """Runs the job for this minute unless another process has claimed it. True when it ran here to its end."""
        due = self._clock.now().astimezone(UTC).replace(second=0, microsecond=0)
        with self._transactions.begin() as uow:
            mine = uow.job_runs.claim(job_id, scheduled_for=due, worker=self._worker, now=self._clock.now())
            uow.commit()
        if not mine:
            return False
        try:
            outcome = self._jobs[job_id].run(due)
        except (SupplyRoomError, OSError, ValueError) as error:
            log.exception("job failed", job=job_id, scheduled_for=due.isoformat())
            self._finish(job_id, due, failure=type(error).__name__)
            return False
        log.info("job done", job=job_id, scheduled_for=due.isoformat(), outcome=str(outcome))
        self._finish(job_id, due, failure="")
        return True

    def _finish(self, job_id: str, due: datetime, *, failure: str) -> None:
        with self._transactions.begin() as uow:
            uow.job_runs.finish(job_id, scheduled_for=due, now=self._clock.now(), failure=failure)
            uow.commit()
