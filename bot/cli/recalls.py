"""``parley recalls``: notices taken in from a file or from the authority, and what of ours they may mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.bootstrap.house import House, open_house
from bot.cli.common import as_json as as_plain_json
from bot.cli.common import read_settings, said_plainly, tell
from domain.errors import Invalid
from domain.exchange.openfda import SOURCE, NoticeFile, OpenFda
from domain.model.recall import Match, Notice
from domain.ports import UnitOfWork
from domain.usecases.alert import recalls as usecase
from domain.usecases.alert.code_info import read_codes

recalls = typer.Typer(no_args_is_help=True, help="Recall notices and what of ours they may mean.")

_JSON = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@recalls.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="openFDA device enforcement reports: JSON, or JSON in a zip.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would match; store nothing.")] = False,
    as_json: _JSON = False,
) -> None:
    """Take in notices from a file that was downloaded by hand; safe to repeat."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        notices = NoticeFile(file).since(None)
        taken = usecase.take_in(
            notices,
            search=house.items,
            now=house.clock.now(),
            transactions=house.transactions,
            dry_run=dry_run,
        )
        _show(taken.matched, house=house, as_json=as_json)
        tell(f"{taken}{'; nothing was stored' if dry_run else ''}")


@recalls.command("fetch")
def fetch(*, as_json: _JSON = False) -> None:
    """Ask the authority for what was reported since the last time, and match what is going on to what has come since."""
    with said_plainly():
        settings = read_settings(quiet=True)
        house = open_house(settings)
        with house.transactions.reading() as uow:
            zone = ZoneInfo(uow.places.facilities()[0].timezone)
        today = house.clock.now().astimezone(zone).date()
        service = OpenFda(
            settings.openfda_url, key=settings.openfda_key.get_secret_value(), today=lambda: today
        )
        taken = usecase.fetch(
            service,
            source=SOURCE,
            search=house.items,
            now=house.clock.now(),
            today=today,
            transactions=house.transactions,
        )
        _show(taken.matched, house=house, as_json=as_json)
        tell(str(taken))


@recalls.command("list")
def list_notices(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that match nothing of ours too.")] = False,
    as_json: _JSON = False,
) -> None:
    """Notices that are going on and may mean something of ours."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        with house.transactions.reading() as uow:
            matched = uow.recalls.matched()
            found = [
                (notice, matched.get(notice.id, ()))
                for notice in uow.recalls.going_on()
                if everything or notice.id in matched
            ]
        _show(found, house=house, as_json=as_json)
        if not found and not as_json:
            tell("No notice that is going on may mean anything of ours.")


@recalls.command("show")
def show(
    number: Annotated[str, typer.Argument(help="The authority's number: Z-1234-2026.")],
    *,
    as_json: _JSON = False,
) -> None:
    """A notice whole: its text, what could be read of its codes, what of ours it may mean and why."""
    with said_plainly():
        house = open_house(read_settings(quiet=True))
        with house.transactions.reading() as uow:
            notice = uow.recalls.get(number)
            matches = uow.recalls.matches_of(notice.id)
            answers = [
                (facility.id, answer)
                for facility in uow.places.facilities()
                if (answer := uow.recalls.answers(facility.id).get(notice.id)) is not None
            ]
            codes = read_codes(notice.codes)
            if as_json:
                print(as_plain_json({"notice": notice, "codes": codes, "matches": matches}))
                return
            print(f"{notice.number}  {notice.classification}  {notice.status}  reported {notice.reported_on}")
            print(f"{notice.firm}: {notice.product}\n\n{notice.reason}\n\n{notice.codes}\n")
            for problem in codes.problems:
                print(f"! {problem}")
            for match in matches:
                print(_line(match, uow=uow))
                print("".join(f"      {one}\n" for one in match.evidence), end="")
            for facility_id, answer in answers:
                who = uow.people.get(answer.person_id).name
                place = uow.places.tree().get(uow.places.facility(facility_id).place_id).name
                print(f"{place}: {answer.kind}, {answer.reason} ({who})")
        if not matches:
            raise typer.Exit(0)


def _show(found: list[tuple[Notice, tuple[Match, ...]]] | tuple[tuple[Notice, tuple[Match, ...]], ...], *, house: House,
          as_json: bool) -> None:  # fmt: skip
    with house.transactions.reading() as uow:
        for notice, matches in found:
            if as_json:
                print(as_plain_json({"number": notice.number, "class": notice.classification, "firm": notice.firm,
                                     "product": notice.product, "matches": matches}))  # fmt: skip
                continue
            print(f"{notice.number}  {notice.classification:9}  {notice.firm[:40]}: {notice.product[:80]}")
            for match in matches:
                print(_line(match, uow=uow))


def _line(match: Match, *, uow: UnitOfWork) -> str:
    item = uow.catalogue.many([match.item_id]).get(match.item_id)
    if item is None:
        raise Invalid("A notice is matched to an item that is gone.")
    lot = None if match.lot_id is None else uow.lots.get(match.lot_id)
    piece = "all of it" if lot is None else (f"serial {lot.serial}" if lot.serial else f"lot {lot.number}")
    return f"  {match.strength}: {item.number} {item.name}, {piece}"
