"""What the words around an action show beside its intent: returns inside transfers, why something is wasted or held, which record.

Tables, read in order; the first that fits decides.
"""

from __future__ import annotations

import re

from bot.dialogue.acting.sketch import Verb
from bot.understanding.composition import Composition
from domain.model.subscription import Topic
from domain.usecases.act.requests import WasteReason


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_OF_INTENT: dict[str, Verb] = {
    "consume": Verb.CONSUME,
    "transfer": Verb.TRANSFER,
    "receive": Verb.RECEIVE,
    "waste": Verb.WASTE,
    "count": Verb.COUNT,
    "requisition": Verb.REQUISITION,
    "reorder": Verb.REORDER,
    "set_par": Verb.SET_PAR,
    "quarantine": Verb.QUARANTINE,
    "undo": Verb.UNDO,
    "subscribe_alert": Verb.SUBSCRIBE,
}
ACTS = frozenset(_OF_INTENT)
"""The intents that are acted on."""

_TO_SUPPLIER = _any(
    r"(?:send|sending|sent|ship|shipped|return|returned|returning|rma)(?: \w+){0,6}? (?:back )?to (?:the |our )?"
    r"(?:vendor|supplier|manufacturer|maker|rep|company|distributor)"
    r"|rma|return to vendor|rtv"
)
_SENT_BACK = _any(r"(?:send|sending|sent|ship|shipped|return|returned|returning)")
_DEEDS = _any(
    r"used?|using|took|taking|take|count(?:ed|ing)?|found|moved?|moving|sent|send|received?|receiving|got|came|dropped|wasted|tossed"
    r"|opened|needs?|returned?|pull(?:ed)?|transfer(?:red)?|bring|brought|put|set"
)
_RETURN = _any(
    r"return(?:s|ed|ing)?|put(?:ting)?(?: \w+){0,5}? back|(?:bring|brought|bringing|took|taking|take|came|coming)(?: \w+){0,4}? back"
    r"|un-?used|(?:did ?n[o']?t|never) (?:use|used|open|opened)|not used|re-?stock(?:ed|ing)?|going back"
)
_RECEIPT = re.compile(r"\b(?:R-|receipt\s*#?\s*(?:number\s*)?(?:R-)?)(?P<n>\d{1,9})\b", re.IGNORECASE)
_HOLD = re.compile(r"\b(?:H-|hold\s*#?\s*(?:H-)?)(?P<n>\d{1,9})\b", re.IGNORECASE)
_ORDER = re.compile(r"\b(?:REQ[-\s]?|requisition\s*#?\s*)(?P<n>\d{1,9})\b", re.IGNORECASE)
_SHORT_WORDS = 8
_REVERSED = _any(r"undo|reverse|revert")
_LIFT = _any(
    r"lift|release|released|un-?quarantine|unblock|take (?:\w+ ){0,4}off hold|remove the hold|clear the hold|end the hold"
)


def verb_of(intent: str, *, text: str, composition: Composition) -> Verb | None:
    """What is to be done; None for what is no action of ours."""
    verb = _OF_INTENT.get(intent)
    if verb in (Verb.TRANSFER, Verb.UNDO, Verb.CONSUME, Verb.WASTE, Verb.RECEIVE):
        if verb is not Verb.CONSUME and _TO_SUPPLIER.search(text):
            return Verb.SEND_BACK
        if verb in (Verb.TRANSFER, Verb.UNDO) and composition.targets.suppliers and _SENT_BACK.search(text):
            return Verb.SEND_BACK
        moved = {spot for line in composition.lines for spot in line.sources} and {
            spot for line in composition.lines for spot in line.destinations
        }
        charged = composition.targets.cases or composition.targets.patients
        named = verb is Verb.TRANSFER or any(line.item is not None for line in composition.lines)
        if verb in (Verb.TRANSFER, Verb.UNDO) and named and _RETURN.search(text) and (charged or not moved):
            return Verb.RETURN
    if verb is Verb.RECEIVE and _RECEIPT.search(text):
        return Verb.ARRIVE
    if (
        verb in (Verb.QUARANTINE, Verb.UNDO)
        and _LIFT.search(text)
        and (_HOLD.search(text) or verb is Verb.QUARANTINE)
    ):
        return Verb.LIFT
    return verb


def without_deeds(words: str) -> str:
    """What is left of unlabelled words that may name a thing: "counted" does not ("coudé" sounds like it)."""
    return " ".join(_DEEDS.sub(" ", words).split())


def receipt_in(text: str) -> int | None:
    """The number of a receipt: "undo R-12"."""
    found = _RECEIPT.search(text)
    return int(found["n"]) if found else None


def hold_in(text: str) -> int | None:
    found = _HOLD.search(text)
    return int(found["n"]) if found else None


def about_requisition(text: str) -> int | None:
    """The number of a requisition that a short message is about ("received REQ-12", "where is REQ-12?"); None for anything else."""
    return requisition_in(text) if len(text.split()) <= _SHORT_WORDS and not _REVERSED.search(text) else None


def requisition_in(text: str) -> int | None:
    found = _ORDER.search(text)
    return int(found["n"]) if found else None


_PURCHASE = re.compile(
    r"\b(?:PO[-\s#]{0,2}|purchase order\s*#?\s*(?:number\s*)?(?:PO[-\s]?)?)(?P<n>\d{1,9})\b", re.IGNORECASE
)
_ORDER_STEPS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("cancel", _any(r"cancel|decline|reject|drop|call off|don'?t (?:order|send|buy)")),
    (
        "sent",
        _any(r"mark(?:ed)?(?: [\w-]+){0,4} as sent|(?:was|is|has been|i|we) sent|sent (?:it|to)|placed with"),
    ),
    ("approve", _any(r"approved?|sign off(?: on)?|ok(?:ay)?|go ahead with|release")),
)
_DELIVERED = _any(
    r"received?|receiving|got|came(?: in)?|arrived?|is here|delivered|put away|take in|check(?:ed)? in"
)


def about_purchase(text: str) -> tuple[int, str] | None:
    """A purchase order by its number and what a short message asks of it: "approve", "cancel", "sent" or "receive"; None for all else
    ("where is PO-10482?" is a question).

    >>> about_purchase("approve PO-10482"), about_purchase("PO 10482 came in"), about_purchase("when does PO-10482 come?")
    ((10482, 'approve'), (10482, 'receive'), None)
    """
    found = _PURCHASE.search(text)
    if (
        found is None
        or len(text.split()) > _SHORT_WORDS
        or _REVERSED.search(text)
        or text.rstrip().endswith("?")
    ):
        return None
    step = next((step for step, words in _ORDER_STEPS if words.search(text)), "")
    if not step and _DELIVERED.search(text) and len(_PURCHASE.sub(" ", text).split()) <= 4:
        step = "receive"
    return (int(found["n"]), step) if step else None


_FIGURES = {
    word: n
    for n, word in enumerate(
        [
            "none",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
}
_SHORT = re.compile(
    rf"\b(?:(?P<a>\d{{1,4}}|{'|'.join(_FIGURES)}) (?:\w+ )?(?:short|missing|less|fewer|too few)"
    rf"|(?:short|missing)(?: by)? (?P<b>\d{{1,4}}|{'|'.join(_FIGURES)}))\b",
    re.IGNORECASE,
)
_ONLY = re.compile(
    rf"\b(?:only|just)(?: got)? (?P<n>\d{{1,4}}|{'|'.join(_FIGURES)})\b|\b(?P<m>none) (?:came|of it)",
    re.IGNORECASE,
)


def came(text: str, *, sent: int) -> int | None:
    """How many of ``sent`` came: "two short", "only 3 came"; None where the words name no figure that fits.

    >>> came("REQ-12 came, two short", sent=4), came("received REQ-12, only 3", sent=4), came("received REQ-12", sent=4)
    (2, 3, None)
    """
    short, only = _SHORT.search(text), _ONLY.search(text)
    if short:
        found = sent - _number(short["a"] or short["b"])
    elif only:
        found = _number(only["n"] or only["m"])
    else:
        return None
    return found if 0 <= found <= sent else None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _FIGURES[word.casefold()]


_WASTE: tuple[tuple[re.Pattern[str], WasteReason], ...] = (
    (_any(r"drop(?:ped|ping|s)?|fell|fallen|on the floor|hit the floor|knocked"), WasteReason.DROPPED),
    (_any(
        r"contaminat\w+|soiled|un-?sterile|non-?sterile|not sterile|broke sterility|sterility"
        r"|dirty|touched|blood on"
    ), WasteReason.CONTAMINATED),
    (_any(r"expired?|expiring|out ?dated|past (?:its |their )?dates?|out of date|lapsed"), WasteReason.EXPIRED),
    (_any(
        r"opened|open|not used|un-?used|cancell?ed|never used|did ?n[o']?t use|popped|peeled"
        r"|pulled the wrong|wrong (?:size|one)"
    ), WasteReason.OPENED),
    (_any(
        r"fail(?:ed|ure|s)?|malfunction\w*|did ?n[o']?t (?:work|fire|inflate|hold)|misfired?"
        r"|defective|faulty|leak(?:ed|ing|s)?|dud|burst|popped off"
    ), WasteReason.FAILED),
    (_any(
        r"damaged?|torn|tore|rip(?:ped)?|cracked|bent|broken|broke|crushed|dented|wet|punctured"
        r"|hole|kinked|smashed|shattered"
    ), WasteReason.DAMAGED),
    (_any(r"lost|missing|ca ?n[o']?t find|disappeared|gone"), WasteReason.LOST),
)  # fmt: skip


def waste_reason(text: str) -> WasteReason | None:
    """Why it is wasted, where the words say it."""
    return next((reason for pattern, reason in _WASTE if pattern.search(text)), None)


_HELD: tuple[tuple[re.Pattern[str], str], ...] = (
    (_any(r"recall\w*|fda|field (?:notice|safety|action)|safety notice"), "recall"),
    (_any(r"contaminat\w+|mold\w*|mould\w*|particles?|discolou?red|cloudy"), "contamination"),
    (_any(
        r"seal\w*|packag\w+|wrapper|pouch(?:es)?|sterility|torn|tore|holes?|open(?:ed)?|leak\w*"
        r"|wet|damaged?|crushed|cracked|broken"
    ), "damaged packaging"),
    (_any(
        r"defect\w*|fail\w*|malfunction\w*|misfir\w*|faulty|break(?:ing)?|broke|not working|bad"
    ), "suspected defect"),
    (_any(r"expired?|out ?dated|out of date"), "expired"),
    (_any(r"temp(?:erature)?|excursion|fridge|refrigerator|freezer|warm"), "temperature excursion"),
    (_any(r"complaint|reaction|injur\w+|incident|event"), "complaint or incident"),
)  # fmt: skip
HOLD_REASONS = tuple(dict.fromkeys(reason for _, reason in _HELD))


def hold_reason(text: str) -> str:
    """Why it is held, in our own words; "" where nothing shows it."""
    return next((reason for pattern, reason in _HELD if pattern.search(text)), "")


def is_recall(text: str) -> bool:
    return _HELD[0][0].search(text) is not None


_BACK: tuple[tuple[re.Pattern[str], str], ...] = (
    (_any(r"wrong|mis-?ship\w*|not what we ordered"), "wrong item"),
    (_any(r"recall\w*"), "recall"),
    (_any(r"expir\w*|short ?dated?|out ?dated"), "expired or short-dated"),
    (_any(r"damaged?|broken|crushed|torn|wet|defect\w*|fail\w*|leak\w*"), "damaged or defective"),
    (_any(r"over-?(?:shipp|deliver|stock)\w*|too many|extra|surplus|excess|not need\w*|un-?used"), "not needed"),
)  # fmt: skip
BACK_REASONS = tuple(reason for _, reason in _BACK)


def back_reason(text: str) -> str:
    return next((reason for pattern, reason in _BACK if pattern.search(text)), "")


BLIND = _any(r"blind(?:ly)?")
STOP = _any(
    r"stop|un-?subscribe|no more|turn off|quit|cancel (?:my |the |that )?alerts?|end (?:my |the )?alerts?|mute|don'?t (?:tell|alert|notify)"
)
_TOPICS: tuple[tuple[re.Pattern[str], Topic], ...] = (
    (_any(
        r"every (?:mon|tues|wednes|thurs|fri|satur|sun)day|daily|weekly"
        r"|each (?:day|morning|week|mon|tues|wednes|thurs|fri|satur|sun)\w*"
        r"|every (?:day|morning|week)|digest|mondays|tuesdays|wednesdays|thursdays|fridays"
        r"|saturdays|sundays"
    ), Topic.DIGEST),
    (_any(r"expir\w*|out ?dates?|laps\w*|go(?:es|ing)? bad|short ?dated"), Topic.EXPIRING),
    (_any(
        r"arriv\w*|comes? in|came in|get here|gets here|delivered|received|back in stock|in stock"
        r"|show up|shows up|lands?"
    ), Topic.ARRIVED),
    (_any(
        r"out of stock|run(?:s|ning)? out|(?:we|are|is|'re|'s) out|zero|stock ?outs?|none left"
        r"|hits? 0"
    ), Topic.OUT),
    (_any(r"used|uses|taken|pulled|opens?|consumed|charged"), Topic.USED),
    (_any(
        r"low|below|under|less than|fewer than|drop\w*|reorder|par|down to|fall\w*|short|left"
        r"|get to|hits?"
    ), Topic.LOW),
)  # fmt: skip
EXPIRING_DAYS = 30


def topic_of(text: str) -> Topic | None:
    """What somebody wants to be told of."""
    return next((topic for pattern, topic in _TOPICS if pattern.search(text)), None)
