"""Searches that follow the database: rebuilt when the catalogue's revision grows, without making anyone wait."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread

import structlog

from domain.errors import Unavailable
from domain.model.ids import FacilityId, ItemId, PlaceId
from domain.ports import (
    CatalogueSearch,
    ItemSearchResult,
    PlaceSearch,
    PlaceSearchResult,
    Transactions,
    UnitOfWork,
)
from domain.store.search.items import ItemIndex
from domain.store.search.places import PlaceIndex

_log = structlog.get_logger(__name__)


class Refreshing[Index]:
    """Holds an index and the revision it was made from.

    The first caller builds at once and others wait for it; later a grown revision starts one background build while
    the index at hand goes on answering. ``build`` reads in the unit of work given. A build that fails leaves the index
    at hand, is logged, and is tried again at the next question.
    """

    def __init__(
        self, transactions: Transactions, build: Callable[[UnitOfWork], Index], *, background: bool = True
    ) -> None:
        self._transactions = transactions
        self._build = build
        self._background = background
        self._first = Lock()
        self._building = Lock()
        self._held: tuple[int, Index] | None = None
        self._worker: Thread | None = None

    def current(self) -> Index:
        """The index to ask now. Raises StoreUnavailable only where there is none yet and the store does not answer."""
        held = self._held
        if held is None:
            with self._first:
                if self._held is None:
                    self._rebuild()
                held = self._held
            if held is None:
                raise Unavailable("The search index could not be built.")
            return held[1]
        try:
            with self._transactions.reading() as work:
                revision = work.catalogue.revision()
        except Unavailable:
            _log.warning("search.revision_unknown")
            return held[1]
        if revision != held[0]:
            self._renew()
        latest = self._held
        return held[1] if latest is None else latest[1]

    def settled(self) -> None:
        """Waits until a build under way is finished."""
        worker = self._worker
        if worker is not None:
            worker.join()

    def _renew(self) -> None:
        if not self._building.acquire(blocking=False):
            return
        if not self._background:
            self._rebuild_behind()
            return
        self._worker = Thread(target=self._rebuild_behind, name="search-index", daemon=True)
        self._worker.start()

    def _rebuild_behind(self) -> None:
        try:
            self._rebuild()
        except Exception as error:  # noqa: BLE001 - a background thread has nobody above it to tell
            _log.error("search.rebuild_failed", error=type(error).__name__)
        finally:
            self._building.release()

    def _rebuild(self) -> None:
        with self._transactions.reading() as work:
            revision = work.catalogue.revision()
            index = self._build(work)
        self._held = (revision, index)
        _log.info("search.built", index=type(index).__name__, revision=revision)


class SearchCatalogue(CatalogueSearch):
    """ports.CatalogueSearch over the active items of the database."""

    def __init__(self, transactions: Transactions, *, background: bool = True) -> None:
        self._index = Refreshing(
            transactions, lambda work: ItemIndex(work.catalogue.all()), background=background
        )

    def find(
        self, text: str, *, size: str = "", kept: frozenset[ItemId] | None = None, limit: int = 10
    ) -> ItemSearchResult:
        """See ports.CatalogueSearch."""
        return self._index.current().find(text, size=size, kept=kept, limit=limit)

    def warm(self) -> None:
        """Builds the index now, so that the first question need not wait for it. Raises StoreUnavailable."""
        self._index.current()

    def settled(self) -> None:
        """Waits until a build under way is finished."""
        self._index.settled()


class SearchPlaces(PlaceSearch):
    """ports.PlaceSearch over the places of the database."""

    def __init__(self, transactions: Transactions, *, background: bool = True) -> None:
        self._index = Refreshing(
            transactions, lambda work: PlaceIndex(work.places.tree()), background=background
        )

    def find(
        self, text: str, *, facility_id: FacilityId | None = None, near: PlaceId | None = None, limit: int = 8
    ) -> PlaceSearchResult:
        """See ports.PlaceSearch."""
        return self._index.current().find(text, facility_id=facility_id, near=near, limit=limit)

    def warm(self) -> None:
        """Builds the index now, so that the first question need not wait for it. Raises StoreUnavailable."""
        self._index.current()

    def settled(self) -> None:
        """Waits until a build under way is finished."""
        self._index.settled()
