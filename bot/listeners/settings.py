"""``/parley settings``: managers set when jobs run, where units are told and when it is quiet. What is saved is heeded in a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.people import asker_of
from bot.views.acting.forms import message
from bot.views.alerts.settings import SETTINGS_FORM, JobLine, Shelf, cron_of, settings_form
from bot.views.rendered import Json
from domain.errors import Invalid, NotPermitted, SupplyRoomError
from domain.model.ids import FacilityId, PlaceId
from domain.model.job import WHOLE_HOUSE, Holidays, JobSetting
from domain.model.permission import Deed, allowance
from domain.model.person import Person
from domain.model.place import PlaceKind
from domain.ports import Clock, Transactions
from jobs.due import next_moment
from jobs.schedule import Schedule

log = structlog.get_logger(__name__)

WORDS: Final = frozenset({"settings", "jobs", "alert settings", "setting"})
SAVED: Final = "Saved. It is heeded within a minute."
LONGEST_WAIT: Final = 168
"""Hours until an unanswered alert is told on: a week."""
_TOLD: Final = (PlaceKind.FACILITY, PlaceKind.UNIT, PlaceKind.STOREROOM)

type Body = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


class SettingsDesk:
    """Reads and writes what is set. ``schedule`` gives the table of jobs."""

    def __init__(self, *, transactions: Transactions, clock: Clock, schedule: Callable[[], Schedule]) -> None:
        self._transactions = transactions
        self._clock = clock
        self._schedule = schedule

    async def open(self, user: str, trigger: str, client: AsyncWebClient) -> None:
        """The form, or why there is none."""
        try:
            asker = await asker_of(user, transactions=self._transactions, clock=self._clock)
            _require(asker.person)
            view = await asyncio.to_thread(self.view, asker.person)
        except SupplyRoomError as error:
            view = message(str(error))
        try:
            await client.views_open(trigger_id=trigger, view=dict(view))
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("slack opened no form", error=type(error).__name__)

    def view(self, person: Person) -> Mapping[str, Json]:
        """Blocking."""
        now = self._clock.now()
        schedule = self._schedule()
        with self._transactions.reading() as uow:
            facility = uow.places.facility(person.facility_id)
            rule = uow.job_book.rule(facility.id)
            channels = uow.job_book.channels()
            tree = uow.places.tree()
            places = [
                Shelf(int(place.id), place.name, channels.get((place.id, ""), ""))
                for place in tree
                if place.facility_id == facility.id and place.kind in _TOLD
            ]
        zone = ZoneInfo(facility.timezone)
        jobs = []
        for job, where, table in schedule.timetables():
            if not job.kept or where not in (facility.id, WHOLE_HOUSE):
                continue
            coming = None if table is None else next_moment(table, after=now)
            shown = "" if coming is None else f"{coming.astimezone(zone):%a %d %b %H:%M}"
            jobs.append(JobLine(job.id, job.title, "off" if table is None else table.cron, shown))
        return settings_form(jobs, places, rule, facility=str(int(facility.id)))

    def save(self, person: Person, values: Mapping[str, str | Sequence[str]]) -> dict[str, str]:
        """Blocking. Writes what was filled in; what is wrong by block, and then nothing is written. Raises NotPermitted."""
        _require(person)
        now = self._clock.now()
        wrong: dict[str, str] = {}
        job = str(values.get("job") or "")
        changes = [name for name in ("switch", "time", "days", "holidays") if values.get(name)]
        if changes and not job:
            wrong["job"] = "Choose the job that this is about."
        if values.get("days") and not values.get("time"):
            wrong["time"] = "Say the time too."
        if bool(values.get("place")) != bool(values.get("channel")):
            wrong["place"] = "A place and its channel go together."
        hours = str(values.get("escalate") or "0")
        if not hours.isdecimal() or len(hours) > 4 or int(hours) > LONGEST_WAIT:
            wrong["escalate"] = f"A number of hours up to {LONGEST_WAIT}, 0 for never."
        if wrong:
            return wrong
        with self._transactions.begin() as uow:
            known = self._schedule().jobs.get(job)
            if known is not None and changes:
                where = person.facility_id if known.each else WHOLE_HOUSE
                uow.job_book.put_setting(
                    self._changed(job, where, values, person, now, uow.job_book.settings())
                )
            if values.get("place"):
                uow.job_book.put_channel(PlaceId(int(str(values["place"]))), "", str(values["channel"]))
            rule = uow.job_book.rule(person.facility_id)
            uow.job_book.put_rule(
                replace(
                    rule,
                    quiet_from=_time(values.get("quiet_from"), rule.quiet_from),
                    quiet_until=_time(values.get("quiet_until"), rule.quiet_until),
                    escalate_hours=int(hours),
                ),
                now=now,
            )
            uow.commit()
        return {}

    @staticmethod
    def _changed(
        job: str,
        where: FacilityId,
        values: Mapping[str, str | Sequence[str]],
        person: Person,
        now: datetime,
        kept: Sequence[JobSetting],
    ) -> JobSetting:
        before = next(
            (each for each in kept if (each.facility_id, each.job) == (where, job)),
            JobSetting(where, job, now),
        )
        at, days = str(values.get("time") or ""), values.get("days") or ()
        holidays = str(values.get("holidays") or "")
        return replace(
            before,
            changed_at=now,
            changed_by=person.id,
            enabled=values["switch"] == "on" if values.get("switch") else before.enabled,
            cron=cron_of(at, tuple(days)) if at else before.cron,
            holidays=Holidays(holidays) if holidays else before.holidays,
        )


def register(app: AsyncApp, desk: SettingsDesk | None) -> None:
    if desk is None:
        return

    async def given(body: Body, view: Body, ack: AsyncAck) -> None:
        user = str((body.get("user") or {}).get("id") or "")
        try:
            asker = await asker_of(user, transactions=desk._transactions, clock=desk._clock)
            wrong = await asyncio.to_thread(desk.save, asker.person, form_values(view))
        except (SupplyRoomError, ValueError) as error:
            said = str(error) if isinstance(error, SupplyRoomError) else "I can not read this form any more."
            await ack(response_action="update", view=dict(message(said)))
            return
        if wrong:
            await ack(response_action="errors", errors=wrong)
        else:
            await ack(response_action="update", view=dict(message(SAVED)))

    app.view(SETTINGS_FORM)(given)


def form_values(view: Body) -> dict[str, str | Sequence[str]]:
    """What was entered, by block."""
    found: dict[str, str | Sequence[str]] = {}
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, dict) else None
    for name, held in (blocks or {}).items():
        for one in held.values():
            options = one.get("selected_options")
            option = one.get("selected_option")
            if isinstance(options, list):
                found[name] = tuple(str(each.get("value")) for each in options)
            elif isinstance(option, dict):
                found[name] = str(option.get("value") or "")
            else:
                value = one.get("value") or one.get("selected_time") or one.get("selected_conversation")
                found[name] = str(value or "").strip()
    return found


def _require(person: Person) -> None:
    if allowance(person.role, Deed.SET_JOBS) is None:
        raise NotPermitted("Managers and administrators set when jobs run and where alerts are told.")


def _time(value: object, otherwise: time) -> time:
    try:
        return time.fromisoformat(str(value)) if value else otherwise
    except ValueError:
        raise Invalid(f"{value} is no time of day.") from None
