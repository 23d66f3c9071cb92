"""Where a lot went (Q5) and how much was used (Q6): worked by hand, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import InvalidWindow, UnknownItem, UnknownLot, UnknownPlace
from domain.model.ids import ItemId, PlaceId
from domain.model.movement import MovementKind, StockStatus
from domain.model.person import Person
from domain.model.window import DateWindow
from domain.store import Store
from domain.usecases.ask.answers import TraceAnswer, UsageAnswer
from domain.usecases.ask.report_usage import report_usage
from domain.usecases.ask.requests import ReportUsage, TraceLot, UsageGroup
from domain.usecases.ask.trace_lot import trace_lot
from tests.integration.ask_ward import ANA, TECHNICIAN, Ward, in_days
from tests.small_hospital import (
    CLINIC_SHELF,
    ED,
    ED_CART,
    FOLEY,
    FOLEY_EARLY,
    ICU,
    ICU_SHELF_A,
    ICU_SHELF_B,
    ON_CASE,
    ON_ICU,
    STENT,
    STENT_LOT,
    TODAY,
)


@pytest.fixture
def ward(store: Store) -> Ward:
    return Ward(store)


def trace(
    ward: Ward,
    number: str = "8J-2210",
    *places: PlaceId,
    asker: Person = ANA,
    items: tuple[ItemId, ...] = (),
) -> TraceAnswer:
    return ward.ask(trace_lot, TraceLot(asker, TODAY, number, items, places))


def test_a_lot_is_found_wherever_it_lies_in_both_facilities(ward: Ward) -> None:
    ward.put(10, lot=FOLEY_EARLY)
    ward.put(4, lot=FOLEY_EARLY, at=CLINIC_SHELF)
    ward.restate(3, lot=FOLEY_EARLY, status=StockStatus.QUARANTINED)
    (found,) = trace(ward, "8j2210").lots
    assert [(spot.place.facility, spot.on_hand, spot.held) for spot in found.holdings] == [
        ("North", 10, 3),
        ("South", 4, 0),
    ]
    assert (found.status, found.received, found.used, found.supplier) == ("quarantined", 14, 0, "Medline")
    assert (found.lot.number, found.lot.quantity) == ("8J-2210", 14)


def test_every_movement_is_told_newest_first_with_case_and_provider(ward: Ward) -> None:
    ward.put(10, lot=FOLEY_EARLY)
    ward.use(2, lot=FOLEY_EARLY, days_ago=1, charge=ON_CASE)
    (found,) = trace(ward).lots
    # The level is put right on the same moment as the use.
    assert [(one.on, one.kind, one.quantity) for one in found.uses if one.kind != "adjust"] == [
        (TODAY, "receive", 10),
        (in_days(-1), "consume", 2),
    ]
    use = next(one for one in found.uses if one.kind == "consume")
    assert (use.case_number, use.provider, use.procedure) == ("C-991", "Dr. Chen", "PCI")
    assert (use.actor, use.place.path, use.patient) == ("Ana Ruiz", "ICU › Supply room › Shelf A", "…4821")
    assert found.used == 2


def test_on_whom_it_was_used_is_told_only_to_roles_that_may_see_patients(ward: Ward) -> None:
    ward.put(10, lot=FOLEY_EARLY)
    ward.use(2, lot=FOLEY_EARLY, charge=ON_CASE)
    shown, hidden = trace(ward), trace(ward, asker=TECHNICIAN)
    assert (shown.patients_hidden, hidden.patients_hidden) == (False, True)
    assert "4821" in repr(shown)
    assert "4821" not in repr(hidden)
    assert [one.case_number for one in hidden.lots[0].uses if one.kind == "consume"] == ["C-991"]


def test_an_undone_use_and_its_undoing_are_both_marked_and_count_as_nothing(ward: Ward) -> None:
    ward.put(10, lot=FOLEY_EARLY)
    ward.use(2, lot=FOLEY_EARLY)
    ward.undo(ward.use(5, lot=FOLEY_EARLY))
    ward.use(1, lot=FOLEY_EARLY, kind=MovementKind.RETURN)
    (found,) = trace(ward).lots
    consumed = sorted((one.quantity, one.reversed) for one in found.uses if one.kind == "consume")
    assert consumed == [(2, False), (5, True), (5, True)]
    assert (found.used, found.received) == (1, 10)


def test_a_transfer_says_where_from_and_where_to(ward: Ward) -> None:
    ward.put(10, lot=FOLEY_EARLY)
    ward.send(4, lot=FOLEY_EARLY, at=ICU_SHELF_A, to=ED_CART, arrived=True)
    moved = next(one for one in trace(ward).lots[0].uses if one.kind == "transfer")
    assert moved.to_place is not None
    assert (moved.place.name, moved.to_place.name) == ("Shelf A", "Cart 1")
    received = next(one for one in trace(ward).lots[0].uses if one.kind == "receive")
    assert (received.place.name, received.to_place) == ("Shelf A", None)


def test_asked_at_a_place_only_what_touched_it_is_told(ward: Ward) -> None:
    ward.put(10, lot=FOLEY_EARLY)
    ward.put(7, lot=FOLEY_EARLY, at=ED_CART)
    (found,) = trace(ward, "8J-2210", ED).lots
    assert [spot.place.name for spot in found.holdings] == ["Cart 1"]
    assert [one.quantity for one in found.uses] == [7]
    assert (found.received, found.lot.quantity) == (17, 7)


def test_the_worst_that_holds_for_any_of_it_is_its_status(ward: Ward) -> None:
    past = ward.lot("PAST", days=-1)
    ward.put(10, lot=past)
    assert trace(ward, "PAST").lots[0].status == "expired"
    ward.restate(2, lot=past, status=StockStatus.QUARANTINED)
    assert trace(ward, "PAST").lots[0].status == "quarantined"
    ward.restate(1, lot=past, status=StockStatus.RECALLED)
    assert trace(ward, "PAST").lots[0].status == "recalled"
    ward.put(1, lot=FOLEY_EARLY)
    assert trace(ward).lots[0].status == "available"


def test_a_number_that_two_items_share_gives_both_unless_one_is_named(ward: Ward) -> None:
    ward.lot("8J2210", days=9, item=STENT)
    assert {found.item.id for found in trace(ward).lots} == {FOLEY, STENT}
    assert [found.item.id for found in trace(ward, items=(STENT,)).lots] == [STENT]


def test_a_serial_number_finds_its_piece(ward: Ward) -> None:
    ward.put(1, lot=STENT_LOT, item=STENT)
    (found,) = trace(ward, "sn4711").lots
    assert (found.lot.serial, found.lot.quantity) == ("SN 4711", 1)


def test_an_unknown_number_is_refused_with_what_comes_near(ward: Ward) -> None:
    with pytest.raises(UnknownLot, match="8J-2210") as refused:
        trace(ward, "8J2211")
    assert refused.value.similar[0] == "8J-2210"
    with pytest.raises(UnknownLot, match="Foley"):
        trace(ward, "8J-2210", items=(STENT,))
    with pytest.raises(UnknownPlace):
        trace(ward, "8J-2210", PlaceId(99))


def test_movements_are_cut_at_two_hundred_and_the_sums_are_not(ward: Ward) -> None:
    ward.put(500, lot=FOLEY_EARLY)
    for _ in range(101):
        ward.use(1, lot=FOLEY_EARLY)
    (found,) = trace(ward).lots
    assert (len(found.uses), found.used, found.received) == (200, 101, 500)


# ------------------------------------------------------------------------------------------ Q6


def usage(
    ward: Ward,
    *places: PlaceId,
    start: int = -9,
    end: int = -1,
    group_by: UsageGroup = UsageGroup.NONE,
    items: tuple[ItemId, ...] = (FOLEY,),
) -> UsageAnswer:
    window = DateWindow(in_days(start), in_days(end), "asked")
    return ward.ask(report_usage, ReportUsage(ANA, TODAY, items, window, places, group_by))


def test_use_is_net_of_returns_and_undone_uses_with_waste_apart(ward: Ward) -> None:
    ward.use(10, lot=FOLEY_EARLY, days_ago=3)
    ward.use(3, lot=FOLEY_EARLY, days_ago=2, kind=MovementKind.RETURN)
    ward.use(4, lot=FOLEY_EARLY, days_ago=2, kind=MovementKind.WASTE)
    ward.undo(ward.use(100, lot=FOLEY_EARLY, days_ago=5))
    answer = usage(ward)
    assert (answer.total, answer.wasted) == (7, 4)
    assert answer.per_day == pytest.approx(7 / 9)


def test_the_window_before_is_as_long_and_touches_it(ward: Ward) -> None:
    ward.use(6, lot=FOLEY_EARLY, days_ago=1)
    ward.use(6, lot=FOLEY_EARLY, days_ago=9)
    ward.use(5, lot=FOLEY_EARLY, days_ago=10)
    ward.use(3, lot=FOLEY_EARLY, days_ago=18)
    ward.use(99, lot=FOLEY_EARLY, days_ago=19)
    answer = usage(ward)
    assert (answer.total, answer.previous, answer.change) == (12, 8, 0.5)
    assert (answer.bucket, len(answer.series)) == ("day", 9)
    assert [point.quantity for point in answer.series] == [6, 0, 0, 0, 0, 0, 0, 0, 6]


def test_a_window_that_reaches_past_today_is_cut_and_compared_with_as_many_days(ward: Ward) -> None:
    ward.use(4, lot=FOLEY_EARLY, days_ago=0)
    ward.use(2, lot=FOLEY_EARLY, days_ago=2)
    ward.use(3, lot=FOLEY_EARLY, days_ago=3)
    ward.use(50, lot=FOLEY_EARLY, days_ago=6)
    answer = usage(ward, start=-2, end=8)
    assert (answer.window.end, answer.window.days, answer.window.label) == (TODAY, 3, "asked")
    assert (answer.total, answer.previous) == (6, 3)


def test_a_window_still_to_come_is_refused(ward: Ward) -> None:
    with pytest.raises(InvalidWindow, match="Nothing has been used yet"):
        usage(ward, start=1, end=7)
    with pytest.raises(UnknownItem):
        usage(ward, items=(ItemId(77),))


def test_only_the_places_asked_count_and_the_other_facility_never_by_itself(ward: Ward) -> None:
    ward.use(1, lot=FOLEY_EARLY, at=ICU_SHELF_A)
    ward.use(2, lot=FOLEY_EARLY, at=ICU_SHELF_B)
    ward.use(4, lot=FOLEY_EARLY, at=ED_CART)
    ward.use(8, lot=FOLEY_EARLY, at=CLINIC_SHELF)
    assert usage(ward, ICU).total == 3
    assert usage(ward, ICU, ED).total == 7
    assert usage(ward).total == 7
    assert usage(ward, CLINIC_SHELF).total == 8


def test_groups_share_out_the_whole_total(ward: Ward) -> None:
    ward.use(6, lot=FOLEY_EARLY, days_ago=2, charge=ON_CASE)
    ward.use(3, lot=FOLEY_EARLY, days_ago=2, at=ED_CART, charge=ON_ICU)
    ward.use(1, lot=STENT_LOT, item=STENT, days_ago=1, charge=ON_CASE)
    both = (FOLEY, STENT)

    def rows(group_by: UsageGroup) -> list[tuple[str, int, float]]:
        answer = usage(ward, group_by=group_by, items=both, start=-2)
        return [(row.label, row.quantity, row.share) for row in answer.rows]

    assert rows(UsageGroup.NONE) == []
    assert rows(UsageGroup.UNIT) == [("ICU", 7, 0.7), ("ED", 3, 0.3)]
    assert rows(UsageGroup.ITEM) == [("Foley catheter 16 Fr", 9, 0.9), ("Coronary stent 3 x 18 mm", 1, 0.1)]
    assert rows(UsageGroup.PROVIDER) == [("Dr. Chen", 7, 0.7), ("", 3, 0.3)]
    assert rows(UsageGroup.PROCEDURE) == [("PCI", 7, 0.7), ("", 3, 0.3)]
    assert rows(UsageGroup.DAY) == [("2026-11-20", 9, 0.9), ("2026-11-21", 1, 0.1)]
    assert rows(UsageGroup.WEEK) == [("2026-11-20", 10, 1.0)]
    assert rows(UsageGroup.MONTH) == [("2026-11", 10, 1.0)]


def test_no_item_asked_is_all_of_them_the_most_used_first_with_unit_and_cost(ward: Ward) -> None:
    ward.put(50, lot=FOLEY_EARLY)
    ward.put(9, lot=STENT_LOT, item=STENT, cost="900")
    ward.use(5, lot=FOLEY_EARLY, days_ago=1)
    ward.use(7, lot=FOLEY_EARLY, days_ago=1, at=ED_CART)
    ward.use(2, lot=STENT_LOT, item=STENT, days_ago=1)
    ward.use(40, lot=FOLEY_EARLY, days_ago=2)
    answer = usage(ward, items=(), start=-1, end=-1)
    names = [row.label for row in answer.rows]
    assert [(row.quantity, row.unit != "") for row in answer.rows] == [(12, True), (2, True)]
    assert "Foley" in names[0]
    assert (answer.items, answer.total, answer.previous, answer.row_count) == ((), 14, 40, 2)
    assert sum(row.share for row in answer.rows) == pytest.approx(1.0)
    by_unit = usage(ward, items=(), start=-1, end=-1, group_by=UsageGroup.UNIT)
    assert [row.quantity for row in by_unit.rows] == [7, 7]
    here = usage(ward, ED, items=(), start=-1, end=-1)
    assert [row.quantity for row in here.rows] == [7]
    assert here.rows[0].cost == sum((row.cost or 0) for row in here.rows)


def test_asked_by_month_the_series_is_by_month(ward: Ward) -> None:
    ward.use(6, lot=FOLEY_EARLY, days_ago=2)
    answer = usage(ward, start=-30, group_by=UsageGroup.MONTH)
    assert answer.bucket == "month"
    assert [(point.start, point.quantity) for point in answer.series] == [
        (date(2026, 10, 23), 0),
        (date(2026, 11, 1), 6),
    ]
