"""What happens between a person and the real slack_bolt over Socket Mode."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.workspace import BOT_USER_ID, FormIncompleteError, NoSuchThingError, NotAcknowledgedError
from bot.workspace.demo import MANAGER, NURSE, TECHNICIAN
from tests.scenario.workspace.conftest import CHANNEL, World


async def test_a_mention_is_answered_in_its_thread(world: World) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley where are 7.5 gloves?")
    [reply] = await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))
    assert reply.text == f"echo <@{BOT_USER_ID}> where are 7.5 gloves?"


async def test_a_mention_comes_as_message_and_as_app_mention_with_one_ts_and_two_event_ids(
    world: World,
) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley hello")
    await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))
    events = [event for event in world.seen.events if event["ts"] == ts]
    assert sorted(event["type"] for event in events) == ["app_mention", "message"]
    assert len({event["event_id"] for event in events}) == 2


async def test_the_bot_hears_nothing_of_a_channel_it_is_not_in(world: World) -> None:
    await world.workspace.say(MANAGER.id, "supply-managers", "before")
    world.workspace.state.channel("supply-managers").members.remove(BOT_USER_ID)
    await world.workspace.say(MANAGER.id, "supply-managers", "@Parley hello")
    assert [event["text"] for event in world.seen.events] == ["before"]


async def test_a_direct_message_is_answered(world: World) -> None:
    channel, _ = await world.workspace.dm(NURSE.id, "hello")
    message = await world.workspace.wait_for(
        lambda: next(m for m in world.workspace.messages(channel) if m.from_bot)
    )
    assert message.text == "echo hello"
    assert world.seen.of("message")[0]["channel_type"] == "im"


async def test_typed_markup_reaches_the_bot_escaped(world: World) -> None:
    await world.workspace.dm(NURSE.id, "is 5 < 6 & <b>bold</b> in #icu-supply?")
    assert world.seen.events[0]["text"] == (
        "is 5 &lt; 6 &amp; &lt;b&gt;bold&lt;/b&gt; in <#C0ICUSUPP1|icu-supply>?"
    )


async def test_a_button_updates_its_message_and_answers_the_clicker_alone(world: World) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley gloves")
    [reply] = await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))
    await world.workspace.click(NURSE.id, channel=CHANNEL, ts=reply.ts, action_id="reserve")
    [only_hers] = await world.workspace.wait_for(lambda: world.workspace.ephemerals(NURSE.id))
    assert only_hers.text == "only you see this"
    assert reply.text == "reserved"
    assert reply.edited_ts is not None
    assert not world.workspace.ephemerals(TECHNICIAN.id)
    assert world.seen.actions[0]["actions"][0]["value"] == "2"


async def test_a_choice_in_a_select_reaches_the_bot_with_its_option(world: World) -> None:
    ts = await world.workspace.say(NURSE.id, CHANNEL, "@Parley gloves")
    [reply] = await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))
    await world.workspace.click(NURSE.id, channel=CHANNEL, ts=reply.ts, action_id="unit", value="PACU")
    body = world.seen.actions[0]
    assert body["actions"][0]["selected_option"]["value"] == "PACU"
    assert body["state"]["values"]["choices"]["unit"]["selected_option"]["value"] == "PACU"


async def test_a_form_shows_the_errors_of_the_bot_and_closes_when_it_is_right(world: World) -> None:
    channel, _ = await world.workspace.dm(NURSE.id, "count")
    reply = await world.workspace.wait_for(
        lambda: next(m for m in world.workspace.messages(channel) if m.from_bot)
    )
    await world.workspace.click(NURSE.id, channel=channel, ts=reply.ts, action_id="count")
    await world.workspace.wait_for(lambda: world.workspace.views(NURSE.id))

    refused = await world.workspace.submit_view(NURSE.id, values={"quantity": "many"})
    assert refused["errors"] == {"quantity": "A whole number, please."}
    assert world.workspace.views(NURSE.id)

    entered = {"quantity": "12", "chosen": "found", "flags": ("expired",)}
    await world.workspace.submit_view(NURSE.id, values=entered)
    assert not world.workspace.views(NURSE.id)
    await world.workspace.wait_for(
        lambda: next(m for m in world.workspace.messages(channel) if m.text == "counted 12")
    )
    values = world.seen.submissions[-1]["view"]["state"]["values"]
    assert values["reason"]["chosen"]["selected_option"]["value"] == "found"
    assert [o["value"] for o in values["flags"]["ticked"]["selected_options"]] == ["expired"]
    assert values["day"]["picked"]["selected_date"] == "2026-03-02"


async def test_a_form_without_its_required_field_is_not_sent(world: World) -> None:
    channel, _ = await world.workspace.dm(NURSE.id, "count")
    reply = await world.workspace.wait_for(
        lambda: next(m for m in world.workspace.messages(channel) if m.from_bot)
    )
    await world.workspace.click(NURSE.id, channel=channel, ts=reply.ts, action_id="count")
    await world.workspace.wait_for(lambda: world.workspace.views(NURSE.id))
    with pytest.raises(FormIncompleteError) as refused:
        await world.workspace.submit_view(NURSE.id)
    assert set(refused.value.errors) == {"quantity"}
    assert not world.seen.submissions


async def test_the_bot_hears_of_a_cancelled_form(world: World) -> None:
    channel, ts = await world.workspace.dm(NURSE.id, "count")
    await world.workspace.shortcut(NURSE.id, "ask_about_message", channel=channel, ts=ts)
    await world.workspace.wait_for(lambda: world.workspace.views(NURSE.id))
    assert world.seen.shortcuts[0]["message"]["text"] == "count"
    await world.workspace.close_view(NURSE.id)
    assert world.seen.closed[0]["view"]["private_metadata"] == "shelf=OR-3"
    with pytest.raises(NoSuchThingError):
        await world.workspace.submit_view(NURSE.id)


async def test_a_slash_command_is_answered_to_the_one_who_typed_it(world: World) -> None:
    answer = await world.workspace.slash(NURSE.id, CHANNEL, "/parley", "gloves")
    assert answer["text"] == "answer to gloves"
    assert [m.text for m in world.workspace.ephemerals(NURSE.id)] == ["answer to gloves"]
    assert not world.workspace.messages(CHANNEL)


async def test_an_upload_reaches_the_bot_with_its_caption_and_can_be_downloaded(world: World) -> None:
    file_id, ts = await world.workspace.share_file(
        NURSE.id, CHANNEL, name="bin.png", data=b"\x89PNG picture", text="used 2 for C-991"
    )
    [reply] = await world.workspace.wait_for(lambda: world.workspace.replies(CHANNEL, thread_ts=ts))
    assert reply.text == "got bin.png (12 bytes, image/png)"
    event = world.seen.of("message")[0]
    assert event["subtype"] == "file_share"
    assert event["text"] == "used 2 for C-991"
    assert world.workspace.file(file_id) == b"\x89PNG picture"


async def test_a_clip_is_a_file_share_with_slacks_own_marks(world: World) -> None:
    await world.workspace.share_clip(NURSE.id, CHANNEL, data=b"sound", transcript="two boxes of gloves")
    [file] = world.seen.of("message")[0]["files"]
    assert file["subtype"] == "slack_audio"
    assert file["transcription"]["preview"] == {"content": "two boxes of gloves", "has_more": False}


async def test_the_bot_uploads_a_file_that_is_shared_a_moment_later(world: World) -> None:
    channel, ts = await world.workspace.dm(MANAGER.id, "report please")
    shared = await world.workspace.wait_for(
        lambda: next(m for m in world.workspace.messages(channel, thread_ts=ts) if m.files)
    )
    assert world.workspace.file(shared.files[0]) == b"item,par\ngloves 7.5,40\n"
    assert shared.text == "Here is the list"
    answer = world.workspace.called("files.completeUploadExternal")[0].answer
    assert answer["files"][0]["shares"] == {}


async def test_a_streamed_answer_grows_and_completes(world: World) -> None:
    channel, ts = await world.workspace.dm(NURSE.id, "stream")
    message = await world.workspace.wait_for(
        lambda: next(m for m in world.workspace.messages(channel) if m.streaming == "completed")
    )
    assert message.text == "Two boxes of **gloves** left."
    assert message.thread_ts == ts


async def test_opening_the_home_tab_publishes_it_for_that_person_alone(world: World) -> None:
    await world.workspace.open_home(NURSE.id)
    home = await world.workspace.wait_for(lambda: world.workspace.home(NURSE.id))
    assert home.blocks[0]["text"]["text"] == "ICU at a glance"
    with pytest.raises(NoSuchThingError):
        world.workspace.home(TECHNICIAN.id)


async def test_a_button_of_the_home_tab_opens_a_form(world: World) -> None:
    await world.workspace.open_home(NURSE.id)
    home = await world.workspace.wait_for(lambda: world.workspace.home(NURSE.id))
    await world.workspace.click(NURSE.id, view_id=home.id, action_id="count")
    await world.workspace.wait_for(lambda: world.workspace.views(NURSE.id))
    assert world.seen.actions[0]["container"] == {"type": "view", "view_id": home.id}


async def test_opening_the_messages_tab_brings_suggested_prompts(world: World) -> None:
    await world.workspace.open_home(NURSE.id, tab="messages")
    channel = world.workspace.direct_messages(NURSE.id)
    prompts = await world.workspace.wait_for(lambda: world.workspace.state.prompts[channel])
    assert prompts["prompts"][0]["title"] == "Below par"


async def test_nobody_acts_in_a_conversation_that_is_not_theirs(world: World) -> None:
    channel, ts = await world.workspace.dm(NURSE.id, "hello")
    with pytest.raises(NoSuchThingError):
        await world.workspace.say(TECHNICIAN.id, channel, "let me in")
    with pytest.raises(NoSuchThingError):
        await world.workspace.say(NURSE.id, "supply-managers", "let me in")
    await world.workspace.wait_for(lambda: len(world.workspace.messages(channel)) > 1)
    with pytest.raises(NoSuchThingError):
        await world.workspace.click(TECHNICIAN.id, channel=channel, ts=ts, action_id="reserve")


async def test_an_interaction_without_an_acknowledgement_fails_for_the_person(world: World) -> None:
    world.workspace.faults.lose_acks()
    world.workspace.courier.config = replace(world.workspace.config, ack_timeout=0.05)
    with pytest.raises(NotAcknowledgedError):
        await world.workspace.slash(NURSE.id, CHANNEL, "/parley", "gloves")


async def test_a_status_line_ends_with_the_answer_of_its_thread(world: World) -> None:
    client, workspace = world.app.client, world.workspace
    channel, ts = await workspace.dm(NURSE.id, "hello")
    await workspace.wait_for(lambda: len(workspace.messages(channel)) > 1)
    for thread in (ts, "1.000000"):
        await client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status="is looking…")
    await client.chat_postMessage(channel=channel, thread_ts=ts, text="found")
    assert list(workspace.state.statuses) == [(channel, "1.000000")]
    await client.chat_postMessage(channel=channel, text="something else")
    assert not workspace.state.statuses
