"""The window a question is about: said, inherited from its thread, or the usual one."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.understanding.draft import Draft, Verb
from bot.understanding.evidence import Evidence
from bot.understanding.windows import Looking, window_in, window_of
from domain.model.window import DateWindow
from domain.usecases.ask.requests import UsageGroup

SOON_DAYS = 30
FAR_DAYS = 730
LONG_AGO_DAYS = 3650
_USUAL_DAYS = {UsageGroup.WEEK: 90, UsageGroup.MONTH: 365}
"""Longer where a split by month or week would else be of one piece."""

_EXPIRED = re.compile(
    r"\b(?:expired|outdated|past due|out of date|past (?:its|their) date|gone bad)\b", re.IGNORECASE
)
_WHEN = re.compile(
    r"\b(?:when|expiry|expiration|exp(?:iry|iration)? dates?|dates?|exp|soonest|earliest|first|oldest|how long"
    r"|still (?:good|in date)|good til\w*)\b",
    re.IGNORECASE,
)


def window_for(verb: Verb, evidence: Evidence, *, today: date, before: Draft | None) -> DateWindow | None:
    """None for questions without one. A window that begins after today says nothing about use and is passed over.

    Not said: use is of the last 30 days; expiry of the next 30, of the past where "expired" is asked, of the next two years
    where one asks when something expires. The label says which.
    """
    if verb not in (Verb.EXPIRY, Verb.USAGE):
        return None
    looking = Looking.AHEAD if verb is Verb.EXPIRY else Looking.BACK
    said = [window_of(words, today=today, looking=looking) for words in evidence.windows]
    for window in (*said, window_in(evidence.text, today=today, looking=looking)):
        if window is not None and (verb is Verb.EXPIRY or window.start <= today):
            return window
    if before is not None and before.verb is verb and before.window is not None:
        return before.window
    if verb is Verb.USAGE:
        days = _USUAL_DAYS.get(evidence.group_by, SOON_DAYS)
        return DateWindow(today - timedelta(days=days - 1), today, f"last {days} days")
    if _EXPIRED.search(evidence.text) and not _WHEN.search(evidence.text):
        return DateWindow(today - timedelta(days=LONG_AGO_DAYS), today - timedelta(days=1), "already expired")
    named = bool(evidence.things or evidence.rest or (before is not None and before.items))
    if _WHEN.search(evidence.text) and named:
        return DateWindow(today, today + timedelta(days=FAR_DAYS), "next two years")
    return DateWindow(today, today + timedelta(days=SOON_DAYS), f"next {SOON_DAYS} days")
