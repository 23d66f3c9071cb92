"""Does what was read back, once: movements, receipt, trail and the draft's end, all in one transaction or nothing.

The draft's row is locked first, then the balances; then everything is planned anew. A click that comes again, from wherever, finds
the draft posted and gets the same receipt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.errors import Invalid, Stale
from domain.model.charge import ChargeTarget
from domain.model.ids import NO_CHARGE, ChargeId, FacilityId, LotId, MovementId, PlaceId
from domain.model.lot import Lot
from domain.model.movement import HELD, Movement, MovementKind, Source, reversal
from domain.model.person import Person
from domain.model.receipt import ActionDraft, DraftId, DraftState, Receipt, ReceiptId
from domain.ports import UnitOfWork
from domain.usecases.act import trailing
from domain.usecases.act.count import keep_count
from domain.usecases.act.desk import Desk, Move, Prepared
from domain.usecases.act.drafts import require_open
from domain.usecases.act.holds import held_by, note_arrival
from domain.usecases.act.permissions import permit
from domain.usecases.act.plan import prepare
from domain.usecases.act.plans import Obstacle, Plan, Problem, Weight
from domain.usecases.act.quarantine import keep_hold, keep_lift
from domain.usecases.act.reorder import keep_reorder
from domain.usecases.act.requests import (
    Action,
    ActionKey,
    Count,
    LiftHold,
    Override,
    Quarantine,
    Receive,
    Reorder,
    Requisition,
    SetPar,
    Undo,
)
from domain.usecases.act.requisition import keep_requisition
from domain.usecases.act.set_par import keep_par
from domain.usecases.purchase.receiving import keep_delivery, take_delivery_back

_SAID_FIRST = (Obstacle.NOT_PERMITTED, Obstacle.OVER_LIMIT, Obstacle.ALREADY_DONE)
"""What is told even where the plan has changed: reading it back anew would not help."""

_BRINGS = frozenset({MovementKind.RECEIVE, MovementKind.RETURN, MovementKind.TRANSFER})


def post(
    action: Action,
    *,
    draft_id: DraftId,
    shown: str,
    actor: Person,
    now: datetime,
    today: date,
    source: Source,
    override: Override | None = None,
    uow: UnitOfWork,
) -> Receipt:
    """Posts ``action`` for the draft ``draft_id`` in the writing unit ``uow``, and commits. ``shown`` is the fingerprint of the plan
    that was read back; ``today`` the facility's calendar day of ``now``.

    The same draft gives the same receipt, however often. Raises UnknownRecord for an unknown draft; Stale where the draft is open
    no more or where something else would be posted than was read back; NotPermitted, Obstructed or AlreadyReversed for what stands
    against it (kept in the trail); Invalid for an override without a reason; and what ``plan`` raises.
    """
    draft = uow.drafts.get(draft_id, lock=True)
    if draft.state is DraftState.POSTED:
        receipt = uow.receipts.by_draft(draft_id)
        assert receipt is not None  # noqa: S101 - both were written together
        return receipt
    require_open(draft, now=now)
    desk = Desk(actor=actor, today=today, uow=uow, now=now, locking=True)
    prepared = prepare(action, desk=desk)
    plan = prepared.plan
    _say_first(plan, actor=actor, now=now, draft_id=draft_id, uow=uow)
    if plan.fingerprint != shown:
        raise Stale("The shelf has changed since this was read back; here it is anew.")
    let_pass = _weigh(plan, override, actor=actor, now=now, draft_id=draft_id, uow=uow)
    movements = _written(
        prepared, draft_id=draft_id, actor=actor, now=now, today=today, source=source, uow=uow,
        reason=override.reason.strip() if override is not None and let_pass else "",
    )  # fmt: skip
    receipt = uow.receipts.add(
        Receipt(
            id=ReceiptId(0),
            facility_id=_counted_by(action, draft, actor=actor),
            draft_id=draft_id,
            action=trailing.verb(action),
            actor_id=actor.id,
            posted_at=now,
            channel=draft.channel,
            thread=draft.thread,
            movement_ids=tuple(movement.id for movement in movements),
            undoes=action.receipt_id if isinstance(action, Undo) else None,
        )
    )
    _keep(action, prepared, receipt=receipt, desk=desk)
    _tell_holds(movements, uow=uow)
    uow.trail.add(trailing.posted(action, plan, receipt=receipt))
    for problem in let_pass:
        assert override is not None  # noqa: S101 - nothing passes without
        uow.trail.add(
            trailing.overridden(action, problem, reason=override.reason.strip(), actor=actor, receipt=receipt)
        )
    uow.drafts.change(
        replace(draft, state=DraftState.POSTED, version=draft.version + 1, receipt_id=receipt.id)
    )
    uow.commit()
    return receipt


def _counted_by(action: Action, draft: ActionDraft, *, actor: Person) -> FacilityId:
    """An undo is counted where what it undoes is; all else where the card was made."""
    if isinstance(action, Undo):
        return action.facility_id or actor.facility_id
    return draft.facility_id


def _keep(action: Action, prepared: Prepared, *, receipt: Receipt, desk: Desk) -> None:
    """What an action leaves behind beside its movements, in the same transaction."""
    match action:
        case Quarantine():
            keep_hold(action, prepared, receipt=receipt, desk=desk)
        case LiftHold():
            keep_lift(action, prepared, receipt=receipt, desk=desk)
        case Count():
            keep_count(action, prepared, receipt=receipt, desk=desk)
        case Requisition():
            keep_requisition(action, prepared, receipt=receipt, desk=desk)
        case SetPar():
            keep_par(action, prepared, receipt=receipt, desk=desk)
        case Reorder():
            keep_reorder(action, prepared, receipt=receipt, desk=desk)
        case Receive():
            keep_delivery(action, receipt=receipt, desk=desk)
        case Undo():
            take_delivery_back(action, receipt=receipt, desk=desk)
        case _:
            return


def _tell_holds(movements: Sequence[Movement], *, uow: UnitOfWork) -> None:
    """Stock that came under a hold puts its place on the hold's checklist."""
    for movement in movements:
        if movement.kind not in _BRINGS or movement.reverses is not None or movement.to_status not in HELD:
            continue
        assert movement.to_place_id is not None  # noqa: S101 - what is brought is brought somewhere
        note_arrival(
            held_by([movement.lot_id], [movement.item_id], facility_id=movement.facility_id, uow=uow),
            place_id=movement.to_place_id,
            item_id=movement.item_id,
            lot_id=movement.lot_id,
            quantity=movement.quantity,
            uow=uow,
        )


def _say_first(plan: Plan, *, actor: Person, now: datetime, draft_id: DraftId, uow: UnitOfWork) -> None:
    for problem in plan.problems:
        if problem.obstacle in _SAID_FIRST and problem.weight is Weight.BLOCKS:
            _refuse(plan, problem, actor=actor, now=now, draft_id=draft_id, uow=uow)


def _weigh(
    plan: Plan,
    override: Override | None,
    *,
    actor: Person,
    now: datetime,
    draft_id: DraftId,
    uow: UnitOfWork,
) -> tuple[Problem, ...]:
    """The problems that the override lets pass; raises for what nothing lets pass."""
    let_pass = []
    for problem in plan.problems:
        if problem.weight is Weight.WARNS:
            continue
        if problem.weight is not Weight.OVERRIDABLE or override is None:
            _refuse(plan, problem, actor=actor, now=now, draft_id=draft_id, uow=uow)
        elif not override.reason.strip():
            raise Invalid("An override needs a reason: say in a few words why it is done all the same.")
        else:
            barred = _may_not_override(plan, problem, actor=actor, uow=uow)
            if barred is not None:
                _refuse(plan, barred, actor=actor, now=now, draft_id=draft_id, uow=uow)
            let_pass.append(problem)
    return tuple(let_pass)


def may_not_override(plan: Plan, *, actor: Person, uow: UnitOfWork) -> Problem | None:
    """What forbids the actor to let the plan's problems pass, and who may; None where a reason is all that is missing."""
    barred = (
        _may_not_override(plan, problem, actor=actor, uow=uow)
        for problem in plan.problems
        if problem.weight is Weight.OVERRIDABLE
    )
    return next((problem for problem in barred if problem is not None), None)


def _may_not_override(plan: Plan, problem: Problem, *, actor: Person, uow: UnitOfWork) -> Problem | None:
    place = plan.source or plan.destination
    if problem.override is None or place is None:
        return problem
    return permit(problem.override, actor=actor, place_id=PlaceId(place.id), worth=plan.cost, uow=uow)


def _refuse(
    plan: Plan, problem: Problem, *, actor: Person, now: datetime, draft_id: DraftId, uow: UnitOfWork
) -> None:
    """Keeps the refusal (nothing else was written in this unit) and raises it. What is only missing is asked for, not kept."""
    if problem.weight is not Weight.MISSING and problem.obstacle is not Obstacle.ALREADY_DONE:
        uow.trail.add(trailing.refused(plan.request, problem, actor=actor, now=now, draft_id=draft_id))
        uow.commit()
    raise trailing.refusal(problem)


def _written(
    prepared: Prepared,
    *,
    draft_id: DraftId,
    actor: Person,
    now: datetime,
    today: date,
    source: Source,
    reason: str,
    uow: UnitOfWork,
) -> list[Movement]:
    key, tree = ActionKey(draft_id), uow.places.tree()
    charges: dict[ChargeTarget, ChargeId] = {}

    def made(part: int, move: Move) -> Movement:
        identity = movement_id(draft_id, part=part, now=now)
        if move.reverses is not None:
            return reversal(
                move.reverses, id=identity, key=key.of(part), actor_id=actor.id, recorded_at=now,
                reason=move.reason, source=source,
            )  # fmt: skip
        place_id = move.from_place_id if move.from_place_id is not None else move.to_place_id
        assert place_id is not None  # noqa: S101 - a move leaves or enters
        return Movement(
            id=identity,
            facility_id=tree.get(place_id).facility_id,
            key=move.key + key.of(part),
            kind=move.kind,
            item_id=move.item_id,
            quantity=move.quantity,
            occurred_at=now,
            recorded_at=now,
            day=today,
            actor_id=actor.id,
            lot_id=_lot_id(move.lot, uow=uow),
            from_place_id=move.from_place_id,
            to_place_id=move.to_place_id,
            from_status=move.from_status,
            to_status=move.to_status,
            owner_id=move.owner_id,
            unit_cost=move.unit_cost,
            entered_quantity=_fitting(move.entered_quantity),
            entered_unit=move.entered_unit,
            charge_id=_charge_id(move.charge, known=charges, uow=uow),
            reason="; ".join(part for part in (move.reason, reason) if part),
            source=source,
        )

    movements = [made(part, move) for part, move in enumerate(prepared.moves)]
    return uow.ledger.post(movements) if movements else []


def movement_id(draft_id: DraftId, *, part: int, now: datetime) -> MovementId:
    """A UUIDv7 (RFC 9562) of the moment whose random bits are those of draft and part: made without chance, and in order."""
    milliseconds = int(now.timestamp() * 1_000) & ((1 << 48) - 1)
    chance = int.from_bytes(hashlib.sha256(f"{draft_id}:{part}".encode()).digest()[:8])
    bits = milliseconds << 80 | 0x7 << 76 | (part & 0xFFF) << 64 | 0b10 << 62 | chance >> 2
    return MovementId(UUID(int=bits))


def _lot_id(lot: LotId | Lot, *, uow: UnitOfWork) -> LotId:
    return uow.lots.add(lot) if isinstance(lot, Lot) else lot


def _charge_id(
    charge: ChargeId | ChargeTarget | None, *, known: dict[ChargeTarget, ChargeId], uow: UnitOfWork
) -> ChargeId:
    if not isinstance(charge, ChargeTarget):
        return NO_CHARGE if charge is None else charge
    if charge not in known:
        known[charge] = uow.charges.target_id(charge)
    return known[charge]


def _fitting(entered: Decimal | None) -> Decimal | None:
    """The ledger keeps four decimals of what was said: a third of a box is kept as 0.3333 beside its exact base units."""
    return None if entered is None else entered.quantize(Decimal("0.0001")).normalize()
