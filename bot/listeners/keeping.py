"""Storing what Slack sends only once: a click, a command."""

from __future__ import annotations

import contextlib

from bot.letters import Letter
from bot.listeners.deps import Deps
from bot.support import PASSING


async def keep(letter: Letter, deps: Deps) -> None:
    """Stores it; where the store is away the inbox holds it and has told the person, so it may be acknowledged all the same."""
    with contextlib.suppress(*PASSING):
        await deps.inbox.keep(letter)
