"""What people set about jobs and alerts, and the runs of jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, or_, select, update

from domain.model.ids import FacilityId, PlaceId
from domain.model.job import AlertRule, Holiday, Holidays, JobRun, JobSetting, RunState
from domain.store import tables
from domain.store.database import Database


class SqlJobBook:
    def __init__(self, database: Database) -> None:
        self._db = database

    def settings(self) -> list[JobSetting]:
        table = tables.job_setting
        return [
            JobSetting(
                facility_id=row.facility_id,
                job=row.job,
                changed_at=row.changed_at,
                enabled=row.enabled,
                cron=row.cron,
                holidays=Holidays(row.holidays) if row.holidays else None,
                changed_by=row.changed_by,
            )
            for row in self._db.connection.execute(select(table).order_by(table.c.facility_id, table.c.job))
        ]

    def put_setting(self, setting: JobSetting) -> None:
        table = tables.job_setting
        changing = {
            "enabled": setting.enabled,
            "cron": setting.cron,
            "holidays": "" if setting.holidays is None else setting.holidays.value,
            "changed_at": setting.changed_at,
            "changed_by": setting.changed_by,
        }
        self._db.connection.execute(
            self._db.insert(table)
            .values(facility_id=setting.facility_id, job=setting.job, **changing)
            .on_conflict_do_update(index_elements=["facility_id", "job"], set_=changing)
        )

    def rule(self, facility_id: FacilityId) -> AlertRule:
        table = tables.alert_rule
        row = self._db.connection.execute(
            select(table).where(table.c.facility_id == facility_id)
        ).one_or_none()
        if row is None:
            return AlertRule(facility_id)
        return AlertRule(
            facility_id,
            time.fromisoformat(row.quiet_from),
            time.fromisoformat(row.quiet_until),
            row.escalate_hours,
        )

    def put_rule(self, rule: AlertRule, *, now: datetime) -> None:
        changing = {
            "quiet_from": f"{rule.quiet_from:%H:%M}",
            "quiet_until": f"{rule.quiet_until:%H:%M}",
            "escalate_hours": rule.escalate_hours,
            "changed_at": now,
        }
        self._db.connection.execute(
            self._db.insert(tables.alert_rule)
            .values(facility_id=rule.facility_id, **changing)
            .on_conflict_do_update(index_elements=["facility_id"], set_=changing)
        )

    def holidays(self, facility_id: FacilityId, *, since: date) -> list[Holiday]:
        table = tables.holiday
        rows = self._db.connection.execute(
            select(table)
            .where(table.c.facility_id == facility_id, table.c.day >= since)
            .order_by(table.c.day)
        )
        return [Holiday(row.facility_id, row.day, row.name) for row in rows]

    def put_holidays(self, facility_id: FacilityId, holidays: Sequence[Holiday], *, since: date) -> None:
        table = tables.holiday
        self._db.connection.execute(
            delete(table).where(table.c.facility_id == facility_id, table.c.day >= since)
        )
        named = {holiday.day: holiday.name for holiday in holidays if holiday.day >= since}
        if named:
            rows = [{"facility_id": facility_id, "day": day, "name": name} for day, name in named.items()]
            self._db.connection.execute(insert(table), rows)

    def channels(self) -> Mapping[tuple[PlaceId, str], str]:
        table = tables.alert_channel
        rows = self._db.connection.execute(select(table.c.place_id, table.c.kind, table.c.channel))
        return {(place_id, kind): channel for place_id, kind, channel in rows}

    def put_channel(self, place_id: PlaceId, kind: str, channel: str) -> None:
        table = tables.alert_channel
        if not channel:
            self._db.connection.execute(
                delete(table).where(table.c.place_id == place_id, table.c.kind == kind)
            )
            return
        self._db.connection.execute(
            self._db.insert(table)
            .values(place_id=place_id, kind=kind, channel=channel)
            .on_conflict_do_update(index_elements=["place_id", "kind"], set_={"channel": channel})
        )


class SqlJobRuns:
    def __init__(self, database: Database) -> None:
        self._db = database

    def know(self, job: str, facility_id: FacilityId, *, now: datetime) -> None:
        table = tables.job_run
        self._db.connection.execute(
            self._db.insert(table)
            .values(
                job=job,
                facility_id=facility_id,
                scheduled_for=now,
                claimed_by="",
                claimed_at=now,
                attempts=0,
                state=RunState.KNOWN.value,
                failure="",
                outcome="",
            )
            .on_conflict_do_nothing(index_elements=["job", "facility_id", "scheduled_for"])
        )

    def claim(
        self,
        job: str,
        facility_id: FacilityId,
        *,
        scheduled_for: datetime,
        worker: str,
        now: datetime,
        lease_until: datetime,
    ) -> JobRun | None:
        table = tables.job_run
        taking = {
            "claimed_by": worker,
            "claimed_at": now,
            "lease_until": lease_until,
            "state": RunState.RUNNING.value,
            "retry_at": None,
            "finished_at": None,
        }
        row = self._db.connection.execute(
            self._db.insert(table)
            .values(
                job=job,
                facility_id=facility_id,
                scheduled_for=scheduled_for,
                attempts=1,
                failure="",
                outcome="",
                **taking,
            )
            .on_conflict_do_update(
                index_elements=["job", "facility_id", "scheduled_for"],
                set_={**taking, "attempts": table.c.attempts + 1},
                where=or_(
                    and_(table.c.state == RunState.RUNNING.value, table.c.lease_until <= now),
                    and_(table.c.state == RunState.FAILED.value, table.c.retry_at <= now),
                ),
            )
            .returning(table)
        ).one_or_none()
        return None if row is None else _run(row)

    def extend(self, run: JobRun, *, lease_until: datetime) -> bool:
        return self._mine(run, lease_until=lease_until)

    def finish(self, run: JobRun, *, now: datetime, outcome: str) -> bool:
        return self._mine(
            run,
            state=RunState.FINISHED.value,
            finished_at=now,
            lease_until=None,
            retry_at=None,
            failure="",
            outcome=outcome[:500],
        )

    def fail(self, run: JobRun, *, now: datetime, failure: str, retry_at: datetime | None) -> bool:
        return self._mine(
            run,
            state=RunState.FAILED.value,
            finished_at=now,
            lease_until=None,
            retry_at=retry_at,
            failure=failure,
        )

    def _mine(self, run: JobRun, **values: object) -> bool:
        """Only while it is still the run that was claimed: another may have taken it meanwhile."""
        table = tables.job_run
        return bool(
            self._db.connection.execute(
                update(table)
                .where(
                    table.c.job == run.job,
                    table.c.facility_id == run.facility_id,
                    table.c.scheduled_for == run.scheduled_for,
                    table.c.state == RunState.RUNNING.value,
                    table.c.claimed_by == run.worker,
                    table.c.attempts == run.attempts,
                )
                .values(**values)
            ).rowcount
        )

    def latest(self) -> Mapping[tuple[str, FacilityId], datetime]:
        table = tables.job_run
        rows = self._db.connection.execute(
            select(table.c.job, table.c.facility_id, func.max(table.c.scheduled_for)).group_by(
                table.c.job, table.c.facility_id
            )
        )
        return {(job, FacilityId(facility_id)): moment for job, facility_id, moment in rows}

    def unfinished(self, *, now: datetime) -> list[JobRun]:
        table = tables.job_run
        rows = self._db.connection.execute(
            select(table)
            .where(
                or_(
                    and_(table.c.state == RunState.RUNNING.value, table.c.lease_until <= now),
                    and_(table.c.state == RunState.FAILED.value, table.c.retry_at <= now),
                )
            )
            .order_by(table.c.scheduled_for)
        )
        return [_run(row) for row in rows]

    def last_of_each(self) -> list[JobRun]:
        table = tables.job_run
        latest = (
            select(table.c.job, table.c.facility_id, func.max(table.c.scheduled_for).label("last"))
            .where(table.c.state != RunState.KNOWN.value)
            .group_by(table.c.job, table.c.facility_id)
            .subquery()
        )
        rows = self._db.connection.execute(
            select(table)
            .join(
                latest,
                and_(
                    latest.c.job == table.c.job,
                    latest.c.facility_id == table.c.facility_id,
                    latest.c.last == table.c.scheduled_for,
                ),
            )
            .order_by(table.c.job, table.c.facility_id)
        )
        return [_run(row) for row in rows]

    def history(self, *, jobs: Collection[str] = (), failed: bool = False, limit: int = 50) -> list[JobRun]:
        table = tables.job_run
        statement = select(table).where(table.c.state != RunState.KNOWN.value)
        if jobs:
            statement = statement.where(table.c.job.in_(sorted(jobs)))
        if failed:
            statement = statement.where(table.c.failure != "")
        rows = self._db.connection.execute(
            statement.order_by(table.c.scheduled_for.desc(), table.c.job).limit(limit)
        )
        return [_run(row) for row in rows]

    def forget_before(self, moment: datetime, *, jobs: Collection[str] = ()) -> int:
        table = tables.job_run
        newer = table.alias("newer")
        kept = (  # the newest of each job says since when something is owed
            select(newer.c.job)
            .where(
                newer.c.job == table.c.job,
                newer.c.facility_id == table.c.facility_id,
                newer.c.scheduled_for > table.c.scheduled_for,
            )
            .exists()
        )
        statement = delete(table).where(table.c.scheduled_for < moment, kept)
        if jobs:
            statement = statement.where(table.c.job.in_(sorted(jobs)), table.c.failure == "")
        return self._db.connection.execute(statement).rowcount


def _run(row: Row[Any]) -> JobRun:
    return JobRun(
        job=row.job,
        facility_id=FacilityId(row.facility_id),
        scheduled_for=row.scheduled_for,
        state=RunState(row.state),
        worker=row.claimed_by,
        claimed_at=row.claimed_at,
        attempts=row.attempts,
        lease_until=row.lease_until,
        finished_at=row.finished_at,
        retry_at=row.retry_at,
        failure=row.failure,
        outcome=row.outcome,
    )
