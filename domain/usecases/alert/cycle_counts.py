"""J7: the week's counts of a facility, unit by unit: which shelves, on which day, by whom, and how far it has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.model.ids import FacilityId, ItemId, PersonId, PlaceId
from domain.model.item import AbcClass
from domain.model.permission import Deed, allowance
from domain.model.person import Person, Role
from domain.model.place import PlaceKind, PlaceTree
from domain.planning.cycle_counts import (
    A_VISIT,
    CountLine,
    Coverage,
    Visit,
    assigned,
    coverage,
    week_plan,
)
from domain.ports import UnitOfWork
from domain.ports.cycles import Doubtful
from domain.usecases.alert.low_lines import shelf_order, supply_places

_VALUED = timedelta(days=91)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A visit with who makes it (None: nobody is there to ask) and its lines that are not counted yet this week."""

    visit: Visit
    person: Person | None
    left: tuple[CountLine, ...]

    @property
    def done(self) -> bool:
        return not self.left


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """A unit's week. ``covered`` is how much of each class was counted in time, as of today."""

    unit_id: PlaceId
    monday: date
    visits: tuple[Assigned, ...]
    covered: Mapping[AbcClass, Coverage]

    @property
    def lines(self) -> int:
        return sum(len(one.visit.lines) for one in self.visits)

    @property
    def counted(self) -> int:
        return sum(len(one.visit.lines) - len(one.left) for one in self.visits)


@dataclass(frozen=True, slots=True)
class Asked:
    """A shelf to be counted because the books can not be right: its lines, and why each."""

    place_id: PlaceId
    lines: tuple[tuple[ItemId, str], ...]


def weeks_of(facility_id: FacilityId, *, today: date, uow: UnitOfWork) -> tuple[UnitWeek, ...]:
    """The week of every unit that keeps par levels, as it was planned on its Monday: the plan stays the same all week, whatever is
    counted in it. Nobody counts on weekends and holidays. Units in the order of the house."""
    tree = uow.places.tree()
    monday = today - timedelta(days=today.weekday())
    root = uow.places.facility(facility_id).place_id
    pars = [par for par in uow.pars.of(places=tree.subtree(root)) if par.par > 0]
    classes = uow.cycle_counts.classes(
        facility_id, {par.item_id for par in pars}, start=monday - _VALUED, end=monday - timedelta(days=1)
    )
    keys = [(par.item_id, par.place_id) for par in pars if par.item_id in classes]
    before = _last_counts(facility_id, keys, before=monday, tree=tree, uow=uow)
    now = _last_counts(facility_id, keys, before=None, tree=tree, uow=uow)
    units: defaultdict[PlaceId, list[CountLine]] = defaultdict(list)
    for item_id, place_id in keys:
        known = classes[item_id]
        line = CountLine(item_id, place_id, known.abc, before.get((item_id, place_id)), known.value_used)
        units[tree.unit_of(place_id).id].append(line)
    closed = {holiday.day for holiday in uow.job_book.holidays(facility_id, since=monday)}
    days = [day for day in (monday + timedelta(days=n) for n in range(5)) if day not in closed]
    people = uow.people.all()
    weeks = []
    for unit_id in sorted(units, key=lambda unit: shelf_order(unit, tree=tree)):
        lines = units[unit_id]
        visits = sorted(
            week_plan(lines, monday=monday, days=days),
            key=lambda visit: (visit.day, shelf_order(visit.place_id, tree=tree), visit.part),
        )
        staff = counters(unit_id, people=people, tree=tree)
        by = assigned(visits, people=[person.id for person in staff], week=monday.isocalendar().week)
        known_people = {person.id: person for person in staff}
        fresh = [
            CountLine(line.item_id, line.place_id, line.abc, now.get((line.item_id, line.place_id)))
            for line in lines
        ]
        weeks.append(
            UnitWeek(
                unit_id,
                monday,
                tuple(
                    Assigned(visit, _who(at, by, known_people), _left(visit, now, monday=monday))
                    for at, visit in enumerate(visits)
                ),
                coverage(fresh, today=today),
            )
        )
    return tuple(weeks)


def asked_for(facility_id: FacilityId, *, today: date, uow: UnitOfWork) -> tuple[Asked, ...]:
    """Shelves whose books can not be right: below zero, or not found by whom a hold asked and not counted since."""
    tree = uow.places.tree()
    doubts = uow.cycle_counts.doubtful(facility_id)
    if not doubts:
        return ()
    keys = [(doubt.item_id, doubt.place_id) for doubt in doubts]
    last = _last_counts(facility_id, keys, before=None, tree=tree, uow=uow)
    shelves: defaultdict[PlaceId, dict[ItemId, str]] = defaultdict(dict)
    for doubt in doubts:
        counted = last.get((doubt.item_id, doubt.place_id))
        if doubt.since is not None and counted is not None and counted >= doubt.since:
            continue
        shelves[doubt.place_id].setdefault(doubt.item_id, _why(doubt))
    return tuple(
        Asked(place_id, tuple(sorted(there.items())[:A_VISIT])) for place_id, there in sorted(shelves.items())
    )


def counters(unit_id: PlaceId, *, people: Sequence[Person], tree: PlaceTree) -> list[Person]:
    """Who counts a unit's shelves: its own technicians; else those of the unit where deliveries come in; else whoever of the unit may."""

    def of(places: frozenset[PlaceId], *, technicians: bool) -> list[Person]:
        return sorted(
            (
                person
                for person in people
                if person.home_place_id in places
                and (
                    person.role is Role.TECHNICIAN
                    if technicians
                    else allowance(person.role, Deed.COUNT) is not None
                )
            ),
            key=lambda person: person.id,
        )

    own = tree.subtree(unit_id)
    facility_id = tree.get(unit_id).facility_id
    return (
        of(own, technicians=True)
        or of(supply_places(facility_id, tree=tree), technicians=True)
        or of(own, technicians=False)
    )


def _who(at: int, by: Mapping[int, PersonId], people: Mapping[PersonId, Person]) -> Person | None:
    return people.get(by[at]) if at in by else None


def _left(visit: Visit, now: Mapping[tuple[ItemId, PlaceId], date], *, monday: date) -> tuple[CountLine, ...]:
    def counted(line: CountLine) -> bool:
        day = now.get((line.item_id, line.place_id))
        return day is not None and day >= monday

    return tuple(line for line in visit.lines if not counted(line))


def _last_counts(
    facility_id: FacilityId,
    keys: Sequence[tuple[ItemId, PlaceId]],
    *,
    before: date | None,
    tree: PlaceTree,
    uow: UnitOfWork,
) -> Mapping[tuple[ItemId, PlaceId], date]:
    """The last day on which each item was counted at its shelf, or at a place around it."""
    last = dict(uow.cycle_counts.differences(facility_id, before=before))
    around: dict[tuple[ItemId, PlaceId], date] = {}
    for row in uow.cycle_counts.done(facility_id, before=before):
        key = (row.item_id, row.place_id)
        around[key] = max(row.day, around.get(key, date.min))
    found: dict[tuple[ItemId, PlaceId], date] = {}
    for item_id, place_id in keys:
        days = [last.get((item_id, place_id), date.min)]
        if around:
            days += [around.get((item_id, outer), date.min) for outer in tree.lineage(place_id)]
        if max(days) > date.min:
            found[item_id, place_id] = max(days)
    return found


def _why(doubt: Doubtful) -> str:
    if doubt.on_hand < 0:
        return f"the books say {doubt.on_hand:,}".replace("-", "−")
    return "a hold did not find it"


def shelf_kind(place_id: PlaceId, *, tree: PlaceTree) -> str:
    """ "shelf", "bin", "drawer": what a person stands before."""
    place = tree.get(place_id)
    if place.kind is PlaceKind.BIN:
        return "bin"
    return "drawer" if place.name.casefold().startswith("drawer") else "shelf"
