"""One card, one receipt: whatever is clicked, retried, overridden, refused or done at the same moment."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import Conflict, Invalid, NotPermitted, Obstructed, Stale, UnknownRecord
from domain.model.ids import LotId, PersonId
from domain.model.movement import StockStatus
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, TrailKind
from domain.store import Store
from domain.usecases.act import drafts
from domain.usecases.act.receipts import show
from domain.usecases.act.requests import Consume, Count, Found, Transfer, Wanted
from domain.usecases.act.trailing import note_refusal
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.racing import at_once
from tests.integration.act.ward import (
    BOSS,
    BUYER,
    CASE,
    FOLEY_OLD,
    PHARM,
    TECH,
    Ward,
    stocked,
    wanted,
)

FOLEY = small.FOLEY
USE = Consume((wanted(FOLEY, 7),), small.ICU, CASE)


@pytest.fixture
def ward(store: Store) -> Ward:
    return stocked(store.transactions)


def draft_of(ward: Ward, draft_id: DraftId) -> ActionDraft:
    with ward.transactions.reading() as uow:
        return uow.drafts.get(draft_id)


def left(ward: Ward) -> int:
    return sum(ward.stock(FOLEY).values())


def test_a_plan_writes_nothing_and_its_posting_is_never_stale(ward: Ward) -> None:
    before = ward.lines()
    shown = ward.plan(USE).fingerprint
    assert ward.lines() == before
    receipt = ward.post(USE, ward.draft(USE), shown)
    assert (receipt.number, receipt.action, receipt.actor_id, receipt.thread) == (
        "R-1",
        "consume",
        small.NURSE,
        "1700.1",
    )


def test_the_same_draft_gives_the_same_receipt_however_often(ward: Ward) -> None:
    shown, draft_id = ward.plan(USE).fingerprint, ward.draft(USE)
    first = ward.post(USE, draft_id, shown)
    again = ward.post(USE, draft_id, shown, now=ward.now + timedelta(hours=2))
    by_another = ward.post(USE, draft_id, "something else", who=BOSS)
    assert first == again == by_another
    assert left(ward) == 8
    draft = draft_of(ward, draft_id)
    assert (draft.state, draft.receipt_id, draft.version) == (DraftState.POSTED, first.id, 2)
    assert [entry.kind for entry in ward.trail()] == [TrailKind.POSTED]


def test_the_same_draft_clicked_by_several_at_once_posts_once(ward: Ward) -> None:
    shown, draft_id = ward.plan(USE).fingerprint, ward.draft(USE)
    people = (small.NURSE, BOSS, TECH, small.NURSE)
    results = at_once(*(lambda who=who: ward.post(USE, draft_id, shown, who=who) for who in people))
    assert len(results) == 4
    assert {result.id for result in results if isinstance(result, Receipt)} == {1}
    assert all(isinstance(result, Receipt) for result in results), results
    assert left(ward) == 8
    assert check_ledger(ward.transactions).sound


def test_different_drafts_at_once_take_no_piece_twice(ward: Ward) -> None:
    action = Transfer((wanted(FOLEY, 4),), small.ICU, small.ED)
    shown = ward.plan(action).fingerprint
    cards = [ward.draft(action) for _ in range(4)]
    results = at_once(*(lambda card=card: ward.post(action, card, shown) for card in cards))
    posted = [result for result in results if isinstance(result, Receipt)]
    stale = [result for result in results if isinstance(result, Stale)]
    assert (len(posted), len(stale)) == (1, 3), results
    assert left(ward) == 15
    assert ward.stock(FOLEY, at=small.ICU_SHELF_A) == {(small.FOLEY_EARLY, StockStatus.AVAILABLE): 1}


def test_what_changed_since_it_was_read_back_is_read_back_anew(ward: Ward) -> None:
    shown, draft_id = ward.plan(USE).fingerprint, ward.draft(USE)
    ward.do(Consume((wanted(FOLEY, 1),), small.ICU, CASE))
    with pytest.raises(Stale):
        ward.post(USE, draft_id, shown)
    assert left(ward) == 14
    assert draft_of(ward, draft_id).state is DraftState.OPEN
    ward.post(USE, draft_id, ward.plan(USE).fingerprint)
    assert left(ward) == 7


def test_a_count_is_stale_once_something_was_taken(ward: Ward) -> None:
    count = Count((Found(FOLEY, wanted(FOLEY, 9).quantity or 0),), small.ICU)  # type: ignore[arg-type]
    shown, draft_id = ward.plan(count).fingerprint, ward.draft(count)
    ward.do(Consume((wanted(FOLEY, 1),), small.ICU, CASE))
    with pytest.raises(Stale):
        ward.post(count, draft_id, shown)


def test_what_was_recalled_since_is_not_posted(ward: Ward) -> None:
    named = Consume((wanted(FOLEY, 1, "", LotId(5)),), small.ICU, CASE)
    ward.put(FOLEY, 1, at=small.ICU_SHELF_A, lot_id=LotId(5))
    shown, draft_id = ward.plan(named).fingerprint, ward.draft(named)
    brought = small.receive(FOLEY, 1, to=small.ICU_SHELF_A, lot_id=LotId(5))
    with ward.transactions.begin() as uow:
        uow.ledger.post(
            [
                replace(
                    brought,
                    kind=type(brought.kind).STATUS,
                    from_place_id=small.ICU_SHELF_A,
                    to_status=StockStatus.RECALLED,
                )
            ]
        )
        uow.commit()
    with pytest.raises(Stale):
        ward.post(named, draft_id, shown)


# --------------------------------------------------------------------------------------------- overrides


def expired(ward: Ward) -> Consume:
    ward.put(FOLEY, 3, at=small.ICU_SHELF_A, lot_id=FOLEY_OLD)
    return Consume((wanted(FOLEY, 2, "", FOLEY_OLD),), small.ICU, CASE)


def test_a_permitted_role_overrides_with_a_reason_that_is_kept(ward: Ward) -> None:
    receipt = ward.do(expired(ward), who=PHARM, because="  training mannequin ")
    assert ward.moved(receipt)[0].reason == "training mannequin"
    posted, overridden = ward.trail()
    assert (posted.kind, overridden.kind) == (TrailKind.POSTED, TrailKind.OVERRIDDEN)
    assert overridden.detail == "Lot 7A1000 expired on 1 November 2026. Reason: training mannequin"
    assert (overridden.person_id, overridden.receipt_id, overridden.draft_id) == (
        PHARM,
        receipt.id,
        receipt.draft_id,
    )


def test_an_override_needs_the_role_and_the_reason(ward: Ward) -> None:
    action = expired(ward)
    with pytest.raises(Obstructed, match="expired on 1 November 2026"):
        ward.do(action)
    with pytest.raises(NotPermitted, match="A clinician may not override an expired lot"):
        ward.do(action, because="I want it")
    with pytest.raises(Invalid, match="reason"):
        ward.do(action, who=PHARM, because="   ")
    refused = [entry for entry in ward.trail() if entry.kind is TrailKind.REFUSED]
    assert [entry.detail for entry in refused] == [
        "Lot 7A1000 expired on 1 November 2026.",
        "A clinician may not override an expired lot.",
    ]
    assert left(ward) == 18


def test_a_manager_may_override_on_the_nurses_card(ward: Ward) -> None:
    action = expired(ward)
    shown, draft_id = ward.plan(action).fingerprint, ward.draft(action)
    receipt = ward.post(action, draft_id, shown, who=BOSS, because="no other in the house")
    assert receipt.actor_id == BOSS


def test_nothing_lets_what_is_blocked_pass(ward: Ward) -> None:
    action = Transfer((wanted(FOLEY, 100),), small.ICU, small.ED)
    with pytest.raises(Obstructed, match="ICU holds 9"):
        ward.do(action, who=BOSS, because="because")
    missing = Consume((wanted(FOLEY, 1),), small.ICU)
    with pytest.raises(Obstructed, match="Whom is it charged to"):
        ward.do(missing, who=BOSS, because="because")
    assert [entry.kind for entry in ward.trail()] == [
        TrailKind.REFUSED
    ]  # what is missing is asked for, not refused


def test_a_refused_role_is_kept_in_the_trail_though_nothing_was_posted(ward: Ward) -> None:
    with pytest.raises(NotPermitted, match="A buyer may not record use"):
        ward.do(USE, who=BUYER)
    (entry,) = ward.trail()
    assert (entry.kind, entry.deed, entry.person_id, entry.receipt_id) == (
        TrailKind.REFUSED,
        "consume",
        BUYER,
        None,
    )
    assert left(ward) == 15


def test_a_refusal_that_was_only_shown_is_kept_by_who_shows_it(ward: Ward) -> None:
    for who, kept in ((BUYER, True), (small.NURSE, False)):
        plan = ward.plan(USE, who=who)
        with ward.transactions.begin() as uow:
            assert note_refusal(plan, actor=ward.person(who), now=ward.now, uow=uow) is kept
    assert [entry.person_id for entry in ward.trail()] == [BUYER]


# ------------------------------------------------------------------------------------------------ drafts


def open_draft(ward: Ward, who: PersonId = small.NURSE) -> ActionDraft:
    return draft_of(ward, ward.draft(USE, who=who))


def test_a_card_that_is_open_no_more_is_not_posted(ward: Ward) -> None:
    shown = ward.plan(USE).fingerprint
    cancelled, old, late = open_draft(ward), open_draft(ward), open_draft(ward)
    newer = replace(old, id=DraftId(uuid.uuid4()))
    with ward.transactions.begin() as uow:
        assert drafts.cancel(cancelled.id, uow=uow).state is DraftState.CANCELLED
    with ward.transactions.begin() as uow:
        assert drafts.supersede(old.id, by=newer, uow=uow).state is DraftState.SUPERSEDED
    for draft, words in (
        (cancelled, "was cancelled"),
        (old, "newer card"),
    ):
        with pytest.raises(Stale, match=words):
            ward.post(USE, draft.id, shown)
    with pytest.raises(Stale, match="lapsed"):
        ward.post(USE, late.id, shown, now=ward.now + drafts.LIFETIME)
    with pytest.raises(UnknownRecord):
        ward.post(USE, DraftId(uuid.uuid4()), shown)
    assert left(ward) == 15
    ward.post(USE, newer.id, shown)
    assert left(ward) == 8


def test_cards_lapse_once_and_only_where_they_are_open(ward: Ward) -> None:
    first, second = open_draft(ward), open_draft(ward)
    ward.post(USE, second.id, ward.plan(USE).fingerprint)
    later = ward.now + drafts.LIFETIME
    with ward.transactions.begin() as uow:
        assert [draft.id for draft in drafts.expire(now=later, uow=uow)] == [first.id]
    with ward.transactions.begin() as uow:
        assert drafts.expire(now=later, uow=uow) == []
    assert draft_of(ward, first.id).state is DraftState.EXPIRED


def test_a_posted_card_stays_posted_whoever_cancels_it(ward: Ward) -> None:
    draft = open_draft(ward)
    ward.post(USE, draft.id, ward.plan(USE).fingerprint)
    with ward.transactions.begin() as uow:
        assert drafts.cancel(draft.id, uow=uow).state is DraftState.POSTED


def test_a_click_and_a_cancelling_at_once_end_in_one_of_both(ward: Ward) -> None:
    shown = ward.plan(USE).fingerprint
    for _ in range(5):
        draft, before = open_draft(ward), left(ward)
        shown = ward.plan(USE).fingerprint

        def click(draft_id: DraftId = draft.id, shown: str = shown) -> str:
            return ward.post(USE, draft_id, shown).number

        def cancel(draft_id: DraftId = draft.id) -> str:
            with ward.transactions.begin() as uow:
                return drafts.cancel(draft_id, uow=uow).state.value

        clicked, cancelled = at_once(click, cancel)
        if isinstance(clicked, str):
            assert (cancelled, left(ward)) == ("posted", before - 7)
        else:
            assert isinstance(clicked, Conflict)
            assert (cancelled, left(ward)) == ("cancelled", before)


# ---------------------------------------------------------------------------------------------- receipts


def test_a_receipt_says_who_what_where_and_asks_for_a_count_where_the_books_went_below_zero(
    ward: Ward,
) -> None:
    receipt = ward.do(
        Consume((wanted(FOLEY, 11), Wanted(small.GLOVE, wanted(FOLEY, 2).quantity)), small.ICU, CASE)
    )
    with ward.transactions.reading() as uow:
        nurse = show(receipt.id, reader=ward.person(small.NURSE), uow=uow)
        tech = show(receipt.id, reader=ward.person(TECH), uow=uow)
    assert nurse.actor == f"Person {small.NURSE}"
    assert [(line.item.id, line.quantity, line.lot_number) for line in nurse.lines] == [
        (FOLEY, 5, "8J-2210"),
        (FOLEY, 6, "9K3001"),
        (small.GLOVE, 2, ""),
    ]
    assert [(due.item.id, due.place.name, due.on_hand) for due in nurse.counts_due] == [
        (FOLEY, "Shelf B", -2)
    ]
    assert nurse.target is not None
    assert (nurse.target.label, nurse.target.patient) == ("C-991, Dr. Chen", "…4821")
    assert tech.target is not None
    assert tech.target.patient == ""
    assert nurse.may_undo
    assert not tech.may_undo
    assert tech.undo_refused == "A technician may not undo what others did. Ask a manager."


def test_no_patient_is_named_in_the_trail_or_on_a_card(ward: Ward) -> None:
    ward.do(USE)
    assert "4821" not in "".join(entry.detail for entry in ward.trail())
    assert "4821" not in repr(ward.plan(USE, who=TECH))
