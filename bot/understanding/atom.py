"""What binding puts together: one labelled piece of a message, typed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.understanding.amounts import Amount, PackUnit

ACTIONS = frozenset(
    {
        "consume",
        "transfer",
        "receive",
        "waste",
        "count",
        "requisition",
        "reorder",
        "set_par",
        "quarantine",
        "undo",
    }
)
"""Intents that act on lines; in these alone "a" before a thing counts."""


class Kind(StrEnum):
    ITEM = "item"
    SIZE = "size"
    AMOUNT = "amount"
    UNIT = "unit"
    LOT = "lot"
    SERIAL = "serial"
    EXPIRY = "expiry"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Atom:
    """``text`` as labelled. ``amount`` is set on AMOUNT, ``unit`` on UNIT; ``role`` is the label's direction on PLACE.

    ``misread``: the words of an amount named no quantity.
    """

    kind: Kind
    start: int
    end: int
    text: str
    amount: Amount | None = None
    unit: PackUnit | None = None
    role: str = ""
    reference: str = ""
    misread: bool = False
