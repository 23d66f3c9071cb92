"""Numbers as people say them: "ninety days" as digits, and codes spelled out letter by letter."""

from __future__ import annotations

import re

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_ORDINALS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th",
    "eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th", "thirteenth": "13th",
    "fourteenth": "14th", "fifteenth": "15th", "sixteenth": "16th", "seventeenth": "17th", "eighteenth": "18th",
    "nineteenth": "19th", "twentieth": "20th", "thirtieth": "30th",
}  # fmt: skip
_WORD = re.compile(r"[a-z]+")
_CARDINAL = "|".join(sorted([*_UNITS, *_TENS, "hundred"], key=len, reverse=True))
_RUN = re.compile(rf"\b(?:{_CARDINAL})(?:(?:[ -]| and )(?:{_CARDINAL}))*\b")


def digits_for_words(text: str) -> str:
    """Lower-case ``text`` with cardinals and day ordinals in digits: "last one hundred eighty days" -> "last 180 days".

    "first quarter" and "second quarter" keep their words; "twenty twenty six" becomes 2026.
    """
    text = re.sub(r"\btwenty[ -]twenty[ -]?(" + "|".join(list(_UNITS)[1:10]) + r")?\b", _century, text)
    text = _RUN.sub(_cardinals, text)
    text = re.sub(
        r"\b(20|30) (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)\b",
        lambda m: f"{int(m[1]) + int(_ORDINALS[m[2]][:-2])}th",
        text,
    )
    return re.sub(
        r"\b(" + "|".join(_ORDINALS) + r")\b(?! quarter)",
        lambda m: _ORDINALS[m[1]],
        text,
    )


def _century(match: re.Match[str]) -> str:
    return str(2020 + (_UNITS[match[1]] if match[1] else 0))


def _cardinals(match: re.Match[str]) -> str:
    """A run of number words as one number, or as several where they do not continue each other ("five six")."""
    numbers: list[str] = []
    total: int | None = None
    room = 0  # the next part must be smaller than this to continue the number
    for word in _WORD.findall(match[0]):
        if word == "and":
            continue
        if word == "hundred":
            total = (total or 1) * 100
            room = 100
            continue
        value = _UNITS.get(word, _TENS.get(word, 0))
        if total is not None and 0 < value < room:
            total += value
        else:
            if total is not None:
                numbers.append(str(total))
            total = value
        room = 10 if value >= 20 else 0
    if total is not None:
        numbers.append(str(total))
    return " ".join(numbers)


_SYMBOLS = {"dash": "-", "hyphen": "-", "minus": "-", "slash": "/", "dot": ".", "point": "."}
_DIGITS = {word: str(value) for word, value in _UNITS.items()} | {"oh": "0", "o": "0", "nought": "0"}


def code_of(text: str) -> str:
    """A lot or serial number as it is printed: "two two b four one" -> "22B41", "four four dash nine" -> "44-9".

    A code that was typed keeps its form; letters that a recogniser set apart are joined.
    """
    words = text.split()
    if len(words) == 1:
        return words[0].strip(".,;:?!#").upper()
    joined: list[str] = []
    for index, word in enumerate(words):
        low = word.casefold().strip(".,;:?!#")
        if low in _SYMBOLS:
            joined.append(_SYMBOLS[low])
        elif low == "o" and not any(part.casefold() in _DIGITS for part in words[index + 1 : index + 2]):
            joined.append("O")
        elif low in _TENS and index + 1 < len(words) and 0 < _UNITS.get(words[index + 1].casefold(), 0) < 10:
            joined.append(str(_TENS[low] // 10))
        elif low in _TENS:
            joined.append(str(_TENS[low]))
        else:
            joined.append(_DIGITS.get(low, low.upper()))
    return "".join(joined)
