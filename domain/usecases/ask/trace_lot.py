"""Q5: every place that holds a lot or serial, and every use of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from domain.errors import UnknownLot
from domain.model.charge import Case, ChargeTarget
from domain.model.ids import NO_CHARGE, CaseId, ChargeId, EncounterId, LotId, PersonId, PlaceId
from domain.model.lot import Lot
from domain.model.movement import Movement, StockStatus
from domain.model.stock import StockLine
from domain.ports import LotSums, UnitOfWork
from domain.usecases.ask.answers import ItemRef, LotRef, LotTrace, LotUse, TraceAnswer
from domain.usecases.ask.reach import Reach, reach
from domain.usecases.ask.requests import TraceLot
from domain.usecases.ask.shelves import item_ref, on_shelf, spots

MOST_USES = 200
MOST_LOTS = 20


def trace_lot(request: TraceLot, *, uow: UnitOfWork) -> TraceAnswer:
    """Where a lot or serial lies and what became of it; ``uow`` is open and only read.

    Unlike other questions it reaches over all facilities: a recalled lot is looked for wherever it went. Where ``places`` are
    asked, holdings and movements are those there; received and used stay the lot's own. At most 200 movements are listed, the
    newest; at most 20 lots share a number. On whom a lot was used is read only for roles that may see patients.
    Raises UnknownLot, its ``similar`` naming what comes near, and UnknownPlace.
    """
    where = reach(request.places, asker=request.asker, uow=uow)
    lots = [
        lot for lot in uow.lots.named(request.number) if not request.items or lot.item_id in request.items
    ]
    if not lots:
        raise _unknown(request, uow=uow)
    lots = lots[:MOST_LOTS]
    items = uow.catalogue.many({lot.item_id for lot in lots})
    ids = [lot.id for lot in lots]
    held: defaultdict[LotId, list[StockLine]] = defaultdict(list)
    for line in uow.stock.of_lots(ids):
        if not request.places or where.covers(line.place_id):
            held[line.lot_id].append(line)
    sums = uow.questions.of_lots(ids)
    # One read a lot: a number is rarely shared, and a busy lot must not crowd out the others' movements.
    movements = {
        lot_id: [
            movement
            for movement in uow.ledger.of_lots([lot_id], limit=MOST_USES)
            if not request.places or _touches(movement, where=where)
        ]
        for lot_id in ids
    }
    told = _Teller(
        [one for moved in movements.values() for one in moved],
        patients=request.asker.sees_patients,
        where=where,
        uow=uow,
    )
    return TraceAnswer(
        number=request.number,
        lots=tuple(
            _trace(
                lot,
                item=item_ref(items[lot.item_id]),
                lines=held[lot.id],
                uses=tuple(told.use(movement) for movement in movements[lot.id]),
                sums=sums.get(lot.id, LotSums()),
                where=where,
                request=request,
                uow=uow,
            )
            for lot in lots
        ),
        patients_hidden=not request.asker.sees_patients,
    )


def _unknown(request: TraceLot, *, uow: UnitOfWork) -> UnknownLot:
    near = [lot.number or lot.serial for lot in uow.lots.similar(request.number, limit=5)]
    elsewhere = uow.lots.named(request.number) if request.items else []
    similar = tuple(dict.fromkeys(near))
    if elsewhere:
        names = uow.catalogue.many({lot.item_id for lot in elsewhere})
        listed = ", ".join(sorted(item.name for item in names.values())[:3])
        return UnknownLot(f"{request.number} is no lot or serial number of that item, but of {listed}.")
    if similar:
        return UnknownLot(
            f"No lot or serial number {request.number} was ever received. Near it: {', '.join(similar)}.",
            similar=similar,
        )
    return UnknownLot(f"No lot or serial number {request.number} was ever received.")


def _touches(movement: Movement, *, where: Reach) -> bool:
    ends = (movement.from_place_id, movement.to_place_id)
    return any(place_id is not None and where.covers(place_id) for place_id in ends)


def _trace(
    lot: Lot,
    *,
    item: ItemRef,
    lines: Sequence[StockLine],
    uses: tuple[LotUse, ...],
    sums: LotSums,
    where: Reach,
    request: TraceLot,
    uow: UnitOfWork,
) -> LotTrace:
    return LotTrace(
        item=item,
        lot=LotRef(
            lot.id, lot.number, lot.serial, lot.expires_on, sum(line.on_hand for line in on_shelf(lines))
        ),
        supplier=uow.catalogue.supplier(lot.supplier_id).name if lot.supplier_id is not None else "",
        status=_worst(
            {line.status for line in lines if line.on_hand > 0}, expired=lot.expired(request.today)
        ),
        holdings=tuple(spots(lines, reach=where, today=request.today)),
        uses=uses,
        used=sums.used,
        received=sums.received,
    )


def _worst(statuses: Collection[StockStatus], *, expired: bool) -> str:
    """Recalled, then quarantined, then expired: what forbids most is said."""
    for status in (StockStatus.RECALLED, StockStatus.QUARANTINED):
        if status in statuses:
            return status.value
    return "expired" if expired else StockStatus.AVAILABLE.value


class _Teller:
    """Names what the movements refer to, each kind read once. Encounters are not read at all for those who may not see them."""

    def __init__(
        self, movements: Sequence[Movement], *, patients: bool, where: Reach, uow: UnitOfWork
    ) -> None:
        self._where = where
        self._undone = {one.reverses for one in movements if one.reverses is not None}
        self._actors = uow.people.many({one.actor_id for one in movements})
        self._targets = uow.charges.targets(
            {one.charge_id for one in movements if one.charge_id != NO_CHARGE}
        )
        targets = self._targets.values()
        self._cases = uow.charges.cases({target.case_id for target in targets if target.case_id is not None})
        cases = self._cases.values()
        self._providers = uow.charges.providers(
            {target.provider_id for target in targets if target.provider_id is not None}
            | {case.provider_id for case in cases}
        )
        self._procedures = uow.charges.procedures(
            {target.procedure_id for target in targets if target.procedure_id is not None}
            | {case.procedure_id for case in cases}
        )
        wanted: set[EncounterId] = set()
        if patients:
            wanted = {case.encounter_id for case in cases} | {
                target.encounter_id for target in targets if target.encounter_id is not None
            }
        self._encounters = uow.charges.encounters(wanted) if wanted else {}

    def use(self, movement: Movement) -> LotUse:
        leaves, enters = movement.from_place_id, movement.to_place_id
        place_id = leaves if leaves is not None else enters
        assert place_id is not None  # noqa: S101 - Movement has checked it
        target = self._target(movement.charge_id)
        case = self._case(target.case_id)
        provider_id = target.provider_id or (case.provider_id if case else None)
        procedure_id = target.procedure_id or (case.procedure_id if case else None)
        encounter_id = target.encounter_id or (case.encounter_id if case else None)
        provider = self._providers.get(provider_id) if provider_id else None
        procedure = self._procedures.get(procedure_id) if procedure_id else None
        encounter = self._encounters.get(encounter_id) if encounter_id else None
        return LotUse(
            on=movement.day,
            kind=movement.kind.value,
            quantity=movement.quantity,
            place=self._where.ref(place_id),
            actor=self._name(movement.actor_id),
            case_number=case.number if case else "",
            provider=provider.name if provider else "",
            procedure=procedure.name if procedure else "",
            patient=encounter.masked if encounter else "",
            reversed=movement.reverses is not None or movement.id in self._undone,
            to_place=self._where.ref(enters) if _elsewhere(leaves, enters) and enters is not None else None,
        )

    def _target(self, charge_id: ChargeId) -> ChargeTarget:
        return self._targets.get(charge_id, ChargeTarget())

    def _case(self, case_id: CaseId | None) -> Case | None:
        return self._cases.get(case_id) if case_id is not None else None

    def _name(self, actor_id: PersonId) -> str:
        actor = self._actors.get(actor_id)
        return actor.name if actor else ""


def _elsewhere(leaves: PlaceId | None, enters: PlaceId | None) -> bool:
    return leaves is not None and enters is not None and leaves != enters
