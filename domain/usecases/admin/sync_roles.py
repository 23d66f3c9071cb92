"""R4: who has which role and which places; from Slack's user groups, or set by hand; every change in the trail."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.errors import Obstructed
from domain.model.ids import PersonId, PlaceId
from domain.model.person import Person, Role
from domain.model.receipt import TrailEntry, TrailKind
from domain.ports import UnitOfWork, UserGroups

OTHERWISE = "*"
"""The handle that stands for being in none of the groups."""

STRONGEST = (Role.ADMIN, Role.MANAGER, Role.PHARMACIST, Role.BUYER, Role.TECHNICIAN, Role.CLINICIAN)
"""Who is in several groups gets the first of these."""


@dataclass(frozen=True, slots=True)
class RoleChange:
    person: Person
    before: Role
    after: Role


@dataclass(frozen=True, slots=True)
class Synced:
    """``left`` have a role that a group gives, are in no group, and kept it since no role was set for that. ``strangers`` are
    members of the groups who are not on the staff list."""

    changes: tuple[RoleChange, ...]
    left: tuple[Person, ...]
    strangers: int


def sync_roles(groups: UserGroups, *, roles: Mapping[str, Role], now: datetime, uow: UnitOfWork) -> Synced:
    """Gives everybody on the staff list with a Slack account the role of their user group. All or nothing; commits.

    ``roles`` maps handles to roles, "*" is the role of who is in none of them; without it they keep what they have. The last
    administrator stays one. Raises what ``groups`` raises, and then nothing has changed.
    """
    handles = [handle for handle in roles if handle != OTHERWISE]
    if not roles:
        return Synced((), (), 0)
    members = groups.members(handles)
    of_person: dict[str, list[Role]] = {}
    for handle in handles:
        for slack_id in members.get(handle, frozenset()):
            of_person.setdefault(slack_id, []).append(roles[handle])
    staff = [person for person in uow.people.all() if person.slack_user_id]
    given = {roles[handle] for handle in handles}
    admins = sum(person.role is Role.ADMIN for person in staff)
    changes: list[RoleChange] = []
    left: list[Person] = []
    for person in staff:
        found = of_person.pop(person.slack_user_id or "", None)
        if found is not None:
            role = min(found, key=STRONGEST.index)
        elif OTHERWISE in roles:
            role = roles[OTHERWISE]
        else:
            role = person.role
            if role in given:
                left.append(person)
        if role is person.role:
            continue
        if person.role is Role.ADMIN and admins == 1:
            left.append(person)
            continue
        admins += (role is Role.ADMIN) - (person.role is Role.ADMIN)
        changes.append(RoleChange(person, person.role, role))
    for change in changes:
        _write(change, by=None, why="by Slack user group", now=now, uow=uow)
    uow.commit()
    return Synced(tuple(changes), tuple(left), len(of_person))


def set_role(
    person_id: PersonId, role: Role, *, by: PersonId | None, why: str, now: datetime, uow: UnitOfWork
) -> RoleChange:
    """By hand, for who keeps the system. Commits. Raises UnknownPerson; Obstructed where nobody would be left to administer."""
    person = uow.people.get(person_id)
    change = RoleChange(person, person.role, role)
    if role is person.role:
        return change
    if person.role is Role.ADMIN and sum(each.role is Role.ADMIN for each in uow.people.all()) == 1:
        raise Obstructed(f"{person.name} is the last administrator. Make somebody else one first.")
    _write(change, by=by, why=why, now=now, uow=uow)
    uow.commit()
    return change


def grant_places(
    person_id: PersonId, places: Collection[PlaceId], *, by: PersonId | None, now: datetime, uow: UnitOfWork
) -> frozenset[PlaceId]:
    """Gives a person these places as their own beside the home unit, and takes any other. Commits.

    Raises UnknownPerson, UnknownPlace.
    """
    person, tree = uow.people.get(person_id), uow.places.tree()
    names = ", ".join(sorted(tree.path(place_id) for place_id in set(places))) or "none"
    before = uow.people.own_places(person_id)
    if before != frozenset(places):
        uow.people.grant(person_id, places)
        uow.trail.add(
            TrailEntry(
                person.facility_id,
                now,
                by,
                TrailKind.CHANGED,
                "grant-places",
                f"{person.name}, own places: {names}.",
            )
        )
        uow.commit()
    return frozenset(places)


def _write(change: RoleChange, *, by: PersonId | None, why: str, now: datetime, uow: UnitOfWork) -> None:
    person = change.person
    uow.people.put(replace(person, role=change.after))
    uow.trail.add(
        TrailEntry(
            person.facility_id, now, by, TrailKind.CHANGED, "set-role",
            f"{person.name}: {change.before} -> {change.after}{', ' + why if why else ''}.",
        )
    )  # fmt: skip
