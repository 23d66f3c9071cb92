from __future__ import annotations

import pytest

from domain.errors import InvalidIdentifier
from domain.udi.check_digits import gs1_check_digit, gs1_is_valid, gtin14, hibc_check_character


@pytest.mark.parametrize(
    "code",
    [
        "6291041500213",  # GS1's own worked example of a GTIN-13
        "376104250021234569",  # GS1's own worked example of an SSCC
        "00614141000036",
        "10614141000415",
        "80614141123458",
        "036000291452",  # the UPC-A of many textbooks
        "73513537",  # GTIN-8
    ],
)
def test_the_check_digit_of_published_codes_is_found(code: str) -> None:
    assert gs1_check_digit(code[:-1]) == code[-1]
    assert gs1_is_valid(code)


def test_one_wrong_digit_is_noticed() -> None:
    for place in range(13):
        wrong = list("6291041500213")
        wrong[place] = str((int(wrong[place]) + 1) % 10)
        assert not gs1_is_valid("".join(wrong))


def test_short_codes_become_fourteen_digits() -> None:
    assert gtin14("036000291452") == "00036000291452"
    assert gtin14("73513537") == "00000073513537"


@pytest.mark.parametrize("code", ["", "12", "03600029145A", "036000291453", "²3600029145"])
def test_what_is_no_gtin_is_refused(code: str) -> None:
    with pytest.raises(InvalidIdentifier):
        gtin14(code)


@pytest.mark.parametrize(
    ("data", "character"),
    [
        ("+A123BJC5D6E71", "G"),  # the primary symbol of the HIBC supplier standard
        ("+A99912345", None),
    ],
)
def test_the_hibc_check_character_of_published_data_is_found(data: str, character: str | None) -> None:
    found = hibc_check_character(data)
    if character is not None:
        assert found == character
    values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
    assert values.index(found) == sum(values.index(c) for c in data) % 43


def test_a_hibc_check_character_may_be_a_space() -> None:
    # "+" is 41 and "Z" is 35: with "5" the sum is 81, 38 modulo 43, and 38 is the space.
    assert hibc_check_character("+Z5") == " "


def test_hibc_refuses_small_letters() -> None:
    with pytest.raises(InvalidIdentifier, match="capitals"):
        hibc_check_character("+a123")
