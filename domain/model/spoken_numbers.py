"""Number words among tokens as figures: "thirty six", "four oh", "seven and a half", "point oh three five", "four by four"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from domain.model.tokens import Token, fraction_of, is_fraction, plain_figure

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
_SIZED = frozenset({"french", "fr", "gauge", "ga", "f", "g"})


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
        return _Spoken(plain_figure(Decimal(text) + value), after, words=True)
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
    if text == "and" and is_fraction(_text_at(tokens, index + 1)):
        return fraction_of(_text_at(tokens, index + 1)), index + 2
    if is_fraction(text) and "." not in _text_at(tokens, index - 1):
        return fraction_of(text), index + 1
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


def numbers_joined(tokens: list[Token]) -> list[Token]:
    """Every number said in words as one token of figures; "n ninety five" becomes n95."""
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


def by_joined(tokens: list[Token]) -> list[Token]:
    """ "four by four" -> "4 x 4"; the word stays where no numbers stand around it."""
    made = list(tokens)
    if not any(token.text in ("by", "times") for token in made):
        return made
    for index in range(1, len(made) - 1):
        before = made[index - 1].text
        measured = before[-1] in '0123456789"' or (
            before.isalpha() and _text_at(made, index - 2)[-1:].isdigit()
        )
        if (
            made[index].text in ("by", "times")
            and (measured or before[0].isdigit())
            and made[index + 1].text[0].isdigit()
        ):
            made[index] = Token("x", made[index].start, made[index].end)
    return made
