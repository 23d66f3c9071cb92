"""Codes as people type and paste them: brackets, blanks, words for the separator, several lines.

What is printed beside a symbol is typed with slips: a check digit that does not fit is refused here, where a scanned symbol has a
check of its own and gets the benefit of a doubt.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi import digital_link, gs1, hibc, isbt128, own
from domain.udi.check_digits import gs1_check_digit, gs1_is_valid, hibc_check_character
from domain.udi.gs1_table import DATES, KEYS, Kind, kind_at, kind_of
from domain.udi.plain_numbers import house_code, product_number
from domain.udi.reading import Agency, Doubt, Udi
from domain.udi.swallowed import Element
from domain.udi.symbol import FNC1

LONGEST: Final = 2000

_SEPARATORS: Final = re.compile(
    r"[<\[({](?:GS|FNC1|F1|GROUP SEPARATOR)[>\])}]|\\x1d|\\u001d|\\F|␝|␟|\^\]|(?<=\s)(?:GS|FNC1)(?=\s)|\x1d",
    re.IGNORECASE,
)
_BRACKET: Final = re.compile(r"[(\[]\s*(\d{2,4})\s*[)\]]")
_BLANKS: Final = re.compile(r"[^\S\x1d]+")  # to Python the separator is a blank, too


def parse_typed(text: str, *, today: date) -> Udi:
    """See ``domain.udi.parse.parse_typed``."""
    if len(text) > LONGEST:
        raise InvalidIdentifier(f"A typed code has at most {LONGEST} characters.")
    line = unicodedata.normalize("NFKC", text.replace("␝", FNC1)).strip(" \t\r\n\f\v")
    if re.match(r"\][A-Za-z]\d", line):
        line = line[3:]
    line = line.lstrip(FNC1 + "^") if line[:1] in {FNC1, "^"} else line
    if not line:
        raise InvalidIdentifier("There is no code here.")
    whole = line.upper().replace(" ", "")
    if own.is_own(whole):
        return _own(line, whole)
    if digital_link.looks_like(line):
        return _certain(digital_link.parse_digital_link(_BLANKS.sub("", line), today=today))
    starred = line[1:-1] if len(line) > 2 and line[0] == line[-1] == "*" else line
    if starred[0] == "+" and hibc.looks_like(starred.upper()):
        return _hibc(starred.upper(), today=today)
    if line[0] in "=&" and isbt128.looks_like(_BLANKS.sub("", line)):
        return isbt128.parse_isbt(_BLANKS.sub("", line))
    if _BRACKET.match(line):
        return _bracketed(line, today=today)
    digits = re.sub(r"[\s\-]", "", line)
    if digits.isascii() and digits.isdigit() and len(digits) in {8, 12, 13, 14}:
        return _number(line, digits)
    return _bare(line, today=today)


def _own(line: str, whole: str) -> Udi:
    if whole.startswith("PLY-P-"):
        own.parse_place(whole)
        raise InvalidIdentifier("This is a place's label, not a product's.")
    for candidate in (line, whole):  # an item number may hold small letters
        try:
            return Udi(Agency.OWN, di=own.parse_item(candidate), elements=(("", candidate),))
        except InvalidIdentifier:
            continue
    raise InvalidIdentifier(
        "This looks like an item label of this hospital, but its last four characters do not fit."
    )


def _hibc(line: str, *, today: date) -> Udi:
    """The check character may be a space, which is lost at the end of what is typed."""
    for candidate in (line, line + " ", line.replace(" ", "")):
        if hibc_check_character(candidate[:-1]) == candidate[-1]:
            return hibc.parse_hibc(candidate, today=today)
    expected = hibc_check_character(line[:-1])
    raise InvalidIdentifier(
        f"The last character of this HIBC code should be {'a space' if expected == ' ' else expected}; one of them is mistyped."
    )


def _number(line: str, digits: str) -> Udi:
    if gs1_is_valid(digits):
        return product_number(digits)
    if len(digits) in {8, 12}:  # as long as many a house's item numbers
        return house_code(line)
    raise InvalidIdentifier(
        f"The check digit of {digits} should be {gs1_check_digit(digits[:-1])}; one of its digits is mistyped."
    )


def _bracketed(line: str, *, today: date) -> Udi:
    """``(01)...(10)...``. A lot may hold brackets itself: only those around an identifier of the table end an element."""
    line = _SEPARATORS.sub("", line)
    marks = [mark for mark in _BRACKET.finditer(line) if kind_of(mark[1]) is not None]
    if not marks or marks[0].start() != 0:
        raise InvalidIdentifier("None of GS1's application identifiers has the number in the first brackets.")
    elements: list[Element] = []
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(line)
        value = _BLANKS.sub("", line[mark.end() : end])
        if any(not "!" <= sign <= "~" for sign in value):
            raise InvalidIdentifier("A GS1 element is of printable ASCII.")
        if mark[1] == "01" and len(value) in {8, 12, 13} and value.isdigit():
            value = value.zfill(14)
        elements.append((mark[1], value))
    return _certain(gs1.read_elements(elements, today=today))


def _bare(line: str, *, today: date) -> Udi:
    """No brackets: blanks may stand between identifier, value and the next identifier, or just between groups of digits."""
    message = _SEPARATORS.sub(FNC1, line)
    by_blanks = _alternating(message, today=today)
    if by_blanks is not None:
        return by_blanks
    joined = _BLANKS.sub("", message)
    if gs1.looks_whole(joined, today=today):
        return gs1.parse_message(joined, today=today)
    kind = kind_at(joined)
    if kind is not None and (FNC1 in joined or _starts_right(kind, joined)):
        return _certain(gs1.parse_message(joined, today=today))
    if FNC1 in message:
        raise InvalidIdentifier(
            "A GS1 code begins with an application identifier such as 01, 10 or 17; this one does not."
        )
    return _house(line)


def _starts_right(kind: Kind, joined: str) -> bool:
    """Long enough and of digits where a product number stands: what follows may still be mistyped."""
    return kind.ai in {"01", "00", "02"} and len(joined) > 16 and joined[:16].isdigit()


def _alternating(message: str, *, today: date) -> Udi | None:
    """ "01 00614141999996 17 281231 10 AB12": an identifier, its value, and so on. None where it is not so."""
    words = message.replace(FNC1, " ").split()
    if len(words) < 2 or len(words) % 2:
        return None
    elements = list(zip(words[::2], words[1::2], strict=True))
    kinds = [kind_of(ai) for ai, _ in elements]
    if any(kind is None or not kind.allows(value) for kind, (_, value) in zip(kinds, elements, strict=True)):
        return None
    if elements[0][0] not in KEYS and not (elements[0][0] in DATES and len(elements) > 1):
        return None
    return _certain(gs1.read_elements(elements, today=today))


def _certain(udi: Udi) -> Udi:
    """Typed text with a wrong check digit is a slip of the finger: refused, with the digit that would fit."""
    if Doubt.CHECK_DIGIT in udi.doubts:
        if len(udi.gtin) == 14 and udi.gtin.isdigit() and not gs1_is_valid(udi.gtin):
            raise InvalidIdentifier(
                f"The check digit of {udi.gtin} should be {gs1_check_digit(udi.gtin[:-1])}; one of its digits is mistyped."
            )
        raise InvalidIdentifier("A check digit of this code does not fit; one of its digits is mistyped.")
    return udi


def _house(line: str) -> Udi:
    """An item number as people type it: one word with a digit in it."""
    if len(line.split()) > 1 or not line[0].isalnum() or not any(mark.isdigit() for mark in line):
        raise InvalidIdentifier("This is neither a code of a label nor an item number.")
    return house_code(line)
