"""What is shown of a photograph: values made by the dialogue, drawn by ``cards``. Product codes only; no patient identifier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.views.acting.shown import Answer
from domain.usecases.ask.answers import ItemRef, PlaceRef


@dataclass(frozen=True, slots=True)
class LabelShown:
    """``item`` None: the code is not known, and ``code`` is how people read it on the label. ``pack`` and ``holds`` are its level
    ("box", "50 pairs"), "" for the base unit. ``copies`` are labels of this kind. ``warnings`` say why to look twice, ``remarks``
    what is merely good to know.
    """

    item: ItemRef | None
    code: str = ""
    pack: str = ""
    holds: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    counted: str = ""
    copies: int = 1
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanShown:
    """What was read, with what to do with it.

    ``subject`` and ``version`` go with every press. ``question`` stands above ``answers``, which are presses CHOOSE; with no question
    they are what may be done. ``find`` is the token of "Where is it?", "" where that is not offered; ``search`` offers the form that
    looks an item up. ``notes`` are sentences on top.
    """

    subject: str
    version: int
    labels: tuple[LabelShown, ...]
    today: date
    places: tuple[PlaceRef, ...] = ()
    question: str = ""
    answers: tuple[Answer, ...] = ()
    find: str = ""
    search: bool = False
    notes: tuple[str, ...] = ()
    small_print: str = ""


@dataclass(frozen=True, slots=True)
class EnrolmentShown:
    """A code that somebody wants to teach. ``decided`` says what became of it; with it there are no buttons."""

    subject: str
    code: str
    item: ItemRef
    pack: str
    holds: str
    proposer: str
    decided: str = ""
