"""Which shelves to count in a week, so that everything is counted as often as its class asks and every week is alike.

A line is an item on a shelf. Whoever stands before a shelf counts all of it that is due soon. Of the rest, what is due first comes
first, and as much is planned as keeps the weeks even: the steady need, and an eighth of what is late.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.model.ids import ItemId, PersonId, PlaceId
from domain.model.item import AbcClass

INTERVAL: Final[Mapping[AbcClass, int]] = {AbcClass.A: 31, AbcClass.B: 92, AbcClass.C: 365}
"""Days within which a line is counted again: monthly, quarterly, yearly."""
A_VISIT: Final = 12
"""Lines that are counted in one go: what one form holds."""
HEADROOM: Final = 1.08
CATCH_UP_WEEKS: Final = 8
_SOON: Final = 0.25
"""Share of the interval before its end from which a line is counted along with its shelf."""
_EARLIEST: Final = 0.55
"""Share of the interval that passes at least before a line is counted again only to keep the weeks even."""
_LAST_DAY: Final = timedelta(days=11)
"""What falls due by Friday of next week may be counted on that Friday at the latest, if not this week: so it is counted this week."""


@dataclass(frozen=True, slots=True)
class CountLine:
    """``counted_on`` None: never. ``value_used`` is what was used of the item lately, in money: the dear and fast come first."""

    item_id: ItemId
    place_id: PlaceId
    abc: AbcClass
    counted_on: date | None = None
    value_used: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A shelf to be counted on a day: its lines, and of several visits to one shelf which this is."""

    place_id: PlaceId
    day: date
    lines: tuple[CountLine, ...]
    part: int = 1


def due_on(line: CountLine, *, monday: date) -> date:
    """The last day on which the line is counted in time. What never was counted is due as if it had been a whole interval ago, so that
    the dear classes come first."""
    if line.counted_on is None:
        return monday - timedelta(days=1)
    return line.counted_on + timedelta(days=INTERVAL[line.abc])


def quota(lines: Sequence[CountLine], *, monday: date) -> int:
    """Lines to count in the week from ``monday``: the steady need with a little headroom, and an eighth of what is late.

    >>> quota([CountLine(ItemId(n), PlaceId(1), AbcClass.B, date(2026, 11, 20)) for n in range(92)], monday=date(2026, 11, 23))
    8
    """
    steady = sum(7 / INTERVAL[line.abc] for line in lines)
    late = sum(due_on(line, monday=monday) < monday for line in lines)
    return math.ceil(steady * HEADROOM + late / CATCH_UP_WEEKS)


def week_plan(lines: Sequence[CountLine], *, monday: date, days: Sequence[date]) -> tuple[Visit, ...]:
    """The visits of the week from ``monday`` on its working ``days``; ``counted_on`` is as it was before that Monday, so that the plan
    stays the same all week. Empty without a working day.

    What must be counted is planned whatever it comes to; the rest up to the quota. Each day gets about as many lines as the others.
    """
    if not days or not lines:
        return ()
    shelves: defaultdict[PlaceId, list[CountLine]] = defaultdict(list)
    for line in lines:
        shelves[line.place_id].append(line)
    late = {id(line): due_on(line, monday=monday) < monday for line in lines}
    most = quota(lines, monday=monday)
    chosen: dict[PlaceId, list[CountLine]] = {}
    planned = 0
    for there in shelves.values():
        there.sort(key=lambda line: _order(line, monday=monday))
    in_turn = sorted(shelves, key=lambda place_id: (_order(shelves[place_id][0], monday=monday), place_id))
    for place_id in in_turn:
        there = shelves[place_id]
        must = [
            line for line in there if not late[id(line)] and due_on(line, monday=monday) <= monday + _LAST_DAY
        ]
        if planned >= most:
            taken = must
        else:
            early = monday + timedelta(days=6)
            if not any(_may_begin(line, monday=monday) for line in there):
                continue
            taken = [line for line in there if late[id(line)] or _soon(line, by=early, monday=monday)]
            room = max(most - planned, len(must), 1)
            if len(taken) > room:
                # Late ones wait for their turn, what must be counted does not.
                taken = [*must, *(line for line in taken if line not in must)][:room]
        if taken:
            chosen[place_id] = taken
            planned += len(taken)
    return _spread(chosen, days=days)


def _order(line: CountLine, *, monday: date) -> tuple[float, float, date, int]:
    """Earliest first, measured in shares of the interval: a dear item a week late is later than a cheap one; then the dear and fast."""
    left = (due_on(line, monday=monday) - monday).days / INTERVAL[line.abc]
    if line.counted_on is None:
        left = -1.0 / INTERVAL[line.abc] * 365
    return (round(left, 3), -line.value_used, line.counted_on or date.min, line.item_id)


def _may_begin(line: CountLine, *, monday: date) -> bool:
    """May a shelf be visited for this line's sake?"""
    interval = INTERVAL[line.abc]
    return due_on(line, monday=monday) <= monday + timedelta(days=round(interval * (1 - _EARLIEST)))


def _soon(line: CountLine, *, by: date, monday: date) -> bool:
    """Is it counted along with its shelf?"""
    share = timedelta(days=round(INTERVAL[line.abc] * _SOON))
    return due_on(line, monday=monday) <= by + share or _may_begin(line, monday=monday)


def _spread(chosen: Mapping[PlaceId, Sequence[CountLine]], *, days: Sequence[date]) -> tuple[Visit, ...]:
    visits = [
        (place_id, part + 1, tuple(lines[at : at + A_VISIT]))
        for place_id, lines in chosen.items()
        for part, at in enumerate(range(0, len(lines), A_VISIT))
    ]
    load: dict[date, int] = dict.fromkeys(days, 0)
    made = []
    last = {visit[:2]: _last_day(visit[2], days=days) for visit in visits}
    for place_id, part, lines in sorted(
        visits, key=lambda visit: (last[visit[:2]], -len(visit[2]), visit[0], visit[1])
    ):
        able = [day for day in days if day <= last[place_id, part]] or days[:1]
        day = min(able, key=lambda day: (load[day], day))
        load[day] += len(lines)
        made.append(Visit(place_id, day, lines, part))
    return tuple(sorted(made, key=lambda visit: (visit.day, visit.place_id, visit.part)))


def _last_day(lines: Sequence[CountLine], *, days: Sequence[date]) -> date:
    """The last of the ``days`` on which all of the lines are in time; those that are late already do not bound it."""
    due = [
        line.counted_on + timedelta(days=INTERVAL[line.abc]) for line in lines if line.counted_on is not None
    ]
    return min((day for day in due if days[0] <= day <= days[-1]), default=days[-1])


def assigned(visits: Sequence[Visit], *, people: Sequence[PersonId], week: int) -> Mapping[int, PersonId]:
    """Who makes which visit (by its position): loads of lines balanced over the week, beginning with another person each ``week``."""
    if not people:
        return {}
    turn = week % len(people)
    rotated = [*people[turn:], *people[:turn]]
    load: dict[PersonId, int] = dict.fromkeys(rotated, 0)
    found: dict[int, PersonId] = {}
    for at, visit in sorted(enumerate(visits), key=lambda row: (-len(row[1].lines), row[0])):
        person = min(rotated, key=lambda one: (load[one], rotated.index(one)))
        load[person] += len(visit.lines)
        found[at] = person
    return found


@dataclass(frozen=True, slots=True)
class Coverage:
    """``in_time`` of ``lines`` were counted within their class's interval."""

    lines: int
    in_time: int

    @property
    def share(self) -> float:
        return self.in_time / self.lines if self.lines else 1.0


def coverage(lines: Sequence[CountLine], *, today: date) -> Mapping[AbcClass, Coverage]:
    """By class, as of ``today``."""
    found = {}
    for abc in AbcClass:
        mine = [line for line in lines if line.abc is abc]
        fresh = sum(
            line.counted_on is not None and (today - line.counted_on).days <= INTERVAL[abc] for line in mine
        )
        found[abc] = Coverage(len(mine), fresh)
    return found
