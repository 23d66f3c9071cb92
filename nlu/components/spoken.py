"""What a speech recogniser would have written of a typed text: lower case, no signs, numbers as words, letters apart."""

from __future__ import annotations

import re

import numpy as np

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_UNITS = {
    "fr": "french", "f": "french", "g": "gauge", "ga": "gauge", "mm": "millimeter", "cm": "centimeter", "ml": "m l",
    "mg": "milligram", "cc": "c c", "in": "inch", "x": "by", "l": "liter",
}  # fmt: skip
_SPELLED = frozenset(
    [
        "icu",
        "or",
        "ed",
        "er",
        "pacu",
        "nicu",
        "picu",
        "micu",
        "sicu",
        "cvicu",
        "iv",
        "po",
        "mrn",
        "sn",
        "ekg",
        "ecg",
        "bp",
        "gi",
        "l&d",
        "cath",
        "lr",
        "ns",
        "io",
        "cpap",
    ]
)
_SIGNS = {"&": " and ", "%": " percent ", "+": " plus ", "@": " at ", "#": " number "}
_IDENTIFIERS = frozenset({"lot", "serial", "order", "patient", "case"})


def number_words(number: int) -> str:
    """A whole number below ten thousand as it is said.

    >>> number_words(0), number_words(42), number_words(1215)
    ('zero', 'forty two', 'one thousand two hundred fifteen')
    """
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{_ONES[number // 100]} hundred" + (f" {number_words(number % 100)}" if number % 100 else "")
    return f"{number_words(number // 1000)} thousand" + (f" {number_words(number % 1000)}" if number % 1000 else "")


def as_spoken(text: str, entity: str | None, chance: np.random.RandomState) -> str:
    """A part of a text as a recogniser may write it; where it began or ended with a space or a sign, a space stays."""
    if not text:
        return ""
    before = " " if not (text[0].isalnum() or text[0] in "'’") else ""
    after = "" if text[-1].isalnum() else " "
    body = text.strip()
    if entity in _IDENTIFIERS:
        body = _by_character(body, chance)
    elif entity == "size":
        body = _size(body, chance)
    for sign, words in _SIGNS.items():
        body = body.replace(sign, words)
    body = re.sub(r"(\d+)\.5(?!\d)", lambda m: f"{m[1]} and a half" if chance.rand() < 0.5 else f"{m[1]} point 5", body)
    body = re.sub(r"(\d)\.(\d)", r"\1 point \2", body)
    body = re.sub(r"(\d)([A-Za-z])", r"\1 \2", re.sub(r"([A-Za-z])(\d)", r"\1 \2", body))
    body = re.sub(r"\d+", lambda m: _number(m[0], chance), body)
    words = re.sub(r"[^\w\s']|_", " ", body).split()
    said = " ".join(" ".join(w) if w.lower() in _SPELLED and chance.rand() < 0.6 else w for w in words).lower()
    return before + said + after if said else " "


def _number(digits: str, chance: np.random.RandomState) -> str:
    if len(digits) > 4 or digits.startswith("0") or (len(digits) > 2 and chance.rand() < 0.5):
        return f" {_by_character(digits, chance)} "
    return f" {number_words(int(digits))} "


def _by_character(text: str, chance: np.random.RandomState) -> str:
    zero = "oh" if chance.rand() < 0.5 else "zero"
    named = {str(number): word for number, word in enumerate(_ONES[:10])} | {"0": zero}
    if chance.rand() < 0.3:
        named["-"] = "dash"
    return " ".join(named.get(character, character if character.isalnum() else " ") for character in text)


def _size(text: str, chance: np.random.RandomState) -> str:
    """``3-0`` is "three oh", ``4x4`` "four by four", ``16fr`` "sixteen french"."""
    text = re.sub(r"(\d+)-0\b", lambda m: f"{m[1]} {'oh' if chance.rand() < 0.7 else 'zero'}", text)
    text = re.sub(r"(?<=\d)\s*[xX×]\s*(?=\d)", " by ", text)
    return re.sub(
        r"(?<=\d)\s*([A-Za-z]{1,2})\b", lambda m: f" {_UNITS.get(m[1].lower(), m[1])}" if chance.rand() < 0.8 else m[0], text
    )
