"""Watchers of what lapses, what has lapsed and what stands still, and what their buttons lead to, on both databases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.dialogue.acting.finding import Scene
from bot.dialogue.acting.moving import move_of
from bot.dialogue.acting.requesting import request_of
from bot.dialogue.alerting.expired import ExpiredProposer
from bot.dialogue.alerting.expiring import ExpiringProposer
from bot.dialogue.alerting.proposing import Proposer
from bot.dialogue.alerting.slow import SlowProposer
from bot.views.alerts.expired import ExpiredLines
from bot.views.alerts.expiring import ExpiringLines
from bot.views.alerts.lines import Lines
from bot.views.alerts.slow import SlowLines
from bot.views.answers import render
from bot.views.rendered import Page
from domain.errors import Invalid, InvalidWindow, Obstructed, Stale
from domain.model.alert import Alert, AlertId, AlertState, Finding
from domain.model.ids import ItemId, LotId, PlaceId
from domain.model.movement import StockStatus
from domain.model.par import Par
from domain.model.person import Role
from domain.model.window import DateWindow
from domain.store import Store
from domain.usecases.act.plan import plan
from domain.usecases.act.plans import Plan
from domain.usecases.act.requests import Count, SetPar, Transfer, Waste, WasteReason
from domain.usecases.alert.watch_expired import ExpiredWatcher
from domain.usecases.alert.watch_expiring import ExpiringWatcher
from domain.usecases.alert.watch_slow import SlowWatcher
from domain.usecases.alert.watching import Watcher
from domain.usecases.ask.answers import SlowAdvice, SlowStockAnswer
from domain.usecases.ask.check_expiry import check_expiry
from domain.usecases.ask.lapse import lapses, look_ahead
from domain.usecases.ask.requests import CheckExpiry, SlowStock
from domain.usecases.ask.slow_stock import slow_stock
from tests.integration.ask_ward import ANA, Ward, in_days
from tests.small_hospital import (
    CONSIGNOR,
    ED_CART,
    FOLEY,
    GLOVE,
    ICU,
    ICU_SHELF_A,
    ICU_SHELF_B,
    ITEMS,
    NORTH,
    NOW,
    TODAY,
)
from tests.unit.demo.conftest import PaperVault

MANAGER = replace(ANA, role=Role.MANAGER)


@pytest.fixture
def ward(store: Store) -> Ward:
    return Ward(store, pars=(Par(FOLEY, ICU_SHELF_A, 2, 4, 12, 16), Par(FOLEY, ICU_SHELF_B, 1, 2, 4, 6)))


def watched(ward: Ward, watcher: Watcher) -> Sequence[Finding]:
    with ward.store.transactions.reading() as uow:
        return watcher.findings(NORTH, today=TODAY, now=NOW, uow=uow)


def alert(finding: Finding) -> Alert:
    return Alert(AlertId(1), NORTH, finding, AlertState.OPEN, NOW, NOW)


def planned(ward: Ward, finding: Finding, proposer: Proposer, choice: str) -> Plan:
    """What the card that the button opens would read back."""
    with ward.store.transactions.reading() as uow:
        sketch = proposer.sketch(alert(finding), choice=choice, person=MANAGER, today=TODAY, uow=uow)
        action = request_of(sketch, scene=Scene(MANAGER, TODAY, uow, PaperVault()))
        return plan(action, actor=MANAGER, today=TODAY, uow=uow)


def said(lines: Lines, finding: Finding, *, today: date = TODAY) -> str:
    return lines.line(alert(finding), today=today).plain


def idle_here_busy_there(ward: Ward) -> LotId:
    """Twelve dear catheters that lapse in 40 days on a shelf that uses none; the other shelf uses four a week."""
    lot = ward.lot("8J9000", days=40)
    fresh = ward.lot("9K9000", days=700)
    ward.put(12, lot=lot, at=ICU_SHELF_A, cost="150.00")
    ward.put(2, lot=fresh, at=ICU_SHELF_B, cost="150.00")
    for week in range(26):
        ward.use(4, lot=fresh, at=ICU_SHELF_B, days_ago=7 * week + 1)
    return lot


def test_a_lot_nobody_uses_is_found_with_the_place_that_uses_it(ward: Ward) -> None:
    lot = idle_here_busy_there(ward)
    (found,) = watched(ward, ExpiringWatcher())
    assert found.subject == f"lot:{lot}@place:{ICU_SHELF_A}"
    assert found.place_id == ICU_SHELF_A
    assert found.facts["quantity"] == 12
    moves = found.facts["moves"]
    assert isinstance(moves, list)
    (move,) = moves
    assert isinstance(move, dict)
    assert (move["place"], move["quantity"]) == (ICU_SHELF_B, 12)
    assert found.weight == pytest.approx(12 * 150, rel=0.1)
    text = said(ExpiringLines(), found)
    assert "will lapse in 40 days" in text
    assert "uses 4 each a week: moving 12 saves" in text


def test_the_move_button_makes_the_transfer_of_that_lot(ward: Ward) -> None:
    lot = idle_here_busy_there(ward)
    (found,) = watched(ward, ExpiringWatcher())
    (button,) = ExpiringLines().line(alert(found), today=TODAY).buttons
    assert button.label == "Move 12 to Supply room › Shelf B"
    made = planned(ward, found, ExpiringProposer(), button.choice)
    assert isinstance(made.request, Transfer)
    assert (made.request.from_place_id, made.request.to_place_id) == (ICU_SHELF_A, ICU_SHELF_B)
    (line,) = made.lines
    assert [(pick.lot_id, pick.quantity) for pick in line.picks] == [(lot, 12)]


def test_what_was_used_since_is_moved_no_more_and_what_is_gone_is_said(ward: Ward) -> None:
    lot = idle_here_busy_there(ward)
    (found,) = watched(ward, ExpiringWatcher())
    ward.send(7, lot=lot, at=ICU_SHELF_A, to=ED_CART, arrived=True)
    made = planned(ward, found, ExpiringProposer(), f"move:{ICU_SHELF_B}:12")
    assert made.lines[0].quantity == 5
    ward.send(5, lot=lot, at=ICU_SHELF_A, to=ED_CART, arrived=True)
    with pytest.raises(Stale, match="8J9000"):
        planned(ward, found, ExpiringProposer(), f"move:{ICU_SHELF_B}:12")
    with pytest.raises(Invalid):
        planned(ward, found, ExpiringProposer(), "move:x:12")


def test_nothing_is_carried_to_a_cart_that_stands_ready(ward: Ward) -> None:
    lot = ward.lot("8J9000", days=40)
    ward.put(12, lot=lot, at=ICU_SHELF_A, cost="150.00")
    ward.put(2, lot=lot, at=ED_CART, cost="150.00")
    for week in range(26):
        ward.use(4, lot=lot, at=ED_CART, days_ago=7 * week + 1)
    found = {finding.place_id: finding for finding in watched(ward, ExpiringWatcher())}
    assert found[ICU_SHELF_A].facts["moves"] == []
    assert "No other place would use it in time" in said(ExpiringLines(), found[ICU_SHELF_A])


def test_consigned_and_held_lots_are_left_alone(ward: Ward) -> None:
    consigned, held = ward.lot("C1", days=20), ward.lot("H1", days=20)
    ward.put(9, lot=consigned, cost="150.00", owner=CONSIGNOR)
    ward.put(9, lot=held, cost="150.00")
    ward.restate(9, lot=held, status=StockStatus.QUARANTINED)
    assert watched(ward, ExpiringWatcher()) == ()


def test_cheap_routine_lots_are_spoken_of_thirty_days_before_and_dear_ones_ninety(ward: Ward) -> None:
    cheap, dear = ward.lot("CHEAP", days=45), ward.lot("DEAR", days=45, item=GLOVE)
    ward.put(40, lot=cheap, cost="3.00")
    ward.put(3, lot=dear, item=GLOVE, cost="150.00")
    assert [found.facts["lot_number"] for found in watched(ward, ExpiringWatcher())] == ["DEAR"]
    foley = next(item for item in ITEMS if item.id == FOLEY)
    assert look_ahead(foley, unit_cost=Decimal(3)) == 30


def test_a_store_uses_what_others_ask_of_it(ward: Ward) -> None:
    lot, fresh = ward.lot("8J9000", days=80), ward.lot("9K9000", days=700)
    ward.put(20, lot=lot, at=ICU_SHELF_B, cost="150.00")
    ward.put(200, lot=fresh, at=ICU_SHELF_B, cost="150.00")
    for _ in range(6):
        ward.send(4, lot=fresh, at=ICU_SHELF_B, to=ICU_SHELF_A, arrived=True)
    with ward.store.transactions.reading() as uow:
        today = lapses([FOLEY], facility_id=NORTH, today=TODAY, uow=uow).uses.get((FOLEY, ICU_SHELF_B))
        assert today is None or today.lag == 0  # all on one day: that is a delivery, not a store
        sent = uow.questions.sent_on(NORTH, items=[FOLEY], window=DateWindow(in_days(-1), TODAY))
    assert [(one.place_id, one.quantity, one.squares, one.days) for one in sent] == [
        (ICU_SHELF_B, 24, 576, 1)
    ]


def test_the_spread_of_use_is_by_day_and_net_of_returns(ward: Ward) -> None:
    lot = ward.lot("8J9000", days=400)
    ward.put(50, lot=lot)
    ward.use(3, lot=lot, days_ago=2)
    ward.use(2, lot=lot, days_ago=2)
    ward.use(4, lot=lot, days_ago=9)
    ward.use(500, lot=lot, days_ago=200)
    with ward.store.transactions.reading() as uow:
        found = uow.questions.use_spread(NORTH, items=[FOLEY], window=DateWindow(in_days(-182), in_days(-1)))
    assert [(one.place_id, one.quantity, one.squares, one.days) for one in found] == [(ICU_SHELF_A, 9, 41, 2)]


def test_the_pull_list_names_what_lies_past_its_date_held_or_not(ward: Ward) -> None:
    lapsed, held, good = ward.lot("OLD", days=-1), ward.lot("HELD", days=-9), ward.lot("GOOD", days=0)
    ward.put(4, lot=lapsed, cost="12.50")
    ward.put(2, lot=held, at=ED_CART, cost="10.00")
    ward.restate(2, lot=held, at=ED_CART, status=StockStatus.QUARANTINED)
    ward.put(7, lot=good)
    found = {finding.facts["lot_number"]: finding for finding in watched(ward, ExpiredWatcher())}
    assert set(found) == {"OLD", "HELD"}
    assert (found["OLD"].facts["quantity"], found["OLD"].facts["value"]) == (4, "50.00")
    assert found["HELD"].facts["held"] == 2
    assert [button.choice for button in ExpiredLines().line(alert(found["OLD"]), today=TODAY).buttons] == [
        "waste",
        "gone",
    ]
    assert [button.choice for button in ExpiredLines().line(alert(found["HELD"]), today=TODAY).buttons] == [
        "waste"
    ]
    assert "expired Sat 21 Nov, yesterday" in said(ExpiredLines(), found["OLD"])


def test_recording_the_pull_list_as_waste_says_why_and_a_missing_lot_is_counted(ward: Ward) -> None:
    lapsed = ward.lot("OLD", days=-1)
    ward.put(4, lot=lapsed, cost="12.50")
    (found,) = watched(ward, ExpiredWatcher())
    waste = planned(ward, found, ExpiredProposer(), "waste")
    assert isinstance(waste.request, Waste)
    assert waste.request.reason is WasteReason.EXPIRED
    assert (waste.lines[0].quantity, waste.problems) == (4, ())
    count = planned(ward, found, ExpiredProposer(), "gone")
    assert isinstance(count.request, Count)
    assert (count.lines[0].expected, count.lines[0].quantity) == (4, 0)


def test_all_of_a_unit_is_recorded_as_waste_in_one_card(ward: Ward) -> None:
    first, second = ward.lot("OLD", days=-1), ward.lot("OLDER", days=-5)
    ward.put(4, lot=first)
    ward.put(6, lot=second, at=ICU_SHELF_B)
    ward.put(9, lot=second, at=ED_CART)
    found = watched(ward, ExpiredWatcher())
    in_icu = [alert(finding) for finding in found if finding.facts["unit_id"] == ICU]
    (button,) = ExpiredLines().lead(in_icu, place="ICU", today=TODAY).buttons
    made = planned(ward, in_icu[0].finding, ExpiredProposer(), button.choice)
    assert sorted(line.quantity for line in made.lines) == [4, 6]
    assert made.problems == ()
    both = ExpiredLines().lead([alert(finding) for finding in found], place="North", today=TODAY)
    assert both.buttons == ()


def slow(ward: Ward, *places: PlaceId, days: int = 90, items: tuple[ItemId, ...] = ()) -> SlowStockAnswer:
    window = DateWindow(in_days(-days), TODAY, "since then")
    return ward.ask(slow_stock, SlowStock(MANAGER, TODAY, window, places, items))


def test_what_is_not_used_anywhere_is_to_go_back_to_who_sells_it(ward: Ward) -> None:
    ward.put(10, lot=ward.lot("G1", days=None, item=GLOVE), item=GLOVE, cost="2.00")
    (line,) = slow(ward).lines
    assert (line.pace.value, line.used, line.last_used, line.days_on_hand) == ("dead", 0, None, None)
    assert (line.excess, str(line.tied_up), line.advice, line.supplier) == (
        10,
        "20.00",
        SlowAdvice.SEND_BACK,
        "Medline",
    )


def test_what_another_place_uses_is_to_go_there(ward: Ward) -> None:
    idle_here_busy_there(ward)
    answer = slow(ward, ICU)
    (line,) = [line for line in answer.lines if line.place.id == ICU_SHELF_A]
    assert (line.advice, line.to and line.to.id, line.quantity) == (SlowAdvice.MOVE, ICU_SHELF_B, 12)
    assert (answer.total, answer.dead) == (len(answer.lines), 1)


def test_use_in_the_window_and_the_last_day_of_any_use_are_told_apart(ward: Ward) -> None:
    lot = ward.lot("9K9000", days=700)
    ward.put(60, lot=lot, cost="5.00")
    ward.use(3, lot=lot, days_ago=30)
    ward.use(50, lot=lot, days_ago=120)
    (line,) = slow(ward).lines
    assert (line.used, line.last_used, line.pace.value) == (3, in_days(-30), "slow")
    assert line.days_on_hand == pytest.approx(60 * 91 / 3)
    (longer,) = slow(ward, days=150).lines
    assert longer.used == 53
    assert longer.pace.value == "overstocked"


def test_past_its_date_held_and_consigned_goods_tie_up_nothing_of_ours(ward: Ward) -> None:
    ward.put(9, lot=ward.lot("OLD", days=-2), cost="50.00")
    ward.put(9, lot=ward.lot("THEIRS", days=300), cost="50.00", owner=CONSIGNOR)
    assert slow(ward).lines == ()


def test_nothing_has_moved_since_today_can_not_be_asked(ward: Ward) -> None:
    with pytest.raises(InvalidWindow):
        slow(ward, days=0)


def test_the_monthly_digest_lowers_a_par_that_half_a_year_did_not_need(ward: Ward) -> None:
    lot = ward.lot("9K9000", days=700)
    ward.put(12, lot=lot, cost="150.00")
    ward.use(1, lot=lot, days_ago=40)
    (found,) = watched(ward, SlowWatcher())
    assert found.facts["advice"] == SlowAdvice.LOWER_PAR.value
    (button,) = SlowLines().line(alert(found), today=TODAY).buttons
    made = planned(ward, found, SlowProposer(), button.choice)
    assert isinstance(made.request, SetPar)
    assert (made.request.par, made.request.reorder_point, made.request.maximum) == (1, 0, 5)
    with pytest.raises(Stale):
        planned(ward, found, SlowProposer(), "par:12")


def test_the_monthly_digest_moves_stock_to_where_it_is_used(ward: Ward) -> None:
    lot = ward.lot("9K9000", days=700)
    ward.put(12, lot=lot, cost="150.00")
    ward.put(1, lot=lot, at=ICU_SHELF_B, cost="150.00")
    for week in range(26):
        ward.use(1, lot=lot, at=ICU_SHELF_B, days_ago=7 * week + 1)
    found = next(f for f in watched(ward, SlowWatcher()) if f.place_id == ICU_SHELF_A)
    (button,) = SlowLines().line(alert(found), today=TODAY).buttons
    made = planned(ward, found, SlowProposer(), button.choice)
    assert isinstance(made.request, Transfer)
    assert made.lines[0].quantity == 12
    assert "uses 1 each a week: move 12" in said(SlowLines(), found)


def test_the_answer_about_expiry_offers_the_same_move_as_the_alert(ward: Ward) -> None:
    lot = idle_here_busy_there(ward)
    window = DateWindow(TODAY, in_days(60), "in the next 60 days")
    answer = ward.ask(check_expiry, CheckExpiry(MANAGER, TODAY, window, (ICU,)))
    (line,) = [one for one in answer.lots if one.lot.id == lot]
    (move,) = line.moves
    assert (move.to.id, move.quantity) == (ICU_SHELF_B, 12)
    assert move.daily_use == pytest.approx(4 / 7)
    shown = render(answer, page=Page(), today=TODAY)
    (row,) = [block for block in shown.blocks if block["type"] == "actions"]
    buttons = row["elements"]
    assert isinstance(buttons, list)
    (button,) = buttons
    assert isinstance(button, dict)
    assert button["action_id"] == "parley.act.move:0"
    assert json.loads(str(button["value"])) == {
        "s": f"lot:{lot}",
        "v": 1,
        "c": f"{ICU_SHELF_A}:{ICU_SHELF_B}:12",
    }


def test_the_button_of_an_answer_makes_the_transfer_of_what_is_left(ward: Ward) -> None:
    lot = idle_here_busy_there(ward)
    ward.send(9, lot=lot, at=ICU_SHELF_A, to=ED_CART, arrived=True)
    with ward.store.transactions.reading() as uow:
        sketch = move_of(f"lot:{lot}", f"{ICU_SHELF_A}:{ICU_SHELF_B}:12", today=TODAY, uow=uow)
        action = request_of(sketch, scene=Scene(MANAGER, TODAY, uow, PaperVault()))
    assert isinstance(action, Transfer)
    assert action.lines[0].quantity == Decimal(3)
    assert action.lines[0].lots == (lot,)
    ward.send(3, lot=lot, at=ICU_SHELF_A, to=ED_CART, arrived=True)
    with ward.store.transactions.reading() as uow:
        with pytest.raises(Obstructed, match="8J9000"):
            move_of(f"lot:{lot}", f"{ICU_SHELF_A}:{ICU_SHELF_B}:12", today=TODAY, uow=uow)
        with pytest.raises(Invalid):
            move_of(f"lot:{lot}", "12", today=TODAY, uow=uow)
