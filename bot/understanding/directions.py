"""Places of a message and which lines they belong to.

One destination is every line's. Several are each its own line's where lines stand between them ("2 to OR 3 and 1 to OR 4"),
else all lines' together ("to ED and ICU"), which is in doubt where a figure could be meant for each or for both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.understanding.amounts import AmountKind
from bot.understanding.atom import Atom, Kind
from bot.understanding.composition import Doubt, DoubtKind, Line
from bot.understanding.values import Direction, Spot, spot_of

_SOURCE = re.compile(r"\b(?:from|out of|off(?: of)?|out)\s+(?:the |our |their )?$", re.IGNORECASE)
_DESTINATION = re.compile(
    r"(?:\b(?:to|into|onto|over to|going to|up to|down to)\s+(?:the |our )?|(?:->|→|>)\s*)$", re.IGNORECASE
)
_MOVING = frozenset({"transfer", "requisition", "consume", "receive", "waste", "quarantine"})
_SPLIT = frozenset({"transfer", "requisition"})
_ONE_WAY = frozenset({"consume", "waste", "count"})
"""Intents that move nothing on: "the rest to ED" asks for another action."""


def spots_of(text: str, *, atoms: Sequence[Atom], intent: str) -> tuple[Spot, ...]:
    """Every named place with its direction: the label's, else the preposition's where the message moves things."""
    made: list[Spot] = []
    for atom in atoms:
        if atom.kind is not Kind.PLACE or not atom.text.strip():
            continue
        before = text[: atom.start]
        if atom.role in (Direction.SOURCE, Direction.DESTINATION):
            direction = Direction(atom.role)
        elif intent in _MOVING and _SOURCE.search(before):
            direction = Direction.SOURCE
        elif intent in _SPLIT and _DESTINATION.search(before):
            direction = Direction.DESTINATION
        else:
            direction = Direction.AT
        made.append(spot_of(atom.text, direction=direction, start=atom.start, end=atom.end))
    return tuple(made)


def with_places(
    text: str, *, lines: Sequence[Line], places: Sequence[Spot], intent: str
) -> tuple[list[Line], list[Doubt]]:
    """``lines`` with their places, and what is in doubt. A message with places and no line gets one line without a thing."""
    doubts: list[Doubt] = []
    made = list(lines)
    if not made:
        return made, doubts
    for direction in Direction:
        spots = _unique([spot for spot in places if spot.direction is direction])
        shares, unsure = _shared(made, spots)
        made = [_placed(line, direction, own) for line, own in zip(made, shares, strict=True)]
        if unsure:
            doubts.append(_elsewhere(unsure))
        if direction is Direction.DESTINATION:
            doubts += _split(text, made, shares, intent)
    meant = [amount for line in made for amount in line.meant]
    rest = next((amount for amount in meant if amount.kind is AmountKind.REST), None)
    if intent in _ONE_WAY and rest is not None and len(meant) > 1:
        sentence = f"What becomes of “{text[rest.start : rest.end]}” is a second action."
        doubts.append(Doubt(DoubtKind.SECOND_ACTION, sentence, rest.start, rest.end))
    return made, doubts


def _placed(line: Line, direction: Direction, spots: tuple[Spot, ...]) -> Line:
    match direction:
        case Direction.SOURCE:
            return replace(line, sources=spots)
        case Direction.DESTINATION:
            return replace(line, destinations=spots)
        case Direction.AT:
            return replace(line, at=spots)


def _unique(spots: Sequence[Spot]) -> tuple[Spot, ...]:
    return tuple(dict.fromkeys(spots))


def _shared(lines: Sequence[Line], spots: Sequence[Spot]) -> tuple[list[tuple[Spot, ...]], Spot | None]:
    """Each line's own places; the second part is a place that more than one reading fits."""
    everyone = [tuple(spots) for _ in lines]
    if len(lines) < 2 or not spots:
        return everyone, None
    rest = next(
        (i for i, line in enumerate(lines) if any(a.kind is AmountKind.REST for a in line.amounts)), None
    )
    if rest is not None:
        own = tuple(spot for spot in spots if spot.start >= lines[rest].start)
        if own:
            others = tuple(spot for spot in spots if spot not in own)
            return [own if i >= rest else others for i in range(len(lines))], None
    if len(spots) < 2 or not _parted(lines, spots):
        return everyone, None
    starts = [_first(line) for line in lines]
    leading = spots[0].start < min(starts)
    shares: list[tuple[Spot, ...]] = []
    for index, start in enumerate(starts):
        stop = starts[index + 1] if index + 1 < len(starts) else None
        if leading:
            before = [spot for spot in spots if spot.start < start]
            shares.append((before[-1],))
            continue
        inside = tuple(s for s in spots if s.start >= start and (stop is None or s.start < stop))
        later = [spot for spot in spots if spot.start >= start]
        shares.append(inside or tuple(later[:1]) or (spots[-1],))
    unsure = spots[-1] if not leading and starts[-1] > spots[-1].start else None
    return shares, unsure


def _first(line: Line) -> int:
    """Where the line's own words begin; an item taken from another line does not count."""
    starts = [amount.start for amount in line.amounts] + [size.start for size in line.sizes]
    if line.item is not None and not line.implied:
        starts.append(line.item.start)
    return min(starts, default=line.start) if line.implied else min([line.start, *starts])


def _parted(lines: Sequence[Line], spots: Sequence[Spot]) -> bool:
    """Does a line begin between the first and the last of the places?"""
    return any(spots[0].start < _first(line) < spots[-1].start for line in lines)


def _split(text: str, lines: Sequence[Line], shares: Sequence[tuple[Spot, ...]], intent: str) -> list[Doubt]:
    """One figure and two destinations: for each of them, or for both together?"""
    made: list[Doubt] = []
    if intent not in _SPLIT:
        return made
    for line, own in zip(lines, shares, strict=True):
        figures = [a for a in line.meant if a.quantity is not None and not a.apiece]
        if len(own) > 1 and figures and not _nested(text, own):
            named = " and ".join(spot.text for spot in own)
            sentence = f"{figures[0]} for each of {named}, or for both together?"
            made.append(Doubt(DoubtKind.PLACES_UNSHARED, sentence, own[0].start, own[-1].end))
    return made


def _nested(text: str, spots: Sequence[Spot]) -> bool:
    """ "the airway cart in ED trauma": one place inside another, not two."""
    return all(
        re.fullmatch(
            r"\s*,?\s*(?:in|on|at|of|'s|inside)\s+(?:the |our )?", text[one.end : two.start], re.IGNORECASE
        )
        for one, two in pairwise(spots)
    )


def _elsewhere(spot: Spot) -> Doubt:
    sentence = f"I can not tell which lines are meant for {spot.text}."
    return Doubt(DoubtKind.PLACE_ELSEWHERE, sentence, spot.start, spot.end)
