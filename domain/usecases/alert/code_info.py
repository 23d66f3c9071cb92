"""The free text in which a notice names what it means: identifiers, lots, serials, ranges, "all lots", dates.

Writers follow no grammar. The text is read from left to right; a word says of what kind the codes after it are until another does
("Lot Numbers: ...; UDI-DI: ..."). What is no code is passed over, what could be read in two ways is marked, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.errors import InvalidIdentifier
from domain.model.recall import Codes, CodeSpan, Concern, code_key
from domain.udi.check_digits import HIBC_CHARACTERS, gs1_check_digit, gtin14, hibc_check_character
from domain.usecases.alert.notice_dates import DATE, bounds_in

LONGEST = 60_000
"""Characters that are read; the longest serial lists published are shorter."""


_SHORTEST_NUMBER = 3


class _Kind(StrEnum):
    LOOSE = "loose"
    DI = "di"
    LOT = "lot"
    SERIAL = "serial"
    CATALOGUE = "catalogue"
    NOTHING = "nothing"  # quantities, telephone numbers, dates


_NUMBERS = r"(?:\s*(?:numbers?|nos?\b\.?|nrs?\b\.?|codes?|\#s?|ids?\b|\(s\)))*"
_LABELS = (
    (
        _Kind.DI,
        r"(?:primary\s+|unit\s+of\s+use\s+)?(?:UDI[\s-]*DI|UDI|DI|GTIN(?:-1[234])?|device\s+identifiers?|UPC|HIBC)\b"
        r"(?:\s*\(s\)|\s*(?:codes?|numbers?|\#))*",
    ),
    (_Kind.SERIAL, rf"(?:serial(?:ised|ized)?|serials|S/Ns?|SNs?)\b{_NUMBERS}"),
    (_Kind.LOT, rf"(?:lots?(?:/batch(?:es)?)?|batch(?:es)?(?:/lots?)?)\b{_NUMBERS}"),
    (
        _Kind.CATALOGUE,
        r"(?:catalog(?:ue)?s?|cat\b\.?|REFs?|references?|models?|parts?|P/Ns?|product\s+codes?|products?\s+numbers?|items?|SKUs?"
        rf"|list|order|article)\b{_NUMBERS}",
    ),
    (
        _Kind.NOTHING,
        r"(?:quantit(?:y|ies)|qty|size|software\s+version|version|phone|telephone|tel|call)\b",
    ),
)
_UNITS = r"(?:units?|each|ea|boxes|box|cases?|pcs|pieces|devices|kits?|packs?|cartons?|mm|cm|m[lL]|fr|french|gauge|ga|inch(?:es)?|in\b|%)"
_LABEL = "|".join(f"(?P<{kind.name}>{pattern})" for kind, pattern in _LABELS)
_CODE = r"\+?[A-Z0-9][A-Z0-9]*(?:[-./_][A-Z0-9]+)*"
_JOIN = r"(?:\s*(?:through|thru|up\s+to|to|–|—|~|\.{2,3})\s*|\s+-\s+)"
_SCAN = re.compile(
    rf"""
      (?P<udi>\(01\)\s*\d{{14}}(?:\s*\((?:10|11|17|21)\)\s*[A-Z0-9./_-]+)*)
    | (?P<every>\ball\s+(?:[a-z]+\s+){{0,3}}?(?:lots?|batch(?:es)?|serials?|serial\s+numbers|units|codes|devices|product|products|sizes)\b)
    | (?P<dates>\b(?:exp(?:ir(?:y|ation|es|ing|ed))?|use[\s-]+by|manufactur(?:ed|ing)|made|produced|mfg|mfd|distributed|shipped|sold)\b\.?
        (?:\s*(?:(?:dates?|between|from|prior|before|after|on|or|and|to|through|thru|until|up|by|earlier|later|than|of|the|with|an|a)\b|[-:–,()])\s*
          | \s+(?={DATE}) | {DATE} )*)
    | (?:\b(?:{_LABEL})(?=[\s:;,=\#(.\d]|$))
    | (?P<date>(?<![\w-]){DATE}(?![\w-]))
    | (?P<span>(?<![\w+])(?P<low>{_CODE}){_JOIN}(?P<high>{_CODE})(?!\w))
    | (?P<between>\bbetween\s+(?P<from>{_CODE})\s+and\s+(?P<till>{_CODE})(?!\w))
    | (?P<amount>(?<![\w-])\d[\d,]*\s*{_UNITS}\b)
    | (?P<code>(?<![\w+]){_CODE}(?!\w))
    """,
    re.IGNORECASE | re.VERBOSE,
)  # fmt: skip


@dataclass(slots=True)
class _Group:
    """A concern while it is read. ``first`` is what it began with: products or pieces."""

    dis: set[str] = field(default_factory=set)
    catalogue: set[str] = field(default_factory=set)
    lots: set[str] = field(default_factory=set)
    serials: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    lot_spans: list[CodeSpan] = field(default_factory=list)
    serial_spans: list[CodeSpan] = field(default_factory=list)
    every: bool = False
    expires: tuple[date | None, date | None] = (None, None)
    made: tuple[date | None, date | None] = (None, None)
    first: str = ""

    @property
    def products(self) -> bool:
        return bool(self.dis or self.catalogue)

    @property
    def pieces(self) -> bool:
        return bool(
            self.lots or self.serials or self.loose or self.lot_spans or self.serial_spans or self.every
        )

    def settled(self) -> Concern:
        return Concern(
            dis=frozenset(self.dis),
            catalogue=frozenset(self.catalogue),
            lots=frozenset(self.lots),
            serials=frozenset(self.serials),
            loose=frozenset(self.loose),
            lot_spans=tuple(self.lot_spans),
            serial_spans=tuple(self.serial_spans),
            every=self.every,
            expires_from=self.expires[0],
            expires_to=self.expires[1],
            made_from=self.made[0],
            made_to=self.made[1],
        )


def read_codes(text: str) -> Codes:
    """Everything that ``text`` names, in groups that belong together. Wrong check digits are problems and name nothing."""
    return _Reader().read(text[:LONGEST])


def read_products(text: str) -> Concern:
    """Identifiers and catalogue numbers that a product's description names beside its words; labelled ones only."""
    concerns = _Reader(start=_Kind.NOTHING).read(text[:LONGEST]).concerns
    return Concern(
        dis=frozenset().union(*(concern.dis for concern in concerns)),
        catalogue=frozenset().union(*(concern.catalogue for concern in concerns)),
    )


class _Reader:
    def __init__(self, *, start: _Kind = _Kind.LOOSE) -> None:
        self._kind = start
        self._groups = [_Group()]
        self._problems: list[str] = []

    def read(self, text: str) -> Codes:
        plain = re.sub(r"[​‎‏­]", "", text).replace("‑", "-").replace("\xa0", " ")
        for match in _SCAN.finditer(plain):
            self._take(match)
        concerns = [group.settled() for group in self._groups if group.products or group.pieces]
        return Codes(tuple(concerns), tuple(dict.fromkeys(self._problems)))

    def _take(self, match: re.Match[str]) -> None:
        part = match.lastgroup or ""
        groups = match.groupdict()
        if groups["udi"]:
            self._udi(groups["udi"])
        elif groups["every"]:
            self._pieces().every = True
        elif groups["dates"]:
            self._dates(groups["dates"])
        elif (label := next((kind for kind in _Kind if groups.get(kind.name)), None)) is not None:
            self._label(label)
        elif groups["span"]:
            self._span(groups["low"], groups["high"])
        elif groups["between"]:
            self._span(groups["from"], groups["till"])
        elif groups["code"]:
            self._code(groups["code"])
        elif part not in ("date", "amount"):
            raise AssertionError(part)

    # ------------------------------------------------------------------------------------------- groups

    def _label(self, kind: _Kind) -> None:
        self._kind = kind
        group = self._groups[-1]
        # "Lot A1, UDI X; Lot B1, UDI Y": pieces come first here, so that the next word for pieces begins the next group.
        if kind in (_Kind.LOT, _Kind.SERIAL) and group.first == "pieces" and group.products:
            self._groups.append(_Group())

    def _products(self) -> _Group:
        group = self._groups[-1]
        if group.pieces and group.first == "products":
            group = _Group()
            self._groups.append(group)
        group.first = group.first or "products"
        return group

    def _pieces(self) -> _Group:
        group = self._groups[-1]
        group.first = group.first or "pieces"
        return group

    # --------------------------------------------------------------------------------------------- codes

    def _udi(self, text: str) -> None:
        """A whole UDI in its human-readable form."""
        elements = re.findall(r"\((\d\d)\)\s*([A-Z0-9./_-]+)", text, re.IGNORECASE)
        self._di(elements[0][1])
        for name, value in elements[1:]:
            if name == "10":
                self._pieces().lots.add(code_key(value))
            elif name == "21":
                self._pieces().serials.add(code_key(value))

    def _di(self, text: str) -> bool:
        """Keeps a device identifier; False where the text is none by its form."""
        bare = text.replace("-", "").replace(".", "").upper()
        if bare.isdigit() and len(bare) in (8, 12, 13, 14):
            try:
                self._products().dis.add(gtin14(bare))
            except InvalidIdentifier:
                right = gs1_check_digit(bare[:-1])
                self._problems.append(f"{bare} is no device identifier: its check digit should be {right}.")
            return True
        found = _hibc(text)
        if found:
            self._products().dis.add(found)
        return bool(found)

    def _code(self, code: str) -> None:
        kind = self._kind
        if kind is _Kind.NOTHING or not any(char.isdigit() for char in code):
            return
        key = code_key(code)
        if (code.startswith("+") or kind is _Kind.DI) and self._di(code):
            return
        if kind is _Kind.LOOSE and key.isdigit() and len(key) == 14 and gs1_check_digit(key[:-1]) == key[-1]:
            self._products().dis.add(key)
            return
        if kind is _Kind.CATALOGUE:
            if len(key) >= _SHORTEST_NUMBER:  # "REF 55-35480, 6 per box"
                self._products().catalogue.add(key)
            return
        span = _dashed(code)
        group = self._pieces()
        if span is not None:
            (group.serial_spans if kind is _Kind.SERIAL else group.lot_spans).append(span)
        {_Kind.LOT: group.lots, _Kind.SERIAL: group.serials}.get(kind, group.loose).add(key)

    def _span(self, low: str, high: str) -> None:
        if self._kind is _Kind.NOTHING:
            return
        span = CodeSpan(code_key(low), _whole(code_key(low), code_key(high)))
        if self._kind is _Kind.CATALOGUE or not span.sound:
            for code in (low, high):
                self._code(code)
            return
        if self._kind is _Kind.DI and len(span.low) in (12, 13, 14) and span.low.isdigit():
            for code in (low, high):
                self._di(code)
            return
        group = self._pieces()
        (group.serial_spans if self._kind is _Kind.SERIAL else group.lot_spans).append(span)

    def _dates(self, text: str) -> None:
        """Conditions on the expiry or the making of what is meant; a date that stands beside a lot bounds nothing."""
        group = self._groups[-1]
        found = bounds_in(text)
        if found == (None, None):
            return
        if re.match(r"\s*(?:exp|use)", text, re.IGNORECASE):
            group.expires = found
        elif re.match(r"\s*(?:manufactur|made|produced|mf)", text, re.IGNORECASE):
            group.made = found


def _hibc(text: str) -> str:
    """HIBC's primary data with its "+" and without its check character; "" for what is none."""
    code = text.upper().lstrip("+")
    if (
        not 6 <= len(code) <= 24
        or not code[0].isalpha()
        or not set(code) <= set(HIBC_CHARACTERS) - set(" $%/")
    ):
        return ""
    if hibc_check_character(f"+{code[:-1]}") == code[-1] and code[-2].isdigit():
        return f"+{code[:-1]}"
    return f"+{code}" if code[-1].isdigit() else ""


def _whole(low: str, high: str) -> str:
    """The upper end with what was left out of it: 123456 to 99 is to 123499, A100 to 150 is to A150.

    >>> _whole("A100", "150"), _whole("1234", "1240"), _whole("98", "105")
    ('A150', '1240', '105')
    """
    if len(high) < len(low) and high.isdigit() and low[-len(high) :].isdigit():
        return low[: -len(high)] + high
    return high


def _dashed(code: str) -> CodeSpan | None:
    """ "1234-1240" as a range, where both sides are of one shape and length and rise."""
    low, _, high = code.partition("-")
    if not high or "-" in high or len(low) != len(high) or len(low) < 3:
        return None
    span = CodeSpan(code_key(low), code_key(high), dashed=True)
    return span if span.low < span.high and span.sound else None


def merged(concerns: Iterable[Concern]) -> Concern:
    """All that the concerns name, as if it were one: for looking codes up."""
    parts = list(concerns)
    empty: frozenset[str] = frozenset()
    return Concern(
        dis=empty.union(*(part.dis for part in parts)),
        catalogue=empty.union(*(part.catalogue for part in parts)),
        lots=empty.union(*(part.lots for part in parts)),
        serials=empty.union(*(part.serials for part in parts)),
        loose=empty.union(*(part.loose for part in parts)),
    )
