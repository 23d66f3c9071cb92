"""From what a person types to the text that Slack stores: escaping, mentions and rich text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.workspace.state import Json

# What is already in Slack's own notation stays: <@U1>, <#C1|name>, <!here>, <https://...|label>.
_TOKEN = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+(?:\|[^<>]*)?|![^<>]+|(?:https?|mailto):[^<>]+)>")
_LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"]")


def escape(text: str) -> str:
    """Slack's three escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def compose(text: str, *, names: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """The stored form of typed text. ``names`` and ``channels`` map what people see to ids.

    >>> compose("@Parley is 5 < 6?", names={"Parley": "U0BOT"}, channels={})
    '<@U0BOT> is 5 &lt; 6?'
    """
    parts: list[str] = []
    position = 0
    for token in _TOKEN.finditer(text):
        parts += [_plain(text[position : token.start()], names, channels), token.group()]
        position = token.end()
    return "".join([*parts, _plain(text[position:], names, channels)])


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(escape(name)) for name in sorted(names, key=len, reverse=True))


def _plain(text: str, names: Mapping[str, str], channels: Mapping[str, str]) -> str:
    text = escape(text)
    text = _LINK.sub(lambda found: f"<{found.group()}>", text)
    if names:
        ids = {escape(name).casefold(): user for name, user in names.items()}
        text = re.sub(
            rf"(?<![\w@])@({_alternatives(names)})(?!\w)",
            lambda found: f"<@{ids[found.group(1).casefold()]}>",
            text,
            flags=re.IGNORECASE,
        )
    if channels:
        text = re.sub(
            rf"(?<![\w#&])#({_alternatives(channels)})(?![\w-])",
            lambda found: f"<#{channels[found.group(1)]}|{found.group(1)}>",
            text,
        )
    return text


def rich_text(text: str, *, block_id: str) -> Json:
    """The rich_text block that Slack's client sends beside a person's text."""
    elements: list[Json] = []
    position = 0
    for token in _TOKEN.finditer(text):
        elements += _run(text[position : token.start()])
        body = token.group()[1:-1]
        if body.startswith("@"):
            elements.append({"type": "user", "user_id": body[1:]})
        elif body.startswith("#"):
            elements.append({"type": "channel", "channel_id": body[1:].split("|")[0]})
        elif body.startswith("!"):
            elements.append({"type": "broadcast", "range": body[1:].split("^")[0].split("|")[0]})
        else:
            url, _, label = body.partition("|")
            elements.append({"type": "link", "url": url, **({"text": label} if label else {})})
        position = token.end()
    elements += _run(text[position:])
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _run(text: str) -> list[Json]:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": plain}] if plain else []
