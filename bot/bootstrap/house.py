"""What every process has, and a conversation at the keyboard."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from bot.bootstrap.channels import SettledChannels
from bot.clock import SystemClock
from bot.dialogue.acting.acts import Acts
from bot.dialogue.converse import Dialogue
from bot.dialogue.deciding import Decisions
from bot.dialogue.record import Guide, Rankings
from bot.dialogue.reply import SlackViews
from bot.dialogue.turn import Heard, Turn
from bot.settings import Settings
from bot.understanding.meaning import Language
from bot.vault import FernetVault, open_vault
from bot.views.acting.blocks import BlockViews
from domain.errors import UnknownPerson
from domain.exchange import spreadsheet
from domain.exchange.order_csv import order_csv
from domain.model.person import Person
from domain.ports import Clock, Transactions, Vault
from domain.store import Store, open_store
from domain.store.search.refreshing import SearchCatalogue, SearchPlaces


@dataclass(frozen=True, slots=True)
class House:
    """What every process has: the store with its searches, the vault and the clock."""

    settings: Settings
    transactions: Transactions
    items: SearchCatalogue
    places: SearchPlaces
    vault: Vault
    clock: Clock
    close: Callable[[], None]


def vault_of(settings: Settings) -> FernetVault:
    return open_vault(
        key=settings.vault_key.get_secret_value(),
        key_file=settings.data_dir / "vault.key",
        old_key=settings.vault_old_key.get_secret_value(),
    )


def open_house(settings: Settings) -> House:
    """Raises StoreUnavailable when the database does not answer or has another schema."""
    store: Store = open_store(settings.database)
    store.check()
    transactions = store.transactions
    return House(
        settings=settings,
        transactions=transactions,
        items=SearchCatalogue(transactions),
        places=SearchPlaces(transactions),
        vault=vault_of(settings),
        clock=SystemClock(),
        close=store.close,
    )


def open_acts(house: House) -> Acts:
    """The acting half of the dialogue."""
    return Acts(
        transactions=house.transactions,
        items=house.items,
        places=house.places,
        vault=house.vault,
        clock=house.clock,
        views=BlockViews(),
        channels=open_channels(house),
        formats=house.settings.formats,
        order_writer=order_csv,
    )


def open_channels(house: House) -> SettledChannels:
    """Where places are told of what concerns them."""
    return SettledChannels(
        house.settings.place_channels, transactions=house.transactions, places=house.places
    )


def open_dialogue(
    house: House, language: Language, *, rankings: Rankings | None = None, acting: Acts | None = None
) -> Dialogue:
    """With ``rankings`` it asks where two readings are close."""
    return Dialogue(
        language=language,
        transactions=house.transactions,
        items=house.items,
        places=house.places,
        clock=house.clock,
        views=SlackViews(spreadsheet.written),
        guide=None if rankings is None else Guide(rankings, house.vault),
        acting=acting or open_acts(house),
    )


def open_decisions(house: House, dialogue: Dialogue, language: Language, *, rankings: Rankings) -> Decisions:
    """What the buttons below an answer lead to."""
    return Decisions(
        dialogue=dialogue,
        guide=Guide(rankings, house.vault),
        language=language,
        transactions=house.transactions,
        items=house.items,
        places=house.places,
        clock=house.clock,
        views=SlackViews(spreadsheet.written),
    )


class Conversation:
    """One person at the keyboard, on the same road as a Slack message."""

    def __init__(self, house: House, dialogue: Dialogue, person: Person) -> None:
        self._house = house
        self._dialogue = dialogue
        self.person = person
        self._turns = 0

    async def say(self, text: str, *, thread: str) -> Turn:
        self._turns += 1
        heard = Heard(
            text=text,
            person=self.person,
            channel="keyboard",
            thread=thread,
            event_id=f"{thread}:{self._turns}:{uuid.uuid4()}",
            private=True,
        )
        turn = await self._dialogue.hear(heard)
        if turn.state is not None or turn.reading is not None:
            with self._house.transactions.begin() as uow:
                if turn.settles:
                    uow.readings.settle(turn.settles, now=self._house.clock.now())
                if turn.reading is not None:
                    uow.readings.put(turn.reading)
                if turn.state is not None:
                    uow.threads.put(turn.state)
                uow.commit()
        return turn


def open_conversation(
    house: House, language: Language, *, who: str, rankings: Rankings | None = None
) -> Conversation:
    """``who`` is a name, e-mail address or Slack id; empty is the first of the staff list who is in Slack."""
    with house.transactions.reading() as uow:
        people = uow.people.all()
    wanted = who.strip().casefold()
    for person in people:
        known = (person.name, person.email, person.slack_user_id or "")
        if (wanted and wanted in (k.casefold() for k in known)) or (not wanted and person.slack_user_id):
            return Conversation(house, open_dialogue(house, language, rankings=rankings), person)
    raise UnknownPerson(f"Nobody on the staff list is called {who!r}." if who else "The staff list is empty.")
