"""What terse words say against an open card: "make it 3", "not ICU, PACU", "without the silk". Words to an operation, by a table.

The language model labels such messages oddly; here they are read by their own shape. What an operation's words name (a figure, a
unit, a place, a lot, a thing) is looked up afterwards, against the card. Nothing here posts but a plain yes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.acting.cue_words import receipt_in


class Op(StrEnum):
    CONFIRM = "confirm"
    CANCEL = "cancel"
    UNDO = "undo"
    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    ONLY = "only"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Correction:
    """``new`` is what it shall be, ``old`` what it was, in the person's words. ``cued``: the words themselves say that something
    is put right; without that only what explains every word is taken.
    """

    op: Op
    new: str = ""
    old: str = ""
    receipt: int | None = None
    cued: bool = True


_LEAD = re.compile(
    r"^(?:(?:no|nope|oh|ah|hm+|sorry|oops|whoops|wait|hold on|actually|correction|i mean(?:t)?|my bad"
    r"|my mistake|scratch that|well|ok(?:ay)?|yes|yeah"
    r"|please|and|but|so|rather|not quite|nah|um+|uh+|hey|parley)\b[\s,.;:!—–-]*)+(?=\S)",
    re.IGNORECASE,
)
_LEAD_CUES = re.compile(
    r"\b(?:no|nope|sorry|oops|whoops|wait|hold on|actually|correction|i mean(?:t)?|my bad|my mistake|scratch that|rather|not quite|nah)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,]+(?:please|pls|thanks|thank you|thx|then|sorry|actually|i mean|my bad))+[\s.!]*$", re.IGNORECASE
)
_YES = re.compile(
    r"(?:yes+|yeah|yea|yep|yup|y|ok|okay|k|sure|correct|right|confirm(?:ed)?|go ahead|do it|post it"
    r"|book it|go for it|looks? (?:good|right)|sounds good"
    r"|(?:that'?s|it'?s|all) (?:right|correct|good|it)|perfect|please do|go|approved?|affirmative"
    r"|exactly|absolutely|of course|lgtm|ship it|submit(?: it)?)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:no|nope|nah|n|cancel(?: (?:it|that|this))?|never ?mind|nvm|forget (?:it|that|about it)|scrap "
    r"(?:it|that|this)|stop(?: (?:it|that))?|drop it"
    r"|do ?n[o']?t(?: (?:do|post) (?:it|that))?|abort|discard(?: it)?|delete (?:it|that|this)|wrong"
    r"(?: one)?|not that|no thanks?|leave it|dismiss)",
    re.IGNORECASE,
)
_THANKS = re.compile(r"\b(?:thanks?|thank you|thx|ty)\b", re.IGNORECASE)
_PLAIN_YES = re.compile(r"\b(?:yes+|yeah|yep|yup|confirm(?:ed)?|go ahead|do it|post it)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,.;:!—–-]+")
_UNDO = re.compile(
    r"(?:can you |could you |please )?(?:undo|reverse|revert|roll back|take back|back out)"
    r"(?: (?:it|that|this|the last(?: one)?|last(?: one)?|my last(?: one)?|what (?:i|you) "
    r"(?:just )?did))?(?: (?:receipt |number |#)*R?-?\d+)?",
    re.IGNORECASE,
)
_IT = r"(?:it|that|them|this|those|these)"


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SHAPES: tuple[tuple[re.Pattern[str], Op], ...] = (
    (
        _p(
            rf"(?:please )?(?:re-?)?(?:charge|bill)(?: {_IT})?(?: (?:to|on|against|for|under))? (?P<new>.+?)"
            rf"(?:,? (?:instead|not|rather than|instead of)(?: of)?(?: (?P<old>.+))?)?"
        ),
        Op.CHARGE,
    ),
    (
        _p(rf"put {_IT} (?:on|against|under) (?P<new>(?:case |c-?\d|dr\b|mrn|patient).+?)(?: instead)?"),
        Op.CHARGE,
    ),
    (_p(r"(?:take|leave) (?:the |those |that |any )?(?P<old>.+?) (?:off|out|away)"), Op.REMOVE),
    (_p(r"(?:take|leave) (?:off|out|away) (?:the |those |that |any )?(?P<old>.+)"), Op.REMOVE),
    (
        _p(
            r"(?:but )?(?:without|minus|except(?: for)?|skip|remove|delete|drop|lose|scratch|forget|cancel"
            r"|not?) (?:the |those |that |any )(?P<old>[^,;]+)"
        ),
        Op.REMOVE,
    ),
    (_p(r"(?:without|minus|except(?: for)?|skip|remove|delete) (?P<old>[^,;]+)"), Op.REMOVE),
    (_p(r"(?:please )?(?:also |and )?(?:add|include|throw in)(?: in| also| on)? (?P<new>.+)"), Op.ADD),
    (_p(r"(?:also|plus|as well as|and also) (?P<new>.+)"), Op.ADD),
    (_p(r"(?P<new>.+?) (?:too|as well|also)"), Op.ADD),
    (
        _p(r"(?:make (?:it|that) )?(?P<new>(?:an?other )?[\w/]+)(?: more| extra| additional)(?: please)?"),
        Op.ADD,
    ),
    (_p(r"(?P<new>an?other(?: one| \w+)?)"), Op.ADD),
    (
        _p(
            rf"(?:change|switch|correct|update|swap)(?: out)? (?:the )?(?!{_IT} )(?P<old>.+?) (?:to|for|into|with|by) (?P<new>.+)"
        ),
        Op.SET,
    ),
    (_p(r"replace (?:the )?(?P<old>.+?) (?:with|by) (?P<new>.+)"), Op.SET),
    (
        _p(
            rf"(?:make|change|set|switch|correct|update|move|send|bring|take|put|call) {_IT}(?: (?:all|be))?"
            rf"(?: (?P<way>to|from|into|in|at))? (?P<new>.+?)(?:,? (?:not|instead of|rather than) (?P<old>.+))?"
            rf"(?: instead)?"
        ),
        Op.SET,
    ),
    (
        _p(
            r"(?:not|isn'?t|wasn'?t|it'?s not|it was not|it wasn'?t|not the|not from|not to|not in|not at) "
            r"(?P<old>.+?)\s*(?:[,;.]|—|–| - |\bbut\b)\s*(?:but |it'?s |it was |use |make (?:it|that) |rather "
            r"|the )*(?P<new>.+)"
        ),
        Op.SET,
    ),
    (
        _p(
            r"(?:it'?s |it was |use |make (?:it|that) |that'?s )?(?P<new>.+?),? (?:and )?(?:not|instead of"
            r"|rather than|no longer) (?:the )?(?P<old>.+)"
        ),
        Op.SET,
    ),
    (_p(r"(?:use |from |take )?(?P<new>.+?),? instead"), Op.SET),
    (_p(r"use (?P<new>.+)"), Op.SET),
    (
        _p(
            rf"(?:it'?s|it was|it is|{_IT} (?:should|was|were|is)(?: be| have been)?|should be|should(?:'ve"
            rf"| have) been|was supposed to be|supposed to be|meant|was|were|that'?s) (?P<new>.+)"
        ),
        Op.SET,
    ),
    (_p(r"(?:only|just) (?P<new>.+)"), Op.ONLY),
    (_p(r"(?:change|make|update) (?:the )?(?P<new>.+)"), Op.SET),
    (_p(r"(?:because|reason:?|reason is|since|due to) (?P<new>.+)"), Op.SET),
    (_p(r"no (?P<old>[^,;]+)"), Op.REMOVE),
    (_p(r"(?:the )?(?P<old>.+?) (?:was|is|were|are|should be|should have been) (?P<new>.+)"), Op.SET),
)
_LONGEST = 160
_ASKS = _p(
    r"(?:hey |ok |so |and )?(?:where|who|whose|what|which|how|when|why|is|are|was|do|does|did|has|have"
    r"|show|list|find|check|total|spend|cost|price|tell me|can i|could i)\b.*"
)
"""A question or another wish of its own, whatever stands in it."""
_DEED = _p(
    r"(?:i|we|they|he|she)?\s*(?:just |also |have |had |need to |want to |please )*(?:used?|using|took"
    r"|moved?|moving|sent|send|transfer(?:red)?|dropped|wasted?|tossed"
    r"|threw|opened|broke|contaminated|received?|got|counted|count|needs?|needed|(?:re-?)?order(?:ed)?"
    r"|requests?|return(?:ed)?|quarantined?|pull(?:ed)?|set|alert|notify|remind)\b"
    r"(?! (?:it|that|them|this|those|these|lot|serial|sn)\b).*\s.*"
)
"""Another action of its own: never read as a correction of the one before."""


def correction_of(text: str) -> Correction | None:
    """The operation that ``text`` shows; None where it can be none (a question, a long message). Pure; looks nothing up.

    >>> correction_of("make it 3"), correction_of("not ICU, PACU").new
    (Correction(op=<Op.SET: 'set'>, new='3', old='', receipt=None, cued=True), 'PACU')
    """
    said = " ".join(text.split())
    if not said or len(said) > _LONGEST or said.endswith("?"):
        return None
    said = said.strip(" .!;,")
    plain = _TAIL.sub("", said)
    parts = [part for part in _BETWEEN.split(plain) if part]
    if _all(plain, _YES):
        # "k thanks" is politeness, not a yes to a posting.
        meant = not _THANKS.search(said) or _PLAIN_YES.search(plain) is not None
        return Correction(Op.CONFIRM) if meant else None
    if _all(plain, _NO):
        return Correction(Op.CANCEL)
    lead = _LEAD.match(plain)
    body = plain[lead.end() :] if lead else plain
    cued = lead is not None and _LEAD_CUES.search(lead.group()) is not None
    if _ASKS.fullmatch(said) and not _UNDO.fullmatch(body) and not cued:
        return None
    if _UNDO.fullmatch(body):
        number = receipt_in(body)
        digits = re.search(r"(\d+)$", body)
        return Correction(
            Op.UNDO, receipt=number if number is not None else int(digits[1]) if digits else None
        )
    if _DEED.fullmatch(body) and not cued:
        return None
    if lead and not cued and re.match(r"(?:and|so)\b", lead.group().strip(), re.IGNORECASE) and parts:
        return Correction(Op.ADD, new=_bare(re.sub(r"^(?:also|add|plus) ", "", body, flags=re.IGNORECASE)))
    for pattern, op in _SHAPES:
        found = pattern.fullmatch(body) or (
            pattern.fullmatch(plain) if body is not plain and op is Op.REMOVE else None
        )
        if found is None:
            continue
        groups = found.groupdict()
        way = f"{groups['way']} " if groups.get("way") in ("to", "from", "into", "in", "at") else ""
        return Correction(
            op, new=_bare(f"{way}{groups.get('new') or ''}"), old=_bare(groups.get("old") or "")
        )
    return Correction(Op.SET, new=_bare(body), cued=cued)


def _all(text: str, pattern: re.Pattern[str]) -> bool:
    """Is the whole text made of words of ``pattern``, one behind the other ("yes, go ahead")?"""
    rest = text.strip(" .,!;")
    first = True
    while rest:
        match = pattern.match(rest)
        if match is None or (match.end() < len(rest) and _BETWEEN.match(rest, match.end()) is None):
            longer = _longest(rest, pattern)
            if longer is None:
                return False
            rest = rest[longer:].lstrip(" .,!;—–-")
        else:
            rest = rest[match.end() :].lstrip(" .,!;—–-")
        first = False
    return not first


def _longest(text: str, pattern: re.Pattern[str]) -> int | None:
    """How far the longest run of whole words reaches that the pattern matches from the beginning."""
    ends = [m.start() for m in re.finditer(r"[\s,.;!—–-]|$", text) if m.start() > 0]
    fits = [end for end in ends if pattern.fullmatch(text[:end])]
    return max(fits) if fits else None


def _bare(text: str) -> str:
    said = text.strip(" .,;:!\"“”'")
    return re.sub(r"^(?:the|a total of|it'?s|be) ", "", said, flags=re.IGNORECASE)
