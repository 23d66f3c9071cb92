"""Why spending changed: how much of it is volume, mix and price, and which single pieces weigh most.

Of two periods, 0 before and 1 now, each part ``i`` of the whole (an item, or a procedure) has units ``v`` (pieces used, or
cases) and a cost ``c``, so a unit cost ``p = c / v``. A part that is in both periods changed by

    c1 - c0 = (v1 - v0) p0  +  v1 (p1 - p0):   more or fewer of it, and dearer or cheaper ones,

one that is new by all it costs now, one that is gone by all it cost before. Summed over the parts, the first terms, with the new
and the gone, are split once more: had all parts grown like the whole, it would have been ``(V1 / V0 - 1) C0``, the volume; what
is left is the mix, more of the dear and less of the cheap. A part whose units tell nothing (use outside of cases, more returned
than used) stands apart as other. Amounts are rounded to ten-thousandths in a way that every sum still holds to the last digit:
volume + mix + price + other = change = the sum of the pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum

_GRAIN = Decimal("0.0001")
_ZERO = Decimal(0)


class Cause(StrEnum):
    """MORE and FEWER units, DEARER and CHEAPER ones; NEW and GONE parts; OTHER where units tell nothing (corrections, returns)."""

    MORE = "more"
    FEWER = "fewer"
    DEARER = "dearer"
    CHEAPER = "cheaper"
    NEW = "new"
    GONE = "gone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Share:
    """One part of what was spent, before and now. Units may be below zero where more was returned than used."""

    key: int
    units_before: int
    cost_before: Decimal
    units: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """What one cause at one part added to the spending; below zero what it saved."""

    share: Share
    cause: Cause
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Explained:
    """``volume + mix + price + other == change``, and so do the ``pieces``, which come the heaviest first."""

    change: Decimal
    volume: Decimal
    mix: Decimal
    price: Decimal
    other: Decimal
    pieces: tuple[Piece, ...]

    def heaviest(self, count: int) -> tuple[Piece, ...]:
        """The first pieces that name a cause."""
        return tuple(piece for piece in self.pieces if piece.cause is not Cause.OTHER)[:count]

    def rest(self, told: Sequence[Piece]) -> Decimal:
        """What the change holds beside the pieces that are told."""
        return self.change - sum((piece.amount for piece in told), _ZERO)


def explain(shares: Iterable[Share], *, activity: tuple[int, int] | None = None) -> Explained:
    """Splits the change from before to now; what has the same key is to be one share.

    ``activity`` is what the whole is measured by, before and now (cases, say); else the sum of all units. Where there was none
    before, nothing is volume.
    """
    listed = list(shares)
    with localcontext() as context:
        context.prec = 40
        pieces = [piece for share in listed for piece in _pieces(share) if piece.amount]
        change = sum((share.cost - share.cost_before for share in listed), _ZERO)
        counted = [share for share in listed if share.units_before > 0 and share.cost_before >= 0]
        cost_before = sum((share.cost_before for share in counted), _ZERO)
        other = sum((p.amount for p in pieces if p.cause is Cause.OTHER), _ZERO)
        price = sum((p.amount for p in pieces if p.cause in (Cause.DEARER, Cause.CHEAPER)), _ZERO)
        before, now = activity or (
            sum(share.units_before for share in listed),
            sum(share.units for share in listed),
        )
        volume = _rounded(cost_before * (now - before) / before) if before > 0 and now >= 0 else _ZERO
        mix = change - price - other - volume
    pieces.sort(key=lambda piece: (-abs(piece.amount), piece.share.key, piece.cause))
    return Explained(change, volume, mix, price, other, tuple(pieces))


def _pieces(share: Share) -> tuple[Piece, ...]:
    change = share.cost - share.cost_before
    if share.units_before == 0 and share.cost_before == 0 and share.units > 0:
        return (Piece(share, Cause.NEW, change),)
    if share.units == 0 and share.cost == 0 and share.units_before > 0:
        return (Piece(share, Cause.GONE, change),)
    if share.units_before <= 0 or share.units <= 0 or share.cost_before < 0 or share.cost < 0:
        return (Piece(share, Cause.OTHER, change),)
    dearer = share.cost - _rounded(share.cost_before * share.units / share.units_before)
    more = change - dearer
    return (
        Piece(share, Cause.MORE if more > 0 else Cause.FEWER, more),
        Piece(share, Cause.DEARER if dearer > 0 else Cause.CHEAPER, dearer),
    )


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_GRAIN, rounding=ROUND_HALF_EVEN)
