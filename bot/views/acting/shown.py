"""What is shown of an action: values made by the dialogue, drawn by the views. No patient identifier but a mask, and that in plans only.

Buttons carry ``subject``, ``version`` and a press (``bot.dialogue.acting.turns.Press`` by its value) with its choice, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from domain.model.hold import CheckState, Hold
from domain.model.requisition import RequisitionLine, RequisitionOrder
from domain.model.subscription import Subscription
from domain.usecases.act.plans import Plan, Posted, TargetRef
from domain.usecases.ask.answers import ItemRef, PlaceRef

MOST_BUTTONS = 5
"""So many answers are buttons; more are a list to choose from."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer: pressing it is CHOOSE (STEP and CHECK on the cards that say so) with ``choice``. ``detail`` is small print."""

    label: str
    choice: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one piece. At most MOST_BUTTONS ``answers`` are buttons, more a select; EDIT is offered where ``typed``."""

    text: str
    answers: tuple[Answer, ...] = ()
    typed: bool = False


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line while something is still open, so that there is no plan. ``item`` None: it is what is asked about, called ``said``.

    ``amount`` as said ("2 boxes", "all"), "" where open; ``lot`` likewise.
    """

    item: ItemRef | None
    said: str = ""
    amount: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Powers:
    """What the card's buttons offer. ``confirm`` and ``override`` never both."""

    confirm: bool = False
    override: bool = False
    edit: bool = True


@dataclass(frozen=True, slots=True)
class Card:
    """An action read back. ``action`` is the verb ("consume", "transfer" ... the request's class in lower case, "set par", "send back").

    With ``plan`` everything is known: its lines, places, target, cost and problems are shown, with CONFIRM or OVERRIDE as
    ``powers`` say, EDIT and CANCEL always. Without it ``lines``, ``source``, ``destination`` are what is known so far and
    ``question`` is what is asked now, the first of ``open`` ones. ``notes`` are sentences on top ("Changed to 3.").
    ``asker`` is who said it; ``today`` and ``expires_at`` are for dates and small print.
    """

    subject: str
    version: int
    action: str
    asker: str
    today: date
    expires_at: datetime
    plan: Plan | None = None
    lines: tuple[KnownLine, ...] = ()
    source: PlaceRef | None = None
    destination: PlaceRef | None = None
    target: TargetRef | None = None
    question: Asked | None = None
    open: int = 0
    notes: tuple[str, ...] = ()
    powers: Powers = Powers()


@dataclass(frozen=True, slots=True)
class Closed:
    """What stands in the place of a card that is over: no button but, where ``again``, CHOOSE with choice "again"."""

    text: str
    subject: str = ""
    version: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """It is not done, and why; ``remedies`` are sentences of what may be done instead. ``answers`` are presses CHOOSE on ``subject``."""

    text: str
    remedies: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    subject: str = ""
    version: int = 0
    override: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """A posted action. ``subject`` is "receipt:12"; UNDO is offered where ``may_undo``, else ``why_not`` says why, if anything.

    ``asked_by`` is set where somebody else had asked for what ``actor`` confirmed. ``notes``: a count that is due, an override.
    ``steps``: presses STEP (receiving what is in transit). ``undone_by`` is the number and name of what undid it.
    """

    subject: str
    number: str
    action: str
    actor: str
    posted_at: datetime
    today: date
    lines: tuple[Posted, ...] = ()
    asked_by: str = ""
    target: TargetRef | None = None
    source: PlaceRef | None = None
    destination: PlaceRef | None = None
    cost: Decimal = Decimal(0)
    currency: str = "USD"
    in_transit: bool = False
    undoes: str = ""
    undone_by: str = ""
    may_undo: bool = False
    why_not: str = ""
    notes: tuple[str, ...] = ()
    steps: tuple[Answer, ...] = ()


class Side(StrEnum):
    """Whose card of a requisition: the asker follows it, the store picks and delivers."""

    ASKER = "asker"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class OrderShown:
    """A requisition as one side sees it. ``subject`` is "requisition:7"; ``steps`` are presses STEP, "edit" among them opens the form.

    ``shelves`` beside ``lines``: where the store picks each, None where that is not known. Lines stand in the order of the walk.
    """

    subject: str
    side: Side
    order: RequisitionOrder
    lines: tuple[tuple[ItemRef, RequisitionLine], ...]
    source: PlaceRef
    destination: PlaceRef
    asker: str
    today: date
    picker: str = ""
    steps: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()
    shelves: tuple[PlaceRef | None, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A place of a hold's checklist. ``answers`` are presses CHECK; none once it is answered."""

    place: PlaceRef
    quantity: int
    state: CheckState
    answered_by: str = ""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class HoldShown:
    """A hold with its progress. ``subject`` is "hold:3". ``what`` names lots or item; ``may_lift`` offers STEP with choice "lift"."""

    subject: str
    hold: Hold
    what: str
    unit: str
    rows: tuple[CheckRow, ...]
    opened_by: str
    today: date
    may_lift: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionShown:
    """One that runs. ``subject`` is "subscription:5"; ``label`` says it ("16 Fr foleys in ICU are low"); STOP ends it."""

    subject: str
    subscription: Subscription
    label: str


class FieldKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long text"
    NUMBER = "number"  # digits, a decimal point, or "all"
    DATE = "date"  # ISO
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """One input. ``name`` is the block's id and the key of the submitted value. ``private``: what is typed there names a patient
    and must not be logged or kept. ``options`` are for CHOICE: (label, value).
    """

    name: str
    kind: FieldKind
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    optional: bool = False
    private: bool = False
    longest: int = 200


@dataclass(frozen=True, slots=True)
class EditForm:
    """A modal: ``note`` stands above the fields. ``errors`` by field name are shown at them."""

    title: str
    submit: str
    fields: tuple[Field, ...]
    note: str = ""
