"""Which message shows a draft or a requisition is kept beside its version, on both databases."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.model.receipt import ActionDraft, DraftId, DraftState
from domain.model.requisition import RequisitionId, RequisitionLine, RequisitionOrder, RequisitionState
from domain.store import Store
from tests import small_hospital as north

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
ID = DraftId(uuid.UUID("0199c0de-0000-7000-8000-000000000001"))
DRAFT = ActionDraft(
    ID, north.NORTH, north.NURSE, "C1", "16.0", "consume", "{}", DraftState.OPEN, 1, NOW, NOW + timedelta(minutes=30)
)  # fmt: skip


def test_a_drafts_card_is_kept_without_a_new_version_and_survives_a_writer_who_did_not_know(
    store: Store,
) -> None:
    north.fill(store.transactions)
    with store.transactions.begin() as uow:
        assert uow.drafts.add(DRAFT)
        uow.drafts.shown_as(ID, "17.1")
        uow.commit()
    with store.transactions.begin() as uow:
        assert uow.drafts.get(ID) == replace(DRAFT, message="17.1")
        assert uow.drafts.change(replace(DRAFT, version=2, body='{"a":1}'))
        uow.commit()
    with store.transactions.reading() as uow:
        after = uow.drafts.get(ID)
    assert (after.message, after.version, after.body) == ("17.1", 2, '{"a":1}')


def test_a_card_of_nothing_that_is_known_is_left(store: Store) -> None:
    north.fill(store.transactions)
    with store.transactions.begin() as uow:
        uow.drafts.shown_as(ID, "17.1")
        uow.requisitions.shown_as(north.NORTH, RequisitionId(7), "17.1")
        uow.commit()


def test_the_stores_card_of_a_requisition_is_kept_likewise(store: Store) -> None:
    north.fill(store.transactions)
    wanted = RequisitionOrder(
        RequisitionId(0), north.NORTH, ID, north.NURSE, north.ED, north.ICU, RequisitionState.ASKED,
        (RequisitionLine(1, north.FOLEY, 4),), NOW, NOW,
    )  # fmt: skip
    with store.transactions.begin() as uow:
        order = uow.requisitions.add(wanted)
        uow.requisitions.shown_as(north.NORTH, order.id, "18.2")
        assert uow.requisitions.change(replace(order, version=2, state=RequisitionState.CANCELLED))
        uow.commit()
    with store.transactions.reading() as uow:
        after = uow.requisitions.get(north.NORTH, order.id)
    assert (after.store_message, after.version, after.state) == ("18.2", 2, RequisitionState.CANCELLED)
