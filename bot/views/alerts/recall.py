"""A recall notice in a digest: how grave, what of ours, why it is thought so, where it lies and how much went to patients."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.views.alerts.frame import ALERT_ACTION, AlertPress
from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import day_of, parts, text, whole
from bot.views.card import context, header, section
from bot.views.naming import item_name, place_path
from bot.views.rendered import Block, Json, Rendered
from bot.views.words import DOT, Bold, Phrase, clean, counted, cut, day, mrkdwn, number, plain, quantity
from domain.model.alert import Alert, AlertKind, Facts
from domain.model.ids import ItemId
from domain.model.recall import RecallClass, Strength
from domain.usecases.ask.answers import ItemRef, LotTrace, TraceAnswer

HOLD, HOLD_ITEM, WHO, NOT_OURS, NOTED = "hold", "hold-item", "who", "not-ours", "noted"
REASONS: tuple[tuple[str, str], ...] = (
    ("product", "Another product"),
    ("lots", "Not our lots"),
    ("returned", "Sent back already"),
    ("code", "The codes were misread"),
)
"""Why a notice is not ours, as buttons: what comes back, and what is kept."""
COLUMNS = (
    "notice", "class", "firm", "reported_on", "product", "reason", "item_number", "item", "lot", "serial", "match", "on_hand", "places",
    "used", "patients",
)  # fmt: skip
_GRAVE = {RecallClass.I.value: ":red_circle:", RecallClass.II.value: ":large_orange_circle:"}
_LOTS = 3
_MOST_USES = 24


@dataclass(frozen=True, slots=True)
class RecallLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.RECALL

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        sure = sum(text(one, "strength") != Strength.POSSIBLE for one in facts)
        meant = [one for one in facts if text(one, "strength") != Strength.POSSIBLE] or facts
        free, patients = (sum(whole(one, name) for one in meant) for name in ("free", "patients"))
        grave = sum(text(one, "class") == RecallClass.I for one in facts)
        said: list[str] = []
        if free:
            said += [
                Bold(counted(free, "piece")),
                f" {'lies' if free == 1 else 'lie'} here and can still be taken. ",
            ]
        if patients:
            said += [f"Some were used on {counted(patients, 'patient')}. "]
        if not sure:
            said += ["None is named outright: look at the labels. "]
        said += ["Nothing is held before somebody says so."]
        title = _title(len(alerts), sure=sure)
        if grave:
            title = f"Class I: {title}"
        return Lead(title=cut(title, 150), text=mrkdwn(tuple(said)), columns=COLUMNS)

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts, today=today)
        shown = [mrkdwn(phrase) for phrase in phrases]
        mark = _GRAVE.get(text(facts, "class"), ":white_circle:")
        return Line(
            text="\n".join([f"{mark} {shown[0]}", *shown[1:]]),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts),
            buttons=_buttons(facts),
        )


def _title(notices: int, *, sure: int) -> str:
    concern = "concerns" if sure == 1 else "concern"
    if sure == notices:
        return f"{counted(notices, 'recall notice')} {concern} what we have or had"
    if not sure:
        return f"{counted(notices, 'recall notice')} may concern us"
    return (
        f"{counted(sure, 'recall notice')} {concern} what we have or had, {number(notices - sure)} more may"
    )


def _phrases(facts: Facts, *, today: date) -> tuple[Phrase, ...]:
    reported = day_of(facts, "reported_on")
    when = "" if reported is None else f"{DOT}{day(reported, today=today)}"
    again = f"{DOT}changed since" if whole(facts, "revision") > 1 else ""
    lots = parts(facts, "lots")
    first: Phrase = (
        Bold(f"{text(facts, 'class')}: {cut(clean(text(facts, 'product')), 100)}"),
        f" — {cut(clean(text(facts, 'firm')), 50)}, {text(facts, 'number')}{when}{again}",
    )
    why: Phrase = (f"Because: {cut(clean(text(facts, 'reason')), 130)}",)
    alike = len({whole(lot, "item_id") for lot in lots}) == 1
    ours: tuple[Phrase, ...] = ((f"Ours: {_item(lots[0])} · {cut(_why(lots[0]), 110)}",),) if alike else ()
    shown = tuple(_lot_line(lot, alike=alike) for lot in lots[:_LOTS])
    return (first, why, *ours, *shown, _sum(facts, len(lots)))


def _lot_line(lot: Facts, *, alike: bool) -> Phrase:
    name = _piece(lot) if alike else f"{_piece(lot)} of {_item(lot)}"
    lying, unit = whole(lot, "on_hand"), text(lot, "unit")
    if not lying:
        state = "none left here"
    elif lot.get("settled"):
        state = f"{quantity(lying, unit)}, held already"
    else:
        places = parts(lot, "places")
        where = f" at {_short(text(places[0], 'place'))}" if places else ""
        more = whole(lot, "place_count") - 1
        state = f"{quantity(lying, unit)}{where}{f' and {counted(more, "other place")}' if more > 0 else ''}"
    used = f", {number(whole(lot, 'used'))} used" if whole(lot, "used") > 0 else ""
    tail = "" if alike else f"{DOT}{cut(_why(lot), 90)}"
    return ("• ", Bold(cut(name, 70)), f" — {state}{used}{tail}")


def _short(path: str) -> str:
    """The unit and the shelf itself: the way between them is in the file."""
    steps = clean(path).split(" › ")
    return path if len(steps) < 4 else f"{steps[0]} … {steps[-1]}"


def _why(lot: Facts) -> str:
    evidence = lot.get("evidence")
    said = "; ".join(clean(str(one)) for one in evidence) if isinstance(evidence, list) else ""
    strength = text(lot, "strength").split(":")[0]
    return f"{strength}: {said}" if said else strength


def _item(lot: Facts) -> str:
    return item_name(
        ItemRef(
            ItemId(whole(lot, "item_id")),
            text(lot, "number"),
            text(lot, "item"),
            text(lot, "size"),
            text(lot, "unit") or "each",
        )
    )


def _piece(lot: Facts) -> str:
    if text(lot, "serial"):
        return f"serial {clean(text(lot, 'serial'))}"
    return f"lot {clean(text(lot, 'lot'))}" if text(lot, "lot") else "all of it"


def _sum(facts: Facts, listed: int) -> Phrase:
    count, used, patients = whole(facts, "count"), whole(facts, "used"), whole(facts, "patients")
    said: list[str] = []
    if count > _LOTS:
        said.append(f"… {number(count)} in all. ")
    if used:
        on = f" on {counted(patients, 'patient')}" if patients else ""
        said.append(f"{number(used)} were used{on}.")
    return tuple(said) or ("None of it was used.",)


def _buttons(facts: Facts) -> tuple[LineButton, ...]:
    lots = parts(facts, "lots")
    open_ones = [lot for lot in lots if not lot.get("settled") and whole(lot, "free") > 0]
    surest = [lot for lot in open_ones if text(lot, "strength") != Strength.POSSIBLE] or open_ones
    named = sum(lot.get("lot_id") is not None for lot in surest)
    sure = any(text(lot, "strength") != Strength.POSSIBLE for lot in surest)
    whole_items = [lot for lot in surest if lot.get("lot_id") is None]
    buttons = []
    if named:
        buttons.append(LineButton(f"Quarantine {counted(named, 'lot')}", HOLD, primary=sure))
    buttons += [
        LineButton(
            f"Quarantine all of {cut(clean(text(lot, 'item')), 40)}",
            f"{HOLD_ITEM}:{whole(lot, 'item_id')}",
            primary=sure and not named,
        )
        for lot in whole_items[:1]
    ]
    if whole(facts, "used") > 0:
        buttons.append(LineButton("Who received it", WHO))
    if not open_ones:
        buttons.append(LineButton("Nothing left here", NOTED))
    buttons.append(LineButton("Not ours…", NOT_OURS))
    return tuple(buttons)


def _row(facts: Facts) -> tuple[str, ...]:
    lots = parts(facts, "lots")

    def each(name: str) -> str:
        return "; ".join(str(lot.get(name) or "") for lot in lots)

    places = (
        f"{text(place, 'place')}: {whole(place, 'on_hand')}" for lot in lots for place in parts(lot, "places")
    )
    return (
        text(facts, "number"), text(facts, "class"), text(facts, "firm"), text(facts, "reported_on"), text(facts, "product"),
        text(facts, "reason"), each("number"), each("item"), each("lot"), each("serial"), text(facts, "strength"),
        str(whole(facts, "on_hand")), "; ".join(places), str(whole(facts, "used")), str(whole(facts, "patients")),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ answers


def why_not(alert: Alert) -> Rendered:
    """Asks for the reason, by buttons that come back to the same alert."""
    title = f"Why is {text(alert.finding.facts, 'number')} not ours?"
    elements: list[Json] = [
        {
            "type": "button",
            "action_id": f"{ALERT_ACTION}.{AlertPress.DO.value}:{at}",
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "value": json.dumps(
                {"d": 0, "a": int(alert.id), "c": f"{NOT_OURS}:{choice}"}, separators=(",", ":")
            ),
        }
        for at, (choice, label) in enumerate(REASONS, start=1)
    ]
    return Rendered(
        text=f"{title} {', '.join(label for _, label in REASONS)}.",
        blocks=(
            section(mrkdwn((Bold(title), " It stays closed for this notice; more of ours in a later report is told again."))),
            {"type": "actions", "elements": elements},
        ),
    )  # fmt: skip


def closed(notice_number: str, reason: str) -> Rendered:
    said: Phrase = (f"Noted: {notice_number} is closed here. ", f"{reason}.")
    return Rendered(text=plain(said), blocks=(section(mrkdwn(said)),))


def who_received(number_of_notice: str, answers: Sequence[TraceAnswer], *, today: date) -> Rendered:
    """For whoever asked alone: on whom the lots were used, patients masked, newest first."""
    lots = [lot for answer in answers for lot in answer.lots]
    title = f"Who received {number_of_notice}"
    if not lots:
        said = f"{title}: none of these lots was used here."
        return Rendered(text=said, blocks=(section(mrkdwn((said,))),))
    blocks: list[Block] = [header(cut(title, 150))]
    spoken = [title]
    room = _MOST_USES
    for lot in lots:
        uses = [use for use in lot.uses if use.kind == "consume" and not use.reversed]
        name = f"lot {lot.lot.number}" if lot.lot.number else f"serial {lot.lot.serial}"
        head: Phrase = (Bold(clean(f"{name}, {item_name(lot.item)}")), f" — {number(lot.used)} used")
        lines = list(_uses(lot, room=room, today=today))
        room -= len(lines)
        left = len(uses) - len(lines)
        tail: Iterable[Phrase] = (
            [(f"and {number(left)} more: ask “who got lot {lot.lot.number}”",)] if left > 0 else []
        )
        shown = [head, *lines, *tail]
        blocks.append(section(cut("\n".join(mrkdwn(line) for line in shown), 2900)))
        spoken += [plain(line) for line in shown]
    blocks.append(context("Only you see this; that you read it is noted."))
    return Rendered(text=cut("\n".join(spoken), 3500), blocks=tuple(blocks))


def _uses(lot: LotTrace, *, room: int, today: date) -> Iterable[Phrase]:
    for use in [use for use in lot.uses if use.kind == "consume" and not use.reversed][: max(0, room)]:
        whom = [
            f"patient {use.patient}" if use.patient else "",
            f"case {use.case_number}" if use.case_number else "",
            use.provider,
        ]
        target = DOT.join(one for one in whom if one) or "no patient on record"
        yield (
            f"• {day(use.on, today=today)}: ",
            Bold(quantity(use.quantity, lot.item.base_unit)),
            f", {place_path(use.place)} · {target}",
        )
