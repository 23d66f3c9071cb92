"""The form of settings is one that Slack takes, and what it brings back is a time to run at."""

from __future__ import annotations

from typing import cast

import pytest

from bot.clock import SystemClock
from bot.listeners.settings import SettingsDesk
from bot.views import limits
from bot.views.alerts.forms import settle_form
from bot.views.alerts.settings import JobLine, Shelf, cron_of, settings_form
from domain.model.ids import FacilityId, PersonId
from domain.model.job import AlertRule
from domain.model.person import Person, Role
from domain.ports import Transactions
from jobs.due import parsed


def test_forms_of_alerts_fit_slack() -> None:
    jobs = [JobLine(f"job-{n}", "A job & its <title>", "0 6 * * *", "Mon 06:00") for n in range(30)]
    places = [Shelf(n, f"Unit {n}", "C0ICU" if n % 2 else "") for n in range(90)]
    view = settings_form(jobs, places, AlertRule(FacilityId(1)), facility="1")
    found = [fault for fault in limits.view_problems(view) if "mention" not in fault]
    assert found == []
    assert limits.view_problems(settle_form(metadata="{}")) == []


@pytest.mark.parametrize(
    ("time", "days", "line"),
    [
        ("06:30", [], "30 6 * * *"),
        ("00:05", ["sun", "mon"], "5 0 * * mon,sun"),
        ("23:00", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "0 23 * * *"),
    ],
)
def test_time_and_weekdays_become_a_line_that_can_be_read(time: str, days: list[str], line: str) -> None:
    assert cron_of(time, days) == line
    parsed(line)


@pytest.mark.parametrize("hours", ["169", "99999999999999", "-1", "four"])
def test_hours_that_nobody_waits_are_refused_where_they_were_entered(hours: str) -> None:
    desk = SettingsDesk(
        transactions=cast(Transactions, None),
        clock=SystemClock(),
        schedule=lambda: pytest.fail("not looked at"),
    )
    manager = Person(PersonId(3), FacilityId(1), "Mia Chang", "Supply manager", Role.MANAGER, None, "U3")
    assert desk.save(manager, {"escalate": hours}) == {
        "escalate": "A number of hours up to 168, 0 for never."
    }
