"""The demo hospital in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bootstrap.house import vault_of
from bot.settings import Settings
from domain.demo import ZONE, hospital
from domain.demo.counting import last_counts
from domain.demo.recalling import enforcement_reports
from domain.demo.stories import RECALLED_NUMBER
from domain.exchange.openfda import NoticeFile
from domain.model.person import Role
from domain.ports import Transactions
from domain.store import downgrade, open_store, upgrade
from domain.store.search.refreshing import SearchCatalogue
from domain.usecases.admin.load_hospital import Loaded, load_hospital
from domain.usecases.alert.recalls import take_in

NEAR_FAMILY = "Chest tube, straight thoracic catheter"
"""What one of the notices may mean, by its words alone."""
NEAR_WITHIN = timedelta(days=180)
NOTICES = "recall-notices.json"
"""The demo's enforcement reports, in its data folder: ``parley recalls import`` reads them as it reads the authority's."""


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
        loaded = load_hospital(made, transactions=store.transactions, progress=progress)
        _count_shelves(transactions=store.transactions, today=demo_day(now))
        _publish_recalls(settings.data_dir, transactions=store.transactions, now=now)
        return loaded
    finally:
        store.close()


def _count_shelves(*, transactions: Transactions, today: date) -> None:
    """The last count of every shelf, as if Parley had always assigned them."""
    with transactions.begin() as uow:
        tree = uow.places.tree()
        for facility in uow.places.facilities():
            pars = uow.pars.of(places=tree.subtree(facility.place_id))
            found = uow.cycle_counts.classes(
                facility.id, {par.item_id for par in pars}, start=today, end=today
            )
            classes = {item_id: known.abc for item_id, known in found.items()}
            staff = [person for person in uow.people.all() if person.role is Role.TECHNICIAN]
            uow.cycle_counts.add(
                facility.id,
                list(
                    last_counts(pars, classes=classes, facility_id=facility.id, by=staff[0].id, today=today)
                ),
            )
        uow.commit()


def _publish_recalls(folder: Path, *, transactions: Transactions, now: datetime) -> None:
    """Writes the notices that the demo hospital wakes up to into the data folder, as a file of the authority, and takes them in."""
    with transactions.reading() as uow:
        recalled = next(iter(uow.lots.named(RECALLED_NUMBER)), None)
        if recalled is None:  # a hospital too small for the story
            return
        item = uow.catalogue.get(recalled.item_id)
        mine = {line.lot_id: line.on_hand for line in uow.stock.of_items([item.id]) if line.lot_id > 0}
        also = max(
            (lot_id for lot_id in mine if lot_id != recalled.id), key=lambda lot: mine[lot], default=None
        )
        family = {one.id: one for one in uow.catalogue.family(NEAR_FAMILY)}
        soon = uow.stock.expiring(start=demo_day(now), end=demo_day(now) + NEAR_WITHIN, items=family.keys())
        near = family[soon[0].item_id] if soon else None
        reports = enforcement_reports(
            item,
            recalled=recalled,
            also=None if also is None else uow.lots.get(also),
            near=near,
            today=demo_day(now),
        )
    path = folder / NOTICES
    path.write_text(json.dumps(reports, indent=1), encoding="utf-8")
    take_in(
        NoticeFile(path).since(None), search=SearchCatalogue(transactions), now=now, transactions=transactions
    )


def _empty(url: str) -> None:
    """Leaves nothing of what the database holds, whatever version wrote it."""
    if url.startswith("sqlite:///"):
        for ending in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)
    else:
        downgrade(url, "base")
