"""What is in doubt about a composed message, as sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.understanding.amounts import LEVELS, AmountKind, AmountRole, PackUnit
from bot.understanding.atom import Atom, Kind
from bot.understanding.binding import Group, summed
from bot.understanding.composition import Doubt, DoubtKind, Line, Targets
from bot.understanding.cues import SMALL
from bot.understanding.meaning import Meaning
from bot.understanding.roles import is_open
from bot.understanding.values import SaidSize, Thing
from bot.understanding.whens import When
from domain.model.size import Dimension

_LONGEST_ECHO = 40


_EACH = re.compile(r"\b(?:each|apiece)\b", re.IGNORECASE)


def said_each(text: str) -> bool:
    """Does ``text`` say that an amount is for every thing named?"""
    return _EACH.search(text) is not None


def doubt_contested(groups: Sequence[Group], doubts: list[Doubt]) -> None:
    for group in groups:
        for atom in group.contested:
            if said_each(atom.text):
                continue  # it is for both
            if atom.kind in (Kind.AMOUNT, Kind.UNIT):
                kind = DoubtKind.AMOUNT_ELSEWHERE
            elif atom.kind is Kind.SIZE:
                kind = DoubtKind.SIZE_ELSEWHERE
            else:
                continue
            things = group.of(Kind.ITEM)
            taken = f"; I took it for {echo(things[0].text)}" if things else ""
            doubts.append(doubt(kind, f"“{echo(atom.text)}” may belong to the thing beside it{taken}.", atom))


def doubt_length(groups: Sequence[Group], *, atoms: Sequence[Atom]) -> list[Doubt]:
    """What lies behind the most that is bound of one message."""
    bound = sum(len(group.atoms) for group in groups)
    left = [atom for atom in atoms if atom.kind is not Kind.PLACE][bound:]
    if not left:
        return []
    sentence = f"That is more than I take from one message; I stopped before “{echo(left[0].text)}”."
    return [Doubt(DoubtKind.TOO_MUCH, sentence, left[0].start, left[-1].end)]


def doubt_lines(text: str, lines: Sequence[Line], doubts: list[Doubt]) -> None:
    for line in lines:
        name = echo(line.item.text) if line.item is not None else "it"
        for amount in line.amounts:
            if is_open(amount) and amount.role is not AmountRole.WITHDRAWN:
                sentence = (
                    f"How many {name} exactly? “{echo(text[amount.start : amount.end])}” names no one figure."
                )
                doubts.append(Doubt(DoubtKind.AMOUNT_OPEN, sentence, amount.start, amount.end))
        meant = line.meant
        if any(not summed(text, one, two) for one, two in pairwise(meant)):
            said = " and ".join(str(amount) for amount in meant)
            doubts.append(
                Doubt(
                    DoubtKind.AMOUNT_TWICE,
                    f"Two amounts stand for {name}: {said}.",
                    meant[0].start,
                    meant[-1].end,
                )
            )
        if rivals(line.sizes):
            said = " and ".join(size.text for size in line.sizes)
            doubts.append(
                Doubt(
                    DoubtKind.SIZE_ELSEWHERE,
                    f"{name} can not be of size {said} at once.",
                    line.sizes[0].start,
                    line.sizes[-1].end,
                )
            )
        for role in LEVELS:
            same = [amount for amount in line.amounts if amount.role is role]
            if len(same) > 1:
                sentence = f"Two figures stand for the {role.value} of {name}: {same[0]} and {same[-1]}."
                doubts.append(Doubt(DoubtKind.AMOUNT_TWICE, sentence, same[0].start, same[-1].end))
        pieces = meant[0] if len(meant) == 1 else None
        if (
            pieces is not None
            and line.serials
            and not any(serial.until for serial in line.serials)
            and pieces.unit in (None, PackUnit.EACH)
            and pieces.quantity is not None
            and pieces.quantity != len(line.serials)
        ):
            sentence = f"{pieces.quantity} {name}, but {len(line.serials)} serial number{'s' if len(line.serials) > 1 else ''}."
            doubts.append(Doubt(DoubtKind.SERIALS_UNEQUAL, sentence, line.start, line.end))


_ONE_OF = (Dimension.LETTER, Dimension.SUTURE, Dimension.FRENCH, Dimension.GAUGE)


def rivals(sizes: Sequence[SaidSize]) -> bool:
    """Are two of ``sizes`` of a kind of which a thing has but one: two letters, two sutures, two French?"""
    kinds = [
        next(iter(one.sizes[0].dimensions))
        for one in sizes
        if len(one.sizes) == 1 and len(one.sizes[0].measures) == 1
    ]
    return any(kinds.count(kind) > 1 for kind in _ONE_OF)


def doubt_when(when: When, doubts: list[Doubt]) -> None:
    if not when.known:
        sentence = f"I can not tell which days “{echo(when.text)}” means."
        doubts.append(Doubt(DoubtKind.TIME_UNREAD, sentence, when.start, when.end))
    elif when.rough:
        taken = f"; I took {when.first} to {when.last}" if when.first else ""
        doubts.append(
            Doubt(
                DoubtKind.TIME_ROUGH,
                f"“{echo(when.text)}” names no exact days{taken}.",
                when.start,
                when.end,
            )
        )


def doubt(kind: DoubtKind, sentence: str, atom: Atom) -> Doubt:
    return Doubt(kind, sentence, atom.start, atom.end)


def echo(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST_ECHO else said[: _LONGEST_ECHO - 1] + "…"


def thing_missing(line: Line, taken: Thing | None) -> Doubt:
    what = ", ".join([*(size.text for size in line.sizes), *(str(amount) for amount in line.amounts)])
    what = what or ", ".join(code.text for code in (*line.lots, *line.serials)) or "a part of it"
    sentence = f"“{echo(what)}” names no thing of its own" + (
        f"; I took it for {echo(taken.text)}." if taken else "."
    )
    return Doubt(DoubtKind.THING_MISSING, sentence, line.start, line.end)


_FOLLOWING = re.compile(
    r"\s*(?:(?:of|the|more|those|our|my|extra|other|loose|unused|new|sterile|these|open|opened|unopened)\s+)*(?P<word>[a-z][a-z'-]{2,})",
    re.IGNORECASE,
)
_STATE_WORDS = """
    expired outdated obsolete unrecorded unused unopened opened wasted damaged broken dropped torn left used back loose extra short
    sent came come arrived received delivered ordered showed remaining please fix reverse instead max min par total still waste both
    blew number against away thru through before after until too fresh down off pieces piece again only just even already missing
    times time per level levels maximum minimum reorder quarantine undo and but not yet plus new full empty whole
"""
_STATES = frozenset(_STATE_WORDS.split())
"""Words that follow an amount and name no thing."""
_MADE = re.compile(r".{3,}(?:ed|ing|ly|en)$", re.IGNORECASE)
_CODE_WORDS = re.compile(
    r"(?:\b(?:and|or|lots?|serials?|sn|number|num|no|plus|also|through|thru|to|then|exp\w*|the|other|ones?|both|with)\b|[\W\d_])+",
    re.IGNORECASE,
)
_ROOM_BEFORE = re.compile(
    r"\b(?:on|in|from|room|rm|bay|bed|bin|cart|shelf|(?:bin|shelf|row) [a-z])\s*$", re.IGNORECASE
)
_ROOM_AFTER = re.compile(
    r"\s*(?:[a-z]\b(?!\s*(?:box|case|pack))|(?:by|for|please|pls|asap|stat|now)\b|$)", re.IGNORECASE
)


_ALSO = re.compile(
    r"(?:\band|\bplus|&|,)\s+(?P<what>(?:an?|some|another)\s+(?P<word>[a-z][\w-]{2,}(?:\s+[a-z][\w-]{2,})?))"
    r"(?=\s+(?:for|in|from|to|on|at|and)\b|[\s.!]*$|,)",
    re.IGNORECASE,
)
"""One thing more, at the end or before what comes next."""


def doubt_words(meaning: Meaning, *, atoms: Sequence[Atom]) -> list[Doubt]:
    """Words without a label beside an amount or between two codes: a thing that was not heard may have been named there."""
    made: list[Doubt] = []
    text = meaning.text
    starts = sorted(span.start for span in meaning.spans)
    for atom in atoms:
        if atom.kind is not Kind.AMOUNT or atom.amount is None or atom.amount.article:
            continue
        stop = next((start for start in starts if start >= atom.end), len(text))
        match = _FOLLOWING.match(text[atom.end : stop])
        if match is not None and _names(match["word"]):
            sentence = f"“{echo(text[atom.start : atom.end + match.end()])}”: I do not know what “{echo(match['word'])}” is."
            made.append(Doubt(DoubtKind.WORDS_UNREAD, sentence, atom.start, atom.end + match.end()))
        elif (
            atom.amount.kind is AmountKind.EXACT
            and _ROOM_BEFORE.search(text[: atom.start])
            and (stop == len(text) or text[atom.end : stop].strip())
            and _ROOM_AFTER.match(text[atom.end : stop])
        ):
            sentence = f"“{echo(atom.text)}” may be a part of a place's name."
            made.append(Doubt(DoubtKind.AMOUNT_ELSEWHERE, sentence, atom.start, atom.end))
    for match in _ALSO.finditer(text):
        free = not any(span.start < match.end() and match.start("what") < span.end for span in meaning.spans)
        if free and _names(match["word"]):
            said = match["what"]
            sentence = f"“{echo(said)}”: I do not know what “{echo(match['word'])}” is, and have left it out."
            made.append(Doubt(DoubtKind.WORDS_UNREAD, sentence, match.start("what"), match.end("what")))
    codes = [atom for atom in atoms if atom.kind in (Kind.LOT, Kind.SERIAL, Kind.ITEM)]
    for one, two in pairwise(codes):
        between = text[one.end : two.start]
        if Kind.ITEM not in (one.kind, two.kind) and not (
            _CODE_WORDS.fullmatch(between) or _labelled(meaning, one, two)
        ):
            sentence = f"What “{echo(two.text)}” belongs to was not named clearly."
            made.append(Doubt(DoubtKind.WORDS_UNREAD, sentence, two.start, two.end))
    return made


def _names(word: str) -> bool:
    said = word.casefold().strip("'-")
    return said not in SMALL and said not in _STATES and not _MADE.fullmatch(said)


def _labelled(meaning: Meaning, one: Atom, two: Atom) -> bool:
    """Do other labels stand between the two?"""
    return any(one.end <= span.start and span.end <= two.start for span in meaning.spans)


def doubt_targets(targets: Targets) -> list[Doubt]:
    """Numbers too short to be a patient's, or without a figure for a case or an order."""
    made = [
        Doubt(
            DoubtKind.TARGET_UNREAD,
            "The patient's number is too short to be one.",
            patient.start,
            patient.end,
        )
        for patient in targets.patients
        if not patient.plausible
    ]
    for what, codes in (("case", targets.cases), ("order", targets.orders)):
        made += [
            Doubt(
                DoubtKind.TARGET_UNREAD,
                f"“{echo(code.text)}” is no {what} number that I can read.",
                code.start,
                code.end,
            )
            for code in codes
            if not any(character.isdigit() for character in code.key)
        ]
    return made
