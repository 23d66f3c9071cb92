"""Scheduled work: what is set about it, what became of its runs, and when nobody wants to be disturbed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from domain.model.ids import FacilityId, PersonId

WHOLE_HOUSE = FacilityId(0)
"""The facility of a run that is for all of them."""


class Holidays(StrEnum):
    """What a job does when its day is a holiday of the facility."""

    RUN = "run"
    SKIP = "skip"
    NEXT = "next"  # at the same time of the next day that is neither holiday nor weekend


@dataclass(frozen=True, slots=True)
class JobSetting:
    """What people set of a job at a facility. ``cron`` "" and ``holidays`` None leave it as the table of jobs has it."""

    facility_id: FacilityId
    job: str
    changed_at: datetime
    enabled: bool = True
    cron: str = ""
    holidays: Holidays | None = None
    changed_by: PersonId | None = None


class RunState(StrEnum):
    KNOWN = "known"  # no run: the job was first seen then, and nothing before it is owed
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run. ``failure`` is the error's name, "" where there is none; ``outcome`` what it did, in counts.

    A RUNNING one is another's to take when ``lease_until`` is past; a FAILED one is tried again from ``retry_at`` on, None gives up.
    """

    job: str
    facility_id: FacilityId
    scheduled_for: datetime
    state: RunState
    worker: str
    claimed_at: datetime
    attempts: int = 1
    lease_until: datetime | None = None
    finished_at: datetime | None = None
    retry_at: datetime | None = None
    failure: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """How a facility is told. From ``quiet_from`` to ``quiet_until`` (its own time; equal: never) only what is urgent is told.

    What is urgent and unacknowledged for ``escalate_hours`` is told to the managers too; 0 never.
    """

    facility_id: FacilityId
    quiet_from: time = time(20, 0)
    quiet_until: time = time(6, 0)
    escalate_hours: int = 4

    def is_quiet(self, at: time) -> bool:
        """Is the facility's time ``at`` within the quiet hours? Their end is not."""
        if self.quiet_from == self.quiet_until:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


@dataclass(frozen=True, slots=True)
class Holiday:
    facility_id: FacilityId
    day: date
    name: str
