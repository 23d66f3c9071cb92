"""What is in doubt about a composed message, as sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.understanding.amounts import AmountRole, PackUnit
from bot.understanding.atoms import Atom, Kind
from bot.understanding.binding import Group, summed
from bot.understanding.composition import Doubt, DoubtKind, Line
from bot.understanding.roles import is_open
from bot.understanding.values import Thing
from bot.understanding.whens import When

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
        pieces = meant[0] if len(meant) == 1 else None
        if (
            pieces is not None
            and len(line.serials) > 1
            and not any(serial.until for serial in line.serials)
            and pieces.unit in (None, PackUnit.EACH)
            and pieces.quantity is not None
            and pieces.quantity != len(line.serials)
        ):
            sentence = f"{pieces.quantity} {name}, but {len(line.serials)} serial numbers."
            doubts.append(Doubt(DoubtKind.SERIALS_UNEQUAL, sentence, line.start, line.end))


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
