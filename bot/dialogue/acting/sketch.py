"""A draft's body: what is known of an action so far, as ids, exact figures and the catalogue's own words.

Nothing that was typed is kept as it was typed: items, places, lots and targets are ids, a patient is an encounter's id, a reason
is one of a list or was cleared of numbers. A body of another version or shape is refused, never guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from domain.errors import UnknownRecord
from domain.model.charge import ChargeTarget
from domain.model.ids import (
    CaseId,
    CostCentreId,
    EncounterId,
    ItemId,
    LotId,
    PlaceId,
    ProcedureId,
    ProviderId,
)

MOST_LINES = 40
MOST_CANDIDATES = 60


class Verb(StrEnum):
    """What is to be done; the value is what cards and receipts call it."""

    CONSUME = "consume"
    TRANSFER = "transfer"
    RECEIVE = "receive"
    ARRIVE = "arrive"
    WASTE = "waste"
    COUNT = "count"
    REQUISITION = "requisition"
    REORDER = "reorder"
    SET_PAR = "set par"
    QUARANTINE = "quarantine"
    LIFT = "lift hold"
    RETURN = "return"
    SEND_BACK = "send back"
    UNDO = "undo"
    SUBSCRIBE = "subscribe"


type _Text = Annotated[str, StringConstraints(max_length=80)]
type _Figure = Annotated[str, StringConstraints(pattern=r"^(\d{1,9}(/\d{1,6})?)?$")]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Spotted(_Body):
    """A place: one id is settled, several are candidates. ``near``: names that only come near what was said. ``assumed``: not
    said, the asker's own.
    """

    ids: tuple[int, ...] = ()
    near: bool = False
    assumed: bool = False

    @property
    def place_id(self) -> PlaceId | None:
        return PlaceId(self.ids[0]) if len(self.ids) == 1 and not self.near else None


class Aimed(_Body):
    """A charge target's parts."""

    cost_centre: int | None = None
    case: int | None = None
    encounter: int | None = None
    provider: int | None = None
    procedure: int | None = None

    @property
    def target(self) -> ChargeTarget:
        return ChargeTarget(
            cost_centre_id=None if self.cost_centre is None else CostCentreId(self.cost_centre),
            case_id=None if self.case is None else CaseId(self.case),
            encounter_id=None if self.encounter is None else EncounterId(self.encounter),
            provider_id=None if self.provider is None else ProviderId(self.provider),
            procedure_id=None if self.procedure is None else ProcedureId(self.procedure),
        )


def aimed(target: ChargeTarget) -> Aimed:
    return Aimed(
        cost_centre=target.cost_centre_id,
        case=target.case_id,
        encounter=target.encounter_id,
        provider=target.provider_id,
        procedure=target.procedure_id,
    )


class SketchLine(_Body):
    """``items`` are candidates, best first; one that is not ``near`` is settled. ``figure`` is an exact quantity of ``unit`` ("" the
    base unit; as said, while the item is not settled or has no such level). ``everything`` is all that is there, ``share`` a part
    of it. ``figures`` are what a range could mean. ``lots`` are settled ones; ``lot_choices`` ask which. ``number`` is a lot
    number that a delivery brings, or one that nobody knows here (``unknown``).
    """

    items: tuple[int, ...] = Field(default=(), max_length=MOST_CANDIDATES)
    near: bool = False
    said: _Text = ""
    figure: _Figure = ""
    figures: tuple[_Figure, ...] = ()
    everything: bool = False
    share: _Figure = ""
    last: bool = False
    unit: _Text = ""
    lots: tuple[int, ...] = ()
    lot_choices: tuple[int, ...] = ()
    number: _Text = ""
    unknown: bool = False
    serials: tuple[_Text, ...] = ()
    expires: date | None = None
    place: int | None = None
    levels: tuple[tuple[str, _Figure], ...] = ()

    @property
    def item_id(self) -> ItemId | None:
        return ItemId(self.items[0]) if len(self.items) == 1 and not self.near else None

    @property
    def quantity(self) -> Fraction | None:
        return Fraction(self.figure) if self.figure else None

    @property
    def lot_ids(self) -> tuple[LotId, ...]:
        return tuple(LotId(lot) for lot in self.lots)

    @property
    def counted(self) -> bool:
        """Is it said how much?"""
        return bool(self.figure) or self.everything or bool(self.share)


class Alert(_Body):
    topic: str
    threshold: int | None = None
    days: int | None = None
    weekday: int | None = None


class Sketch(_Body):
    """``here`` is where it is taken from, lies or is put; ``there`` where it goes (transfer, requisition).

    ``shown`` is the fingerprint of the plan that was read back, ``picked`` its lots in words. ``target_open``: somebody was named
    whom nobody knows; ``target_near`` are numbers and names that come near. ``then`` is done after this one, by cards of its own.
    ``split`` are destinations of which each may be meant, ``orders`` purchase orders of which one was delivered.
    """

    v: Literal[1] = 1
    verb: Verb
    lines: tuple[SketchLine, ...] = Field(default=(), max_length=MOST_LINES)
    here: Spotted = Spotted()
    there: Spotted = Spotted()
    split: tuple[int, ...] = ()
    target: Aimed | None = None
    target_open: bool = False
    target_near: tuple[tuple[_Text, _Text], ...] = ()
    reason: Annotated[str, StringConstraints(max_length=200)] = ""
    recalled: bool = False
    blind: bool = False
    supplier: int | None = None
    suppliers: tuple[int, ...] = ()
    order: _Text = ""
    orders: tuple[int, ...] = ()
    needed_by: _Text = ""
    receipt: int | None = None
    hold: int | None = None
    alert: Alert | None = None
    shown: _Text = ""
    picked: tuple[Annotated[str, StringConstraints(max_length=160)], ...] = ()
    notes: tuple[Annotated[str, StringConstraints(max_length=200)], ...] = ()
    then: tuple[Sketch, ...] = ()

    def with_(self, **changes: object) -> Sketch:
        """A copy with these fields, validated anew."""
        fields = {name: getattr(self, name) for name in type(self).model_fields} | changes
        return Sketch(**fields)

    def with_line(self, index: int, **changes: object) -> Sketch:
        lines = list(self.lines)
        lines[index] = changed(lines[index], **changes)
        return self.with_(lines=tuple(lines))


def changed(line: SketchLine, **changes: object) -> SketchLine:
    fields = {name: getattr(line, name) for name in SketchLine.model_fields} | changes
    return SketchLine(**fields)


def written(sketch: Sketch) -> str:
    return json.dumps(
        {"v": sketch.v, **sketch.model_dump(mode="json", exclude_defaults=True)}, separators=(",", ":")
    )


def read_body(body: str) -> Sketch:
    """Raises UnknownRecord for a body that this version can not read."""
    try:
        return Sketch.model_validate_json(body)
    except ValidationError:
        raise UnknownRecord("This card is from another version of Parley; please say it again.") from None


def figure(value: Fraction | Decimal | int) -> str:
    return str(Fraction(value))


def decimal(value: Fraction) -> Decimal:
    """As exact as a Decimal can be; what does not come to whole base units is refused by the plan."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def ids(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
