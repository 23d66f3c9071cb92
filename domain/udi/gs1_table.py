"""GS1's application identifiers: where an element ends and what may stand in it.

The dictionary of identifiers and their patterns is biip's (all 541 of them); what its patterns let through is closed here: check
digits, calendars, clocks, countries, currencies and percent signs (GS1 General Specifications, section 3 and 7.11). The whole of it
is asked for one identifier at a time and kept, because biip looks through its table from the top at each question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from domain.udi.check_digits import gs1_is_valid
from domain.udi.iso_codes import COUNTRIES, CURRENCIES, TWO_LETTERS

TRADE_ITEM: Final = ("01", "8006", "02", "03", "8026")
"""The elements that name a trade item, the strongest first: all begin with a GTIN of 14 digits."""

KEYS: Final = frozenset(
    {
        *TRADE_ITEM,
        "00",
        "253",
        "255",
        "401",
        "402",
        "414",
        "417",
        "8003",
        "8004",
        "8010",
        "8013",
        "8017",
        "8018",
    }
)
"""The elements that say what the others are about."""

DATES: Final = frozenset({"11", "12", "13", "15", "16", "17"})

_PREDEFINED: Final = re.compile(r"0[0-4]|1[1-9]|20|3[1-6]|41")
"""What the first two digits say: an element of a length known beforehand, which needs no FNC1 behind it."""

_PART: Final = re.compile(r"[NXYZ](\.\.)?(\d+)")
_CALENDAR: Final = re.compile(r"\d\d(?:0[1-9]|1[0-2])(?:0\d|[12]\d|3[01])")
_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3])(?:[0-5]\d)?(?:[0-5]\d)?")
_PERCENT: Final = frozenset(
    {
        *map(str, range(4300, 4307)),
        *map(str, range(4310, 4317)),
        "4320",
        "7253",
        "7254",
        "7256",
        "7257",
        "7259",
    }
)
"""Names and addresses, where anything beyond GS1's own characters stands as %XX."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One application identifier. ``fixed`` is the length of a value that needs no separator, 0 where it ends with FNC1;
    ``longest`` the most characters its value may have.
    """

    ai: str
    title: str
    fixed: int
    longest: int
    pattern: re.Pattern[str]

    def allows(self, value: str) -> bool:
        """Is this a value the standard lets stand here? Check digits are a question of their own: see ``checks``."""
        if self.pattern.fullmatch(self.ai + value) is None or "\n" in value:
            return False
        further = _further(self.ai)
        return further is None or further(value)

    def checks(self, value: str) -> bool:
        """Is the check digit right, where the element has one? A value that is too short to hold it is wrong."""
        key = _CHECKED.get(self.ai)
        return key is None or (len(value) >= key and gs1_is_valid(value[:key]))


_CHECKED: Final = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17, "410": 13, "411": 13, "412": 13, "413": 13, "414": 13,
    "415": 13, "416": 13, "417": 13, "8003": 14, "8006": 14, "8017": 18, "8018": 18, "8026": 14,
}  # fmt: skip
"""How many digits from the left end with their check digit."""


@lru_cache(maxsize=2048)
def _kind(head: str) -> Kind | None:
    try:
        known = GS1ApplicationIdentifier.extract(head)
    except ParseError:
        return None
    lengths = [int(length) for _, length in _PART.findall(known.format)[1:]]
    longest = sum(lengths) + known.format.endswith("[-]")
    if known.ai == "8043":
        longest = 20
    fixed = longest if _PREDEFINED.match(known.ai) else 0
    return Kind(known.ai, known.data_title, fixed, longest, re.compile(known.pattern))


def kind_at(text: str, position: int = 0) -> Kind | None:
    """The application identifier that begins here; None where none does."""
    head = text[position : position + 4]
    for length in (2, 3, 4):
        if len(head) < length or not (head.isascii() and head[:length].isdigit()):
            return None
        kind = _kind(head[:length])
        if kind is not None:
            return kind
    return None


def kind_of(ai: str) -> Kind | None:
    """The application identifier written out whole; None for one that is in no table."""
    kind = kind_at(ai)
    return kind if kind is not None and kind.ai == ai else None


def _clock(value: str) -> bool:
    return _CALENDAR.fullmatch(value[:6]) is not None and (
        not value[6:] or _CLOCK.fullmatch(value[6:]) is not None
    )


def _day_and_clock(value: str) -> bool:
    return value[4:6] != "00" and _clock(value)


def _delivery(value: str) -> bool:
    return _CALENDAR.fullmatch(value[:6]) is not None and (
        value[6:] == "9999" or _CLOCK.fullmatch(value[6:]) is not None
    )


def _harvest(value: str) -> bool:
    return all(
        part and _CALENDAR.fullmatch(part) is not None and part[4:] != "00"
        for part in (value[:6], value[6:] or value[:6])
    )


def _countries(value: str) -> bool:
    return len(value) % 3 == 0 and all(value[at : at + 3] in COUNTRIES for at in range(0, len(value), 3))


def _country_first(value: str) -> bool:
    return value[:3] in COUNTRIES


def _processor(value: str) -> bool:
    return value[:3] in COUNTRIES or value[:3] == "999"


def _currency_first(value: str) -> bool:
    return value[:3] in CURRENCIES


def _two_letters(value: str) -> bool:
    return value in TWO_LETTERS


def _percent_encoded(value: str) -> bool:
    return re.search(r"%(?![0-9A-Fa-f]{2})", value) is None


def _pieces_of_a_set(value: str) -> bool:
    piece, total = value[-4:-2], value[-2:]
    return piece != "00" and total != "00" and piece <= total


def _some_digits(value: str) -> bool:
    return bool(value)


def _plain_date(value: str) -> bool:
    return _CALENDAR.fullmatch(value) is not None


def _born(value: str) -> bool:
    return value[4:6] != "00" and value[6:8] != "00"


_FURTHER: Final[dict[str, Callable[[str], bool]]] = {
    **dict.fromkeys(DATES, _plain_date),
    "30": _some_digits, "37": _some_digits, "7004": _some_digits,
    "421": _country_first, "422": _countries, "423": _countries, "424": _countries, "425": _countries, "426": _countries,
    "4307": _two_letters, "4317": _two_letters,
    "4324": _delivery, "4325": _delivery, "4326": _plain_date,
    "7003": _day_and_clock, "7006": _plain_date, "7007": _harvest, "7011": _clock, "8008": _clock,
    "7250": _born, "7251": _born,
    "8006": _pieces_of_a_set, "8026": _pieces_of_a_set,
}  # fmt: skip


def _further(ai: str) -> Callable[[str], bool] | None:
    found = _FURTHER.get(ai)
    if found is None and len(ai) == 4:
        if ai[:3] in {"391", "393"}:
            return _currency_first
        if ai[:3] == "703":
            return _processor
        if ai in _PERCENT:
            return _percent_encoded
    return found
