"""A small bot on the real slack_bolt: it knows nothing of the workspace but tokens and ``base_url``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace import LocalWorkspace

type Json = dict[str, Any]

FORM: Json = {
    "type": "modal",
    "callback_id": "count",
    "title": {"type": "plain_text", "text": "Count a shelf"},
    "submit": {"type": "plain_text", "text": "Post count"},
    "close": {"type": "plain_text", "text": "Cancel"},
    "notify_on_close": True,
    "private_metadata": "shelf=OR-3",
    "blocks": [
        {
            "type": "section",
            "block_id": "intro",
            "text": {"type": "mrkdwn", "text": "*OR 3, cabinet B, shelf 2* was last counted 12 days ago."},
        },
        {
            "type": "input",
            "block_id": "quantity",
            "label": {"type": "plain_text", "text": "Boxes on the shelf"},
            "hint": {"type": "plain_text", "text": "Open boxes count as one."},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
        {
            "type": "input",
            "block_id": "reason",
            "optional": True,
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "placeholder": {"type": "plain_text", "text": "Choose a reason"},
                "options": [
                    {"text": {"type": "plain_text", "text": text}, "value": value}
                    for value, text in (("cycle", "Cycle count"), ("found", "Found stock"), ("lost", "Lost"))
                ],
            },
        },
        {
            "type": "input",
            "block_id": "day",
            "optional": True,
            "label": {"type": "plain_text", "text": "Counted on"},
            "element": {"type": "datepicker", "action_id": "picked", "initial_date": "2026-03-02"},
        },
        {
            "type": "input",
            "block_id": "flags",
            "optional": True,
            "label": {"type": "plain_text", "text": "Seen on the shelf"},
            "element": {
                "type": "checkboxes",
                "action_id": "ticked",
                "options": [
                    {"text": {"type": "mrkdwn", "text": "*Expired* stock"}, "value": "expired"},
                    {"text": {"type": "mrkdwn", "text": "Damaged packaging"}, "value": "damaged"},
                ],
            },
        },
    ],
}


def card(text: str) -> list[Json]:
    """An answer with controls under it."""
    return [
        {"type": "section", "block_id": "said", "text": {"type": "mrkdwn", "text": f"*You said* {text}"}},
        {
            "type": "actions",
            "block_id": "choices",
            "elements": [
                {
                    "type": "button",
                    "action_id": "reserve",
                    "style": "primary",
                    "text": {"type": "plain_text", "text": "Reserve 2"},
                    "value": "2",
                },
                {
                    "type": "button",
                    "action_id": "count",
                    "text": {"type": "plain_text", "text": "Count shelf"},
                },
                {
                    "type": "static_select",
                    "action_id": "unit",
                    "placeholder": {"type": "plain_text", "text": "Another unit"},
                    "options": [
                        {"text": {"type": "plain_text", "text": unit}, "value": unit}
                        for unit in ("ICU", "PACU")
                    ],
                },
            ],
        },
    ]


HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "ICU at a glance"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*3* items below par"}},
        {
            "type": "actions",
            "block_id": "home_actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "count",
                    "text": {"type": "plain_text", "text": "Count shelf"},
                }
            ],
        },
    ],
}


@dataclass(slots=True)
class Seen:
    """What reached the bot, in order."""

    events: list[Json] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    actions: list[Json] = field(default_factory=list)
    submissions: list[Json] = field(default_factory=list)
    closed: list[Json] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    shortcuts: list[Json] = field(default_factory=list)

    def of(self, kind: str) -> list[Json]:
        """The events of a type."""
        return [event for event in self.events if event["type"] == kind]


def make_app(workspace: LocalWorkspace) -> tuple[AsyncApp, Seen]:
    """The bot and what it saw."""
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    app = AsyncApp(client=client, signing_secret=workspace.signing_secret)
    seen = Seen()

    @app.middleware
    async def note(body: Json, request: Any, next: Any) -> None:
        if body.get("type") == "event_callback":
            seen.events.append(body["event"] | {"event_id": body["event_id"]})
            seen.retries.append(request.headers.get("x-slack-retry-num", ["0"])[0])
        await next()

    @app.event("app_mention")
    async def mentioned(event: Json, say: Any) -> None:
        thread = event.get("thread_ts") or event["ts"]
        await say(text=f"echo {event['text']}", blocks=card(event["text"]), thread_ts=thread)

    @app.event({"type": "message", "subtype": "file_share"})
    async def shared(event: Json, say: Any) -> None:
        names = ", ".join(f"{f['name']} ({f['size']} bytes, {f['mimetype']})" for f in event["files"])
        await say(text=f"got {names}", thread_ts=event["ts"])

    @app.message("report")
    async def report(event: Json, client: AsyncWebClient) -> None:
        await client.files_upload_v2(
            channel=event["channel"],
            thread_ts=event["ts"],
            filename="par.csv",
            content="item,par\ngloves 7.5,40\n",
            initial_comment="Here is the list",
        )

    @app.message("stream")
    async def stream(event: Json, client: AsyncWebClient) -> None:
        stream = await client.chat_stream(
            channel=event["channel"],
            thread_ts=event["ts"],
            recipient_team_id=event["team"],
            recipient_user_id=event["user"],
        )
        for word in ("Two ", "boxes ", "of **gloves** ", "left."):
            await stream.append(markdown_text=word)
        await stream.stop()

    @app.event("message")
    async def message(event: Json, say: Any, context: Json) -> None:
        if event.get("channel_type") == "im" and "subtype" not in event:
            await say(
                text=f"echo {event['text']}", blocks=card(event["text"]), thread_ts=event.get("thread_ts")
            )

    @app.event("file_shared")
    @app.event("reaction_added")
    async def noted() -> None:
        return

    @app.event("app_home_opened")
    async def opened(event: Json, client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=HOME)
        else:
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=event["channel"],
                title="Ask me",
                prompts=[{"title": "Below par", "message": "what is below par in ICU"}],
            )

    @app.action("reserve")
    async def reserve(ack: Any, body: Json, client: AsyncWebClient, respond: Any) -> None:
        await ack()
        seen.actions.append(body)
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        await client.chat_update(channel=channel, ts=ts, text="reserved", blocks=card("_reserved_"))
        await respond(text="only you see this", response_type="ephemeral", replace_original=False)

    @app.action("count")
    async def count(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        seen.actions.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.action("unit")
    async def unit(ack: Any, body: Json) -> None:
        await ack()
        seen.actions.append(body)

    @app.view("count")
    async def submitted(ack: Any, body: Json, client: AsyncWebClient) -> None:
        seen.submissions.append(body)
        typed = body["view"]["state"]["values"]["quantity"]["typed"]["value"]
        if not typed.isdigit():
            await ack(response_action="errors", errors={"quantity": "A whole number, please."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"counted {typed}")

    @app.view_closed("count")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        seen.closed.append(body)

    @app.command("/parley")
    async def command(ack: Any, command: Json) -> None:
        seen.commands.append(command)
        await ack(f"answer to {command['text']}")

    @app.shortcut("ask_about_message")
    async def shortcut(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        seen.shortcuts.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    return app, seen


@asynccontextmanager
async def over_socket(workspace: LocalWorkspace) -> AsyncIterator[tuple[AsyncApp, Seen]]:
    """The bot, connected by Socket Mode."""
    app, seen = make_app(workspace)
    handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=1)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
        await workspace.wait_online()
        yield app, seen
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
