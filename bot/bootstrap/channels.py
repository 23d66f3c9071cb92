"""The Slack channels of places, as the settings name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock

import structlog

from domain.errors import InvalidSetting
from domain.model.ids import PlaceId
from domain.model.place import PlaceTree
from domain.ports import PlaceSearch, Transactions
from domain.ports.search import Verdict

log = structlog.get_logger(__name__)


class SettledChannels:
    """Implements ``drafting.Channels``: ``named`` are channel ids by a place's name or path ("Central Supply", "ICU › Supply Room").

    Names are looked up anew when the hospital's places change. One that names no place is left out and logged; ``check`` says it.
    """

    def __init__(self, named: Mapping[str, str], *, transactions: Transactions, places: PlaceSearch) -> None:
        self._named = named
        self._transactions = transactions
        self._places = places
        self._lock = Lock()
        self._held: tuple[int, PlaceTree, dict[PlaceId, str]] | None = None

    def of(self, place_id: PlaceId) -> str:
        """The channel of the place, or of the nearest place around it that has one; "" where none has."""
        if not self._named:
            return ""
        tree, found = self._current()
        if place_id not in tree:
            return ""
        return next((found[place] for place in reversed(tree.lineage(place_id)) if place in found), "")

    def at(self, place_id: PlaceId) -> str:
        """The channel named for this very place; "" where none is."""
        return self._current()[1].get(place_id, "") if self._named else ""

    def check(self) -> dict[str, str]:
        """Channels by the path of their place. Raises InvalidSetting naming everything that names no one place."""
        wrong = []
        found: dict[str, str] = {}
        with self._transactions.reading() as uow:
            tree = uow.places.tree()
        for name, channel in self._named.items():
            try:
                found[tree.path(self._place(name, tree))] = channel
            except InvalidSetting as error:
                wrong.append(str(error))
        if wrong:
            raise InvalidSetting(" ".join(wrong))
        return found

    def _current(self) -> tuple[PlaceTree, dict[PlaceId, str]]:
        with self._transactions.reading() as uow:
            revision = uow.catalogue.revision()
            with self._lock:
                if self._held is None or self._held[0] != revision:
                    tree = uow.places.tree()
                    self._held = (revision, tree, self._looked_up(tree))
                return self._held[1], self._held[2]

    def _looked_up(self, tree: PlaceTree) -> dict[PlaceId, str]:
        found: dict[PlaceId, str] = {}
        for name, channel in self._named.items():
            try:
                found[self._place(name, tree)] = channel
            except InvalidSetting as error:
                log.warning("a channel is left out", reason=str(error))
        return found

    def _place(self, name: str, tree: PlaceTree) -> PlaceId:
        """By its path, else by its very name where one place alone has it, else as people call it."""
        wanted = _plain(name)
        for exact in (
            [place.id for place in tree if _plain(tree.path(place.id)) == wanted],
            [place.id for place in tree if _plain(place.name) == wanted],
        ):
            if len(exact) == 1:
                return exact[0]
            if exact:
                raise _no_one_place(name, exact, tree, several=True)
        result = self._places.find(name)
        hits = [hit.place_id for hit in result.hits if hit.place_id in tree]
        if result.verdict is Verdict.SURE and hits:
            return hits[0]
        raise _no_one_place(name, hits, tree, several=result.verdict is Verdict.ASK)


def _no_one_place(name: str, hits: Sequence[PlaceId], tree: PlaceTree, *, several: bool) -> InvalidSetting:
    near = " or ".join(tree.path(place) for place in hits[:3])
    hint = f"Did you mean {near}?" if near else "Name a unit or a store as it is called in the hospital."
    return InvalidSetting(
        f"PARLEY_CHANNELS: {'several places are' if several else 'no place is'} called “{name}”. {hint}"
    )


def _plain(name: str) -> str:
    return " ".join(name.replace(">", "›").casefold().split())
