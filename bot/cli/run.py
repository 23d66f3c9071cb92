"""``parley demo`` and ``parley serve``."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bot import keeper
from bot.bootstrap.demo import demo_day, load_demo
from bot.bootstrap.house import House, open_house
from bot.bootstrap.slack import serve_slack
from bot.cli.common import read_settings, said_plainly, tell
from bot.settings import ROOT, Settings, channels_of
from bot.workspace import ChannelSpec, LocalWorkspace, MessageShortcut, Person, WorkspaceConfig
from domain.errors import InvalidSetting, StoreUnavailable
from domain.model.person import Role
from domain.model.place import PlaceKind
from domain.store import current, head

CONNECT_SECONDS = 60.0
TOLD_APART = (PlaceKind.UNIT, PlaceKind.STOREROOM)
DEMO_CHANNELS = "Central Supply=C0CENTRAL1, OR Suite=C0ORSUPPLY, ICU=C0ICUSUPPL"


def serve() -> None:
    """Runs until told to stop."""
    with said_plainly():
        settings = read_settings()
        settings.require_slack()
        house = open_house(settings)
        asyncio.run(serve_slack(house, until=_told_to_stop()))


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def demo(*, port: int, fresh: bool) -> None:
    """Runs until told to stop; ``port`` 0 takes any free one, ``fresh`` makes the hospital anew."""
    with said_plainly():
        settings = read_settings()
        asyncio.run(_demo(settings, port=port, fresh=fresh))


async def _demo(settings: Settings, *, port: int, fresh: bool) -> None:
    started = time.monotonic()
    had_language = await asyncio.to_thread(keeper.find, settings.data_dir) is not None
    # The language service takes longest: it comes up while the hospital is made.
    language = asyncio.create_task(
        asyncio.to_thread(
            keeper.ensure,
            settings.data_dir,
            idle_minutes=settings.nlu_idle_minutes,
            progress=lambda line: tell(f"  {line}"),
        )
    )
    try:
        await asyncio.to_thread(_hospital, settings, fresh=fresh)
        house = await asyncio.to_thread(open_house, settings)
        await asyncio.to_thread(_keep_channels, house)
        workspace = LocalWorkspace(_workspace_config(house, port=port))
        try:
            await workspace.start()
        except OSError as error:
            raise InvalidSetting(
                f"Port {port} can not be had ({error.strerror}); choose another with --port."
            ) from None
        try:
            if not settings.nlu_url:
                await language
            async with _bot(settings, workspace):
                await workspace.wait_online(timeout=CONNECT_SECONDS)
                tell(f"\n  Parley is ready after {time.monotonic() - started:.0f} s:  {workspace.page_url}")
                tell("  Ctrl-C ends it.\n")
                await _told_to_stop()
        finally:
            await workspace.stop()
    finally:
        if not had_language:
            keeper.stop(settings.data_dir)


def _hospital(settings: Settings, *, fresh: bool) -> None:
    """Makes the demo hospital where there is none, or where its history ended before yesterday; leaves any other alone."""
    note = settings.data_dir / "demo.json"
    now = datetime.now(UTC)
    today = demo_day(now).isoformat()
    made = json.loads(note.read_text()) if note.exists() else {}
    ours = made.get("database") == settings.database
    found = current(settings.database)
    if found is None:
        why = "making the demo hospital"
    elif ours and fresh:
        why = "making the demo hospital anew"
    elif ours and found != head():
        why = "the demo hospital was made by another version: making it anew"
    elif ours and made.get("today") != today:
        why = "the demo hospital's history ended on another day: making it anew"
    elif fresh:
        raise StoreUnavailable("This database was not made by the demo; it is not replaced.")
    else:
        return
    tell(f"  {why}")
    last = -1.0

    def progress(step: str, share: float) -> None:
        nonlocal last
        if share >= 1.0 or share < last or share - last >= 0.25:
            tell(f"    {step} {share:4.0%}")
            last = share

    counts = load_demo(settings, seed=7, scale=1.0, now=now, replace=ours, progress=progress)
    note.write_text(json.dumps({"database": settings.database, "today": today}))
    tell(f"    {counts}")


def _keep_channels(house: House) -> None:
    """Where alerts are told, as somebody would choose it in the settings: for commands beside the bot too. What is set stays."""
    with house.transactions.begin() as uow:
        if house.settings.channels or uow.job_book.channels():
            return
        named = {place.name: place.id for place in uow.places.tree() if place.kind in TOLD_APART}
        for name, channel in channels_of(DEMO_CHANNELS).items():
            uow.job_book.put_channel(named[name], "", channel)
        uow.commit()


def _workspace_config(house: House, *, port: int) -> WorkspaceConfig:
    """The people of the staff list who are in Slack, and channels for the work they do."""
    with house.transactions.reading() as uow:
        staff = [person for person in uow.people.all() if person.slack_user_id]
        facilities = {facility.id: facility for facility in uow.places.facilities()}
    people = tuple(
        Person(
            id=person.slack_user_id or "",
            name=person.name,
            title=person.title,
            email=person.email,
            tz=facilities[person.facility_id].timezone,
        )
        for person in staff
    )
    everybody = tuple(person.id for person in people)
    managers = tuple(
        person.slack_user_id or ""
        for person in staff
        if person.role in (Role.MANAGER, Role.ADMIN, Role.BUYER)
    )
    channels = (
        ChannelSpec("C0SUPPLY01", "supply-room", "Questions about stock, from anybody", everybody),
        ChannelSpec("C0CENTRAL1", "central-supply", "What Central Supply is to pick and bring", everybody),
        ChannelSpec("C0ORSUPPLY", "or-supply", "The operating rooms' shelves", everybody),
        ChannelSpec("C0ICUSUPPL", "icu-supply", "The ICU's shelves", everybody),
        ChannelSpec("C0MANAGERS", "supply-managers", "Costs, orders and recalls", managers, is_private=True),
    )
    return WorkspaceConfig(
        people=people,
        channels=channels,
        port=port,
        team_name=next(iter(facilities.values())).name,
        title=next(iter(facilities.values())).name,
        message_shortcuts=(MessageShortcut("ask_parley", "Ask Parley about this"),),
        global_shortcuts=(MessageShortcut("print_labels", "Print labels"),),
    )


def _appending(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


@contextlib.asynccontextmanager
async def _bot(settings: Settings, workspace: LocalWorkspace) -> AsyncIterator[None]:
    """The bot as a process of its own, told nothing but the addresses and tokens a Slack app has; started anew when it dies."""
    environment = {
        **os.environ,
        "PARLEY_SLACK_API_URL": workspace.api_url,
        "PARLEY_SLACK_BOT_TOKEN": workspace.bot_token,
        "PARLEY_SLACK_APP_TOKEN": workspace.app_token,
        "PARLEY_SLACK_SIGNING_SECRET": workspace.signing_secret,
        "PARLEY_SLACK_MODE": "socket",
        "PARLEY_CHANNELS": settings.channels or DEMO_CHANNELS,
    }
    log_path = Path(settings.data_dir / "bot.log")
    tell(f"  starting the bot (its log: {log_path})")

    async def keep() -> None:
        pause = 1.0
        while True:
            started = time.monotonic()
            with _appending(log_path) as log:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "bot", "serve", cwd=ROOT, env=environment, stdout=log, stderr=log
                )
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), 10)
                except TimeoutError:
                    process.kill()
                raise
            tell(f"  the bot ended with code {code}; starting it again (see {log_path})")
            pause = 1.0 if time.monotonic() - started > 60 else min(30.0, pause * 2)
            await asyncio.sleep(pause)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
