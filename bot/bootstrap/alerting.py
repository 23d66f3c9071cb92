"""The tables of what is watched, how it is told and what its buttons lead to: one line a kind."""

from __future__ import annotations

from bot.bootstrap.house import House
from bot.dialogue.alerting.expired import ExpiredProposer
from bot.dialogue.alerting.expiring import ExpiringProposer
from bot.dialogue.alerting.proposing import Answerer, Proposer
from bot.views.alerts.expired import ExpiredLines
from bot.views.alerts.expiring import ExpiringLines
from bot.views.alerts.lines import Lines
from domain.usecases.alert.watch_expired import ExpiredWatcher
from domain.usecases.alert.watch_expiring import ExpiringWatcher
from domain.usecases.alert.watching import Watcher
from jobs.reporting import Report

WATCHERS: tuple[Watcher, ...] = (
    ExpiringWatcher(),
    ExpiredWatcher(),
)

LINES: tuple[Lines, ...] = (
    ExpiringLines(),
    ExpiredLines(),
)

PROPOSERS: tuple[Proposer, ...] = (
    ExpiringProposer(),
    ExpiredProposer(),
)

ANSWERERS: tuple[Answerer, ...] = ()


def reports(house: House) -> tuple[Report, ...]:
    """What is posted at its time whatever there is to say. The keys of their rows begin with "report:": they wait for Slack."""
    return ()
