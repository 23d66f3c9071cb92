"""``chat.*``, ``reactions.*`` and ``assistant.threads.*``: what the bot says."""

from __future__ import annotations

from bot.workspace.calls import Arguments, Method
from bot.workspace.core import Core, ResponseUrl
from bot.workspace.errors import NoSuchThingError, SlackRefusalError, invalid_arguments
from bot.workspace.state import BOT_USER_ID, Channel, Json, Message


class ChatMethods:
    """The methods, over the shared core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._state = core.state

    def table(self) -> dict[str, Method]:
        """Method names with their handlers and scopes."""
        return {
            "chat.postMessage": Method(self.post_message, "chat:write"),
            "chat.postEphemeral": Method(self.post_ephemeral, "chat:write"),
            "chat.update": Method(self.update, "chat:write"),
            "chat.delete": Method(self.delete, "chat:write"),
            "chat.getPermalink": Method(self.permalink),
            "chat.startStream": Method(self.start_stream, "chat:write"),
            "chat.appendStream": Method(self.append_stream, "chat:write"),
            "chat.stopStream": Method(self.stop_stream, "chat:write"),
            "reactions.add": Method(self.add_reaction, "reactions:write"),
            "assistant.threads.setStatus": Method(self.set_status, "assistant:write"),
            "assistant.threads.setTitle": Method(self.set_title, "assistant:write"),
            "assistant.threads.setSuggestedPrompts": Method(self.set_prompts, "assistant:write"),
        }

    def _channel(self, arguments: Arguments, name: str = "channel") -> Channel:
        try:
            channel = self._state.channel(arguments.need(name))
        except NoSuchThingError:
            raise SlackRefusalError("channel_not_found") from None
        if BOT_USER_ID not in channel.members:
            raise SlackRefusalError("channel_not_found" if channel.is_private else "not_in_channel")
        return channel

    def _own_message(self, channel: Channel, ts: str, refusal: str) -> Message:
        try:
            message = self._state.message(channel.id, ts)
        except NoSuchThingError:
            raise SlackRefusalError("message_not_found") from None
        if message.ephemeral_to:
            raise SlackRefusalError("message_not_found")
        if not message.from_bot:
            raise SlackRefusalError(refusal)
        return message

    def post_message(self, arguments: Arguments) -> Json:
        """A new message, in a thread when ``thread_ts`` names one."""
        channel = self._channel(arguments)
        message = self._core.from_bot(channel, arguments.values)
        return {"channel": channel.id, "ts": message.ts, "message": self._core.shapes.message(message)}

    def post_ephemeral(self, arguments: Arguments) -> Json:
        """A message that one person sees until the page is loaded anew; in a thread only where somebody has answered."""
        channel = self._channel(arguments)
        user = arguments.need("user")
        if user not in channel.members:
            raise SlackRefusalError("user_not_in_channel")
        thread = arguments.text("thread_ts")
        if thread and not self._state.replies(channel.id, thread):
            self._core.check_content(arguments.values)
            return {"message_ts": self._state.next_ts()}  # taken, and shown to nobody
        message = self._core.from_bot(channel, arguments.values, ephemeral_to=user)
        return {"message_ts": message.ts}

    def update(self, arguments: Arguments) -> Json:
        """Replace text and blocks; blocks go when only text is given."""
        channel = self._channel(arguments)
        message = self._own_message(channel, arguments.need("ts"), "cant_update_message")
        self._core.check_content(arguments.values)
        self.rewrite(message, arguments.values)
        return {
            "channel": channel.id,
            "ts": message.ts,
            "text": message.text,
            "message": self._core.shapes.updated_message(message),
        }

    def rewrite(self, message: Message, content: Json) -> None:
        """Give a message new content."""
        before = self._core.shapes.changed_message(message)
        blocks = content.get("blocks")
        if content.get("markdown_text"):
            blocks = [{"type": "markdown", "text": content["markdown_text"]}]
        message.text = content.get("text") or content.get("markdown_text") or ""
        message.blocks = self._core.with_block_ids(blocks or [])
        if "attachments" in content:
            message.attachments = list(content["attachments"] or ())
        if "metadata" in content:
            message.metadata = content["metadata"]
        message.edited_ts = self._state.next_ts()
        self._core.changed(message, before)

    def delete(self, arguments: Arguments) -> Json:
        """Take one of the bot's own messages away."""
        channel = self._channel(arguments)
        message = self._own_message(channel, arguments.need("ts"), "cant_delete_message")
        self._core.remove(message)
        return {"channel": channel.id, "ts": message.ts}

    def permalink(self, arguments: Arguments) -> Json:
        """The address of a message in the browser."""
        channel = self._channel(arguments)
        ts = arguments.need("message_ts")
        try:
            self._state.message(channel.id, ts)
        except NoSuchThingError:
            raise SlackRefusalError("message_not_found") from None
        link = f"{self._core.shapes.base}/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    # Streams

    @staticmethod
    def _streamed(arguments: Arguments) -> str:
        chunks = arguments.objects("chunks")
        said = [str(chunk.get("text", "")) for chunk in chunks if chunk.get("type") == "markdown_text"]
        return (arguments.text("markdown_text") or "") + "".join(said)

    def start_stream(self, arguments: Arguments) -> Json:
        """Begin an answer that grows."""
        channel = self._channel(arguments)
        thread_ts = arguments.need("thread_ts")
        if not channel.is_im and not arguments.text("recipient_user_id"):
            raise SlackRefusalError("missing_recipient_user_id")
        if not channel.is_im and not arguments.text("recipient_team_id"):
            raise SlackRefusalError("missing_recipient_team_id")
        message = Message(
            ts=self._state.next_ts(),
            channel=channel.id,
            user=BOT_USER_ID,
            text=self._streamed(arguments),
            thread_ts=thread_ts,
            streaming="in_progress",
        )
        self._core.publish(message)
        return {"channel": channel.id, "ts": message.ts}

    def _streaming(self, arguments: Arguments) -> Message:
        channel = self._channel(arguments)
        message = self._own_message(channel, arguments.need("ts"), "message_not_owned_by_app")
        if message.streaming != "in_progress":
            raise SlackRefusalError("message_not_in_streaming_state")
        return message

    def append_stream(self, arguments: Arguments) -> Json:
        """Add text to a growing answer."""
        message = self._streaming(arguments)
        added = self._streamed(arguments)
        if not added and not arguments.objects("chunks"):
            raise invalid_arguments("missing required field: markdown_text")
        message.text += added
        self._core.show(message)
        return {"channel": message.channel, "ts": message.ts}

    def stop_stream(self, arguments: Arguments) -> Json:
        """End a growing answer; ``blocks`` come under its text."""
        message = self._streaming(arguments)
        if arguments.values.get("blocks"):
            self._core.check_content({"blocks": arguments.values["blocks"]})
        message.text += self._streamed(arguments)
        head = [{"type": "markdown", "text": message.text}] if message.text else []
        message.blocks = self._core.with_block_ids([*head, *arguments.objects("blocks")])
        message.streaming = "completed"
        self._core.changed(message, self._core.shapes.changed_message(message))
        return {
            "channel": message.channel,
            "ts": message.ts,
            "message": self._core.shapes.streamed_message(message),
        }

    # Reactions and the assistant's surface

    def add_reaction(self, arguments: Arguments) -> Json:
        """An emoji of the bot under a message."""
        channel = self._channel(arguments)
        name = arguments.need("name").strip(":")
        try:
            message = self._state.message(channel.id, arguments.need("timestamp"))
        except NoSuchThingError:
            raise SlackRefusalError("message_not_found") from None
        who = message.reactions.setdefault(name, [])
        if BOT_USER_ID in who:
            raise SlackRefusalError("already_reacted")
        who.append(BOT_USER_ID)
        self._core.show(message)
        return {}

    def set_status(self, arguments: Arguments) -> Json:
        """The line that says what the bot is doing; empty takes it away."""
        channel = self._channel(arguments, "channel_id")
        thread_ts = arguments.text("thread_ts") or ""
        status = arguments.text("status") or ""
        if status:
            self._state.statuses[channel.id, thread_ts] = status
        else:
            self._state.statuses.pop((channel.id, thread_ts), None)
        body = {"channel": channel.id, "thread_ts": thread_ts, "status": status}
        self._state.tell("status", body, audience=self._state.audience(channel.id))
        return {}

    def set_title(self, arguments: Arguments) -> Json:
        """What a thread with the bot is called."""
        channel = self._channel(arguments, "channel_id")
        thread_ts = arguments.need("thread_ts")
        self._state.titles[channel.id, thread_ts] = arguments.need("title")
        body = {"channel": channel.id, "thread_ts": thread_ts, "title": arguments.need("title")}
        self._state.tell("title", body, audience=self._state.audience(channel.id))
        return {}

    def set_prompts(self, arguments: Arguments) -> Json:
        """Up to four questions to begin with, in somebody's direct messages."""
        channel = self._channel(arguments, "channel_id")
        prompts = arguments.objects("prompts")
        if not 1 <= len(prompts) <= 4:
            raise invalid_arguments("must have between 1 and 4 items: prompts")
        if not all(prompt.get("title") and prompt.get("message") for prompt in prompts):
            raise invalid_arguments("missing required field: title or message")
        body: Json = {"channel": channel.id, "title": arguments.text("title") or "", "prompts": prompts}
        self._state.prompts[channel.id] = body
        self._state.tell("prompts", body, audience=self._state.audience(channel.id))
        return {}

    # Answers to an interaction

    def respond(self, place: ResponseUrl, content: Json) -> None:
        """What comes to a response_url: a new message, or a change of the one that was clicked."""
        channel = self._state.channels[place.channel]
        original: Message | None = None
        if place.ts is not None:
            try:
                original = self._state.message(channel.id, place.ts)
            except NoSuchThingError:
                original = None
        if content.get("delete_original") and original is not None:
            self._core.remove(original)
        elif content.get("replace_original") and original is not None:
            self._core.check_content(content)
            self.rewrite(original, content)
        else:
            to = None if content.get("response_type") == "in_channel" else place.user
            threaded = {"thread_ts": place.thread_ts} if place.thread_ts else {}
            self._core.from_bot(channel, {**threaded, **content}, ephemeral_to=to)
