"""Late deliveries: what has not come, who waits for it, how long what is there lasts, who else sells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import day_of, name_of, parts, ratio, text, whole
from bot.views.words import (
    WARNING,
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    days_of,
    mrkdwn,
    number,
    plain,
    quantity,
    unit,
)
from domain.model.alert import Alert, AlertKind, Facts

ELSEWHERE = "elsewhere"
COLUMNS = (
    "order", "supplier", "item_number", "item", "to_come", "unit", "promised_on", "days_late", "likely_on", "available", "days_left",
    "waiting",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LateLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.LATE

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        late = sum(one.get("late") is True for one in facts)
        out = sum(whole(one, "available") <= 0 for one in facts)
        soon = len(facts) - late
        said: list[str] = []
        if out:
            said += [
                f"{WARNING} ",
                Bold(f"{number(out)} of them {'is' if out == 1 else 'are'} out of stock"),
                ". ",
            ]
        if soon and late:
            said += [f"{number(soon)} {'is' if soon == 1 else 'are'} not late yet, and will likely be. "]
        suppliers = {text(one, "supplier") for one in facts}
        if len(suppliers) > 1:
            said += [f"From {counted(len(suppliers), 'supplier')}."]
        title = (
            f"{counted(len(alerts), 'delivery')} late"
            if len(alerts) == 1
            else f"{number(len(alerts))} deliveries are late"
        )
        if late < len(alerts):
            title += " or will be"
        return Lead(
            title=cut(f"{place}: {title}", 150),
            text=mrkdwn(tuple(said)) or f"From {clean(next(iter(suppliers)))}.",
            columns=COLUMNS,
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts, today=today)
        others = parts(facts, "others")
        buttons: tuple[LineButton, ...] = ()
        if others:
            label = cut(f"Order from {clean(text(others[0], 'name'))}", 60)
            buttons = (LineButton(label, f"{ELSEWHERE}:{whole(others[0], 'supplier')}"),)
        return Line(
            text="\n".join(mrkdwn(phrase) for phrase in phrases),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts),
            buttons=buttons,
        )


def _phrases(facts: Facts, *, today: date) -> tuple[Phrase, ...]:
    promised, likely = day_of(facts, "promised"), day_of(facts, "likely")
    when = ""
    if facts.get("late") is True and promised is not None:
        when = f"{counted(whole(facts, 'days_late'), 'day')} late, promised {day(promised, today=today)}"
    elif promised is not None:
        when = f"promised {day(promised, today=today)}"
    if likely is None and facts.get("late") is True:
        when += ", no new day is known"
    if likely is not None:
        when += f", likely {day(likely, today=today)}"
    came = (
        f", {quantity(whole(facts, 'received'), text(facts, 'base_unit'))} came"
        if whole(facts, "received")
        else ""
    )
    lines: list[Phrase] = [
        (Bold(name_of(facts)), f" — {_left(facts)} from {clean(text(facts, 'supplier'))}{came}"),
        (f"{text(facts, 'order_number')} · {when}",),
        (_stock(facts),),
    ]
    return tuple(lines)


def _left(facts: Facts) -> str:
    left, size = whole(facts, "left"), max(1, whole(facts, "pack_size"))
    if size == 1 or left % size:
        return quantity(left, text(facts, "base_unit"))
    count = left // size
    return f"{number(count)} {unit(text(facts, 'pack_unit'), count=count)} of {number(size)}"


def _stock(facts: Facts) -> str:
    available = whole(facts, "available")
    if available <= 0:
        stock = f"{WARNING} none left in the store"
    elif facts.get("days_left") is None:
        stock = f"{number(available)} left, no recent use"
    else:
        stock = f"{number(available)} left, lasts {days_of(ratio(facts, 'days_left'))}"
    waiting = facts.get("waiting")
    names = [clean(str(name)) for name in waiting] if isinstance(waiting, list) else []
    if not names:
        return stock
    more = whole(facts, "waiting_count") - len(names)
    listed = ", ".join(names) + (f" and {number(more)} more" if more > 0 else "")
    return f"{stock} · low in {listed}"


def _row(facts: Facts) -> tuple[str, ...]:
    waiting = facts.get("waiting")
    left = facts.get("days_left")
    return (
        text(facts, "order_number"), text(facts, "supplier"), text(facts, "number"), name_of(facts), str(whole(facts, "left")),
        text(facts, "base_unit"), text(facts, "promised"), str(whole(facts, "days_late")), text(facts, "likely"),
        str(whole(facts, "available")), "" if left is None else str(left),
        ", ".join(str(name) for name in waiting) if isinstance(waiting, list) else "",
    )  # fmt: skip
