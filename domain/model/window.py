"""Windows of days, in the facility's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import InvalidWindow


@dataclass(frozen=True, slots=True)
class DateWindow:
    """From ``start`` to ``end``, both days included. ``label`` is how the person said it ("this month")."""

    start: date
    end: date
    label: str = ""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidWindow(
                f"A window ends on or after the day it begins; {self.start} to {self.end} does not."
            )

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def before(self) -> DateWindow:
        """The window of the same length just before this one."""
        return DateWindow(
            self.start - timedelta(days=self.days), self.start - timedelta(days=1), "the period before"
        )

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end
