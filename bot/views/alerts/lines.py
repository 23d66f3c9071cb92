"""What each kind of alert says in a digest: the frame around it is the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from domain.model.alert import Alert, AlertKind


@dataclass(frozen=True, slots=True)
class LineButton:
    """``choice`` comes back to the kind's proposer with the alert; at most 40 characters of ``[a-z0-9:.-]``."""

    label: str
    choice: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` is mrkdwn, escaped, one to three lines; ``plain`` says the same for screen readers and notifications.

    ``row`` are the cells of the table that a digest too long for Slack carries as a file.
    """

    text: str
    plain: str
    row: tuple[str, ...]
    buttons: tuple[LineButton, ...] = ()


@dataclass(frozen=True, slots=True)
class Lead:
    """``title`` heads the digest (150 characters at most), ``text`` is its one sentence with the sum; ``columns`` name the cells, of which
    ``sorted_by`` orders the file ("": as the digest is).

    ``buttons`` concern the whole digest ("Bring all"): they come back to the kind's proposer with its first alert.
    """

    title: str
    text: str
    columns: tuple[str, ...]
    buttons: tuple[LineButton, ...] = ()
    sorted_by: str = ""


class Lines(Protocol):
    """One for each kind. Reads ``alert.finding.facts``, no store."""

    @property
    def kind(self) -> AlertKind: ...

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        """For the digest of these alerts, which belong to ``place`` (a name)."""
        ...

    def line(self, alert: Alert, *, today: date) -> Line: ...
