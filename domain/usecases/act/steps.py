"""What the steps of requisitions and holds share: they are clicks of their own, without a card that is read back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.errors import Invalid, NotPermitted
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_CHARGE, MovementId, PlaceId
from domain.model.lot import Lot
from domain.model.movement import Movement, Source
from domain.model.permission import Deed
from domain.model.person import Person
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork
from domain.usecases.act.desk import Move
from domain.usecases.act.permissions import permit


def require(
    deed: Deed,
    *,
    doing: str,
    actor: Person,
    place_id: PlaceId,
    now: datetime,
    uow: UnitOfWork,
    worth: Decimal = Decimal(0),
) -> None:
    """Raises NotPermitted, with whom to ask, after it was kept in the trail (which commits: nothing may be written before).

    ``doing`` is the step's name in the trail.
    """
    problem = permit(deed, actor=actor, place_id=place_id, worth=worth, uow=uow)
    if problem is None:
        return
    uow.trail.add(TrailEntry(actor.facility_id, now, actor.id, TrailKind.REFUSED, doing, problem.sentence))
    uow.commit()
    raise NotPermitted(f"{problem.sentence} {problem.remedy}".strip())


def written(
    moves: Sequence[Move],
    *,
    key: str,
    actor: Person,
    now: datetime,
    today: date,
    source: Source,
    uow: UnitOfWork,
) -> list[Movement]:
    """Posts the moves, whose lots and charges exist. ``key`` names the step: the same step posts the same movements once.

    ``today`` is the facility's calendar day of ``now``. The caller commits.
    """
    tree = uow.places.tree()
    movements = []
    for part, move in enumerate(moves):
        place_id = move.from_place_id if move.from_place_id is not None else move.to_place_id
        if place_id is None or isinstance(move.lot, Lot) or isinstance(move.charge, ChargeTarget):
            raise Invalid("A step moves stock that is known, from a place or to one.")
        movements.append(
            Movement(
                id=_movement_id(f"{key}:{part}", now=now),
                facility_id=tree.get(place_id).facility_id,
                key=f"{key}:{part}",
                kind=move.kind,
                item_id=move.item_id,
                quantity=move.quantity,
                occurred_at=now,
                recorded_at=now,
                day=today,
                actor_id=actor.id,
                lot_id=move.lot,
                from_place_id=move.from_place_id,
                to_place_id=move.to_place_id,
                from_status=move.from_status,
                to_status=move.to_status,
                owner_id=move.owner_id,
                unit_cost=move.unit_cost,
                charge_id=NO_CHARGE if move.charge is None else move.charge,
                reason=move.reason,
                source=source,
            )
        )
    return uow.ledger.post(movements) if movements else []


def movements_of(key: str, *, uow: UnitOfWork) -> list[Movement]:
    """What a step posted, in its order."""
    found: list[Movement] = []
    while (movement := uow.ledger.by_key(f"{key}:{len(found)}")) is not None:
        found.append(movement)
    return found


def _movement_id(key: str, *, now: datetime) -> MovementId:
    """A UUIDv7 (RFC 9562) of the moment whose random bits are those of the key: the same for the same step."""
    milliseconds = int(now.timestamp() * 1_000) & ((1 << 48) - 1)
    chance = int.from_bytes(hashlib.sha256(key.encode()).digest()[:10])
    return MovementId(
        UUID(
            int=milliseconds << 80 | 0x7 << 76 | (chance >> 68) << 64 | 0b10 << 62 | chance & ((1 << 62) - 1)
        )
    )
