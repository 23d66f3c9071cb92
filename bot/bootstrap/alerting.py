"""The tables of what is watched, how it is told and what its buttons lead to: one line a kind."""

from __future__ import annotations

from bot.bootstrap.house import House, open_channels
from bot.dialogue.alerting.below_par import BelowParProposer
from bot.dialogue.alerting.count_due import CountDueProposer
from bot.dialogue.alerting.expired import ExpiredProposer
from bot.dialogue.alerting.expiring import ExpiringProposer
from bot.dialogue.alerting.late import LateProposer
from bot.dialogue.alerting.proposing import Answerer, Proposer
from bot.dialogue.alerting.recall import RecallAnswerer, RecallProposer
from bot.dialogue.alerting.slow import SlowProposer
from bot.listeners.costs import CostReport, Every
from bot.listeners.purchasing import ReorderReport
from bot.views.alerts.below_par import BelowParLines
from bot.views.alerts.count_due import CountDueLines
from bot.views.alerts.expired import ExpiredLines
from bot.views.alerts.expiring import ExpiringLines
from bot.views.alerts.job_failed import JobFailedLines
from bot.views.alerts.late import LateLines
from bot.views.alerts.lines import Lines
from bot.views.alerts.recall import RecallLines
from bot.views.alerts.slow import SlowLines
from bot.views.alerts.subscribed import SubscribedLines
from domain.exchange import spreadsheet
from domain.usecases.alert.subscribed import WatchSubscriptions
from domain.usecases.alert.watch_below_par import WatchBelowPar
from domain.usecases.alert.watch_counts import WatchCounts
from domain.usecases.alert.watch_expired import ExpiredWatcher
from domain.usecases.alert.watch_expiring import ExpiringWatcher
from domain.usecases.alert.watch_jobs import WatchJobs
from domain.usecases.alert.watch_late import WatchLate
from domain.usecases.alert.watch_recalls import WatchRecalls
from domain.usecases.alert.watch_slow import SlowWatcher
from domain.usecases.alert.watching import Watcher
from jobs.reporting import Report

WATCHERS: tuple[Watcher, ...] = (
    WatchJobs(),
    WatchSubscriptions(),
    ExpiringWatcher(),
    ExpiredWatcher(),
    SlowWatcher(),
    WatchCounts(),
    WatchBelowPar(),
    WatchLate(),
    WatchRecalls(),
)

LINES: tuple[Lines, ...] = (
    JobFailedLines(),
    SubscribedLines(),
    ExpiringLines(),
    ExpiredLines(),
    SlowLines(),
    CountDueLines(),
    BelowParLines(),
    LateLines(),
    RecallLines(),
)

PROPOSERS: tuple[Proposer, ...] = (
    ExpiringProposer(),
    ExpiredProposer(),
    SlowProposer(),
    CountDueProposer(),
    BelowParProposer(),
    LateProposer(),
    RecallProposer(),
)

ANSWERERS: tuple[Answerer, ...] = (RecallAnswerer(),)


def reports(house: House) -> tuple[Report, ...]:
    """What is posted at its time whatever there is to say. The keys of their rows begin with "report:": they wait for Slack."""
    channels = open_channels(house)
    return (
        ReorderReport(house.transactions, channels, house.clock),
        *(
            CostReport(every, house.transactions, channels, house.clock, spreadsheet.written)
            for every in Every
        ),
    )
