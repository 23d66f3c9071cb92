"""R4: roles follow Slack's groups or are set by hand, places are granted, and the trail keeps and tells it all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from domain.errors import NotPermitted, Obstructed, Unavailable, UnknownPerson
from domain.model.ids import PersonId
from domain.model.person import Role
from domain.model.receipt import TrailEntry, TrailKind
from domain.store import Store, tables
from domain.usecases.act.requests import Count, Found
from domain.usecases.admin.read_trail import read_trail
from domain.usecases.admin.sync_roles import Synced, grant_places, set_role, sync_roles
from jobs.roles import RolesSynced, follow_groups
from tests.integration.act.ward import ADMIN, BOSS, BUYER, NURSE_ED, PHARM, TECH, Ward, wanted
from tests.small_hospital import ED, ED_CART, FOLEY, NORTH, NURSE, SOUTH

ROLES = {"nurses": Role.CLINICIAN, "managers": Role.MANAGER, "supply": Role.TECHNICIAN}


class Groups:
    """The user groups of a workspace, by the ids of the ward's staff ("U1" ...)."""

    def __init__(self, **members: Collection[int] | str) -> None:
        self._members = members

    def members(self, handles: Collection[str]) -> Mapping[str, frozenset[str]]:
        if "down" in self._members:
            raise Unavailable("Slack does not answer.")
        return {
            handle: frozenset(f"U{number}" for number in self._members.get(handle, ())) for handle in handles
        }


def sync(ward: Ward, groups: Groups, **roles: Role) -> Synced:
    with ward.transactions.begin() as uow:
        return sync_roles(groups, roles=roles or ROLES, now=ward.now, uow=uow)


def role(ward: Ward, who: PersonId) -> Role:
    with ward.transactions.reading() as uow:
        return uow.people.get(who).role


def test_roles_follow_the_groups_and_the_strongest_counts(ward: Ward) -> None:
    synced = sync(ward, Groups(nurses=[NURSE, BOSS], managers=[NURSE_ED, TECH], supply=[TECH, 999]))
    assert {change.person.id: (change.before, change.after) for change in synced.changes} == {
        NURSE_ED: (Role.CLINICIAN, Role.MANAGER),
        TECH: (Role.TECHNICIAN, Role.MANAGER),
        BOSS: (Role.MANAGER, Role.CLINICIAN),
    }
    assert synced.strangers == 1
    assert role(ward, NURSE_ED) is Role.MANAGER
    changed = [entry for entry in ward.trail() if entry.deed == "set-role"]
    assert {entry.detail for entry in changed} == {
        f"Person {NURSE_ED}: clinician -> manager, by Slack user group.",
        f"Person {TECH}: technician -> manager, by Slack user group.",
        f"Person {BOSS}: manager -> clinician, by Slack user group.",
    }


def test_a_second_look_changes_nothing(ward: Ward) -> None:
    groups = Groups(nurses=[NURSE], managers=[TECH])
    sync(ward, groups)
    before = len(ward.trail())
    assert sync(ward, groups).changes == ()
    assert len(ward.trail()) == before


def test_who_left_every_group_keeps_the_role_and_is_named_or_gets_the_role_for_that(ward: Ward) -> None:
    synced = sync(ward, Groups(nurses=[NURSE]))
    assert {person.id for person in synced.left} >= {BOSS, TECH}
    assert role(ward, BOSS) is Role.MANAGER
    sync(ward, Groups(nurses=[NURSE]), **{"nurses": Role.CLINICIAN, "*": Role.CLINICIAN})
    assert role(ward, BOSS) is Role.CLINICIAN
    assert role(ward, PHARM) is Role.CLINICIAN


def test_the_last_administrator_stays_one(ward: Ward) -> None:
    synced = sync(ward, Groups(nurses=[ADMIN]))
    assert role(ward, ADMIN) is Role.ADMIN
    assert ADMIN in {person.id for person in synced.left}
    with ward.transactions.begin() as uow, pytest.raises(Obstructed, match="last administrator"):
        set_role(ADMIN, Role.BUYER, by=None, why="", now=ward.now, uow=uow)


def test_when_slack_does_not_answer_everybody_keeps_their_role(ward: Ward) -> None:
    with pytest.raises(Unavailable):
        follow_groups(Groups(down=[]), roles=ROLES, transactions=ward.transactions, now=ward.now)
    assert role(ward, BOSS) is Role.MANAGER


def test_the_job_tells_numbers_and_no_names(ward: Ward) -> None:
    done = follow_groups(
        Groups(managers=[NURSE], nurses=[404]), roles=ROLES, transactions=ward.transactions, now=ward.now
    )
    assert (done.changed, done.strangers) == (1, 1)
    assert isinstance(done, RolesSynced)


def test_places_that_are_granted_count_as_ones_own(ward: Ward) -> None:
    def count() -> None:
        ward.do(Count((Found(FOLEY, wanted(FOLEY, 6).quantity or 0),), ED_CART), who=NURSE)  # type: ignore[arg-type]

    with pytest.raises(NotPermitted, match="own places only"):
        count()
    with ward.transactions.begin() as uow:
        grant_places(NURSE, [ED], by=BOSS, now=ward.now, uow=uow)
    count()
    entry = next(entry for entry in ward.trail() if entry.deed == "grant-places")
    assert (entry.person_id, entry.detail) == (BOSS, f"Person {NURSE}, own places: ED.")
    with ward.transactions.begin() as uow:
        grant_places(NURSE, [], by=BOSS, now=ward.now, uow=uow)
    with pytest.raises(NotPermitted):
        count()


def test_nobody_unknown_is_given_anything(ward: Ward) -> None:
    with ward.transactions.begin() as uow, pytest.raises(UnknownPerson):
        grant_places(PersonId(404), [ED], by=None, now=ward.now, uow=uow)
    with ward.transactions.begin() as uow, pytest.raises(UnknownPerson):
        set_role(PersonId(404), Role.ADMIN, by=None, why="", now=ward.now, uow=uow)


def written(ward: Ward) -> None:
    with ward.transactions.begin() as uow:
        for hours, who, kind, facility in (
            (0, NURSE, TrailKind.REFUSED, NORTH),
            (1, BOSS, TrailKind.OVERRIDDEN, NORTH),
            (2, None, TrailKind.CHANGED, SOUTH),
        ):
            uow.trail.add(
                TrailEntry(facility, ward.now + timedelta(hours=hours), who, kind, "x", f"at {hours}")
            )
        uow.commit()


def test_the_trail_is_read_by_time_person_and_kind_newest_first(ward: Ward) -> None:
    written(ward)

    def read(**more: object) -> list[str]:
        with ward.transactions.reading() as uow:
            lines = read_trail(reader=None, now=ward.now, uow=uow, **more)  # type: ignore[arg-type]
        return [line.entry.detail for line in lines]

    assert read() == ["at 2", "at 1", "at 0"]
    assert read(since=ward.now + timedelta(hours=1)) == ["at 2", "at 1"]
    assert read(until=ward.now + timedelta(hours=1)) == ["at 0"]
    assert read(kinds=[TrailKind.REFUSED, TrailKind.OVERRIDDEN]) == ["at 1", "at 0"]
    assert read(person_id=NURSE) == ["at 0"]
    assert read(limit=1) == ["at 2"]
    assert read(facilities=[SOUTH]) == ["at 2"]


def test_a_manager_reads_the_trail_of_their_facility_and_a_nurse_none_of_it(ward: Ward) -> None:
    written(ward)
    with ward.transactions.begin() as uow:
        lines = read_trail(reader=ward.person(BOSS), now=ward.now, uow=uow)
        assert [(line.who, line.facility) for line in lines] == [
            (f"Person {BOSS}", "North"),
            (f"Person {NURSE}", "North"),
        ]
    for who in (NURSE, TECH, BUYER, PHARM):
        with ward.transactions.begin() as uow, pytest.raises(NotPermitted, match="read the audit trail"):
            read_trail(reader=ward.person(who), now=ward.now, uow=uow)
    assert sum(entry.deed == "read-audit" for entry in ward.trail()) == 4


@pytest.mark.parametrize("statement", [update(tables.trail).values(detail="nothing"), delete(tables.trail)])
def test_the_database_itself_refuses_to_change_or_delete_the_trail(
    ward: Ward, store: Store, statement: object
) -> None:
    written(ward)
    with store.begin() as uow, pytest.raises(DBAPIError, match="append-only"):
        uow.connection.execute(statement)  # type: ignore[call-overload]
    assert len(ward.trail()) == 2
