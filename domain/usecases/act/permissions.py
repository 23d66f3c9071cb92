"""May this person do it there, for so much? The one matrix of the model, asked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from domain.model.ids import PlaceId
from domain.model.money import money
from domain.model.permission import Deed, Reach, allowance, who_may
from domain.model.person import Person, Role
from domain.ports import UnitOfWork
from domain.usecases.act.desk import Desk
from domain.usecases.act.plans import Obstacle, Plan, Problem, Weight


def permit(
    deed: Deed, *, actor: Person, place_id: PlaceId, worth: Decimal, uow: UnitOfWork
) -> Problem | None:
    """None where it is allowed, else what forbids it and who may.

    ``worth`` is in the facility's currency. "Everywhere" means every place of the person's own facility, and whatever places of
    another one they were granted.
    """
    granted = allowance(actor.role, deed)
    if granted is None:
        return Problem(
            Obstacle.NOT_PERMITTED,
            Weight.BLOCKS,
            f"{named_role(actor.role).capitalize()} may not {deed.refused}.",
            _ask(who_may(deed)),
            asks=who_may(deed),
        )
    tree = uow.places.tree()
    place = tree.get(place_id)
    if granted.reach is Reach.OWN_PLACES or place.facility_id != actor.facility_id:
        own = uow.people.own_places(actor.id) | (
            {actor.home_place_id} if actor.home_place_id is not None else frozenset()
        )
        if own.isdisjoint(tree.lineage(place_id)):
            wider = who_may_everywhere(deed)
            return Problem(
                Obstacle.NOT_PERMITTED,
                Weight.BLOCKS,
                f"{named_role(actor.role).capitalize()} may {deed.refused} at their own places only; {place.name} is none of yours.",
                _ask(wider),
                asks=wider,
            )
    if granted.up_to is not None and abs(worth) > granted.up_to:
        currency = uow.places.facility(place.facility_id).currency
        richer = tuple(role for role in who_may(deed) if _reaches(role, deed, worth))
        return Problem(
            Obstacle.OVER_LIMIT,
            Weight.BLOCKS,
            f"{named_role(actor.role).capitalize()} may {deed.refused} up to {money(granted.up_to, currency).removesuffix('.00')}; "
            f"this comes to {money(abs(worth), currency)}.",
            _ask(richer),
            asks=richer,
        )
    return None


def permitted(plan: Plan, deed: Deed, *, place_id: PlaceId, desk: Desk, worth: Decimal | None = None) -> Plan:
    """The plan with what the actor may not do in it, before all other problems. ``worth`` None is what the plan costs."""
    value = plan.cost if worth is None else worth
    problem = permit(deed, actor=desk.actor, place_id=place_id, worth=value, uow=desk.uow)
    return plan if problem is None else replace(plan, problems=(problem, *plan.problems))


def may(deed: Deed, *, role: Role) -> bool:
    """Somewhere at least."""
    return allowance(role, deed) is not None


def who_may_everywhere(deed: Deed) -> tuple[Role, ...]:
    """The roles that may do it at any place of the facility."""
    found = ((role, allowance(role, deed)) for role in Role)
    return tuple(role for role, granted in found if granted and granted.reach is Reach.EVERYWHERE)


def _reaches(role: Role, deed: Deed, worth: Decimal) -> bool:
    granted = allowance(role, deed)
    return granted is not None and (granted.up_to is None or abs(worth) <= granted.up_to)


def _ask(roles: Sequence[Role]) -> str:
    """ "Ask a technician or a manager." Administrators keep the system; they are named only where nobody else is left."""
    named: list[Role] = [role for role in roles if role is not Role.ADMIN] or [*roles]
    if not named:
        return ""
    listed = [named_role(role) for role in named]
    return f"Ask {' or '.join([', '.join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)}."


def named_role(role: Role) -> str:
    """ "a technician", "an administrator"."""
    name = "administrator" if role is Role.ADMIN else role.value
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
