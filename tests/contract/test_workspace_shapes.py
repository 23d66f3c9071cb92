"""Everything the local workspace sends, held against the shapes that Slack publishes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import BOT_USER_ID, LocalWorkspace
from bot.workspace.demo import MANAGER, NURSE, demo_config
from tests.contract.slack_samples import Json, Samples, samples_folder
from tests.scenario.workspace.echo_bot import card, over_socket

EVENTS = {
    "message": "MessagePayload",
    "file_share": "MessageFileSharePayload",
    "message_changed": "MessageChangedPayload",
    "message_deleted": "MessageDeletedPayload",
    "app_mention": "AppMentionPayload",
    "app_home_opened": "AppHomeOpenedPayload",
    "file_shared": "FileSharedPayload",
    "reaction_added": "ReactionAddedPayload",
}
INTERACTIONS = {
    "block_actions": "interactive-components/BlockActionPayload",
    "message_action": "interactive-components/MessageShortcutPayload",
    "view_submission": "views/ViewSubmissionPayload",
    "view_closed": "views/ViewClosedPayload",
}
BOT_PROFILE = {
    "id": "",
    "deleted": False,
    "name": "",
    "updated": 1,
    "app_id": "",
    "icons": {"image_36": "", "image_48": "", "image_72": ""},
    "team_id": "",
}

# Methods for which the samples hold no successful answer; the keys are those of Slack's own typed clients
# (java-slack-sdk json-logs/samples/api/chat.update.json; @slack/web-api ChatStopStreamResponse and others).
CHAT_UPDATE: Json = {
    "ok": True,
    "channel": "",
    "ts": "",
    "text": "",
    "message": {
        "type": "",
        "subtype": "",
        "text": "",
        "user": "",
        "team": "",
        "bot_id": "",
        "bot_profile": BOT_PROFILE,
        "blocks": [],
        "thread_ts": "",
        "reply_count": 1,
        "reply_users_count": 1,
        "latest_reply": "",
        "reply_users": [""],
    },
}
STOP_STREAM: Json = {
    "ok": True,
    "channel": "",
    "ts": "",
    "message": {
        "type": "",
        "subtype": "",
        "text": "",
        "user": "",
        "ts": "",
        "bot_id": "",
        "streaming_state": "",
        "thread_ts": "",
        "parent_user_id": "",
        "blocks": [],
    },
}
CONVERSATIONS_OPEN: Json = {"ok": True, "no_op": True, "already_open": True, "channel": {"id": ""}}


@pytest.fixture
def samples() -> Samples:
    return Samples(samples_folder())


async def _everything(workspace: LocalWorkspace, client: AsyncWebClient) -> None:
    """Each thing that people and the bot can do, once."""
    nurse, icu = NURSE.id, "C0ICUSUPP1"
    ts = await workspace.say(nurse, icu, "@Parley where are 7.5 gloves in #icu-supply? https://example.com")
    [reply] = await workspace.wait_for(lambda: workspace.replies(icu, thread_ts=ts))
    await workspace.say(nurse, icu, "thanks", thread_ts=ts)
    await workspace.click(nurse, channel=icu, ts=reply.ts, action_id="unit", value="PACU")
    await workspace.click(nurse, channel=icu, ts=reply.ts, action_id="reserve")
    [ephemeral] = await workspace.wait_for(lambda: workspace.ephemerals(nurse))
    await workspace.click(nurse, channel=icu, ts=reply.ts, action_id="count")
    await workspace.wait_for(lambda: workspace.views(nurse))
    view = workspace.views(nurse)[0]
    await client.views_update(view_id=view.id, hash=view.hash, view=view.body)
    await client.views_push(trigger_id=workspace.trigger(nurse, view_id=view.id), view=view.body)
    await workspace.close_view(nurse)
    await workspace.submit_view(nurse, values={"quantity": "12", "flags": ("expired",), "reason": "cycle"})
    await workspace.shortcut(nurse, "ask_about_message", channel=icu, ts=ts)
    await workspace.wait_for(lambda: workspace.views(nurse))
    await workspace.close_view(nurse)
    await workspace.slash(nurse, icu, "/parley", "gloves")
    await workspace.share_file(nurse, icu, name="bin.png", data=b"picture", text="used 2")
    await workspace.share_clip(nurse, icu, data=b"sound", transcript="two boxes", duration_ms=900)
    await workspace.open_home(nurse)
    await workspace.wait_for(lambda: workspace.home(nurse))
    await workspace.open_home(nurse)
    await workspace.click(nurse, view_id=workspace.home(nurse).id, action_id="count")
    await workspace.open_home(nurse, tab="messages")
    channel, told = await workspace.dm(nurse, "report")
    uploaded = await workspace.wait_for(
        lambda: next(m for m in workspace.messages(channel, thread_ts=told) if m.files)
    )
    await workspace.dm(nurse, "stream")
    await workspace.wait_for(
        lambda: next(m for m in workspace.messages(channel) if m.streaming == "completed")
    )
    await workspace.edit(nurse, icu, ts=ts, text="@Parley where are size 8 gloves?")
    await workspace.react(nurse, icu, ts=reply.ts, name="eyes")
    posted = await client.chat_postMessage(channel=icu, text="plain", blocks=card("blocks"))
    await client.chat_postEphemeral(channel=icu, user=nurse, text="only you")
    await client.chat_getPermalink(channel=icu, message_ts=posted["ts"])
    await client.reactions_add(channel=icu, timestamp=posted["ts"], name="eyes")
    await client.assistant_threads_setStatus(channel_id=channel, thread_ts=told, status="is looking")
    await client.assistant_threads_setTitle(channel_id=channel, thread_ts=told, title="Gloves")
    await client.chat_delete(channel=icu, ts=posted["ts"])
    await client.files_info(file=uploaded.files[0])
    await client.users_info(user=MANAGER.id, include_locale=True)
    await client.users_info(user=BOT_USER_ID)
    await client.users_list(limit=2)
    await client.users_lookupByEmail(email=MANAGER.email)
    await client.users_conversations(types="public_channel,private_channel,im")
    await client.usergroups_list(include_users=True)
    await client.usergroups_users_list(usergroup="S0SUPPLY01")
    await client.conversations_list(types="public_channel,private_channel,im")
    await client.conversations_info(channel=icu, include_num_members=True)
    await client.conversations_members(channel=icu)
    await client.conversations_open(users=nurse)
    await client.conversations_join(channel="C0GENERAL1")
    await client.conversations_history(channel=icu, limit=3)
    await client.conversations_replies(channel=icu, ts=ts)
    await client.team_info()
    await client.bots_info(bot="B0PARLEY01")
    await client.auth_test()
    assert ephemeral.ephemeral_to == nurse
    await workspace.delete(nurse, icu, ts=ts)
    await workspace.wait_for(
        lambda: (
            {"message_deleted", "reaction_added"} <= {_kind(d.payload) for d in workspace.courier.deliveries}
        )
    )


def _kind(payload: Json) -> str:
    """The subtype of a message event, the type of any other."""
    event = payload.get("event", {})
    return str(event.get("subtype") or event.get("type"))


async def test_keys_and_types_of_all_that_is_sent_are_a_subset_of_slacks(samples: Samples) -> None:
    config = demo_config()
    config = replace(
        config,
        share_delay=0.0,
        ack_timeout=15.0,
        trigger_seconds=30.0,
        events=config.events | {"reaction_added"},
    )
    async with LocalWorkspace(config) as workspace, over_socket(workspace) as (app, _):
        await _everything(workspace, app.client)
        deliveries, calls = workspace.courier.deliveries, workspace.calls

    view = samples.load("api/views.open")["view"]
    seen: set[str] = set()
    faults: set[str] = set()
    for delivery in deliveries:
        payload = delivery.payload
        if delivery.kind == "slash_commands":
            name = "slash-commands/SlashCommandPayload"
            sample = samples.load(f"app-backend/{name}")
        elif delivery.kind == "interactive":
            name = INTERACTIONS[payload["type"]]
            sample = samples.load(f"app-backend/{name}")
        else:
            kind = payload["event"]["type"]
            name = EVENTS[payload["event"].get("subtype") or kind]
            sample = samples.load(f"events/{name}")
            if name == "AppHomeOpenedPayload":
                sample["event"]["view"] = view
        if "view" in sample:
            # The samples of interactions leave a view's blocks out; views.open shows them.
            sample["view"] = view
        seen.add(name)
        faults |= {f"{name}{fault}" for fault in samples.faults(payload, sample)}

    message = samples.load("app-backend/interactive-components/MessageShortcutPayload")["message"]
    listed = {"ok": True, "messages": [message], "has_more": True, "response_metadata": {"next_cursor": ""}}
    known: dict[str, Json] = {
        "chat.postMessage": {"ok": True, "channel": "", "ts": "", "message": message},
        "chat.update": CHAT_UPDATE,
        "chat.stopStream": STOP_STREAM,
        "conversations.open": CONVERSATIONS_OPEN,
        "conversations.history": listed,
        "conversations.replies": listed,
    }
    for call in calls:
        assert call.answer["ok"], call
        sample = known.get(call.method) or samples.load(f"api/{call.method}")
        seen.add(call.method)
        faults |= {f"{call.method}{fault}" for fault in samples.faults(call.answer, sample)}

    assert sorted(faults) == []
    assert set(EVENTS.values()) | set(INTERACTIONS.values()) <= seen
    assert len([name for name in seen if "." in name]) >= 34


def test_the_judge_finds_a_foreign_key_a_foreign_type_and_a_null(samples: Samples) -> None:
    sample = samples.load("events/FileSharedPayload")
    good: Json = {"team_id": "T1", "event": {"type": "file_shared", "file": {"id": "F1"}}}
    assert samples.faults(good, sample) == []
    bad: Json = {"team_id": 7, "event": {"type": "file_shared", "owner": "x", "file_id": None}}
    assert sorted(samples.faults(bad, sample)) == [
        ".event.file_id is null",
        ".event.owner is not Slack's",
        ".team_id is int, str at Slack",
    ]
