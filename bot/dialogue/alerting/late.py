"""From a late delivery to the card of an order with another supplier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.dialogue.acting.sketch import Sketch, SketchLine, Verb
from bot.views.alerts.late import ELSEWHERE
from domain.errors import Invalid, Stale
from domain.model.alert import Alert, AlertKind
from domain.model.ids import SupplierId
from domain.model.person import Person
from domain.model.purchase import PLACED, PurchaseOrderId
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class LateProposer:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.LATE

    def sketch(self, alert: Alert, *, choice: str, person: Person, today: date, uow: UnitOfWork) -> Sketch:
        """As much as is still to come, from the supplier on the button; the late order stands until somebody cancels it.

        Raises Stale where it came or was cancelled, or where that supplier sells it no more; Invalid for another choice.
        """
        verb, _, supplier = choice.partition(":")
        facts = alert.finding.facts
        number, line_number = facts.get("order"), facts.get("line")
        if (
            verb != ELSEWHERE
            or not supplier.isdigit()
            or not isinstance(number, int)
            or not isinstance(line_number, int)
        ):
            raise Invalid("I can not read this button any more; the next digest has a fresh one.")
        order = uow.orders.get(alert.facility_id, PurchaseOrderId(number))
        line = order.line(line_number)
        if order.state not in PLACED or not line.left:
            raise Stale(f"{order.number} is {order.state}; nothing of it is late any more.")
        item = uow.catalogue.get(line.item_id)
        supplier_id = SupplierId(int(supplier))
        if all(offer.supplier_id != supplier_id for offer in item.offers):
            raise Stale("That supplier does not sell it any more.")
        note = f"{order.number} is still open: cancel it, or you may get both."
        return Sketch(
            verb=Verb.REORDER,
            lines=(SketchLine(items=(int(item.id),), figure=str(line.left)),),
            supplier=int(supplier_id),
            notes=(note,),
        )
