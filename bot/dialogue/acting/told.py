"""Who is told of what concerns a place: its channel, or somebody of its unit."""

from __future__ import annotations

from typing import Final

from bot.dialogue.acting.drafting import Channels
from domain.model.ids import PlaceId
from domain.model.person import Person, Role
from domain.ports import UnitOfWork

MOST_MANAGERS: Final = 3
_TOLD_FIRST = (Role.TECHNICIAN, Role.MANAGER, Role.PHARMACIST, Role.BUYER, Role.CLINICIAN, Role.ADMIN)


def told_at(place_id: PlaceId, *, channels: Channels, uow: UnitOfWork) -> str:
    """The place's channel, else a technician or manager of its unit, by their Slack account; "" where there is nobody."""
    channel = channels.of(place_id)
    if channel:
        return channel
    unit = uow.places.tree().unit_of(place_id)
    return next(
        (person.slack_user_id or "" for person in sorted(_staff(unit.id, uow=uow), key=_first_told)), ""
    )


def managers_of(place_id: PlaceId, *, uow: UnitOfWork) -> list[Person]:
    """The managers with a Slack account nearest around the place: of its unit, else of what is around that. At most three."""
    for outer in reversed(uow.places.tree().lineage(place_id)):
        found = [person for person in _staff(outer, uow=uow) if person.role is Role.MANAGER]
        if found:
            # Whose home is the place itself goes before whose home is merely inside it.
            found.sort(key=lambda person: (person.home_place_id != outer, int(person.id)))
            return found[:MOST_MANAGERS]
    return []


def _staff(outer: PlaceId, *, uow: UnitOfWork) -> list[Person]:
    tree = uow.places.tree()
    return [
        person
        for person in uow.people.all()
        if person.slack_user_id
        and person.home_place_id is not None
        and person.home_place_id in tree
        and tree.within(person.home_place_id, outer=outer)
    ]


def _first_told(person: Person) -> tuple[int, int]:
    return _TOLD_FIRST.index(person.role), int(person.id)
