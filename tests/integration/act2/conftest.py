from __future__ import annotations

import pytest

from bot.vault import FernetVault
from domain.store import Store
from tests import small_hospital as small

KEY = "c2l4dGVlbiBieXRlcyBvZiBrZXlzaXh0ZWVuIGJ5dGU="


@pytest.fixture
def vault() -> FernetVault:
    return FernetVault(KEY)


@pytest.fixture
def hospital(store: Store) -> Store:
    """A store with the two small hospitals, nothing on the shelves."""
    small.fill(store.transactions)
    return store
