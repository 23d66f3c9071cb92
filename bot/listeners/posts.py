"""From what a view made to rows of the outbox: where it goes, what goes with it, checked before it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.delivery import ANEW_IN, CARD_OF, OTHERWISE, RESPOND, UPLOAD
from bot.outbox import outbox_row
from bot.views import limits
from bot.views.rendered import Attachment, Json, Rendered
from bot.views.words import cut
from domain.ports import Clock, OutboxRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reply goes.

    ``channel`` and ``thread`` ("" for none) for everybody there; ``url`` set: by response_url, only to the person; ``update`` set: in
    place of the message with this ts. ``replace`` lets a response_url replace the message that was clicked.
    ``otherwise`` is the response_url to fall back on where Parley is not in the channel. ``files`` is the channel that
    attachments go to where the reply itself can not carry them ("" for nowhere).
    ``alone``: to this Slack user, whom nobody sees reading. ``anew``: what can not be updated any more is posted in ``thread``.
    ``card_of`` is the record that is to know the message's ts (see ``delivery.CARD_OF``). ``channel`` may be a Slack user's id where a
    message or file is posted: the outbox finds their direct messages.
    """

    channel: str
    thread: str = ""
    url: str = ""
    update: str = ""
    replace: bool = False
    otherwise: str = ""
    files: str = ""
    alone: str = ""
    anew: bool = False
    card_of: str = ""


def posts(rendered: Rendered, address: Address, *, key: str, clock: Clock) -> tuple[OutboxRow, ...]:
    """The message, then its attachments in order. ``key`` makes them unique: the same reply is stored once."""
    content = _content(rendered, key=key)
    channel = address.channel
    if address.url:
        payload: Json = {"response_type": "ephemeral", "replace_original": address.replace, **content}
        rows = [
            outbox_row(
                key=key,
                channel=channel,
                method=RESPOND,
                body={"url": address.url, "payload": payload},
                clock=clock,
            )
        ]
    elif address.update:
        body: dict[str, Json] = {"channel": channel, "ts": address.update, **content}
        if address.anew:
            body[ANEW_IN] = address.thread
        if address.card_of.startswith("digest:"):
            body[CARD_OF] = address.card_of
        return (outbox_row(key=key, channel=channel, method="chat.update", body=body, clock=clock),)
    else:
        body = {"channel": channel, "unfurl_links": False, "unfurl_media": False, **content}
        if address.thread:
            body["thread_ts"] = address.thread
        if address.otherwise:
            body[OTHERWISE] = address.otherwise
        method = "chat.postMessage"
        if address.alone:
            body["user"] = address.alone
            method = "chat.postEphemeral"
            del body["unfurl_links"], body["unfurl_media"]  # Slack knows them of messages to all alone
        elif address.card_of:
            body[CARD_OF] = address.card_of
        rows = [outbox_row(key=key, channel=channel, method=method, body=body, clock=clock)]
    apart = bool(address.url or address.alone)
    files_to = address.files if apart else channel
    if files_to:
        thread = "" if apart else address.thread
        for index, attachment in enumerate(rendered.attachments, start=1):
            rows.append(
                _upload(attachment, channel=files_to, thread=thread, key=f"{key}#{index}", clock=clock)
            )
    return tuple(rows)


def home_post(view: Mapping[str, Json], *, user: str, key: str, clock: Clock) -> OutboxRow:
    """Publishes a home tab. Raises UnfitForSlack where Slack would refuse it."""
    found = limits.view_problems(view)
    if found:
        raise limits.UnfitForSlack("; ".join(found[:8]))
    return outbox_row(
        key=key,
        channel=f"home:{user}",
        method="views.publish",
        body={"user_id": user, "view": dict(view)},
        clock=clock,
    )


def _content(rendered: Rendered, *, key: str) -> dict[str, Json]:
    """Text and blocks; blocks that Slack would refuse are left out, for the text says it all."""
    text = _escaped(cut(rendered.text, limits.MESSAGE_TEXT - 500)) or "…"
    content: dict[str, Json] = {"text": cut(text, limits.MESSAGE_TEXT)}
    found = limits.problems(rendered.blocks, text=content["text"] if isinstance(content["text"], str) else "")
    if found:
        log.error("blocks unfit for slack, sending the text alone", key=key, problems=found[:8])
    elif rendered.blocks:
        content["blocks"] = [dict(block) for block in rendered.blocks]
    return content


def _escaped(text: str) -> str:
    """The fallback is read as mrkdwn too: no mention and no link may come of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _upload(attachment: Attachment, *, channel: str, thread: str, key: str, clock: Clock) -> OutboxRow:
    body: dict[str, Json] = {
        "channel_id": channel,
        "filename": attachment.filename,
        "title": attachment.title,
        "alt_txt": attachment.alt_text,
    }
    if thread:
        body["thread_ts"] = thread
    return outbox_row(key=key, channel=channel, method=UPLOAD, body=body, clock=clock, blob=attachment.data)
