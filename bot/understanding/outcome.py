"""What became of a message: a question that can be asked, or what is missing for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.understanding.draft import Draft
from bot.understanding.evidence import Evidence
from domain.model.ids import ItemId
from domain.model.person import Person
from domain.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Alternative:
    """A complete question that a button or a word of the next message stands for."""

    label: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class Subject:
    """What a thread is about: the last question, the catalogue's words for its thing, the items that were in question.

    ``draft`` may be incomplete when something was asked back.
    """

    draft: Draft
    topic: str = ""
    candidates: tuple[ItemId, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """``draft`` is complete. ``alternatives`` narrow or widen it, introduced by ``lead``."""

    draft: Draft
    topic: str = ""
    candidates: tuple[ItemId, ...] = ()
    lead: str = ""
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """``text`` asks back or says what was not found; ``alternatives`` finish it. ``hints`` are examples of whole questions."""

    text: str
    draft: Draft
    topic: str = ""
    candidates: tuple[ItemId, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything the resolving of one message needs to know of its world."""

    evidence: Evidence
    asker: Person
    today: date
    uow: UnitOfWork
    before: Subject | None


type Outcome = Ready | Unclear
