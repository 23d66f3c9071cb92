"""Every night: what is no longer needed is forgotten, what people typed first of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ports import Transactions


@dataclass(frozen=True, slots=True)
class Forgotten:
    threads: int
    inbox: int
    outbox: int


def tidy(
    *, transactions: Transactions, now: datetime, keep_threads: timedelta, keep_mail: timedelta
) -> Forgotten:
    """Deletes the state of quiet threads, and finished mail; unfinished mail stays for the operator whatever its age."""
    with transactions.begin() as uow:
        forgotten = Forgotten(
            threads=uow.threads.forget_before(now - keep_threads),
            inbox=uow.inbox.forget_before(now - keep_mail),
            outbox=uow.outbox.forget_before(now - keep_mail),
        )
        uow.commit()
    return forgotten
