"""Symbols of one picture: what belongs together is put together, what might belong to two is not."""

from __future__ import annotations

from datetime import date

from domain.model.ids import FacilityId, PlaceId
from domain.udi import own
from domain.udi.check_digits import hibc_check_character
from domain.udi.merge import read_symbols
from domain.udi.reading import Agency, Doubt, PictureRead, PlaceCode
from domain.udi.symbol import FNC1, Symbol, Symbology

TODAY = date(2026, 11, 22)
ONE, OTHER = "00614141999996", "10614141999993"


def at(
    text: str,
    x: int,
    y: int,
    *,
    width: int = 300,
    height: int = 60,
    kind: Symbology = Symbology.CODE_128,
    identifier: str = "]C1",
) -> Symbol:
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Symbol(kind, text, text.encode(), identifier, corners)


def ean(text: str, x: int, y: int) -> Symbol:
    return at(text, x, y, width=200, height=90, kind=Symbology.EAN_13, identifier="]E0")


def read(*symbols: Symbol) -> PictureRead:
    return read_symbols(symbols, today=TODAY)


def test_product_here_and_lot_there_are_one_label() -> None:
    found = read(at(f"01{ONE}", 0, 0), at("1728123110AB12", 0, 80))
    (label,) = found.labels
    assert (label.udi.gtin, label.udi.lot, label.udi.expiry) == (ONE, "AB12", date(2028, 12, 31))
    assert label.symbols == (0, 1)
    assert Doubt.NO_DI not in label.udi.doubts


def test_three_symbols_of_one_label() -> None:
    (label,) = read(at("21S9", 0, 160), at("1728123110AB12", 0, 80), at(f"01{ONE}", 0, 0)).labels
    assert (label.udi.lot, label.udi.serial, label.symbols) == ("AB12", "S9", (0, 1, 2))


def test_an_ean_beside_the_full_code_of_its_product_is_the_same_label() -> None:
    found = read(ean("0614141999996", 0, 0), at(f"01{ONE}1728123110AB12", 0, 150))
    (label,) = found.labels
    assert (label.udi.lot, label.copies) == ("AB12", 1)
    assert Doubt.PLAIN_GTIN not in label.udi.doubts


def test_two_labels_each_take_their_own_lot() -> None:
    found = read(
        at(f"01{ONE}", 0, 0), at("10LOTA", 0, 80), at(f"01{OTHER}", 1500, 0), at("10LOTB", 1500, 80),
    )  # fmt: skip
    assert [(label.udi.gtin, label.udi.lot) for label in found.labels] == [(ONE, "LOTA"), (OTHER, "LOTB")]
    assert found.problems == ()


def test_a_lot_between_two_products_is_given_to_neither_and_said_so() -> None:
    found = read(at(f"01{ONE}", 0, 0), at("10LOTA", 0, 100), at(f"01{OTHER}", 0, 200))
    assert [label.udi.lot for label in found.labels if label.udi.gtin] == ["", ""]
    assert len(found.problems) == 1
    assert "more than one label" in found.problems[0]


def test_a_lot_far_away_is_of_another_package() -> None:
    found = read(at(f"01{ONE}", 0, 0), at("10LOTA", 0, 3000))
    assert len(found.labels) == 2
    assert found.problems


def test_a_lot_whose_own_product_was_not_read_is_not_given_to_the_next_package() -> None:
    rows = [(f"01{ONE}", "10LOTA"), (f"01{OTHER}", "10LOTB"), ("", "10LOTC"), ("0120614141999990", "")]
    symbols = [
        at(text, 420 * number, 90 * line)
        for number, pair in enumerate(rows)
        for line, text in enumerate(pair)
        if text
    ]
    found = read(*symbols)
    assert {label.udi.lot for label in found.labels if label.udi.gtin} == {"LOTA", "LOTB", ""}
    assert found.problems


def test_codes_without_positions_may_come_in_either_order() -> None:
    (label,) = read(
        Symbol(Symbology.CODE_128, "10LOTA", identifier="]C1"),
        Symbol(Symbology.CODE_128, f"01{ONE}", identifier="]C1"),
    ).labels
    assert (label.udi.gtin, label.udi.lot) == (ONE, "LOTA")


def test_two_square_codes_side_by_side_are_one_label() -> None:
    (label,) = read(
        at(f"01{ONE}", 0, 0, width=60, kind=Symbology.DATA_MATRIX, identifier="]d2"),
        at("1728123110AB12", 200, 0, width=60, kind=Symbology.DATA_MATRIX, identifier="]d2"),
    ).labels
    assert (label.udi.gtin, label.udi.lot) == (ONE, "AB12")


def test_boxes_of_the_same_lot_are_counted() -> None:
    code = f"01{ONE}1728123110AB12"
    (label,) = read(at(code, 0, 0), at(code, 0, 500), at(code, 900, 20)).labels
    assert label.copies == 3
    assert label.symbols == (0, 1, 2)


def test_one_symbol_seen_by_two_decoders_is_one() -> None:
    code = f"01{ONE}1728123110AB12"
    (label,) = read(at(code, 0, 0), at(code, 3, 2, width=296)).labels
    assert label.copies == 1


def test_boxes_with_two_codes_each_are_counted_as_boxes() -> None:
    full = f"01{ONE}1728123110AB12"
    (label,) = read(
        ean("0614141999996", 0, 0), at(full, 0, 120), ean("0614141999996", 2000, 0), at(full, 2000, 120)
    ).labels
    assert label.copies == 2


def test_different_lots_of_one_product_are_two_labels() -> None:
    found = read(at(f"01{ONE}10A1", 0, 0), at(f"01{ONE}10B2", 0, 300))
    assert [label.udi.lot for label in found.labels] == ["A1", "B2"]


def test_hibc_codes_find_each_other_by_the_link_character() -> None:
    symbols = []
    for pcn, lot, x in (("BJC5D6E7", "LOT7", 0), ("ZZ9", "LOT8", 40)):
        primary = f"+A123{pcn}1"
        link = hibc_check_character(primary)
        second = f"+$${'3281231'}{lot}{link}"
        symbols += [
            at(primary + link, x, 0, identifier="]C0"),
            at(second + hibc_check_character(second), 40 - x, 100, identifier="]C0"),
        ]
    found = read(*symbols)
    assert {(label.udi.di, label.udi.lot) for label in found.labels} == {
        ("+A123BJC5D6E71", "LOT7"),
        ("+A123ZZ91", "LOT8"),
    }


def test_a_shelf_label_sets_the_place_and_is_no_product() -> None:
    code = PlaceCode(FacilityId(1), PlaceId(532))
    found = read(at(own.place_text(code), 0, 0, kind=Symbology.QR, identifier="]Q1"), at(f"01{ONE}", 0, 400))
    assert found.places == (code,)
    assert [label.udi.gtin for label in found.labels] == [ONE]


def test_a_shelf_label_in_gs1_128_is_read_too() -> None:
    code = PlaceCode(FacilityId(1), PlaceId(532))
    assert read(at(f"99{own.place_text(code)}", 0, 0)) == PictureRead(places=(code,))


def test_a_bin_label_is_place_and_item() -> None:
    code = PlaceCode(FacilityId(1), PlaceId(532))
    found = read(at(own.bin_text(code, "100234"), 0, 0, kind=Symbology.DATA_MATRIX, identifier="]d1"))
    assert found.places == (code,)
    (label,) = found.labels
    assert (label.udi.agency, label.udi.di) == (Agency.OWN, "100234")


def test_a_forged_place_label_is_a_problem() -> None:
    found = read(at("PLY-P-1-532-0000", 0, 0, kind=Symbology.QR, identifier="]Q1"))
    assert found.places == ()
    assert len(found.problems) == 1


def test_a_makers_reference_beside_the_identifier_is_no_second_product() -> None:
    found = read(at(f"01{ONE}10A1", 0, 0), at("REF-4711", 0, 80, identifier="]C0"))
    assert len(found.labels) == 1
    assert found.labels[0].symbols == (0, 1)


def test_typed_codes_without_corners_are_joined_by_their_order() -> None:
    texts = (f"01{ONE}", "10LOTA", f"01{OTHER}", "10LOTB")
    found = read(*[Symbol(Symbology.CODE_128, text, identifier="]C1") for text in texts])
    assert [(label.udi.gtin, label.udi.lot) for label in found.labels] == [(ONE, "LOTA"), (OTHER, "LOTB")]


def test_both_readings_of_an_unterminated_lot_survive_the_joining() -> None:
    (label,) = read(at(f"01{ONE}", 0, 0), at("10AB1221S9", 0, 80)).labels
    assert [(r.gtin, r.lot, r.serial) for r in (label.udi, *label.udi.alternatives)] == [
        (ONE, "AB1221S9", ""),
        (ONE, "AB12", "S9"),
    ]


def test_what_is_no_code_of_a_product_is_told_and_the_rest_is_read() -> None:
    found = read(
        at("https://example.org", 0, 0, kind=Symbology.QR, identifier="]Q1"),
        at(f"01{ONE}10A{FNC1}21B", 0, 900),
    )
    assert len(found.labels) == 1
    assert len(found.problems) == 1
