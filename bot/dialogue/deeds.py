"""What each reading would do for a message, in plain words: the labels of the buttons that ask which was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.dialogue.table import TABLE, Kind
from bot.understanding.evidence import Evidence, Mention
from bot.understanding.heard import HIDDEN

LONGEST = 74
_THING = 34
_PLACE = 18
_LONG_NUMBER = re.compile(r"(?:\d[\s./-]?){5,}")
_NUMBER_WORDS = ("one", "1", "a", "an")

_WORDS: dict[str, str] = {
    "find_item": "Show where {thing} {is_are}",
    "check_stock": "Count how many{many_thing} we have{place}",
    "check_expiry": "List what expires{of_thing}{place}",
    "item_info": "Tell about {thing}: packs, price, latex",
    "trace_lot": "Trace a lot or serial number",
    "usage_history": "Show how much {thing} {was_were} used{place}",
    "below_par": "List what is low{place}",
    "suggest_substitute": "Suggest what to use instead of {thing}",
    "cost_report": "Report what was spent",
    "reorder_status": "Tell when {thing} will arrive",
    "slow_moving": "List what does not move",
    "consume": "Record that {counted} {was_were_counted} used",
    "transfer": "Record that {counted} moved",
    "receive": "Record that {counted} came in",
    "waste": "Record that {counted} {was_were_counted} wasted",
    "count": "Record a count of {thing}",
    "requisition": "Have {counted} brought from the supply room",
    "reorder": "Order {counted} from the supplier",
    "set_par": "Change the par level of {thing}",
    "quarantine": "Put {thing} on hold",
    "undo": "Undo what was recorded last",
    "subscribe_alert": "Alert you about {thing}",
}

SHORT: dict[str, str] = {
    "find_item": "Where something is",
    "check_stock": "How many we have",
    "check_expiry": "What expires",
    "item_info": "About an item: packs, price, latex",
    "trace_lot": "Where a lot or serial number went",
    "usage_history": "How much was used",
    "below_par": "What is low",
    "suggest_substitute": "What to use instead",
    "cost_report": "What was spent",
    "reorder_status": "When an order arrives",
    "slow_moving": "What does not move",
    "consume": "Record a use",
    "transfer": "Move stock",
    "receive": "Record a delivery",
    "waste": "Record waste",
    "count": "Record a count",
    "requisition": "Have supplies brought",
    "reorder": "Order from a supplier",
    "set_par": "Change a par level",
    "quarantine": "Put stock on hold",
    "undo": "Undo the last entry",
    "subscribe_alert": "Set up an alert",
    "out_of_scope": "None of these",
}
"""Every intent that somebody may have meant, for a list to choose from."""


def offered(intent: str) -> bool:
    """May this reading be put on a button?"""
    return TABLE[intent].kind is not Kind.TALK


def what_it_does(intent: str, evidence: Evidence, *, topic: str = "") -> str:
    """ "Show where 7.5 gloves are": at most 74 characters. ``topic`` is what the thread is about, for a message that names nothing.

    ``evidence`` is ``Masker.known``'s: the hospital's own words alone go on a button. A thing with a long number becomes "it".
    """
    thing = _thing(evidence.things) or (_safe(topic, _THING) if topic else "")
    known = thing or "it"
    plural = _is_plural(known)
    quantity = _safe(evidence.numbers[0], 8) if evidence.numbers and len(evidence.things) == 1 else ""
    counted = f"{quantity} {thing}" if quantity and thing else known
    many = quantity.casefold() not in _NUMBER_WORDS if quantity and thing else plural
    place = _safe(evidence.places[0], _PLACE) if evidence.places else ""
    label = _WORDS[intent].format(
        thing=known,
        of_thing=f" of {thing}" if thing else "",
        many_thing=f" {thing}" if thing else "",
        counted=counted,
        place=f" in {place}" if place else "",
        is_are="are" if plural else "is",
        was_were="were" if plural else "was",
        was_were_counted="were" if many else "was",
    )
    return label if len(label) <= LONGEST else label[: LONGEST - 1].rstrip() + "…"


def _thing(mentions: Sequence[Mention]) -> str:
    """ "7.5 gloves", "7.5 gloves and tegaderm", "7.5 gloves and 2 more"."""
    names = [_safe(" ".join((*mention.sizes, mention.text)), _THING) for mention in mentions]
    names = [name for name in names if name]
    if len(names) <= 1:
        return names[0] if names else ""
    if len(names) == 2 and sum(map(len, names)) <= _THING:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} more"


def _safe(text: str, longest: int) -> str:
    """The words, cut; nothing at all of what may be somebody's number."""
    words = " ".join(text.split())
    if HIDDEN in words or _LONG_NUMBER.search(words):
        return ""
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


def _is_plural(words: str) -> bool:
    last = words.split()[-1].casefold()
    return " and " in words or (last.endswith("s") and not last.endswith(("ss", "us", "is")))
