"""Amounts as people read them."""

from __future__ import annotations

from decimal import Decimal

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "JPY": "¥", "INR": "₹"}
_WITHOUT_CENTS = frozenset({"JPY", "KRW"})


def money(amount: Decimal, currency: str) -> str:
    """ "$1,234.50", "€12.00", "CHF 40.00"; rounded to the currency's smallest coin."""
    places = 0 if currency in _WITHOUT_CENTS else 2
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"{'−' if amount < 0 else ''}{sign}{abs(amount):,.{places}f}"
