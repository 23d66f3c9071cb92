"""A1 and A2: what is used and moved, by which lots, and what stands against it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.model.ids import LotId
from domain.model.movement import MovementKind, StockStatus
from domain.store import Store
from domain.usecases.act.requests import Consume
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.ward import (
    CASE,
    Ward,
    stocked,
    wanted,
)

AVAILABLE, IN_TRANSIT, RECALLED = StockStatus.AVAILABLE, StockStatus.IN_TRANSIT, StockStatus.RECALLED


@pytest.fixture
def ward(store: Store) -> Ward:
    return stocked(store.transactions)


def used(item_id: object, quantity: int | str | None, unit: str = "", *lots: LotId) -> Consume:
    return Consume((wanted(item_id, quantity, unit, *lots),), small.ICU, CASE)  # type: ignore[arg-type]


def test_what_is_used_is_taken_first_expired_first_over_lots_and_shelves(ward: Ward) -> None:
    receipt = ward.do(used(small.FOLEY, 7))
    moved = ward.moved(receipt)
    assert [(one.lot_id, one.from_place_id, one.quantity, one.unit_cost) for one in moved] == [
        (small.FOLEY_EARLY, small.ICU_SHELF_A, 5, Decimal("2.35")),
        (small.FOLEY_LATE, small.ICU_SHELF_B, 2, Decimal("3.10")),
    ]
    assert {one.kind for one in moved} == {MovementKind.CONSUME}
    assert ward.stock(small.FOLEY, at=small.ICU_SHELF_B) == {(small.FOLEY_LATE, AVAILABLE): 2}
    assert check_ledger(ward.transactions).sound
