"""Cycle counts: what is due, who counts it, what was done."""

from __future__ import annotations

from typing import Protocol


class CycleCounts(Protocol):
    """Cycle counts: what is due, who counts it, what was done."""
