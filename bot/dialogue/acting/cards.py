"""Sketches, plans, receipts, requisitions and holds as the values that views draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.dialogue.acting.finding import Scene
from bot.dialogue.acting.sketch import Sketch, SketchLine, Verb
from bot.dialogue.purchasing.delivering import delivery_notes
from bot.understanding.naming import full_name
from bot.views.acting.shown import (
    Answer,
    Asked,
    Card,
    CheckRow,
    HoldShown,
    KnownLine,
    OrderShown,
    Powers,
    ReceiptShown,
    Side,
    SubscriptionShown,
)
from domain.model.hold import CheckState, Hold
from domain.model.ids import ItemId, PlaceId
from domain.model.permission import Deed
from domain.model.receipt import ActionDraft, ReceiptId
from domain.model.requisition import RequisitionOrder, RequisitionState
from domain.model.subscription import Subscription, Topic
from domain.usecases.act.charging import describe_target
from domain.usecases.act.holds import progress
from domain.usecases.act.permissions import permit
from domain.usecases.act.plans import Obstacle, Plan, TargetRef, Weight
from domain.usecases.act.receipts import show
from domain.usecases.act.requisition_lists import view, walked
from domain.usecases.ask.answers import PlaceRef
from domain.usecases.ask.reach import reach
from domain.usecases.ask.shelves import item_ref

_OTHERS_MAY = (Obstacle.NOT_PERMITTED, Obstacle.OVER_LIMIT)
_PUTS = (Verb.RECEIVE, Verb.RETURN)
"""Their place is where things come to lie."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads: ``private`` where nobody else does. In public no patient is shown, not even masked."""

    scene: Scene
    now: datetime
    private: bool


def card(
    draft: ActionDraft,
    sketch: Sketch,
    *,
    reading: Reading,
    plan: Plan | None,
    question: Asked | None,
    open_pieces: int = 0,
    notes: Sequence[str] = (),
) -> Card:
    """The card of a draft: its plan, or what is known with what is asked."""
    scene = reading.scene
    asker = scene.uow.people.many([draft.person_id]).get(draft.person_id)
    shown = None if plan is None else fit(plan, private=reading.private)
    puts = sketch.verb in _PUTS
    return Card(
        subject=str(draft.id),
        version=draft.version,
        action=sketch.verb.value,
        asker="" if asker is None else asker.name,
        today=scene.today,
        expires_at=_local(draft.expires_at, scene),
        plan=shown if question is None else None,
        lines=() if question is None else tuple(_known(line, scene) for line in sketch.lines),
        source=None if question is None or puts else _ref(sketch.here.place_id, scene),
        destination=None
        if question is None
        else _ref((sketch.here if puts else sketch.there).place_id, scene),
        target=None if question is None else _target(sketch, reading),
        question=question,
        open=open_pieces,
        notes=tuple(note for note in notes if note),
        powers=powers(plan, private=reading.private) if question is None and plan is not None else Powers(),
    )


def powers(plan: Plan, *, private: bool) -> Powers:
    """In a channel somebody else may confirm what the asker may not."""
    stopping = [problem for problem in plan.problems if problem.weight is not Weight.WARNS]
    by_others = [p for p in stopping if p.weight is Weight.BLOCKS and p.obstacle in _OTHERS_MAY]
    rest = [problem for problem in stopping if problem not in by_others]
    if by_others and private:
        return Powers()
    if not rest:
        return Powers(confirm=True)
    return Powers(override=all(problem.weight is Weight.OVERRIDABLE for problem in rest))


def fit(plan: Plan, *, private: bool) -> Plan:
    """``plan`` as everybody may read it."""
    if private or plan.target is None or not plan.target.patient:
        return plan
    return replace(plan, target=TargetRef(plan.target.label))


def _known(line: SketchLine, scene: Scene) -> KnownLine:
    item = None if line.item_id is None else scene.uow.catalogue.get(line.item_id)
    unit = line.unit or ("" if item is None else item.base_unit)
    amount = (
        "all"
        if line.everything
        else f"{line.share} of it"
        if line.share
        else f"{line.figure} {unit}".strip()
        if line.figure
        else ""
    )
    lots = [scene.uow.lots.get(lot_id) for lot_id in line.lot_ids]
    lot = line.number or ", ".join(lot.number or lot.serial for lot in lots)
    return KnownLine(None if item is None else item_ref(item), line.said, amount, lot)


def _local(moment: datetime, scene: Scene) -> datetime:
    """The facility's own time of day."""
    return moment.astimezone(ZoneInfo(scene.uow.places.facility(scene.person.facility_id).timezone))


def _ref(place_id: PlaceId | None, scene: Scene) -> PlaceRef | None:
    return None if place_id is None else reach((), asker=scene.person, uow=scene.uow).ref(place_id)


def _target(sketch: Sketch, reading: Reading) -> TargetRef | None:
    if sketch.target is None:
        return None
    found = describe_target(sketch.target.target, reader=reading.scene.person, uow=reading.scene.uow)
    return found if reading.private else TargetRef(found.label)


def receipt(
    receipt_id: ReceiptId, *, reading: Reading, asked_by: str = "", notes: Sequence[str] = ()
) -> ReceiptShown:
    """A receipt of the reader's facility. Raises UnknownRecord."""
    scene = reading.scene
    found = show(receipt_id, reader=scene.person, uow=scene.uow, now=reading.now)
    done = found.receipt
    froms = list(dict.fromkeys(line.from_place for line in found.lines if line.from_place is not None))
    tos = list(dict.fromkeys(line.to_place for line in found.lines if line.to_place is not None))
    counts = tuple(
        f"The books now hold {due.on_hand} {due.item.base_unit} of {due.item.name} at {due.place.path}: please count it."
        for due in found.counts_due
    )
    undone_by = ""
    if done.undone_by is not None:
        other = scene.uow.receipts.get(done.facility_id, done.undone_by)
        person = scene.uow.people.many([other.actor_id]).get(other.actor_id)
        undone_by = f"{other.number} {person.name if person is not None else ''}".strip()
    undoes = "" if done.undoes is None else scene.uow.receipts.get(done.facility_id, done.undoes).number
    steps = (Answer("It has arrived", "arrive"),) if found.awaited else ()
    target = found.target
    if target is not None and not reading.private:
        target = TargetRef(target.label)
    return ReceiptShown(
        subject=f"receipt:{int(done.id)}",
        number=done.number,
        action=done.action.replace("-", " "),
        actor=found.actor,
        posted_at=_local(done.posted_at, scene),
        today=scene.today,
        lines=found.lines,
        asked_by=asked_by if asked_by != found.actor else "",
        target=target,
        source=froms[0] if len(froms) == 1 else None,
        destination=tos[0] if len(tos) == 1 else None,
        cost=sum((line.cost for line in found.lines), Decimal(0)),
        currency=found.currency,
        in_transit=found.awaited > 0,
        undoes=undoes,
        undone_by=undone_by,
        may_undo=found.may_undo,
        why_not="" if found.may_undo or undone_by or undoes else found.undo_refused,
        notes=(*counts, *delivery_notes(done, uow=scene.uow), *notes),
        steps=steps,
    )


_STORE_STEPS: dict[RequisitionState, tuple[tuple[str, str], ...]] = {
    RequisitionState.ASKED: (("All picked", "picked"), ("Picked, but…", "edit"), ("We have none", "short")),
    RequisitionState.PICKED: (("Delivered", "delivered"),),
    RequisitionState.DELIVERED: (),
}
_ASKER_STEPS: dict[RequisitionState, tuple[tuple[str, str], ...]] = {
    RequisitionState.ASKED: (("Not needed any more", "cancelled"),),
    RequisitionState.PICKED: (("It is here", "received"),),
    RequisitionState.DELIVERED: (("All is here", "received"), ("Less came…", "edit")),
}


def order(found: RequisitionOrder, *, side: Side, reading: Reading, notes: Sequence[str] = ()) -> OrderShown:
    """A requisition as one side sees it."""
    scene = reading.scene
    seen = view(found, reader=scene.person, today=scene.today, uow=scene.uow)
    steps = (_STORE_STEPS if side is Side.STORE else _ASKER_STEPS).get(found.state, ())
    lines = {line.number: line for line in found.lines}
    rows = walked(seen.lines, uow=scene.uow) if side is Side.STORE else seen.lines
    return OrderShown(
        subject=f"requisition:{int(found.id)}",
        side=side,
        order=found,
        lines=tuple((line.item, lines[line.number]) for line in rows),
        source=seen.source,
        destination=seen.destination,
        asker=seen.asker,
        today=scene.today,
        picker=seen.picker,
        steps=tuple(Answer(label, choice) for label, choice in steps),
        notes=tuple(notes),
        shelves=tuple(line.shelf for line in rows) if side is Side.STORE else (),
    )


_CHECKS = (
    ("Pulled", CheckState.PULLED),
    ("Not found", CheckState.NOT_FOUND),
    ("Used before", CheckState.USED),
)


def hold(
    found: Hold, *, reading: Reading, places: frozenset[PlaceId] | None = None, notes: Sequence[str] = ()
) -> HoldShown:
    """A hold with its checklist; ``places`` limits the rows to those, for whoever pulls there: the hold is lifted where all are shown."""
    scene = reading.scene
    seen = progress(found, reader=scene.person, uow=scene.uow)
    lots = [scene.uow.lots.get(lot_id) for lot_id in found.lot_ids]
    item_id = found.item_id if found.item_id is not None else (lots[0].item_id if lots else ItemId(0))
    item = scene.uow.catalogue.get(item_id)
    numbers = ", ".join(lot.number or lot.serial for lot in lots)
    what = (
        f"{'serial' if lots and lots[0].serial else 'lot'} {numbers} of {full_name(item)}"
        if lots
        else full_name(item)
    )
    opener = scene.uow.people.many([found.opened_by]).get(found.opened_by)
    rows = tuple(
        CheckRow(
            row.place,
            row.quantity,
            row.state,
            row.answered_by,
            tuple(Answer(label, f"{int(row.place.id)}:{state.value}") for label, state in _CHECKS)
            if row.state is CheckState.OPEN and found.lifted_at is None
            else (),
        )
        for row in seen.rows
        if places is None or row.place.id in places
    )
    home = scene.person.home_place_id or scene.uow.places.facility(found.facility_id).place_id
    barred = permit(Deed.LIFT_HOLD, actor=scene.person, place_id=home, worth=Decimal(0), uow=scene.uow)
    return HoldShown(
        subject=f"hold:{int(found.id)}",
        hold=found,
        what=what,
        unit=item.base_unit,
        rows=rows,
        opened_by="" if opener is None else opener.name,
        today=scene.today,
        may_lift=barred is None and found.lifted_at is None and places is None,
        notes=tuple(notes),
    )


def subscription(found: Subscription, *, scene: Scene) -> SubscriptionShown:
    """What it tells, as a sentence without its end."""
    item = "" if found.item_id is None else full_name(scene.uow.catalogue.get(found.item_id))
    if found.lot_id is not None:
        lot = scene.uow.lots.get(found.lot_id)
        item = f"lot {lot.number or lot.serial} of {item}" if item else f"lot {lot.number or lot.serial}"
    place = "" if found.place_id is None else f" in {scene.uow.places.tree().get(found.place_id).name}"
    base = "" if found.item_id is None else scene.uow.catalogue.get(found.item_id).base_unit
    what = item or "anything"
    match found.topic:
        case Topic.LOW:
            label = f"{what}{place} is {f'below {found.threshold} {base}' if found.threshold is not None else 'low'}"
        case Topic.OUT:
            label = f"{what}{place} is out"
        case Topic.EXPIRING:
            label = f"{what}{place} expires within {found.days or 30} days"
        case Topic.ARRIVED:
            label = f"{what} arrives{place}"
        case Topic.USED:
            label = f"{what}{place} is used"
        case Topic.DIGEST:
            when = "every day" if found.weekday is None else f"every {WEEKDAYS[found.weekday]}"
            label = f"what is low{place}, {when}"
    return SubscriptionShown(f"subscription:{int(found.id)}", found, label)
