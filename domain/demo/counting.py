"""When the demo hospital last counted its shelves: most in time, some late, as in a real one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from domain.demo.chance import pick
from domain.model.ids import FacilityId, ItemId, PersonId
from domain.model.item import AbcClass
from domain.model.par import Par
from domain.model.receipt import ReceiptId
from domain.planning.cycle_counts import INTERVAL
from domain.ports.cycles import CountDone

_LATE = 6
"""Of a hundred lines so many were not counted in time; by a third of their interval at most."""


def last_counts(
    pars: Iterable[Par],
    *,
    classes: dict[ItemId, AbcClass],
    facility_id: FacilityId,
    by: PersonId,
    today: date,
) -> Iterator[CountDone]:
    """One row a par, without differences: what was different stands in the ledger."""
    for par in pars:
        interval = INTERVAL[classes[par.item_id]]
        key = f"{par.item_id}@{par.place_id}"
        # Shelves are counted whole, so that the lines of a class on a shelf are of one day or two.
        round_of = f"{par.place_id}:{classes[par.item_id]}"
        days = 1 + pick("counted", round_of, below=interval - 2) + pick("counted late by a day", key, below=2)
        if pick("counted late", key, below=100) < _LATE:
            days = interval + 1 + pick("counted how late", key, below=interval // 3)
        yield CountDone(
            receipt_facility_id=facility_id,
            receipt_id=ReceiptId(0),
            item_id=par.item_id,
            place_id=par.place_id,
            day=today - timedelta(days=days),
            person_id=by,
            expected=0,
            found=0,
        )
