"""The below-par digest: what to bring where, from which shelf, how long what is there lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import name_of, parts, ratio, text, whole
from bot.views.words import (
    DOT,
    WARNING,
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    days_of,
    mrkdwn,
    number,
    plain,
    quantity,
)
from domain.model.alert import Alert, AlertKind, Fact, Facts

_BY_COURIER = 10_000
BRING, BRING_ALL = "bring", "all"
MOST_AT_ONCE = 40
"""Lines of one requisition."""
COLUMNS = (
    "pick_from", "item_number", "item", "bring", "unit", "for", "available", "in_transit", "asked_for", "reorder_point", "par",
    "days_left", "walk",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BelowParLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.BELOW_PAR

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        out = sum(whole(one, "available") <= 0 for one in facts)
        nowhere = sum(not parts(one, "sources") for one in facts)
        known = sum({whole(one, "unit_id"): whole(one, "known") for one in facts}.values())
        stores = {_source_room(one) for one in facts if _source_room(one)}
        said: list[str] = []
        if out:
            said += [
                f"{WARNING} ",
                Bold(f"{number(out)} {'is' if out == 1 else 'are'} out of stock"),
                " there. ",
            ]
        if stores:
            where = stores.pop() if len(stores) == 1 else f"{number(len(stores))} supply rooms"
            said += [f"Pick from {where}. "]
        if nowhere:
            said += [f"Nobody has any to spare of {number(nowhere)}. "]
        if known:
            said += [f"{number(known)} told before {'is' if known == 1 else 'are'} still open. "]
        units = {whole(one, "unit_id") for one in facts}
        give = sum(bool(parts(one, "sources")) for one in facts)
        buttons: tuple[LineButton, ...] = ()
        if len(units) == 1 and give > 1:
            label = "Bring all" if give <= MOST_AT_ONCE else f"Bring the first {MOST_AT_ONCE}"
            buttons = (LineButton(label, f"{BRING_ALL}:{units.pop()}", primary=True),)
        verb = "is" if len(alerts) == 1 else "are"
        return Lead(
            title=cut(f"{place}: {counted(len(alerts), 'line')} {verb} low", 150),
            text=mrkdwn(tuple(said)) or "What is there will not last.",
            columns=COLUMNS,
            buttons=buttons,
            sorted_by="walk",
        )

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts)
        bring = whole(facts, "bring")
        return Line(
            text="\n".join(mrkdwn(phrase) for phrase in phrases),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts),
            buttons=(LineButton(f"Bring {number(bring)}", BRING),) if parts(facts, "sources") else (),
        )


def _phrases(facts: Facts) -> tuple[Phrase, ...]:
    unit = text(facts, "base_unit") or "each"
    available = whole(facts, "available")
    under_way = whole(facts, "in_transit") + whole(facts, "asked")
    coming = f", {number(under_way)} coming" if under_way else ""
    stock = f"{WARNING} none left" if available <= 0 else f"{number(available)} left"
    lasts = _lasts(facts)
    return (
        (Bold(name_of(facts)), " — bring ", Bold(quantity(whole(facts, "bring"), unit))),
        (f"{clean(text(facts, 'path'))}{DOT}{stock} of par {number(whole(facts, 'par'))}{coming}{lasts}",),
        (_from(facts),),
    )


def _lasts(facts: Facts) -> str:
    if whole(facts, "available") <= 0:
        return ""
    if facts.get("days_left") is None:
        return f"{DOT}no recent use"
    return f"{DOT}lasts {days_of(ratio(facts, 'days_left'))}"


def _from(facts: Facts) -> str:
    sources = parts(facts, "sources")
    if not sources:
        return "Nobody has any to spare: it has to be ordered."
    first = sources[0]
    has, bring = whole(first, "quantity"), whole(facts, "bring")
    short = f", only {number(has)} there" if has < bring else f", {number(has)} there"
    if whole(first, "metres") >= _BY_COURIER:
        short += ", by courier"
    return f"from {clean(text(first, 'path'))}{short}{_beside(sources[1:], has, bring)}"


def _beside(others: Sequence[Mapping[str, Fact]], has: int, bring: int) -> str:
    if has >= bring or not others:
        return ""
    return f"; {number(whole(others[0], 'quantity'))} more at {clean(text(others[0], 'path'))}"


def _source_room(facts: Facts) -> str:
    sources = parts(facts, "sources")
    return clean(text(sources[0], "path")).split(" › ")[0] if sources else ""


def _row(facts: Facts) -> tuple[str, ...]:
    sources = parts(facts, "sources")
    left = facts.get("days_left")
    return (
        text(sources[0], "path") if sources else "", text(facts, "number"), name_of(facts), str(whole(facts, "bring")),
        text(facts, "base_unit"), text(facts, "path"), str(whole(facts, "available")), str(whole(facts, "in_transit")),
        str(whole(facts, "asked")), str(whole(facts, "reorder_point")), str(whole(facts, "par")), "" if left is None else str(left),
        text(sources[0], "order") if sources else "",
    )  # fmt: skip
