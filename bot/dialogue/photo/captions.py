"""What the few words beside a photograph want. The picture names the thing, so that hardly a word has to; tables, read in order.

The language model learnt from sentences that name their things. Here the first table that fits decides, and where none does the
model's reading stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.acting.sketch import Verb


class Ask(StrEnum):
    """A question about what is in the picture."""

    WHERE = "where"
    STOCK = "stock"
    INFO = "info"
    TRACE = "trace"
    RECALL = "recall"
    LABEL = "label"  # what it says: lot, expiry


@dataclass(frozen=True, slots=True)
class Caption:
    """``verb`` or ``ask``, or neither. ``each``: the figure is meant of every label. ``here``: what is moved comes to the place whose
    label is in the picture. ``rest`` are the words without those that were read, for what they name.
    """

    verb: Verb | None = None
    ask: Ask | None = None
    each: bool = False
    here: bool = False
    rest: str = ""


def _p(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_QUESTION = re.compile(
    r"\?\s*$|^\W*(?:(?:hey|hi|please|pls|can you|could you|tell me|parley)\W+)*(?:where|who|whose|what|which|when|how many|how much|is|are|"
    r"was|do|does|did|any|has|have|can|could|find|locate|look ?up|show|check if|trace)\b",
    re.IGNORECASE,
)
_ASKS: tuple[tuple[re.Pattern[str], Ask], ...] = (
    (_p(r"recall(?:s|ed)?|on hold|quarantined?|field notice|safety notice"), Ask.RECALL),
    (_p(r"who (?:got|had|received|used)|which patients?|trace|whom|implanted in"), Ask.TRACE),
    (_p(r"expir(?:e|es|ed|y|ing)|out of date|in date|still good|still ok(?:ay)?|good until|lot number|which lot|what lot|"
        r"serial"), Ask.LABEL),
    (_p(r"how many (?:are |come )?(?:in|per) (?:a|the|one|each) (?:box|case|pack|carton|bag)|latex|"
        r"what(?:'s| is| are) (?:this|that|these|it)|"
        r"price|cost|costs|supplier|who makes|maker|manufacturer|describe|details?|info(?:rmation)?|size|sterile"), Ask.INFO),
    (_p(r"how many|how much|do we have|do you have|have we|any (?:more|left|of)|left|in stock|on hand|stock|available"), Ask.STOCK),
    (_p(r"where(?:'s| is| are| do| does| can)?|find|locate|which (?:shelf|bin|room|cabinet)|look ?up|nearest|belongs?|goes|go"), Ask.WHERE),
)  # fmt: skip
_USAGE = _p(
    r"(?:do|did|have|were|was) (?:we |they |you )?(?:use|used|consume|spend)|usage|since|(?:last|past|this) (?:week|month|year|quarter)"
)
_FLOOR = re.compile(r"\b(?:on|onto|to|hit) (?:the )?(?:floor|ground)\b", re.IGNORECASE)
_SUBSTITUTE = _p(r"instead|substitutes?|alternatives?|equivalents?|what else|replacement for")

_ACTS: tuple[tuple[re.Pattern[str], Verb], ...] = (
    (_p(r"un-?used|not used|(?:did ?n[o']?t|never) (?:use|used|need|needed)|return(?:s|ed|ing)?|put(?:ting)?(?: \w+){0,3} back|"
        r"back (?:to|on|in) (?:the )?(?:shelf|stock)"), Verb.RETURN),
    (_p(r"wast(?:e|ed|ing)|drop(?:ped)?|contaminated|tossed|trash(?:ed)?|discard(?:ed)?|threw|thrown|broken?|damaged|binned|spilled|"
        r"fell|unsterile|opened,? (?:but )?(?:not|never)|torn|failed|lost"), Verb.WASTE),
    (_p(r"quarantined?|put (?:\w+ ){0,2}on hold|hold (?:this|these|it)|recall(?:ed)?|pull (?:this|these|it|them)"), Verb.QUARANTINE),
    (_p(r"received?|receiving|deliver(?:y|ed|ies)|came in|came today|arriv(?:ed|al|als|es)|just in|got in|checked in|new stock|"
        r"put(?:ting)? (?:\w+ )?away|shelved|stock(?:ed|ing) up"), Verb.RECEIVE),
    (_p(r"mov(?:e|ed|ing)|transfer(?:red|ring)?|relocat(?:e|ed|ing)|sent|sending|send|taking|taken|borrow(?:ed|ing)?|lend(?:ing)?|lent|"
        r"bring(?:ing)?|brought|carry(?:ing)?|swap(?:ped)?"), Verb.TRANSFER),
    (_p(r"count(?:s|ed|ing)?|counted|found|on (?:the|this) shelf|there (?:are|is)|inventory|cycle count"), Verb.COUNT),
    (_p(r"need(?:s|ed|ing)?|request(?:ed|ing)?|requisition|please (?:bring|send)|out of (?:these|this|it)|running (?:low|out)|"
        r"more of (?:these|this)"), Verb.REQUISITION),
    (_p(r"us(?:e|ed|ing|es)|implant(?:ed|ing)?|charg(?:e|ed|ing)|bill(?:ed|ing)?|plac(?:ed|ing)|insert(?:ed|ing)?|gave|given|opened|took|"
        r"applied|consum(?:e|ed|ing)|went in(?:to)?|deployed|put in"), Verb.CONSUME),
)  # fmt: skip
_NOT_OURS = _p(r"(?:re-?)?order(?:ed|ing)?|par|undo|subscribe|alert|tell me when|label(?:s)? for|print")
_TO = re.compile(r"^\W*(?:->|=>|to|into)\s+\S", re.IGNORECASE)
_FOR = re.compile(
    r"\b(?:C-?\d{2,8}|case\s*#?\s*C?-?\d+|(?:for|on) (?:case|patient|pt|mrn|encounter|dr|doctor|bed)\b|mrn|encounter)",
    re.IGNORECASE,
)
_EACH = _p(r"each|apiece|of each|of every|every one|both|all of (?:them|these)")
_COMES = _p(
    r"(?:to|onto|into|on|in) (?:this|that|here)(?: (?:shelf|bin|place|cabinet|cart|room|drawer))?|here|put(?:ting)? (?:\w+ )?away|arrived"
)
_BOTH_WAYS = re.compile(r"\s+")


def placeless(text: str) -> str:
    """What was dropped on the floor names no place that is called "floor".

    >>> placeless("dropped 2 on the floor")
    'dropped 2'
    """
    caption = caption_of(text)
    return " ".join(_FLOOR.sub(" ", text).split()) if caption.verb is Verb.WASTE else text


def caption_of(text: str) -> Caption:
    """
    >>> caption_of("used these for C-991").verb, caption_of("where is this?").ask, caption_of("is it recalled").ask
    (<Verb.CONSUME: 'consume'>, <Ask.WHERE: 'where'>, <Ask.RECALL: 'recall'>)
    """
    said = _BOTH_WAYS.sub(" ", text).strip()
    each, here = _EACH.search(said) is not None, _COMES.search(said) is not None
    if not said or _SUBSTITUTE.search(said) or _NOT_OURS.search(said):
        return Caption(each=each, here=here, rest=said)
    if _QUESTION.search(said):
        for pattern, ask in _ASKS if not _USAGE.search(said) else ():
            if pattern.search(said):
                return Caption(ask=ask, each=each, here=here, rest=pattern.sub(" ", said))
        return Caption(each=each, here=here, rest=said)
    found = [(match.start(), verb, pattern) for pattern, verb in _ACTS if (match := pattern.search(said))]
    if found:
        # What was opened and dropped is waste, what was used and put back a return: those tables stand first.
        strong = [one for one in found if one[1] in (Verb.RETURN, Verb.WASTE, Verb.QUARANTINE)]
        strong.sort(key=lambda one: (Verb.QUARANTINE, Verb.WASTE, Verb.RETURN).index(one[1]))
        _, verb, pattern = (strong or sorted(found, key=lambda one: one[0]))[0]
        if verb is Verb.QUARANTINE and re.search(r"\bnot? recall", said, re.IGNORECASE):
            return Caption(each=each, here=here, rest=said)
        return Caption(verb, each=each, here=here, rest=pattern.sub(" ", said))
    if _FOR.search(said):
        return Caption(Verb.CONSUME, each=each, here=here, rest=said)
    if _TO.search(said):
        return Caption(Verb.TRANSFER, each=each, here=here, rest=said)
    for pattern, ask in _ASKS[:4]:
        if len(said.split()) <= 3 and pattern.search(said):
            return Caption(ask=ask, each=each, here=here, rest="")
    if len(said.split()) <= 2 and _ASKS[-1][0].fullmatch(said):
        return Caption(ask=Ask.WHERE)
    return Caption(each=each, here=here, rest=said)
