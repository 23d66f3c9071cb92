"""Counts in a digest: which shelf, how many lines, for whom, and how far the week has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.views.alerts.lines import Lead, Line, LineButton
from bot.views.alerts.told import day_of, name_of, parts, text, whole
from bot.views.words import (
    DOT,
    WARNING,
    Bold,
    Phrase,
    clean,
    counted,
    cut,
    day,
    mrkdwn,
    number,
    percent,
    plain,
)
from domain.model.alert import Alert, AlertKind, Facts

COUNT, BLIND = "count", "blind"
COLUMNS = (
    "unit",
    "place",
    "for",
    "item_number",
    "item",
    "class",
    "last_counted",
    "why",
    "planned_on",
    "counted",
)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class CountDueLines:
    @property
    def kind(self) -> AlertKind:
        return AlertKind.COUNT_DUE

    def lead(self, alerts: Sequence[Alert], *, place: str, today: date) -> Lead:
        facts = [alert.finding.facts for alert in alerts]
        lines = sum(len(parts(one, "lines")) for one in facts)
        late = sum(bool(one.get("late")) for one in facts)
        said: list[str] = []
        asked = sum(bool(one.get("asked")) for one in facts)
        if asked:
            said += [f"{WARNING} {_shelves(asked)} can not hold what the books say. "]
        if late:
            said += [f"{WARNING} {_shelves(late)} waited for a week. "]
        weeks = {whole(one, "unit_id"): one for one in facts if not one.get("asked")}
        if weeks:
            done = sum(whole(one, "week_counted") for one in weeks.values())
            of = sum(whole(one, "week_lines") for one in weeks.values())
            said += ["This week ", Bold(f"{number(done)} of {number(of)}"), " lines are counted. "]
            covered = _coverage(list(weeks.values()))
            if covered:
                said += [f"Counted in time: {covered}."]
        title = f"{place}: {_shelves(len(alerts))} to count, {counted(lines, 'line')}"
        return Lead(title=cut(title, 150), text=mrkdwn(tuple(said)) or "As planned.", columns=COLUMNS)

    def line(self, alert: Alert, *, today: date) -> Line:
        facts = alert.finding.facts
        phrases = _phrases(facts, today=today)
        return Line(
            text="\n".join(mrkdwn(phrase) for phrase in phrases),
            plain=". ".join(plain(phrase) for phrase in phrases),
            row=_row(facts),
            buttons=(
                LineButton(f"Count this {text(facts, 'what') or 'shelf'}", COUNT),
                LineButton("Count blind", BLIND),
            ),
        )


def _shelves(count: int) -> str:
    return "1 shelf" if count == 1 else f"{number(count)} shelves"


def _coverage(weeks: Sequence[Facts]) -> str:
    """ "A 92%, B 80%, C 99%"."""
    sums: dict[str, list[int]] = {}
    for one in weeks:
        found = one.get("coverage")
        for abc, pair in found.items() if isinstance(found, dict) else ():
            if isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, int) for each in pair):
                total = sums.setdefault(abc, [0, 0])
                total[0] += int(str(pair[0]))
                total[1] += int(str(pair[1]))
    return ", ".join(f"{abc} {percent(done / of)}" for abc, (done, of) in sorted(sums.items()) if of)


def _phrases(facts: Facts, *, today: date) -> tuple[Phrase, ...]:
    lines = parts(facts, "lines")
    person = clean(text(facts, "person"))
    classes = Counter(text(line, "abc") for line in lines)
    mix = ", ".join(f"{n} {abc}" for abc, n in sorted(classes.items()) if abc)
    of = whole(facts, "of")
    left = (
        counted(len(lines), "line")
        if len(lines) == of
        else f"{number(len(lines))} of {counted(of, 'line')} left"
    )
    first: Phrase = (
        Bold(clean(text(facts, "path"))),
        f" — {left} ({mix})",
        *((" for ", Bold(person)) if person else ()),
    )
    names = [name_of(line) for line in lines]
    if facts.get("asked"):
        why = [f"{name_of(line)}: {text(line, 'why')}" for line in lines]
        return (first, (f"{WARNING} {cut('; '.join(why), 260)}",))
    shown = ", ".join(cut(name, 60) for name in names[:_NAMED])
    more = f" and {number(len(names) - _NAMED)} more" if len(names) > _NAMED else ""
    return (first, (f"{shown}{more}",), (_when(facts, today=today),))


def _when(facts: Facts, *, today: date) -> str:
    lines = parts(facts, "lines")
    days = [found for line in lines if (found := day_of(line, "last")) is not None]
    oldest = (
        "never counted before"
        if len(days) < len(lines)
        else f"last counted {day(min(days), today=today)}" if days else ""
    )  # fmt: skip
    planned = day_of(facts, "planned_on")
    since = day_of(facts, "waiting_since")
    if facts.get("late") and since is not None:
        return f"{WARNING} waiting since {day(since, today=today)}{DOT}{oldest}"
    if planned is not None and planned < today:
        return f"planned for {day(planned, today=today)}{DOT}{oldest}"
    return oldest


def _row(facts: Facts) -> tuple[str, ...]:
    lines = parts(facts, "lines")

    def each(name: str) -> str:
        return "; ".join(str(line.get(name) or "") for line in lines)

    names = "; ".join(name_of(line) for line in lines)
    return (
        text(facts, "unit"), text(facts, "path"), text(facts, "person"), each("number"), names, each("abc"), each("last"),
        each("why"), text(facts, "planned_on"), "",
    )  # fmt: skip
