"""Numbers that lead to a patient: how they are written down once, and what of them may be shown."""

from __future__ import annotations

import re

from domain.errors import InvalidIdentifier

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {
    "twenty": 2, "thirty": 3, "forty": 4, "fourty": 4, "fifty": 5, "sixty": 6, "seventy": 7, "eighty": 8, "ninety": 9,
}  # fmt: skip
_SAID: dict[str, str] = (
    {word: str(value) for value, word in enumerate(_UNITS)}
    | {word: str(value) for value, word in enumerate(_TEENS, start=10)}
    | {"oh": "0", "o": "0", "nought": "0", "dash": "", "hyphen": "", "minus": "", "slash": "", "dot": ""}
)
_TIMES = {"double": 2, "triple": 3}
_PART = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d")

FEWEST_DIGITS = 3
MOST_CHARACTERS = 24
SHOWN = 4


def normal_form(number: str) -> str:
    """The number in the form in which it is digested: capitals and digits, nothing between, number words as digits.

    Raises InvalidIdentifier where it has fewer than three digits or more than 24 signs; the sentence does not repeat it.

    >>> normal_form("e-203318"), normal_form("2201 - 93"), normal_form("four four one nine oh")
    ('E203318', '220193', '44190')
    >>> normal_form("v double eight two oh one"), normal_form("fifty five ten")
    ('V88201', '5510')
    """
    parts = [part.casefold() for part in _PART.findall(number)]
    made: list[str] = []
    times, tens = 1, ""
    for index, part in enumerate(parts):
        if part in _TIMES:
            times = _TIMES[part]
            continue
        if part in _TENS:
            following = parts[index + 1] if index + 1 < len(parts) else ""
            # "fifty five" is 55, "fifty ten" is 50 and 10.
            tens = str(_TENS[part])
            if following not in _UNITS[1:]:
                made.append(tens + "0")
                tens = ""
            continue
        made.append(tens + _SAID.get(part, part.upper()) * times)
        times, tens = 1, ""
    plain = "".join(made)
    if len(_DIGITS.findall(plain)) < FEWEST_DIGITS or len(plain) > MOST_CHARACTERS:
        raise InvalidIdentifier(
            f"A patient's number has at least {FEWEST_DIGITS} digits and at most {MOST_CHARACTERS} signs."
        )
    return plain


def mask_of(number: str) -> str:
    """What those who see patients are shown: the last four signs of the normal form, of a short one fewer.

    >>> mask_of("E-203318"), mask_of("4821"), mask_of("four four two")
    ('…3318', '…21', '…2')
    """
    plain = normal_form(number)
    # Never so much that it could be the number itself.
    return f"…{plain[-min(SHOWN, max(1, len(plain) - 2)) :]}"
