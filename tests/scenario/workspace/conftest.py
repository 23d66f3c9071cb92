"""A workspace with a connected echo bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.workspace import LocalWorkspace
from bot.workspace.demo import demo_config
from tests.scenario.workspace.echo_bot import Seen, over_socket

CHANNEL = "icu-supply"


@dataclass(frozen=True, slots=True)
class World:
    """The workspace, the bot, and what the bot saw."""

    workspace: LocalWorkspace
    app: AsyncApp
    seen: Seen


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """Retries come fast; a busy machine may take its time to acknowledge and to open a form."""
    config = replace(
        demo_config(),
        ack_timeout=15.0,
        trigger_seconds=30.0,
        retry_delays=(0.0, 0.05, 0.1),
        share_delay=0.0,
        drain_seconds=0.05,
    )
    async with LocalWorkspace(config) as workspace, over_socket(workspace) as (app, seen):
        yield World(workspace=workspace, app=app, seen=seen)
