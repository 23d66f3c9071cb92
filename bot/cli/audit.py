"""``parley audit``, ``parley permissions``, ``parley people`` and ``parley vault``: who may, who did, and the key of the vault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.bootstrap.house import House, open_house
from bot.cli.common import as_json as as_plain_json
from bot.cli.common import read_settings, said_plainly, tell
from bot.settings import SlackMode
from bot.vault import FernetVault, begin_change, end_change, new_key
from bot.views.permissions import markdown as permissions_table
from domain.errors import Invalid, InvalidSetting, UnknownPerson, UnknownPlace
from domain.model.person import Person, Role
from domain.model.receipt import TrailKind
from domain.usecases.admin.read_trail import read_trail
from domain.usecases.admin.rotate_key import rotate_key
from domain.usecases.admin.sync_roles import grant_places, set_role, sync_roles

people = typer.Typer(no_args_is_help=True, help="Roles and places of the staff.")
vault = typer.Typer(no_args_is_help=True, help="The key that seals patients' numbers.")

_SPANS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def audit(
    *,
    since: Annotated[
        str, typer.Option(help="A day (2026-11-01), a moment, or how long ago: 24h, 7d, 2w.")
    ] = "7d",
    person: Annotated[str, typer.Option(help="Name, e-mail address or Slack id.")] = "",
    kind: Annotated[
        list[str] | None, typer.Option(help="refused, overridden, posted, undone, changed ...")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """The audit trail, newest first: what was refused, overridden, posted, undone and changed, by whom."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        now = house.clock.now()
        kinds = [_kind(name) for name in kind or ()]
        start = _moment(since, now=now)
        who = _person(house, person).id if person else None
        with house.transactions.reading() as uow:
            lines = read_trail(
                reader=None, since=start, kinds=kinds, person_id=who, limit=limit, now=now, uow=uow
            )
            zones = {one.id: ZoneInfo(one.timezone) for one in uow.places.facilities()}
    for line in lines:
        entry = line.entry
        if as_json:
            print(as_plain_json({"who": line.who, "facility": line.facility, **_facts(entry)}))
            continue
        receipt = f" R-{entry.receipt_id}" if entry.receipt_id is not None else ""
        at = entry.at.astimezone(zones[entry.facility_id])
        print(f"{at:%Y-%m-%d %H:%M:%S}  {line.who:20} {entry.kind:13} {entry.deed}{receipt}: {entry.detail}")
    if not lines and not as_json:
        tell("Nothing was written in that time.")


def permissions(
    *, markdown: Annotated[bool, typer.Option("--markdown", help="As docs/permissions.md has it.")] = False
) -> None:
    """Who may do what, where, up to what value."""
    table = permissions_table()
    print(table, end="") if markdown else print("\n".join(x for x in table.splitlines() if x.startswith("|")))


@people.command("list")
def list_people(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """The staff with their roles, home units and own places."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        with house.transactions.reading() as uow:
            tree = uow.places.tree()
            for person in uow.people.all():
                home = tree.path(person.home_place_id) if person.home_place_id is not None else ""
                own = sorted(tree.path(place_id) for place_id in uow.people.own_places(person.id))
                if as_json:
                    facts = {
                        "name": person.name,
                        "role": person.role,
                        "home": home,
                        "own": own,
                        "email": person.email,
                    }
                    print(as_plain_json(facts))
                else:
                    print(f"{person.name:24} {person.role:11} {home}{' + ' + ', '.join(own) if own else ''}")


@people.command("role")
def change_role(
    name: Annotated[str, typer.Argument(help="Name, e-mail address or Slack id.")],
    role: Annotated[Role, typer.Argument()],
    *,
    why: Annotated[str, typer.Option(help="Kept in the audit trail.")] = "",
) -> None:
    """Give a person a role. With PARLEY_ROLE_GROUPS set, the next look at the groups may change it again."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        person = _person(house, name)
        with house.transactions.begin() as uow:
            change = set_role(person.id, role, by=None, why=why, now=house.clock.now(), uow=uow)
        tell(f"{person.name}: {change.before} -> {change.after}")


@people.command("grant")
def grant(
    name: Annotated[str, typer.Argument(help="Name, e-mail address or Slack id.")],
    places: Annotated[list[str] | None, typer.Argument(help="Names of places; none takes all back.")] = None,
) -> None:
    """Make places a person's own, each with all inside it, beside the home unit; exactly these from now on."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        person = _person(house, name)
        with house.transactions.begin() as uow:
            tree = uow.places.tree()
            wanted = []
            for said in places or ():
                same = said.casefold().replace(">", "›")
                found = [
                    place.id
                    for place in tree
                    if same
                    in (
                        tree.path(place.id).casefold(),
                        place.name.casefold(),
                        *map(str.casefold, place.aliases),
                    )
                ]
                if len(found) != 1:
                    many = "; ".join(tree.path(place_id) for place_id in found[:5])
                    why = (
                        f"Several places are called {said!r}: {many}."
                        if found
                        else f"No place is called {said!r}."
                    )
                    raise UnknownPlace(why)
                wanted += found
            grant_places(person.id, wanted, by=None, now=house.clock.now(), uow=uow)
            tell(
                f"{person.name}: {', '.join(tree.path(place_id) for place_id in wanted) or 'no places of their own'}"
            )


@people.command("sync")
def sync() -> None:
    """Give everybody the role of their Slack user group (PARLEY_ROLE_GROUPS), now."""
    from bot.listeners.groups import SlackGroups

    with said_plainly():
        settings = read_settings(quiet=True)
        if not settings.groups:
            raise InvalidSetting('PARLEY_ROLE_GROUPS is not set; it is expected as "nurses=clinician, ...".')
        if not settings.slack_bot_token.get_secret_value():
            raise InvalidSetting(
                f"PARLEY_SLACK_BOT_TOKEN must be set to ask Slack (mode {SlackMode.SOCKET} or not)."
            )
        house = open_house(settings)
        groups = SlackGroups(
            token=settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url
        )
        with house.transactions.begin() as uow:
            synced = sync_roles(groups, roles=settings.groups, now=house.clock.now(), uow=uow)
        for change in synced.changes:
            tell(f"{change.person.name}: {change.before} -> {change.after}")
        for person in synced.left:
            tell(f"{person.name} is in none of the groups and stays {person.role}")
        tell(
            f"{len(synced.changes)} changed; {synced.strangers} members of the groups are not on the staff list"
        )


@vault.command("make-key")
def make_key() -> None:
    """Print a new key for PARLEY_VAULT_KEY."""
    print(new_key())


@vault.command("rotate")
def rotate() -> None:
    """Change the key of the vault, in two runs: the first makes the new key, the second seals everything with it.

    With a key in PARLEY_VAULT_KEY, set the new one there and the old one in PARLEY_VAULT_OLD_KEY instead of the first run. Every
    process must be started again between the two. A run that was cut short is repeated.
    """
    with said_plainly():
        settings = read_settings(quiet=True)
        house = open_house(settings)
        in_file = not settings.vault_key.get_secret_value()
        key_file = settings.data_dir / "vault.key"
        keys = house.vault
        if not isinstance(keys, FernetVault):
            raise InvalidSetting("This vault has no key of its own to change.")
        if not keys.turning:
            if not in_file:
                raise InvalidSetting(
                    "Set PARLEY_VAULT_KEY to a new key (`parley vault make-key`) and PARLEY_VAULT_OLD_KEY to the one so far, "
                    "start every process again, then run this once more."
                )
            begin_change(key_file)
            tell(
                "A new key was made; both are in use. Start every process of Parley again, then run this once more."
            )
            return
        done = rotate_key(keys, transactions=house.transactions, now=datetime.now(UTC))
        tell(f"sealed anew: {done.encounters:,} patients' numbers, {done.others:,} messages")
        if done.unreadable:
            tell(f"{done.unreadable:,} could not be opened with either key; both are kept.")
            raise typer.Exit(1)
        if in_file and not settings.vault_old_key.get_secret_value():
            end_change(key_file)
            tell(
                "The old key is gone from the key file. Processes that run may keep it until their next start."
            )
        else:
            tell("Take PARLEY_VAULT_OLD_KEY away now; nothing needs it any more.")


def _person(house: House, name: str) -> Person:
    wanted = name.strip().casefold()
    with house.transactions.reading() as uow:
        found = [
            person
            for person in uow.people.all()
            if wanted
            in (person.name.casefold(), person.email.casefold(), (person.slack_user_id or "").casefold())
        ]
    if len(found) != 1:
        why = "Several people are" if found else "Nobody on the staff list is"
        raise UnknownPerson(f"{why} called {name!r}.")
    return found[0]


def _kind(name: str) -> TrailKind:
    try:
        return TrailKind(name)
    except ValueError:
        raise Invalid(f"There is no kind {name!r}; there are {', '.join(TrailKind)}.") from None


def _moment(said: str, *, now: datetime) -> datetime:
    """
    >>> _moment("36h", now=datetime(2026, 11, 22, 12, tzinfo=UTC)).isoformat()
    '2026-11-21T00:00:00+00:00'
    """
    number, span = said[:-1], said[-1:]
    if span in _SPANS and number.isdigit() and len(number) < 6:
        return now - int(number) * _SPANS[span]
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Invalid(
            f"--since is a day (2026-11-01), a moment, or how long ago (24h, 7d, 2w), not {said!r}."
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _facts(entry: object) -> dict[str, object]:
    """The entry's own fields, without keys that mean nothing outside the database."""
    names = ("at", "kind", "deed", "detail", "draft_id", "receipt_id")
    return {name: getattr(entry, name) for name in names}
