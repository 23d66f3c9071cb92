"""P6: a code that nobody knew is taught: proposed by anybody, believed once somebody who may has said so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from domain.errors import Invalid, NotPermitted
from domain.model.ids import ItemId, PlaceId
from domain.model.item import Identifier, IdentifierKind
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.receipt import TrailEntry, TrailKind
from domain.model.scanning import Enrolment, EnrolmentId, EnrolmentState, ScanId
from domain.ports import UnitOfWork
from domain.usecases.act.permissions import permit
from domain.usecases.act.plans import Problem
from domain.usecases.scan.labels import Label

_WORLDWIDE = frozenset({IdentifierKind.GTIN, IdentifierKind.HIBC, IdentifierKind.ISBT})


@dataclass(frozen=True, slots=True)
class Decided:
    """``first``: this call decided it; else somebody had before, and ``enrolment`` says who."""

    enrolment: Enrolment
    first: bool


def propose(
    label: Label,
    *,
    item_id: ItemId,
    pack_unit: str,
    scan_id: ScanId,
    actor: Person,
    now: datetime,
    uow: UnitOfWork,
) -> Enrolment:
    """Keeps that the label's code is ``item_id`` by ``pack_unit``; the same said again is the same proposal. Commits nothing.

    Raises Invalid for a label without a product's code, UnknownItem, InvalidQuantity for a pack that the item does not have.
    """
    if not label.value:
        raise Invalid("That label names no product, so there is no code to remember.")
    item = uow.catalogue.get(item_id)
    unit = item.pack(pack_unit or item.base_unit).unit
    kind = label.kind or IdentifierKind.CATALOGUE
    return uow.enrolments.propose(
        Enrolment(
            id=EnrolmentId(0),
            facility_id=actor.facility_id,
            item_id=item_id,
            identifier=Identifier(kind, label.value, unit),
            proposed_by=actor.id,
            proposed_at=now,
            scan_id=scan_id,
        )
    )


def barred(*, actor: Person, place_id: PlaceId | None, uow: UnitOfWork) -> Problem | None:
    """What keeps the person from teaching codes there; None where they may."""
    at = place_id or actor.home_place_id or uow.places.facility(actor.facility_id).place_id
    return permit(Deed.ENROL, actor=actor, place_id=at, worth=Decimal(0), uow=uow)


def confirm(enrolment_id: EnrolmentId, *, actor: Person, now: datetime, uow: UnitOfWork) -> Decided:
    """The code is the item's from now on, once, whoever else confirms it at the same time. Commits nothing.

    Raises UnknownRecord; NotPermitted for whom the matrix does not let; Invalid where it became another item's meanwhile.
    """
    enrolment = _permitted(enrolment_id, actor=actor, uow=uow)
    if enrolment.state is EnrolmentState.PROPOSED:
        _free(enrolment, uow=uow)
    if not uow.enrolments.decide(enrolment_id, state=EnrolmentState.CONFIRMED, person_id=actor.id, now=now):
        return Decided(uow.enrolments.get(enrolment_id), first=False)
    uow.enrolments.learn(enrolment.item_id, enrolment.identifier)
    _trailed(enrolment, "taught", actor=actor, now=now, uow=uow)
    return Decided(_after(enrolment, EnrolmentState.CONFIRMED, actor, now), first=True)


def refuse(enrolment_id: EnrolmentId, *, actor: Person, now: datetime, uow: UnitOfWork) -> Decided:
    """The proposal is over and nothing is learnt. Who proposed it may take it back. Commits nothing. Raises as ``confirm``."""
    enrolment = uow.enrolments.get(enrolment_id, lock=True)
    if enrolment.proposed_by != actor.id:
        enrolment = _permitted(enrolment_id, actor=actor, uow=uow)
    if not uow.enrolments.decide(enrolment_id, state=EnrolmentState.REFUSED, person_id=actor.id, now=now):
        return Decided(uow.enrolments.get(enrolment_id), first=False)
    _trailed(enrolment, "not taught", actor=actor, now=now, uow=uow)
    return Decided(_after(enrolment, EnrolmentState.REFUSED, actor, now), first=True)


def _permitted(enrolment_id: EnrolmentId, *, actor: Person, uow: UnitOfWork) -> Enrolment:
    enrolment = uow.enrolments.get(enrolment_id, lock=True)
    if enrolment.facility_id != actor.facility_id:
        raise NotPermitted("That code was proposed in another hospital of the group.")
    problem = barred(actor=actor, place_id=None, uow=uow)
    if problem is not None:
        raise NotPermitted(f"{problem.sentence} {problem.remedy}".strip())
    return enrolment


def _free(enrolment: Enrolment, *, uow: UnitOfWork) -> None:
    """A number that is given out once in the world is one item's; references of makers may be several's."""
    identifier = enrolment.identifier
    if identifier.kind not in _WORLDWIDE:
        return
    for item_id, _ in uow.enrolments.known(identifier.kind, [identifier.value]):
        if item_id != enrolment.item_id:
            item = uow.catalogue.get(item_id)
            raise Invalid(
                f"This code is known already: it is {item.name}, item {item.number}. One code is not taught to two items."
            )


def _after(enrolment: Enrolment, state: EnrolmentState, actor: Person, now: datetime) -> Enrolment:
    return replace(enrolment, state=state, decided_by=actor.id, decided_at=now)


def _trailed(enrolment: Enrolment, what: str, *, actor: Person, now: datetime, uow: UnitOfWork) -> None:
    item = uow.catalogue.get(enrolment.item_id)
    proposer = uow.people.many([enrolment.proposed_by]).get(enrolment.proposed_by)
    identifier = enrolment.identifier
    by = f", proposed by {proposer.name}" if proposer is not None and proposer.id != actor.id else ""
    uow.trail.add(
        TrailEntry(
            facility_id=enrolment.facility_id,
            at=now,
            person_id=actor.id,
            kind=TrailKind.CHANGED if what == "taught" else TrailKind.REFUSED,
            deed="enrol",
            detail=f"{identifier.kind.value} {identifier.value} {what} as {item.name} ({item.number}) by the "
            f"{identifier.pack_unit}{by}.",
        )
    )
