"""Bolt handlers: store, acknowledge, nothing more. What is answered is decided behind the inbox."""

from __future__ import annotations

from bot.listeners.app import check_tokens, open_app, register
from bot.listeners.deps import Deps
from bot.listeners.post_office import Leases, PostOffice, open_post_office

__all__ = ["Deps", "Leases", "PostOffice", "check_tokens", "open_app", "open_post_office", "register"]
