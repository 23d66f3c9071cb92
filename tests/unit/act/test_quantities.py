"""Packs come to whole base units exactly, or are refused with what could be meant."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.errors import InvalidQuantity
from domain.model.ids import ItemId
from domain.model.item import Item, Pack
from domain.usecases.act.quantities import base_units, some

SUTURE = Item(
    ItemId(1), "1", "Suture", "Suture", "4-0", "Sutures", "", "", "each",
    packs=(Pack("box", 25), Pack("case", 300)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "unit", "whole"),
    [
        ("3", "", 3),
        ("3", "each", 3),
        ("2", "box", 50),
        ("0.2", "box", 5),
        ("0.5", "case", 150),
        ("1.0", "", 1),
    ],
)
def test_a_quantity_of_a_pack_comes_to_base_units(quantity: str, unit: str, whole: int) -> None:
    assert base_units(SUTURE, quantity=Decimal(quantity), unit=unit) == whole


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        ("0.5", "box", "A box holds 25 each; say 12 or 13."),
        ("0.01", "box", "A box holds 25 each; say 1."),
        ("1.5", "", "Suture is counted in whole each; say 1 or 2."),
        ("0", "", "A quantity is one or more, not 0."),
        ("-2", "", "A quantity is one or more, not -2."),
        ("1", "pallet", "Suture comes by each, box, case, not by pallet."),
        ("1000001", "", "One line holds 1,000,000 each at most; split it, if it is right."),
        ("NaN", "", "A quantity is a number."),
        ("Infinity", "box", "A quantity is a number."),
    ],
)
def test_what_is_no_whole_number_is_refused_with_what_could_be_meant(
    quantity: str, unit: str, words: str
) -> None:
    with pytest.raises(InvalidQuantity) as refused:
        base_units(SUTURE, quantity=Decimal(quantity), unit=unit)
    assert str(refused.value) == words


def test_a_count_may_find_none_but_not_less() -> None:
    assert base_units(SUTURE, quantity=Decimal(0), unit="", least=0) == 0
    with pytest.raises(InvalidQuantity, match="zero or more"):
        base_units(SUTURE, quantity=Decimal(-1), unit="", least=0)


def test_a_size_is_said_with_its_item() -> None:
    assert some(1200, SUTURE) == "1,200 Suture 4-0"
