"""What an action would do, read from the books and nothing written."""

from __future__ import annotations

from datetime import date

from domain.model.person import Person
from domain.ports import UnitOfWork
from domain.usecases.act.arrive import prepare_arrive
from domain.usecases.act.consume import prepare_consume
from domain.usecases.act.count import prepare_count
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.give_back import prepare_return
from domain.usecases.act.plans import Plan
from domain.usecases.act.quarantine import prepare_lift, prepare_quarantine
from domain.usecases.act.receive import prepare_receive
from domain.usecases.act.reorder import prepare_reorder
from domain.usecases.act.requests import (
    Action,
    Arrive,
    Consume,
    Count,
    LiftHold,
    Quarantine,
    Receive,
    Reorder,
    Requisition,
    Return,
    SendBack,
    SetPar,
    Transfer,
    Undo,
    Waste,
)
from domain.usecases.act.requisition import prepare_requisition
from domain.usecases.act.send_back import prepare_send_back
from domain.usecases.act.set_par import prepare_set_par
from domain.usecases.act.transfer import prepare_transfer
from domain.usecases.act.undo import prepare_undo
from domain.usecases.act.waste import prepare_waste


def plan(action: Action, *, actor: Person, today: date, uow: UnitOfWork) -> Plan:
    """What ``action`` would do now, with what stands against it. ``today`` is the facility's calendar day.

    Raises UnknownItem, UnknownPlace, UnknownLot, UnknownTarget, UnknownSupplier, UnknownRecord for what does not exist,
    InvalidQuantity for what is no whole number of base units, Invalid for a request that contradicts itself. Everything else that
    stands against it is a problem of the plan.
    """
    return prepare(action, desk=Desk(actor=actor, today=today, uow=uow)).plan


def prepare(action: Action, *, desk: Desk) -> Prepared:
    """The plan and the movements that posting it writes."""
    match action:
        case Consume():
            return prepare_consume(action, desk=desk)
        case Transfer():
            return prepare_transfer(action, desk=desk)
        case Arrive():
            return prepare_arrive(action, desk=desk)
        case Receive():
            return prepare_receive(action, desk=desk)
        case Waste():
            return prepare_waste(action, desk=desk)
        case Count():
            return prepare_count(action, desk=desk)
        case Return():
            return prepare_return(action, desk=desk)
        case SendBack():
            return prepare_send_back(action, desk=desk)
        case Undo():
            return prepare_undo(action, desk=desk)
        case Quarantine():
            return prepare_quarantine(action, desk=desk)
        case LiftHold():
            return prepare_lift(action, desk=desk)
        case Requisition():
            return prepare_requisition(action, desk=desk)
        case Reorder():
            return prepare_reorder(action, desk=desk)
        case SetPar():
            return prepare_set_par(action, desk=desk)
