"""Photographs of a message: fetched from Slack with the bot's token, read, forgotten. A picture is in memory only while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import date
from typing import Final, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.dialogue.photo.seen import Seen
from bot.letters import Letter
from bot.listeners.fetching import (
    FETCH_SECONDS,
    MOST_BYTES,
    Fetcher,
    File,
    Kept,
    NotFetchedError,
    files_of,
    kept_files,
    wanted,
)
from bot.views.rendered import Json
from domain.errors import InvalidPicture
from domain.udi.merge import read_symbols
from domain.udi.reading import PictureRead
from domain.udi.symbol import Symbol

log = structlog.get_logger(__name__)

MOST_PICTURES: Final = 10
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff", "gif", "bmp"})
TOO_MANY: Final = (
    f"I read the first {MOST_PICTURES} photographs of a message; please send the others in another one."
)


class Picture(Protocol):
    """What a reader of pictures gives."""

    @property
    def symbols(self) -> tuple[Symbol, ...]: ...


class Reader(Protocol):
    """``bot.media.pool.PictureReader``, as far as this needs it."""

    def read(self, data: bytes) -> Awaitable[Picture]:
        """Raises InvalidPicture; Unavailable where trying later helps."""
        ...


def pictures_of(event: File) -> list[Json]:
    """What a letter keeps of a message's pictures; one more than are read, so that it is known that there are more."""
    return files_of(event, PICTURE)[: MOST_PICTURES + 1]


def _is_picture(file: File) -> bool:
    kind = str(file.get("mimetype") or "")
    if kind:
        return kind.startswith("image/") and kind != "image/svg+xml"
    return str(file.get("filetype") or "").casefold() in _PICTURES


PICTURE: Final = wanted(
    "photograph",
    _is_picture,
    other=("text/", "audio/", "video/", "application/json", "application/pdf"),
    kinds="JPEG, PNG, WebP or HEIC",
    smaller="Please send it in the phone's normal quality.",
)


class Photos:
    """Fetches and reads. It keeps nothing, and logs counts only."""

    def __init__(
        self,
        reader: Reader,
        client: AsyncWebClient,
        *,
        most_bytes: int = MOST_BYTES,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._reader = reader
        self._fetcher = Fetcher(client, PICTURE, most_bytes=most_bytes, seconds=seconds)

    async def look(self, letter: Letter, *, today: date) -> Seen:
        """All pictures of the letter. Raises Unavailable where Slack or the reader do not answer now: the inbox tries again."""
        files = kept_files(letter, "pictures")
        results = await asyncio.gather(*(self._one(file, today=today) for file in files[:MOST_PICTURES]))
        read = [one for one in results if isinstance(one, PictureRead)]
        problems = [one for one in results if isinstance(one, str)]
        if len(files) > MOST_PICTURES:
            problems.append(TOO_MANY)
        log.info(
            "photographs read",
            pictures=len(read),
            unread=len(problems),
            labels=sum(len(one.labels) for one in read),
            places=sum(len(one.places) for one in read),
            foreign=sum(len(one.problems) for one in read),
        )
        return Seen(tuple(read), tuple(dict.fromkeys(problems)))

    async def _one(self, file: Kept, *, today: date) -> PictureRead | str:
        """The picture, or the sentence that says why not."""
        try:
            picture = await self._reader.read(await self._fetcher.fetched(file))
        except (NotFetchedError, InvalidPicture) as error:
            return str(error)
        return await asyncio.to_thread(lambda: read_symbols(picture.symbols, today=today))
