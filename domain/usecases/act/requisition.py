"""A6, the asking: what a unit wants, and which store should pick it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from domain.errors import Invalid
from domain.model.ids import ItemId, PlaceId
from domain.model.permission import Deed
from domain.model.place import PlaceKind
from domain.model.receipt import Receipt
from domain.model.requisition import RequisitionId, RequisitionLine, RequisitionOrder, RequisitionState
from domain.model.stock import StockLine
from domain.model.tokens import plain_figure
from domain.usecases.act.desk import Desk, Prepared
from domain.usecases.act.obstacles import at
from domain.usecases.act.permissions import permitted
from domain.usecases.act.plans import Obstacle, Plan, PlannedLine, Problem, Weight
from domain.usecases.act.quantities import base_units, named
from domain.usecases.act.requests import Requisition
from domain.usecases.ask.answers import PlaceRef
from domain.usecases.ask.shelves import item_ref

STORES = frozenset({PlaceKind.STOREROOM, PlaceKind.CORE})


def prepare_requisition(action: Requisition, *, desk: Desk) -> Prepared:
    """What is asked of which store. Nothing moves yet; what the store lacks is said, and asked for all the same.

    Raises Invalid for no lines or a line without a quantity; InvalidQuantity, UnknownItem, UnknownPlace.
    """
    if not action.lines:
        raise Invalid("A requisition asks for one thing at least.")
    items = desk.items(line.item_id for line in action.lines)
    lines: list[PlannedLine] = []
    wanted: dict[ItemId, int] = {}
    for line in action.lines:
        item = items[line.item_id]
        if line.quantity is None:
            raise Invalid(f"How many of {named(item)}?")
        quantity = base_units(item, quantity=line.quantity, unit=line.unit)
        wanted[item.id] = wanted.get(item.id, 0) + quantity
        lines.append(PlannedLine(item_ref(item), quantity, line.quantity, line.unit or item.base_unit, ()))
    destination = desk.tree.get(action.to_place_id)
    problems: list[Problem] = []
    store = action.from_place_id
    if store is not None and desk.tree.get(store).facility_id != destination.facility_id:
        problems.append(
            Problem(
                Obstacle.NOT_HERE,
                Weight.BLOCKS,
                "A requisition stays inside one facility.",
                "Transfer it instead.",
            )
        )
    if store is None:
        store = choose_store(wanted, to_place_id=action.to_place_id, desk=desk)
    if store is None:
        problems.append(
            Problem(
                Obstacle.NOT_HERE,
                Weight.BLOCKS,
                "No store room here could pick it.",
                "Name where it should come from.",
            )
        )
    elif store == action.to_place_id:
        problems.append(
            Problem(Obstacle.ALREADY_DONE, Weight.BLOCKS, f"It is to come from {destination.name} itself.",
                    "Name another place.")
        )  # fmt: skip
    else:
        there = available_at(store, wanted, besides=action.to_place_id, desk=desk)
        for index, planned in enumerate(lines):
            has = there.get(planned.item.id, 0)
            if has < wanted[planned.item.id]:
                some = f"{has:,}" if has else "none"
                problems.append(
                    Problem(
                        Obstacle.SHORT,
                        Weight.WARNS,
                        f"{_store_name(desk.ref(store))} has {some} of {named(items[planned.item.id])} to give.",
                        line=index,
                    )
                )
    plan = Plan(
        request=action,
        lines=tuple(lines),
        problems=tuple(problems),
        source=desk.ref(store) if store is not None else None,
        destination=desk.ref(action.to_place_id),
        in_transit=True,
        currency=desk.currency(action.to_place_id),
    )
    return Prepared(permitted(plan, Deed.REQUISITION, place_id=action.to_place_id, desk=desk))


def keep_requisition(
    action: Requisition, prepared: Prepared, *, receipt: Receipt, desk: Desk
) -> RequisitionOrder:
    """Stores what was asked, once a draft; for ``post``, in its unit of work."""
    plan = prepared.plan
    if plan.source is None:
        raise Invalid("No store was named that could pick it.")
    return desk.uow.requisitions.add(
        RequisitionOrder(
            id=RequisitionId(0),
            facility_id=receipt.facility_id,
            draft_id=receipt.draft_id,
            asker_id=desk.actor.id,
            from_place_id=plan.source.id,
            to_place_id=action.to_place_id,
            state=RequisitionState.ASKED,
            lines=tuple(
                RequisitionLine(number, line.item.id, line.quantity, entered=_said(line))
                for number, line in enumerate(plan.lines, start=1)
            ),
            asked_at=receipt.posted_at,
            changed_at=receipt.posted_at,
            needed_by=action.needed_by,
            asker_channel=receipt.channel,
            asker_thread=receipt.thread,
        )
    )


def choose_store(wanted: Mapping[ItemId, int], *, to_place_id: PlaceId, desk: Desk) -> PlaceId | None:
    """The store room or sterile core of the facility, outside the asking place, that has the most of what is wanted; of equals one of
    the own unit, else one where deliveries come in (it has a dock): other units' rooms are theirs; of those the nearest.

    "The most" is how many lines it can give whole, then what share of all it can give. None where there is no store at all.
    """
    tree = desk.tree
    facility_id = tree.get(to_place_id).facility_id
    stores = [
        place.id
        for place in tree
        if place.kind in STORES
        and place.facility_id == facility_id
        and not tree.within(to_place_id, outer=place.id)
        and not tree.within(place.id, outer=to_place_id)
    ]
    if not stores:
        return None
    inside = {store: tree.subtree(store) for store in stores}
    lines = desk.uow.stock.of_items(list(wanted), places=frozenset[PlaceId]().union(*inside.values()))

    own = tree.unit_of(to_place_id).id
    docks = {tree.unit_of(place.id).id for place in tree if place.kind is PlaceKind.DOCK}

    def rank(store: PlaceId) -> tuple[int, float, int, float, PlaceId]:
        unit = tree.unit_of(store).id
        apart = 0 if unit == own else 1 if unit in docks else 2
        has = _sums((line for line in lines if line.place_id in inside[store]), desk=desk)
        whole = sum(has.get(item_id, 0) >= quantity for item_id, quantity in wanted.items())
        share = sum(min(1.0, has.get(item_id, 0) / quantity) for item_id, quantity in wanted.items())
        return (-whole, -round(share, 6), apart, tree.distance(store, to_place_id), store)

    return min(stores, key=rank)


def available_at(
    store: PlaceId, items: Mapping[ItemId, int], *, besides: PlaceId | None = None, desk: Desk
) -> dict[ItemId, int]:
    """Base units that a store may give now, inside it but not inside ``besides``; by item."""
    barred = desk.tree.subtree(besides) if besides is not None else frozenset[PlaceId]()
    return _sums(
        (line for line in desk.stock(list(items), places=[store]) if line.place_id not in barred), desk=desk
    )


def _sums(lines: Iterable[StockLine], *, desk: Desk) -> dict[ItemId, int]:
    found: dict[ItemId, int] = {}
    for line in lines:
        found[line.item_id] = found.get(line.item_id, 0) + line.available(desk.today)
    return found


def _said(line: PlannedLine) -> str:
    """ "2 box", "1.5 box"."""
    return f"{plain_figure(Decimal(line.entered))} {line.entered_unit}"


def _store_name(store: PlaceRef) -> str:
    """A store room of no unit by its own name, without the hospital's."""
    return store.name if store.unit == store.facility else at(store)
