"""Scanned or typed codes: check digits and normal forms."""
