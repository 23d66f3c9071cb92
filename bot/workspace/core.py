"""What both sides of the workspace share: posting, events, triggers, response addresses, views."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.workspace.blockkit import block_faults, view_faults
from bot.workspace.config import WorkspaceConfig
from bot.workspace.delivery import Courier
from bot.workspace.errors import NotAcknowledgedError, SlackRefusalError, invalid_arguments
from bot.workspace.faults import Faults
from bot.workspace.shapes import Shapes
from bot.workspace.state import BOT_USER_ID, Channel, Json, Message, State, View

TEXT_MAX = 40_000
STACK_MAX = 3
RESPONSE_USES = 5
RESPONSE_SECONDS = 1800.0


@dataclass(slots=True)
class Trigger:
    """The right to open one view, for three seconds. ``view_id`` is the modal it was born in."""

    user: str
    born: float
    channel: str | None = None
    view_id: str | None = None


@dataclass(slots=True)
class ResponseUrl:
    """Where the bot may answer an interaction: ``ts`` is the message it stood on."""

    channel: str
    user: str
    born: float
    ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass(slots=True)
class Core:
    """The parts of one workspace, wired together."""

    config: WorkspaceConfig
    state: State
    shapes: Shapes
    courier: Courier
    faults: Faults
    triggers: dict[str, Trigger] = field(default_factory=dict)
    responses: dict[str, ResponseUrl] = field(default_factory=dict)

    # Messages

    def check_content(self, content: Json) -> None:
        """Refuse what Slack refuses of a message's text and blocks."""
        blocks = content.get("blocks")
        if blocks:
            faults = block_faults(blocks)
            if any(fault.startswith("no more than 50") for fault in faults):
                raise SlackRefusalError("msg_blocks_too_long", errors=faults)
            if faults:
                raise SlackRefusalError(
                    "invalid_blocks",
                    errors=faults,
                    response_metadata={"messages": [f"[ERROR] {fault}" for fault in faults]},
                )
        if not any(content.get(key) for key in ("text", "blocks", "attachments", "markdown_text")):
            raise SlackRefusalError("no_text")
        if len(content.get("text") or "") > TEXT_MAX or len(content.get("markdown_text") or "") > 12_000:
            raise SlackRefusalError("msg_too_long")

    def with_block_ids(self, blocks: Sequence[Json]) -> list[Json]:
        """Blocks as Slack keeps them: each with an id, an action id in every control."""
        kept = []
        for block in blocks:
            copy = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
            if isinstance(copy.get("elements"), list) and copy["type"] == "actions":
                copy["elements"] = [_with_action_id(element) for element in copy["elements"]]
            for place in ("accessory", "element"):
                if isinstance(copy.get(place), dict):
                    copy[place] = _with_action_id(copy[place])
            kept.append(copy)
        return kept

    def from_bot(self, channel: Channel, content: Json, *, ephemeral_to: str | None = None) -> Message:
        """Make and publish a message of the bot; raises SlackRefusalError on bad content."""
        self.check_content(content)
        blocks = list(content.get("blocks") or ())
        if content.get("markdown_text"):
            blocks = [{"type": "markdown", "text": content["markdown_text"]}]
        message = Message(
            ts=self.state.next_ts(),
            channel=channel.id,
            user=BOT_USER_ID,
            text=content.get("text") or content.get("markdown_text") or "",
            thread_ts=content.get("thread_ts") or None,
            blocks=self.with_block_ids(blocks),
            attachments=list(content.get("attachments") or ()),
            metadata=content.get("metadata"),
            ephemeral_to=ephemeral_to,
            broadcast=content.get("reply_broadcast") in (True, "true", "1"),
        )
        self.publish(message)
        return message

    def publish(self, message: Message, *, announce: bool = True) -> None:
        """Store a new message, show it, and tell the bot as Slack does of every message, its own included."""
        channel = self.state.channels[message.channel]
        self.state.add_message(message)
        if message.ephemeral_to:
            self.show(message)
            return
        if message.from_bot:
            self._end_status(message)
        self.show(message)
        if announce:
            self.announce(channel, self.shapes.message_event(message, channel))

    def _end_status(self, answer: Message) -> None:
        """An answer ends the status line of its thread; one outside every thread, those of the conversation."""
        over = [
            (channel, thread)
            for channel, thread in self.state.statuses
            if channel == answer.channel and answer.thread_ts in (None, thread)
        ]
        for channel, thread in over:
            del self.state.statuses[channel, thread]
            body = {"channel": channel, "thread_ts": thread, "status": ""}
            self.state.tell("status", body, audience=self.state.audience(channel))

    def show(self, message: Message) -> None:
        """Tell the pages of those who may see a message that it is new or has changed."""
        only = (
            frozenset({message.ephemeral_to})
            if message.ephemeral_to
            else self.state.audience(message.channel)
        )
        self.state.tell("message", {"message": self.page_message(message)}, audience=only)
        if message.thread_ts and message.thread_ts != message.ts and not message.ephemeral_to:
            # The root shows how many replies it has.
            for root in self.state.thread(message.channel, message.thread_ts)[:1]:
                self.state.tell("message", {"message": self.page_message(root)}, audience=only)

    def page_message(self, message: Message) -> Json:
        """A message as the page gets it: Slack's shape and what only a client knows."""
        extra: Json = {"channel": message.channel, "broadcast": message.broadcast}
        if message.ephemeral_to:
            extra["ephemeral"] = True
        if message.reactions:
            extra["reactions"] = [
                {"name": name, "count": len(users), "users": users}
                for name, users in message.reactions.items()
            ]
        if message.streaming:
            extra["streaming_state"] = message.streaming
        return self.shapes.message(message) | extra

    def announce(self, channel: Channel, event: Json) -> None:
        """Send a message event to the bot in the background if it is there to hear it."""
        if (
            BOT_USER_ID in channel.members
            and f"message.{channel.kind}s".replace("ims", "im") in self.config.events
        ):
            self.courier.spawn("events_api", self.envelope(event))

    def envelope(self, event: Json, *, event_id: str | None = None) -> Json:
        """An event with its envelope."""
        return self.shapes.event(event, event_id=event_id or self.state.next_id("Ev"))

    async def send_event(self, event: Json, *, event_id: str | None = None, wait: bool = True) -> None:
        """Send an event; waiting ends when it is acknowledged or given up."""
        task = self.courier.spawn("events_api", self.envelope(event, event_id=event_id))
        if wait:
            try:
                await task
            except NotAcknowledgedError:
                return  # kept in ``undelivered``; a person who writes is not told, as in Slack

    def changed(self, message: Message, before: Json) -> None:
        """Show a changed message and tell the bot."""
        channel = self.state.channels[message.channel]
        self.show(message)
        if message.ephemeral_to:
            return
        event = {
            "type": "message",
            "subtype": "message_changed",
            "channel": channel.id,
            "hidden": True,
            "message": self.shapes.changed_message(message),
            "previous_message": before,
            "event_ts": self.state.next_ts(),
            "ts": self.state.next_ts(),
            "channel_type": channel.kind,
        }
        self.announce(channel, event)

    def remove(self, message: Message) -> None:
        """Take a message away and tell everybody."""
        audience = (
            frozenset({message.ephemeral_to})
            if message.ephemeral_to
            else self.state.audience(message.channel)
        )
        self.state.remove_message(message)
        self.state.tell("message_gone", {"channel": message.channel, "ts": message.ts}, audience=audience)
        if message.ephemeral_to:
            return
        channel = self.state.channels[message.channel]
        event = {
            "type": "message",
            "subtype": "message_deleted",
            "channel": channel.id,
            "hidden": True,
            "deleted_ts": message.ts,
            "previous_message": self.shapes.changed_message(message),
            "event_ts": self.state.next_ts(),
            "ts": self.state.next_ts(),
            "channel_type": channel.kind,
        }
        self.announce(channel, event)

    # Triggers and response addresses

    def new_trigger(self, user: str, *, channel: str | None = None, view_id: str | None = None) -> str:
        """A trigger for one view."""
        name = f"{self.state.next_id('')}.{secrets.token_hex(8)}"
        self.triggers[name] = Trigger(user=user, born=time.monotonic(), channel=channel, view_id=view_id)
        return name

    def use_trigger(self, name: object) -> Trigger:
        """Use a trigger up; it serves once, and not for long."""
        if not isinstance(name, str) or not name:
            raise invalid_arguments("missing required field: trigger_id")
        trigger = self.triggers.pop(name, None)
        if trigger is None:
            raise SlackRefusalError("invalid_trigger_id")
        if (
            time.monotonic() - trigger.born > self.config.trigger_seconds
            or self.faults.take_expired_trigger()
        ):
            raise SlackRefusalError("expired_trigger_id")
        return trigger

    def new_response_url(
        self, *, channel: str, user: str, ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """An address where the bot may answer five times within half an hour."""
        name = secrets.token_urlsafe(18)
        self.responses[name] = ResponseUrl(
            channel=channel, user=user, born=time.monotonic(), ts=ts, thread_ts=thread_ts
        )
        return f"{self.shapes.base}/response/{name}"

    # Views

    def make_view(self, user: str, body: object, *, kind: str, old: View | None = None) -> View:
        """Check and keep a view; ``old`` is the one it replaces under the same id."""
        faults = view_faults(body, kind=kind)
        if faults or not isinstance(body, dict):
            raise invalid_arguments(*faults)
        body = {**body, "blocks": self.with_block_ids(body["blocks"])}
        external = body.get("external_id")
        if external and any(
            v.body.get("external_id") == external and v is not old for v in self.state.views.values()
        ):
            raise SlackRefusalError("duplicate_external_id")
        view_id = old.id if old else self.state.next_id("V")
        view = View(
            id=view_id,
            user=user,
            body=body,
            hash=f"{time.time():.6f}.{secrets.token_hex(4)}",
            root_view_id=old.root_view_id if old else view_id,
            previous_view_id=old.previous_view_id if old else None,
            channel=old.channel if old else None,
        )
        self.state.views[view.id] = view
        return view

    def show_stack(self, user: str) -> None:
        """Tell a person's pages which modals are open."""
        views = [self.shapes.view(view) for view in self.state.stack(user)]
        self.state.tell("views", {"stack": views}, audience=frozenset({user}))

    def push_view(self, user: str, body: object, *, channel: str | None = None) -> View:
        """Put a modal on top of those that are open."""
        stack = self.state.stacks.setdefault(user, [])
        if len(stack) >= STACK_MAX:
            raise SlackRefusalError("push_limit_reached")
        view = self.make_view(user, body, kind="modal")
        view.channel = channel
        if stack:
            view.root_view_id, view.previous_view_id = stack[0], stack[-1]
        stack.append(view.id)
        self.show_stack(user)
        return view

    def close_views(self, user: str, *, all_of_them: bool) -> list[View]:
        """Take the topmost modal, or every one, away; gives those that closed, the topmost first."""
        stack = self.state.stacks.get(user, [])
        closing = list(reversed(stack)) if all_of_them else stack[-1:]
        closed = [self.state.views.pop(view_id) for view_id in closing]
        self.state.stacks[user] = [view_id for view_id in stack if view_id not in closing]
        self.show_stack(user)
        return closed


def _with_action_id(element: Json) -> Json:
    if element.get("type") in ("image", "mrkdwn", "plain_text") or element.get("action_id"):
        return element
    return {**element, "action_id": secrets.token_urlsafe(4)}
