"""How facts are written: quantities, days, money, and text from data made harmless.

A view never escapes by hand. It writes a ``Phrase``: pieces of raw text, some of them ``Bold``; ``mrkdwn`` and ``plain`` make
Slack's markup or bare text of it, so that no name of an item or place can become a mention, a link or markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from domain.model.money import money as money
from domain.model.window import DateWindow


class Bold(str):
    """A piece of a phrase shown in bold."""

    __slots__ = ()


type Phrase = tuple[str, ...]

WARNING = "⚠"
DOT = " · "

_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_BORDER_MARKUP = re.compile(r"(?<!\w)[*_~`]|[*_~`](?!\w)")
_UNPLURALED = frozenset({"each", "dozen", "gross"})


def clean(text: str) -> str:
    """One line: control and direction-changing characters gone, blanks joined, so that a name stays where it is put."""
    kept = (
        " " if char.isspace() else char
        for char in text
        if char.isspace()
        or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        or char == "\u200d"
    )
    return " ".join("".join(kept).split())


def escape(text: str) -> str:
    """``text`` for a mrkdwn field: no mention, link or formatting can come of it; it reads the same."""
    text = _BORDER_MARKUP.sub(lambda match: _LOOKALIKES[match.group()], text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(phrase: Phrase) -> str:
    """The phrase in Slack's markup."""
    pieces = []
    for piece in phrase:
        if isinstance(piece, Bold):
            inner = escape(clean(piece))
            pieces.append(f"*{inner}*" if inner else "")
        else:
            pieces.append(escape(_keep_edges(piece)))
    return "".join(pieces)


def plain(phrase: Phrase) -> str:
    """The phrase as bare text."""
    return "".join(clean(piece) if isinstance(piece, Bold) else _keep_edges(piece) for piece in phrase)


def _keep_edges(piece: str) -> str:
    """``clean``, but a blank at the beginning or end still parts the piece from its neighbour."""
    inner = clean(piece)
    if not inner:
        return " " if piece else ""
    return f"{' ' if piece[0].isspace() else ''}{inner}{' ' if piece[-1].isspace() else ''}"


def joined(phrases: Iterable[Phrase], separator: str = DOT) -> Phrase:
    """The phrases one behind the other; empty ones left out."""
    whole: list[str] = []
    for phrase in phrases:
        if not any(phrase):
            continue
        if whole:
            whole.append(separator)
        whole.extend(phrase)
    return tuple(whole)


# ---------------------------------------------------------------------------------------------- numbers


def number(value: int) -> str:
    """12,345; a true minus sign before what is below zero."""
    return f"{value:,}".replace("-", "−")


def unit(name: str, *, count: int) -> str:
    """The unit in the number that goes with ``count``: box, boxes; each stays each."""
    name = clean(name) or "each"
    if abs(count) == 1 or name.lower() in _UNPLURALED or len(name) <= 2 or name.isupper():
        return name
    if name.endswith(("s", "x", "z", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and name[-2] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"


def quantity(count: int, base_unit: str) -> str:
    """ "3 boxes", "34 each", "−2 pairs"."""
    return f"{number(count)} {unit(base_unit, count=count)}"


def counted(count: int, noun: str) -> str:
    """ "1 lot", "43 lots"."""
    return f"{number(count)} {noun if count == 1 else noun + 's'}"


def decimal(value: float) -> str:
    """A rate or ratio as a person says it: 2.8, 14, 0.3; never in scientific form."""
    if abs(value) >= 10:
        return f"{value:,.0f}"
    shown = f"{value:.1f}"
    return shown[:-2] if shown.endswith(".0") else shown


def rate(per_day: float, base_unit: str) -> str:
    """ "2.8 each a day", "3 each a week", "2 each a month": the largest unit of time that gives at least one."""
    for days, period in ((1, "day"), (7, "week"), (30, "month")):
        amount = per_day * days
        if amount >= 0.95 or days == 30:
            if amount < 0.1:
                break
            shown = decimal(amount)
            return f"{shown} {unit(base_unit, count=1 if shown == '1' else 2)} a {period}"
    return "hardly any use"


def percent(ratio: float) -> str:
    """ "12%", "under 1%"."""
    if 0 < abs(ratio) < 0.01:
        return "under 1%"
    return f"{abs(ratio) * 100:,.0f}%"


# ---------------------------------------------------------------------------------------------- days

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date, *, today: date) -> str:
    """ "Fri 27 Nov"; with the year where it is not this one."""
    shown = f"{_WEEKDAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]}"
    return shown if value.year == today.year else f"{shown} {value.year}"


def month(value: date, *, today: date) -> str:
    """ "Nov", "Dec 2025"."""
    shown = _MONTHS[value.month - 1]
    return shown if value.year == today.year else f"{shown} {value.year}"


def until(value: date, *, today: date) -> str:
    """ "today", "tomorrow", "in 12 days", "3 days ago"."""
    days = (value - today).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days == -1:
        return "yesterday"
    return f"in {number(days)} days" if days > 0 else f"{number(-days)} days ago"


def span(window: DateWindow, *, today: date) -> str:
    """ "Sun 1 Nov – Mon 30 Nov"; one day alone where the window is one day."""
    if window.start == window.end:
        return day(window.start, today=today)
    return f"{day(window.start, today=today)} – {day(window.end, today=today)}"


def days_of(value: float) -> str:
    """ "about 12 days", "less than a day", "over a year"."""
    if value < 1:
        return "less than a day"
    if value > 365:
        return "over a year"
    whole = round(value)
    return f"about {whole} day{'' if whole == 1 else 's'}"


def metres(value: float) -> str:
    """ "next to it", "about 60 m away", "at another facility" (the model counts those at 10 km)."""
    if value >= 10_000:
        return "at another facility, by courier"
    if value < 3:
        return "right beside"
    if value < 20:
        return f"about {round(value)} m away"
    return f"about {round(value / 5) * 5} m away"


# ---------------------------------------------------------------------------------------------- cutting


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters, cut at a word border with "…"; never inside an entity such as ``&amp;``."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return "…"[:limit]
    head = text[: limit - 1]
    entity = head.rfind("&")
    if entity > head.rfind(";") and entity >= len(head) - 5:
        head = head[:entity]
    border = head.rfind(" ")
    if border >= limit // 2:
        head = head[:border]
    # A semicolon stays: it may be the end of an entity.
    return head.rstrip(" ,·—–-") + "…"
