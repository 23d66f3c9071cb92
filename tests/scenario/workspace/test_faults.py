"""What goes wrong at Slack goes wrong here too, when asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import LocalWorkspace
from bot.workspace.demo import NURSE, demo_config
from tests.scenario.workspace.conftest import CHANNEL, World
from tests.scenario.workspace.echo_bot import FORM, over_socket


async def test_a_duplicate_has_the_same_event_id_and_a_retry_number(world: World) -> None:
    world.workspace.faults.duplicate_events()
    await world.workspace.say(NURSE.id, CHANNEL, "twice", event_id="Ev0TWICE")
    await world.workspace.wait_for(lambda: len(world.seen.events) == 2)
    assert [event["event_id"] for event in world.seen.events] == ["Ev0TWICE", "Ev0TWICE"]
    assert world.seen.retries == ["0", "1"]


async def test_an_event_whose_acknowledgement_is_lost_comes_again() -> None:
    config = replace(demo_config(), ack_timeout=1.0, retry_delays=(0.0, 0.05))
    async with LocalWorkspace(config) as workspace, over_socket(workspace) as (_, seen):
        workspace.faults.lose_acks()
        await workspace.say(NURSE.id, CHANNEL, "again", event_id="Ev0AGAIN")
        assert [event["event_id"] for event in seen.events] == ["Ev0AGAIN", "Ev0AGAIN"]
        assert seen.retries == ["0", "1"]
        assert [d.acknowledged for d in workspace.courier.deliveries] == [False, True]
        assert not workspace.courier.undelivered


async def test_an_event_that_is_never_acknowledged_is_given_up_after_every_retry() -> None:
    config = replace(demo_config(), ack_timeout=0.05, retry_delays=(0.0, 0.01, 0.01))
    async with LocalWorkspace(config) as workspace, over_socket(workspace) as (_, seen):
        workspace.faults.lose_acks(times=4)
        await workspace.say(NURSE.id, CHANNEL, "lost")
        assert seen.retries == ["0", "1", "2", "3"]
        assert len(workspace.courier.undelivered) == 1


async def test_a_rate_limited_call_is_repeated_by_the_sdks_own_handler(world: World) -> None:
    world.workspace.faults.rate_limit("chat.postMessage", retry_after=0)
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley gloves")
    await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))
    assert [call.status for call in world.workspace.called("chat.postMessage")] == [429, 200]


async def test_a_lost_answer_leaves_the_message_posted(world: World) -> None:
    world.workspace.faults.lose_answer("chat.postMessage")
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.chat_postMessage(channel="C0ICUSUPP1", text="once")
    assert refused.value.response.status_code == 503
    assert [m.text for m in world.workspace.messages(CHANNEL)] == ["once"]


@pytest.mark.parametrize(("status", "error"), [(503, None), (200, "fatal_error")])
async def test_a_failing_call_posts_nothing(world: World, status: int, error: str | None) -> None:
    if error is None:
        world.workspace.faults.http_error("chat.postMessage", status=status)
    else:
        world.workspace.faults.api_error("chat.postMessage", error=error)
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.chat_postMessage(channel="C0ICUSUPP1", text="never")
    assert refused.value.response.status_code == status
    assert not world.workspace.messages(CHANNEL)


async def test_the_bot_moves_to_a_new_connection_when_asked_and_hears_what_comes_next(world: World) -> None:
    old = world.workspace.courier.connections[0]
    await world.workspace.faults.refresh()
    await world.workspace.wait_for(
        lambda: world.workspace.online and old not in world.workspace.courier.connections
    )
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley still there?")
    await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))


async def test_an_event_written_while_the_connection_is_cut_is_handled_once_it_is_back(world: World) -> None:
    await world.workspace.faults.drop()
    assert not world.workspace.online
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley during the cut", wait=False)
    await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts), timeout=30)
    assert world.workspace.online


async def test_an_expired_trigger_opens_nothing(world: World) -> None:
    world.workspace.faults.expire_triggers()
    trigger = world.workspace.trigger(NURSE.id)
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.views_open(trigger_id=trigger, view=FORM)
    assert refused.value.response["error"] == "expired_trigger_id"


async def test_a_trigger_serves_once(world: World) -> None:
    trigger = world.workspace.trigger(NURSE.id)
    await world.app.client.views_open(trigger_id=trigger, view=FORM)
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.views_open(trigger_id=trigger, view=FORM)
    assert refused.value.response["error"] == "invalid_trigger_id"


async def test_clearing_puts_every_switch_off(world: World) -> None:
    world.workspace.faults.rate_limit()
    world.workspace.faults.lose_acks()
    assert world.workspace.faults.pending() == [
        "any call: 429, retry after 1 s",
        "acknowledgement lost, 1 more",
    ]
    world.workspace.faults.clear()
    assert world.workspace.faults.pending() == []


async def test_a_call_without_the_right_token_is_refused() -> None:
    async with LocalWorkspace(demo_config()) as workspace:
        for token, error in (
            ("xoxb-wrong", "invalid_auth"),
            (workspace.app_token, "not_allowed_token_type"),
        ):
            with pytest.raises(SlackApiError) as refused:
                await AsyncWebClient(token=token, base_url=workspace.api_url).auth_test()
            assert refused.value.response["error"] == error


async def test_a_call_without_its_scope_is_refused_and_a_file_becomes_a_sign_in_page() -> None:
    config = demo_config()
    config = replace(config, scopes=config.scopes - {"files:read", "users:read.email"})
    async with LocalWorkspace(config) as workspace:
        file_id, _ = await workspace.share_file(NURSE.id, CHANNEL, name="a.png", data=b"x", wait=False)
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(SlackApiError) as refused:
            await client.files_info(file=file_id)
        assert refused.value.response["error"] == "missing_scope"
        assert refused.value.response["needed"] == "files:read"
        assert "email" not in (await client.users_info(user=NURSE.id))["user"]["profile"]
