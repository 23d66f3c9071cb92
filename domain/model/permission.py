"""Who may do what, where: one matrix of roles and deeds, from which the documentation's table is made too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.model.person import Role


class Deed(StrEnum):
    """What a role may be allowed to do. The values complete "may …"."""

    CONSUME = "record use and charge it"
    TRANSFER = "move stock"
    RECEIVE = "receive deliveries"
    WASTE = "record waste"
    COUNT = "count"
    REQUISITION = "ask for stock"
    FULFIL = "pick and deliver requisitions"
    SET_PAR = "set par levels"
    ORDER = "ask for an order to a supplier"
    APPROVE_ORDER = "approve orders to suppliers"
    QUARANTINE = "put stock on hold"
    LIFT_HOLD = "lift a hold"
    RETURN = "return stock to the shelf"
    SEND_BACK = "send stock back to the supplier"
    UNDO_OWN = "undo what they did themselves"
    UNDO_ANY = "undo what others did"
    SUBSCRIBE = "subscribe to alerts"
    ENROL = "teach new codes"
    OVERRIDE_EXPIRED = "override an expired lot, with a reason"
    OVERRIDE_HELD = "override a quarantined or recalled lot, with a reason"
    READ_PATIENTS = "read patient targets"
    READ_AUDIT = "read the audit trail"
    SET_JOBS = "set when jobs run and where alerts are told"
    READ_PROVIDER_COSTS = "read by name what each provider costs"

    @property
    def refused(self) -> str:
        """As it completes "may not …": without what is said of how it is done."""
        return "record use" if self is Deed.CONSUME else self.value.removesuffix(", with a reason")


class Reach(StrEnum):
    """Where: at any place of the facility, or at the person's own places only (their home unit and those granted)."""

    EVERYWHERE = "everywhere"
    OWN_PLACES = "own places"


@dataclass(frozen=True, slots=True)
class Allowance:
    """``up_to`` is the most that one action may be worth, in the facility's currency; None has no limit."""

    reach: Reach = Reach.EVERYWHERE
    up_to: Decimal | None = None


_ANY = Allowance()
_OWN = Allowance(Reach.OWN_PLACES)


def _limited(amount: str, reach: Reach = Reach.EVERYWHERE) -> Allowance:
    return Allowance(reach, Decimal(amount))


MATRIX: Mapping[Role, Mapping[Deed, Allowance]] = {
    Role.CLINICIAN: {
        Deed.CONSUME: _ANY,
        Deed.TRANSFER: _limited("5000"),
        Deed.WASTE: _limited("10000"),
        Deed.COUNT: _OWN,
        Deed.REQUISITION: _ANY,
        Deed.ORDER: _ANY,
        Deed.QUARANTINE: _ANY,
        Deed.RETURN: _ANY,
        Deed.UNDO_OWN: _ANY,
        Deed.SUBSCRIBE: _ANY,
        Deed.READ_PATIENTS: _ANY,
    },
    Role.TECHNICIAN: {
        Deed.CONSUME: _ANY,
        Deed.TRANSFER: _ANY,
        Deed.RECEIVE: _ANY,
        Deed.WASTE: _limited("2500"),
        Deed.COUNT: _ANY,
        Deed.REQUISITION: _ANY,
        Deed.FULFIL: _ANY,
        Deed.ORDER: _ANY,
        Deed.APPROVE_ORDER: _limited("500"),
        Deed.QUARANTINE: _ANY,
        Deed.RETURN: _ANY,
        Deed.SEND_BACK: _limited("2500"),
        Deed.UNDO_OWN: _ANY,
        Deed.SUBSCRIBE: _ANY,
        Deed.ENROL: _ANY,
    },
    Role.PHARMACIST: {
        Deed.CONSUME: _ANY,
        Deed.TRANSFER: _ANY,
        Deed.RECEIVE: _ANY,
        Deed.WASTE: _ANY,
        Deed.COUNT: _ANY,
        Deed.REQUISITION: _ANY,
        Deed.FULFIL: _ANY,
        Deed.SET_PAR: _OWN,
        Deed.ORDER: _ANY,
        Deed.APPROVE_ORDER: _limited("2500"),
        Deed.QUARANTINE: _ANY,
        Deed.LIFT_HOLD: _ANY,
        Deed.RETURN: _ANY,
        Deed.SEND_BACK: _ANY,
        Deed.UNDO_OWN: _ANY,
        Deed.SUBSCRIBE: _ANY,
        Deed.ENROL: _ANY,
        Deed.OVERRIDE_EXPIRED: _ANY,
        Deed.READ_PATIENTS: _ANY,
    },
    Role.BUYER: {
        Deed.RECEIVE: _ANY,
        Deed.TRANSFER: _ANY,
        Deed.COUNT: _ANY,
        Deed.REQUISITION: _ANY,
        Deed.FULFIL: _ANY,
        Deed.SET_PAR: _ANY,
        Deed.ORDER: _ANY,
        Deed.APPROVE_ORDER: _limited("10000"),
        Deed.QUARANTINE: _ANY,
        Deed.SEND_BACK: _ANY,
        Deed.UNDO_OWN: _ANY,
        Deed.SUBSCRIBE: _ANY,
        Deed.ENROL: _ANY,
    },
    Role.MANAGER: dict.fromkeys(Deed, _ANY),
    Role.ADMIN: dict.fromkeys(Deed, _ANY),
}
"""A deed that is not listed is refused. Overriding a hold is left to managers and administrators."""


def allowance(role: Role, deed: Deed) -> Allowance | None:
    """What the role may, or None where it may not at all."""
    return MATRIX[role].get(deed)


def who_may(deed: Deed) -> tuple[Role, ...]:
    """The roles that may do it somewhere: whom a refusal can point to."""
    return tuple(role for role in Role if deed in MATRIX[role])
