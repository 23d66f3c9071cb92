"""What an action would do, before it is done: the card that is read back shows this and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.model.ids import LotId, MovementId, SupplierId
from domain.model.movement import MovementKind, StockStatus
from domain.model.permission import Deed
from domain.model.person import Role
from domain.usecases.act.requests import Action
from domain.usecases.ask.answers import ItemRef, PlaceRef


class Obstacle(StrEnum):
    """What can stand against a line or a whole action."""

    NOT_PERMITTED = "not permitted"
    OVER_LIMIT = "over the value limit"
    EXPIRED = "expired"
    HELD = "quarantined or recalled"
    NOT_HERE = "not at this place"
    SHORT = "less there than asked"
    NOT_OURS = "belongs to a consignor"
    ALREADY_DONE = "done already"
    NEEDS_LOT = "needs a lot number"
    NEEDS_SERIAL = "needs serial numbers"
    NEEDS_EXPIRY = "needs an expiry date"
    NEEDS_TARGET = "needs a patient, case or cost centre"
    NEEDS_REASON = "needs a reason"
    UNUSUAL = "unusually much"
    DELIVERY = "differs from what was due"
    USED_SINCE = "what came of it was used since"


class Weight(StrEnum):
    """How much a problem weighs."""

    BLOCKS = "blocks"  # refused
    OVERRIDABLE = "overridable"  # refused unless a permitted role gives a reason
    MISSING = "missing"  # a piece that is to be asked for
    WARNS = "warns"  # said, and posted all the same


@dataclass(frozen=True, slots=True)
class Problem:
    """``sentence`` says what is wrong, ``remedy`` what may be done instead ("" where nothing); neither names a patient.

    ``line`` is the index of the line it is about, None for the whole action. ``override`` is the deed that lets it pass.
    ``asks`` are the roles that a person without it can turn to.
    """

    obstacle: Obstacle
    weight: Weight
    sentence: str
    remedy: str = ""
    line: int | None = None
    override: Deed | None = None
    asks: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """So much of one lot from (or to) one place: one movement. ``on_hand`` is what the books say lies there, before.

    A count's ``quantity`` is the difference: below zero where less was found. ``lot_id`` of a lot that a delivery brings for the
    first time is NO_LOT: it has its key once it is posted. ``status`` is that of the stock which is taken, or as which it is put.
    """

    place: PlaceRef
    lot_id: LotId
    lot_number: str
    serial: str
    expires_on: date | None
    owner_id: SupplierId
    on_hand: int
    quantity: int
    unit_cost: Decimal
    status: StockStatus = StockStatus.AVAILABLE

    @property
    def cost(self) -> Decimal:
        return self.unit_cost * self.quantity


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """``quantity`` is in base units and the sum of ``picks``; ``entered`` and ``entered_unit`` are as said ("2", "box").

    ``others`` are the lots that could be taken instead, first expired first. For a count, ``expected`` is what the books
    say and ``quantity`` what was found; the picks are the difference. ``puts`` is the shelf inside the
    destination where the item is put, where things are moved to one. ``named`` are the lots or serials that a hold is put on,
    whether any of them lies somewhere or not. ``worth`` is what it costs where nothing is picked; ``said`` are sentences that are
    part of what is read back.
    """

    item: ItemRef
    quantity: int
    entered: Decimal
    entered_unit: str
    picks: tuple[Pick, ...]
    others: tuple[Pick, ...] = ()
    expected: int | None = None
    puts: PlaceRef | None = None
    named: tuple[str, ...] = ()
    worth: Decimal = Decimal(0)
    said: tuple[str, ...] = ()

    @property
    def cost(self) -> Decimal:
        return sum((pick.cost for pick in self.picks), self.worth)


@dataclass(frozen=True, slots=True)
class TargetRef:
    """Whom it is charged to, fit to be shown: ``label`` names case, cost centre, provider; ``patient`` is masked ("…4821")."""

    label: str
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``request`` would do now. Posting plans anew in its own transaction: what changed in between is said then."""

    request: Action
    lines: tuple[PlannedLine, ...]
    problems: tuple[Problem, ...] = ()
    source: PlaceRef | None = None
    destination: PlaceRef | None = None
    target: TargetRef | None = None
    in_transit: bool = False
    currency: str = "USD"

    @property
    def cost(self) -> Decimal:
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def fingerprint(self) -> str:
        """What would be posted, as 64 hexadecimal digits: items, quantities, lots, places, target and reason.

        Costs, warnings and what lies there are left out: they may change while nothing else than was read back would be posted.
        """
        request = self.request
        asked = [
            f"{each.name}={getattr(request, each.name)!r}" for each in fields(request) if each.name != "lines"
        ]
        parts = [type(request).__name__, *asked, str(self.in_transit)]
        for line in self.lines:
            puts = line.puts.id if line.puts is not None else ""
            parts.append(f"{line.item.id}:{line.quantity}:{line.expected}:{puts}")
            parts.extend(line.said)
            parts.extend(
                # A delivery's new lot gets its key when the first of two posts it; number and serial stay.
                f"{pick.place.id}:{'' if pick.lot_number or pick.serial else pick.lot_id}:{pick.lot_number}:{pick.serial}"
                f":{pick.expires_on}:{pick.owner_id}:{pick.status.value}:{pick.quantity}"
                for pick in line.picks
            )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def postable(self) -> bool:
        """May it be posted as it stands, without override and without anything missing?"""
        return all(problem.weight is Weight.WARNS for problem in self.problems)

    @property
    def overridable(self) -> bool:
        """Would a reason by a permitted role do?"""
        return not self.postable and all(
            problem.weight in (Weight.WARNS, Weight.OVERRIDABLE) for problem in self.problems
        )


@dataclass(frozen=True, slots=True)
class Posted:
    """One line of a receipt as recorded. Of a count: what the books had said, and what was ``found``, in base units."""

    item: ItemRef
    quantity: int
    lot_number: str
    serial: str
    from_place: PlaceRef | None
    to_place: PlaceRef | None
    cost: Decimal
    kind: MovementKind
    movement_id: MovementId
    expected: int | None = None
    found: int | None = None
