from __future__ import annotations

import pytest

from bot.vault import FernetVault
from domain.model.ids import PlaceId
from domain.model.place import Place, PlaceKind
from domain.store import Store
from domain.usecases.admin.check_ledger import check_ledger
from tests import small_hospital as small
from tests.integration.act.ward import SUTURE, SUTURE_LOT, Ward, stocked

KEY = "c2l4dGVlbiBieXRlcyBvZiBrZXlzaXh0ZWVuIGJ5dGU="


@pytest.fixture
def vault() -> FernetVault:
    return FernetVault(KEY)


@pytest.fixture
def hospital(store: Store) -> Store:
    """A store with the two small hospitals, nothing on the shelves."""
    small.fill(store.transactions)
    return store


CENTRAL, CENTRAL_SHELF, CORE = PlaceId(40), PlaceId(41), PlaceId(50)
STORES = (
    Place(CENTRAL, small.NORTH, PlaceId(1), PlaceKind.STOREROOM, "Central", floor=4, x=100),
    Place(CENTRAL_SHELF, small.NORTH, CENTRAL, PlaceKind.SHELF, "Shelf C1", floor=4, x=100),
    Place(CORE, small.NORTH, PlaceId(1), PlaceKind.CORE, "Core", floor=4, x=20),
)


@pytest.fixture
def ward(store: Store) -> Ward:
    """The stocked ward, with a storeroom far away and a core close by: 20 early foleys and 90 sutures in the one, 8 late in the other."""
    made = stocked(store.transactions)
    with store.transactions.begin() as uow:
        uow.loading.facilities([], STORES)
        uow.commit()
    made.put(small.FOLEY, 20, at=CENTRAL_SHELF, lot_id=small.FOLEY_EARLY)
    made.put(SUTURE, 90, at=CENTRAL_SHELF, lot_id=SUTURE_LOT, unit_cost="4")
    made.put(small.FOLEY, 8, at=CORE, lot_id=small.FOLEY_LATE, unit_cost="3.10")
    return made


def sound(ward: Ward) -> bool:
    return check_ledger(ward.transactions, on_difference=print).sound
