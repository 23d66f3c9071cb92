"""J9: stock that does not move, for managers: what ties up most cash and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from domain.model.alert import AlertKind, Fact, Finding
from domain.model.ids import FacilityId, PlaceId
from domain.model.window import DateWindow
from domain.ports import UnitOfWork
from domain.usecases.alert.expiry_facts import item_facts, place_facts
from domain.usecases.ask.answers import SlowAdvice, SlowLine
from domain.usecases.ask.reach import Reach
from domain.usecases.ask.slow_stock import advised, slow_lines

WINDOW_DAYS = 180
"""Half a year: what one season does not need, the other may."""

LEAST_CASH = Decimal(100)
MOST_OF_A_UNIT = 15


@dataclass(frozen=True, slots=True)
class SlowWatcher:
    """One finding an item and place; of each unit at most fifteen, those that tie up most cash and can be helped."""

    @property
    def kind(self) -> AlertKind:
        return AlertKind.SLOW

    def findings(
        self, facility_id: FacilityId, *, today: date, now: datetime, uow: UnitOfWork
    ) -> Sequence[Finding]:
        where = Reach(uow.places.tree(), facility_id, (), ())
        window = DateWindow(today - timedelta(days=WINDOW_DAYS), today)
        lines, _ = slow_lines(where, items=(), window=window, uow=uow)
        dear = [line for line in lines if line.tied_up >= LEAST_CASH]
        by_unit: defaultdict[PlaceId, list[SlowLine]] = defaultdict(list)
        for line in advised(dear, where=where, window=window, uow=uow):
            unit = where.tree.unit_of(line.place.id).id
            if line.advice is not SlowAdvice.KEEP and len(by_unit[unit]) < MOST_OF_A_UNIT:
                by_unit[unit].append(line)
        currency = uow.places.facility(facility_id).currency
        items = uow.catalogue.many({line.item.id for of_unit in by_unit.values() for line in of_unit})
        return tuple(
            Finding(
                AlertKind.SLOW,
                f"item:{int(line.item.id)}@place:{int(line.place.id)}",
                line.place.id,
                facts={
                    **item_facts(items[line.item.id]),
                    **place_facts(line.place.id, tree=where.tree),
                    **_facts(line, where=where, currency=currency),
                },
                weight=int(line.tied_up),
            )
            for of_unit in by_unit.values()
            for line in of_unit
        )


def _facts(line: SlowLine, *, where: Reach, currency: str) -> dict[str, Fact]:
    to = {} if line.to is None else {"to": place_facts(line.to.id, tree=where.tree)}
    return {
        "pace": line.pace.value,
        "quantity": line.on_hand,
        "used": line.used,
        "window_days": WINDOW_DAYS,
        "last_used": None if line.last_used is None else line.last_used.isoformat(),
        "days_on_hand": None if line.days_on_hand is None else round(line.days_on_hand),
        "par": line.par,
        "need": line.need,
        "value": str(line.value),
        "tied_up": str(line.tied_up),
        "currency": currency,
        "advice": line.advice.value,
        "amount": line.quantity,
        "to_daily": round(line.to_daily, 4),
        "supplier": line.supplier,
        **to,
    }
