"""Jobs that were given up: what is not looked for any more, nobody would miss by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.model.alert import AlertKind, Finding
from domain.model.ids import FacilityId
from domain.model.job import WHOLE_HOUSE, RunState
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class WatchJobs:
    """The latest run of a job failed after its last try. A later run that goes well settles it. Those of the whole house are told at
    the first facility."""

    @property
    def kind(self) -> AlertKind:
        return AlertKind.JOB_FAILED

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        facilities = uow.places.facilities()
        first = facilities[0].id if facilities else facility_id
        mine = (facility_id, WHOLE_HOUSE) if facility_id == first else (facility_id,)
        return [
            Finding(
                kind=self.kind,
                subject=f"job:{run.job}@{int(run.facility_id)}",
                place_id=uow.places.facility(facility_id).place_id,
                facts={
                    "job": run.job,
                    "failure": run.failure,
                    "attempts": run.attempts,
                    "due": run.scheduled_for.isoformat(),
                },
                urgent=True,
            )
            for run in uow.job_runs.last_of_each()
            if run.state is RunState.FAILED and run.retry_at is None and run.facility_id in mine
        ]
