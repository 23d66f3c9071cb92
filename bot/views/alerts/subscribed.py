"""What subscribers are told: levels, arrivals and use as messages of their own, what expires as a digest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.views.alerts.frame import ALERT_ACTION, AlertPress
from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.card import section
from bot.views.rendered import Block, Json, Rendered
from bot.views.words import Bold, Phrase, counted, cut, day, mrkdwn, number, plain, quantity, until
from domain.model.alert import Alert, AlertKind
from domain.model.subscription import Subscription, Topic
from domain.usecases.alert.subscribed import Telling

STOP, PAUSE = "stop", "pause"
_MOST: Final = 20


class SubscribedLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.SUBSCRIBED

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        count = len(alerts)
        verb = "expires" if count == 1 else "expire"
        numbers = sorted({int(str(alert.finding.facts["subscription"])) for alert in alerts})
        buttons: tuple[LineButton, ...] = ()
        if len(numbers) == 1:
            buttons = (
                LineButton("Stop telling me", f"{STOP}:{numbers[0]}"),
                LineButton("Pause a week", f"{PAUSE}:{numbers[0]}"),
            )
        return Lead(
            title=f"{counted(count, 'lot')} {verb} soon, as you wanted to know",
            text="The soonest first.",
            columns=("item", "lot", "expires_on", "place", "quantity"),
            buttons=buttons,
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        item, lot, place = (str(facts[name]) for name in ("item", "lot", "place"))
        expires = date.fromisoformat(str(facts["expires_on"]))
        held = int(str(facts["quantity"]))
        phrase: Phrase = (
            Bold(item),
            f" — {quantity(held, str(facts['unit']))} of lot {lot}, {day(expires, today=today)} ({until(expires, today=today)}), "
            f"{place}",
        )
        return Line(mrkdwn(phrase), plain(phrase), (item, lot, expires.isoformat(), place, str(held)))


def told(tellings: Sequence[Telling]) -> Rendered:
    """One message for one person; each line with a way to stop or pause what it comes from."""
    blocks: list[Block] = []
    spoken: list[str] = []
    for index, telling in enumerate(tellings[:_MOST]):
        phrase = _phrase(telling)
        spoken.append(plain(phrase))
        block = section(mrkdwn(phrase))
        if len(tellings) > 1:
            block = {**block, "accessory": _menu(telling.subscription, index)}
        blocks.append(block)
    if len(tellings) > _MOST:
        more = f"and {number(len(tellings) - _MOST)} more"
        blocks.append(section(more))
        spoken.append(more)
    if len(tellings) == 1:
        blocks.append(stopping(tellings[0].subscription))
    return Rendered(text=cut("\n".join(spoken), 3300), blocks=tuple(blocks))


def stopping(subscription: Subscription) -> Block:
    """The row of buttons below what one subscription tells."""
    elements: list[Json] = [
        {
            "type": "button",
            "action_id": f"{ALERT_ACTION}.{AlertPress.STOP.value}:{index}",
            "text": {"type": "plain_text", "text": label, "emoji": False},
            "value": _value(choice, subscription),
        }
        for index, (label, choice) in enumerate((("Stop telling me", STOP), ("Pause a week", PAUSE)))
    ]
    return {"type": "actions", "elements": elements}


def _menu(subscription: Subscription, index: int) -> dict[str, Json]:
    options: list[Json] = [
        {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": _value(choice, subscription)}
        for label, choice in (("Stop telling me", STOP), ("Pause a week", PAUSE))
    ]
    return {
        "type": "overflow",
        "action_id": f"{ALERT_ACTION}.{AlertPress.STOP.value}:{index}",
        "options": options,
    }


def _value(choice: str, subscription: Subscription) -> str:
    known = {"d": 0, "a": 0, "c": f"{choice}:{int(subscription.id)}"}
    return json.dumps(known, separators=(",", ":"))


def _phrase(telling: Telling) -> Phrase:
    amount = quantity(telling.quantity, telling.unit)
    match telling.subscription.topic:
        case Topic.OUT:
            return (Bold(f"{telling.item} is out"), f" in {telling.place}.")
        case Topic.LOW:
            at = "" if telling.point is None else f"; you are told at {number(telling.point)}"
            return (Bold(f"{telling.item} is low"), f" in {telling.place}: {amount} left{at}.")
        case Topic.ARRIVED:
            return (Bold(f"{telling.item} arrived"), f" in {telling.place}: {amount}.")
        case _:
            return (Bold(f"{telling.item} was used"), f" in {telling.place}: {amount}.")
