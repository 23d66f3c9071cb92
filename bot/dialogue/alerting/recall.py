"""From a recall notice to the card of a hold; and what is answered without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.dialogue.acting.sketch import Sketch, SketchLine, Verb
from bot.dialogue.alerting.proposing import Answered
from bot.views.alerts import recall as view
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import ItemId, LotId
from domain.model.person import Person
from domain.model.recall import AnswerKind
from domain.ports import UnitOfWork
from domain.usecases.alert.answer_recall import answer_recall, recall_traces
from domain.usecases.alert.watch_recalls import concerned_here, lots_to_hold

_UNREADABLE = "I can not read this button any more; the next digest has a fresh one."


@dataclass(frozen=True, slots=True)
class RecallProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.RECALL

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """A hold over the lots that are meant most surely ("hold"), or over all of an item ("hold-item:970"); everywhere, as recalled.

        Raises Stale where all of it is held by now; UnknownRecord for a notice that is gone.
        """
        notice = uow.recalls.get(_number(alert))
        matches = uow.recalls.matches_of(notice.id)
        concerned = concerned_here(matches, facility_id=alert.facility_id, uow=uow)
        lots, items = lots_to_hold(concerned)
        reason = f"Recall {notice.number}, {notice.classification}"[:80]
        what, _, item = choice.partition(":")
        if what == view.HOLD_ITEM and item.isdigit():
            if ItemId(int(item)) not in items:
                raise Stale("It is on hold already.")
            return Sketch(
                verb=Verb.QUARANTINE, lines=(SketchLine(items=(int(item),)),), reason=reason, recalled=True
            )
        if choice != view.HOLD:
            raise Invalid(_UNREADABLE)
        if not lots:
            raise Stale("All of these lots are on hold already.")
        by_item: dict[ItemId, list[LotId]] = {}
        for one in concerned:
            if one.match.lot_id in lots and one.match.lot_id is not None:
                by_item.setdefault(one.match.item_id, []).append(one.match.lot_id)
        return Sketch(
            verb=Verb.QUARANTINE,
            lines=tuple(
                SketchLine(items=(int(item_id),), lots=tuple(int(lot) for lot in lot_ids))
                for item_id, lot_ids in by_item.items()
            ),
            reason=reason,
            recalled=True,
        )


@dataclass(frozen=True, slots=True)
class RecallAnswerer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.RECALL

    @property
    def choices(self) -> frozenset[str]:
        return frozenset({view.WHO, view.NOT_OURS, view.NOTED})

    def answer(
        self, alert: Alert, *, choice: str, person: Person, today: date, now: datetime, uow: UnitOfWork
    ) -> Answered:
        """On whom it was used; or that it is not ours, with the reason, which is asked first. Raises NotPermitted, UnknownRecord."""
        number = _number(alert)
        what, _, why = choice.partition(":")
        if what == view.WHO:
            traces = recall_traces(number, reader=person, today=today, now=now, uow=uow)
            return Answered(view.who_received(number, traces, today=today))
        if what == view.NOTED:
            reason = "Nothing of it lies here any more"
            answer_recall(number, AnswerKind.NOTED, reason=reason, actor=person, now=now, uow=uow)
            return Answered(view.closed(number, reason), resolution=reason)
        if what != view.NOT_OURS:
            raise Invalid(_UNREADABLE)
        if not why:
            return Answered(view.why_not(alert))
        known = dict(view.REASONS).get(why)
        if known is None:
            raise Invalid(_UNREADABLE)
        answer_recall(number, AnswerKind.NOT_OURS, reason=known, actor=person, now=now, uow=uow)
        return Answered(
            view.closed(number, f"Not ours: {known.lower()}"), resolution=f"not ours: {known.lower()}"
        )


def _number(alert: Alert) -> str:
    found = alert.finding.facts.get("number")
    if not isinstance(found, str):
        raise Stale("This alert is from an older Parley; the next digest has a fresh one.")
    return found
