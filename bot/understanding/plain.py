"""What needs no language model: bare courtesies, and what no supply room answers. Rules only where they are certain."""

from __future__ import annotations

import re
import unicodedata

from bot.understanding.meaning import Meaning

_COURTESIES = {
    "greet": "hi|hey|hello|hiya|howdy|yo|good (?:morning|afternoon|evening)|morning|evening|hi there|hey there|hello there|hola",
    "thanks": "thanks|thank you|thx|ty|tysm|thank u|cheers|thanks a lot|many thanks|thank you (?:so|very) much|great,? thanks|ok thanks"
    "|perfect,? thanks",
    "help": "help|help me|menu|commands|what can (?:you|u|i) (?:do|ask)(?: you)?|how does this work|what do you do|instructions",
    "affirm": "yes|yep|yeah|yup|y|sure|ok|okay|correct|right|yes please|go ahead|do it|confirm",
    "deny": "no|nope|nah|n|no thanks|not that one|none of (?:these|those|them)|neither",
    "cancel": "cancel|stop|never ?mind|nvm|forget it|abort|quit|exit|start over",
}
_RULES = tuple(
    (intent, re.compile(rf"(?:{forms})(?:[,]? (?:parley|bot|please|pls))?", re.IGNORECASE))
    for intent, forms in _COURTESIES.items()
)
_ORDERS_TO_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines|directions)\b"
    r"|\bsystem prompt\b|\bdeveloper mode\b|\bjailbreak\b|\byou are now\b|\bpretend (?:to be|you)\b|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE | re.DOTALL,
)
_SQL = re.compile(
    r"\b(?:select\b.+\bfrom|insert\s+into|delete\s+from|update\b.+\bset|drop\s+(?:table|database)|union\s+(?:all\s+)?select|truncate\s+table)\b"
    r"|;\s*--|'\s*or\s+'?1'?\s*=\s*'?1",
    re.IGNORECASE | re.DOTALL,
)
_FOREIGN_WORDS = (
    "donde dónde están esta estan los las guantes cuántos cuantos cuantas hay tenemos necesito para por favor qué el una del en "
    "où sont les gants combien avons nous est-ce des une dans pour avez vous "
    "wo sind die handschuhe wie viele haben wir gibt es noch der das ein eine "
    "onde estão as luvas quantos temos dove sono guanti quanti abbiamo gli nasaan ang mga ilan"
)
_ENGLISH_WORDS = (
    "the a an is are where what which how many much do does did we you i of in on at for to and any have has left who when need "
    "it they our my us can get find show me this that not no from with by out used use low stock expire expires"
)
_FOREIGN = frozenset(_FOREIGN_WORDS.split())
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def courtesy(text: str) -> Meaning | None:
    """The meaning of a message that is nothing but a courtesy or a bare yes, no or cancel."""
    bare = text.strip().strip(".!?,… ").casefold()
    for intent, rule in _RULES:
        if rule.fullmatch(bare):
            return Meaning(text, intent, 1.0)
    return None


def is_no_question(text: str) -> bool:
    """Orders to a language model, or SQL: nothing a supply room is asked, whatever else stands beside it."""
    return bool(_ORDERS_TO_A_MODEL.search(text) or _SQL.search(text))


def is_foreign(text: str) -> bool:
    """Most likely no English: letters of another script, or another language's small words and none of English."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return False
    strange = sum(
        1
        for c in letters
        if "LATIN" not in unicodedata.name(c, "LATIN") and "GREEK" not in unicodedata.name(c, "")
    )
    if strange * 2 > len(letters):
        return True
    words = [word.casefold() for word in _WORD.findall(text)]
    if any(word in _ENGLISH for word in words):
        return False
    return sum(1 for word in words if word in _FOREIGN) >= 2 or text.strip().startswith("¿")
