"""Lines of things that are taken from a place: used, moved, thrown away, sent back. What they share is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from domain.errors import Invalid
from domain.model.charge import ChargeTarget
from domain.model.ids import OURS, LotId, PlaceId
from domain.model.item import Item
from domain.model.lot import Lot
from domain.model.movement import HELD, MovementKind
from domain.model.stock import StockLine
from domain.usecases.act import obstacles
from domain.usecases.act.costing import UnitCosts
from domain.usecases.act.desk import Desk, Move
from domain.usecases.act.picking import (
    Choice,
    Shelves,
    Taken,
    key_of,
    merged,
    nothing_of,
    with_excess,
)
from domain.usecases.act.plans import Pick, PlannedLine, Problem
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Wanted
from domain.usecases.act.shelving import homes
from domain.usecases.ask.answers import PlaceRef
from domain.usecases.ask.reach import reach
from domain.usecases.ask.shelves import item_ref, spots

MOST_OTHERS = 5
"""Lots offered instead: as many as a menu of a card shows at a glance."""


@dataclass(frozen=True, slots=True)
class Rules:
    """``choice`` is what may be proposed. ``beyond``: more than is there is recorded all the same, and what is promised to
    others may be taken. ``guarded``: a named lot that is expired or held needs an override."""

    choice: Choice = Choice.GOOD
    beyond: bool = False
    guarded: bool = True


@dataclass(frozen=True, slots=True)
class TakenLine:
    """One line with the balances it takes from. ``quantity`` is in base units and the sum of ``taken``, or what was asked for
    where not so much is there."""

    wanted: Wanted
    item: Item
    place_id: PlaceId
    quantity: int
    taken: tuple[Taken, ...]
    others: tuple[StockLine, ...]

    def entered(self) -> tuple[Decimal | None, str]:
        """As the person said it, for a movement that is the whole line; else nothing is known to have been said of it."""
        if self.wanted.quantity is None or len(self.taken) != 1:
            return None, ""
        return self.wanted.quantity, self.wanted.unit or self.item.base_unit


@dataclass
class Takings:
    """All lines of an action with their problems."""

    lines: list[TakenLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stock: Sequence[StockLine] = ()
    costs: UnitCosts | None = None

    def unit_cost(self, line: StockLine) -> Decimal:
        assert self.costs is not None  # noqa: S101 - take() sets it
        return self.costs.of(line.item_id, line.lot_id)

    def planned(self, *, desk: Desk, puts: Mapping[int, PlaceId] | None = None) -> tuple[PlannedLine, ...]:
        return tuple(
            PlannedLine(
                item=item_ref(line.item),
                quantity=line.quantity,
                entered=line.wanted.quantity if line.wanted.quantity is not None else Decimal(line.quantity),
                entered_unit=line.wanted.unit or line.item.base_unit,
                picks=tuple(self._pick(one.line, one.quantity, desk=desk) for one in line.taken),
                others=tuple(self._pick(other, other.on_hand, desk=desk) for other in line.others),
                puts=desk.ref(puts[index]) if puts is not None else None,
            )
            for index, line in enumerate(self.lines)
        )

    def moves(
        self, kind: MovementKind, *, charge: ChargeTarget | None = None, reason: str = ""
    ) -> tuple[Move, ...]:
        """Out of the house, one movement a balance."""
        return tuple(
            Move(
                kind=kind,
                item_id=line.item.id,
                quantity=one.quantity,
                lot=one.line.lot_id,
                from_place_id=one.line.place_id,
                from_status=one.line.status,
                owner_id=one.line.owner_id,
                unit_cost=self.unit_cost(one.line),
                entered_quantity=line.entered()[0],
                entered_unit=line.entered()[1],
                charge=charge,
                reason=reason,
            )
            for line in self.lines
            for one in line.taken
        )

    def _pick(self, line: StockLine, quantity: int, *, desk: Desk) -> Pick:
        return Pick(
            place=desk.ref(line.place_id),
            lot_id=line.lot_id,
            lot_number=line.lot_number,
            serial=line.serial,
            expires_on=line.expires_on,
            owner_id=line.owner_id,
            on_hand=line.on_hand,
            quantity=quantity,
            unit_cost=self.unit_cost(line),
            status=line.status,
        )


def take(
    wanted: Sequence[Wanted],
    *,
    place_id: PlaceId,
    rules: Rules,
    desk: Desk,
    also: Sequence[PlaceId] = (),
    besides: PlaceId | None = None,
) -> Takings:
    """Chooses lots for every line. ``also`` are places whose balances the action changes too: they are read (and held) with it.
    Nothing is taken from ``besides``, nor from inside it.

    Raises Invalid for no lines, InvalidQuantity, UnknownItem, UnknownPlace, UnknownLot, and Invalid for a lot of another item.
    """
    if not wanted:
        raise Invalid("An action names one thing at least.")
    items = desk.items(line.item_id for line in wanted)
    asked = [
        base_units(items[w.item_id], quantity=w.quantity, unit=w.unit) if w.quantity is not None else None
        for w in wanted
    ]
    lots = {
        lot_id: _lot(lot_id, item=items[line.item_id], desk=desk) for line in wanted for lot_id in line.lots
    }
    places = [line.place_id if line.place_id is not None else place_id for line in wanted]
    stock = desk.stock(list(items), places=list(dict.fromkeys([*places, *also])))
    shelves = Shelves(stock, desk.today)
    takings = Takings(stock=stock)
    barred = desk.tree.subtree(besides) if besides is not None else frozenset[PlaceId]()
    for index, line in enumerate(wanted):
        _Line(
            index,
            line,
            items[line.item_id],
            places[index],
            asked[index],
            lots,
            shelves,
            rules,
            desk,
            takings,
            barred,
        ).take()
    takings.costs = UnitCosts(
        items,
        [one.line.lot_id for line in takings.lines for one in line.taken]
        + [other.lot_id for line in takings.lines for other in line.others],
        uow=desk.uow,
    )
    return takings


def _lot(lot_id: LotId, *, item: Item, desk: Desk) -> Lot:
    lot = desk.uow.lots.get(lot_id)
    if lot.item_id != item.id:
        raise Invalid(f"Lot {lot.number or lot.serial} is not one of {named(item)}.")
    return lot


@dataclass
class _Line:
    """The work on one line."""

    index: int
    wanted: Wanted
    item: Item
    place_id: PlaceId
    asked: int | None
    lots: Mapping[LotId, Lot]
    shelves: Shelves
    rules: Rules
    desk: Desk
    takings: Takings
    barred: frozenset[PlaceId]

    def take(self) -> None:
        inside = self.desk.tree.subtree(self.place_id) - self.barred
        named_lots, item, rules = self.wanted.lots, self.item, self.rules
        candidates = (
            self.shelves.of_lots(item, places=inside, lots=named_lots)
            if named_lots
            else self.shelves.candidates(item, places=inside, choice=rules.choice)
        )
        taken, missing = self.shelves.draw(candidates, self.asked)
        if missing and rules.beyond:
            more, missing = self.shelves.draw(candidates, missing, promised=True)
            if more:
                quantity = sum(one.quantity for one in more)
                self._add(obstacles.promised(item, place=self._here, quantity=quantity, index=self.index))
            taken = merged([*taken, *more])
        found = sum(one.quantity for one in taken)
        if self.asked is None and not found:
            self._add(
                obstacles.none_there(item, place=self._here, index=self.index, remedy=self._elsewhere())
            )
        if missing:
            taken = self._short(taken, found=found, missing=missing, inside=inside)
        if rules.guarded:
            self._guard(taken)
        self._owners(taken)
        self.takings.lines.append(
            TakenLine(
                self.wanted,
                item,
                self.place_id,
                self.asked if self.asked is not None else found,
                tuple(taken),
                self._others(inside, taken),
            )
        )

    def _short(
        self, taken: list[Taken], *, found: int, missing: int, inside: frozenset[PlaceId]
    ) -> list[Taken]:
        item, wanted = self.item, self.asked or 0
        remedy = self._elsewhere(outside_only=True)
        if not self.rules.beyond:
            self._add(
                obstacles.too_few(
                    item, place=self._here, there=found, wanted=wanted, index=self.index, remedy=remedy
                )
            )
            return taken
        barred = [
            line
            for line in self.shelves.of(item.id, places=inside)
            if line.on_hand > 0 and (line.status in HELD or line.expired(self.desk.today))
        ]
        if barred and not self.wanted.lots:
            self._add(
                obstacles.unusable(
                    item,
                    place=self._here,
                    lines=barred,
                    today=self.desk.today,
                    index=self.index,
                    remedy=remedy,
                )
            )
        self._add(
            obstacles.over_issue(
                item, place=self._here, there=found, wanted=wanted, index=self.index, remedy=remedy
            )
        )
        return with_excess(taken, missing, empty=self._empty)

    def _empty(self) -> StockLine:
        """The balance of what was used though the books hold none: the named lot's at the item's own shelf, else one without lot."""
        home = homes([self.item.id], place_id=self.place_id, lines=self.shelves.lines, desk=self.desk)
        line = nothing_of(self.item.id, place_id=home[self.item.id])
        lots = [self.lots[lot_id] for lot_id in self.wanted.lots]
        # A serial is one piece: it takes the excess only where it is all that was used.
        free = [lot for lot in lots if not lot.serial or (len(lots) == 1 and self.asked == 1)]
        if free:
            lot = free[-1]
            line = replace(
                line, lot_id=lot.id, lot_number=lot.number, serial=lot.serial, expires_on=lot.expires_on
            )
        return next((each for each in self.shelves.lines if key_of(each) == key_of(line)), line)

    def _guard(self, taken: Sequence[Taken]) -> None:
        """Each lot that may not be used, once."""
        seen: set[LotId] = set()
        for one in taken:
            line = one.line
            barred = line.status in HELD
            if line.lot_id in seen or not (barred or line.expired(self.desk.today)):
                continue
            seen.add(line.lot_id)
            remedy = self._elsewhere()
            self._add(
                (obstacles.held if barred else obstacles.expired)(line, index=self.index, remedy=remedy)
            )
            if barred and line.expired(self.desk.today):
                self._add(obstacles.expired(line, index=self.index, remedy=remedy))

    def _owners(self, taken: Sequence[Taken]) -> None:
        """Said where a lot of a consignor's is named for an item that is usually ours."""
        for one in {one.line.lot_id: one for one in taken}.values():
            if one.line.owner_id != OURS and not self.item.consigned:
                owner = self.desk.uow.catalogue.supplier(one.line.owner_id).name
                self._add(obstacles.consigned(one.line, owner=owner, index=self.index))

    def _others(self, inside: frozenset[PlaceId], taken: Sequence[Taken]) -> tuple[StockLine, ...]:
        used = {key_of(one.line) for one in taken}
        spare = self.shelves.candidates(self.item, places=inside, choice=self.rules.choice)
        return tuple(line for line in spare if key_of(line) not in used and self.shelves.free(line))[
            :MOST_OTHERS
        ]

    def _elsewhere(self, *, outside_only: bool = False) -> str:
        """Where else some lies that may be taken, the nearest first."""
        lines = [
            line
            for line in self.desk.uow.stock.of_items([self.item.id])
            if line.lot_id not in self.wanted.lots
            and (line.owner_id == OURS or self.item.consigned)
            and line.available(self.desk.today)
        ]
        where = reach([self.place_id], asker=self.desk.actor, uow=self.desk.uow)
        if outside_only:
            lines = [line for line in lines if not where.covers(line.place_id)]
        lines = [line for line in lines if not where.abroad(line.place_id)]
        return obstacles.elsewhere(spots(lines, reach=where, today=self.desk.today))

    @property
    def _here(self) -> PlaceRef:
        return self.desk.ref(self.place_id)

    def _add(self, problem: Problem) -> None:
        self.takings.problems.append(problem)
