"""What a person wrote, as plain words: Slack's own markup of mentions, links and entities taken out."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"<([@#!][^<>]*|[a-z]+:[^<>]*)>")
_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def mentioned(text: str) -> frozenset[str]:
    """The ids of all people mentioned."""
    return frozenset(_MENTION.findall(text))


def words(text: str, *, bot_user_id: str) -> str:
    """The message as its author sees it, without Parley's own name."""
    shown = _MARK.sub(lambda match: _shown(match.group(1), bot_user_id), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _shown(inner: str, bot_user_id: str) -> str:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return "" if target[1:] == bot_user_id else (f"@{label}" if label else "")
    if target.startswith("#"):
        return f"#{label}" if label else ""
    if target.startswith("!"):
        # A date or a group shows its label; @here and the like show nothing.
        return label
    return label or target.removeprefix("mailto:").removeprefix("tel:")
