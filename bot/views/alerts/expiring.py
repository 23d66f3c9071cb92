"""J1 in a digest: what will lapse, what it costs, and the move that saves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import (
    amount,
    day_of,
    item_of,
    lot_of,
    name_of,
    parts,
    ratio,
    shelf_of,
    text,
    whole,
)
from bot.views.words import (
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    money,
    mrkdwn,
    number,
    plain,
    quantity,
    rate,
    until,
)
from domain.model.alert import Alert, AlertKind, Fact, Facts

MOST_MOVES = 2
LABEL = 72
COLUMNS = (
    "item_number", "item", "lot", "place", "expires_on", "days_left", "quantity", "unit", "uses_a_week", "will_lapse",
    "at_risk", "move", "to", "saves",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExpiringLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.EXPIRING

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        risk = sum((amount(one, "at_risk") for one in facts), Decimal(0))
        saved = sum((amount(one, "saves") for one in facts), Decimal(0))
        moved = [one for one in facts if parts(one, "moves")]
        currency = next((text(one, "currency") for one in facts), "")
        said: list[str] = [Bold(money(risk, currency)), " of it will probably lapse unused."]
        if moved:
            said += [
                f" {counted(len(moved), 'lot')} can be saved by a move: ",
                Bold(money(saved, currency)),
                ".",
            ]
        else:
            said.append(" No other place would use enough of it in time; ask suppliers to exchange it.")
        return Lead(
            title=cut(f"{place}: {counted(len(alerts), 'lot')} running out of time", 150),
            text=mrkdwn(tuple(said)),
            columns=COLUMNS,
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts, today=today)
        return Line(
            text="\n".join(mrkdwn(phrase) for phrase in phrases),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts, today=today),
            buttons=tuple(
                LineButton(move_label(move, facts), f"move:{whole(move, 'place')}:{whole(move, 'quantity')}", primary=first)
                for first, move in zip((True, False), parts(facts, "moves")[:MOST_MOVES], strict=False)
            ),
        )  # fmt: skip


def where_to(move: Mapping[str, Fact], facts: Facts) -> str:
    """The other place as one says it here: by its shelf inside the same unit, else by its unit and the room there."""
    unit, shelf = clean(text(move, "unit")), shelf_of(move)
    if unit == clean(text(facts, "unit")):
        return shelf
    room = shelf.partition(" › ")[0]
    return room if room.startswith(unit) or not unit else f"{unit} › {room}"


def move_label(move: Mapping[str, Fact], facts: Facts) -> str:
    return cut(f"Move {number(whole(move, 'quantity'))} to {where_to(move, facts)}", LABEL)


def _phrases(facts: Facts, *, today: date) -> tuple[Phrase, ...]:
    unit = item_of(facts).base_unit
    expires = day_of(facts, "expires_on") or today
    held, lapse = whole(facts, "quantity"), whole(facts, "will_lapse")
    some = quantity(held, unit) if lapse >= held else f"{number(lapse)} of {quantity(held, unit)}"
    use = ratio(facts, "daily_use")
    here = f"{rate(use, unit)} used here" if use > 0 else "not used here"
    risk = money(amount(facts, "at_risk"), text(facts, "currency"))
    first: Phrase = (
        Bold(name_of(facts)),
        f" — {some} will lapse {until(expires, today=today)}, ",
        Bold(risk),
    )
    second: Phrase = (f"{shelf_of(facts)} · {lot_of(facts)}, {day(expires, today=today)} · {here}",)
    moves = parts(facts, "moves")[:MOST_MOVES]
    if not moves:
        return first, second, ("No other place would use it in time.",)
    third = tuple(piece for move in moves for piece in _move(move, facts, unit=unit))
    return first, second, third


def _move(move: Mapping[str, Fact], facts: Facts, *, unit: str) -> Phrase:
    use = rate(ratio(move, "daily_use"), unit)
    does = f"sends out {use}" if move.get("store") is True else f"uses {use}"
    saves = money(amount(move, "saves"), text(facts, "currency"))
    return (
        "→ ",
        Bold(where_to(move, facts)),
        f" {does}: moving {number(whole(move, 'quantity'))} saves {saves}. ",
    )


def _row(facts: Facts, *, today: date) -> tuple[str, ...]:
    moves = parts(facts, "moves")
    best = moves[0] if moves else {}
    expires = day_of(facts, "expires_on") or today
    return (
        text(facts, "number"),
        name_of(facts),
        lot_of(facts),
        text(facts, "path"),
        expires.isoformat(),
        str((expires - today).days),
        str(whole(facts, "quantity")),
        item_of(facts).base_unit,
        f"{ratio(facts, 'daily_use') * 7:.2f}",
        str(whole(facts, "will_lapse")),
        str(amount(facts, "at_risk")),
        str(whole(best, "quantity")) if best else "",
        text(best, "path"),
        f"{amount(best, 'saves'):.2f}" if best else "",
    )
