"""Codes as they stand on real labels, and the mistakes that stand there too."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import InvalidIdentifier
from domain.udi import own
from domain.udi.check_digits import hibc_check_character
from domain.udi.parse import parse_symbol, parse_typed
from domain.udi.reading import Agency, Doubt, Udi
from domain.udi.symbol import FNC1, Symbol, Symbology

TODAY = date(2026, 11, 22)
GTIN = "00614141999996"


def read(text: str, *, identifier: str = "]C1", symbology: Symbology = Symbology.CODE_128) -> Udi:
    return parse_symbol(Symbol(symbology, text, text.encode(errors="replace"), identifier), today=TODAY)


def hibc(body: str) -> str:
    return body + hibc_check_character(body)


class TestDates:
    def test_day_zero_is_the_last_of_its_month_and_said_so(self) -> None:
        udi = read(f"01{GTIN}17280200")
        assert udi.expiry == date(2028, 2, 29)
        assert Doubt.DAY_UNKNOWN in udi.doubts

    def test_the_century_turns_fifty_years_ahead(self) -> None:
        assert read(f"01{GTIN}17761231").expiry == date(2076, 12, 31)
        assert read(f"01{GTIN}17771231").expiry == date(1977, 12, 31)

    @pytest.mark.parametrize("digits", ["000000", "281301", "280230", "289999"])
    def test_a_date_in_no_calendar_leaves_the_other_elements_readable(self, digits: str) -> None:
        udi = read(f"01{GTIN}17{digits}10AB12")
        assert udi.expiry is None
        assert udi.lot == "AB12"
        assert Doubt.NOT_A_DATE in udi.doubts

    def test_expiry_with_a_time_has_a_day_always(self) -> None:
        assert read(f"01{GTIN}70032812310815").expiry == date(2028, 12, 31)
        assert Doubt.NOT_A_DATE in read(f"01{GTIN}70032812000815").doubts


class TestGs1:
    def test_lot_and_serial_end_at_the_separator(self) -> None:
        udi = read(f"01{GTIN}10AB12{FNC1}21S9")
        assert (udi.di, udi.lot, udi.serial, udi.alternatives) == (GTIN, "AB12", "S9", ())

    def test_both_readings_of_a_forgotten_separator_are_shown(self) -> None:
        udi = read("10AB1221S9")
        assert [(r.lot, r.serial) for r in (udi, *udi.alternatives)] == [("AB1221S9", ""), ("AB12", "S9")]

    def test_a_lot_that_merely_ends_in_digits_is_not_doubted(self) -> None:
        assert read(f"01{GTIN}17281231107741").alternatives == ()

    def test_a_date_behind_a_lot_is_seen_even_where_separators_stand_elsewhere(self) -> None:
        udi = read(f"01{GTIN}10LOT717281231{FNC1}21S9")
        assert ("LOT7", date(2028, 12, 31), "S9") in {(r.lot, r.expiry, r.serial) for r in udi.alternatives}

    def test_an_element_beyond_its_length_says_so(self) -> None:
        udi = read(f"01{GTIN}10{'A' * 21}")
        assert Doubt.TOO_LONG in udi.doubts
        assert udi.lot == "A" * 21

    def test_what_follows_a_short_element_of_set_length_is_another_reading(self) -> None:
        udi = read(f"01{GTIN}42284010AB12")
        assert {Doubt.TOO_LONG, Doubt.UNTERMINATED} <= set(udi.doubts)
        assert [r.lot for r in udi.alternatives] == ["AB12"]

    def test_two_different_lots_are_two_readings(self) -> None:
        udi = read(f"01{GTIN}10A{FNC1}10B")
        assert Doubt.TWICE in udi.doubts
        assert {r.lot for r in (udi, *udi.alternatives)} == {"A", "B"}

    def test_the_same_lot_said_twice_is_one(self) -> None:
        assert read(f"01{GTIN}10A{FNC1}10A").doubts == ()

    def test_a_code_without_a_product_says_that_it_belongs_to_another(self) -> None:
        assert read("1728123110AB12").doubts == (Doubt.NO_DI,)

    @pytest.mark.parametrize("element", ["422999", "3910000100", "4307XX", "8006" + GTIN + "0301", "4300A%2"])
    def test_values_that_biip_lets_pass_are_doubted(self, element: str) -> None:
        assert Doubt.NOT_ALLOWED in read(f"01{GTIN}{element}").doubts

    @pytest.mark.parametrize(
        "element", ["422840", "3910840100", "4307US", "8006" + GTIN + "0103", "4300A%20B"]
    )
    def test_values_that_are_right_are_not_doubted(self, element: str) -> None:
        assert read(f"01{GTIN}{element}").doubts == ()

    def test_a_wrong_check_digit_is_doubted_and_kept(self) -> None:
        udi = read("0100614141999991")
        assert udi.gtin == "00614141999991"
        assert udi.doubts == (Doubt.CHECK_DIGIT,)

    def test_an_element_in_no_table_is_kept_and_doubted(self) -> None:
        udi = read(f"01{GTIN}17281231{FNC1}05ABC")
        assert udi.elements[-1] == ("", "05ABC")
        assert Doubt.UNKNOWN_ELEMENT in udi.doubts

    def test_a_pallet_has_its_sscc_and_what_it_holds(self) -> None:
        udi = read(f"0000614141000000001802{GTIN}3712")
        assert (udi.sscc, udi.gtin, udi.quantity) == ("006141410000000018", GTIN, 12)

    @pytest.mark.parametrize("text", ["", FNC1, "ABC", "05123", f"01{GTIN}10A\x00", f"01{GTIN}10Ä", "]C1"])
    def test_what_is_no_gs1_code_is_refused_by_name(self, text: str) -> None:
        with pytest.raises(InvalidIdentifier):
            read(text)


class TestSymbols:
    def test_gs1_text_in_a_plain_symbol_is_read_with_a_doubt(self) -> None:
        udi = read(f"01{GTIN}17281231", identifier="]C0")
        assert udi.gtin == GTIN
        assert Doubt.PLAIN_SYMBOL in udi.doubts

    @pytest.mark.parametrize("text", ["1012345", "2112345678", "0112345678901234", "30123"])
    def test_digits_that_begin_like_an_identifier_stay_what_they_are(self, text: str) -> None:
        udi = read(text, identifier="]C0")
        assert (udi.agency, udi.di) == (Agency.NONE, text)

    def test_a_separator_inside_tells_what_the_decoder_does_not(self) -> None:
        assert Doubt.PLAIN_SYMBOL not in read(f"01{GTIN}10A{FNC1}21B", identifier="").doubts

    def test_an_ean_is_a_product_number_and_nothing_else(self) -> None:
        udi = read("9501101530003", identifier="]E0", symbology=Symbology.EAN_13)
        assert udi.gtin == "09501101530003"
        assert udi.elements == (("01", "09501101530003"),)
        assert udi.doubts == (Doubt.PLAIN_GTIN,)

    def test_upc_e_is_expanded(self) -> None:
        assert read("04252614", identifier="]E0", symbology=Symbology.UPC_E).gtin == "00042100005264"

    def test_itf_needs_its_check_digit(self) -> None:
        assert read("10614141999993", identifier="]I1", symbology=Symbology.ITF).gtin == "10614141999993"
        with pytest.raises(InvalidIdentifier):
            read("10614141999990", identifier="]I1", symbology=Symbology.ITF)

    def test_databar_is_a_product_number_with_or_without_its_identifier(self) -> None:
        assert read(GTIN, identifier="]e0", symbology=Symbology.DATABAR).gtin == GTIN
        assert read(f"01{GTIN}", identifier="]e0", symbology=Symbology.DATABAR).gtin == GTIN

    def test_brackets_are_never_data(self) -> None:
        with pytest.raises(InvalidIdentifier):
            read(f"(01){GTIN}")

    @pytest.mark.parametrize("text", ["https://example.org/about", "WIFI:S:guest;;", "mailto:a@b.c"])
    def test_addresses_are_no_products(self, text: str) -> None:
        with pytest.raises(InvalidIdentifier):
            read(text, identifier="]Q1", symbology=Symbology.QR)

    def test_a_compressed_link_is_named_as_such(self) -> None:
        with pytest.raises(InvalidIdentifier, match="compressed"):
            read("https://id.gs1.org/ARHjgASbcQwtNg", identifier="]Q1", symbology=Symbology.QR)


class TestHibc:
    def test_a_check_character_that_is_a_space_is_part_of_the_code(self) -> None:
        body = next(
            f"+A123{letter}{n}1"
            for letter in "ABXYZ"
            for n in range(1, 99)
            if hibc_check_character(f"+A123{letter}{n}1") == " "
        )
        assert read(f"{body} ", identifier="]C0").di == body
        assert parse_typed(body, today=TODAY).di == body

    @pytest.mark.parametrize(
        ("written", "expiry"),
        [
            ("0928", date(2028, 9, 30)), ("1228", date(2028, 12, 31)), ("2092828", date(2028, 9, 28)), ("3280928", date(2028, 9, 28)),
            ("428092815", date(2028, 9, 28)), ("528272", date(2028, 9, 28)), ("62827215", date(2028, 9, 28)), ("7", None),
        ],
    )  # fmt: skip
    def test_every_date_flag(self, written: str, expiry: date | None) -> None:
        udi = read(hibc(f"+A123BJC5D6E71/$${written}LOT7"), identifier="]C0")
        assert (udi.expiry, udi.lot) == (expiry, "LOT7")

    def test_quantities_of_two_and_of_five_digits(self) -> None:
        assert read(hibc("+A123X1/$$8243280928L"), identifier="]C0").quantity == 24
        assert read(hibc("+A123X1/$$9001003280928L"), identifier="]C0").quantity == 100

    def test_supplements(self) -> None:
        udi = read(hibc("+A123X1/$$0928L/SS77/16D20250102/14D20280915/Q12"), identifier="]C0")
        assert (udi.lot, udi.serial, udi.made, udi.expiry, udi.quantity) == (
            "L",
            "S77",
            date(2025, 1, 2),
            date(2028, 9, 15),
            12,
        )
        assert Doubt.DAY_UNKNOWN not in udi.doubts

    def test_a_mistyped_character_is_refused_and_the_right_one_said(self) -> None:
        with pytest.raises(InvalidIdentifier, match="should be G"):
            parse_typed("+A123BJC5D6E71H", today=TODAY)


class TestIsbt:
    def test_the_device_form_of_tissue(self) -> None:
        udi = read(
            "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123",
            identifier="]C0",
        )
        assert (udi.di, udi.serial, udi.lot) == ("A9999XYZ100T0944", "000025", "000000000000XYZ123")
        assert (udi.expiry, udi.made) == (date(2014, 2, 1), date(2013, 2, 1))
        assert ("DIN", "A99971312345600") in udi.elements

    def test_a_patients_number_is_never_kept(self) -> None:
        udi = read("=>029365&#01MRN4711", identifier="]C0")
        assert "4711" not in repr(udi)

    def test_a_structure_that_is_cut_short_is_refused(self) -> None:
        with pytest.raises(InvalidIdentifier):
            read("=/A9999XYZ", identifier="]C0")


class TestTyped:
    @pytest.mark.parametrize(
        "typed",
        [
            f"(01){GTIN}(17)281231(10)AB12(21)S9",
            f"(01) {GTIN}\n(17) 281231 (10)AB12 (21)S9",
            f"[01]{GTIN}[17]281231[10]AB12[21]S9",
            f"01{GTIN}1728123110AB12<GS>21S9",
            f"01 {GTIN} 17 281231 10 AB12 21 S9",
            f"]C101{GTIN}1728123110AB12{{FNC1}}21S9",
            f"https://id.gs1.org/01/{GTIN}/10/AB12/21/S9?17=281231",
            "（01）00614141999996（17）281231（10）AB12（21）S9",
        ],
    )
    def test_the_forms_people_type(self, typed: str) -> None:
        udi = parse_typed(typed, today=TODAY)
        assert (udi.gtin, udi.lot, udi.serial, udi.expiry) == (GTIN, "AB12", "S9", date(2028, 12, 31))
        assert udi.alternatives == ()

    def test_a_mistyped_product_number_is_refused_with_the_digit_that_fits(self) -> None:
        with pytest.raises(InvalidIdentifier, match="should be 6"):
            parse_typed("(01)00614141999991", today=TODAY)

    def test_item_numbers_and_short_product_numbers(self) -> None:
        assert parse_typed("614141999996", today=TODAY).gtin == GTIN
        assert parse_typed("GLV-1002", today=TODAY).agency is Agency.NONE
        assert parse_typed("10023456", today=TODAY).di == "10023456"
        assert parse_typed(own.item_text("100234").lower(), today=TODAY).agency is Agency.OWN

    @pytest.mark.parametrize("typed", ["where are 7.5 gloves", "", "   ", "PLY-P-1-5-AAAA", "()", "(99"])
    def test_sentences_and_scraps_are_refused(self, typed: str) -> None:
        with pytest.raises(InvalidIdentifier):
            parse_typed(typed, today=TODAY)
