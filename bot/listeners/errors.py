"""The one door for errors of listeners: a code in the log, never a person's words."""

from __future__ import annotations

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.support import PASSING, support_code, where

log = structlog.get_logger(__name__)


def register(app: AsyncApp) -> None:
    async def failed(error: Exception) -> BoltResponse:
        """Anything but 200 is no acknowledgement: Slack sends an event again, a person sees that a click failed."""
        if isinstance(error, PASSING):
            # Where it is a letter, the inbox has told the person and holds it.
            log.warning("not acknowledged", support_code=support_code(), reason=type(error).__name__)
            return BoltResponse(status=503, body="")
        log.error(
            "listener failed", support_code=support_code(), error=type(error).__name__, where=where(error)
        )
        return BoltResponse(status=500, body="")

    app.error(failed)
