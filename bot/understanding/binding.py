"""Atoms bound into lines: which size, amount and lot belongs to which thing.

A line is a stretch of neighbouring atoms with at most one thing in it. Every way of cutting the message into such stretches has
a cost: commas and "and" inside a stretch, two amounts for one thing, a stretch without a thing. The cheapest cut wins, whatever
the order ("2 foleys, 3 gowns", "foleys x2, gowns 3", "foleys, 2, and gowns, 3"); where another cut that puts an amount elsewhere
costs as little, the binding is in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from bot.understanding.amounts import Amount, AmountKind, AmountRole
from bot.understanding.atom import Atom, Kind


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring atoms of one line. ``contested``: the atoms that an equally good cut binds elsewhere."""

    atoms: tuple[Atom, ...]
    contested: tuple[Atom, ...] = ()

    def of(self, kind: Kind) -> tuple[Atom, ...]:
        return tuple(atom for atom in self.atoms if atom.kind is kind)


_INSIDE = {"": 0.0, ",": 1.0, "and": 2.0, ".": 2.6}
_BETWEEN = {"": 2.0, ",": 0.4, "and": 0.0, ".": 0.0}
_THINGS, _AMOUNTS, _SIZES = 8.0, 5.0, 1.5
_GHOST_BARE, _GHOST_CODES, _GHOST_SIZED, _GHOST_SIZE_ONLY, _GHOST_TO = 6.0, 4.0, 2.5, 6.0, 1.0
_MOST_THINGS = 2
_TURNED = 0.6
"""Nobody says "16 fr 2 foleys"."""
_CLOSE = 0.3
"""Cuts whose costs differ by no more are equally good."""
MOST = 100
"""Atoms that are bound; a message with more of them is no message, and what lies behind them stays unbound."""
_WIDEST = 40
"""Atoms of one line: a list of serial numbers is long, hardly longer."""

_STRONG = re.compile(r"[;.!?\n](?=\s|$)")
_AND = re.compile(r"(?:\b(?:and|plus|also|then|&|with|n)\b|[&+])", re.IGNORECASE)
_COMMA = re.compile(r"[,:/–—]|\s-\s|\.\.")
_PLUS = re.compile(r"\b(?:plus|and|with)\b|[&+]", re.IGNORECASE)
_TO_PLACE = re.compile(
    r"^\s*(?:of (?:them|those|it|these)\s*)?(?:more\s*)?(?:to be\s*|should\s*|goes?|going|go|went|are|is)?"
    r"\s*(?:to|in|into|for|at|on|from|->|→|off)\s*(?:the\s*)?$",
    re.IGNORECASE,
)


def bind(text: str, *, atoms: tuple[Atom, ...]) -> tuple[Group, ...]:
    """The lines of the message in reading order. Places take no part; a group may hold no thing."""
    core = tuple(atom for atom in atoms if atom.kind is not Kind.PLACE)[:MOST]
    if not core:
        return ()
    gaps = [_gap(text, atoms, core[i], core[i + 1]) for i in range(len(core) - 1)]
    sent = frozenset(i for i in range(len(core)) if _sent_on(text, atoms, core, i))
    best = _cheapest(text, core, gaps, sent)
    groups = [core[start:stop] for start, stop in best[0][1]]
    contested: set[Atom] = set()
    if len(best) > 1 and best[1][0] - best[0][0] <= _CLOSE:
        contested = _moved(core, best[0][1], best[1][1])
    return tuple(Group(group, tuple(atom for atom in group if atom in contested)) for group in groups)


type Cut = tuple[tuple[int, int], ...]


def _cheapest(
    text: str, core: tuple[Atom, ...], gaps: list[str], sent: frozenset[int]
) -> list[tuple[float, Cut]]:
    """The two cheapest cuts, cheapest first; among equals the one that keeps amounts before their things."""

    @cache
    def cost(start: int, stop: int) -> float:
        return _cost(text, core, gaps, start, stop, sent)

    table: list[list[tuple[float, Cut]]] = [[(0.0, ())]]
    for stop in range(1, len(core) + 1):
        ways: list[tuple[float, Cut]] = []
        for start in range(max(0, stop - _WIDEST), stop):
            step = cost(start, stop)
            if step == float("inf"):
                continue
            between = _BETWEEN[gaps[start - 1]] if start else 0.0
            ways += [(so_far + between + step, (*cut, (start, stop))) for so_far, cut in table[start]]
        ways.sort(key=lambda way: (round(way[0], 3), [-start for start, _ in way[1]]))
        table.append(ways[:2])
    return table[-1]


def _gap(text: str, atoms: tuple[Atom, ...], one: Atom, two: Atom) -> str:
    """The strongest break between two atoms, places between them left out: "" is none."""
    between = text[one.end : two.start]
    for place in atoms:
        if place.kind is Kind.PLACE and one.end <= place.start and place.end <= two.start:
            between = between.replace(place.text, " ", 1)
    if one.kind is two.kind and one.kind in (Kind.LOT, Kind.SERIAL):
        return ""
    if _STRONG.search(between):
        return "."
    if _AND.search(between):
        return "and"
    return "," if _COMMA.search(between) else ""


def _sent_on(text: str, atoms: tuple[Atom, ...], core: tuple[Atom, ...], index: int) -> bool:
    """An amount that goes straight to a place of its own: "and 1 to OR 4", "the rest to ED"."""
    atom = core[index]
    if atom.kind is not Kind.AMOUNT or index == 0:
        return False
    after = next((a for a in atoms if a.start >= atom.end), None)
    if after is None or after.kind is not Kind.PLACE or not _TO_PLACE.match(text[atom.end : after.start]):
        return False
    rest = atom.amount is not None and atom.amount.kind is AmountKind.REST
    others = [a for a in atoms if a.kind is Kind.PLACE and a.end <= atom.start and a.role == after.role]
    return rest or bool(others)


def _cost(
    text: str, core: tuple[Atom, ...], gaps: list[str], start: int, stop: int, sent: frozenset[int]
) -> float:
    """What it costs to take core[start:stop] as one line."""
    group = core[start:stop]
    if any(index in sent for index in range(start + 1, stop)):
        return float("inf")
    things = sum(1 for atom in group if atom.kind is Kind.ITEM)
    if things > _MOST_THINGS:
        return float("inf")
    total = sum(
        _INSIDE[gaps[index]] + _apart(text, core[index], core[index + 1]) for index in range(start, stop - 1)
    )
    total += _THINGS * max(0, things - 1)
    amounts = [
        a for a in group if a.kind is Kind.AMOUNT and (a.amount is None or a.amount.role is AmountRole.MEANT)
    ]
    levels = [a.amount.role for a in group if a.amount is not None and a.amount.role is not AmountRole.MEANT]
    for one, two in pairwise(amounts):
        total += 0.3 if summed(text, one.amount, two.amount) else _AMOUNTS
    for role in set(levels) - {AmountRole.WITHDRAWN, AmountRole.BOOKS, AmountRole.BEFORE}:
        total += _AMOUNTS * (levels.count(role) - 1)
    sizes = [atom for atom in group if atom.kind is Kind.SIZE]
    total += _SIZES * max(0, len(sizes) - 1)
    kinds = [atom.kind for atom in group]
    if any(kinds[i : i + 3] == [Kind.SIZE, Kind.AMOUNT, Kind.ITEM] for i in range(len(kinds) - 2)):
        total += _TURNED
    if things == 0 and len(group) < len(core):
        total += _ghost(group, start, sent, bool(sizes), bool(amounts or levels))
    return total


_WORD = re.compile(r"[^\W\d_]{2,}")


def _apart(text: str, one: Atom, two: Atom) -> float:
    """Words between two atoms part them a little: enough to settle what is else even."""
    return min(0.5, 0.1 * len(_WORD.findall(text[one.end : two.start])))


def _ghost(group: tuple[Atom, ...], start: int, sent: frozenset[int], sizes: bool, amounts: bool) -> float:
    """A line that names no thing takes that of its neighbour: likely for "L 9 boxes", unlikely for a bare figure."""
    if start in sent:
        return _GHOST_TO
    if sizes:
        return _GHOST_SIZED if amounts else _GHOST_SIZE_ONLY
    if all(atom.kind in (Kind.LOT, Kind.SERIAL, Kind.AMOUNT) for atom in group) and not amounts:
        return _GHOST_CODES
    return _GHOST_BARE


def summed(text: str, one: Amount | None, two: Amount | None) -> bool:
    """ "1 case plus 4 eaches": two amounts of one thing in different units."""
    if one is None or two is None or one.article or two.article:
        return False
    between = text[one.end : two.start]
    units = {one.unit, two.unit}
    return bool(_PLUS.search(between)) and len(units) == 2 and len(between) <= 24


def _moved(core: tuple[Atom, ...], best: Cut, second: Cut) -> set[Atom]:
    """Amounts and sizes that the second cut puts with another thing."""

    def owners(cut: Cut) -> dict[int, tuple[int, ...]]:
        found: dict[int, tuple[int, ...]] = {}
        things: tuple[int, ...] = ()
        for start, stop in cut:
            own = tuple(i for i in range(start, stop) if core[i].kind is Kind.ITEM)
            things = own or things  # a line without a thing takes that of the line before
            found |= dict.fromkeys(range(start, stop), things)
        return found

    ours, theirs = owners(best), owners(second)
    return {core[i] for i in range(len(core)) if core[i].kind is not Kind.ITEM and ours[i] != theirs[i]}
