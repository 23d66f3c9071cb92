"""One call of Slack's Web API, made so that its end is known: delivered, to be tried later, or refused for good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, cast

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.views.rendered import Json
from domain.ports import OutboxRow

log = structlog.get_logger(__name__)

REPLY_EVENT: Final = "parley_reply"
"""The type of the metadata that carries a row's key with its message."""
UPLOAD: Final = "files.completeUploadExternal"
RESPOND: Final = "response_url"
"""Not a method but the address that came with a command: its body has "url" and "payload"."""

TRY_LATER: Final = frozenset(
    {
        "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "ratelimited",
        "rate_limited", "message_limit_exceeded", "invalid_auth", "account_inactive", "token_revoked", "token_expired",
        "not_authed",
    }
)  # fmt: skip
"""Answers that say nothing about the message itself. A revoked token is renewed by an operator; the rows wait for it."""

AS_PLAIN_TEXT: Final = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_attachments"}
)
NOT_A_MEMBER: Final = frozenset({"not_in_channel", "channel_not_found"})
OTHERWISE: Final = "_otherwise"
"""Of a body: the response_url to answer by, only to the asker, where Parley is not in the channel."""
CARD_OF: Final = "_card_of"
"""Of a body: the record whose card this is. A draft's id, "requisition:<facility>:<number>" or "digest:<number>:<version>"; its ts
is kept with it."""
ANEW_IN: Final = "_anew_in"
"""Of an update's body: the thread to post the same in, where the message can not be updated any more ("" outside every thread)."""
_OURS: Final = frozenset({OTHERWISE, CARD_OF, ANEW_IN})

ALREADY_THERE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""For an update: the message is gone, there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """``channel`` is where it stands, "" where that is not known."""

    ts: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """``limited``: Slack said how many seconds to wait; it is no fault of the message.

    ``refused``: it is certain that nothing was posted, so that the next try need not look for this one.
    """

    error: str
    seconds: float = 0.0
    limited: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    error: str


type Outcome = Delivered | Later | Failed


@dataclass(frozen=True, slots=True)
class Parcel:
    """An outbox row with its body read."""

    key: str
    channel: str
    method: str
    body: Mapping[str, Json]
    blob: bytes
    created_at: datetime

    @classmethod
    def of(cls, row: OutboxRow) -> Parcel:
        body = json.loads(row.body)
        return cls(
            key=row.key,
            channel=row.channel,
            method=row.method,
            body=body if isinstance(body, dict) else {},
            blob=row.blob,
            created_at=row.created_at,
        )

    def text(self, name: str) -> str:
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


class Sender:
    """Makes the calls. Never raises for what Slack or the network do."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._directs: dict[str, str] = {}  # channels of direct messages by user; they never change

    async def send(self, parcel: Parcel, *, look_first: bool) -> Outcome:
        """Delivers the parcel. ``look_first``: an earlier try may have arrived, so search for it before posting."""
        looking = look_first
        try:
            parcel = await self._addressed(parcel)
            if look_first and (ts := await self._find(parcel)) is not None:
                return Delivered(ts, parcel.text("channel"))
            looking = False
            return await self._call(parcel)
        except SlackApiError as error:
            outcome = _judge(error)
            if isinstance(outcome, Later) and outcome.limited:
                return replace(outcome, refused=not looking)
            return outcome
        except (aiohttp.ClientError, TimeoutError, OSError, SlackRequestError) as error:
            return Later(type(error).__name__)

    async def _addressed(self, parcel: Parcel) -> Parcel:
        """What is for a person goes to their direct messages, by the channel that Slack gives them."""
        name = "channel_id" if parcel.method == UPLOAD else "channel"
        user = parcel.text(name)
        if parcel.method not in (UPLOAD, "chat.postMessage", "chat.update") or user[:1] not in ("U", "W"):
            return parcel
        if user not in self._directs:
            answer = await self._client.conversations_open(users=user)
            channel = answer.get("channel")
            self._directs[user] = str(channel["id"]) if isinstance(channel, dict) else user
        return replace(parcel, body={**parcel.body, name: self._directs[user]})

    async def _call(self, parcel: Parcel) -> Outcome:
        if parcel.method == UPLOAD:
            return await self._upload(parcel)
        if parcel.method == RESPOND:
            return await self._respond(parcel)
        try:
            return await self._api(parcel)
        except SlackApiError as error:
            word = word_of(error)
            if word in AS_PLAIN_TEXT and "blocks" in parcel.body:
                log.error("slack refused the blocks", key=parcel.key, error=word, detail=_detail(error))
                return await self._api(_plain(parcel))
            if parcel.method == "chat.update" and word in ALREADY_THERE:
                return await self._anew(parcel)
            if word in NOT_A_MEMBER and (url := parcel.text(OTHERWISE)):
                return await self._respond(_by_address(parcel, url))
            raise

    async def _api(self, parcel: Parcel) -> Outcome:
        arguments = {name: value for name, value in parcel.body.items() if name not in _OURS}
        answer = await self._client.api_call(parcel.method, json=arguments)
        return Delivered(str(answer.get("ts") or ""), str(answer.get("channel") or parcel.text("channel")))

    async def _anew(self, parcel: Parcel) -> Outcome:
        """Posts what could not replace its message, where that was asked for, once: an earlier try is looked for first."""
        thread = parcel.body.get(ANEW_IN)
        if not isinstance(thread, str):
            return Delivered("")
        body = {name: value for name, value in parcel.body.items() if name not in (ANEW_IN, "ts")}
        body["metadata"] = {"event_type": REPLY_EVENT, "event_payload": {"key": parcel.key}}
        if thread:
            body["thread_ts"] = thread
        message = replace(parcel, method="chat.postMessage", body=body)
        ts = await self._find(message)
        return Delivered(ts, parcel.text("channel")) if ts is not None else await self._api(message)

    # -------------------------------------------------------------------------------------- looking

    async def _find(self, parcel: Parcel) -> str | None:
        """The ts under which an earlier try of this parcel arrived; None where it did not, or trying again does no harm."""
        if parcel.method not in ("chat.postMessage", UPLOAD):
            return None
        channel = parcel.text("channel_id" if parcel.method == UPLOAD else "channel")
        oldest = f"{(parcel.created_at - timedelta(minutes=2)).timestamp():.6f}"
        thread = parcel.text("thread_ts")
        arguments: dict[str, str | bool | int] = {
            "channel": channel, "oldest": oldest, "limit": 200, "include_all_metadata": True,
        }  # fmt: skip
        method = "conversations.history"
        if thread:
            method, arguments["ts"] = "conversations.replies", thread
        try:
            answer = await self._client.api_call(method, params=arguments)
        except SlackApiError as error:
            if word_of(error) in ("missing_scope", "channel_not_found", "thread_not_found", "not_in_channel"):
                # It can not be known here; whether it may be posted Slack says when it is tried.
                log.warning("could not look for an earlier try", key=parcel.key, error=word_of(error))
                return None
            raise
        for message in cast("list[dict[str, Json]]", answer.get("messages") or []):
            if _is_of(message, parcel):
                return str(message.get("ts", ""))
        return None

    # -------------------------------------------------------------------------------------- other roads

    async def _upload(self, parcel: Parcel) -> Outcome:
        """The three steps of an upload; the name carries the key's mark, by which a repeated try is found."""
        name = upload_name(parcel)
        ticket = await self._client.files_getUploadURLExternal(
            filename=name, length=len(parcel.blob), alt_txt=parcel.text("alt_txt") or None
        )
        timeout = aiohttp.ClientTimeout(total=60)
        async with self._session().post(
            str(ticket["upload_url"]), data=parcel.blob, timeout=timeout
        ) as answer:
            if answer.status != 200:
                return Later(f"upload http {answer.status}")
        body = {k: v for k, v in parcel.body.items() if k in ("channel_id", "thread_ts", "initial_comment")}
        files: Json = [{"id": str(ticket["file_id"]), "title": parcel.text("title") or name}]
        await self._client.api_call(UPLOAD, json={**body, "files": files})
        return Delivered("")

    async def _respond(self, parcel: Parcel) -> Outcome:
        async with self._session().post(
            parcel.text("url"), json=parcel.body.get("payload"), timeout=aiohttp.ClientTimeout(total=15)
        ) as answer:
            if answer.status == 200:
                return Delivered("")
            if answer.status == 429:
                return Later(
                    "ratelimited", seconds=_seconds(answer.headers.get("Retry-After", "1")), limited=True
                )
            detail = (await answer.text())[:60]
            if answer.status >= 500:
                return Later(f"http {answer.status}")
            return Failed(f"response_url {answer.status} {detail}")

    def _session(self) -> aiohttp.ClientSession:
        session = self._client.session
        assert session is not None  # noqa: S101 - slack_client gives it one
        return session


def upload_name(parcel: Parcel) -> str:
    """ "usage-3f2a9c1d.png": the file's name with the mark of its key."""
    mark = hashlib.sha256(parcel.key.encode()).hexdigest()[:8]
    stem, dot, kind = parcel.text("filename").rpartition(".")
    return f"{stem}-{mark}.{kind}" if dot else f"{kind or 'file'}-{mark}"


def _is_of(message: Mapping[str, Json], parcel: Parcel) -> bool:
    if parcel.method == UPLOAD:
        name = upload_name(parcel)
        files = message.get("files")
        return isinstance(files, list) and any(isinstance(f, dict) and f.get("name") == name for f in files)
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return isinstance(payload, dict) and payload.get("key") == parcel.key


def _plain(parcel: Parcel) -> Parcel:
    """The same message by its fallback text alone, which says it all."""
    body = {name: value for name, value in parcel.body.items() if name not in ("blocks", "attachments")}
    body["text"] = parcel.text("text")[:3000] or "I have an answer that Slack did not take; please ask again."
    return replace(parcel, body=body)


def _judge(error: SlackApiError) -> Outcome:
    # The SDK hands over its own response, or aiohttp's where the body was no JSON.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0) or 0)
    word = word_of(error)
    if status == 429 or word in ("ratelimited", "rate_limited"):
        headers = getattr(error.response, "headers", {})
        after = next((v for k, v in headers.items() if k.lower() == "retry-after"), "1")
        return Later("ratelimited", seconds=_seconds(after), limited=True)
    if status >= 500 or word in TRY_LATER or not word:
        return Later(word or f"http {status}")
    return Failed(word)


def _by_address(parcel: Parcel, url: str) -> Parcel:
    """The same content for the asker alone."""
    payload: dict[str, Json] = {"response_type": "ephemeral", "replace_original": False}
    payload.update({name: parcel.body[name] for name in ("text", "blocks") if name in parcel.body})
    return replace(parcel, method=RESPOND, body={"url": url, "payload": payload})


def word_of(error: SlackApiError) -> str:
    """Slack's word for what is wrong; "" where the answer was no JSON."""
    try:
        value = error.response.get("error")
    except (AttributeError, ValueError, TypeError):
        return ""
    return value if isinstance(value, str) else ""


def _detail(error: SlackApiError) -> str:
    """Slack's explanation: JSON pointers and rules, nothing of the content."""
    try:
        detail = error.response.get("errors") or error.response.get("response_metadata")
    except (AttributeError, ValueError, TypeError):
        return ""
    return str(detail)[:400]


def _seconds(text: str) -> float:
    try:
        return min(600.0, max(0.0, float(text)))
    except ValueError:
        return 1.0
