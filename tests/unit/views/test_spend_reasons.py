"""Why costs changed, in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.views.rendered import Page
from bot.views.spend import spend
from domain.model.spending import SpendGroup
from domain.model.window import DateWindow
from domain.usecases.ask.answers import SpendAnswer, SpendReason

NONE = Decimal(0)


def answer(cause: str, *, before: int, now: int) -> SpendAnswer:
    amount = Decimal(100) * (now - before)
    reason = SpendReason("Hip fracture fixation", cause, amount, "case", before, now, NONE, NONE)
    return SpendAnswer(
        asked=(), items=(), only=(),
        window=DateWindow(date(2026, 11, 16), date(2026, 11, 22), "last week"),
        before=DateWindow(date(2026, 11, 9), date(2026, 11, 15), "the week before"),
        group_by=SpendGroup.DEPARTMENT, waste_only=False,
        cost=Decimal(1000) + amount, wasted=NONE, cost_before=Decimal(1000), wasted_before=NONE,
        volume=amount, mix=NONE, price=NONE, other=NONE, waste=NONE,
        reasons=(reason,), other_reasons=NONE, measured_by="cases", cases=now, cases_before=before,
        rows=(), row_count=0, rest=NONE, bucket="day", series=(), currency="USD",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "before", "now", "said"),
    [
        ("fewer", 2, 1, "1 fewer case of Hip fracture fixation (1 after 2)"),
        ("fewer", 4, 1, "3 fewer cases of Hip fracture fixation (1 after 4)"),
        ("more", 1, 2, "1 more case of Hip fracture fixation (2 after 1)"),
        ("new", 0, 2, "2 cases of Hip fracture fixation, none before"),
        ("gone", 1, 0, "No Hip fracture fixation any more (1 case before)"),
    ],
)
def test_a_reason_counts_one_case_as_one(cause: str, before: int, now: int, said: str) -> None:
    def write(*given: object, **more: object) -> bytes:
        return b""

    shown = spend(
        answer(cause, before=before, now=now), page=Page(0, ""), today=date(2026, 11, 23), write=write
    )
    assert said in shown.text or said in str(shown.blocks)
