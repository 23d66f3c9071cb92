"""Frozen values and the rules that hold between them; no I/O, no SQL, no clock."""
