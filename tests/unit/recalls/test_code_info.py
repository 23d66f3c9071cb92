"""What is read out of the free text in which notices name what they mean."""

from __future__ import annotations

from datetime import date

import pytest

from domain.model.recall import CodeSpan, Concern
from domain.usecases.alert.code_info import read_codes, read_products


def only(text: str) -> Concern:
    concerns = read_codes(text).concerns
    assert len(concerns) == 1, concerns
    return concerns[0]


@pytest.mark.parametrize(
    "text",
    [
        "UDI-DI 09529668001323, Lot 8J2210",
        "UDI/DI: (01)09529668001323; Lot Number: 8J-2210",
        "GTIN 9529668001323 Lot # 8j2210",
        "Lot 8J2210 (UDI-DI: 09529668001323)",
        "Device Identifier: 09529668001323. Batch No. 8J2210",
        "(01)09529668001323(17)270331(10)8J2210",
    ],
)
def test_an_identifier_and_its_lot_are_read_however_they_are_written(text: str) -> None:
    concern = only(text)
    assert concern.dis == {"09529668001323"}
    assert concern.lots == {"8J2210"}


def test_a_wrong_check_digit_is_said_and_names_nothing() -> None:
    codes = read_codes("UDI-DI: 09529668001324")
    assert codes.concerns == ()
    assert codes.problems == ("09529668001324 is no device identifier: its check digit should be 3.",)


def test_hibc_is_kept_with_its_plus_and_without_its_check_character() -> None:
    assert only("HIBC: +A123BJC5D6E71G, Lot 77A").dis == {"+A123BJC5D6E71"}
    assert only("UDI-DI: A123BJC5D6E71, Lot 77A").dis == {"+A123BJC5D6E71"}


def test_lists_ranges_and_single_lots_stand_side_by_side() -> None:
    concern = only("Lot Numbers: A100 through A150, B7001; 22-0417 to 22-0420 and C9.")
    assert concern.lots == {"B7001", "C9"}
    assert set(concern.lot_spans) == {CodeSpan("A100", "A150"), CodeSpan("220417", "220420")}


def test_a_range_without_blanks_is_kept_as_both_a_range_and_a_number() -> None:
    concern = only("Lots 1234-1240")
    assert concern.lots == {"12341240"}
    assert concern.lot_spans == (CodeSpan("1234", "1240", dashed=True),)


def test_a_dash_inside_a_number_makes_no_range() -> None:
    concern = only("Lots 2611-7919337, 55-35480")
    assert concern.lots == {"26117919337", "5535480"}
    assert concern.lot_spans == ()


def test_the_end_of_a_range_may_leave_out_its_beginning() -> None:
    assert only("Lots SN100045 to 100099").lot_spans == (CodeSpan("SN100045", "SN100099"),)


def test_serials_are_told_from_lots() -> None:
    concern = only("Serial Numbers: 1001 - 1099, S/N AX-77; Lot 5")
    assert concern.serial_spans == (CodeSpan("1001", "1099"),)
    assert concern.serials == {"AX77"}
    assert concern.lots == {"5"}


def test_codes_without_a_word_are_loose() -> None:
    assert only("8J2210, 8J2211 and 8J2212").loose == {"8J2210", "8J2211", "8J2212"}


def test_each_model_keeps_its_own_lots() -> None:
    first, second = read_codes(
        "Model 55-35480, GTIN 19529668001320, Lots: 8J2210, 8J2211; Model 55-35481: all lots"
    ).concerns
    assert (first.catalogue, first.lots, first.every) == (
        frozenset({"5535480"}),
        frozenset({"8J2210", "8J2211"}),
        False,
    )
    assert (second.catalogue, second.lots, second.every) == (frozenset({"5535481"}), frozenset[str](), True)


def test_lots_that_come_before_their_identifier_belong_to_it() -> None:
    first, second = read_codes("Lot 8J2210 UDI 09529668001323; Lot 9K1 UDI 19529668001320").concerns
    assert (first.lots, first.dis) == (frozenset({"8J2210"}), frozenset({"09529668001323"}))
    assert (second.lots, second.dis) == (frozenset({"9K1"}), frozenset({"19529668001320"}))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("All lots with expiration dates prior to March 31, 2027", None, date(2027, 3, 30)),
        ("All lots expiring on or before 03/31/2027", None, date(2027, 3, 31)),
        ("All lots, expiration dates between 2026-12-01 and 2027-03", date(2026, 12, 1), date(2027, 3, 31)),
        ("All lots with expiry after 31-Mar-2027", date(2027, 4, 1), None),
    ],
)
def test_all_lots_may_be_bounded_by_their_expiry(text: str, first: date | None, last: date | None) -> None:
    concern = only(text)
    assert concern.every
    assert (concern.expires_from, concern.expires_to) == (first, last)


def test_all_lots_may_be_bounded_by_when_they_were_made() -> None:
    concern = only("All units manufactured between January 2026 and March 2026")
    assert (concern.made_from, concern.made_to) == (date(2026, 1, 1), date(2026, 3, 31))


def test_dates_amounts_and_telephone_numbers_are_no_codes() -> None:
    concern = only("Lot 22F14 (Exp. 2027-01-31), 25 boxes, 1,200 units; call 800-555-0199")
    assert concern.lots == {"22F14"}
    assert not concern.lot_spans


def test_a_description_gives_only_what_it_labels() -> None:
    concern = read_products("SURGIFLO Kit, 8 mL, REF 55-35480, 6 per box, UDI-DI 09529668001323")
    assert concern.catalogue == {"5535480"}
    assert concern.dis == {"09529668001323"}


@pytest.mark.parametrize(
    "text", ["", "   ", "N/A", "Not applicable", "See attached list", "()", "Lot:", "\u200b"]
)
def test_what_says_nothing_names_nothing(text: str) -> None:
    assert read_codes(text).concerns == ()


@pytest.mark.parametrize(
    ("low", "high", "inside", "outside"),
    [
        ("A100", "A150", ["A100", "A123", "A150"], ["A099", "A151", "B120", "A1234", "120"]),
        ("98", "105", ["98", "99", "100", "105"], ["97", "106", "098"]),
        ("22F001", "22F099", ["22F050"], ["22G050", "23F050", "22F100"]),
        ("0098", "0105", ["0099"], ["99", "00099"]),
    ],
)
def test_a_range_holds_what_has_its_shape(low: str, high: str, inside: list[str], outside: list[str]) -> None:
    span = CodeSpan(low, high)
    assert all(span.holds(key) for key in inside)
    assert not any(span.holds(key) for key in outside)
