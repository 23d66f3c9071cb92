"""Q4: what an item is: packs, price, supplier, identifiers, latex, storage, owned or consigned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from bot.views.card import Card, Part, compose, cut_page, page_buttons, shown_of
from bot.views.naming import item_name
from bot.views.rendered import Page, Rendered
from bot.views.words import DOT, WARNING, Bold, Phrase, counted, day, money, number, quantity, unit
from domain.errors import InvalidQuantity
from domain.model.item import IdentifierKind, Item, Latex, Offer, Tracking
from domain.usecases.ask.answers import DescribeItemAnswer, ItemCard, ItemRef
from domain.usecases.ask.requests import Aspect

CARDS_A_PAGE = 4
NAMES = 8

_KINDS = {
    IdentifierKind.GTIN: "GTIN",
    IdentifierKind.HIBC: "HIBC",
    IdentifierKind.ISBT: "ISBT 128",
    IdentifierKind.CATALOGUE: "Catalogue no.",
    IdentifierKind.SUPPLIER: "Order no.",
    IdentifierKind.INTERNAL: "Item no.",
}


def item_card(answer: DescribeItemAnswer, *, page: Page, today: date) -> Rendered:
    """The aspects asked about, the first of them in the headline; the whole card for ALL."""
    part = cut_page(answer.items, page, size=CARDS_A_PAGE)
    aspects = answer.aspects or (Aspect.ALL,)
    single = len(answer.items) == 1
    headline: Phrase = (Bold(counted(len(answer.items), "item")), " fit.")
    if single:
        headline = _headline(answer.items[0], aspects, answer.currency)
    elif not answer.items:
        headline = (Bold("No item"), " like that is in the catalogue.")
    parts = tuple(_part(card, aspects, answer.currency, titled=not single) for card in part.rows)
    return compose(
        Card(
            headline=headline,
            parts=parts,
            context=(
                (f"Item {answer.items[0].item.number}",) if single else (),
                shown_of(part, "items"),
                (f"as of {day(today, today=today)}",),
            ),
            buttons=page_buttons(part, page, size=CARDS_A_PAGE),
        )
    )


def _ref(item: Item) -> ItemRef:
    return ItemRef(id=item.id, number=item.number, name=item.name, size=item.size, base_unit=item.base_unit)


def _headline(card: ItemCard, aspects: tuple[Aspect, ...], currency: str) -> Phrase:
    name = Bold(item_name(_ref(card.item)))
    if Aspect.ALL in aspects:
        stock = quantity(card.on_hand, card.item.base_unit)
        return (name, f" — {stock} on hand.")
    lines = _FACTS[aspects[0]](card, currency)
    return (name, " — ", *lines[0]) if lines else (name,)


def _part(card: ItemCard, aspects: tuple[Aspect, ...], currency: str, *, titled: bool) -> Part:
    asked = _WHOLE if Aspect.ALL in aspects else aspects
    lines: list[Phrase] = []
    if Aspect.ALL in aspects:
        lines.append(_description(card.item))
    for index, aspect in enumerate(asked):
        facts = _FACTS[aspect](card, currency)
        said = not titled and index == 0 and Aspect.ALL not in aspects
        lines.extend(facts[1:] if said else facts)
    if Aspect.ALL in aspects and card.substitutes:
        lines.append((f"If out: {_names(card.substitutes)}",))
    title: Phrase = (Bold(item_name(_ref(card.item))), f" ({card.item.number})") if titled else ()
    return Part(tuple(lines), title=title)


def _description(item: Item) -> Phrase:
    pieces = [
        item.category,
        item.brand if item.brand.lower() not in item.name.lower() else "",
        item.manufacturer,
    ]
    if item.sterile:
        pieces.append("sterile")
    return (DOT.join(dict.fromkeys(piece for piece in pieces if piece)),)


def _latex(card: ItemCard, _currency: str) -> list[Phrase]:
    match card.item.latex:
        case Latex.FREE:
            return [("latex-free, as its maker declares",)]
        case Latex.CONTAINS:
            return [(f"{WARNING} ", Bold("contains latex"))]
        case Latex.UNKNOWN:
            return [("the maker does not state whether it holds latex: check the label",)]


def _pack(card: ItemCard, _currency: str) -> list[Phrase]:
    item = card.item
    packs = sorted((pack for pack in item.packs if pack.quantity > 1), key=lambda pack: pack.quantity)
    if not packs:
        return [(f"comes by the {unit(item.base_unit, count=1)}",)]
    shown = ", ".join(f"{quantity(pack.quantity, item.base_unit)} in a {pack.unit}" for pack in packs)
    stock = ""
    if card.on_hand >= packs[0].quantity:
        stock = f" (on hand ≈ {quantity(card.on_hand // packs[0].quantity, packs[0].unit)})"
    return [(f"{shown}{stock}",)]


def _price(card: ItemCard, currency: str) -> list[Phrase]:
    best = card.item.best_offer
    if best is None:
        return [("no price on file",)]
    each = _unit_price(card.item, best)
    per_unit = "" if each is None else f" ({money(each, currency)} per {card.item.base_unit})"
    return [
        (Bold(f"{money(best.price, currency)} a {best.pack_unit}"), f"{per_unit} from {best.supplier_name}")
    ]


def _unit_price(item: Item, offer: Offer) -> Decimal | None:
    """The price of one base unit; None where the offer is by the base unit or by a pack the item does not have."""
    try:
        held = item.pack(offer.pack_unit).quantity
    except InvalidQuantity:
        return None
    return offer.price / held if held > 1 else None


def _supplier(card: ItemCard, currency: str) -> list[Phrase]:
    best = card.item.best_offer
    if best is None:
        return [("no supplier on file",)]
    others = [offer for offer in card.item.offers if offer is not best]
    lines: list[Phrase] = [
        (
            f"from {best.supplier_name}, order no. {best.order_number}, by the {best.pack_unit}, "
            f"usually {counted(best.lead_days, 'day')}",
            f", at least {quantity(best.minimum_packs, best.pack_unit)}" if best.minimum_packs > 1 else "",
        )
    ]
    if others:
        also = "; ".join(
            f"{offer.supplier_name} {money(offer.price, currency)} a {offer.pack_unit}"
            for offer in others[:3]
        )
        lines.append((f"Also from {also}",))
    return lines


def _identifiers(card: ItemCard, _currency: str) -> list[Phrase]:
    item = card.item
    if not item.identifiers:
        return [(f"item number {item.number}; no other code on file",)]
    shown = [f"{_KINDS[each.kind]} {each.value} ({each.pack_unit})" for each in item.identifiers[:NAMES]]
    rest = len(item.identifiers) - len(shown)
    return [(DOT.join(shown) + (f" and {rest} more" if rest > 0 else ""),)]


def _ownership(card: ItemCard, _currency: str) -> list[Phrase]:
    base = card.item.base_unit
    if card.consigned > 0:
        whose = f" by {', '.join(card.consignors[:3])}" if card.consignors else ""
        ours = f"; {quantity(card.owned, base)} are our own" if card.owned else ""
        return [(f"{quantity(card.consigned, base)} consigned{whose}{ours}",)]
    if card.item.consigned:
        return [("consigned: unpaid until used; none here now",)]
    return [(f"our own ({quantity(card.owned, base)})" if card.owned else "bought, not consigned",)]


def _storage(card: ItemCard, _currency: str) -> list[Phrase]:
    item = card.item
    tracked = {Tracking.NONE: "", Tracking.LOT: "by lot", Tracking.SERIAL: "by serial number"}[item.tracking]
    return [
        (DOT.join(piece for piece in (item.storage.value, f"tracked {tracked}" if tracked else "") if piece),)
    ]


def _sizes(card: ItemCard, _currency: str) -> list[Phrase]:
    if not card.sizes:
        return [("no other size" if card.item.size else "one size only",)]
    sizes = [each.size or item_name(each) for each in card.sizes]
    shown = ", ".join(sizes[: NAMES * 2])
    rest = len(sizes) - NAMES * 2
    return [(f"also in {shown}" + (f" and {number(rest)} more" if rest > 0 else ""),)]


def _names(items: tuple[ItemRef, ...]) -> str:
    shown = "; ".join(item_name(item) for item in items[:3])
    return shown + (f" and {len(items) - 3} more" if len(items) > 3 else "")


_FACTS: dict[Aspect, Callable[[ItemCard, str], list[Phrase]]] = {
    Aspect.LATEX: _latex,
    Aspect.PACK: _pack,
    Aspect.PRICE: _price,
    Aspect.SUPPLIER: _supplier,
    Aspect.IDENTIFIERS: _identifiers,
    Aspect.OWNERSHIP: _ownership,
    Aspect.STORAGE: _storage,
    Aspect.SIZES: _sizes,
}
_WHOLE = (
    Aspect.SIZES, Aspect.PACK, Aspect.PRICE, Aspect.SUPPLIER, Aspect.LATEX, Aspect.STORAGE, Aspect.OWNERSHIP,
    Aspect.IDENTIFIERS,
)  # fmt: skip
