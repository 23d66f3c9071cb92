"""From a label to what the catalogue and the ledger know: items by their pack level, lots, what differs from the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.model.ids import ItemId, LotId
from domain.model.item import IdentifierKind, Item, Tracking
from domain.model.lot import Lot
from domain.ports import UnitOfWork
from domain.usecases.scan.labels import Label, neighbours

_LOOSE = (IdentifierKind.INTERNAL, IdentifierKind.CATALOGUE, IdentifierKind.SUPPLIER)
"""Whose numbers stand in plain codes."""


class State(StrEnum):
    """What is to be asked before a label can be acted on."""

    KNOWN = "known"
    SEVERAL = "several"  # two makers with the same number
    AMBIGUOUS = "ambiguous"  # the code itself can be read in two ways
    UNKNOWN = "unknown"  # a product's code that nobody taught Parley
    NAMELESS = "nameless"  # lot or expiry, and no product


@dataclass(frozen=True, slots=True)
class Fit:
    """An item that the code stands for, by ``unit`` ("" its base unit). ``lots`` are known lots of it that the label names."""

    item_id: ItemId
    unit: str = ""
    lots: tuple[LotId, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """``likely`` are items whose other pack levels have nearly the same code: what an unknown code may well be. Of an ambiguous code
    ``fits`` are what all its readings agree on.
    """

    label: Label
    state: State
    fits: tuple[Fit, ...] = ()
    likely: tuple[ItemId, ...] = ()

    @property
    def fit(self) -> Fit | None:
        return self.fits[0] if self.state is State.KNOWN else None

    @property
    def thing(self) -> Fit | None:
        """The item that it surely is, also where the rest of the code can be read in several ways."""
        return self.fits[0] if self.state in (State.KNOWN, State.AMBIGUOUS) and len(self.fits) == 1 else None


def match(label: Label, *, uow: UnitOfWork, item_id: ItemId | None = None) -> Match:
    """What the label stands for; of several items the one that was picked, ``item_id``, where it is one of them."""
    if label.readings:
        products = {(reading.kind, reading.value) for reading in label.readings}
        agreed = _items(label, uow=uow) if len(products) == 1 else []
        return Match(label, State.AMBIGUOUS, tuple(Fit(item, unit) for item, unit in agreed))
    if not label.value:
        return Match(label, State.NAMELESS)
    fits = [
        Fit(item, unit, tuple(lot.id for lot in lots_of(label, uow.catalogue.get(item), uow=uow)))
        for item, unit in _items(label, uow=uow)
    ]
    if len(fits) > 1:
        chosen = [fit for fit in fits if fit.item_id == item_id] or [fit for fit in fits if fit.lots]
        # Of two makers with one number the one who made this lot is meant; where both did, or neither, a person says it.
        fits = chosen if len(chosen) == 1 else fits
    if len(fits) == 1:
        return Match(label, State.KNOWN, tuple(fits))
    if fits:
        return Match(label, State.SEVERAL, tuple(fits))
    likely: tuple[ItemId, ...] = ()
    if label.kind is not None:
        near = uow.enrolments.known(label.kind, neighbours(label.kind, label.value))
        likely = tuple(dict.fromkeys(item for item, _ in near))
    return Match(label, State.UNKNOWN, likely=likely[:4])


def _items(label: Label, *, uow: UnitOfWork) -> list[tuple[ItemId, str]]:
    """Each item once, by the pack level that its code names; its own item number is its base unit."""
    found: dict[ItemId, str] = {}
    if label.kind is not IdentifierKind.INTERNAL and label.kind is not None:
        for item_id, identifier in uow.enrolments.known(label.kind, [label.value]):
            found.setdefault(item_id, identifier.pack_unit)
    else:
        own = uow.enrolments.numbered(label.value)
        if own is not None:
            found[own] = ""
        for kind in _LOOSE:
            for item_id, identifier in uow.enrolments.known(kind, [label.value]) if not found else ():
                found.setdefault(item_id, identifier.pack_unit)
    items = uow.catalogue.many(found)
    return [(i, "" if items[i].base_unit == unit else unit) for i, unit in found.items() if i in items]


def lots_of(label: Label, item: Item, *, uow: UnitOfWork) -> list[Lot]:
    """The known lots of ``item`` that the label names: by serial number where it has one and pieces are told apart, else by lot."""
    if item.tracking is Tracking.NONE:
        return []
    if label.serial:
        lots = [lot for lot in uow.lots.named(label.serial) if lot.item_id == item.id and lot.serial]
        if lots or item.tracking is Tracking.SERIAL:
            return [
                lot for lot in lots if not label.lot or not lot.number or _key(lot.number) == _key(label.lot)
            ]
    if not label.lot:
        return []
    return [lot for lot in uow.lots.named(label.lot) if lot.item_id == item.id and not lot.serial]


def named_lot(label: Label, item: Item) -> str:
    """The lot or serial number by which a piece of ``item`` with this label is known; "" where none is recorded or printed."""
    if item.tracking is Tracking.NONE:
        return ""
    if item.tracking is Tracking.SERIAL:
        return label.serial
    return label.lot


def differences(label: Label, lots: Sequence[Lot], *, today: date) -> tuple[str, ...]:
    """What the label says otherwise than the books, in sentences: an expiry date of a known lot."""
    found = []
    for lot in lots:
        if label.expires_on is None or label.expires_on == lot.expires_on:
            continue
        name = f"serial {lot.serial}" if lot.serial else f"lot {lot.number}"
        books = "no expiry date" if lot.expires_on is None else f"{lot.expires_on.day} {lot.expires_on:%B %Y}"
        past = " By the label it is expired." if label.expires_on < today else ""
        found.append(
            f"The label of {name} says that it expires on {label.expires_on.day} {label.expires_on:%B %Y}; "
            f"the books say {books}.{past}"
        )
    return tuple(dict.fromkeys(found))


def _key(number: str) -> str:
    return "".join(sign for sign in number if sign.isalnum()).upper()
