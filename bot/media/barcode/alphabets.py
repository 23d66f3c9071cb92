"""The bars of linear symbologies as bits (1 dark), and what their characters mean. Facts: ISO/IEC 15417, 15420, 16390; GS1 5.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.media.barcode.sighting import shrunk_upc_a
from domain.udi.check_digits import gs1_is_valid
from domain.udi.symbol import FNC1, Symbology

type Bits = NDArray[np.float32]
"""The candidates of one slot, (candidates, modules)."""

_A: Final = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
"""Widths of EAN's ten digits in set A, beginning with a space; B is A mirrored with colours changed, C is A with colours changed."""

_FIRST_DIGIT: Final = (
    "AAAAAA",
    "AABABB",
    "AABBAB",
    "AABBBA",
    "ABAABB",
    "ABBAAB",
    "ABBBAA",
    "ABABAB",
    "ABABBA",
    "ABBABA",
)
_UPC_E_CHECK: Final = (
    "BBBAAA", "BBABAA", "BBAABA", "BBAAAB", "BABBAA", "BAABBA", "BAAABB", "BABABA", "BABAAB", "BAABAB",
)  # fmt: skip
"""Sets of a UPC-E of number system 0 by check digit; system 1 has A and B exchanged."""

_CODE_128_WIDTHS: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 "
    "123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 "
    "131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 "
    "213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 "
    "141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 "
    "124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 "
    "411131 211412 211214 211232"
)
_CODE_128: Final = tuple(_CODE_128_WIDTHS.split(" "))
_CODE_128_STOP: Final = "2331112"

_CODE_39: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*"
_CODE_39_WIDTHS: Final = (
    "000110100 100100001 001100001 101100000 000110001 100110000 001110000 000100101 100100100 001100100 100001001 001001001 "
    "101001000 000011001 100011000 001011000 000001101 100001100 001001100 000011100 100000011 001000011 101000010 000010011 "
    "100010010 001010010 000000111 100000110 001000110 000010110 110000001 011000001 111000000 010010001 110010000 011010000 "
    "010000101 110000100 011000100 010101000 010100010 010001010 000101010 010010100"
)
_CODE_39_WIDE: Final = tuple(_CODE_39_WIDTHS.split(" "))
"""Which of a character's five bars and four gaps are wide, in the order of ``_CODE_39``."""

_ITF_WIDE: Final = ("00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010")


def _bits(widths: str, *, dark: bool) -> list[int]:
    bits: list[int] = []
    for width in widths:
        bits += [int(dark)] * int(width)
        dark = not dark
    return bits


def _slot(patterns: Sequence[Sequence[int]]) -> Bits:
    return np.array(patterns, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A symbol as slots of candidates. ``fixed`` guards have one. Equal slots are one object, so that work is shared."""

    name: str
    symbology: Symbology
    slots: tuple[Bits, ...]

    @property
    def modules(self) -> int:
        return sum(slot.shape[1] for slot in self.slots)

    def meaning(self, chosen: Sequence[int]) -> tuple[Symbology, str, str]:
        """Symbology, text and identifier of the chosen candidates; the text is "" where they contradict each other."""
        match self.name:
            case "EAN-13":
                return _ean_13(chosen)
            case "EAN-8":
                digits = "".join(str(chosen[place]) for place in (1, 2, 3, 4, 6, 7, 8, 9))
                return Symbology.EAN_8, digits if gs1_is_valid(digits) else "", "]E4"
            case "UPC-E":
                return Symbology.UPC_E, _upc_e(chosen[1:7]), "]E0"
            case "Code 39":
                text = "".join(_CODE_39[one] for one in chosen[1:-1])
                return Symbology.CODE_39, text, "]A0"
            case "ITF-14":
                digits = "".join(f"{pair:02d}" for pair in chosen[1:-1])
                return Symbology.ITF, digits if gs1_is_valid(digits) else "", "]I1"
            case _:
                text, identifier = code_128_text([chosen[0] + 103, *chosen[1:-1]])
                return Symbology.CODE_128, text, identifier


def _ean_13(chosen: Sequence[int]) -> tuple[Symbology, str, str]:
    left, right = chosen[1:7], chosen[8:14]
    sets = "".join("AB"[one // 10] for one in left)
    if sets not in _FIRST_DIGIT:
        return Symbology.EAN_13, "", ""
    digits = str(_FIRST_DIGIT.index(sets)) + "".join(str(one % 10) for one in left) + "".join(map(str, right))
    if not gs1_is_valid(digits):
        return Symbology.EAN_13, "", ""
    if digits[0] == "0":
        return Symbology.UPC_A, digits[1:], "]E0"
    return Symbology.EAN_13, digits, "]E0"


def _upc_e(chosen: Sequence[int]) -> str:
    sets = "".join("AB"[one // 10] for one in chosen)
    body = "".join(str(one % 10) for one in chosen)
    for system, known in (("0", sets), ("1", sets.translate(str.maketrans("AB", "BA")))):
        if known in _UPC_E_CHECK:
            printed = system + body + str(_UPC_E_CHECK.index(known))
            wide = widened_upc_e(printed)
            return printed if gs1_is_valid(wide) and shrunk_upc_a(wide) == printed else ""
    return ""


def widened_upc_e(printed: str) -> str:
    """The 12 digits that 8 printed ones stand for.

    >>> widened_upc_e("01234565")
    '012345000065'
    """
    system, body, check = printed[0], printed[1:7], printed[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    return system + middle + check


def code_128_text(values: Sequence[int]) -> tuple[str, str]:
    """Text and identifier of start, data and check values (ISO/IEC 15417); "" where the check or a character does not fit.

    FNC2 to FNC4 are not read: no medical label uses them.
    """
    start, data, check = values[0], values[1:-1], values[-1]
    if not data or (start + sum(place * value for place, value in enumerate(data, 1))) % 103 != check:
        return "", ""
    code_set, text, identifier, shifted = "ABC"[start - 103], "", "]C0", False
    for place, value in enumerate(data):
        now = {"A": "B", "B": "A"}[code_set] if shifted else code_set
        shifted = False
        if value == 102:
            if place == 0:
                identifier = "]C1"
            else:
                text += FNC1
        elif code_set == "C" and value < 100:
            text += f"{value:02d}"
        elif value == 99:
            code_set = "C"
        elif value == 100 and code_set != "B":
            code_set = "B"
        elif value == 101 and code_set != "A":
            code_set = "A"
        elif value == 98 and code_set != "C":
            shifted = True
        elif value < 96:
            text += chr(value + 32) if now == "B" or value < 64 else chr(value - 64)
        else:
            return "", ""
    return text, identifier


@lru_cache(maxsize=1)
def retail_templates() -> tuple[Template, ...]:
    """EAN-13 (and UPC-A), EAN-8, UPC-E."""
    a = [_bits(widths, dark=False) for widths in _A]
    b = [_bits(widths[::-1], dark=False) for widths in _A]
    c = [_bits(widths, dark=True) for widths in _A]
    either, set_a, set_c = _slot(a + b), _slot(a), _slot(c)
    end, middle, special = _slot([[1, 0, 1]]), _slot([[0, 1, 0, 1, 0]]), _slot([[0, 1, 0, 1, 0, 1]])
    return (
        Template("EAN-13", Symbology.EAN_13, (end, *[either] * 6, middle, *[set_c] * 6, end)),
        Template("EAN-8", Symbology.EAN_8, (end, *[set_a] * 4, middle, *[set_c] * 4, end)),
        Template("UPC-E", Symbology.UPC_E, (end, *[either] * 6, special)),
    )


@lru_cache(maxsize=2)
def itf_template(wide: int) -> Template:
    """ITF-14 whose wide bars are ``wide`` modules."""
    pairs = []
    for first in _ITF_WIDE:
        for second in _ITF_WIDE:
            widths = "".join(
                str(wide if bar == "1" else 1) + str(wide if gap == "1" else 1)
                for bar, gap in zip(first, second, strict=True)
            )
            pairs.append(_bits(widths, dark=True))
    both = _slot(pairs)
    start, stop = _slot([[1, 0, 1, 0]]), _slot([[1] * wide + [0, 1]])
    return Template("ITF-14", Symbology.ITF, (start, *[both] * 7, stop))


@lru_cache(maxsize=1)
def _code_128_slots() -> tuple[Bits, Bits, Bits]:
    every = [_bits(widths, dark=True) for widths in _CODE_128]
    return _slot(every[103:106]), _slot(every[:103]), _slot([_bits(_CODE_128_STOP, dark=True)])


@lru_cache(maxsize=64)
def code_128_template(characters: int) -> Template:
    """Code 128 with so many characters between start and stop, the check character among them."""
    start, data, stop = _code_128_slots()
    return Template("Code 128", Symbology.CODE_128, (start, *[data] * characters, stop))


@lru_cache(maxsize=64)
def code_39_template(characters: int, wide: int) -> Template:
    """Code 39 with so many characters between its two asterisks, wide bars of ``wide`` modules."""
    data, star, last = _code_39_slots(wide)
    return Template("Code 39", Symbology.CODE_39, (star, *[data] * characters, last))


@lru_cache(maxsize=2)
def _code_39_slots(wide: int) -> tuple[Bits, Bits, Bits]:
    """Data, first asterisk, last asterisk; all but the last with the gap that follows."""
    widths = ["".join(str(wide if one == "1" else 1) for one in each) for each in _CODE_39_WIDE]
    every = [_bits(each, dark=True) for each in widths]
    return _slot([[*each, 0] for each in every[:43]]), _slot([[*every[43], 0]]), _slot([every[43]])


@lru_cache(maxsize=1)
def families() -> tuple[tuple[Template, ...], ...]:
    """Templates that differ in their number of characters alone, by family, for codes up to GS1-128's usual length."""
    return (
        tuple(code_128_template(count) for count in range(4, 33)),
        tuple(code_39_template(count, wide) for wide in (2, 3) for count in range(5, 23)),
        (itf_template(3), itf_template(2)),
    )
