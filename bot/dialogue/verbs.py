"""Which question a message asks: the language model leads, the words decide where it hesitates."""

from __future__ import annotations

import re

from bot.dialogue.table import Kind, Row
from bot.understanding.confidence import ACTED_ON, BELIEVED, DOUBTED
from bot.understanding.draft import Verb
from bot.understanding.evidence import read
from bot.understanding.meaning import Meaning
from domain.ports import UnitOfWork


def verb(row: Row, meaning: Meaning, shown: Verb | None) -> Verb | None:
    """The question to answer, if any. The language model leads; the words decide where it hesitates; a bare product is
    looked for.

    Answering a question that was an order does no harm; the other way round would, and does not happen here.
    """
    if row.kind is Kind.QUESTION:
        if _SIZES.search(meaning.text):
            return Verb.INFO
        if row.verb is Verb.INFO and shown in (Verb.STOCK, Verb.FIND) and not read(meaning).aspects:
            return shown  # nothing of the item itself is asked
        if row.verb in (Verb.LOW, Verb.EXPIRY) and shown is None and not says_something(meaning):
            return None  # "clock me out" is no question about the whole unit
        if meaning.confidence < DOUBTED:
            return shown or (Verb.FIND if bare(meaning) else row.verb)
        if meaning.confidence < BELIEVED and row.verb not in _NEAR_EACH_OTHER:
            return shown or row.verb
        return row.verb
    if meaning.confidence < BELIEVED:
        return shown or (Verb.FIND if bare(meaning) else None)
    if meaning.confidence < ACTED_ON and bare_place(meaning):
        return Verb.FIND
    return None


def says_something(meaning: Meaning) -> bool:
    evidence = read(meaning)
    return bool(evidence.things or evidence.places or evidence.windows or evidence.codes)


_FEW = 4
_SIZES = re.compile(r"\b(?:what|which) sizes?\b", re.IGNORECASE)
_NEAR_EACH_OTHER = (Verb.FIND, Verb.STOCK, Verb.INFO)
"""Each of these answers much of what the others would: the language model's choice stands."""


def bare_place(meaning: Meaning) -> bool:
    evidence = read(meaning)
    return bool(evidence.places) and not (
        evidence.things or evidence.rest or evidence.numbers or evidence.codes
    )


def bare(meaning: Meaning) -> bool:
    """Nothing but a few words that may name a product."""
    evidence = read(meaning)
    return (
        len(meaning.text.split()) <= _FEW
        and bool(evidence.things or evidence.rest or evidence.places)
        and not evidence.numbers
    )


def meanwhile(verb: Verb) -> str:
    return {Verb.FIND: "I can tell where it is.", Verb.STOCK: "I can tell how much there is."}.get(verb, "")


def alone(words: str, *, uow: UnitOfWork) -> Verb:
    return Verb.TRACE if " " not in words and uow.lots.named(words) else Verb.FIND
