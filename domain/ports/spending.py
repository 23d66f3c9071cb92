"""What was spent, summed in the database."""

from __future__ import annotations

from typing import Protocol


class Spending(Protocol):
    """What was spent, summed in the database."""
