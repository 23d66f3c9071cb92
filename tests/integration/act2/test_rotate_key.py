"""The vault's key is changed without losing a patient, a message, or a run that was cut short."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.vault import FernetVault
from domain.errors import InvalidSetting
from domain.model.charge import Encounter
from domain.model.ids import EncounterId
from domain.model.receipt import TrailKind
from domain.ports import InboxRow, OutboxRow, ReadingRow, SealedKind
from domain.store import Store, tables
from domain.usecases.act.charging import encounter_id_of
from domain.usecases.admin.rotate_key import Rotated, rotate_key
from tests.small_hospital import NORTH, NOW, NURSE, SOUTH

OLD_KEY, NEW_KEY = (Fernet.generate_key().decode() for _ in range(2))
OLD, NEW, BOTH = FernetVault(OLD_KEY), FernetVault(NEW_KEY), FernetVault(NEW_KEY, OLD_KEY)
NUMBERS = [f"71{number:05}" for number in range(23)]


class Killed(BaseException):
    """A process that dies: nothing catches it."""


@pytest.fixture
def sealed(hospital: Store) -> Store:
    """Twenty-three patients, mail waiting and a reading, all under the old key; one row of the small hospital is sealed by none."""
    with hospital.transactions.begin() as uow:
        for number in NUMBERS:
            encounter_id_of(number, facility_id=NORTH, vault=OLD, uow=uow)
        uow.inbox.receive(InboxRow("msg:1", "message", OLD.seal('{"text":"MRN 6120045"}'), NOW))
        uow.inbox.receive(InboxRow("msg:2", "message", OLD.seal("{}"), NOW))
        uow.inbox.done("msg:2", now=NOW)
        uow.outbox.put(
            OutboxRow("out:1", "C1", "chat.postMessage", OLD.seal("{}").decode(), NOW, blob=OLD.seal("png"))
        )
        uow.outbox.put(OutboxRow("out:2", "C1", "chat.postMessage", '{"text":"unsealed"}', NOW))
        uow.readings.put(ReadingRow("r1", OLD.seal("what was meant"), NOW))
        uow.commit()
    return hospital


def rotate(store: Store, *, batch: int = 5) -> Rotated:
    return rotate_key(BOTH, transactions=store.transactions, now=NOW, person_id=NURSE, batch=batch)


def test_everything_is_sealed_with_the_new_key_and_found_by_it(sealed: Store) -> None:
    with sealed.transactions.reading() as uow:
        before = [encounter_id_of(number, facility_id=NORTH, vault=OLD, uow=uow) for number in NUMBERS]
    assert rotate(sealed) == Rotated(encounters=23, others=4, unreadable=1)
    with sealed.transactions.begin() as uow:
        assert [
            encounter_id_of(number, facility_id=NORTH, vault=NEW, uow=uow) for number in NUMBERS
        ] == before
        row = uow.inbox.claim_one("msg:1", worker="w", now=NOW, lease_until=NOW + timedelta(seconds=60))
        assert row is not None
        assert NEW.open(row.payload) == '{"text":"MRN 6120045"}'
        reading = uow.readings.get("r1")
        assert reading is not None
        assert NEW.open(reading.sealed) == "what was meant"
        mail = {
            row.key: row
            for row in uow.outbox.claim(worker="w", now=NOW, lease_until=NOW + timedelta(seconds=60))
        }
        assert NEW.open(mail["out:1"].body.encode()) == "{}"
        assert NEW.open(mail["out:1"].blob) == "png"
    with sealed.begin() as uow:
        erased = uow.connection.scalar(
            select(tables.inbox.c.payload).where(tables.inbox.c.event_id == "msg:2")
        )
        plain = uow.connection.scalar(select(tables.outbox.c.body).where(tables.outbox.c.key == "out:2"))
    assert erased == b""
    assert plain == '{"text":"unsealed"}'


def test_a_second_run_changes_nothing(sealed: Store) -> None:
    rotate(sealed)
    assert rotate(sealed) == Rotated(encounters=0, others=0, unreadable=1)


@pytest.mark.parametrize("dies_after", range(1, 28, 3))
def test_a_run_that_dies_anywhere_is_finished_by_the_next(sealed: Store, dies_after: int) -> None:
    class Mortal(FernetVault):
        left = dies_after

        def seal(self, text: str) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return super().seal(text)

    with pytest.raises(Killed):
        rotate_key(Mortal(NEW_KEY, OLD_KEY), transactions=sealed.transactions, now=NOW, batch=4)
    first = dies_after
    rest = rotate(sealed)
    assert rest.encounters + rest.others >= 27 - first
    with sealed.transactions.reading() as uow:
        for number in NUMBERS:
            assert uow.charges.encounter_of(NORTH, NEW.digest(number)) is not None
            assert uow.charges.encounter_of(NORTH, OLD.digest(number)) is None


def test_while_the_key_is_changed_a_patient_is_found_by_either_and_never_stored_twice(sealed: Store) -> None:
    with sealed.transactions.begin() as uow:
        known = uow.charges.encounter_of(NORTH, OLD.digest(NUMBERS[3]))
        assert known is not None
        assert encounter_id_of(NUMBERS[3], facility_id=NORTH, vault=BOTH, uow=uow) == known.id


def test_a_patient_met_by_two_processes_with_different_keys_keeps_both_rows_and_is_found_by_one(
    sealed: Store,
) -> None:
    with sealed.transactions.begin() as uow:
        old = encounter_id_of("9000001", facility_id=NORTH, vault=OLD, uow=uow)
        new = encounter_id_of("9000001", facility_id=NORTH, vault=NEW, uow=uow)
        uow.commit()
    assert old != new
    rotate(sealed)
    with sealed.transactions.reading() as uow:
        found = uow.charges.encounter_of(NORTH, NEW.digest("9000001"))
        assert found is not None
        assert found.id == new
        assert NEW.open(uow.charges.encounters([old])[old].sealed) == "9000001"


def test_the_trail_of_every_facility_says_when_the_key_was_changed(sealed: Store) -> None:
    rotate(sealed)
    with sealed.transactions.reading() as uow:
        for facility in (NORTH, SOUTH):
            (entry,) = uow.trail.read(facility, kinds=[TrailKind.KEY_ROTATED])
            assert (entry.at, entry.person_id) == (NOW, NURSE)
            assert entry.detail == "Sealed anew: 23 patients' numbers, 4 messages; 1 could not be opened."


def test_what_was_finished_meanwhile_stays_erased(sealed: Store) -> None:
    """The worker finishes a message while its payload is on its way through the vault."""
    with sealed.begin() as uow:

        def finish_first(payload: bytes) -> bytes:
            uow.inbox.done("msg:1", now=NOW)
            return NEW.seal(OLD.open(payload))

        uow.sealed.reseal(SealedKind.INBOX, finish_first)
        uow.commit()
    with sealed.begin() as uow:
        assert set(uow.connection.scalars(select(tables.inbox.c.payload))) == {b""}


def test_the_old_key_alone_opens_nothing_afterwards(sealed: Store) -> None:
    rotate(sealed)
    with sealed.transactions.reading() as uow:
        stays: dict[EncounterId, Encounter] = uow.charges.encounters(
            [EncounterId(number) for number in range(2, 25)]
        )
    assert len(stays) == 23
    for stay in stays.values():
        with pytest.raises(InvalidSetting):
            OLD.open(stay.sealed)
