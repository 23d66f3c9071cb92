"""``parley jobs list | run | history | set``: what runs when, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.bootstrap.house import House, open_house
from bot.bootstrap.jobs import open_alerting, open_schedule, watcher_named
from bot.cli.common import as_json as as_plain_json
from bot.cli.common import read_settings, said_plainly, tell
from domain.errors import Invalid
from domain.model.ids import FacilityId
from domain.model.job import WHOLE_HOUSE, Holidays, JobRun, JobSetting, RunState
from domain.model.place import Facility
from jobs.due import Timetable, moments, next_moment, parsed
from jobs.schedule import Due, Job, Schedule

jobs = typer.Typer(no_args_is_help=True, help="Scheduled work: what runs when, and what became of it.")


@jobs.command("list")
def listed(*, as_json: Annotated[bool, typer.Option("--json", help="The table as JSON.")] = False) -> None:
    """Every job with its time, its next run and what became of the last one."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        schedule = open_schedule(house)
        rows = _rows(house, schedule)
    if as_json:
        print(as_plain_json(rows, indent=2))
        return
    _print(
        ("job", "facility", "when", "next", "last", "what"),
        [(r["job"], r["facility"], r["when"], r["next"], r["last"], r["title"]) for r in rows],
    )


def _rows(house: House, schedule: Schedule) -> list[dict[str, str]]:
    now = house.clock.now()
    with house.transactions.reading() as uow:
        facilities = uow.places.facilities()
        last = {(run.job, run.facility_id): run for run in uow.job_runs.last_of_each()}
    names = {facility.id: facility.name for facility in facilities} | {WHOLE_HOUSE: "all"}
    rows = []
    for job, facility_id, timetable in schedule.timetables():
        zone = schedule.zone_of(facility_id, facilities)
        coming = None if timetable is None else next_moment(timetable, after=now)
        run = last.get((job.id, facility_id))
        rows.append(
            {
                "job": job.id,
                "facility": names.get(facility_id, str(facility_id)),
                "when": "off" if timetable is None else timetable.cron,
                "next": "" if coming is None else _local(coming, zone),
                "last": "" if run is None else f"{_local(run.scheduled_for, zone)} {_became(run)}",
                "title": job.title,
            }
        )
    return rows


@jobs.command("run")
def run(
    job: Annotated[str, typer.Argument(help="The job's name, as `parley jobs list` has it.")],
    *,
    on: Annotated[
        str, typer.Option("--date", help="As on this day (YYYY-MM-DD), at the job's own time.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what a watcher finds; write nothing, tell nobody.")
    ] = False,
) -> None:
    """Run a job now, at every facility it is for. What was told already is not told again."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        schedule = open_schedule(house)
        known = schedule.jobs.get(job)
        if known is None:
            raise Invalid(f"There is no job called {job}; there are {', '.join(sorted(schedule.jobs))}.")
        with house.transactions.reading() as uow:
            facilities = uow.places.facilities()
        where = [facility.id for facility in facilities] if known.each else [WHOLE_HOUSE]
        names = {facility.id: facility.name for facility in facilities} | {WHOLE_HOUSE: "all"}
        for facility_id in where:
            zone = schedule.zone_of(facility_id, facilities)
            moment = _moment(known, on, zone=zone, now=house.clock.now())
            due = Due(job, facility_id, zone, moment, by_hand=True)
            if dry_run:
                _found(house, due, name=names[facility_id])
            else:
                done = schedule.by_hand(job, facility_id, moment=moment)
                print(f"{names[facility_id]}: {done}")


def _moment(job: Job, on: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """Now; of another day the time at which the job runs then, else its noon."""
    if not on:
        return now
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise Invalid(f"--date is a day such as 2026-11-23, not {on!r}.") from None
    if not date(1970, 1, 2) <= day <= date(2200, 1, 1):
        raise Invalid(f"--date {on} is too far away to look for anything.")
    begin = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    found = next(
        moments(
            Timetable(job.cron, zone), since=begin - timedelta(minutes=1), until=begin + timedelta(days=1)
        ),
        None,
    )
    if found is not None and found.astimezone(zone).date() == day:
        return found
    return datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)


def _found(house: House, due: Due, *, name: str) -> None:
    watcher = watcher_named(due.job)
    if watcher is None:
        raise Invalid(f"{due.job} looks for nothing that could be listed: only watchers have a dry run.")
    findings = open_alerting(house).look(watcher, due)
    print(f"{name}, {_local(due.moment, due.zone)}: {len(findings)} found")
    for finding in sorted(findings, key=lambda each: (not each.urgent, -each.weight)):
        print(as_plain_json(finding))


@jobs.command("history")
def history(
    *,
    job: Annotated[str, typer.Option("--job", help="Of this job alone.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Only runs that failed.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="The runs as JSON.")] = False,
) -> None:
    """The latest runs, newest first: when they were due, how long they took, what they did."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        with house.transactions.reading() as uow:
            runs = uow.job_runs.history(jobs=(job,) if job else (), failed=failed, limit=limit)
            facilities = uow.places.facilities()
    if as_json:
        print(as_plain_json(runs, indent=2))
        return
    zones = _zones(facilities)
    _print(
        ("due", "job", "became", "took", "tries", "outcome"),
        [
            (
                _local(each.scheduled_for, zones.get(each.facility_id, zones[WHOLE_HOUSE])),
                each.job,
                _became(each),
                ""
                if each.finished_at is None
                else f"{(each.finished_at - each.claimed_at).total_seconds():.1f} s",
                str(each.attempts),
                each.outcome,
            )
            for each in runs
        ],
    )


@jobs.command("set")
def set_job(
    job: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    cron: Annotated[
        str,
        typer.Option(help="Five fields in the facility's time: “30 6 * * mon-fri”; “default” as it came."),
    ] = "",
    on: Annotated[bool | None, typer.Option("--on/--off", help="Run it, or do not.")] = None,
    holidays: Annotated[str, typer.Option(help="On a holiday: run, skip or next (working day).")] = "",
    facility: Annotated[str, typer.Option(help="Only at this facility.")] = "",
) -> None:
    """Change when a job runs. Running processes heed it within a minute."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        schedule = open_schedule(house)
        known = schedule.jobs.get(job)
        if known is None:
            raise Invalid(f"There is no job called {job}; there are {', '.join(sorted(schedule.jobs))}.")
        if cron and cron != "default":
            parsed(cron)
        if holidays and holidays not in set(Holidays):
            raise Invalid(f"On holidays a job can {', '.join(Holidays)}, not {holidays}.")
        with house.transactions.begin() as uow:
            kept = {(each.facility_id, each.job): each for each in uow.job_book.settings()}
            for facility_id in _where(known, facility, uow.places.facilities()):
                now = house.clock.now()
                before = kept.get((facility_id, job), JobSetting(facility_id, job, now))
                uow.job_book.put_setting(
                    replace(
                        before,
                        changed_at=now,
                        enabled=before.enabled if on is None else on,
                        cron=before.cron if not cron else "" if cron == "default" else cron,
                        holidays=Holidays(holidays) if holidays else before.holidays,
                    )
                )
            uow.commit()
        tell(f"{job} is set; running processes heed it within a minute")


def _where(job: Job, name: str, facilities: Sequence[Facility]) -> list[FacilityId]:
    if not job.each:
        return [WHOLE_HOUSE]
    found = [each.id for each in facilities if not name or each.name.casefold() == name.casefold()]
    if not found:
        raise Invalid(
            f"No facility is called {name!r}; there are {', '.join(each.name for each in facilities)}."
        )
    return found


def _zones(facilities: Sequence[Facility]) -> dict[FacilityId, ZoneInfo]:
    zones = {each.id: ZoneInfo(each.timezone) for each in facilities}
    first = next(iter(zones.values()), ZoneInfo("Etc/UTC"))
    return zones | {WHOLE_HOUSE: first}


def _became(run: JobRun) -> str:
    match run.state:
        case RunState.FINISHED:
            return "well"
        case RunState.FAILED:
            return f"FAILED {run.failure}" + (", tried again" if run.retry_at is not None else "")
        case _:
            return run.state.value


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _print(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(len(str(row[n])) for row in (header, *rows)) for n in range(len(header))]
    for row in (header, *rows):
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
