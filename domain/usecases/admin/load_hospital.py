"""Write a whole hospital into an empty database, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from domain.errors import Refused
from domain.model.charge import Case, ChargeTarget, CostCentre, Encounter, Procedure, Provider
from domain.model.ids import ChargeId, FacilityId
from domain.model.item import Item, Supplier
from domain.model.lot import Lot
from domain.model.par import Par
from domain.model.person import Person
from domain.model.place import Facility, Place
from domain.model.purchase import OrderReceipt, PurchaseOrder
from domain.ports import MovementRow, Transactions


class AlreadyLoaded(Refused):
    """The database holds a hospital already; nothing was written over it."""


class WholeHospital(Protocol):
    """Everything a hospital is made of, in rows; ``domain.demo.Hospital`` is one."""

    @property
    def facilities(self) -> Sequence[Facility]: ...
    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def cost_centres(self) -> Sequence[CostCentre]: ...
    @property
    def suppliers(self) -> Sequence[Supplier]: ...
    @property
    def people(self) -> Sequence[Person]: ...
    @property
    def providers(self) -> Sequence[Provider]: ...
    @property
    def procedures(self) -> Sequence[Procedure]: ...
    def items(self) -> Iterable[Item]: ...
    def encounters(self) -> Iterable[Encounter]: ...
    def cases(self) -> Iterable[Case]: ...
    def charge_targets(self) -> Iterable[tuple[ChargeId, ChargeTarget]]: ...
    def lots(self) -> Iterable[Lot]: ...
    def pars(self) -> Iterable[Par]: ...
    def orders(self) -> Iterable[PurchaseOrder]: ...
    def order_receipts(self) -> Iterable[tuple[FacilityId, OrderReceipt]]: ...
    def movement_rows(self) -> Iterable[MovementRow]:
        """In order of time."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows written, by what they are ("items", "lots", "movements" ...)."""

    counts: Mapping[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {name}" for name, count in self.counts.items())


SHARES: Final = {
    "catalogue": 0.0,
    "cases": 0.10,
    "lots": 0.15,
    "pars": 0.22,
    "movements": 0.25,
    "finishing": 0.98,
}
"""How much of the work is done when a part begins, roughly."""


def load_hospital(
    hospital: WholeHospital, *, transactions: Transactions, progress: Callable[[str, float], None]
) -> Loaded:
    """Writes every row of ``hospital`` through the loader and commits once at the end.

    ``progress`` is told the part that begins and the share done, 0..1. Raises AlreadyLoaded where the database holds a
    facility: stock is only right when the ledger began empty.
    """
    counts: dict[str, int] = {}

    def counted[Row](name: str, rows: Iterable[Row]) -> Iterator[Row]:
        counts[name] = 0
        for row in rows:
            counts[name] += 1
            yield row

    def begins(part: str) -> None:
        progress(part, SHARES[part])

    with transactions.begin() as uow:
        held = uow.places.facilities()
        if held:
            raise AlreadyLoaded(f"This database already holds {held[0].name}; loading needs an empty one.")
        load = uow.loading
        begins("catalogue")
        load.cost_centres(hospital.cost_centres)
        load.facilities(hospital.facilities, hospital.places)
        load.suppliers(hospital.suppliers)
        load.people(hospital.people)
        load.items(counted("items", hospital.items()))
        begins("cases")
        load.providers(hospital.providers)
        load.procedures(hospital.procedures)
        load.encounters(counted("encounters", hospital.encounters()))
        load.cases(counted("cases", hospital.cases()))
        load.charge_targets(counted("charge targets", hospital.charge_targets()))
        begins("lots")
        load.lots(counted("lots", hospital.lots()))
        begins("pars")
        load.pars(counted("pars", hospital.pars()))
        begins("movements")
        counts["movements"] = load.movement_rows(hospital.movement_rows())
        counts["orders"] = uow.orders.load(hospital.orders(), hospital.order_receipts())
        begins("finishing")
        load.finished()
        uow.commit()
    counts |= {
        "facilities": len(hospital.facilities),
        "places": len(hospital.places),
        "people": len(hospital.people),
        "suppliers": len(hospital.suppliers),
        "cost centres": len(hospital.cost_centres),
        "providers": len(hospital.providers),
        "procedures": len(hospital.procedures),
    }
    progress("done", 1.0)
    return Loaded(counts)
