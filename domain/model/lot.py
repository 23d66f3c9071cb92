"""Lots and serials: what distinguishes two boxes of one item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.errors import Invalid
from domain.model.ids import ItemId, LotId, SupplierId


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot, or one single serialised piece (then ``serial`` is set and its quantity never passes 1).

    ``expires_on`` is the last day of use, inclusive; None where the item does not expire.
    """

    id: LotId
    item_id: ItemId
    number: str
    serial: str = ""
    expires_on: date | None = None
    made_on: date | None = None
    supplier_id: SupplierId | None = None

    def __post_init__(self) -> None:
        if not self.number and not self.serial:
            raise Invalid("A lot needs a lot number, a serial number or both.")

    def expired(self, today: date) -> bool:
        """Past its last day of use. A lot that expires today may be used today."""
        return self.expires_on is not None and self.expires_on < today


def fefo_key(expires_on: date | None, lot_id: LotId) -> tuple[bool, date, LotId]:
    """Sort key of first expired, first out: earliest expiry first, never-expiring last, then the older lot."""
    return (expires_on is None, expires_on or date.max, lot_id)
