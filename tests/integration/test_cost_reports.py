"""Costs posted to managers: once a period and channel, of their own places, and what the answer and its buttons show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.dialogue.spending import ways_on
from bot.dialogue.tokens import decode, encode
from bot.listeners.costs import CostReport, Every, readers
from bot.understanding.draft import Draft, Verb
from bot.views import limits
from bot.views.rendered import Page
from bot.views.spend import spend
from domain.exchange import spreadsheet
from domain.model.ids import PersonId, PlaceId
from domain.model.person import Person, Role
from domain.model.spending import SpendFilter, SpendGroup
from domain.model.window import DateWindow
from domain.ports import OutboxRow
from domain.store import Store
from domain.usecases.ask.answers import SpendAnswer
from domain.usecases.ask.report_spend import report_spend
from domain.usecases.ask.requests import ReportSpend
from tests.integration.ask_ward import ANA, Ward
from tests.small_hospital import ED, ED_CART, ICU, NORTH, NOW, ON_CASE, TODAY, consume

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LAST_WEEK = DateWindow(date(2026, 11, 16), date(2026, 11, 22), "last week")


@dataclass(frozen=True)
class Named:
    channels: Mapping[PlaceId, str] = field(default_factory=dict)

    def of(self, place_id: PlaceId) -> str:
        return self.channels.get(place_id, "")


class Still:
    def now(self) -> datetime:
        return MONDAY


def manager(number: int, home: PlaceId, slack: str | None) -> Person:
    return Person(PersonId(number), NORTH, f"Manager {number}", "Manager", Role.MANAGER, home, slack)


@pytest.fixture
def ward(store: Store) -> Ward:
    ward = Ward(store)
    with store.transactions.begin() as uow:
        uow.people.put(manager(11, ICU, "UMANICU"))
        uow.people.put(manager(12, ED, None))
        uow.people.put(manager(13, PlaceId(1), "UALL"))
        uow.commit()
    ward.post(
        consume(quantity=4, unit_cost=Decimal(25), charge_id=ON_CASE, occurred_at=NOW - timedelta(days=1)),
        consume(quantity=2, at=ED_CART, unit_cost=Decimal(10), occurred_at=NOW - timedelta(days=2)),
        consume(quantity=1, unit_cost=Decimal(30), occurred_at=NOW - timedelta(days=9)),
    )
    return ward


def rows_of(ward: Ward, due: datetime = MONDAY, *, every: Every = Every.WEEK) -> list[OutboxRow]:
    made = CostReport(every, ward.store.transactions, Named({ED: "C0ED"}), Still(), spreadsheet.written)
    return list(made.rows(due=due))


def test_each_manager_reads_of_the_places_managed_where_they_are_told(ward: Ward) -> None:
    with ward.store.transactions.reading() as uow:
        facility = uow.places.facility(NORTH)
        found = readers(facility, channels=Named({ED: "C0ED"}), uow=uow)
    assert found == {"UMANICU": (ICU,), "C0ED": (ED,), "UALL": ()}


def test_a_week_is_posted_once_a_channel_with_chart_and_both_files(ward: Ward) -> None:
    rows = rows_of(ward)
    assert {row.channel for row in rows} == {"UMANICU", "C0ED", "UALL"}
    mine = [row for row in rows if row.channel == "UALL"]
    assert [row.key for row in mine] == [
        f"report:weekly-costs:1:2026-11-16:UALL{part}" for part in ("", "#1", "#2", "#3")
    ]
    names = [json.loads(row.body)["filename"] for row in mine[1:]]
    assert [name.rsplit(".", 1)[1] for name in names] == ["png", "csv", "xlsx"]
    text = json.loads(mine[0].body)["text"]
    assert "Weekly costs" in text
    assert "$120 spent last week" in text
    assert "Dr. Chen" not in mine[0].body
    with ward.store.transactions.begin() as uow:
        assert all(uow.outbox.put(row) for row in rows)
        assert not any(uow.outbox.put(row) for row in rows_of(ward))


def test_a_late_run_reports_the_week_it_was_due_for(ward: Ward) -> None:
    late = rows_of(ward, MONDAY + timedelta(days=2))
    assert {row.key for row in late} == {row.key for row in rows_of(ward)}


def test_a_month_without_spending_is_not_posted(ward: Ward) -> None:
    assert rows_of(ward, datetime(2026, 9, 1, 12, 0, tzinfo=UTC), every=Every.MONTH) == []
    keys = {row.key for row in rows_of(ward, datetime(2026, 12, 1, 13, 0, tzinfo=UTC), every=Every.MONTH)}
    assert "report:monthly-costs:1:2026-11-01:UALL" in keys


# ---------------------------------------------------------------------------------------------- the answer shown

MANAGER = replace(ANA, role=Role.MANAGER)


def answered(ward: Ward, by: SpendGroup = SpendGroup.DEPARTMENT) -> SpendAnswer:
    return ward.ask(report_spend, ReportSpend(MANAGER, TODAY, LAST_WEEK, by))


def test_the_answer_says_total_change_and_reasons_within_slacks_limits(ward: Ward) -> None:
    shown = spend(answered(ward, SpendGroup.PROCEDURE), page=Page(0, "token"), today=TODAY)
    assert shown.text.startswith("$120 spent last week — up 300% (+$90.00) on the week before.")
    assert "PCI: $100" in shown.text
    assert limits.problems(shown.blocks, text=shown.text) == []
    (chart,) = shown.attachments
    assert chart.data[:4] == b"\x89PNG"
    assert "PCI $100" in chart.alt_text


def test_a_file_is_all_that_is_shown_where_a_file_was_asked_for(ward: Ward) -> None:
    shown = spend(answered(ward), page=Page(0, "token", "xlsx"), today=TODAY, write=spreadsheet.written)
    assert [one.filename for one in shown.attachments] == [
        "spend-by-department-2026-11-16-to-2026-11-22.xlsx"
    ]
    plain = spend(answered(ward), page=Page(0, "token", "csv"), today=TODAY)
    assert plain.attachments[0].data.decode("utf-8-sig").splitlines()[0].startswith("Department,Used (USD)")


def test_buttons_open_rows_change_the_split_and_the_period_and_survive_their_tokens(ward: Ward) -> None:
    draft = Draft(Verb.SPEND, window=LAST_WEEK, spend_by=SpendGroup.PROCEDURE, places=(ICU,))
    with ward.store.transactions.reading() as uow:
        ways = ways_on(draft, answered(ward, SpendGroup.PROCEDURE), today=TODAY, uow=uow)
    labels = [way.label for way in ways]
    assert labels[0] == "Open PCI"
    assert labels[-2:] == ["CSV", "Excel"]
    assert {"By department", "By surgeon", "Last month", "Year to date"} <= set(labels)
    assert ways[0].draft.only.procedures == (1,)
    assert ways[0].draft.spend_by is SpendGroup.ITEM
    assert len(ways) <= 10
    for way in ways:
        assert decode(encode(way.draft)) == way.draft


def test_a_token_keeps_what_a_report_is_narrowed_to() -> None:
    only = SpendFilter(departments=(1, 2), providers=(3,), suppliers=(4,), cases=(5,))  # type: ignore[arg-type]
    draft = Draft(Verb.SPEND, window=LAST_WEEK, only=only, waste=True, file="csv")
    assert decode(encode(draft)) == draft
