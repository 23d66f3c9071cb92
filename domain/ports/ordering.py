"""Proposed and placed orders, and what suppliers promised."""

from __future__ import annotations

from typing import Protocol


class PurchaseOrders(Protocol):
    """Proposed and placed orders, and what suppliers promised."""
