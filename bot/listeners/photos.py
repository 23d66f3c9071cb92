"""Photographs of a message: fetched from Slack with the bot's token, read, forgotten. A picture is in memory only while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import word_of
from bot.dialogue.photo.seen import Seen
from bot.letters import Letter
from bot.views.rendered import Json
from domain.errors import Invalid, InvalidPicture, Unavailable
from domain.udi.merge import read_symbols
from domain.udi.reading import PictureRead
from domain.udi.symbol import Symbol

log = structlog.get_logger(__name__)

MOST_PICTURES: Final = 10
MOST_BYTES: Final = 50_000_000
FETCH_SECONDS: Final = 25.0
_CHUNK: Final = 1 << 16
_PICTURES: Final = frozenset({"jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff", "gif", "bmp"})
NO_SCOPE: Final = (
    "Slack gave me its sign-in page instead of the photograph: I may not read files here. Whoever looks after Parley in Slack has "
    "to give it the scope files:read and install it again."
)
GONE: Final = "The photograph is not in Slack any more. Please send it again."
OUTSIDE: Final = (
    "That file does not lie in Slack itself, so I can not fetch it. Please post the photograph as it is."
)
TOO_LARGE: Final = f"That photograph is larger than {MOST_BYTES // 1_000_000} MB. Please send it in the phone's normal quality."
NO_PICTURE: Final = "That file is no photograph that I can open. Please send it as JPEG, PNG, WebP or HEIC."
TOO_MANY: Final = (
    f"I read the first {MOST_PICTURES} photographs of a message; please send the others in another one."
)

type File = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


class Picture(Protocol):
    """What a reader of pictures gives."""

    @property
    def symbols(self) -> tuple[Symbol, ...]: ...


class Reader(Protocol):
    """``bot.media.pool.PictureReader``, as far as this needs it."""

    def read(self, data: bytes) -> Awaitable[Picture]:
        """Raises InvalidPicture; Unavailable where trying later helps."""
        ...


class NotFetchedError(Invalid):
    """A file that can not be had, with the sentence that says why. Trying again would not help."""


def pictures_of(event: File) -> list[Json]:
    """What a letter keeps of a message's pictures: ids, addresses, types and sizes. No names: people name files after patients."""
    found: list[Json] = []
    for each in event.get("files") or []:
        if not isinstance(each, dict):
            continue
        ask = each.get("file_access") == "check_file_info"
        gone = each.get("mode") in ("tombstone", "hidden_by_limit")
        if not (ask or gone or _is_picture(each)):
            continue
        size = each.get("size")
        found.append(
            {
                "id": str(each.get("id") or ""),
                "url": _address(each),
                "size": size if isinstance(size, int) else 0,
                "ask": ask,
                "gone": gone,
                "outside": each.get("is_external") is True,
            }
        )
    return found[: MOST_PICTURES + 1]


def _is_picture(file: File) -> bool:
    kind = str(file.get("mimetype") or "")
    if kind:
        return kind.startswith("image/") and kind != "image/svg+xml"
    return str(file.get("filetype") or "").casefold() in _PICTURES


def _address(file: File) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    url: str
    size: int
    ask: bool
    gone: bool
    outside: bool


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
        self._client = client
        self._most = most_bytes
        self._seconds = seconds

    async def look(self, letter: Letter, *, today: date) -> Seen:
        """All pictures of the letter. Raises Unavailable where Slack or the reader do not answer now: the inbox tries again."""
        files = _kept(letter)
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

    async def _one(self, file: _Kept, *, today: date) -> PictureRead | str:
        """The picture, or the sentence that says why not."""
        try:
            picture = await self._reader.read(await self._fetched(file))
        except (NotFetchedError, InvalidPicture) as error:
            return str(error)
        return await asyncio.to_thread(lambda: read_symbols(picture.symbols, today=today))

    # --------------------------------------------------------------------------------------------- fetching

    async def _fetched(self, file: _Kept) -> bytes:
        url, size = file.url, file.size
        if file.gone:
            raise NotFetchedError(GONE)
        if file.ask or not url:
            url, size = await self._asked(file.id)
        if file.outside:
            raise NotFetchedError(OUTSIDE)
        if size > self._most:
            raise NotFetchedError(TOO_LARGE)
        if not self._trusted(url):
            # The token goes to Slack and to nobody else, whatever an event says.
            raise NotFetchedError(OUTSIDE)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._bytes(url)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unavailable("Slack does not give the photograph just now.") from error

    async def _asked(self, file_id: str) -> tuple[str, int]:
        """Where the file lies, of one that came without saying it (Slack Connect, a busy Slack)."""
        try:
            answer = await self._client.files_info(file=file_id)
        except SlackApiError as error:
            word = word_of(error)
            if word in ("file_not_found", "file_deleted"):
                raise NotFetchedError(GONE) from None
            if word == "missing_scope":
                raise NotFetchedError(NO_SCOPE) from None
            raise Unavailable("Slack does not tell of the file just now.") from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("Slack does not tell of the file just now.") from error
        file = answer.get("file")
        if not isinstance(file, dict) or not _address(file):
            raise NotFetchedError(GONE)
        if file.get("is_external") is True:
            raise NotFetchedError(OUTSIDE)
        if not _is_picture(file):
            raise NotFetchedError(NO_PICTURE)
        size = file.get("size")
        return _address(file), size if isinstance(size, int) else 0

    def _trusted(self, url: str) -> bool:
        """Slack's own hosts; and the one whose Web API the client speaks to, which may be a local workspace."""
        there, api = urlsplit(url), urlsplit(self._client.base_url)
        if (there.scheme, there.netloc) == (api.scheme, api.netloc):
            return True
        host = (there.hostname or "").casefold()
        return there.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com"))

    async def _bytes(self, url: str) -> bytes:
        session = self._client.session
        if session is not None and not session.closed:
            return await self._downloaded(session, url)
        async with aiohttp.ClientSession() as own:
            return await self._downloaded(own, url)

    async def _downloaded(self, session: aiohttp.ClientSession, url: str) -> bytes:
        headers = {"Authorization": f"Bearer {self._client.token}"}
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            kind = answer.content_type.casefold()
            if answer.status == 429 or answer.status >= 500:
                raise Unavailable("Slack does not give the photograph just now.")
            if answer.status in (404, 410):
                raise NotFetchedError(GONE)
            if answer.status in (301, 302, 303, 307, 308, 401, 403) or kind == "text/html":
                # Without the scope Slack answers 200 with a page to sign in, or leads there.
                raise NotFetchedError(NO_SCOPE)
            if answer.status != 200:
                raise NotFetchedError(GONE)
            if kind.startswith(("text/", "audio/", "video/")) or kind in (
                "application/json",
                "application/pdf",
            ):
                raise NotFetchedError(NO_PICTURE)
            if (answer.content_length or 0) > self._most:
                raise NotFetchedError(TOO_LARGE)
            return await self._within(answer)

    async def _within(self, answer: aiohttp.ClientResponse) -> bytes:
        """What Slack said of the size is not believed: reading ends at the limit."""
        parts: list[bytes] = []
        held = 0
        async for part in answer.content.iter_chunked(_CHUNK):
            held += len(part)
            if held > self._most:
                raise NotFetchedError(TOO_LARGE)
            parts.append(part)
        data = b"".join(parts)
        if data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise NotFetchedError(NO_SCOPE)
        return data


def _kept(letter: Letter) -> Sequence[_Kept]:
    files = letter.payload.get("pictures")
    made = []
    for each in files if isinstance(files, list) else []:
        if isinstance(each, dict):
            size = each.get("size")
            made.append(
                _Kept(
                    id=str(each.get("id") or ""),
                    url=str(each.get("url") or ""),
                    size=size if isinstance(size, int) else 0,
                    ask=each.get("ask") is True,
                    gone=each.get("gone") is True,
                    outside=each.get("outside") is True,
                )
            )
    return made
