"""Monday mornings, and the first of the month: what each manager's places cost, what changed and why, where they are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.dialogue.acting.drafting import Channels
from bot.dialogue.questions import choice_of
from bot.dialogue.spending import ways_on
from bot.dialogue.tokens import encode
from bot.listeners.posts import Address, posts
from bot.understanding.draft import Draft, Verb, request_of
from bot.views.answers import with_options
from bot.views.rendered import Page, Rendered
from bot.views.spend import SheetWriter, headed, spend, spend_file
from domain.model.ids import PlaceId
from domain.model.person import GUEST, Person, Role
from domain.model.place import Facility, PlaceKind, PlaceTree
from domain.model.spending import SpendGroup
from domain.model.window import DateWindow
from domain.planning.periods import month_before, week_before
from domain.ports import Clock, OutboxRow, Transactions, UnitOfWork
from domain.usecases.ask.report_spend import report_spend
from domain.usecases.ask.requests import ReportSpend


class Every(StrEnum):
    WEEK = "weekly"
    MONTH = "monthly"


@dataclass(frozen=True, slots=True)
class CostReport:
    """Implements ``jobs.reporting.Report``. Each channel once a period: its places together, or the whole house where a manager of
    the supply room reads; a manager whose places have no channel is told directly. Where nothing was spent nothing is posted."""

    every: Every
    transactions: Transactions
    channels: Channels
    clock: Clock
    write: SheetWriter

    @property
    def id(self) -> str:
        return f"{self.every.value}-costs"

    @property
    def cron(self) -> str:
        return "0 7 * * mon" if self.every is Every.WEEK else "0 7 1 * *"

    @property
    def title(self) -> str:
        return f"{self.every.value.capitalize()} costs, for managers"

    def rows(self, *, due: datetime) -> Sequence[OutboxRow]:
        found: list[OutboxRow] = []
        with self.transactions.reading() as uow:
            for facility in uow.places.facilities():
                today = due.astimezone(ZoneInfo(facility.timezone)).date()
                window = (week_before if self.every is Every.WEEK else month_before)(today)
                if not uow.spending.has_spending(facility.id, window=window):
                    continue
                for channel, places in readers(facility, channels=self.channels, uow=uow).items():
                    made = self._made(facility, places, window=window, today=today, uow=uow)
                    key = f"report:{self.id}:{int(facility.id)}:{window.start}:{channel}"
                    found += posts(made, Address(channel), key=key, clock=self.clock)
        return found

    def _made(
        self,
        facility: Facility,
        places: tuple[PlaceId, ...],
        *,
        window: DateWindow,
        today: date,
        uow: UnitOfWork,
    ) -> Rendered:
        # As anybody in the channel may read it: no provider by name, no patient.
        reader = Person(GUEST, facility.id, "Parley", "", Role.TECHNICIAN)
        one = len(places) == 1
        split = SpendGroup.ITEM if one else SpendGroup.DEPARTMENT
        draft = Draft(Verb.SPEND, places=places, window=window, spend_by=split)
        request = request_of(draft, asker=reader, today=today)
        assert isinstance(request, ReportSpend)  # noqa: S101 - which the verb says
        answer = report_spend(request, uow=uow)
        shown = spend(answer, page=Page(0, encode(draft)), today=today, write=self.write)
        files = tuple(
            spend_file(answer, kind=kind, today=today, write=self.write) for kind in ("csv", "xlsx")
        )
        ways = [way for way in ways_on(draft, answer, today=today, uow=uow) if not way.draft.file]
        whole = replace(
            headed(shown, f"{self.every.value.capitalize()} costs"), attachments=(*shown.attachments, *files)
        )
        return with_options(whole, choice_of("", tuple(ways)))


def readers(facility: Facility, *, channels: Channels, uow: UnitOfWork) -> dict[str, tuple[PlaceId, ...]]:
    """The places that each channel (or manager, by Slack account) reads about, outermost first; none means the whole facility.

    A manager's places are the home unit and those granted. Who manages the unit with the loading dock, or the facility itself,
    manages the supplies of all.
    """
    tree = uow.places.tree()
    found: dict[str, set[PlaceId]] = {}
    whole: set[str] = set()
    for person in uow.people.all():
        if person.role is not Role.MANAGER or person.facility_id != facility.id:
            continue
        home = () if person.home_place_id is None else (person.home_place_id,)
        for place_id in {*home, *uow.people.own_places(person.id)}:
            if place_id not in tree or tree.get(place_id).facility_id != facility.id:
                continue
            channel = channels.of(place_id) or person.slack_user_id or ""
            if not channel:
                continue
            unit = tree.unit_of(place_id)
            found.setdefault(channel, set()).add(unit.id)
            if unit.kind is PlaceKind.FACILITY or _supplies(unit.id, tree=tree):
                whole.add(channel)
    return {
        channel: () if channel in whole else tuple(sorted(places))
        for channel, places in sorted(found.items())
    }


def _supplies(unit_id: PlaceId, *, tree: PlaceTree) -> bool:
    return any(tree.get(inside).kind is PlaceKind.DOCK for inside in tree.subtree(unit_id))
