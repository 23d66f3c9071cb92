"""A text cut into tokens: folded to plain lower case, punctuation gone, spelled-out letters joined; offsets kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

LONGEST_TEXT = 4_000
"""Characters that are read; what stands behind them is left out (Slack's own limit for a message is higher)."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the normal form; ``start`` and ``end`` are offsets into the text as it was written."""

    text: str
    start: int
    end: int


_SIMPLE_FRACTION = re.compile(r"(\d{1,2})/(\d{1,2})")


def plain_figure(value: Decimal) -> str:
    """Without exponent and trailing zeros."""
    text = format(value.normalize(), "f")
    return text if text else "0"


def is_fraction(text: str) -> bool:
    """1/2, 3/16: above zero and below one."""
    found = _SIMPLE_FRACTION.fullmatch(text)
    return bool(found) and 0 < int(text.split("/")[0]) < int(text.split("/")[1])


def fraction_of(text: str) -> Decimal:
    """Four decimals are enough for sixteenths."""
    upper, lower = text.split("/")
    return (Decimal(upper) / Decimal(lower)).quantize(Decimal("0.0001"))


# ------------------------------------------------------------------------------------------- characters

_ALIKE = {
    "×": "x", "✕": "x", "✖": "x", "·": ".", "⁄": "/", "∕": "/", "÷": "/",
    "‘": "'", "’": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "″": '"', "„": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
    "µ": "u", "μ": "u", "ø": "o", "Ø": "o", "ł": "l", "æ": "ae", "ß": "ss", "\u00a0": " ",
}  # fmt: skip


def _folded(text: str) -> tuple[str, list[int] | None]:
    """Lower case without accents, and the source offset of every character (None: unchanged)."""
    if text.isascii():
        return text.lower(), None
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        plain = _ALIKE.get(character)
        if plain is None:
            plain = unicodedata.normalize("NFKD", character)
            if "⁄" in plain and characters and characters[-1].isdigit():
                plain = " " + plain
            plain = "".join(_ALIKE.get(c, c) for c in plain if not unicodedata.combining(c)).lower()
        characters.extend(plain)
        origins.extend([index] * len(plain))
    return "".join(characters), origins


_CHUNK = re.compile(r"[^\s,;()\[\]{}!?*_<>=|~^$@\\]+|,(?=\d{3}\b)")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_EDGE_LEFT = "'\"`:/&-.+%"
_EDGE_RIGHT = "'`:/&-.+"
_LETTER_DOTS = re.compile(r"(?:[a-z]\.)+[a-z]?s?$")
_CUTS = re.compile(
    r"(?<=[^\W\d_])[-/](?=[^\W\d_]{2})"  # pre-op, cath/lab
    r"|(?<=[^\W\d_]{2})[-/](?=[^\W\d_])"
    r"|(?<=\d)-(?=[^\W\d_]{2,}$)"  # 14-gauge
    r"|(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})"
    r"|(?<![\d/.])(?<=[^\W_]):(?=[^\W\d_])"
    r"|(?<=[^\W\d_]{2})\+(?=[^\W_])"
    r"|(?<=[^\W\d_])'(?=[^\W\d_]{3})"
)
_PLURAL_NUMBER = re.compile(r"([a-z]{0,3}\d[\dx./-]*)'?s$")
_MIXED_FRACTION = re.compile(r"(\d+)-(\d{1,2}/\d{1,2})([^\d/].*)?$")


def raw_tokens(text: str) -> list[Token]:
    """Words, numbers and codes as they stand, from the first LONGEST_TEXT characters."""
    folded, origins = _folded(text[:LONGEST_TEXT])
    tokens: list[Token] = []

    def add(piece: str, start: int, end: int) -> None:
        if piece:
            if origins is None:
                tokens.append(Token(piece, start, end))
            else:
                tokens.append(Token(piece, origins[start], origins[end - 1] + 1))

    position = 0
    while position < len(folded):
        grouped = _THOUSANDS.match(folded, position)
        if grouped and (position == 0 or not folded[position - 1].isalnum()):
            add(grouped.group().replace(",", ""), grouped.start(), grouped.end())
            position = grouped.end()
            continue
        found = _CHUNK.match(folded, position)
        if found is None:
            position += 1
            continue
        start, end = found.start(), found.end()
        later = _THOUSANDS.search(folded, start + 1, min(len(folded), end + 12))
        if later and start < later.start() < end and not folded[later.start() - 1].isalnum():
            end = later.start()
        position = end
        _split_chunk(folded, start, end, add)
    return tokens


def _split_chunk(folded: str, start: int, end: int, add: Callable[[str, int, int], None]) -> None:
    while start < end and folded[start] in _EDGE_LEFT:
        if folded[start] == "." and start + 1 < end and folded[start + 1].isdigit():
            break
        if folded[start] in "&+" and end - start == 1:
            break
        start += 1
    while start < end and folded[end - 1] in _EDGE_RIGHT and not (folded[start] == "&" and end - start == 1):
        end -= 1
    if start < end and folded[end - 1] == '"' and not (end - 2 >= start and folded[end - 2] in "0123456789"):
        end -= 1
    if start >= end:
        return
    chunk = folded[start:end]
    if chunk.isalnum() and not chunk[-2:-1].isdigit():
        add(chunk, start, end)
        return
    if _LETTER_DOTS.match(chunk + "." if chunk[-1] != "." else chunk) and "." in chunk:
        add(chunk.replace(".", ""), start, end)
        return
    cut = _CUTS.search(chunk)
    if cut:
        _split_chunk(folded, start, start + cut.start(), add)
        _split_chunk(folded, start + cut.end(), end, add)
        return
    if chunk.endswith("'s"):
        chunk = chunk[:-2]
    plural = _PLURAL_NUMBER.fullmatch(chunk)
    if plural:
        chunk = plural.group(1)
    mixed = _MIXED_FRACTION.match(chunk)
    if mixed and is_fraction(mixed.group(2)):
        whole = plain_figure(Decimal(mixed.group(1)) + fraction_of(mixed.group(2)))
        chunk = whole + (mixed.group(3) or "")
    elif "'" in chunk:
        chunk = chunk.replace("'", "")
    add(chunk, start, end)


# -------------------------------------------------------------------------------------- spelled letters

_LEADING_A = frozenset(
    {"abg", "aed", "aaa", "acl", "avf", "afo", "ace", "asc", "abd", "ait", "aca", "api", "asd"}
)
_SHORT_A = frozenset({"av", "ab"})


def letters_joined(tokens: list[Token]) -> list[Token]:
    """ "i c u" -> "icu", "l and d" -> "l&d", "d five w" stays for the numbers; a leading article stays apart."""
    if sum(len(token.text) == 1 for token in tokens) < 2:
        return tokens
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        run = index
        while run < len(tokens) and len(tokens[run].text) == 1 and "a" <= tokens[run].text <= "z":
            if (
                tokens[run].text == "x"
                and run > index
                and run + 1 < len(tokens)
                and tokens[run + 1].text[0].isdigit()
            ):
                break
            run += 1
        letters = tokens[index:run]
        if (
            len(letters) == 1
            and run + 1 < len(tokens)
            and tokens[run].text in ("and", "&", "n")
            and len(tokens[run + 1].text) == 1
            and tokens[run + 1].text.isalpha()
            and not (
                run + 2 < len(tokens) and len(tokens[run + 2].text) == 1 and tokens[run + 2].text.isalpha()
            )
        ):
            last = tokens[run + 1]
            joined.append(Token(f"{letters[0].text}&{last.text}", letters[0].start, last.end))
            index = run + 2
            continue
        if len(letters) < 2:
            joined.append(tokens[index])
            index += 1
            continue
        word = "".join(token.text for token in letters)
        if len(word) == 3 and word[1] == "n" and word in ("lnd", "dnc", "ind", "tna"):
            word = f"{word[0]}&{word[2]}"
        if (
            word[0] == "a"
            and word not in _LEADING_A
            and word not in _SHORT_A
            and not (len(word) > 2 and word[:2] == "a&")
        ):
            joined.append(letters[0])
            letters = letters[1:]
            word = word[1:]
        following = tokens[run] if run < len(tokens) else None
        end = letters[-1].end
        if following is not None and following.text == "s" and word != "s":
            run += 1
        joined.append(Token(word, letters[0].start, end))
        index = run
    return joined
