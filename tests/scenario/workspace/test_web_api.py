"""What the bot is told when it asks the Web API for something that cannot be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.demo import MANAGER, NURSE, TECHNICIAN
from tests.scenario.workspace.conftest import CHANNEL, World
from tests.scenario.workspace.echo_bot import FORM, HOME

ICU = "C0ICUSUPP1"

type Asking = Callable[[AsyncWebClient], Awaitable[object]]


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda c: c.chat_postMessage(channel="C0NOWHERE0", text="x"), "channel_not_found"),
        (lambda c: c.api_call("chat.postMessage", json={"channel": ICU}), "no_text"),
        (lambda c: c.chat_postMessage(channel=ICU, text="x" * 40001), "msg_too_long"),
        (lambda c: c.chat_postMessage(channel=ICU, text="x", blocks=[{"type": "nothing"}]), "invalid_blocks"),
        (
            lambda c: c.chat_postMessage(channel=ICU, text="x", blocks=[{"type": "divider"}] * 51),
            "msg_blocks_too_long",
        ),
        (lambda c: c.chat_update(channel=ICU, ts="1.000000", text="x"), "message_not_found"),
        (lambda c: c.chat_postEphemeral(channel=ICU, user="U0NOBODY00", text="x"), "user_not_in_channel"),
        (lambda c: c.views_open(trigger_id="1.x", view=FORM), "invalid_trigger_id"),
        (lambda c: c.views_publish(user_id="U0NOBODY00", view=HOME), "user_not_found"),
        (lambda c: c.views_update(view_id="V0", view=FORM), "not_found"),
        (lambda c: c.files_info(file="F0"), "file_not_found"),
        (lambda c: c.users_info(user="U0NOBODY00"), "user_not_found"),
        (lambda c: c.users_lookupByEmail(email="nobody@hospital.example"), "users_not_found"),
        (lambda c: c.usergroups_users_list(usergroup="S0"), "no_such_subteam"),
        (lambda c: c.conversations_replies(channel=ICU, ts="1.000000"), "thread_not_found"),
        (lambda c: c.conversations_list(cursor="???"), "invalid_cursor"),
        (lambda c: c.api_call("no.such.method"), "unknown_method"),
        (lambda c: c.api_call("chat.postMessage", json={"text": "x"}), "invalid_arguments"),
    ],
)
async def test_what_cannot_be_is_refused_in_slacks_words(world: World, ask: Asking, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await ask(world.app.client)
    assert refused.value.response["error"] == error
    assert not world.workspace.messages(CHANNEL)


async def test_the_bot_cannot_change_what_a_person_wrote(world: World) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "mine")
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.chat_update(channel=ICU, ts=ts, text="not yours")
    assert refused.value.response["error"] == "cant_update_message"


async def test_a_reaction_is_given_once(world: World) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "look")
    await world.app.client.reactions_add(channel=ICU, timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.reactions_add(channel=ICU, timestamp=ts, name="eyes")
    assert refused.value.response["error"] == "already_reacted"


async def test_an_update_with_an_old_hash_is_a_conflict(world: World) -> None:
    client = world.app.client
    opened = await client.views_open(trigger_id=world.workspace.trigger(NURSE.id), view=FORM)
    old = opened["view"]["hash"]
    await client.views_update(view_id=opened["view"]["id"], hash=old, view=FORM)
    with pytest.raises(SlackApiError) as refused:
        await client.views_update(view_id=opened["view"]["id"], hash=old, view=FORM)
    assert refused.value.response["error"] == "hash_conflict"


async def test_no_more_than_three_modals_are_stacked(world: World) -> None:
    client, workspace = world.app.client, world.workspace
    await client.views_open(trigger_id=workspace.trigger(NURSE.id), view=FORM)
    for _ in range(2):
        top = workspace.views(NURSE.id)[-1]
        await client.views_push(trigger_id=workspace.trigger(NURSE.id, view_id=top.id), view=FORM)
    top = workspace.views(NURSE.id)[-1]
    assert top.previous_view_id == workspace.views(NURSE.id)[1].id
    with pytest.raises(SlackApiError) as refused:
        await client.views_push(trigger_id=workspace.trigger(NURSE.id, view_id=top.id), view=FORM)
    assert refused.value.response["error"] == "push_limit_reached"


async def test_a_long_list_comes_in_pages_that_join_without_gap_or_overlap(world: World) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        answer = await world.app.client.users_list(limit=2, cursor=cursor)
        found += [user["id"] for user in answer["members"]]
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert len(found) == len(set(found)) == 5
    assert {NURSE.id, TECHNICIAN.id, MANAGER.id} < set(found)


async def test_history_leaves_replies_out_and_replies_begin_with_the_root(world: World) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "root")
    await world.workspace.say(TECHNICIAN.id, CHANNEL, "reply", thread_ts=ts)
    await world.workspace.say(TECHNICIAN.id, CHANNEL, "next")
    history = await world.app.client.conversations_history(channel=ICU)
    assert [m["text"] for m in history["messages"]] == ["next", "root"]
    assert history["messages"][1]["reply_count"] == 1
    replies = await world.app.client.conversations_replies(channel=ICU, ts=ts)
    assert [m["text"] for m in replies["messages"]] == ["root", "reply"]
    assert replies["messages"][1]["parent_user_id"] == NURSE.id


async def test_a_response_url_replaces_what_was_clicked_and_serves_five_times(world: World) -> None:
    workspace = world.workspace
    ts = await workspace.say(NURSE.id, CHANNEL, "@Parley gloves")
    [reply] = await workspace.wait_for(lambda: workspace.replies(CHANNEL, thread_ts=ts))
    await workspace.click(NURSE.id, channel=CHANNEL, ts=reply.ts, action_id="unit", value="ICU")
    url = world.seen.actions[0]["response_url"]
    statuses = []
    async with aiohttp.ClientSession() as session:
        for n in range(6):
            async with session.post(url, json={"text": f"changed {n}", "replace_original": True}) as response:
                statuses.append(response.status)
    assert statuses == [200, 200, 200, 200, 200, 404]
    assert reply.text == "changed 4"


async def test_a_private_answer_can_be_taken_away_by_its_response_url(world: World) -> None:
    workspace = world.workspace
    posted = await world.app.client.chat_postEphemeral(
        channel=ICU,
        user=NURSE.id,
        text="choose",
        blocks=[
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "action_id": "unit", "text": {"type": "plain_text", "text": "ICU"}}
                ],
            }
        ],
    )
    await workspace.click(NURSE.id, channel=ICU, ts=posted["message_ts"], action_id="unit")
    body = world.seen.actions[0]
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    async with aiohttp.ClientSession() as session:
        await session.post(body["response_url"], json={"delete_original": True})
    assert workspace.ephemerals(NURSE.id) == []


async def test_an_upload_of_another_length_than_announced_is_refused(world: World) -> None:
    answer = await world.app.client.files_getUploadURLExternal(filename="a.csv", length=10)
    async with (
        aiohttp.ClientSession() as session,
        session.post(answer["upload_url"], data=b"four") as response,
    ):
        assert response.status == 400
    with pytest.raises(SlackApiError) as refused:
        await world.app.client.files_completeUploadExternal(files=[{"id": answer["file_id"]}], channel_id=ICU)
    assert refused.value.response["error"] == "file_not_found"
