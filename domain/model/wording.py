"""What people write and say, brought to one form: spelled-out letters, number words, fractions, plurals, dashes.

``worded`` gives the normalised text and keeps the way back to the original, so that a size or a place found in
the normal form can be shown or cut out where it stood. Nothing here knows items, places or units.

>>> normalise("I C U, the FOUR OH vicryl's")
'icu the 4-0 vicryl'
>>> normalise("ETT seven and a half")
'ett 7.5'
>>> number_of("half a dozen")
Decimal('6')
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

LONGEST_TEXT = 4_000
"""Characters that are read; what stands behind them is left out (Slack's own limit for a message is higher)."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the normal form; ``start`` and ``end`` are offsets into the text as it was written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in its normal form: ``text`` is the tokens joined by one blank, ``starts`` where each begins in it."""

    source: str
    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of ``source`` that ``text[start:end]`` was made of; whole words where a word was rewritten."""
        if not self.tokens:
            return 0, 0
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        head, tail = self.tokens[first], self.tokens[last]
        begin, stop = head.start, tail.end
        if head.end - head.start == len(head.text):
            begin = head.start + min(start - self.starts[first], len(head.text))
        if tail.end - tail.start == len(tail.text):
            stop = tail.start + min(end - self.starts[last], len(tail.text))
        return begin, max(begin, stop)


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


def _raw_tokens(text: str) -> list[Token]:
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
    if mixed and _proper(mixed.group(2)):
        whole = _plain(Decimal(mixed.group(1)) + _fraction(mixed.group(2)))
        chunk = whole + (mixed.group(3) or "")
    elif "'" in chunk:
        chunk = chunk.replace("'", "")
    add(chunk, start, end)


# ---------------------------------------------------------------------------------------- number words

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_NUMBER_WORDS = {**_UNITS, **_TEENS, **_TENS}
_PLURAL_WORDS = {word + "s": word for word in _NUMBER_WORDS} | {"sixes": "six", "twenties": "twenty"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_SIMPLE_FRACTION = re.compile(r"(\d{1,2})/(\d{1,2})")
_SIZED = frozenset({"french", "fr", "gauge", "ga", "f", "g"})
_LEADING_A = frozenset(
    {"abg", "aed", "aaa", "acl", "avf", "afo", "ace", "asc", "abd", "ait", "aca", "api", "asd"}
)
_SHORT_A = frozenset({"av", "ab"})


def _plain(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return text if text else "0"


def _proper(text: str) -> bool:
    found = _SIMPLE_FRACTION.fullmatch(text)
    return bool(found) and 0 < int(text.split("/")[0]) < int(text.split("/")[1])


def _fraction(text: str) -> Decimal:
    upper, lower = text.split("/")
    return (Decimal(upper) / Decimal(lower)).quantize(Decimal("0.0001"))


def _letters_joined(tokens: list[Token]) -> list[Token]:
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


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A number read from tokens[i:j]: its text and where it ends."""

    text: str
    stop: int
    words: bool


def _small(tokens: list[Token], index: int) -> tuple[int, int] | None:
    """twenty two | fourteen | seven -> (value, next index)."""
    if index >= len(tokens):
        return None
    word = _PLURAL_WORDS.get(tokens[index].text, tokens[index].text)
    if word in _TENS:
        unit = _UNITS.get(tokens[index + 1].text, 0) if index + 1 < len(tokens) else 0
        if index + 1 < len(tokens) and unit == 0:
            unit = _UNITS.get(_PLURAL_WORDS.get(tokens[index + 1].text, ""), 0)
        return (_TENS[word] + unit, index + 2) if unit else (_TENS[word], index + 1)
    value = _NUMBER_WORDS.get(word)
    return None if value is None else (value, index + 1)


def _text_at(tokens: list[Token], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) else ""


def _cardinal(tokens: list[Token], index: int) -> _Spoken | None:
    """Words for a whole number, read as a sum ("two hundred and five") or as digits ("four oh nine")."""
    first = _small(tokens, index)
    if first is None:
        return None
    value, stop = first
    if _text_at(tokens, stop) in ("hundred", "thousand"):
        total = 0
        while True:
            scale = {"hundred": 100, "thousand": 1000}.get(_text_at(tokens, stop))
            if scale is None:
                total += value
                break
            value *= scale
            stop += 1
            if scale == 1000:
                total += value
                value = 0
            after = stop + 1 if _text_at(tokens, stop) == "and" else stop
            more = _small(tokens, after)
            if more is None:
                if _text_at(tokens, stop) in ("hundred", "thousand"):
                    continue
                total += value
                break
            rest, stop = more
            value += rest
        return _Spoken(str(total), stop, words=True)
    pieces = [str(value)]
    ends = [stop]
    while True:
        if _text_at(tokens, stop) in ("oh", "o", "zero") and (
            _small(tokens, stop + 1) or _text_at(tokens, stop + 1) in ("oh", "o", "zero")
        ):
            pieces.append("0")
            stop += 1
            ends.append(stop)
            continue
        more = _small(tokens, stop)
        if more is None:
            break
        pieces.append(str(more[0]))
        stop = more[1]
        ends.append(stop)
    return _concatenated(tokens, pieces, ends)


def _concatenated(tokens: list[Token], pieces: list[str], ends: list[int]) -> _Spoken:
    """Groups said one after another are one number only where people say numbers so; else the first stands alone."""
    stop = ends[-1]
    text = "".join(pieces)
    alone = _Spoken(pieces[0], ends[0], words=True)
    if len(pieces) == 1:
        return alone
    if _text_at(tokens, stop) in _SIZED | {"point"}:
        return alone  # "two sixteen french": two of them
    digits = all(len(piece) == 1 for piece in pieces)
    if (digits and len(pieces) >= 3) or (len(pieces) >= 3 and "0" in pieces):
        return _Spoken(text, stop, words=True)  # four oh nine
    if len(pieces) == 2 and len(pieces[1]) == 2 and int(pieces[1]) >= 20:
        return _Spoken(text, stop, words=True)  # two fifty, eighteen sixty
    return alone


def _number_at(tokens: list[Token], index: int) -> _Spoken | None:
    """A number in digits or words at ``index``, with its fraction or decimal part."""
    here = tokens[index].text
    spoken: _Spoken | None
    if _NUMBER.fullmatch(here):
        spoken = _Spoken(here, index + 1, words=False)
    elif here == "point" and _digit(_text_at(tokens, index + 1)):
        spoken = _Spoken("0", index, words=True)
    elif here in ("oh", "o") and _text_at(tokens, index + 1) == "point":
        spoken = _Spoken("0", index + 1, words=True)
    else:
        spoken = _cardinal(tokens, index)
    if spoken is None:
        return None
    text, stop = spoken.text, spoken.stop
    if _text_at(tokens, stop) == "point" and "." not in text:
        decimals, after = _decimals(tokens, stop + 1)
        if decimals:
            return _Spoken(f"{text}.{decimals}", after, words=True)
    share = _share(tokens, stop)
    if share is not None:
        value, after = share
        return _Spoken(_plain(Decimal(text) + value), after, words=True)
    if _text_at(tokens, stop) in ("oh", "o") and text.isdigit() and 1 <= int(text) <= 12:
        return _Spoken(f"{text}-0", stop + 1, words=True)
    if spoken.words and _text_at(tokens, stop) in ("dash", "hyphen", "slash"):
        more = _cardinal(tokens, stop + 1) if stop + 1 < len(tokens) else None
        following = _text_at(tokens, stop + 1)
        if more is not None:
            return _Spoken(f"{text}-{more.text}", more.stop, words=True)
        if following in ("oh", "o") or following.isdigit():
            return _Spoken(f"{text}-{'0' if following in ('oh', 'o') else following}", stop + 2, words=True)
    return spoken


def _digit(word: str) -> bool:
    return word in _UNITS or word in ("oh", "o") or word in _TEENS or word in _TENS or word.isdigit()


def _decimals(tokens: list[Token], index: int) -> tuple[str, int]:
    digits = ""
    while index < len(tokens):
        word = tokens[index].text
        if word in ("oh", "o"):
            digits += "0"
        elif word in _UNITS:
            digits += str(_UNITS[word])
        elif word.isdigit() and not digits:
            return word, index + 1
        else:
            small = _small(tokens, index)
            if small is None or len(digits) > 1 or digits.strip("0"):
                break
            return digits + str(small[0]), small[1]
        index += 1
        if len(digits) >= 4:
            break
    return digits, index


_SHARES = {
    ("and", "a", "half"): Decimal("0.5"),
    ("and", "one", "half"): Decimal("0.5"),
    ("and", "half"): Decimal("0.5"),
    ("and", "a", "quarter"): Decimal("0.25"),
    ("and", "one", "quarter"): Decimal("0.25"),
    ("and", "three", "quarters"): Decimal("0.75"),
    ("and", "a", "third"): Decimal("0.3333"),
    ("and", "an", "eighth"): Decimal("0.125"),
}


def _share(tokens: list[Token], index: int) -> tuple[Decimal, int] | None:
    """ "and a half", "1/2" behind a whole number."""
    for words, value in _SHARES.items():
        if tuple(token.text for token in tokens[index : index + len(words)]) == words:
            return value, index + len(words)
    text = _text_at(tokens, index)
    if text == "and" and _proper(_text_at(tokens, index + 1)):
        return _fraction(_text_at(tokens, index + 1)), index + 2
    if _proper(text) and "." not in _text_at(tokens, index - 1):
        return _fraction(text), index + 1
    return None


_FRACTION_WORDS = {
    ("three", "quarters"): "3/4",
    ("three", "quarter"): "3/4",
    ("one", "half"): "1/2",
    ("one", "quarter"): "1/4",
    ("half",): "1/2",
    ("quarter",): "1/4",
    ("quarters",): "1/4",
}


_NUMBER_STARTS = frozenset(_NUMBER_WORDS) | frozenset(_PLURAL_WORDS) | {"point", "oh", "o", "half"}
_NUMBER_STARTS |= {words[0] for words in _FRACTION_WORDS}


def _numbers_joined(tokens: list[Token]) -> list[Token]:
    joined: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if not (token.text[0].isdigit() or token.text[0] == ".") and token.text not in _NUMBER_STARTS:
            joined.append(token)
            index += 1
            continue
        fraction = next(
            (
                (text, len(words))
                for words, text in _FRACTION_WORDS.items()
                if tuple(t.text for t in tokens[index : index + len(words)]) == words
            ),
            None,
        )
        if fraction is not None:
            last = tokens[index + fraction[1] - 1]
            joined.append(Token(fraction[0], token.start, last.end))
            index += fraction[1]
            continue
        spoken = _number_at(tokens, index)
        if spoken is None:
            joined.append(token)
            index += 1
            continue
        text = spoken.text if spoken.stop > index + 1 or spoken.words else token.text
        start = token.start
        end = tokens[spoken.stop - 1].end
        index = spoken.stop
        before = joined[-1].text if joined else ""
        if spoken.words and len(before) == 1 and before.isalpha() and before not in "aixsml":
            start = joined.pop().start  # n ninety five, j four seven two h
            text = before + text
            after = _text_at(tokens, index)
            if len(after) == 1 and after.isalpha() and after != "x":
                text += after
                end = tokens[index].end
                index += 1
        joined.append(Token(text, start, end))
    return joined


def _by_joined(tokens: list[Token]) -> list[Token]:
    """ "four by four" -> "4 x 4"; the word stays where no numbers stand around it."""
    made = list(tokens)
    if not any(token.text in ("by", "times") for token in made):
        return made
    for index in range(1, len(made) - 1):
        before = made[index - 1].text
        measured = before[-1] in '0123456789"' or (before.isalpha() and _text_at(made, index - 2)[-1:].isdigit())
        if (
            made[index].text in ("by", "times")
            and (measured or before[0].isdigit())
            and made[index + 1].text[0].isdigit()
        ):
            made[index] = Token("x", made[index].start, made[index].end)
    return made


@lru_cache(maxsize=4096)
def worded(text: str) -> Wording:
    """The normal form of ``text`` (its first 4,000 characters) with offsets back into it. Never raises."""
    raw = _raw_tokens(text)
    if any(not token.text[0].isdigit() for token in raw) or len(raw) > 1:
        raw = _by_joined(_numbers_joined(_letters_joined(raw)))
    starts: list[int] = []
    position = 0
    for token in raw:
        starts.append(position)
        position += len(token.text) + 1
    return Wording(text, " ".join(token.text for token in raw), tuple(raw), tuple(starts))


def normalise(text: str) -> str:
    """Lower case, number words as digits, spelled letters joined, punctuation gone: for comparing and matching."""
    return worded(text).text


# --------------------------------------------------------------------------------------------- plurals

_NO_PLURAL = frozenset(
    {
        "pds", "bis", "gas", "plus", "us", "bus", "pus", "iris", "lens", "this", "his", "was", "has", "is", "as", "its",
        "yes", "ns", "less", "bias", "atlas", "always", "perhaps", "does", "cvs", "ids", "gps", "sis", "las", "ous",
        "series", "status",
    }
)  # fmt: skip


def singular(word: str) -> str:
    """One of it: boxes -> box, batteries -> battery, PICCs -> picc. ``word`` is in lower case already."""
    if len(word) < 3 or word[-1] != "s" or word in _NO_PLURAL or not word[-2].isalpha():
        return word
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")) and len(word) > 4:
        return word[:-2]
    return word[:-1]


# ------------------------------------------------------------------------------------------ quantities

_COUNTED = {
    "dozen": 12,
    "dozens": 12,
    "couple": 2,
    "gross": 144,
    "single": 1,
    "hundred": 100,
    "thousand": 1000,
}
_QUANTITY = re.compile(r"(?:x\s?)?(?P<sign>-?)(?P<number>\d+(?:\.\d+)?|\.\d+|\d{1,2}/\d{1,2})(?:\s?x)?")
_SIGNED = re.compile(r"^\s*[-−]\s*\d")


def number_of(text: str) -> Decimal | None:
    """The quantity that the whole text names: "22", "twenty two", "7½", "half a dozen", "x3"; None where it is no number.

    "half" is 0.5, "a dozen" 12, "a couple" 2; "all" and "a box" are no numbers; "-3" is minus three, for others to refuse.
    """
    words = worded(text).text.split()
    while words and words[0] in ("a", "an", "the", "of", "about", "exactly", "only", "just"):
        words.pop(0)
    scale = Decimal(1)
    counted = False
    while words and words[-1] in ("of", "a", "them"):
        words.pop()
    if words and words[-1] in _COUNTED:
        scale = Decimal(_COUNTED[words.pop()])
        counted = True
    while words and words[-1] in ("a", "an", "of"):
        words.pop()
    if not words:
        return scale if counted else None
    rest = " ".join(words).lstrip("#")
    found = _QUANTITY.fullmatch(rest)
    if found is None:
        return None
    number = found["number"]
    if "/" in number:
        if int(number.split("/")[1]) == 0:
            return None
        value = _fraction(number).normalize()
    else:
        value = Decimal(number)
    if _SIGNED.match(text):
        value = -value
    result = value * scale
    return Decimal(_plain(result)) if scale != 1 or "." in str(result) else result
