"""What each amount of a message stands for: meant, taken back, what the books say, the whole of it, a level, a threshold."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.understanding.amounts import Amount, AmountKind, AmountRole
from bot.understanding.atom import ACTIONS, Atom, Kind


def _cue(pattern: str) -> re.Pattern[str]:
    return re.compile(" ".join(pattern.split()), re.IGNORECASE)


_FILL = r"(?:\s*(?:there(?:'s| is| are| were)|it'?s|we have|you have|at|only|just|as|is|a|the|of|like|to|that|in|on)\b)*"
_FILL += r"[\s:=–—-]*$"
_NOT = _cue(
    r"(?:\bnot|\binstead of|\brather than|\bisn'?t|\baren'?t|\bnever|\bno longer)\s*(?:a|the|of|at)?\s*$"
)
_FIXED = _cue(
    r"\b(?:no,? make (?:that|it)|make (?:that|it)|scratch that|sorry|i mean|i meant|meant|correction|wait|actually"
    r"|rather|no wait"
    r"|no,? i said|strike that|but|it'?s really|should(?:'ve| have)? be(?:en)?|supposed to be|no)\b"
    r"[\s,:.-]*(?:it'?s|its|be|was|is|to|only|about)?\s*$"
)
_RIGHT = _cue(
    r"(?:\bshould(?:'ve| have)?(?: only)? (?:be(?:en)?|read|say)|\bsupposed to be|\bmeant|\bmake (?:that|it)"
    r"|\breal(?: number)?|\bactual(?:ly)?"
    r"|\bi(?:'m| am)? (?:only )?(?:see|count(?:ed)?|found|got|have|looking at)|\bi'?ve got"
    r"|\bthere(?:'s| is| are)|\bits|\bit'?s|\bgo to|\bset (?:it )?(?:to|at))" + _FILL
)
_BOOKS = _cue(
    r"(?:\b(?:says?|said|shows?|showing|shown|lists?|listed|reads?|has us at|got us at"
    r"|entered|typed|expected|recorded|logged|guy put|charged)"
    r"|\bwe show|\bbooks? (?:has|have|quantity|count)|\boff (?:the )?books?)" + _FILL
)
_WRONG_ENTRY = _cue(r"\b(?:entered|typed|put|logged|recorded|keyed|charged|hit|wrote)\b[^.;]{0,20}$")
_INSTEAD_NEXT = _cue(r"^[^.;]{0,20}?\b(?:instead of|rather than)\b")
_OUT_OF = _cue(r"^\s*(?:out\s+)?of\s+(?:the|our|those|your|my|all)?\s*$")
_OF_WHAT = _cue(r"^\s*of (?:what|the order|our order|the shipment)\b")
_ORDERED = _cue(
    r"^[^.;,]{0,40}?\b(?:(?:that )?(?:we|i|they)? ?(?:ordered|asked for|requested)|on order|were due)\b"
)
_FROM = _cue(r"\bfrom\s*$")
_TO = _cue(r"\b(?:to|down to|up to)\s*$")
_BY = _cue(r"\b(?:by|off by)\s*$")
_TOO = _cue(r"^\s*(?:\w+\s+)?(?:is )?too (?:high|low|many|few|much)\b")
_UP_OR_DOWN = _cue(r"\b(?:bump|raise|move|take|turn|bring|knock|drop)\b[^.;]*\b(?:up|down)\s*$")
_MORE = _cue(r"\b(?:raise|increase|bump|up|more|add)\b")
_LESS = _cue(r"\b(?:lower|decrease|drop|reduce|cut|down|less|remove|knock)\b")
_IN = _cue(r"\bin\s*$")
_ADDED = _cue(r"\badd\s*$")
_ADDED_AFTER = _cue(r"^[^;]*\badd (?:them|em|'em|those|these|it) (?:to|in)\b")
_LEVELS: tuple[tuple[re.Pattern[str], AmountRole], ...] = (
    (re.compile(r"\bmin(?:imum)?s?\b", re.IGNORECASE), AmountRole.MINIMUM),
    (re.compile(r"\bmax(?:imum)?(?:es|s)?\b", re.IGNORECASE), AmountRole.MAXIMUM),
    (
        re.compile(r"\b(?:reorder (?:point|level|at)|rop|re-?order point|trigger)\b", re.IGNORECASE),
        AmountRole.REORDER_POINT,
    ),
    (re.compile(r"\bpars?\b", re.IGNORECASE), AmountRole.PAR),
)
_THRESHOLD = _cue(
    r"(?:\b(?:below|under|beneath|less than|fewer than|more than|over|above|at least|at most|drops? to"
    r"|falls? to|hits?|reach(?:es)?|down to|alert at|me at|at)|[<>])"
    r"\s*(?:the|=)?\s*$"
)
_LEFT = _cue(r"^\s*(?:or (?:less|fewer|more|under|below)|left|remaining)\b")
_LIMIT_BEFORE = _cue(r"\b(?:top|next|first|worst|biggest|which|bottom|last)\s*(?:the)?\s*$")
_LIMIT_AFTER = _cue(
    r"^\s*(?:worst|most|biggest|largest|items?|things|supplies|products|vendors|suppliers|dusty|slowest|oldest)\b"
)
_SECOND_CLAUSE = 60
_ASKS = frozenset({"subscribe_alert", "below_par", "check_stock", "find_item"})


def with_roles(text: str, *, atoms: tuple[Atom, ...], intent: str) -> tuple[Atom, ...]:
    """``atoms`` with the role of every amount set from the words around it."""
    made = list(atoms)
    where = [index for index, atom in enumerate(made) if atom.kind is Kind.AMOUNT and atom.amount is not None]
    for position, index in enumerate(where):
        before = made[where[position - 1]].end if position else 0
        after = made[where[position + 1]].start if position + 1 < len(where) else len(text)
        atom = made[index]
        role = _role(text[before : atom.start], text[atom.end : after], intent)
        made[index] = _of_role(atom, role)
    _pairs(text, made, where, intent)
    if intent == "set_par":
        _levels(text, made, where)
    _at_least_one_meant(made, where)
    return tuple(made)


def _of_role(atom: Atom, role: AmountRole) -> Atom:
    return atom if atom.amount is None else replace(atom, amount=replace(atom.amount, role=role))


def _role(before: str, after: str, intent: str) -> AmountRole:
    """By the words before, back to the last amount, and after, up to the next."""
    if intent not in ACTIONS:
        if _LIMIT_BEFORE.search(before) or _LIMIT_AFTER.search(after):
            return AmountRole.LIMIT
        if intent in _ASKS and (_THRESHOLD.search(before) or _LEFT.search(after)):
            return AmountRole.THRESHOLD
        return AmountRole.WITHDRAWN if _NOT.search(before) else AmountRole.MEANT
    if _OF_WHAT.match(after):
        return AmountRole.WHOLE
    if intent == "undo" and _INSTEAD_NEXT.search(after) and _WRONG_ENTRY.search(before):
        return AmountRole.WITHDRAWN
    if _NOT.search(before):
        return (
            AmountRole.MEANT if intent == "undo" and "instead" in before.casefold() else AmountRole.WITHDRAWN
        )
    if intent in ("set_par", "count", "reorder"):
        changed = _changed(before, after, intent)
        if changed is not None:
            return changed
    if _RIGHT.search(before):
        return AmountRole.MEANT
    if _BOOKS.search(before) and intent in ("count", "receive", "undo", "quarantine", "waste", "consume"):
        return AmountRole.BOOKS
    return AmountRole.MEANT


def _changed(before: str, after: str, intent: str) -> AmountRole | None:
    """By how much something changes or is off, and which way."""
    if too := _TOO.search(after):
        if intent == "set_par":
            return AmountRole.BEFORE
        return (
            AmountRole.DECREASE
            if re.search(r"\b(?:high|many|much)\b", too[0], re.IGNORECASE)
            else AmountRole.INCREASE
        )
    if intent == "set_par" and _IN.search(before) and _LESS.search(before):
        return AmountRole.DECREASE  # "cut it in half"
    if intent == "count" and (_ADDED.search(before) or _ADDED_AFTER.search(after)):
        return AmountRole.INCREASE
    if not (_BY.search(before) or (intent == "set_par" and _UP_OR_DOWN.search(before))):
        return None
    if _MORE.search(before):
        return AmountRole.INCREASE
    return AmountRole.DECREASE if _LESS.search(before) else AmountRole.DIFFERENCE


def _pairs(text: str, made: list[Atom], where: list[int], intent: str) -> None:
    """Roles that two amounts give each other: corrections, parts of a whole, from and to."""
    for one, two in pairwise(where):
        first, second = made[one], made[two]
        between = text[first.end : second.start]
        a, b = first.amount, second.amount
        assert a is not None and b is not None  # noqa: S101, PT018 - where holds amounts only
        things = [atom for atom in made[one + 1 : two] if atom.kind is Kind.ITEM]
        if _OUT_OF.fullmatch(between) or (
            intent == "receive"
            and b.role is AmountRole.MEANT
            and _ORDERED.search(text[second.end :])
            and re.search(r"\b(?:of|out of|for)\s+(?:the\s+)?$", between)
        ):
            made[two] = _of_role(second, AmountRole.WHOLE)
        elif (
            _FROM.search(text[: first.start])
            and _TO.search(between)
            and intent in ("set_par", "reorder", "count")
        ):
            made[one] = _of_role(first, AmountRole.BEFORE)
        elif (
            _FIXED.search(between)
            and a.role is AmountRole.MEANT
            and b.role is AmountRole.MEANT
            and len(between) <= _SECOND_CLAUSE
            and (not things or len(things) == 1)
            and not (_FIXED_WEAKLY.search(between) and things)
        ):
            made[one] = _of_role(first, AmountRole.WITHDRAWN)


_FIXED_WEAKLY = re.compile(r"\bbut\b|\bno\b(?!,? (?:make|wait|i))|\bactually\b|\brather\b", re.IGNORECASE)


def _levels(text: str, made: list[Atom], where: list[int]) -> None:
    """Which level each amount of a par change is for: the word before it, else behind it, else what was last said; else par."""
    said: AmountRole | None = None
    for position, index in enumerate(where):
        atom = made[index]
        amount = atom.amount
        assert amount is not None  # noqa: S101 - where holds amounts only
        start = made[where[position - 1]].end if position else 0
        stop = made[where[position + 1]].start if position + 1 < len(where) else len(text)
        before = _last_level(text[start : atom.start])
        after = _first_level(text[atom.end : stop]) if before is None else None
        following = position + 1 < len(where)
        if after is not None and following and said is not None:
            after = None  # "min 5 max 15": the word behind belongs to the next
        said = before or after or said
        if amount.role is AmountRole.MEANT:
            made[index] = _of_role(atom, said or AmountRole.PAR)


def _last_level(text: str) -> AmountRole | None:
    found = [(match.end(), role) for pattern, role in _LEVELS for match in pattern.finditer(text)]
    return max(found)[1] if found else None


def _first_level(text: str) -> AmountRole | None:
    clause = re.split(r"[.;!?]", text)[0]
    found = [(match.start(), role) for pattern, role in _LEVELS for match in pattern.finditer(clause)]
    return min(found)[1] if found else None


def _at_least_one_meant(made: list[Atom], where: list[int]) -> None:
    """ "Packing slip says 24 and I count the same": the only figure there is, is meant."""
    amounts = [made[index].amount for index in where]
    if amounts and all(amount is not None and amount.role is AmountRole.BOOKS for amount in amounts):
        last = where[-1]
        made[last] = _of_role(made[last], AmountRole.MEANT)


def is_open(amount: Amount) -> bool:
    """Does the amount name no one figure and so have to be asked?"""
    return amount.kind in (AmountKind.RANGE, AmountKind.VAGUE)
