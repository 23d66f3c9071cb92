"""What is read aloud of an answer: the one fact first, short, every code and number as an ear can follow it."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 240
"""Characters: some fifteen seconds."""
_HEARD: Final = re.compile(r"^(?:I heard|I am not sure, I heard): “.*”\.?$")
_EMOJI: Final = re.compile(r":[a-z0-9_+-]+:|[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]")
_CODE: Final = re.compile(
    r"\b(?=[A-Za-z0-9-]*\d)(?:[A-Z]{1,3}-\d+|[A-Z0-9]*[A-Z][A-Z0-9]*\d[A-Z0-9]*|\d+[A-Z][A-Z0-9]*|\d{5,})\b"
)
_SPOKEN: Final = (
    (re.compile(r"\s*›\s*"), ", "),
    (re.compile(r"(\d)\s*×\s*"), r"\1 of "),
    (re.compile(r"\s*[·•|]\s*"), ", "),
    (re.compile(r"\s+[—–]\s+"), ", "),
    (re.compile(r"(\d)[–—](\d)"), r"\1 to \2"),
    (re.compile(r"\b(\d+)-0\b"), r"\1 oh"),
    (re.compile(r"\bFr\b"), "French"),
    (re.compile(r"\bga\b"), "gauge"),
    (re.compile(r"\bmL\b"), "millilitres"),
    (re.compile(r"\bmm\b"), "millimetres"),
    (re.compile(r"\bcm\b"), "centimetres"),
    (re.compile(r"(\d)\s*in\b(?!\s+[a-z])"), r"\1 inch"),
    (re.compile(r"\beach\b"), ""),
    (re.compile(r"[“”\"*_~`]"), ""),
)


def aloud(text: str, *, action: bool = False) -> str:
    """``text`` is a message's whole text; "" where nothing in it is to be said. Of an ``action`` more is read back: item, quantity,
    place and target, and how it is confirmed.
    """
    lines = [
        line for raw in text.splitlines() if (line := _EMOJI.sub("", raw).strip()) and not _HEARD.match(line)
    ]
    if not lines:
        return ""
    first = lines[: 6 if action else 2]
    # What is asked is heard too, where it stands a little further down.
    first += [line for line in lines[len(first) : 5] if line.endswith("?")][:1]
    told = ". ".join(line.rstrip(" .:") for line in first)
    said = _cut(_said(told))
    return f"{said} Say yes to confirm, or no." if action else said


def _said(text: str) -> str:
    text = _CODE.sub(lambda code: singly(code[0]), text)
    for pattern, spoken in _SPOKEN:
        text = pattern.sub(spoken, text)
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    return " ".join(text.split())


def singly(code: str) -> str:
    """ "8J2210" as "8 J 2 2 1 0": heard wrong, a lot number is another lot."""
    return " ".join(character for character in code if character.isalnum())


def _cut(text: str) -> str:
    """At the end of a sentence where one ends in time, else at a word."""
    if len(text) <= LONGEST:
        return text if text.endswith((".", "?", "!")) else f"{text}."
    head = text[:LONGEST]
    end = max(head.rfind(". "), head.rfind("? "))
    if end > LONGEST // 3:
        return head[: end + 1]
    return f"{head[: head.rfind(' ')].rstrip(',;')}."
