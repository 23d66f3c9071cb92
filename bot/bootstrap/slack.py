"""The bot in Slack: listeners, mail, schedule and connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import structlog
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.bootstrap.house import House, open_acts, open_decisions, open_dialogue
from bot.bootstrap.jobs import open_alert_deeds, open_schedule
from bot.bootstrap.language import open_language
from bot.bootstrap.photographs import open_reader, open_sight
from bot.bootstrap.voice import open_ears
from bot.dialogue.tokens import encode
from bot.listeners import check_tokens, open_app, open_post_office
from bot.listeners.clips import Clips
from bot.listeners.glance import Glances
from bot.listeners.settings import SettingsDesk
from bot.media.speech.speaking import voice_of
from bot.outbox import slack_client
from bot.settings import Settings, SlackMode
from domain.errors import InvalidSetting

log = structlog.get_logger(__name__)

WORKERS = 24
"""Threads for use cases, and so the most database connections of one process but for the jobs'."""


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
        acts = open_acts(house)
        dialogue = open_dialogue(house, language, rankings=language, acting=acts)
        sight, acting = open_sight(house, dialogue, acts, language)
        reader = open_reader()
        ears = open_ears(settings, transactions=house.transactions)
        office = open_post_office(
            talk=sight,
            corrections=open_decisions(house, dialogue, language, rankings=language),
            glance=Glances(transactions=house.transactions, encode=encode),
            transactions=house.transactions,
            vault=house.vault,
            clock=house.clock,
            client=client,
            acting=acting,
            sight=sight,
            reader=reader,
            clips=Clips(ears, client),
            voice=voice_of(settings.voice),
            formats=settings.formats,
            alerts=open_alert_deeds(house, acts),
            settings=SettingsDesk(
                transactions=house.transactions, clock=house.clock, schedule=lambda: open_schedule(house)
            ),
            places=house.places,
        )
        # The indexes are built before the first question needs them.
        await asyncio.to_thread(house.items.warm)
        await asyncio.to_thread(house.places.warm)
        app = open_app(client, office.deps, signing_secret=settings.slack_signing_secret.get_secret_value())
        await reader.start()
        if ears is not None:
            await ears.start()
        await office.start()
        schedule = open_schedule(house, woken=_from_threads(office.outbox.wake))
        schedule.start()
        try:
            async with _listening(app, settings):
                log.info("parley listens", mode=settings.slack_mode.value)
                await until
        finally:
            await asyncio.to_thread(schedule.stop)
            await office.stop()
            await reader.stop()
            if ears is not None:
                await ears.stop()


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


def _from_threads(wake: Callable[[], None]) -> Callable[[], None]:
    """The same, for the threads of jobs."""
    loop = asyncio.get_running_loop()

    def woken() -> None:
        with contextlib.suppress(
            RuntimeError
        ):  # the loop is closed: the next start looks at the outbox first of all
            loop.call_soon_threadsafe(wake)

    return woken
