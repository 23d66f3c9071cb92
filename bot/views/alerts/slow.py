"""J9 in a digest: what does not move, the cash in it, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import amount, day_of, item_of, name_of, ratio, shelf_of, text, whole
from bot.views.words import (
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    days_of,
    money,
    mrkdwn,
    number,
    plain,
    quantity,
    rate,
)
from domain.model.alert import Alert, AlertKind, Fact, Facts
from domain.usecases.ask.answers import SlowAdvice

COLUMNS = (
    "item_number", "item", "place", "on_hand", "unit", "used", "days_on_hand", "last_used", "par", "need_90_days", "value",
    "tied_up", "advice", "quantity", "to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SlowLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.SLOW

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        tied_up = sum((amount(one, "tied_up") for one in facts), Decimal(0))
        currency = next((text(one, "currency") for one in facts), "")
        said: Phrase = (
            Bold(money(tied_up, currency)),
            " lies above 90 days of need, seen over half a year. The most first, with what would free it:",
        )
        return Lead(
            title=cut(f"{place}: {counted(len(alerts), 'line')} of stock that hardly move", 150),
            text=mrkdwn(said),
            columns=COLUMNS,
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts, today=today)
        return Line(
            text="\n".join(mrkdwn(phrase) for phrase in phrases),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts),
            buttons=_buttons(facts),
        )


def _target(facts: Facts) -> Mapping[str, Fact]:
    found = facts.get("to")
    return found if isinstance(found, dict) else {}


def _where(facts: Facts) -> str:
    to = _target(facts)
    unit, shelf = clean(text(to, "unit")), shelf_of(to)
    if unit == clean(text(facts, "unit")):
        return shelf
    room = shelf.partition(" › ")[0]
    return room if room.startswith(unit) or not unit else f"{unit} › {room}"


def _phrases(facts: Facts, *, today: date) -> tuple[Phrase, ...]:
    unit = item_of(facts).base_unit
    pace = _pace(facts, today=today)
    cash = money(amount(facts, "tied_up"), text(facts, "currency"))
    par = f" · par {number(whole(facts, 'par'))}" if facts.get("par") is not None else ""
    return (
        (
            Bold(name_of(facts)),
            f" — {quantity(whole(facts, 'quantity'), unit)}, ",
            Bold(cash),
            f" tied up, {pace}",
        ),
        (f"{shelf_of(facts)}{par} · ", *_advice(facts, unit=unit)),
    )


def _pace(facts: Facts, *, today: date) -> str:
    last, lasts = day_of(facts, "last_used"), whole(facts, "days_on_hand")
    if lasts:
        return f"lasts {days_of(lasts)}"
    return "never used here" if last is None else f"last used {day(last, today=today)}"


def _advice(facts: Facts, *, unit: str) -> Phrase:
    many = number(whole(facts, "amount"))
    match text(facts, "advice"):
        case SlowAdvice.MOVE.value:
            return ("→ ", Bold(_where(facts)), f" uses {rate(ratio(facts, 'to_daily'), unit)}: move {many}")
        case SlowAdvice.SEND_BACK.value:
            return (f"used nowhere: ask {clean(text(facts, 'supplier'))} to take {many} back",)
        case _:
            return (f"lower par to {many}",)


def _buttons(facts: Facts) -> tuple[LineButton, ...]:
    many = whole(facts, "amount")
    match text(facts, "advice"):
        case SlowAdvice.MOVE.value:
            label = cut(f"Move {number(many)} to {_where(facts)}", 72)
            return (LineButton(label, f"move:{whole(_target(facts), 'place')}:{many}"),)
        case SlowAdvice.LOWER_PAR.value:
            return (LineButton(f"Lower par to {number(many)}", f"par:{many}"),)
        case _:
            return ()


def _row(facts: Facts) -> tuple[str, ...]:
    return (
        text(facts, "number"),
        name_of(facts),
        text(facts, "path"),
        str(whole(facts, "quantity")),
        item_of(facts).base_unit,
        str(whole(facts, "used")),
        str(whole(facts, "days_on_hand") or ""),
        text(facts, "last_used"),
        str(whole(facts, "par") or ""),
        str(whole(facts, "need")),
        str(amount(facts, "value")),
        str(amount(facts, "tied_up")),
        text(facts, "advice"),
        str(whole(facts, "amount") or ""),
        text(_target(facts), "path") or text(facts, "supplier"),
    )
