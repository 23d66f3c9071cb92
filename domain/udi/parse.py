"""One code, scanned or typed, as one typed result. The only error is InvalidIdentifier, whatever the bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.errors import InvalidIdentifier
from domain.udi import digital_link, gs1, hibc, isbt128, own, typed
from domain.udi.check_digits import gs1_is_valid
from domain.udi.plain_numbers import expand_upc_e, house_code, product_number
from domain.udi.reading import Agency, Doubt, Udi
from domain.udi.symbol import FNC1, Symbol, Symbology

_GS1_IDENTIFIERS: Final = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
"""GS1-128, DataBar and composite, GS1 Data Matrix, GS1 QR, GS1 DotCode."""

_RETAIL: Final = frozenset({Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E})
_DATABAR: Final = frozenset({Symbology.DATABAR, Symbology.DATABAR_LIMITED, Symbology.DATABAR_EXPANDED})


def parse_symbol(symbol: Symbol, *, today: date) -> Udi:
    """What a scanned symbol says; ``today`` settles the century of two-digit years.

    A symbol that declares GS1 is read as GS1. One that does not is believed only where all of it fits, and with a doubt.
    Raises InvalidIdentifier for what is no product code: also for a place's label, which ``own.parse_place`` reads.
    """
    text, identifier = symbol.text, symbol.identifier
    if not identifier and len(text) > 3 and text[0] == "]" and text[2].isdigit():
        identifier, text = text[:3], text[3:]
    leading = text.startswith(FNC1)
    text = text.lstrip(FNC1)
    if not text:
        raise InvalidIdentifier("This code is empty.")
    if own.is_own(text):
        return own_item(text)
    if symbol.symbology in _RETAIL:
        return _retail(symbol.symbology, text)
    if text[0] == "+" and hibc.looks_like(text):
        return hibc.parse_hibc(text, today=today)
    if text[0] in "=&" and isbt128.looks_like(text):
        return isbt128.parse_isbt(text)
    if identifier in _GS1_IDENTIFIERS or symbol.symbology in _DATABAR or (leading and not identifier):
        return _declared(text, databar=symbol.symbology in _DATABAR, today=today)
    if digital_link.looks_like(text):
        return digital_link.parse_digital_link(text, today=today)
    if symbol.symbology is Symbology.ITF:
        return _itf(text)
    return _undeclared(text, separated=not identifier and FNC1 in text, today=today)


def parse_typed(text: str, *, today: date) -> Udi:
    """What a person typed or pasted: ``(01)0061...(17)281231(10)AB12`` with or without brackets and blanks, words for the separator,
    a Digital Link, HIBC, ISBT 128, a product number, an item number. Raises InvalidIdentifier, as for a wrong check digit.
    """
    return typed.parse_typed(text, today=today)


def own_item(text: str) -> Udi:
    """An item's label of the hospital's own; ``di`` is the item's number. Raises InvalidIdentifier for a place's."""
    if text.startswith("PLY-P-"):
        own.parse_place(text)
        raise InvalidIdentifier("This is a place's label, not a product's.")
    return Udi(Agency.OWN, di=own.parse_item(text), elements=(("", text),))


def _retail(symbology: Symbology, text: str) -> Udi:
    if symbology is Symbology.UPC_E and len(text) == 8:
        return product_number(expand_upc_e(text))
    return product_number(text)


def _declared(text: str, *, databar: bool, today: date) -> Udi:
    if databar and len(text) in {13, 14} and text.isascii() and text.isdigit():
        return product_number(text)
    udi = gs1.parse_message(text, today=today)
    if not udi.di:
        for ai, value in udi.elements:
            if ai[:1] == "9" and own.is_own(value):
                return own_item(value)
    return udi


def _itf(text: str) -> Udi:
    if len(text) == 14 and gs1_is_valid(text):
        return product_number(text)
    if len(text) == 14:
        raise InvalidIdentifier(f"The check digit of {text} does not fit.")
    return house_code(text)


def _undeclared(text: str, *, separated: bool, today: date) -> Udi:
    """A plain symbol. ``separated``: the decoder does not tell GS1-128 from Code 128, but FNC1 stands inside."""
    if gs1.looks_whole(text, today=today):
        doubts: Iterable[Doubt] = () if separated else (Doubt.PLAIN_SYMBOL,)
        return gs1.parse_message(text, today=today, also=doubts)
    if len(text) in {12, 13, 14} and gs1_is_valid(text):
        return product_number(text, also=(Doubt.PLAIN_SYMBOL,))
    return house_code(text)
