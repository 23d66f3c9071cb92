"""User groups as Slack's own Web API tells them, over HTTP from the local workspace."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.listeners.groups import SlackGroups
from bot.workspace import LocalWorkspace
from bot.workspace.demo import MANAGER, TECHNICIAN, demo_config
from domain.errors import Unavailable, UnknownRecord


async def test_members_come_by_handle_and_a_group_that_is_not_there_is_named() -> None:
    async with LocalWorkspace(demo_config()) as workspace:
        groups = SlackGroups(token=workspace.bot_token, base_url=workspace.api_url)
        found = await asyncio.to_thread(groups.members, ["supply-room"])
        assert found == {"supply-room": frozenset({TECHNICIAN.id, MANAGER.id})}
        with pytest.raises(UnknownRecord, match="@surgeons"):
            await asyncio.to_thread(groups.members, ["supply-room", "surgeons"])


async def test_a_refusal_of_slack_is_named_and_holds_no_token() -> None:
    config = demo_config()
    async with LocalWorkspace(replace(config, scopes=config.scopes - {"usergroups:read"})) as workspace:
        groups = SlackGroups(token=workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(Unavailable, match="missing_scope") as refused:
            await asyncio.to_thread(groups.members, ["supply-room"])
    assert workspace.bot_token not in str(refused.value)


async def test_a_slack_that_is_not_there_is_unavailable() -> None:
    async with LocalWorkspace(demo_config()) as workspace:
        url, token = workspace.api_url, workspace.bot_token
    groups = SlackGroups(token=token, base_url=url)
    with pytest.raises(Unavailable):
        await asyncio.to_thread(groups.members, ["supply-room"])
