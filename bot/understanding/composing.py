"""From labelled spans to a ``Composition``: atoms, their roles, their binding, and what lines share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.understanding.amounts import Amount, AmountKind, AmountRole, PackUnit
from bot.understanding.atom import ACTIONS, Atom, Kind
from bot.understanding.atoms import atoms_of
from bot.understanding.binding import Group, bind
from bot.understanding.composition import Composition, Doubt, DoubtKind, Line, Targets
from bot.understanding.directions import spots_of, with_places
from bot.understanding.doubting import (
    doubt,
    doubt_contested,
    doubt_length,
    doubt_lines,
    doubt_targets,
    doubt_when,
    doubt_words,
    echo,
    rivals,
    said_each,
    thing_missing,
)
from bot.understanding.heard import HIDDEN, discreet
from bot.understanding.labels import mended
from bot.understanding.meaning import Meaning, Span
from bot.understanding.roles import with_roles
from bot.understanding.values import (
    Code,
    SaidSize,
    Thing,
    code_value,
    company_of,
    grouping_of,
    patient_of,
    person_of,
    ranged,
    size_of,
    thing_of,
)
from bot.understanding.whens import When, when_of, whole_window
from bot.understanding.windows import Looking

_AHEAD = frozenset(
    {"check_expiry", "requisition", "reorder", "reorder_status", "receive", "set_par", "subscribe_alert", "out_of_scope",
     "transfer", "check_stock", "find_item"}
)  # fmt: skip


def compose(meaning: Meaning, *, today: date) -> Composition:
    """The typed values of one message. ``today`` is the facility's calendar day. Never raises, whatever the spans are.

    >>> from bot.understanding.meaning import Span
    >>> spans = (Span("quantity", "2", 5, 6), Span("size", "2-0", 7, 10), Span("item", "silk", 11, 15))
    >>> said = Meaning("used 2 2-0 silk", "consume", 1.0, spans)
    >>> line = compose(said, today=date(2026, 11, 22)).lines[0]
    >>> line.item.normal, line.sizes[0].normal, str(line.amount)
    ('silk', '2-0', '2')
    """
    meaning, mends = mended(meaning)
    patients = tuple(
        patient_of(s.value, start=s.start, end=s.end)
        for s in meaning.spans
        if s.entity == "patient" and s.value.strip()
    )
    hidden, _ = discreet(meaning)
    doubts: list[Doubt] = list(mends)
    atoms = with_roles(hidden.text, atoms=atoms_of(hidden), intent=hidden.intent)
    groups = bind(hidden.text, atoms=atoms)
    doubts += doubt_length(groups, atoms=atoms)
    lines = [_dated(_line(hidden.text, group, doubts), group, today, doubts) for group in groups]
    doubt_contested(groups, doubts)
    lines = _with_things(lines, doubts)
    lines = _distributed(hidden.text, lines)
    lines = _merged(lines)
    places = spots_of(hidden.text, atoms=atoms, intent=hidden.intent)
    lines, more = with_places(hidden.text, lines=lines, places=places, intent=hidden.intent)
    doubts += more
    lines = [_shared_out(line, lines) for line in lines]
    windows = _windows(hidden, atoms, today, doubts)
    if hidden.intent in ACTIONS:
        doubt_lines(hidden.text, lines, doubts)
    targets = replace(_targets(hidden, doubts), patients=patients)
    if hidden.intent in ACTIONS:
        doubts += [*doubt_words(hidden, atoms=atoms), *doubt_targets(targets)]
    ordered = tuple(sorted(dict.fromkeys(doubts), key=lambda doubt: doubt.start))
    return Composition(hidden.intent, tuple(lines), places, windows, targets, ordered)


# ----------------------------------------------------------------------------------------------- lines


def _line(text: str, group: Group, doubts: list[Doubt]) -> Line:
    items = group.of(Kind.ITEM)
    item: Thing | None = None
    if items:
        item = replace(
            thing_of(items[0].text, start=items[0].start, end=items[0].end), reference=items[0].reference
        )
    return Line(
        item,
        tuple(size_of(atom.text, start=atom.start, end=atom.end) for atom in group.of(Kind.SIZE)),
        _amounts(text, group, doubts),
        _codes(text, group.of(Kind.LOT), doubts),
        _codes(text, group.of(Kind.SERIAL), doubts),
        start=group.atoms[0].start,
        end=group.atoms[-1].end,
    )


def _dated(line: Line, group: Group, today: date, doubts: list[Doubt]) -> Line:
    expiries = group.of(Kind.EXPIRY)
    if not expiries:
        return line
    said = expiries[-1]
    expiry = when_of(
        said.text, today=today, looking=Looking.AHEAD, expiry=True, start=said.start, end=said.end
    )
    doubt_when(expiry, doubts)
    return replace(line, expiry=expiry)


def things_of(meaning: Meaning) -> tuple[tuple[Thing, tuple[SaidSize, ...]], ...]:
    """The things of a message with the sizes bound to each, in reading order: all that a question needs of its lines.

    ``meaning`` is taken as it is; hide patients' numbers in it first. Sizes of no thing stand on none.
    """
    groups = bind(
        meaning.text, atoms=with_roles(meaning.text, atoms=atoms_of(meaning), intent=meaning.intent)
    )
    lines = _with_things([_line(meaning.text, group, []) for group in groups], [])
    found: dict[tuple[int, int], tuple[Thing, list[SaidSize]]] = {}
    for line in lines:
        if line.item is not None:
            _, sizes = found.setdefault((line.item.start, line.item.end), (line.item, []))
            sizes += [size for size in line.sizes if size not in sizes]
    return tuple((thing, tuple(sizes)) for thing, sizes in found.values())


def _amounts(text: str, group: Group, doubts: list[Doubt]) -> tuple[Amount, ...]:
    """The amounts of a group, each with the unit that stands away from it."""
    amounts: list[Amount] = []
    units = [unit for unit in group.of(Kind.UNIT) if unit.unit is not None]
    doubts += [
        doubt(DoubtKind.UNIT_UNREAD, f"I know no unit called “{echo(unit.text)}”.", unit)
        for unit in group.of(Kind.UNIT)
        if unit.unit is None
    ]
    for atom in group.of(Kind.AMOUNT):
        if atom.amount is None:
            sentence = f"“{echo(atom.text)}” is no quantity that I can read."
            doubts.append(doubt(DoubtKind.AMOUNT_UNREAD, sentence, atom))
        else:
            amounts.append(atom.amount)
    for unit in list(units):
        bare = [
            (_apart(unit, amount), index)
            for index, amount in enumerate(amounts)
            if amount.unit is None and amount.kind not in (AmountKind.ALL, AmountKind.REST)
        ]
        if bare:
            index = min(bare)[1]
            amount = amounts[index]
            start, end = min(amount.start, unit.start), max(amount.end, unit.end)
            amounts[index] = replace(amount, unit=unit.unit, start=start, end=end)
            units.remove(unit)
    for index, amount in enumerate(amounts):
        if amount.role is AmountRole.MEANT and _said_apiece(text, amount, group):
            amounts[index] = replace(amount, apiece=True)
    for unit in units:
        if not said_each(unit.text) and not amounts:
            amounts.append(Amount(None, unit.unit, AmountKind.UNSAID, start=unit.start, end=unit.end))
    return tuple(amounts)


def _said_apiece(text: str, amount: Amount, group: Group) -> bool:
    """ "2 each", "one each of", "50 flushes each to": for every thing or place named with it."""
    if amount.unit not in (None, PackUnit.EACH):
        return said_each(text[amount.end :].lstrip()[:6])
    said = text[amount.start : max(amount.end, group.atoms[-1].end) + 6]
    return said_each(said)


def _apart(unit: Atom, amount: Amount) -> tuple[int, int]:
    """Behind the amount before in front of it, then the nearer."""
    return (0, unit.start - amount.end) if unit.start >= amount.end else (1, amount.start - unit.end)


_THROUGH = re.compile(
    r"\s*(?:through|thru|to|until|-|–|—)\s*(?:lot|serial|sn|number)?\s*#?\s*", re.IGNORECASE
)


def _codes(text: str, atoms: Sequence[Atom], doubts: list[Doubt]) -> tuple[Code, ...]:
    """Lots or serials; "L-220 through L-231" is one range."""
    made: list[Code] = []
    ends: Atom | None = None
    for atom in atoms:
        code = code_value(atom.text, start=atom.start, end=atom.end)
        if not code.key or HIDDEN in atom.text:
            sentence = "A number looks like a patient's and was left out of the lots and serials."
            doubts.append(doubt(DoubtKind.CODE_HIDDEN, sentence, atom))
            continue
        if made and ends is not None and _THROUGH.fullmatch(text[ends.end : atom.start]):
            span = ranged(made[-1], code)
            if span is not None:
                made[-1] = span
                ends = atom
                continue
            sentence = f"“{echo(ends.text)}” to “{echo(atom.text)}” is no series of numbers that I can read."
            doubts.append(Doubt(DoubtKind.RANGE_UNREAD, sentence, ends.start, atom.end))
        made.append(code)
        ends = atom
    return tuple(dict.fromkeys(made))


# ----------------------------------------------------------------------------------- shared by lines


def _with_things(lines: list[Line], doubts: list[Doubt]) -> list[Line]:
    """A line that names no thing takes that of the line before it ("M 4, L 4"), else of the one behind ("2 20 ga and 3 18 ga IVs")."""
    if not any(line.item is not None for line in lines):
        return lines
    made: list[Line] = []
    for index, line in enumerate(lines):
        if line.item is not None:
            made.append(line)
            continue
        before = made[-1] if made else None
        behind = next((later for later in lines[index + 1 :] if later.item is not None), None)
        if before is not None and before.item is not None:
            sizes = line.sizes or (before.sizes if _goes_on(line) else ())
            made.append(replace(line, item=before.item, sizes=sizes, implied=True))
            if (line.sizes and not before.sizes) or (not line.sizes and not _goes_on(line)):
                doubts.append(thing_missing(line, before.item))
        elif behind is not None and behind.sizes and line.sizes and line.amounts:
            made.append(replace(line, item=behind.item, implied=True))
        else:
            made.append(line)
            doubts.append(thing_missing(line, None))
    return made


def _goes_on(line: Line) -> bool:
    """Amounts that speak of what is left, or were sent to a place of their own, are of the thing just named."""
    return bool(line.amounts) and not line.lots and not line.serials


def _by_size(line: Line) -> list[Line]:
    """ "one each of the small, medium and large gloves": a line a size."""
    if len(line.sizes) < 2 or not any(amount.apiece for amount in line.amounts) or not rivals(line.sizes):
        return [line]
    return [replace(line, sizes=(size,), implied=index > 0) for index, size in enumerate(line.sizes)]


def _distributed(text: str, lines: list[Line]) -> list[Line]:
    """ "one each jr4 jl4 pigtail 6f", "ETT, stylet - 1 each": an amount said apiece is every bare line's, and so is the one size."""
    lines = [each for line in lines for each in _by_size(line)]
    apiece = [index for index, line in enumerate(lines) if any(amount.apiece for amount in line.amounts)]
    givers = {amount for index in apiece for amount in lines[index].amounts if amount.apiece}
    if len(lines) < 2 or not apiece or len(givers) != 1:
        return lines
    giver = apiece[0]
    amount = next(amount for amount in lines[giver].amounts if amount.apiece)
    leads = amount.start <= min(line.start for line in lines)
    made = list(lines)
    for index, line in enumerate(lines):
        if line.amounts or (leads and index < giver) or (not leads and index > giver):
            continue
        made[index] = replace(line, amounts=(amount,))
    sized = [line for line in lines if line.sizes]
    if (
        leads
        and len(sized) == 1
        and sized[0] is lines[-1]
        and not re.search(r"[,;]", text[lines[0].start : lines[-1].end])
    ):
        made = [line if line.sizes else replace(line, sizes=sized[0].sizes) for line in made]
    return made


def _shared_out(line: Line, lines: Sequence[Line]) -> Line:
    """ "6 each" of one thing at one place: each is its unit, nothing is shared out."""
    if len(line.destinations) > 1 or len(line.at) > 1:
        return line
    others = [amount for other in lines if other is not line for amount in other.amounts]
    amounts = tuple(replace(amount, apiece=amount.apiece and amount in others) for amount in line.amounts)
    return replace(line, amounts=amounts)


def _merged(lines: list[Line]) -> list[Line]:
    """A thing named twice is one line where the second naming adds no amount of its own."""
    made: list[Line] = []
    for line in lines:
        same = next((i for i, one in enumerate(made) if _same_thing(one, line)), None)
        one = line if same is None else made[same]
        corrected = all(amount.role is AmountRole.WITHDRAWN for amount in one.amounts)
        if same is None or (line.amounts and one.amounts and not corrected):
            made.append(line)
            continue
        made[same] = replace(
            one,
            sizes=one.sizes or line.sizes,
            amounts=(*one.amounts, *line.amounts),
            lots=tuple(dict.fromkeys((*one.lots, *line.lots))),
            serials=tuple(dict.fromkeys((*one.serials, *line.serials))),
            expiry=one.expiry or line.expiry,
            end=max(one.end, line.end),
        )
    return made


def _same_thing(one: Line, two: Line) -> bool:
    if one.item is None or two.item is None or one.item.normal != two.item.normal:
        return False
    sizes = not one.sizes or not two.sizes or one.sizes == two.sizes
    return sizes and not (one.lots and two.lots) and not (one.expiry and two.expiry)


# --------------------------------------------------------------------------------- times and targets


def _windows(meaning: Meaning, atoms: Sequence[Atom], today: date, doubts: list[Doubt]) -> tuple[When, ...]:
    expiries = {atom.start for atom in atoms if atom.kind is Kind.EXPIRY}
    looking = Looking.AHEAD if meaning.intent in _AHEAD else Looking.BACK
    made: list[When] = []
    for span in meaning.spans:
        if span.entity != "window" or span.start in expiries or not span.value.strip():
            continue
        said = whole_window(meaning.text, start=span.start, end=span.end)
        when = when_of(said, today=today, looking=looking, start=span.start, end=span.end)
        if not when.known and said != span.value:
            when = when_of(span.value, today=today, looking=looking, start=span.start, end=span.end)
        doubt_when(when, doubts)
        made.append(when)
    return tuple(made)


def _targets(meaning: Meaning, doubts: list[Doubt]) -> Targets:
    def spans(entity: str) -> list[Span]:
        return [span for span in meaning.spans if span.entity == entity and span.value.strip()]

    groupings = []
    for span in spans("group_by"):
        grouping = grouping_of(span.value)
        if grouping is None:
            sentence = f"I can not split figures by “{echo(span.value)}”."
            doubts.append(Doubt(DoubtKind.GROUPING_UNREAD, sentence, span.start, span.end))
        else:
            groupings.append(grouping)
    cases = [code_value(s.value, prefix="C", start=s.start, end=s.end) for s in spans("case")]
    orders = [code_value(s.value, prefix="PO", start=s.start, end=s.end) for s in spans("order")]
    return Targets(
        cases=tuple(dict.fromkeys(code for code in cases if code.key)),
        providers=tuple(
            dict.fromkeys(person_of(s.value, start=s.start, end=s.end) for s in spans("provider"))
        ),
        orders=tuple(dict.fromkeys(code for code in orders if code.key)),
        suppliers=tuple(
            dict.fromkeys(company_of(s.value, start=s.start, end=s.end) for s in spans("supplier"))
        ),
        group_by=tuple(dict.fromkeys(groupings)),
    )
