"""Jobs that were given up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.views.alerts.lines import Lead, Line
from bot.views.words import Bold, Phrase, counted, day, mrkdwn, plain
from domain.model.alert import Alert, AlertKind


class JobFailedLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.JOB_FAILED

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        return Lead(
            title=f"{counted(len(alerts), 'job')} failed",
            text="What they look for is not told until they run again. `parley jobs history --failed` has the runs; the log says why.",
            columns=("job", "due", "failure", "tries"),
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        job, failure, tries = str(facts["job"]), str(facts["failure"]), str(facts["attempts"])
        due = datetime.fromisoformat(str(facts["due"]))
        phrase: Phrase = (
            Bold(job),
            f" — {failure}, given up after {tries} tries. It was due on {day(due.date(), today=today)} at {due:%H:%M} UTC.",
        )
        return Line(mrkdwn(phrase), plain(phrase), (job, due.isoformat(), failure, tries))
