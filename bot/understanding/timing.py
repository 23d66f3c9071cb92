"""The window a question is about: said, inherited from its thread, or the usual one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.understanding.draft import Draft, Verb
from bot.understanding.evidence import Evidence
from bot.understanding.periods import MONTHS
from bot.understanding.windows import Looking, window_in, window_of
from domain.model.window import DateWindow
from domain.usecases.ask.requests import UsageGroup

SOON_DAYS = 30
FAR_DAYS = 730
IDLE_DAYS = 90
LONG_AGO_DAYS = 3650
_USUAL_DAYS = {UsageGroup.WEEK: 90, UsageGroup.MONTH: 365}
"""Longer where a split by month or week would else be of one piece."""

_EXPIRED = re.compile(
    r"\b(?:expired|outdated|past due|out of date|past (?:its|their|the) (?:date|expiry)|gone bad)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:when|expiry|expiration|exp(?:iry|iration)? dates?|dates?|exp|soonest|earliest|first|oldest|how long"
    r"|still (?:good|in date)|good til\w*)\b",
    re.IGNORECASE,
)


def window_for(verb: Verb, evidence: Evidence, *, today: date, before: Draft | None) -> DateWindow | None:
    """None for questions without one. A window that begins after today says nothing about use and is passed over.

    Not said: use is of the last 30 days, what does not move of the last 90; expiry of the next 30, of all days past where one asks for
    what has expired, of the next two years where one asks when something expires. The label says which, as it reads behind
    "expires" or "used".
    """
    if verb not in (Verb.EXPIRY, Verb.USAGE, Verb.SPEND, Verb.SLOW):
        return None
    looking = Looking.AHEAD if verb is Verb.EXPIRY else Looking.BACK
    said = [window_of(words, today=today, looking=looking) for words in evidence.windows]
    for window in (*said, window_in(evidence.text, today=today, looking=looking)):
        if window is not None and (verb is Verb.EXPIRY or window.start <= today):
            return replace(window, label=_in_a_sentence(window.label, looking))
    if before is not None and before.verb is verb and before.window is not None:
        return _earlier(before.window) if _BEFORE.search(evidence.text) else before.window
    if verb is Verb.SLOW:
        return DateWindow(today - timedelta(days=IDLE_DAYS), today, f"in the last {IDLE_DAYS} days")
    if verb in (Verb.USAGE, Verb.SPEND):
        days = _USUAL_DAYS.get(evidence.group_by, SOON_DAYS)
        return DateWindow(today - timedelta(days=days - 1), today, f"in the last {days} days")
    if _EXPIRED.search(evidence.text) and not _WHEN.search(evidence.text):
        return DateWindow(today - timedelta(days=LONG_AGO_DAYS), today - timedelta(days=1), "by now")
    named = bool(evidence.things or evidence.rest or (before is not None and before.items))
    if _WHEN.search(evidence.text) and named:
        return DateWindow(today, today + timedelta(days=FAR_DAYS), "in the next two years")
    return DateWindow(today, today + timedelta(days=SOON_DAYS), f"in the next {SOON_DAYS} days")


_BEFORE = re.compile(
    r"\b(?:(?:day|week|month|quarter|year|period|time)s? (?:before|prior)|before that|(?:the )?previous one)\b",
    re.IGNORECASE,
)


def _earlier(window: DateWindow) -> DateWindow:
    """The window before the thread's: the calendar month before a calendar month, else as many days."""
    last = window.start - timedelta(days=1)
    if window.start.day == 1 and (window.end + timedelta(days=1)).day == 1:
        months = (window.end.year - window.start.year) * 12 + window.end.month - window.start.month + 1
        whole = window.start.year * 12 + window.start.month - 1 - months
        return DateWindow(date(whole // 12, whole % 12 + 1, 1), last, "in the period before")
    return window.before()


_ROLLING = re.compile(
    r"(?:next|last|past|coming|previous) (?!week$|weekend$|month$|quarter$|year$|[a-z]+day$).*", re.IGNORECASE
)
_LENGTH = re.compile(r"(?:\d+|[a-z]+(?:[ -][a-z]+)?) (?:day|week|month|quarter|year)s?", re.IGNORECASE)
_MONTH = re.compile(rf"(?:{'|'.join(MONTHS)})(?: \d{{4}})?", re.IGNORECASE)


def _in_a_sentence(label: str, looking: Looking) -> str:
    """The label as it reads behind "expires" or "used": "next two weeks" -> "in the next two weeks"."""
    if _ROLLING.fullmatch(label):
        return f"in the {label}"
    if _MONTH.fullmatch(label):
        return f"in {label}"
    if _LENGTH.fullmatch(label) and label.split()[0].casefold() not in _CALENDAR:
        return f"in the next {label}" if looking is Looking.AHEAD else f"in the last {label}"
    return label


_CALENDAR_WORDS = "this next last past previous current fiscal coming the first second third fourth"
_CALENDAR = frozenset(_CALENDAR_WORDS.split())
