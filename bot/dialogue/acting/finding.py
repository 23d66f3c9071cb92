"""Named things, places, lots and targets -> ids, or candidates to ask about; the same searches as for questions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bot.dialogue.acting.sketch import MOST_CANDIDATES, Aimed, Spotted, aimed
from bot.understanding.amounts import PackUnit, unit_of
from bot.understanding.composition import Targets
from bot.understanding.evidence import Mention
from bot.understanding.naming import shared_words
from bot.understanding.spots import AmbiguousSpot, NoSuchSpot, Spots
from bot.understanding.things import Found, NoSize, Things
from bot.understanding.values import Code
from domain.errors import InvalidIdentifier, Obstructed, UnknownTarget
from domain.model.ids import ItemId, LotId, PlaceId, SupplierId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.movement import StockStatus
from domain.model.person import Person
from domain.model.place import PlaceKind
from domain.ports import CatalogueSearch, PlaceSearch, UnitOfWork, Vault
from domain.usecases.act.charging import target_of


@dataclass(frozen=True, slots=True)
class Scene:
    """Who speaks, on which day, and the unit of work that is open."""

    person: Person
    today: date
    uow: UnitOfWork
    vault: Vault


@dataclass(frozen=True, slots=True)
class Fits:
    """Items that fit, best first; ``near`` where nothing is called so, or not in that size."""

    items: tuple[ItemId, ...] = ()
    near: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """``target`` where everything named is known; else ``sentence`` says what is not, with numbers and names that come near."""

    target: Aimed | None = None
    sentence: str = ""
    near: tuple[tuple[str, str], ...] = ()


class Finder:
    """Stands on the two searches; holds no state."""

    def __init__(self, items: CatalogueSearch, places: PlaceSearch) -> None:
        self._things = Things(items)
        self._spots = Spots(places)

    # -------------------------------------------------------------------------------------------- items

    def things(self, mention: Mention, *, scene: Scene, place_id: PlaceId | None, also: str = "") -> Fits:
        """What ``mention`` names; of several that fit, those that lie at ``place_id`` where any do. ``also`` are unlabelled words."""
        uow = scene.uow
        inside = () if place_id is None else tuple(uow.places.tree().subtree(place_id))

        def kept(items: Sequence[ItemId]) -> frozenset[ItemId] | None:
            return uow.stock.kept_at(inside, among=items) if inside else None

        looked = self._things.look(mention, kept=kept)
        if not isinstance(looked, Found):
            near = self._sizes_of(looked, uow) if isinstance(looked, NoSize) else looked.near
            return Fits(near[:8], near=True, said=self._words(mention.text, near, uow))
        items = looked.items
        if len(items) > 1 and also and len(mention.sizes) <= 1:
            size = mention.sizes[0] if mention.sizes else ""
            closer = self._things.fits(f"{also} {mention.text}", size=size)
            if closer and len(closer) < len(items) and set(closer) <= set(items):
                items = closer
        items = self.here_first(items, place_id=place_id, scene=scene)
        return Fits(items[:MOST_CANDIDATES], said=self._words(mention.text, items, uow))

    def here_first(
        self, items: tuple[ItemId, ...], *, place_id: PlaceId | None, scene: Scene
    ) -> tuple[ItemId, ...]:
        """Of several, those with stock at the place, else in its unit; else those that are kept there; all of them where none is."""
        if len(items) < 2 or place_id is None:
            return items
        tree = scene.uow.places.tree()
        around = (tree.subtree(place_id), tree.subtree(area_of(place_id, scene=scene)))
        for inside in around:
            stock = scene.uow.stock.of_items(items, places=tuple(inside))
            there = {line.item_id for line in stock if line.on_hand > 0}
            found = tuple(item for item in items if item in there)
            if found:
                return found
        kept = scene.uow.stock.kept_at(tuple(around[0]), among=items)
        return tuple(item for item in items if item in kept) or items

    def named(self, text: str, *, among: Collection[ItemId], size: str = "") -> tuple[ItemId, ...]:
        """Those of ``among`` that ``text`` may name."""
        if not text.strip() and not size:
            return ()
        hits = self._things.fits(text, size=size)
        return tuple(item for item in hits if item in among)

    def likely(self, text: str) -> bool:
        return self._things.likely(text)

    @staticmethod
    def _sizes_of(looked: NoSize, uow: UnitOfWork) -> tuple[ItemId, ...]:
        """The sizes that there are of a thing whose size is not stocked."""
        lines = {item.family for item in uow.catalogue.many(looked.sizes).values()}
        whole = (
            [item.id for family in lines if family for item in uow.catalogue.family(family)]
            if len(lines) == 1
            else []
        )
        return tuple(whole) or looked.sizes

    @staticmethod
    def _words(text: str, items: Sequence[ItemId], uow: UnitOfWork) -> str:
        return shared_words(text, items=list(uow.catalogue.many(items[:8]).values()))

    # ------------------------------------------------------------------------------------------- places

    def place(self, name: str, *, scene: Scene) -> Spotted:
        found = self._spots.look((name,), asker=scene.person)
        if isinstance(found, NoSuchSpot):
            return Spotted(ids=tuple(found.near[:8]), near=True)
        if isinstance(found, AmbiguousSpot):
            return Spotted(ids=tuple(found.near[:12]))
        return Spotted(ids=tuple(found[:1]))

    def surely_place(self, name: str, *, scene: Scene) -> PlaceId | None:
        """The place that is called just so."""
        if not name.strip() or not self._spots.exactly(name, asker=scene.person):
            return None
        found = self._spots.look((name,), asker=scene.person)
        return found[0] if isinstance(found, tuple) else None

    # --------------------------------------------------------------------------------------------- lots

    def lots(
        self, codes: Sequence[Code], *, among: Collection[ItemId], scene: Scene
    ) -> tuple[list[Lot], tuple[Code, ...]]:
        """The lots with these numbers (of the items ``among``, where any is), and the codes that nobody knows here."""
        found: list[Lot] = []
        unknown: list[Code] = []
        for code in codes:
            lots = [lot for spelling in code.candidates for lot in scene.uow.lots.named(spelling)]
            if code.until and among:
                stock = scene.uow.stock.of_items(among)
                ranged = {
                    line.lot_id for line in stock if code.covers(line.lot_number) or code.covers(line.serial)
                }
                lots += [scene.uow.lots.get(lot_id) for lot_id in sorted(ranged) if lot_id]
            fitting = [lot for lot in lots if lot.item_id in among] or lots
            if not fitting:
                unknown.append(code)
            found += fitting
        return list({lot.id: lot for lot in found}.values()), tuple(unknown)

    def lots_near(
        self, number: str, *, among: Collection[ItemId], place_id: PlaceId | None, scene: Scene
    ) -> tuple[LotId, ...]:
        """Lots to offer where a number is not known: those of the items at the place, else numbers that come near."""
        if among:
            inside = None if place_id is None else tuple(scene.uow.places.tree().subtree(place_id))
            lines = [
                line
                for line in scene.uow.stock.of_items(among, places=inside)
                if line.lot_id and line.on_hand > 0
            ]
            lines.sort(key=lambda line: (line.expires_on is None, line.expires_on or date.max, line.lot_id))
            if lines:
                return tuple(dict.fromkeys(line.lot_id for line in lines))[:8]
        similar = scene.uow.lots.similar(number)
        return tuple(lot.id for lot in similar if not among or lot.item_id in among)[:5]

    # ------------------------------------------------------------------------------------------ targets

    def aim(self, targets: Targets, *, place_id: PlaceId | None, scene: Scene, cost_centre: str = "") -> Aim:
        """Whom it is charged to, of everything named; nothing where nobody is."""
        case = self._case(targets.cases[0], scene) if targets.cases else ""
        patient = targets.patients[0].reveal() if targets.patients else ""
        provider = targets.providers[0].text if targets.providers else ""
        if not (case or patient or provider or cost_centre):
            return Aim()
        try:
            target = target_of(
                case_number=case,
                encounter=patient,
                provider=provider,
                cost_centre=cost_centre,
                place_id=place_id,
                facility_id=scene.person.facility_id,
                vault=scene.vault,
                uow=scene.uow,
            )
        except UnknownTarget as unknown:
            similar = tuple(getattr(unknown, "similar", ()))
            kind = "case" if case else "provider" if provider else "centre"
            return Aim(sentence=str(unknown), near=tuple((kind, name[:80]) for name in similar[:5]))
        except (InvalidIdentifier, Obstructed) as error:
            return Aim(sentence=str(error))
        return Aim(aimed(target))

    @staticmethod
    def _case(code: Code, scene: Scene) -> str:
        """The spelling that the schedule knows ("991" is C-991), else as it was said."""
        for spelling in code.candidates:
            try:
                return scene.uow.charges.case_numbered(scene.person.facility_id, spelling).number
            except UnknownTarget:
                continue
        return code.number

    # ---------------------------------------------------------------------------------------- suppliers

    def suppliers(self, name: str, *, item_ids: Collection[ItemId], scene: Scene) -> tuple[SupplierId, ...]:
        """Suppliers called so among those who sell the items; with no name, all who do."""
        offers = [offer for item in scene.uow.catalogue.many(item_ids).values() for offer in item.offers]
        offers.sort(key=lambda offer: not offer.preferred)
        wanted = _key(name)
        return tuple(
            dict.fromkeys(
                o.supplier_id
                for o in offers
                if not wanted or wanted in _key(o.supplier_name) or _key(o.supplier_name) in wanted
            )
        )


def _key(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def area_of(place_id: PlaceId, *, scene: Scene) -> PlaceId:
    """The unit that a place belongs to; of what belongs to none (a storeroom) the outermost place below the facility."""
    tree = scene.uow.places.tree()
    unit = tree.unit_of(place_id)
    lineage = tree.lineage(place_id)
    return unit.id if unit.kind is PlaceKind.UNIT or len(lineage) < 2 else lineage[1]


def areas_with(items: Collection[ItemId], *, lots: Collection[LotId] = (), scene: Scene) -> list[PlaceId]:
    """The units and stores of the person's facility that have some of the items (of the lots, where named), most first."""
    tree = scene.uow.places.tree()
    found: dict[PlaceId, int] = {}
    for line in scene.uow.stock.of_items(items) if items else ():
        if line.on_hand <= 0 or line.status is StockStatus.IN_TRANSIT or (lots and line.lot_id not in lots):
            continue
        if tree.get(line.place_id).facility_id == scene.person.facility_id:
            area = area_of(line.place_id, scene=scene)
            found[area] = found.get(area, 0) + line.on_hand
    return sorted(found, key=lambda place: (-found[place], place))


def level_of(item: Item, unit: PackUnit | None) -> str | None:
    """The item's own pack level for a unit as said: "" its base unit; None where it has no such level."""
    if unit is None or _same(item.base_unit, unit):
        return ""
    for pack in item.packs:
        if _same(pack.unit, unit):
            return pack.unit
    if unit is PackUnit.EACH and not any(pack.quantity == 1 for pack in item.packs):
        return "" if item.base_unit.casefold() not in ("pair", "pr") else None
    return None


def _same(level: str, unit: PackUnit) -> bool:
    return level.casefold() == unit.value or unit_of(level) is unit


def levels_of(item: Item) -> tuple[str, ...]:
    """All that it comes by, the base unit first."""
    return tuple(dict.fromkeys((item.base_unit, *(pack.unit for pack in item.packs))))


def in_base(item: Item, quantity: Fraction, unit: str) -> Fraction:
    return quantity * item.pack(unit or item.base_unit).quantity
