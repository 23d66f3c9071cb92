"""Texts to terms: the words that an index holds, without stop words, sizes and punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from domain.model.size import Dimension, Size, parse_sizes
from domain.model.wording import singular, worded

STOP_WORDS = frozenset(
    {
        "a", "an", "the", "of", "for", "with", "w", "and", "or", "in", "on", "at", "to", "by", "from",
        "any", "some", "we", "us", "our", "you", "your", "i", "me", "my", "it", "its", "is", "are", "do",
        "does", "did", "have", "has", "had", "need", "needs", "get", "got", "want", "please", "pls", "thx",
        "thanks", "hey", "hi", "hello", "there", "here", "this", "that", "those", "these", "them", "they",
        "one", "ones", "where", "wheres", "find", "show", "tell", "can", "could", "would", "what", "whats",
        "which", "who", "how", "many", "much", "left", "size", "sz", "sized", "number", "no", "spare",
        "extra", "more", "other", "another", "kind", "type", "brand", "stuff", "thing", "things", "uh",
        "um", "er", "only", "just", "be", "been", "being", "if", "so", "also", "as",
    }
)  # fmt: skip
"""Words that say nothing about which item or place is meant."""

MODIFIERS = frozenset(
    {
        "sterile", "nonsterile", "disposable", "reusable", "blue", "green", "yellow", "red", "white",
        "purple", "orange", "pink", "black", "grey", "gray", "brown", "clear", "tan", "teal", "single",
        "use", "new", "little", "big", "tiny", "huge", "thick", "thin", "soft", "hard", "good", "regular",
        "standard", "plain", "basic", "normal", "old",
    }
)  # fmt: skip
"""Words that narrow a choice but seldom name a thing: they weigh less."""

FORMS = frozenset(
    {
        "set", "pack", "box", "case", "bag", "roll", "pair", "kit", "tray", "package", "system", "device",
    }
)  # fmt: skip
"""In which form a thing comes: said loosely, so they weigh a little less."""

_SPLIT = re.compile(r"[^a-z0-9&]+")
_MIXED = re.compile(r"([a-z]+)(\d+)|(\d+)([a-z]+)")
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Terms:
    """What one text holds: its words in order (singular), and the sizes it names."""

    words: tuple[str, ...]
    sizes: tuple[Size, ...]


def is_code_like(token: str) -> bool:
    """Could this be a catalogue number? Five characters or more with a digit, or digits and a dash."""
    if len(token) < 5 or token.isalpha():
        return False
    plain = token.replace("-", "").replace(".", "").replace("/", "")
    return len(plain) >= 5 and plain.isalnum() and any(c.isdigit() for c in plain)


def _too_long_for_a_size(size: Size) -> bool:
    return size.measures[0].dimension is Dimension.NUMBER and size.measures[0].value >= 10_000


def negations_joined(words: list[str]) -> list[str]:
    """ "latex free" and "non latex" as one word each: neither must match "latex"."""
    joined: list[str] = []
    for word in words:
        if word == "free" and joined and joined[-1] not in ("non", "free"):
            joined[-1] += "free"
        elif joined and joined[-1] == "non":
            joined[-1] = "latexfree" if word == "latex" else f"non{word}"
        else:
            joined.append(word)
    return joined


@lru_cache(maxsize=65_536)
def terms_of(text: str) -> Terms:
    """Words and sizes of ``text``; what was read as a size is not a word as well."""
    text = text[:LONGEST_NAME]
    wording = worded(text)
    sizes = tuple(size for size in parse_sizes(text) if not _too_long_for_a_size(size))
    words: list[str] = []
    for token in wording.tokens:
        if any(size.start <= token.start and token.end <= size.end for size in sizes):
            continue
        words.extend(words_of_token(token.text))
    return Terms(tuple(negations_joined(words)), sizes)


def words_of_token(token: str) -> list[str]:
    """The words of one normal token: parts of a dashed code stay together, stop words go, plurals become singular."""
    if is_code_like(token):
        return [token.replace("-", "").replace(".", "").replace("/", "")]
    if token.isascii() and token.isalnum():
        return [] if token in STOP_WORDS else [singular(token)]
    return [singular(part) for part in _SPLIT.split(token) if part and part not in STOP_WORDS]


def parted(word: str) -> tuple[str, str] | None:
    """ "jr4" -> ("jr", "4"), "4fr" -> ("4", "fr"): a word and a number written together."""
    found = _MIXED.fullmatch(word)
    if found is None:
        return None
    first, second = (found[1], found[2]) if found[1] else (found[3], found[4])
    return first, second


_SOUNDS = (
    (re.compile(r"^(?:kn|gn|pn)"), "n"),
    (re.compile(r"^wr"), "r"),
    (re.compile(r"^x"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"gh(?=[^aeiou]|$)"), ""),
    (re.compile(r"sch|sh"), "x"),
    (re.compile(r"tch|ch(?=[^rl])"), "x"),
    (re.compile(r"ch|ck|q"), "k"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"dg"), "j"),
    (re.compile(r"x(?=.)"), "ks"),
    (re.compile(r"z"), "s"),
    (re.compile(r"v"), "f"),
    (re.compile(r"(?<=.)[aeiouyhw]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=65_536)
def sound_of(word: str) -> str:
    """A consonant skeleton: equal for words that a speech recogniser confuses ("bear" and "bair", "clora" and "chlora")."""
    if not word.isalpha():
        return ""
    for pattern, letters in _SOUNDS:
        word = pattern.sub(letters, word)
    return word
