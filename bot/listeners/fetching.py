"""Files of a message: named in its letter, fetched from Slack with the bot's token, in memory only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery import word_of
from bot.letters import Letter
from bot.views.rendered import Json
from domain.errors import Invalid, Unavailable

MOST_BYTES: Final = 50_000_000
FETCH_SECONDS: Final = 25.0
_CHUNK: Final = 1 << 16

type File = Mapping[str, Any]  # Slack's own JSON, read here and nowhere further in


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a listener takes: ``is_it`` knows its files by Slack's description, ``other`` are beginnings of content types that it
    does not. ``name`` is what a person calls it; the rest is said where there is none.
    """

    name: str
    is_it: Callable[[File], bool]
    other: tuple[str, ...]
    no_scope: str
    gone: str
    outside: str
    too_large: str
    no_such: str
    away: str


def wanted(
    name: str, is_it: Callable[[File], bool], *, other: tuple[str, ...], kinds: str, smaller: str
) -> Wanted:
    """The usual sentences. ``kinds`` are the file types that can be opened, ``smaller`` how to send less."""
    return Wanted(
        name=name,
        is_it=is_it,
        other=other,
        no_scope=(
            f"Slack gave me its sign-in page instead of the {name}: I may not read files here. Whoever looks after Parley in Slack "
            "has to give it the scope files:read and install it again."
        ),
        gone=f"The {name} is not in Slack any more. Please send it again.",
        outside=f"That file does not lie in Slack itself, so I can not fetch it. Please post the {name} as it is.",
        too_large=f"That {name} is larger than {MOST_BYTES // 1_000_000} MB. {smaller}",
        no_such=f"That file is no {name} that I can open. Please send it as {kinds}.",
        away=f"Slack does not give the {name} just now.",
    )


class NotFetchedError(Invalid):
    """A file that can not be had, with the sentence that says why. Trying again would not help."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as a letter keeps it. No name: people name files after patients."""

    id: str
    url: str
    size: int
    ask: bool
    gone: bool
    outside: bool


def files_of(event: File, wants: Wanted) -> list[Json]:
    """What a letter keeps of a message's files of this kind: ids, addresses and sizes."""
    found: list[Json] = []
    for each in event.get("files") or []:
        if not isinstance(each, dict):
            continue
        ask = each.get("file_access") == "check_file_info"
        gone = each.get("mode") in ("tombstone", "hidden_by_limit")
        if not (ask or gone or wants.is_it(each)):
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
    return found


def kept_files(letter: Letter, name: str) -> Sequence[Kept]:
    files = letter.payload.get(name)
    made = []
    for each in files if isinstance(files, list) else []:
        if isinstance(each, dict):
            size = each.get("size")
            made.append(
                Kept(
                    id=str(each.get("id") or ""),
                    url=str(each.get("url") or ""),
                    size=size if isinstance(size, int) else 0,
                    ask=each.get("ask") is True,
                    gone=each.get("gone") is True,
                    outside=each.get("outside") is True,
                )
            )
    return made


def _address(file: File) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


class Fetcher:
    """Fetches files of one kind. It keeps nothing."""

    def __init__(
        self,
        client: AsyncWebClient,
        wants: Wanted,
        *,
        most_bytes: int = MOST_BYTES,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._client = client
        self._wants = wants
        self._most = most_bytes
        self._seconds = seconds

    async def fetched(self, file: Kept) -> bytes:
        """The file whole. Raises NotFetchedError; Unavailable where trying later helps."""
        url, size = file.url, file.size
        if file.gone:
            raise NotFetchedError(self._wants.gone)
        if file.ask or not url:
            url, size = await self._asked(file.id)
        if file.outside:
            raise NotFetchedError(self._wants.outside)
        if size > self._most:
            raise NotFetchedError(self._wants.too_large)
        return await self.at(url)

    async def at(self, url: str) -> bytes:
        """What lies at an address of Slack's. Raises as ``fetched`` does."""
        if not self._trusted(url):
            # The token goes to Slack and to nobody else, whatever an event says.
            raise NotFetchedError(self._wants.outside)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._bytes(url)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unavailable(self._wants.away) from error

    async def described(self, file_id: str) -> File:
        """What Slack says of a file now. Raises as ``fetched`` does."""
        try:
            answer = await self._client.files_info(file=file_id)
        except SlackApiError as error:
            word = word_of(error)
            if word in ("file_not_found", "file_deleted"):
                raise NotFetchedError(self._wants.gone) from None
            if word == "missing_scope":
                raise NotFetchedError(self._wants.no_scope) from None
            raise Unavailable("Slack does not tell of the file just now.") from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable("Slack does not tell of the file just now.") from error
        file = answer.get("file")
        if not isinstance(file, dict):
            raise NotFetchedError(self._wants.gone)
        return file

    async def _asked(self, file_id: str) -> tuple[str, int]:
        """Where the file lies, of one that came without saying it (Slack Connect, a busy Slack)."""
        file = await self.described(file_id)
        if not _address(file):
            raise NotFetchedError(self._wants.gone)
        if file.get("is_external") is True:
            raise NotFetchedError(self._wants.outside)
        if not self._wants.is_it(file):
            raise NotFetchedError(self._wants.no_such)
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
                raise Unavailable(self._wants.away)
            if answer.status in (404, 410):
                raise NotFetchedError(self._wants.gone)
            if answer.status in (301, 302, 303, 307, 308, 401, 403) or kind == "text/html":
                # Without the scope Slack answers 200 with a page to sign in, or leads there.
                raise NotFetchedError(self._wants.no_scope)
            if answer.status != 200:
                raise NotFetchedError(self._wants.gone)
            if kind.startswith(self._wants.other):
                raise NotFetchedError(self._wants.no_such)
            if (answer.content_length or 0) > self._most:
                raise NotFetchedError(self._wants.too_large)
            return await self._within(answer)

    async def _within(self, answer: aiohttp.ClientResponse) -> bytes:
        """What Slack said of the size is not believed: reading ends at the limit."""
        parts: list[bytes] = []
        held = 0
        async for part in answer.content.iter_chunked(_CHUNK):
            held += len(part)
            if held > self._most:
                raise NotFetchedError(self._wants.too_large)
            parts.append(part)
        data = b"".join(parts)
        if data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            raise NotFetchedError(self._wants.no_scope)
        return data
