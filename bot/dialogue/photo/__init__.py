"""Photographs and typed codes: what was read, what the words beside it want, the cards that ask what is still open."""
