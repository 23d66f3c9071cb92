"""Questions about a lot or serial number: it answers by itself, whatever was asked about it."""

from __future__ import annotations

import re

from bot.understanding.draft import Draft, Verb
from bot.understanding.evidence import Mention
from bot.understanding.naming import cut
from bot.understanding.outcome import Alternative, Asked, Outcome, Ready, Unclear
from bot.understanding.things import Found, Things
from domain.model.ids import ItemId


def trace(asked: Asked, *, verb: Verb, things: Things) -> Outcome | None:
    """A lot or serial answers by itself, whatever was asked about it; None where no number was meant."""
    evidence, uow = asked.evidence, asked.uow
    codes = evidence.codes
    if not codes and verb is Verb.TRACE:
        looks = [m.text for m in evidence.things] + evidence.rest.split()
        codes = tuple(word.upper() for word in looks if re.fullmatch(r"(?=.*\d)[\w./-]{4,30}", word))
    if not codes and asked.before is not None and verb is Verb.TRACE and asked.before.draft.number:
        codes = (asked.before.draft.number,)
    for code in codes:
        lots = uow.lots.named(code)
        if not lots:
            continue
        items: tuple[ItemId, ...] = ()
        holders = frozenset(lot.item_id for lot in lots)
        if len(holders) > 1 and evidence.things:
            items = _among(holders, mention=evidence.things[0], things=things)
        return Ready(Draft(Verb.TRACE, items, number=code), candidates=tuple(sorted(holders)))
    if not codes:
        if evidence.patient and verb is Verb.TRACE:
            return Unclear(
                "I do not look things up by a patient's number. Give me a lot or serial number and I will trace that.",
                Draft(Verb.TRACE),
            )
        if verb is Verb.TRACE and not evidence.things:
            return Unclear(
                "Which lot or serial number do you mean?",
                Draft(Verb.TRACE),
                hints=("where is lot 8J2210",),
            )
        return None
    if verb is not Verb.TRACE and not evidence.coded:
        return None
    near = uow.lots.similar(codes[0])
    numbers = list(dict.fromkeys(lot.number or lot.serial for lot in near))
    text = f"No lot or serial number {codes[0]} has ever been received here."
    return Unclear(
        text + (" Did you mean one of these?" if numbers else ""),
        Draft(Verb.TRACE),
        alternatives=tuple(Alternative(cut(number), Draft(Verb.TRACE, number=number)) for number in numbers),
    )


def _among(holders: frozenset[ItemId], *, mention: Mention, things: Things) -> tuple[ItemId, ...]:
    """Which of the items that share a lot number is meant; all of them where the name does not tell."""
    named = things.look(mention, kept=lambda _items: holders)
    return tuple(item for item in named.items if item in holders) if isinstance(named, Found) else ()
