"""How a refusal reads, for every deed and every role that is refused it."""

from __future__ import annotations

import re

import pytest

from domain.model.permission import Deed, allowance
from domain.model.person import Role
from domain.usecases.act.permissions import named_role

REFUSED = [(role, deed) for role in Role for deed in Deed if allowance(role, deed) is None]

SAID = {
    Deed.CONSUME: "record use",
    Deed.TRANSFER: "move stock",
    Deed.RECEIVE: "receive deliveries",
    Deed.WASTE: "record waste",
    Deed.COUNT: "count",
    Deed.REQUISITION: "ask for stock",
    Deed.FULFIL: "pick and deliver requisitions",
    Deed.SET_PAR: "set par levels",
    Deed.QUARANTINE: "put stock on hold",
    Deed.LIFT_HOLD: "lift a hold",
    Deed.RETURN: "return stock to the shelf",
    Deed.SEND_BACK: "send stock back to the supplier",
    Deed.UNDO_OWN: "undo what they did themselves",
    Deed.UNDO_ANY: "undo what others did",
    Deed.SUBSCRIBE: "subscribe to alerts",
    Deed.OVERRIDE_EXPIRED: "override an expired lot",
    Deed.OVERRIDE_HELD: "override a quarantined or recalled lot",
    Deed.READ_PATIENTS: "read patient targets",
    Deed.READ_AUDIT: "read the audit trail",
    Deed.ORDER: "ask for an order to a supplier",
    Deed.APPROVE_ORDER: "approve orders to suppliers",
    Deed.ENROL: "teach new codes",
    Deed.READ_PROVIDER_COSTS: "read by name what each provider costs",
    Deed.SET_JOBS: "set when jobs run and where alerts are told",
}


@pytest.mark.parametrize("deed", Deed, ids=lambda deed: deed.name.lower())
def test_every_deed_completes_may_not(deed: Deed) -> None:
    assert deed.refused == SAID[deed]


@pytest.mark.parametrize(("role", "deed"), REFUSED, ids=lambda each: each.name.lower())
def test_a_refusal_is_a_plain_sentence(role: Role, deed: Deed) -> None:
    sentence = f"{named_role(role).capitalize()} may not {deed.refused}."
    assert re.fullmatch(r"An? [a-z]+ may not [a-z ]+\.", sentence)
    assert not re.match(r"A [aeiou]|An [^aeiou]", sentence)


def test_the_administrator_is_called_in_full() -> None:
    assert named_role(Role.ADMIN) == "an administrator"
