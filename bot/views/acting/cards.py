"""An action read back: what it would do, where, for whom, what stands against it; and what becomes of the card."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.views.acting import wording
from bot.views.acting.parts import (
    CANCEL,
    CHOOSE,
    CONFIRM,
    EDIT,
    OVERRIDE,
    Panel,
    PressButton,
    below,
    drawn,
    offering,
    on_top,
)
from bot.views.acting.shown import Card, Closed, KnownLine, Refusal
from bot.views.card import Part, context, section
from bot.views.naming import item_name, place_path
from bot.views.rendered import Block, Rendered
from bot.views.words import WARNING, Bold, Phrase, clean, counted, cut, escape, joined
from domain.usecases.act.plans import Obstacle, Pick, Plan, PlannedLine, Problem
from domain.usecases.act.requests import Count, Quarantine, SetPar

SHOWN_LINES: Final = 20
IN_FULL: Final = 4
"""So many lines are shown with their lots below them; more stand one behind the other."""
PICKS: Final = 6
OTHERS: Final = 3
SHOWN_PROBLEMS: Final = 8


def card(value: Card) -> Rendered:
    """The plan with its buttons, or what is known with the question that is open."""
    rendered = _planned(value, value.plan) if value.plan is not None else _open(value)
    notes = [cut(clean(note), 500) for note in value.notes if clean(note)]
    return on_top(rendered, notes, *([section("\n".join(escape(note) for note in notes))] if notes else []))


# ---------------------------------------------------------------------------------------------- with a plan


def _planned(value: Card, plan: Plan) -> Rendered:
    title: Phrase = (Bold(wording.plan_title(value.action, plan)),)
    destination = None if plan.destination == plan.source else plan.destination
    facts = wording.ways(
        value.action,
        source=plan.source,
        destination=destination,
        target=plan.target,
        in_transit=plan.in_transit,
    )
    facts += wording.circumstances(plan.request)
    parts = [*_lines(value, plan), *_problems(plan)]
    cost = wording.cost(plan.cost, plan.currency)
    worth = "difference worth " if isinstance(plan.request, Count) else "worth "
    total = (worth, *cost) if cost and not _hides_picks(plan) else ()
    rendered = drawn(title, facts, parts=parts, small_print=_small_print(value, total))
    return _with_buttons(rendered, value)


def _with_buttons(rendered: Rendered, value: Card) -> Rendered:
    panel = Panel(value.subject, value.version)
    blocks: list[Block] = []
    if value.question is not None:
        blocks += [section(f"*{escape(cut(clean(value.question.text), 500))}*")]
        blocks += panel.choosing(CHOOSE, value.question.answers)
    buttons: list[PressButton] = []
    if value.powers.confirm:
        buttons.append(PressButton("Confirm", CONFIRM, style="primary"))
    elif value.powers.override:
        buttons.append(PressButton("Override…", OVERRIDE, style="danger", aloud="Override and say why"))
    typed = value.question is not None and value.question.typed
    if value.powers.edit or typed:
        buttons.append(PressButton("Type it in…" if typed and value.plan is None else "Change…", EDIT))
    buttons.append(PressButton("Cancel", CANCEL))
    rendered = offering(rendered, [each.label for each in buttons])
    return below(rendered, *blocks, panel.row(buttons))


def _small_print(value: Card, *before: Phrase) -> tuple[Phrase, ...]:
    asker = (f"asked by {clean(value.asker)}",) if clean(value.asker) else ()
    until = (f"nothing is recorded before you confirm; open until {wording.clock(value.expires_at)}",)
    return wording.small_print(*before, asker, until)


def _lines(value: Card, plan: Plan) -> list[Part]:
    if len(plan.lines) == 1:
        return [Part(tuple(_single(plan, plan.lines[0], value)))]
    if len(plan.lines) <= IN_FULL:
        return [Part(tuple(_full(plan, index, line, value))) for index, line in enumerate(plan.lines)]
    lines = [_short(plan, line, value) for line in plan.lines[:SHOWN_LINES]]
    left = len(plan.lines) - SHOWN_LINES
    more = [Part(((f"and {counted(left, 'more item')}: Change… lists them all.",),))] if left > 0 else []
    return [Part(tuple(lines), listed=True), *more]


def _single(plan: Plan, line: PlannedLine, value: Card) -> list[Phrase]:
    """The title names the item: what is left to say is how much that is and from which lots."""
    said: list[Phrase] = []
    if isinstance(plan.request, Count):
        said.append((Bold(wording.counted_line(line, blind=plan.request.blind)),))
    elif not isinstance(plan.request, SetPar | Quarantine) and " = " in wording.amount(line):
        said.append((wording.amount(line),))
    return [*said, *_lots(plan, line, value), *_others(plan, line, value)]


def _full(plan: Plan, index: int, line: PlannedLine, value: Card) -> list[Phrase]:
    lead: Phrase = (Bold(cut(item_name(line.item), 200)), " — ", _much(plan, line))
    cost = wording.cost(line.cost, plan.currency)
    if cost and not isinstance(plan.request, Quarantine | Count):
        lead = (*lead, ", ", *cost)
    about = [wording.problem_line(each) for each in plan.problems if each.line == index]
    return [lead, *_lots(plan, line, value), *about]


def _short(plan: Plan, line: PlannedLine, value: Card) -> Phrase:
    lead = (Bold(cut(item_name(line.item), 120)), " — ", _much(plan, line))
    if _hides_picks(plan) or not line.picks:
        return lead
    several = len(line.picks) > 1
    lots = [wording.pick_short(pick, several=several, today=value.today) for pick in line.picks[:2]]
    if len(line.picks) > len(lots):
        lots.append(f"{len(line.picks) - len(lots)} more lots")
    return (*lead, "; ", ", ".join(lots))


def _much(plan: Plan, line: PlannedLine) -> str:
    if isinstance(plan.request, Count):
        return wording.counted_line(line, blind=plan.request.blind)
    return wording.amount(line)


def _hides_picks(plan: Plan) -> bool:
    """The differences of a blind count would tell what the books say; a par moves nothing."""
    return isinstance(plan.request, SetPar) or (isinstance(plan.request, Count) and plan.request.blind)


def _lots(plan: Plan, line: PlannedLine, value: Card) -> list[Phrase]:
    if _hides_picks(plan) or isinstance(plan.request, Count):
        return []
    several = len(line.picks) > 1
    held = isinstance(plan.request, Quarantine)
    lots = len({pick.lot_id for pick in line.picks}) > 1
    found = [
        wording.held_line(pick, line=line, lots=lots)
        if held
        else wording.pick_line(
            pick,
            line=line,
            several=several,
            place=_elsewhere(plan, pick),
            alone=len(plan.lines) == 1,
            today=value.today,
        )
        for pick in line.picks[:PICKS]
    ]
    left = len(line.picks) - PICKS
    noun = "more place" if held else "more lot"
    if left > 0:
        found.append((f"and {counted(left, noun)}",))
    found += [(each,) for each in line.said]
    if line.puts is not None and line.puts not in (plan.source, plan.destination):
        found.append(("put on ", Bold(place_path(line.puts))))
    return found


def _elsewhere(plan: Plan, pick: Pick) -> str:
    """Where the lot is taken from, where that is not the place that the card names; inside it, the way from there."""
    if pick.place in (plan.source, plan.destination):
        return ""
    around = plan.source or plan.destination
    return place_path(pick.place, asked=(around,) if around is not None else ())


def _others(plan: Plan, line: PlannedLine, value: Card) -> list[Phrase]:
    """Lots that could be taken instead, each once on however many shelves it lies."""
    if _hides_picks(plan) or not line.others:
        return []
    found = dict.fromkeys(wording.pick_short(each, several=False, today=value.today) for each in line.others)
    names = list(found)[:OTHERS]
    left = len(found) - OTHERS
    more = f" and {left} more" if left > 0 else ""
    return [(f"Also there: {', '.join(names)}{more}.",)]


def _problems(plan: Plan) -> list[Part]:
    """Those of the whole action, and those of lines that are not shown with theirs below them."""
    in_place = len(plan.lines) <= IN_FULL and len(plan.lines) != 1
    wanted = [each for each in plan.problems if each.line is None or not in_place]
    shown = [wording.problem_line(each, about=_about(plan, each)) for each in wanted[:SHOWN_PROBLEMS]]
    left = len(wanted) - SHOWN_PROBLEMS
    if left > 0:
        shown.append((f"and {counted(left, 'more point')} to look at: Change… shows every line.",))
    return [Part(tuple(shown))] if shown else []


def _about(plan: Plan, problem: Problem) -> str:
    """Which line a problem is about, where there are several and the sentence may not say."""
    if problem.line is None or len(plan.lines) == 1 or not 0 <= problem.line < len(plan.lines):
        return ""
    if problem.obstacle in (Obstacle.NOT_PERMITTED, Obstacle.OVER_LIMIT):
        return ""
    name = cut(item_name(plan.lines[problem.line].item), 60)
    return "" if name in problem.sentence else name


# ---------------------------------------------------------------------------------------------- with a question


def _open(value: Card) -> Rendered:
    title: Phrase = (Bold(wording.known_title(value.action, value.lines)),)
    facts = wording.ways(
        value.action, source=value.source, destination=value.destination, target=value.target
    )
    parts = []
    if len(value.lines) > 1:
        shown = tuple(_known(line) for line in value.lines[:SHOWN_LINES])
        parts.append(Part(shown, listed=True))
        if len(value.lines) > SHOWN_LINES:
            left = counted(len(value.lines) - SHOWN_LINES, "more item")
            parts.append(Part(((f"and {left}",),)))
    rendered = drawn(title, facts, parts=parts)
    if value.question is not None:
        spoken = [cut(clean(value.question.text), 500)]
        spoken += [
            f"{n}. {clean(each.label)}" + (f" — {clean(each.detail)}" if clean(each.detail) else "")
            for n, each in enumerate(value.question.answers[:SHOWN_LINES], start=1)
        ]
        rendered = replace(rendered, text=cut("\n".join([rendered.text, *spoken]), 3300))
    then = (f"then {counted(value.open - 1, 'more question')}",) if value.open > 1 else ()
    small = "".join(joined(_small_print(value, then)))
    rendered = _with_buttons(rendered, value)
    *before, buttons = rendered.blocks
    return replace(
        rendered,
        text=f"{rendered.text}\n{small}",
        blocks=(*before, buttons, context(escape(small))),
    )


def _known(line: KnownLine) -> Phrase:
    name = item_name(line.item) if line.item is not None else f"“{clean(line.said)}”"
    lot = f", lot {clean(line.lot)}" if clean(line.lot) else ""
    much = f" — {wording.entered(line.amount)}" if clean(line.amount) else ""
    return (Bold(cut(name, 200)), f"{much}{lot}")


# ---------------------------------------------------------------------------------------------- the end of a card


def closed(value: Closed) -> Rendered:
    """One line that says what became of it; a way to begin again, perhaps."""
    text = cut(clean(value.text), 1500) or "This card is closed."
    rendered = Rendered(text=text, blocks=(context(escape(text)),))
    if not value.again:
        return rendered
    row = Panel(value.subject, value.version).row([PressButton("Ask again", CHOOSE, "again")])
    return below(offering(rendered, ["Ask again"]), row)


def refusal(value: Refusal) -> Rendered:
    """What is not done and why, then what may be done instead."""
    lines: list[Phrase] = [(cut(clean(each), 400),) for each in value.remedies if clean(each)]
    parts = (Part(tuple(lines), listed=len(lines) > 1),) if lines else ()
    sentence = cut(clean(value.text), 600) or "That is not possible."
    rendered = drawn((f"{WARNING} ", Bold(sentence)), parts=parts)
    if not value.subject:
        return rendered
    panel = Panel(value.subject, value.version)
    rows = panel.choosing(CHOOSE, value.answers, prompt="Do this instead")
    if value.override:
        override = PressButton("Override…", OVERRIDE, style="danger", aloud="Override and say why")
        rows.append(panel.row([override]))
    labels = [answer.label for answer in value.answers] + ["Override"] * value.override
    return below(offering(rendered, labels), *rows)
