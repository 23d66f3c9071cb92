"""J5: what is low in each unit before the morning round, with what to bring and from which shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from domain.model.alert import AlertKind, AlertState, Fact, Finding
from domain.model.ids import FacilityId, PlaceId
from domain.model.item import Criticality
from domain.model.place import PlaceTree
from domain.ports import UnitOfWork
from domain.usecases.alert.low_lines import LowOne, low_lines, shelf_order


class WatchBelowPar:
    """Implements ``Watcher``. One finding for each item and place; gone when stock came or enough is under way or asked for."""

    kind = AlertKind.BELOW_PAR

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        lines = low_lines(facility_id, today=today, uow=uow)
        if not lines:
            return []
        tree = uow.places.tree()
        subjects = {subject_of(line) for line in lines}
        known = Counter(
            tree.unit_of(alert.finding.place_id).id
            for subject, alert in uow.alerts.living(facility_id, self.kind).items()
            if subject in subjects and alert.state is not AlertState.RESOLVED and alert.told_at is not None
        )
        return [
            _finding(line, weight=len(lines) - at, known=known[tree.unit_of(line.par.place_id).id], tree=tree)
            for at, line in enumerate(lines)
        ]


def subject_of(line: LowOne) -> str:
    return f"low:{line.item.id}@{line.par.place_id}"


def _finding(line: LowOne, *, weight: int, known: int, tree: PlaceTree) -> Finding:
    place_id = line.par.place_id
    unit = tree.unit_of(place_id)
    sources: list[Fact] = [
        {
            "place": int(source.place_id),
            "path": tree.path(source.place_id),
            "quantity": source.quantity,
            "metres": round(source.metres),
            "order": _walk(source.place_id, tree=tree),
        }
        for source in line.sources
    ]
    facts: dict[str, Fact] = {
        "item": int(line.item.id),
        "number": line.item.number,
        "name": line.item.name,
        "size": line.item.size,
        "base_unit": line.item.base_unit,
        "place": int(place_id),
        "path": tree.path(place_id),
        "shelf": tree.path(place_id, below=unit.id),
        "unit": unit.name,
        "unit_id": int(unit.id),
        "available": line.available,
        "in_transit": line.in_transit,
        "asked": line.asked,
        "minimum": line.par.minimum,
        "reorder_point": line.par.reorder_point,
        "par": line.par.par,
        "bring": line.bring,
        "days_left": None if line.days_left is None else round(line.days_left, 1),
        "criticality": line.item.criticality.value,
        "sources": sources,
        "known": known,
    }
    critical = line.item.criticality is Criticality.LIFE_SAVING and line.available <= 0
    return Finding(AlertKind.BELOW_PAR, subject_of(line), place_id, facts, weight=weight, urgent=critical)


def _walk(place_id: PlaceId, *, tree: PlaceTree) -> str:
    """The shelf's turn on a walk, as a text that sorts."""
    return "/".join(f"{order:04d}" for order, _ in shelf_order(place_id, tree=tree))
