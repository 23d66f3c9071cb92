"""Reports: what is posted at its time whatever there is to say, once a period and reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ports import OutboxRow


class Report(Protocol):
    """``id`` names its job, ``cron`` has five fields in the facility's zone, ``title`` is what a person reads in settings."""

    @property
    def id(self) -> str: ...

    @property
    def cron(self) -> str: ...

    @property
    def title(self) -> str: ...

    def rows(self, *, due: datetime) -> Sequence[OutboxRow]:
        """Ready to be stored, each under a key of report, period and reader, so that a second run stores nothing. ``due`` is the
        scheduled moment, aware; a late run reports what the run at its time would have."""
        ...
