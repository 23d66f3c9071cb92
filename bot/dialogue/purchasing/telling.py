"""Where orders are decided on: the channel that people chose for them, else that of the unit where deliveries come in."""

from __future__ import annotations

from collections.abc import Callable

from domain.model.alert import AlertKind
from domain.model.ids import PlaceId
from domain.model.purchase import PurchaseOrder
from domain.ports import UnitOfWork
from domain.usecases.purchase.buying import decided_at


def ordering_channel(order: PurchaseOrder, *, uow: UnitOfWork, otherwise: Callable[[PlaceId], str]) -> str:
    """A channel, or a person's Slack account; "" where there is nobody. ``otherwise`` says where a place is told of anything else."""
    place_id = decided_at(order, uow=uow)
    kept = uow.job_book.channels()
    for outer in reversed(uow.places.tree().lineage(place_id)):
        found = kept.get((outer, AlertKind.REORDER.value)) or kept.get((outer, ""))
        if found:
            return found
    return otherwise(place_id)
