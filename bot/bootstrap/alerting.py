"""The tables of what is watched, how it is told and what its buttons lead to: one line a kind."""

from __future__ import annotations

from bot.dialogue.alerting.proposing import Answerer, Proposer
from bot.views.alerts.lines import Lines
from domain.usecases.alert.watching import Watcher

WATCHERS: tuple[Watcher, ...] = ()

LINES: tuple[Lines, ...] = ()

PROPOSERS: tuple[Proposer, ...] = ()

ANSWERERS: tuple[Answerer, ...] = ()
