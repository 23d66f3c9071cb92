"""Windows of days as people say them, in the facility's calendar.

Expiry looks ahead and use looks back, so one word may mean two windows: "friday" is the coming or the last one, "this
month" what is left of it or what has passed of it. A window given by dates is taken as it stands.

Lengths: "last 30 days" are the 30 days that end today; "next 30 days" and "within 30 days" end on the thirtieth day from
today, so that a lot which lapses in exactly 30 days is inside. "last month", "last week" are the calendar's; "past month"
is a month back from today. Weeks begin on Monday.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from bot.understanding.periods import Period, add_months, candidates
from bot.understanding.spoken import digits_for_words
from domain.model.window import DateWindow


class Looking(StrEnum):
    AHEAD = "ahead"
    BACK = "back"


_COUNT = (
    r"(?:(?P<n>\d{1,4})|(?P<a>a|an)|(?P<couple>(?:a |the )?couple(?: of)?)"
    r"|(?P<few>(?:a |the )?(?:few|several))|(?P<half>half an?))"
)
_LENGTH = rf"{_COUNT}[ -]?(?P<unit>hour|hr|day|night|week|wk|fortnight|month|mo|quarter|year|yr)s?"
_AHEAD = r"(?:in|within|inside|under|less than|(?:over |in |within |for |during )?(?:the )?(?:next|coming|upcoming|following)|for the next)"
_BACK = r"(?:(?:over |in |within |for |during )?(?:the )?(?:last|past|previous|prior|trailing))"
_ROLLING_AHEAD = re.compile(rf"(?:{_AHEAD} )?{_LENGTH}(?: (?P<on>from (?:now|today)|out|ahead))?")
_LENGTH_ONLY = re.compile(rf"(?:the )?{_LENGTH}")
_ROLLING_BACK = re.compile(rf"{_BACK} {_LENGTH}")
_AGO = re.compile(rf"(?:since )?{_LENGTH} (?:ago|back)")
_PAST_UNIT = re.compile(
    rf"(?:(?:over |in |for |during )?(?:the )?(?:past|trailing)|{_BACK} (?=fortnight)) ?(?P<unit>day|week|fortnight|month|quarter|year)"
)
_NEXT_FORTNIGHT = re.compile(r"(?:(?:in |over |within )?(?:the )?(?:next|coming) |a )?fortnight")
_SOON = re.compile(r"(?:very |pretty |real )?(?:soon|shortly|short|near term|anytime soon)")
_LATELY = re.compile(r"(?:lately|recently|of late)")
_RECURRING = re.compile(r"(?:every|each|daily|weekly|monthly|nightly)\b.*")
_RANGE = re.compile(
    r"(?:between|from)? ?(?P<one>.+?) ?(?:\band\b|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill?\b|–|—|\s-\s|-) ?(?P<two>.+)"
)
_SINCE = re.compile(r"(?P<word>since|from|starting|beginning|after|past) (?P<rest>.+?)(?: on| onwards?)?")
_UNTIL = re.compile(
    r"(?P<word>by|until|till?|'til|thru|through|before|prior to|no later than|up to|b4) (?:the )?(?P<rest>.+)"
)
_LEADING = re.compile(r"^(?:in|on|for|during|over|of|at|dated?) (?:the )?(?=\S)")
_DAYS = {"hour": 1 / 24, "hr": 1 / 24, "day": 1, "night": 1, "week": 7, "wk": 7, "fortnight": 14}
_MONTHS = {"month": 1, "mo": 1, "quarter": 3, "year": 12, "yr": 12}
_LONGEST_DAYS = 40_000
_NEARLY_OVER = 31


def window_of(text: str, *, today: date, looking: Looking) -> DateWindow | None:
    """The window that ``text`` names, labelled as it was said; None where it names none, or something that recurs.

    >>> window_of("next two weeks", today=date(2026, 11, 22), looking=Looking.AHEAD).end
    datetime.date(2026, 12, 6)
    """
    label = " ".join(text.split())[:60]
    said = _plain(text)
    if not said or _RECURRING.fullmatch(said):
        return None
    period = _window(said, today, looking)
    return None if period is None else DateWindow(period[0], max(period), label)


_STARTS = re.compile(
    r"(?<![\w/.-])(?:(?:in|within|over|for|during|under) (?:the )?(?:next|last|past|coming|previous)|in \d+|in (?:a|one|two|six)|within"
    r"|next|last|past|previous|this|coming|since|by|before|until|till|between|from|today|tomorrow|tmrw|yesterday|tonight|overnight"
    r"|ytd|mtd|qtd|year to date|month to date|so far|q[1-4]|fy ?\d\d|soon|shortly|recently|lately|(?:in|for|during) (?=[a-z]{3,9}\b)"
    r"|20\d\d-\d)",
    re.IGNORECASE,
)
_LONGEST_WORDS = 8
_NO_WINDOW = re.compile(r"(?:from|by|before|until|till|past|this) \d+(?:\.\d+)?", re.IGNORECASE)


def window_in(text: str, *, today: date, looking: Looking) -> DateWindow | None:
    """The first window that stands anywhere in ``text``, in a form that can hardly mean anything else; None if none does.

    >>> window_in("what expires next week in ICU", today=date(2026, 11, 22), looking=Looking.AHEAD).label
    'next week'
    """
    text = text[:500]
    for match in _STARTS.finditer(text):
        if match[0].lower() == "by" and re.search(r"\d\W{0,3}$", text[: match.start()]):
            continue  # "4 by 3/4" is a size
        words = text[match.start() :].split()[:_LONGEST_WORDS]
        for length in range(len(words), 0, -1):
            said = " ".join(words[:length]).strip(" ?.!,;")
            if _NO_WINDOW.fullmatch(said):
                continue
            window = window_of(said, today=today, looking=looking)
            if window is not None:
                return window
    return None


def _plain(text: str) -> str:
    said = text.casefold().replace("\u2019", "'").replace("\u2013", "-").replace("\u2014", "-")
    said = re.sub(r"[?!;,]+|\.+(?=\s|$)", " ", said)
    said = re.sub(r"(?<=[a-z])'s\b|(?<=year)s'", "s", said)
    return re.sub(r"\s+", " ", digits_for_words(said)).strip(" -")


def _window(said: str, today: date, looking: Looking) -> Period | None:
    found = _rolling(said, today, looking)
    if found is None:
        found = _named(said, today, looking)
    if found is None and (match := _UNTIL.fullmatch(said)):
        found = _until(match, today, looking)
    if found is None and (match := _RANGE.fullmatch(said)):
        found = _range(match["one"], match["two"], today, looking)
    if found is None and (match := _SINCE.fullmatch(said)):
        found = _since(match, today, looking)
    if found is None and (match := _LEADING.match(said)):
        return _window(said[match.end() :], today, looking)
    return found


def _rolling(said: str, today: date, looking: Looking) -> Period | None:
    if _SOON.fullmatch(said):
        return today, today + timedelta(days=30)
    if _LATELY.fullmatch(said):
        return today - timedelta(days=29), today
    if match := _ROLLING_BACK.fullmatch(said):
        return _back(match, today)
    if match := _PAST_UNIT.fullmatch(said):
        return _shift_back(1, match["unit"], today)
    if (match := _ROLLING_AHEAD.fullmatch(said)) and (match["on"] or not _LENGTH_ONLY.fullmatch(said)):
        return _ahead(match, today)
    if _NEXT_FORTNIGHT.fullmatch(said):
        return (
            (today, today + timedelta(days=14))
            if looking is Looking.AHEAD
            else _shift_back(1, "fortnight", today)
        )
    if match := _AGO.fullmatch(said):
        start = _back(match, today)[0] - timedelta(days=1)
        return (start, today) if said.startswith("since") or looking is Looking.BACK else (start, start)
    if match := _LENGTH_ONLY.fullmatch(said):
        return _ahead(match, today) if looking is Looking.AHEAD else _back(match, today)
    return None


def _amount(match: re.Match[str]) -> float:
    parts = match.groupdict()
    if parts["n"]:
        return min(int(parts["n"]), _LONGEST_DAYS)
    if parts["a"]:
        return 1
    if parts["couple"]:
        return 2
    return 0.5 if parts["half"] else 3


def _ahead(match: re.Match[str], today: date) -> Period:
    amount, unit = _amount(match), match["unit"]
    if unit in _DAYS:
        days = min(-int(-amount * _DAYS[unit] // 1), _LONGEST_DAYS)
        return today, today + timedelta(days=days)
    count = amount * _MONTHS[unit]
    if count != int(count):
        return today, today + timedelta(days=15)
    return today, add_months(today, min(int(count), 1200))


def _back(match: re.Match[str], today: date) -> Period:
    return _shift_back(_amount(match), match["unit"], today)


def _shift_back(amount: float, unit: str, today: date) -> Period:
    if unit in _DAYS:
        days = max(1, min(-int(-amount * _DAYS[unit] // 1), _LONGEST_DAYS))
        return today - timedelta(days=days - 1), today
    count = amount * _MONTHS[unit]
    if count != int(count):
        return today - timedelta(days=14), today
    return add_months(today, -min(int(count), 1200)) + timedelta(days=1), today


def _named(said: str, today: date, looking: Looking) -> Period | None:
    found = candidates(said, today=today)
    if not found:
        return None
    start, end = _nearest(found, today, looking)
    if looking is Looking.AHEAD and start < today <= end:
        return today, end
    if looking is Looking.BACK and start < today < end:
        return start, today
    return start, end


def _nearest(found: list[Period], today: date, looking: Looking) -> Period:
    """The one under way or next where the question looks ahead; the one under way or last where it looks back."""
    if looking is Looking.AHEAD:
        return next((period for period in found if period[1] >= today), found[-1])
    return next((period for period in reversed(found) if period[0] <= today), found[0])


def _until(match: re.Match[str], today: date, looking: Looking) -> Period | None:
    found = candidates(match["rest"], today=today)
    if not found:
        return None
    period = _nearest(found, today, looking)
    end = period[0] - timedelta(days=1) if match["word"] in ("before", "prior to", "b4") else period[1]
    if looking is Looking.AHEAD and end >= today:
        return today, end
    return end - timedelta(days=364), end


def _since(match: re.Match[str], today: date, looking: Looking) -> Period | None:
    found = candidates(match["rest"], today=today)
    if not found:
        return None
    ahead = looking is Looking.AHEAD and match["word"] != "since"
    period = _nearest(found, today, Looking.AHEAD if ahead else Looking.BACK)
    start = period[1] + timedelta(days=1) if match["word"] in ("after", "past") else period[0]
    if ahead:
        start = max(start, today)
        return start, add_months(start, 12)
    return min(start, today), today


def _range(one: str, two: str, today: date, looking: Looking) -> Period | None:
    """Two ends of which either may lack its year: the nearest pair in order, on the side the question looks to."""
    month = re.match(r"([a-z]+) \d", one)
    if month and re.fullmatch(r"\d{1,2}(?:st|nd|rd|th)?", two):  # "june 3 to 15"
        two = f"{month[1]} {two}"
    year = re.search(r"\b((?:19|20)\d\d)$", two)
    if year and re.fullmatch(r"[a-z]+(?: \d{1,2})?", one):  # "march to may 2025"
        one = f"{one} {year[1]}"
    firsts, seconds = candidates(one, today=today), candidates(two, today=today)
    pairs: list[Period] = []
    for first in firsts:
        end = next((second[1] for second in seconds if second[0] >= first[0]), None)
        if end is not None:
            pairs.append((first[0], end))
    if not pairs:
        return None
    if looking is Looking.AHEAD:
        return next((pair for pair in pairs if pair[1] >= today), pairs[-1])
    # "October to February", asked in November, is the winter that is over, not the one to come.
    over = [pair for pair in pairs if pair[1] <= today + timedelta(days=_NEARLY_OVER)]
    begun = [pair for pair in pairs if pair[0] <= today]
    start, end = (over or begun or pairs)[-1]
    return start, min(end, today) if start <= today else end
