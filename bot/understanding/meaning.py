"""What a message means, before anything in it is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

INTENTS = frozenset(
    {
        "find_item", "check_stock", "check_expiry", "item_info", "trace_lot", "usage_history", "cost_report",
        "below_par", "reorder_status", "slow_moving", "suggest_substitute", "consume", "transfer", "receive",
        "waste", "count", "requisition", "reorder", "set_par", "quarantine", "undo", "subscribe_alert", "greet",
        "thanks", "help", "affirm", "deny", "cancel", "out_of_scope",
    }
)  # fmt: skip

ENTITIES = frozenset(
    {
        "item", "size", "quantity", "unit", "location", "lot", "serial", "window", "patient", "case", "provider",
        "supplier", "order", "group_by",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled piece of the text: ``value == text[start:end]``. ``role`` is "source" or "destination" on a location."""

    entity: str
    value: str
    start: int
    end: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """``confidence`` is the calibrated chance, 0..1, that ``intent`` is right."""

    text: str
    intent: str
    confidence: float
    spans: tuple[Span, ...] = ()

    def values(self, entity: str, *, role: str | None = None) -> tuple[str, ...]:
        """The texts labelled ``entity``, in reading order."""
        return tuple(s.value for s in self.spans if s.entity == entity and (role is None or s.role == role))


class Language(Protocol):
    async def parse(self, text: str) -> Meaning:
        """Raises LanguageUnavailable when the service does not answer in time."""
        ...
