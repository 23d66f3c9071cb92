"""The table of jobs, built from settings: what runs when."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.bootstrap.alerting import ANSWERERS, LINES, PROPOSERS, WATCHERS, reports
from bot.bootstrap.house import House, open_channels
from bot.dialogue.acting.acts import Acts
from bot.dialogue.alerting.deeds import AlertDeeds
from bot.listeners.chasing import HoldReminders, SlackDirects
from bot.listeners.digests import Digests
from bot.listeners.groups import SlackGroups
from bot.listeners.subscribed import SubscriberPosts
from bot.views.acting.blocks import BlockViews
from domain.model.alert import AlertKind
from domain.model.job import Holidays
from domain.usecases.alert.watching import Watcher
from jobs.alerting import Alerting, report
from jobs.chasing import Reminded, chase_holds
from jobs.housekeeping import Forgotten, tidy
from jobs.roles import RolesSynced, follow_groups
from jobs.schedule import CatchUp, Due, Job, Schedule
from jobs.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class When:
    """How often a kind is looked for, and what people read of it in settings."""

    title: str
    cron: str
    holidays: Holidays = Holidays.RUN
    within: timedelta = timedelta(hours=24)


WHEN: Final[Mapping[AlertKind, When]] = {
    AlertKind.BELOW_PAR: When("What is below par, before the morning round", "0 6 * * *"),
    AlertKind.EXPIRED: When("Expired stock to be pulled", "20 6 * * *"),
    AlertKind.EXPIRING: When("Lots that will lapse, and where to move them", "30 6 * * *"),
    AlertKind.REORDER: When("What to order", "0 7 * * mon-fri", Holidays.NEXT, timedelta(days=4)),
    AlertKind.COUNT_DUE: When("Cycle counts", "0 7 * * mon-fri", Holidays.NEXT, timedelta(days=4)),
    AlertKind.LATE: When("Late deliveries", "0 8 * * mon-fri", Holidays.NEXT, timedelta(days=4)),
    AlertKind.SLOW: When("What does not move", "0 9 1 * *", Holidays.NEXT, timedelta(days=20)),
    AlertKind.RECALL: When("Recall notices", "10 * * * *"),
    AlertKind.SUBSCRIBED: When("Subscriptions: what expires", "0 7 * * *"),
    AlertKind.JOB_FAILED: When("Jobs that failed", "*/5 * * * *"),
}


def open_alerting(house: House) -> Alerting:
    return Alerting(
        transactions=house.transactions,
        channels=open_channels(house),
        drawing=open_drawing(house),
        clock=house.clock,
    )


def open_alert_deeds(house: House, acts: Acts) -> AlertDeeds:
    """What the buttons of digests come to."""
    return AlertDeeds(
        transactions=house.transactions,
        clock=house.clock,
        acts=acts,
        drawing=open_drawing(house),
        lines=LINES,
        proposers=PROPOSERS,
        answerers=ANSWERERS,
        formats=house.settings.formats,
    )


def open_drawing(house: House) -> Digests:
    return Digests(LINES, vault=house.vault, clock=house.clock)


def watcher_job(watcher: Watcher, alerting: Alerting) -> Job:
    when = WHEN[watcher.kind]
    return Job(
        watcher.kind.value,
        when.cron,
        alerting.watch(watcher),
        title=when.title,
        within=when.within,
        holidays=when.holidays,
        each=True,
        kept=not when.cron.startswith("*/"),
    )


def watcher_named(job_id: str) -> Watcher | None:
    """The watcher whose job this is."""
    return next((watcher for watcher in WATCHERS if watcher.kind.value == job_id), None)


def alert_jobs(house: House, alerting: Alerting) -> list[Job]:
    """Watchers, reports, and what time alone brings."""
    jobs = [watcher_job(watcher, alerting) for watcher in WATCHERS]
    jobs += [
        Job(each.id, each.cron, report(each), title=each.title, within=timedelta(days=6), each=False)
        for each in reports(house)
    ]
    subscriptions = Subscriptions(
        transactions=house.transactions,
        telling=SubscriberPosts(vault=house.vault, clock=house.clock),
        clock=house.clock,
    )
    jobs += [
        Job(
            "subscribed-digests",
            "0 7 * * *",
            subscriptions.digests,
            title="Subscriptions: what is low, on their days",
            each=True,
        ),
        Job(
            "subscribed-news",
            "* * * * *",
            subscriptions.moved,
            title="Subscriptions: low, out, arrived, used",
            within=timedelta(minutes=10),
            each=True,
            kept=False,
        ),
    ]
    jobs.append(
        Job(
            "alerts",
            "* * * * *",
            alerting.minute,
            title="Snoozes, quiet hours, escalations",
            within=timedelta(minutes=10),
            each=True,
            kept=False,
        )
    )
    return jobs


def house_jobs(house: House, *, often: Sequence[str]) -> list[Job]:
    """What keeps the house in order. ``often`` names the jobs whose runs are many, and soon forgotten."""
    settings = house.settings

    def housekeeping(due: Due) -> Forgotten:
        return tidy(
            transactions=house.transactions,
            now=due.moment,
            keep_threads=timedelta(days=settings.keep_threads_days),
            keep_mail=timedelta(days=settings.keep_mail_days),
            keep_candidates=timedelta(days=settings.keep_candidates_days),
            often=often,
        )

    reminders = HoldReminders(
        transactions=house.transactions,
        channels=open_channels(house),
        directs=SlackDirects(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url
        ),
        views=BlockViews(),
        vault=house.vault,
        clock=house.clock,
    )

    def chasing(due: Due) -> Reminded:
        return chase_holds(reminders, transactions=house.transactions, now=due.moment)

    jobs = [
        Job("housekeeping", "20 3 * * *", housekeeping, title="Forget what is no longer needed"),
        Job(
            "chasing",
            "*/5 * * * *",
            chasing,
            title="Ask again where a hold is unanswered",
            catch_up=CatchUp.LATEST,
            within=timedelta(minutes=20),
            kept=False,
        ),
    ]
    if settings.groups:
        groups = SlackGroups(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url
        )

        def roles(due: Due) -> RolesSynced:
            return follow_groups(
                groups, roles=settings.groups, transactions=house.transactions, now=due.moment
            )

        jobs.append(Job("roles", "7 * * * *", roles, title="Roles from Slack's user groups", kept=False))
    return jobs


def open_schedule(house: House, *, woken: Callable[[], None] = lambda: None) -> Schedule:
    """``woken`` is told when something may have been put into the outbox."""
    often: list[str] = []
    jobs = [*house_jobs(house, often=often), *alert_jobs(house, open_alerting(house))]
    often += [job.id for job in jobs if not job.kept]
    return Schedule(
        jobs,
        transactions=house.transactions,
        clock=house.clock,
        worker=f"{socket.gethostname()}:{os.getpid()}",
        woken=woken,
    )
