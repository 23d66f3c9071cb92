"""From what a person said to whole base units, exactly, and back to words."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from domain.errors import InvalidQuantity
from domain.model.item import Item
from domain.model.tokens import plain_figure
from domain.usecases.ask.answers import ItemRef

MOST = 1_000_000
"""Base units in one line; what is more is a slip of the finger or a barcode read as a quantity."""


def base_units(item: Item, *, quantity: Decimal, unit: str, least: int = 1) -> int:
    """``quantity`` of the pack level ``unit`` ("" for the base unit) in base units.

    Raises InvalidQuantity where that is no whole number, below ``least`` (0 for counts) or above MOST, and for a pack level
    that the item has not. Nothing is ever rounded: half a box of 25 is refused with the two figures that could be meant.
    """
    if not quantity.is_finite():
        raise InvalidQuantity("A quantity is a number.")
    pack = item.pack(unit or item.base_unit)
    exact = quantity * pack.quantity
    if exact < 0 or (exact == 0 and least > 0):
        said = plain_figure(quantity)
        raise InvalidQuantity(f"A quantity is {'zero' if least == 0 else 'one'} or more, not {said}.")
    if exact > MOST:
        raise InvalidQuantity(f"One line holds {MOST:,} {item.base_unit} at most; split it, if it is right.")
    whole = int(exact)
    if exact == whole:
        return whole
    lower = int(exact.to_integral_value(ROUND_FLOOR))
    upper = int(exact.to_integral_value(ROUND_CEILING))
    say = f"say {lower} or {upper}" if lower >= max(1, least) else f"say {upper}"
    if pack.quantity == 1:
        raise InvalidQuantity(f"{item.name} is counted in whole {item.base_unit}; {say}.")
    raise InvalidQuantity(f"A {pack.unit} holds {pack.quantity} {item.base_unit}; {say}.")


def some(quantity: int, item: Item | ItemRef) -> str:
    """ "4 Foley catheter 16 Fr": a quantity with its item, in base units."""
    return f"{quantity:,} {named(item)}"


def named(item: Item | ItemRef) -> str:
    """The item's name with its size, which the name may hold already."""
    return item.name if not item.size or item.size in item.name else f"{item.name} {item.size}"
