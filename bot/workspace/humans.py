"""What people do: write, upload, speak, click, fill forms, type commands, open tabs."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence

from bot.workspace.composing import compose, rich_text
from bot.workspace.controls import (
    STATEFUL,
    Entered,
    action_of,
    check_form,
    filled_state,
    find_control,
    initial_state,
)
from bot.workspace.core import Core
from bot.workspace.errors import NoSuchThingError, SlackRefusalError, WorkspaceError
from bot.workspace.file_methods import mimetype_of
from bot.workspace.state import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Message, StoredFile, View


class Humans:
    """The hands of every person in the workspace, over the shared core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._state = core.state
        # What stands in the controls of a message or home tab, by container and person.
        self._held: dict[tuple[str, str], dict[str, Json]] = {}

    def _in(self, user: str, channel: str) -> Channel:
        self._state.user(user)
        found = self._state.channel(channel)
        if user not in found.members:
            raise NoSuchThingError(f"{user} is not in {found.name}")
        return found

    def stored_text(self, text: str) -> str:
        """Typed text as Slack stores it, ``@Parley`` and ``#channel`` made into mentions."""
        names = {user.name: user.id for user in self._state.users.values()}
        channels = {c.name: c.id for c in self._state.channels.values() if not c.is_im}
        return compose(text, names=names, channels=channels)

    # Writing

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[str] = (),
        event_id: str | None = None,
        wait: bool = True,
    ) -> str:
        """Write a message; gives its ``ts``. ``wait`` until the bot acknowledged its events."""
        place = self._in(user, channel)
        stored = self.stored_text(text)
        block_id = self._state.next_id("b")
        message = Message(
            ts=self._state.next_ts(),
            channel=place.id,
            user=user,
            text=stored,
            thread_ts=thread_ts,
            blocks=[rich_text(stored, block_id=block_id)] if stored else [],
            files=list(files),
            subtype="file_share" if files else None,
            client_msg_id=str(uuid.uuid4()),
        )
        for file_id in files:
            self._state.files[file_id].shares.append((place.id, message.ts, thread_ts))
        self._core.publish(message, announce=False)
        if BOT_USER_ID not in place.members:
            return message.ts
        shapes = self._core.shapes
        wanted = self._core.config.events
        events = [shapes.message_event(message, place)] if _topic(place) in wanted else []
        if f"<@{BOT_USER_ID}>" in stored and not place.is_im and "app_mention" in wanted:
            events.append(shapes.mention_event(message, place))
        for number, event in enumerate(events):
            await self._core.send_event(event, event_id=event_id if number == 0 else None, wait=wait)
        return message.ts

    async def dm(
        self, user: str, text: str, *, thread_ts: str | None = None, wait: bool = True
    ) -> tuple[str, str]:
        """Write to the bot alone; gives channel and ``ts``."""
        channel = self._state.channel(user)
        return channel.id, await self.say(user, channel.id, text, thread_ts=thread_ts, wait=wait)

    async def share_file(
        self,
        user: str,
        channel: str,
        *,
        name: str,
        data: bytes,
        mimetype: str | None = None,
        text: str = "",
        thread_ts: str | None = None,
        subtype: str | None = None,
        transcript: str | None = None,
        duration_ms: int | None = None,
        wait: bool = True,
    ) -> tuple[str, str]:
        """Upload a file with a caption; gives the file's id and the message's ``ts``."""
        place = self._in(user, channel)
        file = self._stored(user, name, data, mimetype)
        file.subtype, file.transcript, file.duration_ms = subtype, transcript, duration_ms
        return file.id, await self._shared(user, place, [file], text=text, thread_ts=thread_ts, wait=wait)

    async def share_files(
        self,
        user: str,
        channel: str,
        *,
        files: Sequence[tuple[str, bytes, str | None]],
        text: str = "",
        thread_ts: str | None = None,
        wait: bool = True,
    ) -> str:
        """Upload several files, (name, data, type or None), in one message with one caption; gives the message's ``ts``."""
        place = self._in(user, channel)
        stored = [self._stored(user, name, data, kind) for name, data, kind in files]
        return await self._shared(user, place, stored, text=text, thread_ts=thread_ts, wait=wait)

    def _stored(self, user: str, name: str, data: bytes, mimetype: str | None) -> StoredFile:
        file = StoredFile(
            id=self._state.next_id("F"),
            name=name,
            title=name,
            mimetype=mimetype or mimetype_of(name),
            user=user,
            size=len(data),
            data=data,
            created=int(time.time()),
        )
        self._state.files[file.id] = file
        return file

    async def _shared(
        self,
        user: str,
        place: Channel,
        files: Sequence[StoredFile],
        *,
        text: str,
        thread_ts: str | None,
        wait: bool,
    ) -> str:
        ids = [file.id for file in files]
        ts = await self.say(user, place.id, text, thread_ts=thread_ts, files=ids, wait=wait)
        if BOT_USER_ID in place.members and "file_shared" in self._core.config.events:
            for file_id in ids:
                event = {
                    "type": "file_shared",
                    "channel_id": place.id,
                    "file_id": file_id,
                    "user_id": user,
                    "file": {"id": file_id},
                    "event_ts": ts,
                }
                await self._core.send_event(event, wait=wait)
        return ts

    async def share_clip(
        self,
        user: str,
        channel: str,
        *,
        data: bytes,
        name: str = "audio_message.m4a",
        mimetype: str = "audio/mp4",
        transcript: str | None = None,
        duration_ms: int | None = None,
        text: str = "",
        thread_ts: str | None = None,
        wait: bool = True,
    ) -> tuple[str, str]:
        """Send an audio clip, as Slack's microphone does: subtype ``slack_audio``, maybe with a transcript."""
        return await self.share_file(
            user,
            channel,
            name=name,
            data=data,
            mimetype=mimetype,
            text=text,
            thread_ts=thread_ts,
            subtype="slack_audio",
            transcript=transcript,
            duration_ms=duration_ms,
            wait=wait,
        )

    def _own(self, user: str, channel: str, ts: str) -> Message:
        message = self._state.message(self._in(user, channel).id, ts)
        if message.user != user:
            raise WorkspaceError("only the author may do that")
        return message

    async def edit(self, user: str, channel: str, *, ts: str, text: str) -> None:
        """Change one's own message."""
        message = self._own(user, channel, ts)
        before = self._core.shapes.changed_message(message)
        message.text = self.stored_text(text)
        message.blocks = [rich_text(message.text, block_id=self._state.next_id("b"))]
        message.edited_ts = self._state.next_ts()
        self._core.changed(message, before)

    async def delete(self, user: str, channel: str, *, ts: str) -> None:
        """Take one's own message away."""
        self._core.remove(self._own(user, channel, ts))

    async def react(self, user: str, channel: str, *, ts: str, name: str) -> None:
        """Put an emoji under a message, or take one's own away."""
        place = self._in(user, channel)
        message = self._state.message(place.id, ts)
        who = message.reactions.setdefault(name, [])
        added = user not in who
        if added:
            who.append(user)
        else:
            who.remove(user)
        if not who:
            del message.reactions[name]
        self._core.show(message)
        kind = "reaction_added" if added else "reaction_removed"
        if kind in self._core.config.events and BOT_USER_ID in place.members:
            event = {
                "type": kind,
                "user": user,
                "item": {"type": "message", "channel": place.id, "ts": ts},
                "reaction": name,
                "item_user": message.user,
                "event_ts": self._state.next_ts(),
            }
            await self._core.send_event(event, wait=False)

    async def invite_bot(self, user: str, channel: str) -> None:
        """Bring the bot into a channel."""
        place = self._in(user, channel)
        if BOT_USER_ID not in place.members:
            place.members.append(BOT_USER_ID)
            self._state.tell("channels")

    # Interactions

    def _container(
        self, user: str, channel: str | None, ts: str | None, view_id: str | None
    ) -> tuple[Message | View, list[Json]]:
        if view_id is not None:
            view = self._state.views.get(view_id)
            if view is None or view.user != user:
                raise NoSuchThingError(f"{user} has no view {view_id}")
            return view, view.blocks
        if channel is None or ts is None:
            raise NoSuchThingError("name a view, or a channel and a ts")
        message = self._state.message(self._in(user, channel).id, ts)
        if message.ephemeral_to not in (None, user):
            raise NoSuchThingError(f"{user} cannot see {ts}")
        return message, message.blocks

    async def click(
        self,
        user: str,
        *,
        action_id: str,
        channel: str | None = None,
        ts: str | None = None,
        view_id: str | None = None,
        block_id: str | None = None,
        value: Entered = None,
    ) -> Json:
        """Use a control of a message, a modal or a home tab; gives what the bot acknowledged with.

        ``value`` is what is chosen or typed: an option's value, several of them, a date ``YYYY-MM-DD``,
        a time ``HH:MM``, an id. A button needs none. Raises NotAcknowledgedError.
        """
        container, blocks = self._container(user, channel, ts, view_id)
        block, element = find_control(blocks, action_id=action_id, block_id=block_id)
        action = action_of(block, element, entered=(value,), ts=self._state.next_ts())
        key = (container.id if isinstance(container, View) else container.ts, user)
        values = self._held.setdefault(key, initial_state(blocks))
        if element["type"] in STATEFUL:
            state = {
                k: v for k, v in action.items() if k == "type" or k.startswith("selected") or k == "value"
            }
            values.setdefault(block["block_id"], {})[action_id] = state
        person = self._state.user(user)
        if isinstance(container, View):
            trigger = self._core.new_trigger(user, view_id=container.id)
            payload = self._core.shapes.interaction("block_actions", person, trigger_id=trigger)
            payload |= {
                "container": {"type": "view", "view_id": container.id},
                "view": self._core.shapes.view(container, values=values),
                "actions": [action],
            }
            return await self._core.courier.deliver("interactive", payload)
        place = self._state.channels[container.channel]
        trigger = self._core.new_trigger(user, channel=place.id)
        payload = self._core.shapes.interaction("block_actions", person, trigger_id=trigger)
        holder: Json = {
            "type": "message",
            "message_ts": container.ts,
            "channel_id": place.id,
            "is_ephemeral": container.ephemeral_to is not None,
        }
        if container.thread_ts:
            holder["thread_ts"] = container.thread_ts
        payload |= {
            "container": holder,
            "channel": {"id": place.id, "name": _channel_name(place)},
            "state": {"values": values},
            "response_url": self._core.new_response_url(
                channel=place.id, user=user, ts=container.ts, thread_ts=container.thread_ts
            ),
            "actions": [action],
        }
        if container.ephemeral_to is None:
            payload["message"] = self._core.shapes.message(container)
        return await self._core.courier.deliver("interactive", payload)

    def top_view(self, user: str) -> View:
        """The modal that a person sees, or NoSuchThingError."""
        stack = self._state.stack(user)
        if not stack:
            raise NoSuchThingError(f"no modal is open before {user}")
        return stack[-1]

    async def submit_view(
        self, user: str, *, values: Mapping[str, Entered] | None = None, view_id: str | None = None
    ) -> Json:
        """Fill the open modal and send it; gives the bot's answer, ``response_action`` and all.

        ``values`` maps block ids or action ids to what is entered; the rest keeps its initial value.
        Raises FormIncompleteError where Slack's client would not send it, NotAcknowledgedError when the bot is silent.
        """
        view = self.top_view(user)
        if view_id not in (None, view.id):
            raise NoSuchThingError(f"{view_id} is not the modal before {user}")
        filled = filled_state(view.blocks, values or {}, used=self._held.get((view.id, user)))
        check_form(view.blocks, filled)
        trigger = self._core.new_trigger(user, view_id=view.id, channel=view.channel)
        payload = self._core.shapes.interaction("view_submission", self._state.user(user), trigger_id=trigger)
        payload["view"] = self._core.shapes.view(view, values=filled)
        answer = await self._core.courier.deliver("interactive", payload)
        if self._state.views.get(view.id) is view:
            self._after_submission(user, view, answer)
        return answer

    def _after_submission(self, user: str, view: View, answer: Json) -> None:
        match answer.get("response_action"):
            case "errors":
                blocks = {block["block_id"] for block in view.blocks if block["type"] == "input"}
                if not set(answer.get("errors") or {}) <= blocks:
                    raise SlackRefusalError("invalid_block_id", errors=answer.get("errors"))
            case "update":
                self._core.make_view(user, answer.get("view"), kind="modal", old=view)
                self._core.show_stack(user)
            case "push":
                self._core.push_view(user, answer.get("view"), channel=view.channel)
            case "clear":
                self._core.close_views(user, all_of_them=True)
            case _:
                self._core.close_views(user, all_of_them=False)

    async def close_view(self, user: str, *, all_of_them: bool = False) -> None:
        """Cancel the open modal, or the whole stack; the bot hears of those that asked for it."""
        top = self.top_view(user)
        all_of_them = all_of_them or bool(top.body.get("clear_on_close"))
        for view in self._core.close_views(user, all_of_them=all_of_them):
            if view.body.get("notify_on_close"):
                payload = self._core.shapes.interaction("view_closed", self._state.user(user))
                payload |= {"view": self._core.shapes.view(view), "is_cleared": all_of_them}
                await self._core.courier.deliver("interactive", payload)

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Json:
        """Type a slash command; gives the bot's answer, which is shown as Slack shows it."""
        place = self._in(user, channel)
        if command not in [known.command for known in self._core.config.slash_commands]:
            raise NoSuchThingError(f"{command} is not a valid command")
        person = self._state.user(user)
        payload: Json = {
            "token": "",
            "api_app_id": APP_ID,
            "team_id": TEAM_ID,
            "team_domain": self._core.config.team_domain,
            "channel_id": place.id,
            "channel_name": _channel_name(place),
            "user_id": user,
            "user_name": person.name.lower().replace(" ", "."),
            "command": command,
            "text": self.stored_text(text),
            "response_url": self._core.new_response_url(channel=place.id, user=user),
            "trigger_id": self._core.new_trigger(user, channel=place.id),
            "is_enterprise_install": False,
        }
        answer = await self._core.courier.deliver("slash_commands", payload)
        if answer.get("text") or answer.get("blocks"):
            to = None if answer.get("response_type") == "in_channel" else user
            self._core.from_bot(place, answer, ephemeral_to=to)
        return answer

    async def shortcut(
        self, user: str, callback_id: str, *, channel: str | None = None, ts: str | None = None
    ) -> Json:
        """Use a message's menu entry, or a global shortcut when no message is named."""
        person = self._state.user(user)
        trigger = self._core.new_trigger(user, channel=channel)
        kind = "shortcut" if ts is None else "message_action"
        payload = self._core.shapes.interaction(kind, person, trigger_id=trigger)
        payload |= {"callback_id": callback_id, "action_ts": self._state.next_ts()}
        if ts is not None and channel is not None:
            place = self._in(user, channel)
            message = self._state.message(place.id, ts)
            payload |= {
                "channel": {"id": place.id, "name": _channel_name(place)},
                "message_ts": ts,
                "message": self._core.shapes.message(message),
                "response_url": self._core.new_response_url(
                    channel=place.id, user=user, ts=ts, thread_ts=message.thread_ts
                ),
            }
        return await self._core.courier.deliver("interactive", payload)

    async def open_home(self, user: str, *, tab: str = "home", wait: bool = True) -> None:
        """Open the bot's home tab, or with ``tab="messages"`` its messages."""
        self._state.user(user)
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self._state.channel(user).id,
            "tab": tab,
            "event_ts": self._state.next_ts(),
        }
        home = self._state.homes.get(user)
        if tab == "home" and home is not None:
            event["view"] = self._core.shapes.view(home)
        if "app_home_opened" in self._core.config.events:
            await self._core.send_event(event, wait=wait)


def _topic(channel: Channel) -> str:
    return {"im": "message.im", "group": "message.groups"}.get(channel.kind, "message.channels")


def _channel_name(channel: Channel) -> str:
    return "directmessage" if channel.is_im else channel.name
