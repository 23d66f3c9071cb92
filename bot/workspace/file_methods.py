"""``files.*``: upload in three steps, and what is known of a file."""

from __future__ import annotations

import asyncio
import mimetypes
import time

from bot.workspace.calls import Arguments, Method
from bot.workspace.core import Core
from bot.workspace.errors import NoSuchThingError, SlackRefusalError, invalid_arguments
from bot.workspace.state import BOT_USER_ID, Channel, Json, Message, StoredFile

# What the standard table of types leaves out on some systems.
_TYPES = {
    "webp": "image/webp",
    "heic": "image/heic",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "csv": "text/csv",
}


def mimetype_of(name: str) -> str:
    """The type of a file by its name."""
    kind = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    return _TYPES.get(kind) or mimetypes.guess_type(name)[0] or "application/octet-stream"


class FileMethods:
    """The methods, over the shared core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._state = core.state

    def table(self) -> dict[str, Method]:
        """Method names with their handlers and scopes."""
        return {
            "files.getUploadURLExternal": Method(self.upload_url, "files:write"),
            "files.completeUploadExternal": Method(self.complete, "files:write"),
            "files.info": Method(self.info, "files:read"),
        }

    def upload_url(self, arguments: Arguments) -> Json:
        """Step one: an address to send the bytes to."""
        name = arguments.need("filename")
        size = arguments.number("length", 0)
        if size <= 0:
            raise invalid_arguments("must be greater than 0: length")
        file = StoredFile(
            id=self._state.next_id("F"),
            name=name,
            title=name,
            mimetype=mimetype_of(name),
            user=BOT_USER_ID,
            size=size,
            data=None,
            created=int(time.time()),
            alt_txt=arguments.text("alt_txt"),
        )
        self._state.files[file.id] = file
        return {"upload_url": f"{self._core.shapes.base}/upload/v1/{file.id}", "file_id": file.id}

    def complete(self, arguments: Arguments) -> Json:
        """Step three: share what was uploaded. The message comes a moment after the answer, as in Slack."""
        files = []
        for each in arguments.objects("files"):
            file = self._state.files.get(str(each.get("id")))
            if file is None or file.data is None:
                raise SlackRefusalError("file_not_found")
            file.title = str(each.get("title") or file.title)
            files.append(file)
        if not files:
            raise invalid_arguments("missing required field: files")
        names = [arguments.text("channel_id"), *(arguments.text("channels") or "").split(",")]
        targets: list[Channel] = []
        for name in filter(None, names):
            try:
                channel = self._state.channel(name)
            except NoSuchThingError:
                raise SlackRefusalError("channel_not_found") from None
            if BOT_USER_ID not in channel.members:
                raise SlackRefusalError("not_in_channel")
            targets.append(channel)
        if arguments.text("thread_ts") and len(targets) != 1:
            raise SlackRefusalError("invalid_arguments")
        answer = []
        for file in files:
            # Not yet looked at, not yet shared: poll files.info for the rest.
            shape = self._core.shapes.file(file) | {"mimetype": "", "filetype": "", "pretty_type": ""}
            answer.append(shape | {"shares": {}, "channels": [], "groups": [], "ims": []})
        asyncio.get_running_loop().call_later(
            self._core.config.share_delay, self._share, files, targets, arguments
        )
        return {"files": answer}

    def _share(self, files: list[StoredFile], targets: list[Channel], arguments: Arguments) -> None:
        for channel in targets:
            message = Message(
                ts=self._state.next_ts(),
                channel=channel.id,
                user=BOT_USER_ID,
                text=arguments.text("initial_comment") or "",
                thread_ts=arguments.text("thread_ts"),
                files=[file.id for file in files],
                subtype="file_share",
                blocks=self._core.with_block_ids(arguments.objects("blocks")),
            )
            for file in files:
                file.shares.append((channel.id, message.ts, message.thread_ts))
            self._core.publish(message)

    def info(self, arguments: Arguments) -> Json:
        """What is known of a file, with where it was shared."""
        file = self._state.files.get(arguments.need("file"))
        if file is None or file.data is None:
            raise SlackRefusalError("file_not_found")
        return {"file": self._core.shapes.file_with_shares(file), "comments": []}
