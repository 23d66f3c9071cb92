"""Which lot each piece belonged to: first in, first out along every queue, worked out whole batches at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from domain.demo.calendar import Ints


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of withdrawals, each out of one chunk; parallel columns in order of queue and time."""

    out: Ints
    chunk: Ints
    quantity: Ints
    left: Ints
    """What the chunk still holds once the piece is gone."""


def first_in_first_out(
    chunk_queue: Ints, chunk_quantity: Ints, out_queue: Ints, out_quantity: Ints, *, queues: int
) -> Pieces:
    """Cuts withdrawals at the borders of the chunks they are met from.

    Both sides come in order of queue, then time; quantities are 1 or more, and a queue gives no more than it gets.
    Laid end to end on one line, chunks and withdrawals overlap exactly where a piece is.
    """
    got = np.bincount(chunk_queue, weights=chunk_quantity, minlength=queues).astype(np.int64)
    gave = np.bincount(out_queue, weights=out_quantity, minlength=queues).astype(np.int64)
    if (gave > got).any():
        raise ValueError("A queue can not give more than it got.")
    chunk_end = np.cumsum(chunk_quantity)
    queue_start = np.cumsum(got) - got
    out_before = np.cumsum(gave) - gave
    start = np.cumsum(out_quantity) - out_quantity - out_before[out_queue] + queue_start[out_queue]
    end = start + out_quantity
    head = np.searchsorted(chunk_end, start, side="right")
    tail = np.searchsorted(chunk_end, end, side="left")
    parts = tail - head + 1
    out = np.repeat(np.arange(len(out_queue)), parts)
    nth = np.arange(len(out)) - np.repeat(np.cumsum(parts) - parts, parts)
    chunk = head[out] + nth
    upper = np.minimum(end[out], chunk_end[chunk])
    lower = np.maximum(start[out], chunk_end[chunk] - chunk_quantity[chunk])
    return Pieces(out, chunk, upper - lower, chunk_end[chunk] - upper)
