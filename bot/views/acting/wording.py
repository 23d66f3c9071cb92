"""How an action, its lines, lots and problems are put into words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bot.views.acting.shown import KnownLine
from bot.views.naming import expiry, item_name, place_path
from bot.views.words import WARNING, Bold, Phrase, clean, counted, cut, day, money, number, quantity, unit
from domain.model.hold import HoldId
from domain.model.ids import NO_LOT
from domain.model.person import Role
from domain.usecases.act.plans import Pick, Plan, PlannedLine, Posted, Problem, TargetRef, Weight
from domain.usecases.act.requests import (
    Action,
    Count,
    LiftHold,
    Quarantine,
    Receive,
    Requisition,
    SendBack,
    SetPar,
    Undo,
    Waste,
)
from domain.usecases.ask.answers import ItemRef, PlaceRef

TICK: Final = "✓"
NAMED_IN_TITLE: Final = 2
_RECALL: Final = frozenset({"", "recall", "recalled"})
SOON_DAYS: Final = 90
_ROLES: Final = {Role.ADMIN: "administrator"}
_NAME: Final = 90

_VERBS: Final = {
    "consume": ("Use", "Used"),
    "transfer": ("Move", "Moved"),
    "receive": ("Receive", "Received"),
    "arrive": ("Take in", "Taken in"),
    "waste": ("Waste", "Wasted"),
    "count": ("Count", "Counted"),
    "requisition": ("Ask for", "Asked for"),
    "reorder": ("Order", "Ordered"),
    "setpar": ("Set the par of", "Par set:"),
    "quarantine": ("Put on hold", "On hold:"),
    "lifthold": ("Lift the hold on", "Hold lifted:"),
    "return": ("Return", "Returned"),
    "sendback": ("Send back", "Sent back"),
    "undo": ("Undo", "Undone"),
    "subscribe": ("Tell you of", "Told of:"),
}


def verb(action: str, *, done: bool = False) -> str:
    """ "Use", "Used": the action's name (of a request's class) as a person says it."""
    found = _VERBS.get(_key(action))
    if found is None:
        return clean(action).capitalize() or "Do"
    return found[1] if done else found[0]


def _key(action: str) -> str:
    return "".join(char for char in action.lower() if char.isalpha())


# ---------------------------------------------------------------------------------------------- amounts


def spoken_number(value: Decimal) -> str:
    """ "2", "0.5", "1,200"."""
    if value == value.to_integral_value():
        return number(int(value))
    return f"{value.normalize():,f}"


def amount(line: PlannedLine) -> str:
    """As said, and in base units where that is something else: "2 boxes = 50 pairs", "2 each"."""
    base = quantity(line.quantity, line.item.base_unit)
    said = clean(line.entered_unit)
    if not said or said.lower() == clean(line.item.base_unit).lower():
        return base
    count = 1 if line.entered == 1 else 2
    return f"{spoken_number(line.entered)} {unit(said, count=count)} = {base}"


def called(line: PlannedLine) -> str:
    """For a title: "2 × Foley catheter, 16 Fr", "2 boxes of Biogel glove, 7.5"."""
    name = cut(item_name(line.item), _NAME)
    said = clean(line.entered_unit) or clean(line.item.base_unit) or "each"
    value = Decimal(line.quantity) if not clean(line.entered_unit) else line.entered
    if said.lower() == "each":
        return f"{spoken_number(value)} × {name}"
    return f"{spoken_number(value)} {unit(said, count=1 if value == 1 else 2)} of {name}"


def listing(names: Sequence[str], *, noun: str = "item") -> str:
    """ "A", "A and B", "A, B and 3 more items"."""
    if len(names) <= NAMED_IN_TITLE:
        return " and ".join(names)
    more = counted(len(names) - NAMED_IN_TITLE, f"more {noun}")
    return f"{', '.join(names[:NAMED_IN_TITLE])} and {more}"


# ---------------------------------------------------------------------------------------------- titles


def plan_title(action: str, plan: Plan) -> str:
    """The whole action in one line: "Use 2 × Foley catheter, 16 Fr and 1 × Leg bag"."""
    word = verb(action)
    match plan.request:
        case Undo(receipt_id=receipt):
            return f"Undo R-{receipt}"
        case LiftHold(hold_id=hold):
            return f"Lift hold {_hold(hold)}"
        case Quarantine():
            names = list(dict.fromkeys(held_name(line) for line in plan.lines)) or ["stock"]
            return f"Put {listing(names, noun='lot')} on hold"
        case Count() if len(plan.lines) > NAMED_IN_TITLE and plan.source is not None:
            return f"Count of {place_path(plan.source)}: {counted(len(plan.lines), 'item')}"
        case SetPar() | Count():
            names = [cut(item_name(line.item), _NAME) for line in plan.lines]
            return f"{word} {listing(names)}" if names else word
    names = [called(line) for line in plan.lines]
    return f"{word} {listing(names)}" if names else word


def held_name(line: PlannedLine) -> str:
    """ "lot 8J2210 of Foley catheter, 16 Fr", "all Foley catheter, 16 Fr"."""
    lots = list(dict.fromkeys(lot_of(pick.lot_number, pick.serial) for pick in line.picks))
    name = cut(item_name(line.item), _NAME)
    named = listing([f"lot {clean(each)}" for each in line.named], noun="lot") if not line.picks else ""
    if named:
        return f"{named} of {name}"
    return f"{lots[0]} of {name}" if len(lots) == 1 and lots[0] else f"all {name}"


def _hold(hold: HoldId) -> str:
    return f"H-{hold}"


def known_title(action: str, lines: Sequence[KnownLine]) -> str:
    """The same while something is open: "Use 2 boxes of gloves"."""
    names = [known(line) for line in lines]
    return f"{verb(action)} {listing(names)}" if names else verb(action)


def known(line: KnownLine) -> str:
    """ "2 boxes of Biogel glove, 7.5", "2 × foleys" where only the words are known, "some leg bags" where the amount is open."""
    name = cut(item_name(line.item) if line.item is not None else clean(line.said), _NAME) or "something"
    said = entered(line.amount).removesuffix(" each")
    if not said:
        return name
    return f"{said} × {name}" if said.replace(",", "").replace(".", "").isdigit() else f"{said} of {name}"


def posted_title(action: str, lines: Sequence[Posted]) -> str:
    """ "Used 2 × Foley catheter, 16 Fr and 1 × Leg bag": lots of one item counted together."""
    sums: dict[int, int] = {}
    items: dict[int, ItemRef] = {}
    for line in lines:
        sums[line.item.id] = sums.get(line.item.id, 0) + line.quantity
        items[line.item.id] = line.item
    names = []
    for id_, item in items.items():
        base = clean(item.base_unit) or "each"
        much = f"{number(sums[id_])} ×" if base == "each" else f"{quantity(sums[id_], base)} of"
        names.append(f"{much} {cut(item_name(item), _NAME)}")
    if _key(action) == "count" and len(items) == 1 and lines[0].found is not None:
        return f"{verb(action, done=True)} {quantity(lines[0].found, lines[0].item.base_unit)} of {cut(item_name(lines[0].item), _NAME)}"
    if _key(action) in ("quarantine", "setpar", "lifthold", "count"):
        names = [cut(item_name(item), _NAME) for item in items.values()]
    word = verb(action, done=True)
    return f"{word} {listing(names)}" if names else word


# ---------------------------------------------------------------------------------------------- where and for whom


def ways(
    action: str,
    *,
    source: PlaceRef | None,
    destination: PlaceRef | None,
    target: TargetRef | None,
    in_transit: bool = False,
) -> list[Phrase]:
    """ "From OR 3 › Core cart to PACU", "Charged to case C-991, patient …4821": a line each."""
    key = _key(action)
    found: list[Phrase] = []
    way: list[str] = []
    if source is not None:
        way += [_source_word(key), Bold(place_path(source))]
    if destination is not None and key in ("count", "setpar"):
        way = ["At ", Bold(place_path(destination))]
    elif destination is not None:
        way += [" to " if way else "To ", Bold(place_path(destination))]
    if way:
        found.append(tuple(way))
    if in_transit and destination is not None:
        found.append((f"In transit until {place_path(destination)} says that it came.",))
    if target is not None and (clean(target.label) or clean(target.patient)):
        word = "Credited to " if key == "return" else "Charged to "
        found.append((word, *charged(target)))
    return found


def charged(target: TargetRef) -> Phrase:
    """ "case C-991, patient …4821"."""
    label, patient = clean(target.label), clean(target.patient)
    if not patient:
        return (Bold(label),)
    masked = f"patient {patient}"
    return (Bold(label), f", {masked}") if label and patient not in label else (Bold(label or masked),)


def _source_word(key: str) -> str:
    return {"count": "At ", "setpar": "At ", "quarantine": "At ", "lifthold": "At ", "subscribe": "In "}.get(
        key, "From "
    )


def circumstances(request: Action) -> list[Phrase]:
    """What the request says beside items and places: reason, supplier's number, by when."""
    match request:
        case Waste(reason=reason):
            return [("Reason: ", Bold(reason.value))]
        case Quarantine(reason=reason, recalled=True) if clean(reason).lower() in _RECALL:
            return [(Bold("Recalled"),)]
        case Quarantine(reason=reason, recalled=recalled):
            word = "Recalled: " if recalled else "Reason: "
            return [(word, Bold(clean(reason)))] if clean(reason) else []
        case LiftHold(reason=reason):
            return [("Reason: ", Bold(clean(reason)))] if clean(reason) else []
        case Undo(reason=reason) if clean(reason) not in ("", "undone"):
            return [("Reason: ", Bold(clean(reason)))]
        case SendBack(reason=reason, reference=reference):
            said = [clean(reason), f"return number {clean(reference)}" if clean(reference) else ""]
            return [("Reason: ", Bold(", ".join(filter(None, said))))] if any(said) else []
        case Receive(order_number=order) if clean(order) not in ("", "no order"):
            return [("Order ", Bold(clean(order)))]
        case Requisition(needed_by=by) if clean(by):
            return [("Needed ", Bold(clean(by)))]
        case Count(blind=True):
            return [("Counted without seeing what the books say.",)]
        case SetPar() as par:
            return [levels(par)]
        case _:
            return []


def levels(par: SetPar) -> Phrase:
    """ "Minimum 5, reorder at 10, par 20, maximum 30": those that are set."""
    named = (
        ("minimum", par.minimum),
        ("reorder at", par.reorder_point),
        ("par", par.par),
        ("maximum", par.maximum),
    )
    said = ", ".join(f"{name} {number(value)}" for name, value in named if value is not None)
    return (Bold(said[:1].upper() + said[1:]),) if said else ()


# ---------------------------------------------------------------------------------------------- lots


def lot_of(lot_number: str, serial: str) -> str:
    """ "lot 7K1120", "serial 0042 of lot 7K1120", "" where none is kept."""
    lot, piece = clean(lot_number), clean(serial)
    if piece:
        return f"serial {piece}" + (f" of lot {lot}" if lot else "")
    return f"lot {lot}" if lot else ""


def pick_line(
    pick: Pick, *, line: PlannedLine, several: bool, place: str, alone: bool, today: date
) -> Phrase:
    """ "lot 7K1120, exp Wed 3 Feb 2027, in 73 days; 34 each there"; led by the quantity where it is one of several.

    ``place`` is where it is taken from, "" where the card has said so. ``alone``: nothing else stands out below the title, so
    the lot does.
    """
    pieces: list[str] = []
    if several:
        pieces.append(f"{quantity(pick.quantity, line.item.base_unit)} of ")
    name = lot_of(pick.lot_number, pick.serial)
    if name:
        pieces.append(Bold(name) if alone else name)
    else:
        pieces.append("no lot" if pick.lot_id == NO_LOT else "unnamed lot")
    if pick.expires_on is not None:
        pieces.append(f", {_expiry(pick.expires_on, today=today)}")
    if place:
        pieces += [", at ", place]
    pieces.append(f"; {quantity(pick.on_hand, line.item.base_unit)} there")
    return tuple(pieces)


def _expiry(value: date, *, today: date) -> str:
    """With the days left where they are few."""
    if (value - today).days > SOON_DAYS:
        return f"exp {day(value, today=today)}"
    return expiry(value, today=today)


def held_line(pick: Pick, *, line: PlannedLine, lots: bool) -> Phrase:
    """What is put on hold at a place: "ICU › Shelf B2 — 12 each", with the lot where there are several."""
    lot = lot_of(pick.lot_number, pick.serial) if lots else ""
    much = quantity(pick.quantity, line.item.base_unit)
    return (Bold(place_path(pick.place)), f" — {much}{f' of {lot}' if lot else ''}")


def pick_short(pick: Pick, *, several: bool, today: date) -> str:
    """The same for one line among many: "lot 7K1120 (exp Wed 3 Feb 2027)"."""
    name = lot_of(pick.lot_number, pick.serial) or "no lot"
    much = f"{number(pick.quantity)} of " if several else ""
    if pick.expires_on is None:
        return much + name
    if pick.expires_on < today:
        return f"{much}{name} ({WARNING} expired)"
    return f"{much}{name} ({expiry(pick.expires_on, today=today).split(',')[0]})"


def counted_line(line: PlannedLine, *, blind: bool) -> str:
    """What was found against what the books say."""
    found = quantity(line.quantity, line.item.base_unit)
    if blind or line.expected is None:
        return f"found {found}"
    difference = line.quantity - line.expected
    if difference == 0:
        return f"found {found}, as the books say"
    word = "more" if difference > 0 else "fewer"
    return f"found {found}, the books say {number(line.expected)}: {number(abs(difference))} {word}"


# ---------------------------------------------------------------------------------------------- problems


def problem_line(problem: Problem, *, about: str = "") -> Phrase:
    """The problem, then what may be done instead. What only warns is said without alarm."""
    sentence, remedy = cut(clean(problem.sentence), 400), cut(clean(problem.remedy), 300)
    lead = "" if problem.weight in (Weight.WARNS, Weight.MISSING) else f"{WARNING} "
    prefix = f"{about}: " if about else ""
    stop = "" if not sentence or sentence[-1] in ".!?" else "."
    pieces: list[str] = (
        [f"{lead}{prefix}", Bold(f"{sentence}{stop}")] if lead else [f"{prefix}{sentence}{stop}"]
    )
    if problem.weight is Weight.WARNS:
        pieces = [f"Note: {prefix}{sentence}{stop}"]
    if remedy:
        pieces.append(f" {remedy}")
    if problem.asks and problem.weight is Weight.OVERRIDABLE:
        *first, last = [_ROLES.get(role, role.value) for role in problem.asks]
        roles = f"{', '.join(first)} or {last}" if first else last
        pieces.append(f" {'An' if roles[0] in 'aeiou' else 'A'} {roles} may override it.")
    return tuple(pieces)


# ---------------------------------------------------------------------------------------------- small print


def small_print(*phrases: Phrase) -> tuple[Phrase, ...]:
    """Those that say something; the first begins with a capital."""
    kept = [phrase for phrase in phrases if any(phrase)]
    if kept:
        first, *rest = kept[0]
        begun = first[:1].upper() + first[1:]
        kept[0] = (Bold(begun) if isinstance(first, Bold) else begun, *rest)
    return tuple(kept)


def entered(text: str) -> str:
    """What was written down of an amount, its unit in the right number: "2 box" is "2 boxes"."""
    count, _, said = clean(text).partition(" ")
    if not said or not count.isdecimal():
        return clean(text)
    return f"{count} {unit(said, count=int(count))}"


def clock(moment: datetime) -> str:
    """ "14:32", in the zone that the moment is given in."""
    return f"{moment:%H:%M}"


def cost(value: Decimal, currency: str) -> Phrase:
    """The money; nothing where it comes to nothing."""
    return (money(value, currency),) if value else ()
