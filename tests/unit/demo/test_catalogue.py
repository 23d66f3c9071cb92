from __future__ import annotations

from collections import Counter

import pytest

from domain.demo.catalogue import Catalogue, products
from domain.model.item import Identifier, IdentifierKind, Item, Tracking
from domain.udi.check_digits import gs1_is_valid, hibc_check_character
from tests.unit.demo.conftest import Morning


def _codes(items: list[Item], kind: IdentifierKind) -> list[Identifier]:
    return [code for item in items for code in item.identifiers if code.kind is kind]


def _named(morning: Morning, words: str) -> list[Item]:
    wanted = words.casefold().split()
    return [
        item
        for item in morning.items.values()
        if all(any(word in text.casefold() for text in (item.name, *item.synonyms)) for word in wanted)
    ]


def test_there_are_more_than_twelve_hundred_products_of_many_kinds(morning: Morning) -> None:
    items = list(morning.items.values())
    assert 1200 <= len(items) <= 1700
    assert len({item.family for item in items}) > 600
    assert len({item.category for item in items}) >= 12


def test_numbers_names_and_identifiers_are_unique(morning: Morning) -> None:
    items = list(morning.items.values())
    for values in (
        [item.number for item in items],
        [item.name.casefold() for item in items],
        [code.value for code in _codes(items, IdentifierKind.GTIN)],
        [code.value for code in _codes(items, IdentifierKind.HIBC)],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_every_gtin_has_its_check_digit_and_the_indicator_of_its_pack(morning: Morning) -> None:
    for item in morning.items.values():
        levels = [item.base_unit, *(pack.unit for pack in item.packs)]
        gtins = [code for code in item.identifiers if code.kind is IdentifierKind.GTIN]
        assert gtins == [] or [code.pack_unit for code in gtins] == levels
        for code in gtins:
            assert gs1_is_valid(code.value)
            assert int(code.value[0]) == levels.index(code.pack_unit)
            assert code.value[1:4] == "952", "only the demonstration prefix belongs to no company"


def test_hibc_primaries_are_well_formed_and_end_with_the_pack_level(morning: Morning) -> None:
    codes = _codes(list(morning.items.values()), IdentifierKind.HIBC)
    assert len(codes) > 50
    for code in codes:
        assert code.value.startswith("+")
        assert code.value[1].isalpha()
        assert code.value[-1].isdigit()
        assert len(code.value) <= 1 + 4 + 18 + 1
        assert len(hibc_check_character(code.value)) == 1


def test_every_item_can_be_bought_by_a_pack_it_comes_in(morning: Morning) -> None:
    suppliers = {supplier.id: supplier for supplier in morning.hospital.suppliers}
    for item in morning.items.values():
        offer = item.best_offer
        assert offer is not None
        assert offer.preferred
        assert offer.price > 0
        assert offer.lead_days >= 1
        assert offer.supplier_name == suppliers[offer.supplier_id].name
        item.pack(offer.pack_unit)
        assert not item.consigned or suppliers[offer.supplier_id].consigns


def test_substitutes_are_other_items_of_the_same_size(morning: Morning) -> None:
    monocryl = next(i for i in morning.items.values() if i.name == "Monocryl suture, PS-2 needle, 27 in, 4-0")
    assert {morning.items[s.item_id].size for s in monocryl.substitutes} == {"4-0"}
    assert "Biosyn suture, P-12 needle, 18 in, 4-0" in [
        morning.items[s.item_id].name for s in monocryl.substitutes
    ]
    for item in morning.items.values():
        assert item.id not in [substitute.item_id for substitute in item.substitutes]
        assert [substitute.rank for substitute in item.substitutes] == list(
            range(1, len(item.substitutes) + 1)
        )


@pytest.mark.parametrize(
    "words",
    [
        "gloves 7.5", "foley 16 fr", "etts 7.0", "vicryl 3-0", "chest tubes 28 fr", "xience 3.0 x 18", "tegaderm",
        "lma 4", "zoll pads", "bakri", "amnihooks", "aquacel ag 4 x 4", "n95s", "bougies", "kerlix", "chux", "picc kits",
        "sheaths 6 fr", "omnipaque 350", "ligasure maryland", "surgiflo", "dermabond", "roth net", "splint rolls 4 in",
        "uncuffed 2.5", "insyte 18 ga", "whitacre 25 ga", "swivelock 4.75", "propofol", "batteries aa", "peel packs",
        "salem sumps 12 fr", "coude 18 fr", "leg bags", "dantrolene", "tisseel", "trach ties", "evd kit", "blood tubing",
    ],
)  # fmt: skip
def test_what_wards_ask_for_is_kept(morning: Morning, words: str) -> None:
    assert _named(morning, words)


def test_implants_are_consigned_or_tracked_by_serial(morning: Morning) -> None:
    stem = next(item for item in morning.items.values() if item.family == "Femoral stem, cementless")
    assert stem.consigned
    assert stem.tracking is Tracking.SERIAL
    assert stem.chargeable


def test_larger_scales_add_distinct_items_after_the_first_ones() -> None:
    small, large = products(1), products(4)
    assert len(large) == 4800
    assert [p.name for p in large[: len(small)]] == [p.name for p in small]
    assert len({p.name.casefold() for p in large}) == len(large)
    gtins = [code.value for code in _codes(list(Catalogue(large)), IdentifierKind.GTIN)]
    assert len(set(gtins)) == len(gtins)


def test_no_name_says_its_size_twice_in_a_row(morning: Morning) -> None:
    for item in morning.items.values():
        twice = f" {item.size}, {item.size}".casefold()
        assert not item.size or not item.name.casefold().endswith(twice)
