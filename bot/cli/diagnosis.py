"""What the doctor looks at: each part that Parley stands on, what was seen, and how to mend it."""

from __future__ import annotations

import asyncio
import ctypes.util
import shutil
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import keeper
from bot.bootstrap.house import House, open_channels, open_house
from bot.settings import Settings, SlackMode
from domain.errors import InvalidSetting, SupplyRoomError
from domain.model.job import RunState
from domain.store import current, head

FREE_BYTES = 1 << 30
"""Below this the database could soon not write."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``mend`` says what to do; empty where all is well."""

    what: str
    well: bool
    seen: str
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in the order in which one would mend them. Never raises what a part of Parley raises."""
    yield _disk(settings)
    yield _time_zones()
    schema = _schema(settings)
    yield schema
    if schema.well:
        try:
            house = open_house(settings)
        except SupplyRoomError as error:
            yield Finding("database", False, str(error), "See the line above.")
        else:
            yield from _database(house)
            yield _channels(house)
    yield _model()
    yield _language(settings)
    yield asyncio.run(_slack(settings))
    yield _zbar()


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    seen = f"{free / (1 << 30):.1f} GB free for {settings.data_dir}"
    if free < FREE_BYTES:
        return Finding("disk", False, seen, "Free some space, or set PARLEY_DATA_DIR to a larger disk.")
    return Finding("disk", True, seen)


def _time_zones() -> Finding:
    try:
        zoneinfo.ZoneInfo("America/New_York")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding("time zones", False, "the time zone data is missing", "Run `make setup` again.")
    return Finding("time zones", True, "present")


def _schema(settings: Settings) -> Finding:
    try:
        found, wanted = current(settings.database), head()
    except SupplyRoomError as error:
        return Finding("schema", False, str(error), "Check PARLEY_DATABASE_URL and that the server is up.")
    if found == wanted:
        return Finding("schema", True, f"at {found}")
    if found is None:
        return Finding(
            "schema", False, "the database is empty", "Run `./parley db upgrade` (or `./parley demo-data`)."
        )
    return Finding("schema", False, f"at {found}, this version wants {wanted}", "Run `./parley db upgrade`.")


def _database(house: House) -> Iterator[Finding]:
    def look(what: str, see: Callable[[], Finding]) -> Finding:
        try:
            return see()
        except SupplyRoomError as error:
            return Finding(what, False, str(error), "Check PARLEY_DATABASE_URL and that the server is up.")

    def hospital() -> Finding:
        with house.transactions.reading() as uow:
            facilities, people = uow.places.facilities(), uow.people.all()
        if not facilities:
            return Finding(
                "hospital",
                False,
                "no facility, no items",
                "Run `./parley demo-data`, or load your own hospital.",
            )
        names = ", ".join(f.name for f in facilities)
        linked = sum(1 for person in people if person.slack_user_id)
        return Finding("hospital", True, f"{names}; {len(people)} staff, {linked} of them in Slack")

    def mail() -> Finding:
        with house.transactions.reading() as uow:
            waiting = dict(uow.outbox.waiting())
        given_up = waiting.get("given-up", 0)
        seen = ", ".join(f"{count} {state}" for state, count in sorted(waiting.items())) or "empty"
        if given_up:
            return Finding(
                "outbox", False, seen, "Slack refused some replies for good: the log has their support codes."
            )
        return Finding("outbox", True, seen)

    def scheduled() -> Finding:
        with house.transactions.reading() as uow:
            runs = uow.job_runs.last_of_each()
        lost = sorted({run.job for run in runs if run.state is RunState.FAILED and run.retry_at is None})
        if lost:
            seen = f"given up: {', '.join(lost)}"
            return Finding(
                "jobs", False, seen, "See `./parley jobs history --failed`; `./parley jobs run` repeats one."
            )
        ran = max((run.claimed_at for run in runs), default=None)
        if ran is None:
            return Finding("jobs", True, "none has run yet: they begin with `parley serve`")
        return Finding("jobs", True, f"the latest began {ran:%Y-%m-%d %H:%M} UTC")

    yield look("hospital", hospital)
    yield look("jobs", scheduled)
    yield look("outbox", mail)


def _channels(house: House) -> Finding:
    if not house.settings.place_channels:
        return Finding(
            "channels", True, "none named: a requisition is told to a technician of its store directly"
        )
    try:
        found = open_channels(house).check()
    except InvalidSetting as error:
        return Finding("channels", False, str(error), "Correct PARLEY_CHANNELS.")
    except SupplyRoomError as error:
        return Finding("channels", False, str(error), "Check PARLEY_DATABASE_URL and that the server is up.")
    return Finding("channels", True, ", ".join(f"{path} in {channel}" for path, channel in found.items()))


def _model() -> Finding:
    if not (keeper.NLU / ".venv/bin/python").exists():
        return Finding("language model", False, "the language environment is missing", "Run `make setup`.")
    model = keeper.current_model()
    if model is None:
        return Finding("language model", False, "not trained for today's data", "Run `make train`.")
    return Finding("language model", True, f"{model.name}, {model.stat().st_size / 1e6:.1f} MB")


def _language(settings: Settings) -> Finding:
    if settings.nlu_url:
        service = keeper.Service(settings.nlu_url, settings.nlu_token.get_secret_value(), 0, 0, "")
        if keeper.answers(service):
            return Finding("language service", True, f"answers at {settings.nlu_url}")
        return Finding(
            "language service",
            False,
            f"no answer at {settings.nlu_url}",
            "Start it, or correct PARLEY_NLU_URL and PARLEY_NLU_TOKEN.",
        )
    running = keeper.find(settings.data_dir)
    if running:
        return Finding("language service", True, f"answers at {running.url}")
    return Finding("language service", True, "not running; started when it is needed")


async def _slack(settings: Settings) -> Finding:
    token = settings.slack_bot_token.get_secret_value()
    if not token:
        return Finding("slack", True, "no tokens set: `make demo` needs none, `parley serve` does")
    try:
        settings.require_slack()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            client = AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session)
            who = await client.auth_test()
            if settings.slack_mode is SlackMode.SOCKET:
                await client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except SupplyRoomError as error:
        return Finding("slack", False, str(error), "Set what is missing in .env.")
    except SlackApiError as error:
        reason = error.response["error"] if error.response else "no answer"
        return Finding(
            "slack", False, f"Slack says {reason}", "Make new tokens on the app's page and set them in .env."
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(
            "slack",
            False,
            f"no answer from {settings.slack_api_url} ({type(error).__name__})",
            "Check the network.",
        )
    return Finding(
        "slack", True, f"signed in to {who.get('team')} as {who.get('user')}, {settings.slack_mode} mode"
    )


def _zbar() -> Finding:
    if ctypes.util.find_library("zbar"):
        return Finding("libzbar", True, "present")
    return Finding(
        "libzbar", False, "missing: barcodes can not be read", "Install libzbar0 (Debian) or zbar (Homebrew)."
    )
