"""Alerts, and the settings of jobs."""

from __future__ import annotations

from typing import Protocol


class Alerts(Protocol):
    """Alerts, and the settings of jobs."""
