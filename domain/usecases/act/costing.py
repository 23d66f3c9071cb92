"""What a base unit costs, and whose account it goes to when nobody was named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from domain.errors import UnknownTarget
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_LOT, CostCentreId, EncounterId, ItemId, LotId, PlaceId
from domain.model.item import Item
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.place import PlaceTree
from domain.ports import UnitOfWork
from domain.usecases.act.permissions import may
from domain.usecases.act.plans import TargetRef

CENT_OF_A_CENT = Decimal("0.0001")


class UnitCosts:
    """Costs of one base unit: that of the lot's latest receipt, else the preferred supplier's price, else 0."""

    def __init__(self, items: Mapping[ItemId, Item], lot_ids: Collection[LotId], *, uow: UnitOfWork) -> None:
        self._items = items
        wanted = {lot_id for lot_id in lot_ids if lot_id != NO_LOT}
        self._by_lot = uow.stock.unit_costs(wanted) if wanted else {}

    def of(self, item_id: ItemId, lot_id: LotId = NO_LOT) -> Decimal:
        received = self._by_lot.get(lot_id)
        return offered(self._items[item_id]) if received is None else received


def offered(item: Item) -> Decimal:
    """The preferred offer's price for one base unit, to the ten-thousandth; 0 where nobody offers it."""
    offer = item.best_offer
    if offer is None:
        return Decimal(0)
    return (offer.price / item.pack(offer.pack_unit).quantity).quantize(CENT_OF_A_CENT)


def cost_centre_of(tree: PlaceTree, place_id: PlaceId) -> CostCentreId | None:
    """The nearest one upwards: a shelf pays as its unit does."""
    for above in reversed(tree.lineage(place_id)):
        found = tree.get(above).cost_centre_id
        if found is not None:
            return found
    return None


def charged_to(target: ChargeTarget | None, *, place_id: PlaceId, tree: PlaceTree) -> ChargeTarget | None:
    """The target that was named, else the place's cost centre, else None."""
    if target is not None:
        return target
    centre = cost_centre_of(tree, place_id)
    return None if centre is None else ChargeTarget(cost_centre_id=centre)


def target_ref(target: ChargeTarget, *, reader: Person, uow: UnitOfWork) -> TargetRef:
    """How the target is shown to ``reader``: a patient only masked, and only to roles that may read patients.

    Raises UnknownTarget for a part that does not exist.
    """
    parts: list[str] = []
    encounter_id: EncounterId | None = target.encounter_id
    provider_id = target.provider_id
    if target.case_id is not None:
        case = uow.charges.cases([target.case_id]).get(target.case_id)
        if case is None:
            raise UnknownTarget("There is no such case on the schedule.")
        parts.append(case.number)
        provider_id = provider_id or case.provider_id
        encounter_id = encounter_id or case.encounter_id
    if provider_id is not None:
        provider = uow.charges.providers([provider_id]).get(provider_id)
        if provider is None:
            raise UnknownTarget("There is no such provider.")
        parts.append(provider.name)
    if target.cost_centre_id is not None and not parts:
        centre = uow.charges.cost_centres([target.cost_centre_id]).get(target.cost_centre_id)
        if centre is None:
            raise UnknownTarget("There is no such cost centre.")
        parts.append(f"{centre.name} ({centre.code})")
    if target.procedure_id is not None and not parts:
        procedure = uow.charges.procedures([target.procedure_id]).get(target.procedure_id)
        if procedure is None:
            raise UnknownTarget("There is no such procedure.")
        parts.append(procedure.name)
    patient = ""
    if encounter_id is not None:
        encounter = uow.charges.encounters([encounter_id]).get(encounter_id)
        if encounter is None:
            raise UnknownTarget("There is no such patient's stay.")
        if may(Deed.READ_PATIENTS, role=reader.role):
            patient = encounter.masked
    return TargetRef(", ".join(parts) or "a patient", patient)
