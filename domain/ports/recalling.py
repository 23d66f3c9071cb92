"""Recall notices, and what of them was matched to the shelves."""

from __future__ import annotations

from typing import Protocol


class Recalls(Protocol):
    """Recall notices, and what of them was matched to the shelves."""
