"""The one table of what runs when; the only place that knows APScheduler.

Once a minute every process looks at the table, at what people set about it and at what was run, and claims what is due: each run
is a row (job, facility, scheduled time), so that any number of processes do it once. What was missed while nothing ran is caught
up by the job's own rule, a run whose process died is another's when its lease is past, and one that failed is tried again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from domain.errors import Invalid, SupplyRoomError
from domain.model.ids import FacilityId
from domain.model.job import WHOLE_HOUSE, Holidays, JobRun, JobSetting
from domain.model.place import Facility
from domain.ports import Clock, Transactions, UnitOfWork
from jobs.due import CatchUp, Timetable, due_moments, parsed

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=5)
"""How long a run is its process's own without a sign of life. One is given each minute."""
RETRIES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""Pauses before a failed run is tried again; after the last try it is given up and an alert tells of it."""
MOST: Final = len(RETRIES) + 1


@dataclass(frozen=True, slots=True)
class Due:
    """What a job is given. ``moment`` is when it was due, aware, in UTC: a late run does what the one at its time would have done."""

    job: str
    facility_id: FacilityId
    zone: ZoneInfo
    moment: datetime
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What a job leaves to be written in the unit of work that finishes its run: both or neither. Gives what to log."""

    write: Callable[[UnitOfWork], object]


@dataclass(frozen=True, slots=True)
class Job:
    """``cron`` has five fields in the facility's zone; ``run`` gives what to log, or a Unit.

    ``each`` runs it for every facility in its own zone; else once for the whole house, in the first facility's.
    """

    id: str
    cron: str
    run: Callable[[Due], object]
    title: str = ""
    catch_up: CatchUp = CatchUp.LATEST
    within: timedelta = timedelta(hours=24)
    """A run older than this is not caught up."""
    holidays: Holidays = Holidays.RUN
    each: bool = False
    kept: bool = True
    """False for what runs every few minutes: its runs are forgotten after a day, and nobody changes its times."""


@dataclass(slots=True)
class Ran:
    """What a look at the table came to: runs that went well and that failed, by job."""

    done: list[JobRun] = field(default_factory=list)
    failed: list[JobRun] = field(default_factory=list)


class Schedule:
    """``start`` it once in a process: jobs run on threads of its own until ``stop``. A failed job is logged and reported, never silent.

    Without ``start``, ``look`` does what one minute brings, here and now: for tests and simulations.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        transactions: Transactions,
        clock: Clock,
        worker: str,
        zone: ZoneInfo | None = None,
        lease: timedelta = LEASE,
        woken: Callable[[], None] = lambda: None,
    ) -> None:
        for job in jobs:
            parsed(
                job.cron
            )  # a line that can not be read is found when the process starts, not at six in the morning
        self._jobs = {job.id: job for job in jobs}
        self._transactions = transactions
        self._clock = clock
        self._worker = worker
        self._zone = zone
        self._lease = lease
        self._woken = woken
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="jobs")
        self._running: dict[tuple[str, FacilityId], JobRun] = {}
        self._lock = threading.Lock()

    @property
    def jobs(self) -> Mapping[str, Job]:
        return self._jobs

    def start(self) -> None:
        self._scheduler.add_job(
            self._tick, CronTrigger.from_crontab("* * * * *", timezone=UTC), coalesce=True, max_instances=1
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Waits for what is running."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        self._pool.shutdown(wait=True)

    # ------------------------------------------------------------------------------------------ a minute

    def look(self) -> Ran:
        """Runs what is due, one behind the other, until nothing is."""
        ran = Ran()
        for job, facility_id, moment in self.owed():
            self._once(job, facility_id, moment, ran)
        return ran

    def _tick(self) -> None:
        """Hands what is due to the pool; a job that is still running here is not begun again."""
        try:
            self._beat()
            owed = self.owed()
        except SupplyRoomError as error:
            log.warning("the schedule can not be read", error=type(error).__name__)
            return
        waiting: dict[tuple[str, FacilityId], list[datetime]] = {}
        for job, facility_id, moment in owed:
            waiting.setdefault((job.id, facility_id), []).append(moment)
        for (job_id, facility_id), moments in waiting.items():
            with self._lock:
                if (job_id, facility_id) in self._running:
                    continue
            job = self._jobs[job_id]
            future: Future[None] = self._pool.submit(self._several, job, facility_id, moments)
            future.add_done_callback(_complain)

    def _several(self, job: Job, facility_id: FacilityId, moments: Sequence[datetime]) -> None:
        for moment in moments:
            self._once(job, facility_id, moment, Ran())

    def _beat(self) -> None:
        with self._lock:
            running = list(self._running.values())
        if running:
            until = self._clock.now() + self._lease
            with self._transactions.begin() as uow:
                for run in running:
                    uow.job_runs.extend(run, lease_until=until)
                uow.commit()

    def owed(self) -> list[tuple[Job, FacilityId, datetime]]:
        """What is due now, the earliest first: new moments, and runs that died or failed."""
        now = self._clock.now()
        with self._transactions.reading() as uow:
            latest = uow.job_runs.latest()
            again = uow.job_runs.unfinished(now=now)
            tables = self._timetables(uow)
        unknown = [
            (job, facility_id) for job, facility_id, _ in tables if (job.id, facility_id) not in latest
        ]
        if unknown:
            with self._transactions.begin() as uow:
                for job, facility_id in unknown:
                    uow.job_runs.know(job.id, facility_id, now=now - timedelta(minutes=1))
                uow.commit()
        found = [
            (self._jobs[run.job], run.facility_id, run.scheduled_for)
            for run in again
            if run.job in self._jobs
        ]
        for job, facility_id, timetable in tables:
            if timetable is None:
                continue
            since = latest.get((job.id, facility_id), now - timedelta(minutes=1))
            found += [(job, facility_id, moment) for moment in due_moments(timetable, since=since, until=now)]
        return sorted(found, key=lambda each: each[2])

    def timetables(self) -> list[tuple[Job, FacilityId, Timetable | None]]:
        """Every job at every facility with when it runs, as it is set now; None where it was switched off."""
        with self._transactions.reading() as uow:
            return self._timetables(uow)

    def _timetables(self, uow: UnitOfWork) -> list[tuple[Job, FacilityId, Timetable | None]]:
        facilities = uow.places.facilities()
        settings = {(each.facility_id, each.job): each for each in uow.job_book.settings()}
        return [
            (job, facility_id, self._timetable(job, facility_id, facilities, settings, uow=uow))
            for job in self._jobs.values()
            for facility_id in _where(job, facilities)
        ]

    def _timetable(
        self,
        job: Job,
        facility_id: FacilityId,
        facilities: Sequence[Facility],
        settings: Mapping[tuple[FacilityId, str], JobSetting],
        *,
        uow: UnitOfWork,
    ) -> Timetable | None:
        """When the job runs at the facility; None where it was switched off."""
        setting = settings.get((facility_id, job.id))
        if setting is not None and not setting.enabled:
            return None
        rule = job.holidays if setting is None or setting.holidays is None else setting.holidays
        free = frozenset[object]()
        if rule is not Holidays.RUN and facility_id != WHOLE_HOUSE:
            since = (self._clock.now() - timedelta(days=40)).date()
            free = frozenset(each.day for each in uow.job_book.holidays(facility_id, since=since))
        return Timetable(
            cron=_readable(setting, job),
            zone=self.zone_of(facility_id, facilities),
            catch_up=job.catch_up,
            within=job.within,
            holidays=rule,
            free=free,
            not_before=None if setting is None else setting.changed_at,
        )

    def zone_of(self, facility_id: FacilityId, facilities: Sequence[Facility]) -> ZoneInfo:
        for facility in facilities:
            if facility_id in (facility.id, WHOLE_HOUSE):
                return self._zone or ZoneInfo(facility.timezone)
        return self._zone or ZoneInfo("Etc/UTC")

    # ------------------------------------------------------------------------------------------ a run

    def _once(self, job: Job, facility_id: FacilityId, moment: datetime, ran: Ran) -> None:
        run = self._claimed(job, facility_id, moment)
        if run is None:
            return
        (ran.done if self._run(job, run) else ran.failed).append(run)

    def by_hand(self, job_id: str, facility_id: FacilityId, *, moment: datetime) -> object:
        """Runs it as if ``moment`` were its time, whatever was run before, and gives what it did. Its errors are the caller's.

        Raises Invalid for a job that is not in the table.
        """
        job = self._jobs.get(job_id)
        if job is None:
            raise Invalid(f"There is no job called {job_id}; there are {', '.join(sorted(self._jobs))}.")
        due = Due(job.id, facility_id, self._zone_now(facility_id), moment, by_hand=True)
        done = job.run(due)
        if isinstance(done, Unit):
            with self._transactions.begin() as uow:
                done = done.write(uow)
                uow.commit()
        self._woken()
        return done

    def _zone_now(self, facility_id: FacilityId) -> ZoneInfo:
        with self._transactions.reading() as uow:
            return self.zone_of(facility_id, uow.places.facilities())

    def _claimed(self, job: Job, facility_id: FacilityId, moment: datetime) -> JobRun | None:
        now = self._clock.now()
        with self._transactions.begin() as uow:
            run = uow.job_runs.claim(
                job.id, facility_id, scheduled_for=moment, worker=self._worker, now=now, lease_until=now + self._lease
            )  # fmt: skip
            if run is not None:
                uow.commit()
        return run

    def _run(self, job: Job, run: JobRun) -> bool:
        key = (job.id, run.facility_id)
        with self._lock:
            self._running[key] = run
        try:
            if run.attempts > MOST:
                raise _DiedTooOften
            due = Due(job.id, run.facility_id, self._zone_now(run.facility_id), run.scheduled_for)
            done = job.run(due)
            outcome = self._finished(run, done)
        except Exception as error:
            if not isinstance(error, (SupplyRoomError, OSError, ValueError, _DiedTooOften)):
                log.exception("job broke", job=job.id, scheduled_for=run.scheduled_for.isoformat())
            self._failed(run, error)
            return False
        finally:
            with self._lock:
                self._running.pop(key, None)
        say = log.info if job.kept else log.debug
        say("job done", job=job.id, scheduled_for=run.scheduled_for.isoformat(), outcome=outcome)
        self._woken()
        return True

    def _finished(self, run: JobRun, done: object) -> str:
        """Writes what is left to be written, and that the run is done, in one unit. Raises _Taken where another has the run."""
        with self._transactions.begin() as uow:
            outcome = str(done.write(uow)) if isinstance(done, Unit) else str(done)
            if not uow.job_runs.finish(run, now=self._clock.now(), outcome=outcome):
                raise _Taken
            uow.commit()
        return outcome

    def _failed(self, run: JobRun, error: Exception) -> None:
        name = type(error).__name__.lstrip("_")
        now = self._clock.now()
        pause = RETRIES[run.attempts - 1] if run.attempts < MOST else None
        log.error(
            "job failed", job=run.job, scheduled_for=run.scheduled_for.isoformat(), error=name, attempt=run.attempts,
            again_in=None if pause is None else pause.total_seconds(),
        )  # fmt: skip
        try:
            with self._transactions.begin() as uow:
                uow.job_runs.fail(run, now=now, failure=name, retry_at=None if pause is None else now + pause)
                uow.commit()
        except SupplyRoomError as away:
            # The lease lapses, and another process, or this one, takes the run again.
            log.warning("a failed run could not be written down", job=run.job, error=type(away).__name__)


class _Taken(Exception):  # noqa: N818 - it never leaves this file
    """Another process took the run meanwhile: what was done here is rolled back."""


class _DiedTooOften(Exception):  # noqa: N818 - likewise
    """Every process that had the run died with it."""


def _where(job: Job, facilities: Sequence[Facility]) -> list[FacilityId]:
    return [facility.id for facility in facilities] if job.each else [WHOLE_HOUSE]


def _readable(setting: JobSetting | None, job: Job) -> str:
    """The line that people set, where there is one that can be read: a wrong one stops no other job."""
    if setting is None or not setting.cron:
        return job.cron
    try:
        parsed(setting.cron)
    except Invalid as error:
        log.error(
            "a job's set time can not be read; it runs at the time of the table",
            job=job.id,
            reason=str(error),
        )
        return job.cron
    return setting.cron


def _complain(future: Future[None]) -> None:
    error = future.exception()
    if error is not None:
        log.error("a job's thread ended badly", error=type(error).__name__)


__all__ = ["CatchUp", "Due", "Job", "Schedule", "Unit", "parsed"]
