"""Chance that is the same on every machine: hashed for single choices, numpy's PCG64 for series."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def pick(*what: object, below: int) -> int:
    """A whole number 0..below-1 that depends on ``what`` alone: unlike ``hash`` it is equal in every process."""
    mixed = crc32("\x1f".join(map(str, what)).encode())
    # CRC32 is linear: neighbouring texts give neighbouring values without this scramble.
    mixed = (mixed ^ (mixed >> 15)) * 0x2C1B3C6D & 0xFFFFFFFF
    mixed = (mixed ^ (mixed >> 12)) * 0x297A2D39 & 0xFFFFFFFF
    return (mixed ^ (mixed >> 15)) % below


def series(seed: int, *what: object) -> np.random.Generator:
    """A generator of its own for each purpose, so that a change in one place leaves the others as they were."""
    return np.random.Generator(np.random.PCG64([seed, *(crc32(str(part).encode()) for part in what)]))
