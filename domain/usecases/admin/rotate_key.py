"""The change of the vault's key: everything that the old key sealed is sealed with the new one, in steps that may be repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.errors import InvalidSetting
from domain.model.ids import EncounterId, FacilityId, PersonId
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import SealedKind, Transactions, TurningVault


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many were sealed anew in this run. ``unreadable`` neither key opens: they stay as they are, and the old key is kept."""

    encounters: int
    others: int
    unreadable: int


def rotate_key(
    vault: TurningVault,
    *,
    transactions: Transactions,
    now: datetime,
    person_id: PersonId | None = None,
    batch: int = 500,
    progress: Callable[[int], None] = lambda _: None,
) -> Rotated:
    """Seals encounters, mail and readings with the new key of ``vault``, ``batch`` rows a transaction; what is sealed with it already
    is left alone, so that a run that was cut short is simply repeated. A line of the trail of each facility says when it was done.

    Every process must know both keys before this begins. ``progress`` is told the rows looked at.
    """
    work = _Work(vault)
    seen = 0
    last: tuple[FacilityId, EncounterId] | None = None
    while True:
        with transactions.begin() as uow:
            last = uow.charges.reseal(work.identifier, after=last, limit=batch)
            uow.commit()
        if last is None:
            break
        seen += batch
        progress(seen)
    encounters = work.done
    for kind in SealedKind:
        key: str | int | None = None
        while True:
            with transactions.begin() as uow:
                key = uow.sealed.reseal(kind, work.content, after=key, limit=batch)
                uow.commit()
            if key is None:
                break
            seen += batch
            progress(seen)
    rotated = Rotated(encounters, work.done - encounters, work.unreadable)
    with transactions.begin() as uow:
        for facility in uow.places.facilities():
            uow.trail.add(
                TrailEntry(
                    facility.id, now, person_id, TrailKind.KEY_ROTATED, "rotate-key",
                    f"Sealed anew: {rotated.encounters} patients' numbers, {rotated.others} messages; "
                    f"{rotated.unreadable} could not be opened.",
                )
            )  # fmt: skip
        uow.commit()
    return rotated


class _Work:
    """Seals anew and counts."""

    def __init__(self, vault: TurningVault) -> None:
        self._vault = vault
        self.done = 0
        self.unreadable = 0

    def identifier(self, sealed: bytes) -> tuple[bytes, bytes] | None:
        fresh = self.content(sealed)
        return None if fresh is None else (fresh, self._vault.digest(self._vault.open(fresh)))

    def content(self, sealed: bytes) -> bytes | None:
        if self._vault.is_current(sealed):
            return None
        try:
            plain = self._vault.open(sealed)
        except InvalidSetting:
            self.unreadable += 1
            return None
        self.done += 1
        return self._vault.seal(plain)
