"""The form with which managers set when jobs run, where units are told, and when nobody wants to be disturbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.views import limits
from bot.views.card import context, divider, section
from bot.views.rendered import Json
from bot.views.words import clean, cut, escape
from domain.model.job import AlertRule, Holidays

SETTINGS_FORM: Final = "parley.settings"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOLIDAYS: Final = {
    Holidays.RUN: "runs all the same",
    Holidays.SKIP: "is left out",
    Holidays.NEXT: "waits for the next working day",
}


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as somebody may set it. ``when`` is its cron line or "off", ``coming`` its next run, both as a person reads them."""

    id: str
    title: str
    when: str
    coming: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A place that may have a channel of its own, and the one it has ("")."""

    id: int
    name: str
    channel: str


def settings_form(
    jobs: Sequence[JobLine], places: Sequence[Shelf], rule: AlertRule, *, facility: str
) -> Mapping[str, Json]:
    """One job, one place's channel and the quiet hours at a time; what is left empty stays as it is."""
    listed = "\n".join(
        f"•  *{escape(clean(job.title or job.id))}* — {escape(f'next {job.coming}' if job.coming else job.when)}"
        for job in jobs
    )
    told = ", ".join(
        f"{escape(clean(place.name))} in <#{place.channel}>" for place in places if place.channel
    )
    blocks: list[Json] = [
        dict(section(cut(listed, 2900) or "No jobs yet.")),
        dict(divider()),
        _input("job", "Change a job", _select("job", [(job.title or job.id, job.id) for job in jobs])),
        _input("switch", "It is", _select("switch", [("on", "on"), ("off", "off")])),
        _input("time", "It runs at", {"type": "timepicker", "action_id": "time"}),
        _input(
            "days",
            "On these days (none chosen: every day)",
            {
                "type": "checkboxes",
                "action_id": "days",
                "options": [_option(name, day) for name, day in zip(_DAYS, WEEKDAYS, strict=True)],
            },
        ),
        _input(
            "holidays",
            "On a holiday it",
            _select("holidays", [(text, rule_.value) for rule_, text in _HOLIDAYS.items()]),
        ),
        dict(divider()),
        _input("place", "Where a unit is told", _select("place", [(p.name, str(p.id)) for p in places])),
        _input(
            "channel",
            "In this channel",
            {
                "type": "conversations_select",
                "action_id": "channel",
                "filter": {"include": ["public", "private"]},
            },
        ),
        dict(
            context(
                f"Now: {cut(told, 1500)}"
                if told
                else "No unit has a channel yet: managers are told directly."
            )
        ),
        dict(divider()),
        _input("quiet_from", "Quiet from", _clock("quiet_from", f"{rule.quiet_from:%H:%M}")),
        _input("quiet_until", "Quiet until", _clock("quiet_until", f"{rule.quiet_until:%H:%M}")),
        _input(
            "escalate",
            "Managers are told of urgent alerts that nobody answers after so many hours (0: never)",
            {
                "type": "plain_text_input",
                "action_id": "escalate",
                "max_length": 3,
                "initial_value": str(rule.escalate_hours),
            },
        ),
    ]
    return {
        "type": "modal",
        "callback_id": SETTINGS_FORM,
        "title": _plain("Alerts and jobs", limits.MODAL_TITLE),
        "submit": _plain("Save", limits.MODAL_TITLE),
        "close": _plain("Back", limits.MODAL_TITLE),
        "private_metadata": facility,
        "blocks": blocks,
    }


def cron_of(time: str, days: Sequence[str]) -> str:
    """ "06:30" and the chosen weekdays as a cron line; none or all of them are every day.

    >>> cron_of("06:30", ["mon", "fri"])
    '30 6 * * mon,fri'
    """
    hour, _, minute = time.partition(":")
    chosen = [day for day in WEEKDAYS if day in days]
    on = ",".join(chosen) if 0 < len(chosen) < len(WEEKDAYS) else "*"
    return f"{int(minute)} {int(hour)} * * {on}"


def _input(name: str, label: str, element: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": _plain(label, limits.FIELD),
        "element": dict(element),
    }


def _select(name: str, options: Sequence[tuple[str, str]]) -> dict[str, Json]:
    shown: list[Json] = [_option(text, value) for text, value in options[: limits.OPTIONS]]
    return {
        "type": "static_select",
        "action_id": name,
        "placeholder": _plain("Leave as it is", limits.PLACEHOLDER),
        "options": shown,
    }


def _clock(name: str, at: str) -> dict[str, Json]:
    return {"type": "timepicker", "action_id": name, "initial_time": at}


def _option(text: str, value: str) -> dict[str, Json]:
    return {"text": _plain(text, limits.OPTION_TEXT), "value": value}


def _plain(text: str, limit: int) -> dict[str, Json]:
    return {"type": "plain_text", "text": cut(clean(text), limit) or "…", "emoji": False}
