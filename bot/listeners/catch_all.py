"""Acknowledges everything else that Slack sends, so that it is not sent again."""

from __future__ import annotations

import re
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

ANY: Final = re.compile(r"^.*$", re.DOTALL)


def register(app: AsyncApp) -> None:
    """To be registered last: Bolt takes the first listener that fits."""

    async def heard() -> None:
        """An event that no surface is interested in."""

    async def acknowledged(ack: AsyncAck) -> None:
        await ack()

    app.event(ANY)(heard)
    app.action(ANY)(acknowledged)
    app.command(ANY)(acknowledged)
    app.shortcut(ANY)(acknowledged)
    app.view(ANY)(acknowledged)
    app.view_closed(ANY)(acknowledged)
    app.options(ANY)(acknowledged)
