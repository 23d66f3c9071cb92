"""The pull list in a digest: what to take off which shelf now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import amount, day_of, item_of, lot_of, name_of, shelf_of, text, whole
from bot.views.words import (
    WARNING,
    Bold,
    Phrase,
    counted,
    cut,
    day,
    money,
    mrkdwn,
    number,
    plain,
    quantity,
    until,
)
from domain.model.alert import Alert, AlertKind, Facts

MOST_AT_ONCE = 40
"""Lines of one card."""

COLUMNS = (
    "place",
    "item_number",
    "item",
    "lot",
    "expired_on",
    "quantity",
    "unit",
    "on_hold",
    "consigned",
    "value",
)


@dataclass(frozen=True, slots=True)
class ExpiredLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.EXPIRED

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        value = sum((amount(one, "value") for one in facts), Decimal(0))
        shelves = len({whole(one, "place") for one in facts})
        currency = next((text(one, "currency") for one in facts), "")
        units = {whole(one, "unit_id") for one in facts}
        all_at_once = (
            (LineButton(f"Record all {number(len(alerts))} as waste", f"all:{units.pop()}"),)
            if len(units) == 1 and 1 < len(alerts) <= MOST_AT_ONCE
            else ()
        )
        said: Phrase = (
            f"{WARNING} Take off {counted(shelves, 'shelf') if shelves == 1 else f'{number(shelves)} shelves'} now, "
            "and do not use: ",
            Bold(money(value, currency)),
            " in all.",
        )
        return Lead(
            title=cut(f"{place}: pull {counted(len(alerts), 'lot')} past the date", 150),
            text=mrkdwn(said),
            columns=COLUMNS,
            buttons=all_at_once,
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts, today=today)
        held = whole(facts, "held")
        return Line(
            text="\n".join(mrkdwn(phrase) for phrase in phrases),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts),
            buttons=(
                LineButton("Record as waste", "waste"),
                *(() if held else (LineButton("Not there", "gone"),)),
            ),
        )


def _phrases(facts: Facts, *, today: date) -> tuple[Phrase, ...]:
    lapsed = day_of(facts, "expires_on") or today
    value = amount(facts, "value")
    worth = "consigned" if whole(facts, "consigned") and not value else money(value, text(facts, "currency"))
    hold = f" · {number(whole(facts, 'held'))} on hold" if whole(facts, "held") else ""
    return (
        (
            Bold(shelf_of(facts)),
            " — ",
            Bold(quantity(whole(facts, "quantity"), item_of(facts).base_unit)),
            f" {name_of(facts)}",
        ),
        (
            f"{lot_of(facts)} · expired {day(lapsed, today=today)}, {until(lapsed, today=today)} · {worth}{hold}",
        ),
    )


def _row(facts: Facts) -> tuple[str, ...]:
    return (
        text(facts, "path"),
        text(facts, "number"),
        name_of(facts),
        lot_of(facts),
        text(facts, "expires_on"),
        str(whole(facts, "quantity")),
        item_of(facts).base_unit,
        str(whole(facts, "held")),
        str(whole(facts, "consigned")),
        str(amount(facts, "value")),
    )
