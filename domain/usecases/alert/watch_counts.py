"""J7: the shelves that are to be counted today, and those that were to be counted before and were not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.model.alert import AlertKind, Fact, Finding
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.model.item import Item
from domain.model.place import Place, PlaceTree
from domain.ports import UnitOfWork
from domain.usecases.alert.cycle_counts import Asked, Assigned, UnitWeek, asked_for, shelf_kind, weeks_of

OVERDUE = timedelta(days=7)
"""A shelf that waits so long since it was first told is urgent: its managers are told as well."""


class WatchCounts:
    """Implements ``Watcher``. Found from its planned day until all its lines are counted; counts that the books ask for at once."""

    kind = AlertKind.COUNT_DUE

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        weeks = weeks_of(facility_id, today=today, uow=uow)
        asked = asked_for(facility_id, today=today, uow=uow)
        due = [
            (week, one) for week in weeks for one in week.visits if not one.done and one.visit.day <= today
        ]
        wanted: set[ItemId] = {line.item_id for _, one in due for line in one.left}
        wanted |= {item_id for one in asked for item_id, _ in one.lines}
        if not wanted:
            return []
        items = uow.catalogue.many(wanted)
        tree = uow.places.tree()
        opened = {
            subject: alert.opened_at
            for subject, alert in uow.alerts.living(facility_id, self.kind).items()
            if alert.resolved_at is None
        }
        found = []
        for week, one in due:
            subject = f"count:{one.visit.place_id}:{one.visit.part}"
            late = subject in opened and now - opened[subject] >= OVERDUE
            found.append(
                _planned(
                    week, one, subject=subject, late=late, since=opened.get(subject), items=items, today=today, tree=tree
                )
            )  # fmt: skip
        found += [_asked(one, items=items, tree=tree) for one in asked]
        return found


def _planned(
    week: UnitWeek,
    one: Assigned,
    *,
    subject: str,
    late: bool,
    since: datetime | None,
    items: dict[ItemId, Item],
    today: date,
    tree: PlaceTree,
) -> Finding:
    visit = one.visit
    unit = tree.get(week.unit_id)
    lines: list[Fact] = [
        _line(items[line.item_id], abc=line.abc.value, last=line.counted_on, why="")
        for line in one.left
        if line.item_id in items
    ]
    facts: dict[str, Fact] = {
        **_shelf(visit.place_id, unit=unit, tree=tree),
        "part": visit.part,
        "planned_on": visit.day.isoformat(),
        "person": "" if one.person is None else one.person.name,
        "person_id": None if one.person is None else int(one.person.id),
        "lines": lines,
        "of": len(visit.lines),
        "late": late,
        "waiting_since": None if since is None else since.date().isoformat(),
        "week_lines": week.lines,
        "week_counted": week.counted,
        "coverage": {
            abc.value: [done.in_time, done.lines] for abc, done in week.covered.items() if done.lines
        },
        "asked": False,
    }
    dear = sum({"A": 20, "B": 4, "C": 1}[line.abc.value] for line in one.left)
    weight = dear + (10_000 if late else 0) + 100 * (today - visit.day).days
    return Finding(AlertKind.COUNT_DUE, subject, visit.place_id, facts, weight=weight, urgent=late)


def _asked(one: Asked, *, items: dict[ItemId, Item], tree: PlaceTree) -> Finding:
    unit = tree.unit_of(one.place_id)
    lines: list[Fact] = [
        _line(items[item_id], abc=items[item_id].abc.value, last=None, why=why)
        for item_id, why in one.lines
        if item_id in items
    ]
    facts: dict[str, Fact] = {
        **_shelf(one.place_id, unit=unit, tree=tree),
        "part": 0,
        "person": "",
        "person_id": None,
        "lines": lines,
        "of": len(lines),
        "late": False,
        "asked": True,
    }
    return Finding(
        AlertKind.COUNT_DUE, f"count-asked:{one.place_id}", one.place_id, facts, weight=5_000 + len(lines)
    )


def _shelf(place_id: PlaceId, *, unit: Place, tree: PlaceTree) -> dict[str, Fact]:
    return {
        "place": int(place_id),
        "path": tree.path(place_id),
        "shelf": tree.path(place_id, below=unit.id),
        "what": shelf_kind(place_id, tree=tree),
        "unit": unit.name,
        "unit_id": int(unit.id),
    }


def _line(item: Item, *, abc: str, last: date | None, why: str) -> Fact:
    return {
        "item": int(item.id),
        "number": item.number,
        "name": item.name,
        "size": item.size,
        "base_unit": item.base_unit,
        "abc": abc,
        "last": None if last is None else last.isoformat(),
        "why": why,
    }
