"""A circuit breaker: after enough failures in a row nobody waits any more until one trial call succeeds."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class BreakerState(StrEnum):
    """CLOSED: calls go through. OPEN: refused at once. HALF_OPEN: one trial is under way."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class CircuitBreaker:
    """Opens after ``failures`` in a row; ``rest`` seconds later lets one trial through, whose end decides.

    ``clock`` gives monotonic seconds. Not for threads: one event loop owns it.
    """

    def __init__(self, *, failures: int, rest: float, clock: Callable[[], float]) -> None:
        self._limit = failures
        self._rest = rest
        self._clock = clock
        self._failed = 0
        self._opened_at = 0.0
        self._state = BreakerState.CLOSED

    @property
    def state(self) -> BreakerState:
        return self._state

    @property
    def failures(self) -> int:
        """Failures in a row so far."""
        return self._failed

    def admits(self) -> bool:
        """May a call be made now? In an open circuit whose rest is over, the first to ask becomes the trial."""
        if self._state is BreakerState.CLOSED:
            return True
        if self._state is BreakerState.OPEN and self._clock() - self._opened_at >= self._rest:
            self._state = BreakerState.HALF_OPEN
            return True
        return False

    def succeeded(self) -> None:
        self._failed = 0
        self._state = BreakerState.CLOSED

    def failed(self) -> None:
        self._failed += 1
        if self._state is BreakerState.HALF_OPEN or self._failed >= self._limit:
            self._state = BreakerState.OPEN
            self._opened_at = self._clock()

    def abandoned(self) -> None:
        """The call was given up by its caller: it says nothing, but a trial must not stay under way for ever."""
        if self._state is BreakerState.HALF_OPEN:
            self._state = BreakerState.OPEN
            self._opened_at = self._clock() - self._rest
