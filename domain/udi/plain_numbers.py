"""Product numbers without anything around them: EAN, UPC, ITF-14, and the short UPC-E."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi.check_digits import gs1_is_valid, gtin14
from domain.udi.reading import Agency, Doubt, Udi

LONGEST_TEXT: Final = 80
"""More characters than any house's own item code has; what is longer is a text, not a code."""


def expand_upc_e(code: str) -> str:
    """The 12 digits of UPC-A behind UPC-E's 8 (number system, six digits, check digit): zeros are put back where they were left out.

    Raises InvalidIdentifier for other lengths, other number systems than 0 and 1, and a check digit that does not fit.

    >>> expand_upc_e("04252614")
    '042100005264'
    """
    if len(code) != 8 or not (code.isascii() and code.isdigit()) or code[0] not in "01":
        raise InvalidIdentifier("UPC-E has 8 digits, the first of them 0 or 1.")
    system, middle, last, check = code[0], code[1:6], code[6], code[7]
    if last in "012":
        body = f"{middle[:2]}{last}0000{middle[2:]}"
    elif last == "3":
        body = f"{middle[:3]}00000{middle[3:]}"
    elif last == "4":
        body = f"{middle[:4]}00000{middle[4]}"
    else:
        body = f"{middle}0000{last}"
    whole = f"{system}{body}{check}"
    if not gs1_is_valid(whole):
        raise InvalidIdentifier(f"The check digit of UPC-E {code} does not fit.")
    return whole


def product_number(code: str, *, also: Iterable[Doubt] = ()) -> Udi:
    """A GTIN of 8, 12, 13 or 14 digits as a reading. Raises InvalidIdentifier for other lengths and wrong check digits."""
    number = gtin14(code)
    return Udi(
        Agency.GS1,
        di=number,
        gtin=number,
        elements=(("01", number),),
        doubts=tuple(dict.fromkeys((*also, Doubt.PLAIN_GTIN))),
    )


def house_code(text: str) -> Udi:
    """A code that follows no standard: an item number, a maker's reference. Raises InvalidIdentifier for what can be none."""
    code = text.strip()
    if not code or len(code) > LONGEST_TEXT or not code.isprintable():
        raise InvalidIdentifier(f"An item's code is 1 to {LONGEST_TEXT} printed characters.")
    if "://" in code or code.lower().startswith(("www.", "mailto:", "tel:", "wifi:", "begin:")):
        raise InvalidIdentifier("This code is an address, not a product.")
    if not any(mark.isalnum() for mark in code) or "\ufffd" in code:
        raise InvalidIdentifier("An item's code holds letters or digits.")
    return Udi(Agency.NONE, di=code, elements=(("", code),))
