"""The table of who may do what, as Markdown: docs/permissions.md is made by it."""

from __future__ import annotations

from domain.model.permission import Allowance, Deed, Reach, allowance
from domain.model.person import Role

_COLUMNS = (Role.CLINICIAN, Role.TECHNICIAN, Role.PHARMACIST, Role.BUYER, Role.MANAGER, Role.ADMIN)

_HEAD = """# Who may do what

Made by `parley permissions --markdown` from `domain/model/permission.py`; a test fails when it is stale.

**yes** is everywhere in one's own facility, **own** at one's own places: the home unit, and what
`parley people grant` gives. An amount is the most that one action may be worth, in the facility's currency.
A deed without an entry is refused; the refusal names who may, and is kept in the audit trail (`parley audit`).
"""

_FOOT = """
Roles come from Slack user groups (`PARLEY_ROLE_GROUPS="nurses=clinician, supply=technician, *=clinician"`, looked at every
hour and by `parley people sync`), or are set by hand (`parley people role`). Who is in several groups has the strongest of
their roles: {order}.
"""


def markdown() -> str:
    """The whole document."""
    head = ["", *(role.value for role in _COLUMNS)]
    rows = [[f"{deed}".capitalize(), *(_cell(allowance(role, deed)) for role in _COLUMNS)] for deed in Deed]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    order = "admin, manager, pharmacist, buyer, technician, clinician"
    return "\n".join([_HEAD, line(head), rule, *map(line, rows)]) + "\n" + _FOOT.format(order=order)


def _cell(granted: Allowance | None) -> str:
    if granted is None:
        return ""
    where = "own" if granted.reach is Reach.OWN_PLACES else "yes"
    return where if granted.up_to is None else f"{where}, to {granted.up_to:,.0f}"
