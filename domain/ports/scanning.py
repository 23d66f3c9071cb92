"""Codes that nobody knew, and the item somebody said they belong to."""

from __future__ import annotations

from typing import Protocol


class Enrolments(Protocol):
    """Codes that nobody knew, and the item somebody said they belong to."""
