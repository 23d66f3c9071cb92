"""Check digits of the codes on labels: GS1's modulo 10, HIBC's modulo 43."""

from __future__ import annotations

from domain.errors import InvalidIdentifier

HIBC_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""In the order of their values, 0 to 42."""


def gs1_check_digit(body: str) -> str:
    """The last digit of a GTIN, GLN or SSCC, from the digits before it.

    Weights 3 and 1 alternate from the right; the digit fills the sum up to a multiple of ten (GS1 General
    Specifications, 7.9). Raises InvalidIdentifier for anything but digits.

    >>> gs1_check_digit("629104150021")
    '3'
    """
    if not body or not (body.isascii() and body.isdigit()):
        raise InvalidIdentifier(f"A GS1 check digit is made from digits, not from {body!r}.")
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gs1_is_valid(code: str) -> bool:
    """Does the last digit fit the ones before it?"""
    return len(code) > 1 and code.isascii() and code.isdigit() and gs1_check_digit(code[:-1]) == code[-1]


def gtin14(code: str) -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits. Raises InvalidIdentifier for other lengths and wrong check digits.

    >>> gtin14("6291041500213")
    '06291041500213'
    """
    if len(code) not in (8, 12, 13, 14) or not (code.isascii() and code.isdigit()):
        raise InvalidIdentifier(f"A GTIN has 8, 12, 13 or 14 digits, not {code!r}.")
    if not gs1_is_valid(code):
        raise InvalidIdentifier(f"The check digit of {code} should be {gs1_check_digit(code[:-1])}.")
    return code.zfill(14)


def hibc_check_character(data: str) -> str:
    """The check character of HIBC data: the sum of the values modulo 43, the leading ``+`` included (ANSI/HIBC 2.6, appendix B).

    It may be a space, so the result must never be stripped. Raises InvalidIdentifier for characters that HIBC lacks.

    >>> hibc_check_character("+A123BJC5D6E71")
    'G'
    """
    try:
        return HIBC_CHARACTERS[sum(map(HIBC_CHARACTERS.index, data)) % 43]
    except ValueError:
        raise InvalidIdentifier(f"HIBC knows digits, capitals and -. $/+%, not {data!r}.") from None
