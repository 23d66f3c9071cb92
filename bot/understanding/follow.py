"""Does a message go on with what its thread is about? And what of it does it change?"""

from __future__ import annotations

import re

from bot.understanding.draft import NEEDS_ITEM, Verb
from bot.understanding.evidence import Evidence, Where
from bot.understanding.outcome import Subject
from domain.model.size import parse_sizes

_OPENING = re.compile(
    r"^\W*(?:and|or|but|also|plus|then|what about|how about|what of|same|ok(?:ay)?,? and|no,? (?:the|in)|not)\b",
    re.IGNORECASE,
)
_FEW = 5
_SHORT = 3
"""A message of so few words asks little on its own."""

_LETTER_SIZES = re.compile(
    r"\b(?:extra (?:small|large)|x-?small|x-?large|xx?l|xs|small|medium|large|sm|med|lg)\b", re.IGNORECASE
)
_BARE_NUMBER = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,2})?(?![\w.-])")


def follows(evidence: Evidence, *, before: Subject | None) -> bool:
    """True where the message, standing alone, would lack what the thread's last question had."""
    if before is None:
        return False
    if _OPENING.match(evidence.text):
        return True
    if evidence.things or evidence.codes:
        return evidence.verb is None or (evidence.leans and points_to_one(evidence.text))
    if evidence.there:
        return True
    if evidence.rest:
        return evidence.verb is None and (evidence.leans or len(evidence.text.split()) <= _FEW)
    if evidence.verb is None or evidence.leans:
        return True
    if evidence.verb in NEEDS_ITEM:
        return True
    return not evidence.places and evidence.where is Where.UNSAID and len(evidence.text.split()) <= _SHORT


def points_to_one(text: str) -> bool:
    """ "the biogel ones", "that one": a narrower choice among what was talked about."""
    return re.search(r"\bones?\b", text, re.IGNORECASE) is not None


def verb_after(evidence: Evidence, *, before: Subject) -> Verb:
    """The question the follow-up asks: its own where its words show one, else the thread's."""
    if evidence.verb is None:
        return before.draft.verb
    if before.draft.verb is Verb.SPEND and evidence.spent.by is not None and not evidence.things:
        return Verb.SPEND  # "and by supplier?" asks for another split, not who supplies something
    if before.draft.verb is Verb.TRACE and evidence.verb in (Verb.STOCK, Verb.FIND) and not evidence.things:
        return Verb.TRACE  # "how many are left" is asked of the lot
    if evidence.verb is Verb.STOCK and before.draft.verb is Verb.FIND and _OPENING.match(evidence.text):
        return Verb.FIND  # "and any in ED?" still asks where
    return evidence.verb


def unlabelled_sizes(evidence: Evidence) -> tuple[str, ...]:
    """Sizes of a message that names no thing: labelled, measured, or a bare figure or letter ("what about 8?")."""
    if evidence.sizes:
        return evidence.sizes
    text = evidence.text
    for place in (*evidence.places, *evidence.windows):
        text = text.replace(place, " ")
    letter = _LETTER_SIZES.search(text)
    if letter:
        return (letter[0],)
    measured = tuple(size.text for size in parse_sizes(text))
    return measured or tuple(_BARE_NUMBER.findall(text))
