"""First expired, first out; what may not be used is never proposed; what one line takes is gone for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import OURS, ItemId, LotId, PlaceId, SupplierId
from domain.model.item import Item
from domain.model.lot import fefo_key
from domain.model.movement import StockStatus
from domain.model.stock import StockLine
from domain.usecases.act.picking import Choice, Shelves, merged, nothing_of, with_excess

TODAY = date(2026, 11, 22)
ITEM = Item(ItemId(1), "1", "Foley", "Foley", "", "Urology", "", "", "each")
HERE, THERE = PlaceId(1), PlaceId(2)
BOTH = frozenset({HERE, THERE})


def line(
    lot: int,
    on_hand: int,
    expires: date | None = None,
    *,
    status: StockStatus = StockStatus.AVAILABLE,
    owner: SupplierId = OURS,
    place: PlaceId = HERE,
    reserved: int = 0,
    serial: str = "",
) -> StockLine:
    return StockLine(ITEM.id, place, LotId(lot), owner, status, on_hand, reserved, f"L{lot}", serial, expires)


LINES = (
    line(1, 5, date(2027, 6, 30)),
    line(2, 3, date(2026, 12, 1)),
    line(3, 4, date(2026, 11, 21)),
    line(4, 6, date(2026, 12, 1), status=StockStatus.RECALLED),
    line(5, 7, date(2026, 11, 30), owner=SupplierId(2)),
    line(6, 2, None),
    line(7, 9, date(2026, 11, 22), place=THERE),
    line(8, 9, date(2026, 11, 25), status=StockStatus.IN_TRANSIT),
    line(9, -2, date(2026, 11, 24)),
)


def order(choice: Choice, item: Item = ITEM, places: frozenset[PlaceId] = BOTH) -> list[int]:
    return [each.lot_id for each in Shelves(LINES, TODAY).candidates(item, places=places, choice=choice)]


def test_what_may_be_used_is_proposed_by_its_date_and_what_never_expires_last() -> None:
    assert order(Choice.GOOD) == [7, 2, 1, 6]


def test_a_lot_that_expires_today_may_be_used_today() -> None:
    assert order(Choice.GOOD, places=frozenset({THERE})) == [7]


def test_a_consignors_lot_is_proposed_only_of_an_item_that_is_consigned() -> None:
    assert order(Choice.GOOD, replace(ITEM, consigned=True)) == [7, 5, 2, 1, 6]


def test_what_is_thrown_away_may_be_what_no_one_may_use_but_the_usable_comes_first() -> None:
    assert order(Choice.ANY) == [7, 2, 1, 6, 3, 4]


def test_waste_of_the_expired_takes_nothing_else() -> None:
    assert order(Choice.LAPSED) == [3]


def test_named_lots_are_taken_in_the_order_they_were_named_held_parts_last() -> None:
    shelves = Shelves([*LINES, line(1, 2, date(2027, 6, 30), status=StockStatus.QUARANTINED)], TODAY)
    lines = shelves.of_lots(ITEM, places=BOTH, lots=[LotId(4), LotId(1)])
    assert [(each.lot_id, each.status) for each in lines] == [
        (4, StockStatus.RECALLED),
        (1, StockStatus.AVAILABLE),
        (1, StockStatus.QUARANTINED),
    ]


def test_what_one_line_takes_is_gone_for_the_next() -> None:
    shelves = Shelves([line(1, 5), line(2, 5)], TODAY)
    lines = shelves.candidates(ITEM, places=BOTH, choice=Choice.GOOD)
    first, _ = shelves.draw(lines, 6)
    second, missing = shelves.draw(lines, 6)
    assert [(one.line.lot_id, one.quantity) for one in first] == [(1, 5), (2, 1)]
    assert [(one.line.lot_id, one.quantity) for one in second] == [(2, 4)]
    assert missing == 2


def test_what_is_reserved_is_taken_only_when_it_is_asked_for() -> None:
    shelves = Shelves([line(1, 5, reserved=3)], TODAY)
    lines = shelves.candidates(ITEM, places=BOTH, choice=Choice.GOOD)
    free, missing = shelves.draw(lines, 4)
    promised, still = shelves.draw(lines, missing, promised=True)
    assert (merged([*free, *promised])[0].quantity, still) == (4, 0)


def test_all_that_is_there_is_taken_where_no_quantity_was_said() -> None:
    shelves = Shelves([line(1, 5), line(2, 4)], TODAY)
    taken, missing = shelves.draw(shelves.candidates(ITEM, places=BOTH, choice=Choice.GOOD), None)
    assert (sum(one.quantity for one in taken), missing) == (9, 0)


def test_more_than_the_books_hold_is_laid_on_the_last_lot_but_never_on_a_serial() -> None:
    shelves = Shelves([line(1, 5), line(2, 1, serial="S1")], TODAY)
    lot, _ = shelves.draw([shelves.lines[0]], 5)
    serial, _ = shelves.draw([shelves.lines[1]], 1)

    def empty() -> StockLine:
        return nothing_of(ITEM.id, place_id=HERE)

    assert [one.quantity for one in with_excess(lot, 2, empty=empty)] == [7]
    assert [(one.line.lot_id, one.quantity) for one in with_excess(serial, 2, empty=empty)] == [
        (2, 1),
        (0, 2),
    ]
    assert [(one.line.lot_id, one.quantity) for one in with_excess([], 2, empty=empty)] == [(0, 2)]


@given(
    st.lists(
        st.builds(
            line,
            st.integers(1, 30),
            st.integers(-3, 9),
            st.none() | st.dates(date(2026, 11, 1), date(2027, 2, 1)),
            status=st.sampled_from(StockStatus),
            owner=st.sampled_from((OURS, SupplierId(2))),
            reserved=st.integers(0, 4),
        ),
        unique_by=lambda each: (each.lot_id, each.status, each.owner_id),
        max_size=12,
    ),
    st.integers(1, 40),
)
def test_nothing_is_taken_that_is_not_free_and_nothing_later_before_something_earlier(
    lines: list[StockLine], wanted: int
) -> None:
    shelves = Shelves(lines, TODAY)
    taken, missing = shelves.draw(shelves.candidates(ITEM, places=BOTH, choice=Choice.GOOD), wanted)
    free = {
        each.lot_id: each.available(TODAY)
        for each in lines
        if each.owner_id == OURS and each.available(TODAY)
    }
    assert sum(one.quantity for one in taken) + missing == wanted
    assert sum(one.quantity for one in taken) == min(wanted, sum(free.values()))
    assert all(one.quantity <= one.line.available(TODAY) for one in taken)
    dates = [fefo_key(one.line.expires_on, one.line.lot_id) for one in taken]
    assert dates == sorted(dates)
    left = [
        fefo_key(each.expires_on, each.lot_id)
        for each in lines
        if each.owner_id == OURS
        and each.available(TODAY)
        and each.lot_id not in {t.line.lot_id for t in taken}
    ]
    assert not dates or not left or max(dates) <= min(left)
