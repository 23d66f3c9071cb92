"""What is below par and what is to be counted, on the shelves of the ward: found, carried out by a card, found no more."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.dialogue.acting.sketch import Verb
from bot.dialogue.alerting.below_par import BelowParProposer
from bot.dialogue.alerting.count_due import CountDueProposer
from bot.views.alerts.below_par import BelowParLines
from bot.views.alerts.count_due import CountDueLines
from domain.errors import Stale
from domain.model.alert import Alert, AlertId, AlertState, Finding
from domain.model.hold import CheckState
from domain.model.par import Par
from domain.model.receipt import ReceiptId
from domain.ports.cycles import CountDone
from domain.store import Store
from domain.usecases.act.holds import answer_check
from domain.usecases.act.requests import Consume, Count, Found, Quarantine, Requisition, Undo
from domain.usecases.alert.cycle_counts import weeks_of
from domain.usecases.alert.watch_below_par import WatchBelowPar
from domain.usecases.alert.watch_counts import WatchCounts
from domain.usecases.alert.watching import Watcher
from tests import small_hospital as small
from tests.integration.act import ward as wards
from tests.integration.act.ward import CASE, NOW, TECH, Ward, wanted

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)
PARS = (
    Par(small.FOLEY, small.ED_CART, 2, 4, 20, 40),
    Par(small.FOLEY, small.ICU_SHELF_A, 1, 2, 5, 10),
    Par(wards.SUTURE, small.ICU_SHELF_A, 1, 2, 5, 10),
)


@pytest.fixture
def ward(store: Store) -> Ward:
    made = wards.open_ward(store.transactions)
    with store.begin() as uow:
        for par in PARS:
            uow.pars.put(par)
        uow.commit()
    made.put(small.FOLEY, 3, at=small.ED_CART, lot_id=small.FOLEY_LATE)
    made.put(small.FOLEY, 30, at=small.ICU_SHELF_A, lot_id=small.FOLEY_LATE)
    made.put(wards.SUTURE, 9, at=small.ICU_SHELF_A, lot_id=wards.SUTURE_LOT)
    return made


def found(watcher: Watcher, ward: Ward, *, today: date = MONDAY) -> dict[str, Finding]:
    with ward.transactions.reading() as uow:
        findings = watcher.findings(small.NORTH, today=today, now=NOW, uow=uow)
    return {finding.subject: finding for finding in findings}


def alert(finding: Finding) -> Alert:
    return Alert(AlertId(1), small.NORTH, finding, AlertState.OPEN, NOW, NOW)


def low(ward: Ward) -> dict[str, Finding]:
    return found(WatchBelowPar(), ward)


# ---------------------------------------------------------------------------------------------- below par


def test_what_is_low_is_told_with_what_to_bring_and_from_where(ward: Ward) -> None:
    (finding,) = low(ward).values()
    facts = finding.facts
    assert (facts["available"], facts["bring"], facts["par"]) == (3, 17, 20)
    assert isinstance(facts["sources"], list)
    assert "ICU › Supply room › Shelf A" in str(facts["sources"]), "above its own par there"
    line = BelowParLines().line(alert(finding), today=MONDAY)
    assert "bring 17 each" in line.plain
    assert [button.label for button in line.buttons] == ["Bring 17"]


def test_what_was_asked_for_is_not_brought_twice(ward: Ward) -> None:
    ward.do(
        Requisition((wanted(small.FOLEY, 17),), to_place_id=small.ED, from_place_id=small.ICU_ROOM), who=TECH
    )
    assert not low(ward)


def test_the_button_asks_for_what_is_low_now(ward: Ward) -> None:
    (finding,) = low(ward).values()
    with ward.transactions.reading() as uow:
        sketch = BelowParProposer().sketch(
            alert(finding), choice="bring", person=ward.person(TECH), today=MONDAY, uow=uow
        )
        everything = BelowParProposer().sketch(
            alert(finding), choice=f"all:{small.ED}", person=ward.person(TECH), today=MONDAY, uow=uow
        )
    assert sketch.verb is Verb.REQUISITION
    assert (sketch.lines[0].item_id, sketch.lines[0].figure) == (small.FOLEY, "17")
    assert sketch.there.place_id == small.ED_CART
    assert everything.there.place_id == small.ED
    ward.put(small.FOLEY, 20, at=small.ED_CART, lot_id=small.FOLEY_LATE)
    with ward.transactions.reading() as uow, pytest.raises(Stale, match="not low any more"):
        BelowParProposer().sketch(
            alert(finding), choice="bring", person=ward.person(TECH), today=MONDAY, uow=uow
        )


def test_stock_that_came_ends_it(ward: Ward) -> None:
    assert low(ward)
    ward.put(small.FOLEY, 20, at=small.ED_CART, lot_id=small.FOLEY_LATE)
    assert not low(ward)


# ------------------------------------------------------------------------------------------------- counts


def due(ward: Ward, *, today: date = FRIDAY) -> dict[str, Finding]:
    return found(WatchCounts(), ward, today=today)


def counted_by_friday(ward: Ward) -> str:
    subjects = [subject for subject in due(ward) if subject.startswith(f"count:{small.ICU_SHELF_A}:")]
    assert subjects, due(ward)
    return subjects[0]


def test_shelves_that_were_never_counted_come_up_in_the_week_with_somebody_to_count_them(ward: Ward) -> None:
    finding = due(ward)[counted_by_friday(ward)]
    assert finding.facts["person"] == "Person 2" or finding.facts["person"], "somebody is asked"
    line = CountDueLines().line(alert(finding), today=FRIDAY)
    assert "ICU › Supply room › Shelf A" in line.plain
    assert "never counted before" in line.plain
    assert [button.choice for button in line.buttons] == ["count", "blind"]


def test_a_count_that_finds_what_the_books_say_is_a_count_all_the_same(ward: Ward) -> None:
    subject = counted_by_friday(ward)
    ward.today = MONDAY
    receipt = ward.do(
        Count(
            (Found(small.FOLEY, Decimal(30)), Found(wards.SUTURE, Decimal(9))), small.ICU_SHELF_A, blind=True
        ),
        who=TECH,
    )
    assert not receipt.movement_ids, "no difference, no movement"
    assert subject not in due(ward)
    with ward.transactions.reading() as uow:
        week = next(
            week
            for week in weeks_of(small.NORTH, today=FRIDAY, uow=uow)
            if any(one.visit.place_id == small.ICU_SHELF_A for one in week.visits)
        )
    assert week.counted >= 1


def test_counting_the_room_counts_its_shelves_and_an_undo_takes_it_back(ward: Ward) -> None:
    subject = counted_by_friday(ward)
    ward.today = MONDAY
    receipt = ward.do(
        Count((Found(small.FOLEY, Decimal(29)), Found(wards.SUTURE, Decimal(9))), small.ICU_ROOM), who=TECH
    )
    assert subject not in due(ward)
    ward.do(Undo(receipt.id), who=TECH)
    assert subject in due(ward)


def test_the_button_opens_a_count_of_what_is_left_blind_if_wished(ward: Ward) -> None:
    finding = due(ward)[counted_by_friday(ward)]
    with ward.transactions.reading() as uow:
        sketch = CountDueProposer().sketch(
            alert(finding), choice="blind", person=ward.person(TECH), today=FRIDAY, uow=uow
        )
    assert sketch.verb is Verb.COUNT
    assert sketch.blind
    assert sketch.here.place_id == small.ICU_SHELF_A
    assert {line.item_id for line in sketch.lines} <= {small.FOLEY, wards.SUTURE}
    ward.today = FRIDAY
    ward.do(
        Count((Found(small.FOLEY, Decimal(30)), Found(wards.SUTURE, Decimal(9))), small.ICU_SHELF_A), who=TECH
    )
    with ward.transactions.reading() as uow, pytest.raises(Stale, match="counted already"):
        CountDueProposer().sketch(
            alert(finding), choice="count", person=ward.person(TECH), today=FRIDAY, uow=uow
        )


def test_books_below_zero_ask_for_a_count_at_once(ward: Ward) -> None:
    ward.do(Consume((wanted(small.FOLEY, 5),), small.ED_CART, CASE))
    finding = due(ward, today=MONDAY)[f"count-asked:{small.ED_CART}"]
    assert "the books say −2" in CountDueLines().line(alert(finding), today=MONDAY).plain
    ward.do(Count((Found(small.FOLEY, Decimal(0)),), small.ED_CART), who=TECH)
    assert f"count-asked:{small.ED_CART}" not in due(ward, today=MONDAY)


def test_what_a_hold_did_not_find_asks_for_a_count_until_it_was_counted(ward: Ward) -> None:
    ward.do(Quarantine("torn", (small.FOLEY_LATE,)), who=TECH)
    with ward.transactions.begin() as uow:
        (hold,) = uow.holds.open(small.NORTH)
        answer_check(
            hold.id, small.ED_CART, state=CheckState.NOT_FOUND, actor=ward.person(TECH), now=NOW, uow=uow
        )
    assert f"count-asked:{small.ED_CART}" in due(ward, today=MONDAY)
    ward.do(Count((Found(small.FOLEY, Decimal(0)),), small.ED_CART), who=TECH)
    assert f"count-asked:{small.ED_CART}" not in due(ward, today=MONDAY)


def test_counts_made_before_parley_are_believed(ward: Ward) -> None:
    with ward.transactions.begin() as uow:
        rows = [
            CountDone(
                small.NORTH, ReceiptId(0), par.item_id, par.place_id, MONDAY - timedelta(days=3), TECH, 0, 0
            )
            for par in PARS
        ]
        uow.cycle_counts.add(small.NORTH, rows)
        uow.cycle_counts.add(small.NORTH, rows)
        uow.commit()
    assert not [subject for subject in due(ward) if subject.startswith("count:")]
