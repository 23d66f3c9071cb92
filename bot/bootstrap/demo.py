"""The demo hospital in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bootstrap.house import vault_of
from bot.settings import Settings
from domain.demo import ZONE, hospital
from domain.store import downgrade, open_store, upgrade
from domain.usecases.admin.load_hospital import Loaded, load_hospital


def demo_day(now: datetime) -> date:
    """The calendar day at the demo hospital."""
    return now.astimezone(ZoneInfo(ZONE)).date()


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
        _empty(settings.database)
    upgrade(settings.database)
    store = open_store(settings.database)
    try:
        made = hospital(seed=seed, today=demo_day(now), scale=scale, now=now, vault=vault_of(settings))
        return load_hospital(made, transactions=store.transactions, progress=progress)
    finally:
        store.close()


def _empty(url: str) -> None:
    """Leaves nothing of what the database holds, whatever version wrote it."""
    if url.startswith("sqlite:///"):
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
    else:
        downgrade(url, "base")
