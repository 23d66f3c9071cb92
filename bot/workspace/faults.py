"""What goes wrong at Slack, on demand: for demonstrations, and for tests that must see it go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

type FaultKind = Literal["rate_limited", "api_error", "http_error", "slow", "answer_lost"]

# Left alone by faults on "*": without them no bot ever comes up and there is nothing to demonstrate.
_SPARED = frozenset({"auth.test", "apps.connections.open"})


@dataclass(frozen=True, slots=True)
class ApiFault:
    """One call of ``method`` that goes wrong. ``amount`` is seconds, or the HTTP status; ``error`` Slack's word."""

    kind: FaultKind
    method: str
    amount: float = 0
    error: str = ""


class Faults:
    """The switches. Each counts down and is then off; ``clear`` puts all of them off."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._api: list[ApiFault] = []
        self._lost_acks = 0
        self._duplicates = 0
        self._expired_triggers = 0
        self._refresh: Callable[[str], Awaitable[None]] | None = None
        self._drop: Callable[[], Awaitable[None]] | None = None

    def bind(self, *, refresh: Callable[[str], Awaitable[None]], drop: Callable[[], Awaitable[None]]) -> None:
        """Connect the switches that act on live connections."""
        self._refresh, self._drop = refresh, drop

    def _add(self, fault: ApiFault, times: int) -> None:
        self._api.extend([fault] * times)
        self._changed()

    def rate_limit(self, method: str = "*", *, retry_after: int = 1, times: int = 1) -> None:
        """Answer the next calls with HTTP 429 and a ``Retry-After`` of so many seconds."""
        self._add(ApiFault(kind="rate_limited", method=method, amount=retry_after), times)

    def api_error(self, method: str = "*", *, error: str = "internal_error", times: int = 1) -> None:
        """Answer the next calls with ``ok: false`` and this error."""
        self._add(ApiFault(kind="api_error", method=method, error=error), times)

    def http_error(self, method: str = "*", *, status: int = 503, times: int = 1) -> None:
        """Answer the next calls with an HTML page and this status; nothing is done."""
        self._add(ApiFault(kind="http_error", method=method, amount=status), times)

    def lose_answer(self, method: str = "*", *, times: int = 1) -> None:
        """Do what the next calls ask, then answer 503: the bot cannot know that it was done."""
        self._add(ApiFault(kind="answer_lost", method=method, amount=503), times)

    def slow(self, method: str = "*", *, seconds: float = 2.0, times: int = 1) -> None:
        """Answer the next calls late."""
        self._add(ApiFault(kind="slow", method=method, amount=seconds), times)

    def lose_acks(self, *, times: int = 1) -> None:
        """Do not hear the next acknowledgements: events come again, interactions fail."""
        self._lost_acks += times
        self._changed()

    def duplicate_events(self, *, times: int = 1) -> None:
        """Deliver the next events twice, with the same event id."""
        self._duplicates += times
        self._changed()

    def expire_triggers(self, *, times: int = 1) -> None:
        """Refuse the next triggers as if three seconds had passed."""
        self._expired_triggers += times
        self._changed()

    async def refresh(self, *, reason: str = "refresh_requested") -> None:
        """Ask the bot to move to a new connection, as Slack does every few hours."""
        if self._refresh is not None:
            await self._refresh(reason)

    async def drop(self) -> None:
        """Cut every connection with no goodbye."""
        if self._drop is not None:
            await self._drop()

    def clear(self) -> None:
        """Put every switch off."""
        self._api.clear()
        self._lost_acks = self._duplicates = self._expired_triggers = 0
        self._changed()

    def take_api(self, method: str) -> ApiFault | None:
        """The fault that this call meets, used up; None when it goes well."""
        for index, fault in enumerate(self._api):
            if fault.method == method or (fault.method == "*" and method not in _SPARED):
                del self._api[index]
                self._changed()
                return fault
        return None

    def take_lost_ack(self) -> bool:
        """Whether this acknowledgement is not heard."""
        return self._take("_lost_acks")

    def take_duplicate(self) -> bool:
        """Whether this event is delivered twice."""
        return self._take("_duplicates")

    def take_expired_trigger(self) -> bool:
        """Whether this trigger is refused."""
        return self._take("_expired_triggers")

    def _take(self, name: str) -> bool:
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
            self._changed()
        return left > 0

    def pending(self) -> list[str]:
        """What is still to go wrong, in words."""
        words = {
            "rate_limited": "429, retry after {amount:g} s",
            "api_error": "error {error}",
            "http_error": "HTTP {amount:g}",
            "slow": "{amount:g} s late",
            "answer_lost": "done, answer lost",
        }
        said = [
            f"{'any call' if fault.method == '*' else fault.method}: "
            + words[fault.kind].format(amount=fault.amount, error=fault.error)
            for fault in self._api
        ]
        for left, what in (
            (self._lost_acks, "acknowledgement lost"),
            (self._duplicates, "event delivered twice"),
            (self._expired_triggers, "trigger expired"),
        ):
            if left:
                said.append(f"{what}, {left} more")
        return said
