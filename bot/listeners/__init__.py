"""Bolt handlers: store, acknowledge, nothing more. What is answered is decided behind the inbox."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from bot.listeners import actions, catch_all, commands, errors, home, messages, shortcuts
from bot.listeners.deps import Deps
from bot.listeners.post_office import PostOffice, open_post_office

__all__ = ["Deps", "PostOffice", "open_post_office", "register"]


def register(app: AsyncApp, deps: Deps) -> None:
    """All surfaces of Parley; the catch-all last."""
    errors.register(app)
    messages.register(app, deps)
    actions.register(app, deps)
    commands.register(app, deps)
    shortcuts.register(app, deps)
    home.register(app, deps)
    catch_all.register(app)
