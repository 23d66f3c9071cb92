from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from domain.demo import Hospital, hospital
from domain.model.ids import ItemId, LotId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.movement import Movement, StockKey, stock_effects
from domain.model.place import PlaceTree

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class PaperVault:
    """Seals nothing: the same text gives the same bytes, so that whole hospitals can be compared."""

    def seal(self, text: str) -> bytes:
        return b"sealed " + text.encode()

    def open(self, sealed: bytes) -> str:
        return sealed.removeprefix(b"sealed ").decode()

    def digest(self, text: str) -> bytes:
        return sha256(text.encode()).digest()

    def digests(self, text: str) -> tuple[bytes, ...]:
        return (self.digest(text),)


@dataclass(frozen=True)
class Morning:
    """The demo hospital with its ledger replayed by the model's own rules."""

    hospital: Hospital
    tree: PlaceTree
    items: dict[ItemId, Item]
    lots: dict[LotId, Lot]
    movements: list[Movement]
    on_hand: Counter[StockKey]
    reserved: Counter[StockKey]
    lowest: Counter[StockKey]
    """The deepest each balance ever went below zero."""


@pytest.fixture(scope="session")
def vault() -> PaperVault:
    return PaperVault()


@pytest.fixture(scope="session")
def made(vault: PaperVault) -> Hospital:
    return hospital(seed=7, today=TODAY, now=NOW, vault=vault)


@pytest.fixture(scope="session")
def morning(made: Hospital) -> Morning:
    on_hand: Counter[StockKey] = Counter()
    reserved: Counter[StockKey] = Counter()
    lowest: Counter[StockKey] = Counter()
    movements = list(made.movements())
    for movement in movements:
        for effect in stock_effects(movement):
            on_hand[effect.key] += effect.on_hand
            reserved[effect.key] += effect.reserved
            lowest[effect.key] = min(lowest[effect.key], on_hand[effect.key])
    return Morning(
        hospital=made,
        tree=PlaceTree(made.places),
        items={item.id: item for item in made.items()},
        lots={lot.id: lot for lot in made.lots()},
        movements=movements,
        on_hand=Counter({key: held for key, held in on_hand.items() if held}),
        reserved=Counter({key: held for key, held in reserved.items() if held}),
        lowest=lowest,
    )
