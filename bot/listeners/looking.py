"""The status line beside a question whose answer takes more than a moment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.letters import Letter

AFTER_SECONDS: Final = 0.7
"""An answer that comes sooner needs no line that flickers."""
STATUS: Final = "is looking…"
_STATUS_OF: Final = {"image": "is reading the photograph…", "audio": "is listening…"}


class Looking:
    """Shows the status where the question stands. It is an ornament: whatever Slack says to it, the answer goes its way."""

    def __init__(self, client: AsyncWebClient, *, after: float = AFTER_SECONDS) -> None:
        self._client = client
        self._after = after

    @contextlib.asynccontextmanager
    async def at(self, letter: Letter) -> AsyncIterator[None]:
        """Holds while the letter is worked on."""
        channel, thread = letter.text("channel"), letter.text("thread")
        asked = thread or letter.text("ts")
        if not (channel and asked) or letter.kind not in ("message", "ask"):
            yield
            return
        begun = asyncio.Event()
        status = _STATUS_OF.get(letter.text("files"), STATUS)
        showing = asyncio.create_task(self._show(channel, asked, begun, status))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
            if begun.is_set() and not thread:
                # Slack ends the status with a reply in its thread; this reply stands outside.
                await self._set(channel, asked, "")

    async def _show(self, channel: str, asked: str, begun: asyncio.Event, status: str) -> None:
        await asyncio.sleep(self._after)
        begun.set()
        await self._set(channel, asked, status)

    async def _set(self, channel: str, asked: str, status: str) -> None:
        with contextlib.suppress(SlackClientError, aiohttp.ClientError, TimeoutError, OSError):
            await self._client.assistant_threads_setStatus(channel_id=channel, thread_ts=asked, status=status)
