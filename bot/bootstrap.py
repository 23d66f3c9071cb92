"""The one place that builds things from settings and says who is connected to whom."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp
import structlog
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot import keeper
from bot.clock import SystemClock
from bot.dialogue.converse import Dialogue
from bot.dialogue.tokens import encode
from bot.dialogue.turn import Heard, Turn
from bot.listeners import check_tokens, open_app, open_post_office
from bot.listeners.glance import Glances
from bot.outbox import slack_client
from bot.settings import Settings, SlackMode
from bot.understanding.meaning import Language, Meaning
from bot.understanding.rasa import RasaLanguage
from bot.vault import FernetVault, open_vault
from domain.demo import hospital
from domain.errors import InvalidSetting, LanguageUnavailable, UnknownPerson
from domain.model.person import Person
from domain.ports import CatalogueSearch, Clock, PlaceSearch, Transactions, Vault
from domain.store import Store, downgrade, open_store, upgrade
from domain.store.search.refreshing import SearchCatalogue, SearchPlaces
from domain.usecases.admin.load_hospital import Loaded, load_hospital
from jobs.housekeeping import Forgotten, tidy
from jobs.schedule import Job, Schedule

log = structlog.get_logger(__name__)

WORKERS = 24
"""Threads for use cases, and so the most database connections of one process but for the jobs'."""


@dataclass(frozen=True, slots=True)
class House:
    """What every process has: the store with its searches, the vault and the clock."""

    settings: Settings
    transactions: Transactions
    items: CatalogueSearch
    places: PlaceSearch
    vault: Vault
    clock: Clock


def vault_of(settings: Settings) -> FernetVault:
    return open_vault(key=settings.vault_key.get_secret_value(), key_file=settings.data_dir / "vault.key")


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
    )


class KeptLanguage:
    """The language service wherever it is just now: the one that the settings name, else the keeper's.

    Until it is up, and while it is down, ``parse`` raises LanguageUnavailable; a service that comes back, on
    whatever port and with whatever token, is found again within seconds.
    """

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, progress: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._session = session
        self._progress = progress
        self._service: keeper.Service | None = None
        self._rasa: RasaLanguage | None = None
        self._trouble: LanguageUnavailable | None = None
        self._settled = asyncio.Event()

    async def parse(self, text: str) -> Meaning:
        if self._rasa is None:
            raise self._trouble or LanguageUnavailable("The language service is still starting.")
        return await self._rasa.parse(text)

    async def ready(self) -> None:
        """Waits until it answers. Raises LanguageUnavailable when it can not be started."""
        await self._settled.wait()
        if self._rasa is None:
            raise self._trouble or LanguageUnavailable("The language service did not start.")

    async def keep(self) -> None:
        """Follows the service until cancelled."""
        if self._settings.nlu_url:
            token = self._settings.nlu_token.get_secret_value()
            self._use(keeper.Service(self._settings.nlu_url, token, 0, 0, ""))
            return
        while True:
            keeper.touch(self._settings.data_dir)
            known = keeper.known(self._settings.data_dir)
            if known is None or self._rasa is None:
                known = await self._ensure()
            if known is not None and known != self._service:
                self._use(known)
            await asyncio.sleep(2.0)

    async def _ensure(self) -> keeper.Service | None:
        try:
            return await asyncio.to_thread(
                keeper.ensure,
                self._settings.data_dir,
                idle_minutes=self._settings.nlu_idle_minutes,
                progress=self._progress,
            )
        except LanguageUnavailable as error:
            log.warning("language service is down", reason=str(error))
            self._rasa, self._service, self._trouble = None, None, error
            self._settled.set()
            return None

    def _use(self, service: keeper.Service) -> None:
        self._service = service
        self._rasa = RasaLanguage(
            service.url, service.token, session=self._session, timeout=self._settings.nlu_timeout
        )
        self._settled.set()


@contextlib.asynccontextmanager
async def open_language(
    settings: Settings, *, progress: Callable[[str], None]
) -> AsyncIterator[KeptLanguage]:
    """Starts following the language service; ``ready`` waits for it."""
    async with aiohttp.ClientSession() as session:
        language = KeptLanguage(settings, session, progress)
        keeping = asyncio.create_task(language.keep())
        try:
            yield language
        finally:
            keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeping


def open_dialogue(house: House, language: Language) -> Dialogue:
    return Dialogue(
        language=language,
        transactions=house.transactions,
        items=house.items,
        places=house.places,
        clock=house.clock,
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
            event_id=f"{thread}:{self._turns}",
        )
        turn = await self._dialogue.hear(heard)
        if turn.state is not None:
            with self._house.transactions.begin() as uow:
                uow.threads.put(turn.state)
                uow.commit()
        return turn


def open_conversation(house: House, language: Language, *, who: str) -> Conversation:
    """``who`` is a name, e-mail address or Slack id; empty is the first of the staff list who is in Slack."""
    with house.transactions.reading() as uow:
        people = uow.people.all()
    wanted = who.strip().casefold()
    for person in people:
        known = (person.name, person.email, person.slack_user_id or "")
        if (wanted and wanted in (k.casefold() for k in known)) or (not wanted and person.slack_user_id):
            return Conversation(house, open_dialogue(house, language), person)
    raise UnknownPerson(f"Nobody on the staff list is called {who!r}." if who else "The staff list is empty.")


def load_demo(
    settings: Settings,
    *,
    seed: int,
    scale: float,
    now: datetime,
    replace: bool,
    progress: Callable[[str, float], None],
) -> Loaded:
    """Fills the database with the demo hospital. ``replace`` drops everything first; without it a filled one is refused."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if replace:
        downgrade(settings.database, "base")
    upgrade(settings.database)
    store = open_store(settings.database)
    try:
        zone = ZoneInfo("America/New_York")
        made = hospital(
            seed=seed, today=now.astimezone(zone).date(), scale=scale, now=now, vault=vault_of(settings)
        )
        return load_hospital(made, transactions=store.transactions, progress=progress)
    finally:
        store.close()


async def serve_slack(house: House, *, until: Awaitable[None]) -> None:
    """Runs the bot until ``until`` is done: what is under way then is finished, what is left is rows for the next start."""
    settings = house.settings
    # A locked database holds each waiting thread for ten seconds: there must be more of them than the default few.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKERS, thread_name_prefix="parley"))
    async with (
        aiohttp.ClientSession() as session,
        open_language(settings, progress=lambda line: log.info(line)) as language,
    ):
        client = slack_client(
            token=settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_api_url,
            session=session,
        )
        socket_token = settings.slack_app_token if settings.slack_mode is SlackMode.SOCKET else SecretStr("")
        await check_tokens(client, app_token=socket_token.get_secret_value())
        office = open_post_office(
            talk=open_dialogue(house, language),
            glance=Glances(transactions=house.transactions, encode=encode),
            transactions=house.transactions,
            vault=house.vault,
            clock=house.clock,
            client=client,
        )
        # The indexes are built before the first question needs them.
        await asyncio.to_thread(house.items.find, "gloves")
        await asyncio.to_thread(house.places.find, "ICU")
        app = open_app(client, office.deps, signing_secret=settings.slack_signing_secret.get_secret_value())
        await office.start()
        schedule = open_schedule(house)
        schedule.start()
        try:
            async with _listening(app, settings):
                log.info("parley listens", mode=settings.slack_mode.value)
                await until
        finally:
            await asyncio.to_thread(schedule.stop)
            await office.stop()


@contextlib.asynccontextmanager
async def _listening(app: AsyncApp, settings: Settings) -> AsyncIterator[None]:
    if settings.slack_mode is SlackMode.SOCKET:
        # A ping every two seconds finds a dead connection at once; the default takes up to a minute.
        handler = AsyncSocketModeHandler(app, settings.slack_app_token.get_secret_value(), ping_interval=2)
        await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt's adapter is not annotated
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
        return
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.http_host, settings.http_port).start()
        yield
    except OSError as error:
        raise InvalidSetting(
            f"PARLEY_HTTP_HOST and PARLEY_HTTP_PORT: {settings.http_host}:{settings.http_port} can not be had "
            f"({error.strerror})."
        ) from None
    finally:
        await runner.cleanup()


def open_schedule(house: House) -> Schedule:
    """The table of what runs when, in the first facility's zone."""
    settings = house.settings
    with house.transactions.reading() as uow:
        facilities = uow.places.facilities()
    zone = ZoneInfo(facilities[0].timezone if facilities else "Etc/UTC")

    def housekeeping(due: datetime) -> Forgotten:
        return tidy(
            transactions=house.transactions,
            now=due,
            keep_threads=timedelta(days=settings.keep_threads_days),
            keep_mail=timedelta(days=settings.keep_mail_days),
        )

    return Schedule(
        [Job("housekeeping", "20 3 * * *", housekeeping)],
        transactions=house.transactions,
        clock=house.clock,
        zone=zone,
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )
