"""What one label says, in the supply room's own words: whose code, which lot, until when, how many."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from domain.model.item import IdentifierKind
from domain.model.patient_text import PLAIN, Formats, patient_numbers
from domain.udi.check_digits import gs1_check_digit, hibc_check_character
from domain.udi.reading import Agency, Doubt, LabelRead, Udi

_KINDS = {
    Agency.GS1: IdentifierKind.GTIN,
    Agency.HIBC: IdentifierKind.HIBC,
    Agency.ISBT: IdentifierKind.ISBT,
    Agency.OWN: IdentifierKind.INTERNAL,
}
_REFERENCE = re.compile(r"(?=[\w./-]*\d)(?=[\w./-]*[A-Za-z])[\w./-]{4,40}")
"""A maker's or supplier's reference has letters and digits; digits alone may be anybody's number."""
_HIBC_UNITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Label:
    """``kind`` and ``value`` are the product's code in its normal form; ``kind`` None: it is nobody's numbering, to be looked up as
    a maker's, a supplier's or our own number. ``value`` is "" where the label names no product.

    ``quantity`` is what the code itself says it holds; ``counts`` what that is of: base units (True) or packs (False).
    ``copies`` are labels of the same kind in the picture. ``readings`` are all that an ambiguous code may say, this one not chosen.
    """

    kind: IdentifierKind | None
    value: str
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    quantity: int | None = None
    counts: bool = True
    copies: int = 1
    doubts: tuple[Doubt, ...] = ()
    readings: tuple[Label, ...] = ()

    @property
    def shown(self) -> str:
        """The product's code as people read it on the label; "" where it may be anything."""
        if self.kind is IdentifierKind.GTIN:
            return f"(01){self.value}"
        if self.kind in (IdentifierKind.HIBC, IdentifierKind.ISBT, IdentifierKind.INTERNAL):
            return self.value
        return ""


def label_of(read: LabelRead) -> Label:
    """A label as it was read, with every reading of an ambiguous one."""
    label = replace(_said(read.udi), copies=max(1, read.copies))
    if not read.udi.alternatives:
        return label
    readings = dict.fromkeys(
        replace(_said(udi), copies=label.copies) for udi in (read.udi, *read.udi.alternatives)
    )
    return replace(label, readings=tuple(readings)) if len(readings) > 1 else label


def _said(udi: Udi) -> Label:
    kind = _KINDS.get(udi.agency)
    value = udi.gtin or udi.di
    names = {name for name, _ in udi.elements}
    quantity = udi.quantity if udi.quantity and _counted(udi, kind, value, names) else None
    return Label(
        kind=kind,
        value=value[:80],
        lot=udi.lot[:80],
        serial=udi.serial[:80],
        expires_on=udi.expiry,
        quantity=quantity,
        counts="37" not in names,
        doubts=udi.doubts,
    )


def _counted(udi: Udi, kind: IdentifierKind | None, value: str, names: set[str]) -> bool:
    """Is the code's own quantity to be believed? Of a variable count (GTIN with indicator 9, HIBC unit of measure 9), of what a
    logistic unit contains (AI 37), and of HIBC's own quantity; a fixed pack is what its code says it is.
    """
    if "37" in names:
        return True
    if kind is IdentifierKind.GTIN:
        return value.startswith("9")
    return kind is IdentifierKind.HIBC and (value.endswith("9") or "30" not in names)


def joined(front: Label, back: Label) -> Label:
    """One label of which one picture shows the product and another the rest."""
    return replace(
        front,
        lot=front.lot or back.lot,
        serial=front.serial or back.serial,
        expires_on=front.expires_on or back.expires_on,
        quantity=front.quantity if front.quantity is not None else back.quantity,
        doubts=tuple(d for d in (*front.doubts, *back.doubts) if d not in (Doubt.NO_DI, Doubt.PLAIN_GTIN)),
    )


def same(one: Label, other: Label) -> bool:
    """Do two labels say the same thing?"""
    return replace(one, copies=1, doubts=()) == replace(other, copies=1, doubts=())


def neighbours(kind: IdentifierKind, value: str) -> tuple[str, ...]:
    """The codes that the same product has at its other pack levels: another indicator digit of a GTIN, another unit of measure in
    HIBC.

    >>> "10312345678903" in neighbours(IdentifierKind.GTIN, "00312345678906")
    True
    """
    if kind is IdentifierKind.GTIN and len(value) == 14 and value.isdigit():
        bodies = [f"{indicator}{value[1:13]}" for indicator in "0123456789"]
        return tuple(code for body in bodies if (code := body + gs1_check_digit(body)) != value)
    if kind is IdentifierKind.HIBC and len(value) > 6 and value[-1].isdigit():
        return tuple(code for unit in _HIBC_UNITS if (code := value[:-1] + unit) != value)
    return ()


def may_be_shown(label: Label, *, formats: Formats = PLAIN) -> bool:
    """May the label's code stand in a channel and be kept? Product codes may; a bare number may be a patient's."""
    if label.kind is not None:
        return bool(label.value)
    if _REFERENCE.fullmatch(label.value) is None:
        return False
    return not patient_numbers(f"for {label.value}", formats=formats) and not patient_numbers(
        f"used on {label.value}", formats=formats
    )


def with_check(kind: IdentifierKind | None, value: str) -> str:
    """The code as the label prints it: HIBC with its check character."""
    return value + hibc_check_character(value) if kind is IdentifierKind.HIBC else value
