"""Notices against the shelves of the ward: what is meant, who is told, what a button leads to, what is said once and for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.dialogue.alerting.recall import RecallAnswerer, RecallProposer
from bot.views.alerts.recall import RecallLines
from domain.errors import Invalid, NotPermitted, Stale
from domain.model.alert import Alert, AlertId, AlertState, Finding
from domain.model.ids import LotId
from domain.model.movement import StockStatus
from domain.model.recall import Notice, RecallClass, Strength
from domain.ports import CatalogueSearch, ItemHit, ItemSearchResult, Verdict
from domain.store import Store
from domain.usecases.act.requests import Consume, Quarantine, Undo
from domain.usecases.alert.recalls import TakenIn, match_again, take_in
from domain.usecases.alert.watch_recalls import WatchRecalls
from tests import small_hospital as small
from tests.integration.act import ward as wards
from tests.integration.act.ward import BOSS, BUYER, CASE, NOW, TECH, TODAY, Ward, wanted


class Search(CatalogueSearch):
    """Finds the foley by its words."""

    def find(
        self, text: str, *, size: str = "", kept: frozenset[object] | None = None, limit: int = 10
    ) -> ItemSearchResult:
        if "foley" not in text.casefold():
            return ItemSearchResult(Verdict.NOT_FOUND, ())
        return ItemSearchResult(Verdict.ASK, (ItemHit(small.FOLEY, 0.9),))


def notice(codes: str, **changes: object) -> Notice:
    made = Notice(
        source="openfda", number="Z-0001-2027", event="97000", classification=RecallClass.I, status="Ongoing",
        firm="Becton Dickinson & Company", product="Bard Foley catheter, 16 Fr, sterile", codes=codes,
        reason="The balloon may burst.", reported_on=date(2026, 11, 18),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def ward(store: Store) -> Ward:
    made = wards.open_ward(store.transactions)
    made.put(small.FOLEY, 10, at=small.ICU_SHELF_A, lot_id=small.FOLEY_EARLY)
    made.put(small.FOLEY, 5, at=small.ED_CART, lot_id=small.FOLEY_EARLY)
    made.put(small.FOLEY, 7, at=small.ICU_SHELF_B, lot_id=small.FOLEY_LATE)
    return made


def taken(ward: Ward, *notices: Notice, dry_run: bool = False) -> TakenIn:
    return take_in(notices, search=Search(), now=NOW, transactions=ward.transactions, dry_run=dry_run)


def found(ward: Ward) -> list[Finding]:
    with ward.transactions.reading() as uow:
        return list(WatchRecalls().findings(small.NORTH, today=TODAY, now=NOW, uow=uow))


def alert(finding: Finding) -> Alert:
    return Alert(AlertId(1), small.NORTH, finding, AlertState.OPEN, NOW, NOW)


def lots(result: TakenIn) -> dict[LotId | None, Strength]:
    return {match.lot_id: match.strength for _, matches in result.matched for match in matches}


def test_a_lot_on_the_shelf_is_told_with_where_it_lies_and_on_how_many_it_was_used(ward: Ward) -> None:
    ward.do(Consume((wanted(small.FOLEY, 2, "", small.FOLEY_EARLY),), small.ICU_SHELF_A, CASE))
    assert lots(taken(ward, notice("Lot 8J-2210"))) == {small.FOLEY_EARLY: Strength.LIKELY}
    (finding,) = found(ward)
    facts = finding.facts
    assert (facts["on_hand"], facts["used"], facts["patients"], facts["to_hold"]) == (13, 2, 1, 1)
    assert finding.urgent
    assert "4821" not in str(facts), "no patient, not even masked"
    line = RecallLines().line(alert(finding), today=TODAY)
    assert "Class I" in line.plain
    assert "lot 8J-2210" in line.plain
    assert "2 were used on 1 patient" in line.plain
    assert [button.label for button in line.buttons] == ["Quarantine 1 lot", "Who received it", "Not ours…"]


def test_what_is_used_up_is_told_all_the_same(ward: Ward) -> None:
    ward.do(Consume((wanted(small.FOLEY, 7, "", small.FOLEY_LATE),), small.ICU_SHELF_B, CASE))
    taken(ward, notice("Lot 9K3001"))
    (finding,) = found(ward)
    assert (finding.facts["on_hand"], finding.facts["used"]) == (0, 7)
    buttons = [button.choice for button in RecallLines().line(alert(finding), today=TODAY).buttons]
    assert buttons == ["who", "noted", "not-ours"]


@pytest.mark.parametrize(
    ("codes", "product", "firm"),
    [
        ("Lot 8J2211", "Bard Foley catheter, 16 Fr", "BD"),
        ("Lot 8J2210", "Dental drill", "Kestrel Imaging Co."),
        ("UDI-DI 00380740000011, Lot 8J2219", "Bard Foley catheter, 16 Fr", "BD"),
    ],
)
def test_near_lots_and_other_makers_are_nobodys(ward: Ward, codes: str, product: str, firm: str) -> None:
    assert not taken(ward, notice(codes, product=product, firm=firm)).matched
    assert not found(ward)


def test_all_lots_by_words_alone_are_only_possible_and_not_urgent(ward: Ward) -> None:
    result = taken(ward, notice("All lots with expiration dates prior to January 1, 2027"))
    assert set(lots(result).values()) == {Strength.POSSIBLE}
    assert small.FOLEY_EARLY in lots(result)
    assert small.FOLEY_LATE not in lots(result), "it expires later"
    (finding,) = found(ward)
    assert not finding.urgent


def test_the_hold_takes_every_shelf_and_then_nothing_is_left_to_tell(ward: Ward) -> None:
    taken(ward, notice("Lot 8J2210"))
    (finding,) = found(ward)
    with ward.transactions.reading() as uow:
        sketch = RecallProposer().sketch(
            alert(finding), choice="hold", person=ward.person(TECH), today=TODAY, uow=uow
        )
    assert sketch.recalled
    assert sketch.reason == "Recall Z-0001-2027, Class I"
    assert sketch.lines[0].lots == (small.FOLEY_EARLY,)
    ward.do(Quarantine(sketch.reason, (small.FOLEY_EARLY,), recalled=True), who=TECH)
    assert ward.stock(small.FOLEY)[small.FOLEY_EARLY, StockStatus.RECALLED] == 15
    assert not found(ward)
    with ward.transactions.reading() as uow, pytest.raises(Stale, match="on hold already"):
        RecallProposer().sketch(alert(finding), choice="hold", person=ward.person(TECH), today=TODAY, uow=uow)


def test_not_ours_needs_a_role_and_a_reason_and_stays(ward: Ward) -> None:
    taken(ward, notice("Lot 8J2210"))
    (finding,) = found(ward)
    answerer = RecallAnswerer()
    with ward.transactions.begin() as uow:
        asked = answerer.answer(
            alert(finding), choice="not-ours", person=ward.person(BOSS), today=TODAY, now=NOW, uow=uow
        )
        assert "Why is Z-0001-2027 not ours?" in asked.rendered.text
        assert not asked.resolution
        with pytest.raises(NotPermitted, match="manager"):
            answerer.answer(
                alert(finding), choice="not-ours:lots", person=ward.person(BUYER), today=TODAY, now=NOW, uow=uow
            )  # fmt: skip
        with pytest.raises(Invalid):
            answerer.answer(
                alert(finding), choice="not-ours:nonsense", person=ward.person(BOSS), today=TODAY, now=NOW, uow=uow
            )  # fmt: skip
        done = answerer.answer(
            alert(finding), choice="not-ours:lots", person=ward.person(BOSS), today=TODAY, now=NOW, uow=uow
        )
        assert done.resolution == "not ours: not our lots"
        uow.commit()
    assert not found(ward)
    taken(ward, notice("Lot 8J2210", status="Completed"))
    taken(ward, notice("Lot 8J2210"))
    assert not found(ward), "it stays closed for what it was said of"
    assert any(entry.deed == "answer-recall" for entry in ward.trail())


def test_a_report_that_names_more_of_ours_is_told_again(ward: Ward) -> None:
    taken(ward, notice("Lot 8J2210"))
    (first,) = found(ward)
    with ward.transactions.begin() as uow:
        RecallAnswerer().answer(
            alert(first), choice="not-ours:lots", person=ward.person(BOSS), today=TODAY, now=NOW, uow=uow
        )
        uow.commit()
    again = taken(ward, notice("Lot 8J2210, Lot 9K3001"))
    assert (again.new, again.changed) == (0, 1)
    (second,) = found(ward)
    assert second.subject != first.subject
    assert second.facts["revision"] == 2


def test_the_same_report_twice_changes_nothing_and_a_closed_one_is_told_no_more(ward: Ward) -> None:
    taken(ward, notice("Lot 8J2210"))
    same = taken(ward, notice("Lot 8J2210"))
    assert (same.new, same.changed, same.updated) == (0, 0, 0)
    over = taken(ward, notice("Lot 8J2210", status="Terminated", terminated_on=TODAY))
    assert over.updated == 1
    assert not found(ward)


def test_a_trial_stores_nothing(ward: Ward) -> None:
    assert taken(ward, notice("Lot 8J2210"), dry_run=True).matched
    with ward.transactions.reading() as uow:
        assert not uow.recalls.going_on()


def test_a_lot_that_arrives_later_is_matched_when_what_goes_on_is_matched_again(ward: Ward) -> None:
    taken(ward, notice("Lot SUT77", product="Monocryl suture, absorbable", firm="Ethicon, LLC"))
    assert not found(ward), "known to the catalogue, but it never lay here"
    ward.put(wards.SUTURE, 4, at=small.ICU_SHELF_A, lot_id=wards.SUTURE_LOT)
    match_again(search=Search(), today=TODAY, transactions=ward.transactions)
    (finding,) = found(ward)
    assert finding.facts["on_hand"] == 4


def test_who_received_it_is_for_roles_that_see_patients_and_is_noted(ward: Ward) -> None:
    ward.do(Consume((wanted(small.FOLEY, 2, "", small.FOLEY_EARLY),), small.ICU_SHELF_A, CASE))
    taken(ward, notice("Lot 8J2210"))
    (finding,) = found(ward)
    with ward.transactions.begin() as uow:
        with pytest.raises(NotPermitted):
            RecallAnswerer().answer(
                alert(finding), choice="who", person=ward.person(TECH), today=TODAY, now=NOW, uow=uow
            )
        told = RecallAnswerer().answer(
            alert(finding), choice="who", person=ward.person(BOSS), today=TODAY, now=NOW, uow=uow
        )
        uow.commit()
    assert told.alone
    assert "patient …4821" in told.rendered.text
    assert any(entry.deed == "trace-lot" and "8J-2210" in entry.detail for entry in ward.trail())


def test_use_that_was_undone_is_not_counted(ward: Ward) -> None:
    receipt = ward.do(Consume((wanted(small.FOLEY, 2, "", small.FOLEY_EARLY),), small.ICU_SHELF_A, CASE))
    ward.do(Undo(receipt.id))
    taken(ward, notice("Lot 8J2210"))
    (finding,) = found(ward)
    assert (finding.facts["used"], finding.facts["patients"]) == (0, 0)


def test_only_what_is_recent_and_goes_on_is_matched_again(ward: Ward) -> None:
    taken(ward, notice("Lot 8J2210", reported_on=TODAY - timedelta(days=4 * 365)))
    ward.put(small.FOLEY, 1, at=small.ED_CART, lot_id=small.FOLEY_LATE)
    assert match_again(search=Search(), today=TODAY, transactions=ward.transactions) == 0
