"""What a question about orders names beside items and places: a supplier, an order's number, lateness."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.understanding.draft import Draft
from bot.understanding.evidence import Where
from bot.understanding.outcome import Asked
from domain.model.ids import SupplierId

_NUMBER = re.compile(
    r"\b(?:PO[-\s#]{0,2}|purchase order\s*#?\s*|order\s*#\s*)(?P<n>\d{1,9})\b", re.IGNORECASE
)
_LATE = re.compile(
    r"\b(?:late|overdue|past due|back ?orders?|back ?ordered|delayed|held up|behind schedule)\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"\b(?:orders?|ordered|po|purchase|deliver(?:y|ies|ed)|shipments?|ship(?:ped|s)?|eta|arriv\w+|coming|due|late|overdue|back"
    r"|delayed|expected|status|track(?:ing)?|restock\w*|here|today|tomorrow|soon|yet|supposed|from)\b",
    re.IGNORECASE,
)


def with_order_words(asked: Asked, draft: Draft) -> tuple[Asked, Draft]:
    """The question with its supplier, number and lateness; what named them names no thing any more."""
    evidence = asked.evidence
    number = _NUMBER.search(evidence.text)
    late = _LATE.search(evidence.text) is not None
    suppliers, words = _suppliers(asked)
    if not suppliers and asked.before is not None:
        suppliers = asked.before.draft.suppliers
    gone = {word.casefold() for word in words}
    things = tuple(
        thing
        for thing in evidence.things
        if thing.sizes or not {w.casefold() for w in thing.text.split()} <= (gone | _small(thing.text))
    )
    rest = " ".join(w for w in _PLAIN.sub(" ", evidence.rest).split() if w.casefold() not in gone)
    if number is not None:
        things, rest = (), ""
    # "when do they get here": not "at my own unit".
    where = Where.UNSAID if evidence.where in (Where.HOME, Where.WE) else evidence.where
    asked = replace(asked, evidence=replace(evidence, things=things, rest=rest, where=where))
    return asked, replace(
        draft,
        suppliers=suppliers,
        late=late,
        number="" if number is None else f"PO-{int(number['n'])}",
        items=() if number is not None else draft.items,
    )


def _suppliers(asked: Asked) -> tuple[tuple[SupplierId, ...], list[str]]:
    """The suppliers whose name, or its first word where that is theirs alone, stands in the text; and the words of it."""
    text = f" {' '.join(re.findall(r'[a-z0-9&]+', asked.evidence.text.casefold()))} "
    known = {
        supplier.id: " ".join(re.findall(r"[a-z0-9&]+", supplier.name.casefold()))
        for supplier in asked.uow.orders.suppliers()
    }
    whole = {key: name for key, name in known.items() if name and f" {name} " in text}
    if whole:
        return tuple(whole), [word for name in whole.values() for word in name.split()]
    firsts: dict[str, list[SupplierId]] = {}
    for key, name in known.items():
        if name:
            firsts.setdefault(name.split()[0], []).append(key)
    found = {
        word: keys[0]
        for word, keys in firsts.items()
        if len(keys) == 1 and len(word) > 3 and f" {word} " in text
    }
    return tuple(found.values()), list(found)


def _small(text: str) -> set[str]:
    """Words of a label that speak of orders, not of a thing."""
    return {
        word.casefold()
        for word in text.split()
        if _PLAIN.fullmatch(word) or len(word) < 3 or word in ("the", "our")
    }
