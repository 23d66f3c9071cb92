"""When: a window of days, an hour, or something that recurs, from the words that were labelled a window.

The days themselves are read by ``windows``; here the words around them are: "by 7am", "every friday", "since seven this
morning", "last nite". An expiry date is read as labels print it: 03/27 is March 2027, good to its last day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time

from bot.understanding.periods import WEEKDAYS, month
from bot.understanding.spoken import digits_for_words
from bot.understanding.windows import Looking, window_of
from domain.model.window import DateWindow


@dataclass(frozen=True, slots=True)
class Every:
    """A recurrence: ``unit`` is hour, shift, day, week, month, quarter or year; ``weekday`` 0 is Monday; ``part`` "morning"."""

    unit: str
    weekday: int | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """``first`` to ``last`` are days, both included. ``hour`` is of the last day ("by 7am") or the first ("since 7am").

    ``rough``: the words name no exact days ("flu season"), or two readings are likely; what was taken has to be asked.
    """

    text: str = field(compare=False)
    first: date | None = None
    last: date | None = None
    every: Every | None = None
    hour: time | None = None
    rough: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def window(self) -> DateWindow | None:
        """The days as the ask side takes them, labelled as said."""
        return (
            None if self.first is None or self.last is None else DateWindow(self.first, self.last, self.text)
        )

    @property
    def known(self) -> bool:
        """Was anything read?"""
        return self.first is not None or self.every is not None


_OUTSIDE = re.compile(
    r"(?:(?:since|by|before|until|till|within|after|past|last|next|this|previous|coming|every|each)"
    r"(?: the)? |in (?=\d|a |the next)"
    r"|(?:between|from) [^?.!]{1,25} (?:and|to|through) )$",
    re.IGNORECASE,
)


def whole_window(text: str, *, start: int, end: int) -> str:
    """The labelled words ``text[start:end]``, with a "since" or "next" that the label left outside."""
    before = _OUTSIDE.search(text[:start])
    return text[before.start() if before else start : end]


_SLIPS = (
    (re.compile(r"\bnite\b"), "night"),
    (re.compile(r"\byr(s?)\b"), r"year\1"),
    (re.compile(r"\bwk(s?)\b"), r"week\1"),
    (re.compile(r"\bmo(s?)\b(?!\w)"), r"month\1"),
    (re.compile(r"\bqtr\b"), "quarter"),
    (re.compile(r"\bfiscal year (?:ends?|is over|closes)\b"), "end of year"),
    (re.compile(r"\b(month|quarter|year|week) (?:ends?|is over|closes)\b"), r"\1 end"),
    (re.compile(r"\b(?:until|before|by|til|till) then\b"), ""),
)  # fmt: skip
_RECURRING = re.compile(
    r"(?:(?:on |in the )?(?:every|each)(?: single)? (?P<other>other )?(?P<what>[a-z]+)(?: (?P<part>morning|afternoon|evening|night))?"
    r"|(?:on )?(?P<plural>[a-z]+days|weekends|weekdays|mornings|nights|evenings)"
    r"|(?P<adverb>hourly|daily|nightly|weekly|monthly|quarterly|yearly|annually))"
)
_ADVERBS = {
    "hourly": "hour", "daily": "day", "nightly": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "yearly": "year", "annually": "year",
}  # fmt: skip
_PARTS = ("morning", "afternoon", "evening", "night")
_HOUR = re.compile(
    r"(?P<h>\d{1,2})(?::(?P<m>\d\d))? ?(?P<half>a\.?m\.?|p\.?m\.?|in the (?P<day>morning|afternoon|evening)"
    r"|tonight|this (?P<this>morning|afternoon|evening))"
    r"|(?P<clock>\d{1,2}:\d\d)|(?P<army>[012]\d[0-5]\d)(?: ?(?:hrs?|hours))?|(?P<word>noon|midday|midnight)"
)
_EDGE = re.compile(r"^(?P<edge>by|before|until|till?|since|after|from|at|around|no later than)\s+")
_DAY_PARTS = re.compile(
    r"(?:the )?(?:night shift|day shift|shift change|shift|bedtime|rounds|lunch|dinner|breakfast|first case)"
)
_SEASONS: dict[str, tuple[int, int]] = {
    "flu season": (10, 3), "rsv season": (10, 3), "holiday season": (11, 12), "trauma season": (5, 9), "cold season": (10, 3),
}  # fmt: skip
_BARE_MONTH = re.compile(r"(?P<m>\d{1,2})\s?/\s?(?P<y>\d\d)")
_LONGEST_SHELF_LIFE = 4
"""Years; what a label would date beyond them may as well be a day of this one."""
_TAIL = re.compile(r"^(?P<days>.+?) (?:surge|rush|season|peak|wave|census|push)$")
_TOLD = re.compile(r"^(?P<edge>since|after|before|until) .*\b(?:in|on|of) (?P<days>.+)$")
_WEEK = re.compile(r"(?:in )?(?:week|wk) (?P<n>\d{1,2})")
_FISCAL_QUARTER = re.compile(r"(?:q(?P<q>[1-4]) (?:of )?fy ?'?(?P<y>\d\d)|fy ?'?(?P<y2>\d\d) q(?P<q2>[1-4]))")


def when_of(
    text: str, *, today: date, looking: Looking, expiry: bool = False, start: int = 0, end: int = 0
) -> When:
    """What ``text`` says of time; ``known`` is False where nothing was read. ``expiry``: it is the date on a label.

    An hour without a day is of ``today``. Never raises.
    """
    label = " ".join(text.split())[:60].strip(" ,.;")
    said = digits_for_words(label.casefold().replace("’", "'").replace("–", "-"))
    for slip, right in _SLIPS:
        said = slip.sub(right, said)
    said = " ".join(said.split()).strip(" -?!")
    made = _recurring(said, label)
    if made is None and expiry and (match := _BARE_MONTH.fullmatch(_until_stripped(said))):
        made = _label_month(match, label, today)
    if made is None:
        made = _days(said, label, today, Looking.AHEAD if expiry else looking)
    if made is None:
        made = _hours(said, label, today, looking)
    if made is None:
        made = _roughly(said, label, today, looking)
    found = made or When(label)
    return When(found.text, found.first, found.last, found.every, found.hour, found.rough, start, end)


def _until_stripped(said: str) -> str:
    return re.sub(r"^(?:until|till?|thru|through|by|of|is|on)\s+", "", said)


def _recurring(said: str, label: str) -> When | None:
    match = _RECURRING.fullmatch(said)
    if match is None:
        return None
    if match["adverb"]:
        return When(
            label,
            every=Every(_ADVERBS[match["adverb"]], part="night" if match["adverb"] == "nightly" else ""),
        )
    word = (match["what"] or match["plural"]).removesuffix("s") if match["plural"] else match["what"]
    part = match["part"] or ""
    if word in _PARTS:
        return When(label, every=Every("day", part=word))
    if word in WEEKDAYS:
        return When(label, every=Every("week", WEEKDAYS[word], part), rough=bool(match["other"]))
    if word in ("hour", "shift", "day", "week", "month", "quarter", "year", "weekend", "weekday"):
        every = Every(word, part=part)
        return When(label, every=every, rough=bool(match["other"]))
    return None


def _label_month(match: re.Match[str], label: str, today: date) -> When | None:
    """03/27 on a label: good to the last day of March 2027. Long over or far off, it may be a day of this year, and is rough."""
    number, year = int(match["m"]), 2000 + int(match["y"])
    if not 1 <= number <= 12:
        return None
    first, last = month(year, number)
    unlikely = last < today or year > today.year + _LONGEST_SHELF_LIFE
    return When(label, first, last, rough=unlikely and int(match["y"]) <= 31)


def _days(said: str, label: str, today: date, looking: Looking) -> When | None:
    if match := _FISCAL_QUARTER.fullmatch(said):
        said = f"q{match['q'] or match['q2']} 20{match['y'] or match['y2']}"
    if match := _WEEK.fullmatch(said):
        return _week_of_year(int(match["n"]), label, today, looking)
    window = window_of(said, today=today, looking=looking)
    return None if window is None else When(label, window.start, window.end)


def _week_of_year(number: int, label: str, today: date, looking: Looking) -> When | None:
    """ISO week ``number`` of this year, or of the next or last where this year's is on the wrong side."""
    if not 1 <= number <= 53:
        return None
    years = (today.year, today.year + 1) if looking is Looking.AHEAD else (today.year, today.year - 1)
    for year in years:
        try:
            monday, sunday = date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
        except ValueError:
            continue
        if (sunday >= today) if looking is Looking.AHEAD else (monday <= today):
            return When(label, monday, sunday)
    return None


def _hours(said: str, label: str, today: date, looking: Looking) -> When | None:
    match = _EDGE.match(said)
    edge, rest = (match["edge"], said[match.end() :]) if match else ("", said)
    if between := re.fullmatch(r"between (?P<one>.+?) and (?P<two>.+)", said):
        one, two = _hour(between["one"]), _hour(between["two"], bare=True)
        return When(label, today, today, hour=two) if one is not None and two is not None else None
    if _DAY_PARTS.fullmatch(rest):
        return When(label, today, today)
    hour = _hour(rest, bare=edge != "")
    if hour is not None:
        return When(label, today, today, hour=hour)
    words = rest.split()
    for cut in range(1, len(words)):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        for day, clock in ((left, right), (right, left)):
            hour = _hour(re.sub(r"^(?:at|by) ", "", clock))
            window = (
                window_of(f"{edge} {day}".strip(), today=today, looking=looking) if hour is not None else None
            )
            if window is not None:
                return When(label, window.start, window.end, hour=hour)
    return None


def _hour(said: str, *, bare: bool = False) -> time | None:
    """ "7am", "7 in the morning", "1500", "noon"; ``bare``: a figure alone is an hour too."""
    if bare and re.fullmatch(r"\d{1,2}", said) and int(said) < 24:
        return time(int(said))
    match = _HOUR.fullmatch(said)
    if match is None:
        return None
    if match["word"]:
        return time(0) if match["word"] == "midnight" else time(12)
    if match["army"]:
        return time(int(match["army"][:2]), int(match["army"][2:])) if int(match["army"]) < 2400 else None
    if match["clock"]:
        hours, minutes = (int(part) for part in match["clock"].split(":"))
        return time(hours, minutes) if hours < 24 and minutes < 60 else None
    hours, minutes = int(match["h"]), int(match["m"] or 0)
    if not 1 <= hours <= 12 or minutes > 59:
        return None
    half = match["half"]
    late = (
        half.startswith("p")
        or half == "tonight"
        or (match["day"] or match["this"]) in ("afternoon", "evening")
    )
    return time(hours % 12 + (12 if late else 0), minutes)


def _roughly(said: str, label: str, today: date, looking: Looking) -> When | None:
    """Seasons and stories: the days in them, marked as rough."""
    bare = re.sub(r"^(?:the |during |for |in |this |next |last )+", "", said)
    if bare in _SEASONS:
        first, last = _SEASONS[bare]
        years = range(today.year - 1, today.year + 2)
        found = [(month(year, first)[0], month(year + (last < first), last)[1]) for year in years]
        if looking is Looking.AHEAD:
            start, end = next((pair for pair in found if pair[1] >= today), found[-1])
        else:
            start, end = next((pair for pair in reversed(found) if pair[0] <= today), found[0])
        return When(label, start, end, rough=True)
    if match := _TAIL.fullmatch(said):
        made = _days(match["days"], label, today, looking)
        return None if made is None else When(label, made.first, made.last, rough=True)
    if match := _TOLD.fullmatch(said):
        made = _days(f"{match['edge']} {match['days']}", label, today, looking)
        return None if made is None else When(label, made.first, made.last, rough=True)
    return None
