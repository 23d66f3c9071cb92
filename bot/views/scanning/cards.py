"""What a photograph shows, read back: the things on it, what is doubtful, and what may be done with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.views.acting.parts import (
    CANCEL,
    CHOOSE,
    CONFIRM,
    EDIT,
    Panel,
    PressButton,
    below,
    drawn,
    offering,
    on_top,
)
from bot.views.card import Part, page_value, section
from bot.views.naming import item_name, place_path
from bot.views.rendered import ASK_ACTION, Block, Json, Rendered
from bot.views.scanning.shown import EnrolmentShown, LabelShown, ScanShown
from bot.views.words import WARNING, Bold, Phrase, clean, counted, cut, day, escape, joined

SHOWN_LABELS: Final = 12
FIND: Final = "Where is it?"
SEARCH: Final = "Find the item…"
FEW_BUTTONS: Final = 4


def scan(value: ScanShown) -> Rendered:
    """The labels, then the question with its answers, or what may be done."""
    if len(value.labels) == 1:
        headline, parts = _headline(value.labels[0]), [Part(tuple(_facts(value.labels[0], value)))]
    else:
        headline = (Bold(f"I read {counted(len(value.labels), 'label')}"),)
        shown = value.labels[:SHOWN_LABELS]
        parts = [Part(tuple(line for label in shown for line in _listed(label, value)))]
        left = len(value.labels) - len(shown)
        if left:
            parts.append(Part(((f"and {counted(left, 'more label')}.",),)))
    if value.places:
        where = ", ".join(place_path(place) for place in value.places)
        parts.append(Part((("Place label: ", Bold(where)),)))
    small = ((clean(value.small_print),),) if value.small_print else ()
    rendered = drawn(headline, parts=parts, small_print=small)
    return on_top(_with_buttons(rendered, value), value.notes, *_noted(value.notes))


def _noted(notes: tuple[str, ...]) -> list[Block]:
    kept = [cut(clean(note), 500) for note in notes if clean(note)]
    return [section("\n".join(escape(note) for note in kept))] if kept else []


def _headline(label: LabelShown) -> Phrase:
    if label.item is None:
        return (Bold("I do not know this code"), *((" — ", label.code) if label.code else ()))
    return ("I read ", Bold(cut(item_name(label.item), 200)))


def _facts(label: LabelShown, value: ScanShown) -> list[Phrase]:
    facts: list[Phrase] = []
    if label.copies > 1:
        facts.append((Bold(f"{label.copies} of them"),))
    if label.pack:
        facts.append((f"a {label.pack}", *((f" of {label.holds}",) if label.holds else ())))
    if label.counted:
        facts.append((label.counted,))
    if label.lot:
        facts.append(("lot ", Bold(label.lot)))
    if label.serial:
        facts.append(("serial ", Bold(label.serial)))
    if label.expires_on is not None:
        past = label.expires_on < value.today
        word = f"{WARNING} expired " if past else "expires "
        facts.append((word, Bold(day(label.expires_on, today=value.today))))
    lines: list[Phrase] = [joined(facts)] if facts else []
    lines += [(f"{WARNING} ", warning) for warning in label.warnings]
    lines += [(remark,) for remark in label.remarks]
    return lines


def _listed(label: LabelShown, value: ScanShown) -> list[Phrase]:
    name = f"Unknown code {label.code}".strip() if label.item is None else cut(item_name(label.item), 150)
    first, *rest = _facts(label, value) or [()]
    lead: Phrase = (Bold(name), *((" — ", *first) if first else ()))
    return [lead, *rest]


def _with_buttons(rendered: Rendered, value: ScanShown) -> Rendered:
    panel = Panel(value.subject, value.version)
    blocks: list[Block] = []
    labels: list[str] = []
    if value.question:
        rendered = replace(rendered, text=f"{rendered.text}\n{cut(clean(value.question), 500)}")
        blocks.append(section(f"*{escape(cut(clean(value.question), 500))}*"))
        labels += [answer.label for answer in value.answers]
        blocks += panel.choosing(CHOOSE, value.answers)
        buttons: list[Json] = []
        if value.search:
            buttons.append(panel.button(PressButton(SEARCH, EDIT)))
        if value.find:
            buttons.append(_find(value.find))
        buttons.append(panel.button(PressButton("Leave it", CANCEL)))
        labels += [SEARCH] * value.search + ["Leave it"]
        blocks.append({"type": "actions", "elements": buttons})
    else:
        row: list[Json] = [
            panel.button(
                PressButton(
                    answer.label,
                    CHOOSE,
                    answer.choice,
                    style="primary" if not index else "",
                    aloud=answer.detail,
                )
            )
            for index, answer in enumerate(value.answers)
        ]
        if value.find:
            row.append(_find(value.find))
        labels = [*(answer.label for answer in value.answers), *([FIND] if value.find else [])]
        if row:
            blocks.append({"type": "actions", "elements": row})
    return below(offering(rendered, labels), *blocks)


def _find(token: str) -> dict[str, Json]:
    return {
        "type": "button",
        "action_id": f"{ASK_ACTION}:0",
        "text": {"type": "plain_text", "text": FIND, "emoji": False},
        "value": page_value(token, 0),
    }


def enrolment(value: EnrolmentShown) -> Rendered:
    """What is to be taught, with its two buttons, or what became of it."""
    holds = f" of {value.holds}" if value.holds else ""
    facts: list[Phrase] = [
        ("Code ", Bold(value.code)),
        (
            "is ",
            Bold(cut(item_name(value.item), 200)),
            f", item {value.item.number}, by the ",
            Bold(value.pack),
            holds,
        ),
    ]
    if value.decided:
        return drawn((Bold(value.decided),), facts)
    small: Phrase = (f"proposed by {clean(value.proposer)}; look at the box before you confirm",)
    rendered = drawn((Bold("Shall I learn this code?"),), facts, small_print=(small,))
    panel = Panel(value.subject)
    row = panel.row([PressButton("Confirm", CONFIRM, style="primary"), PressButton("That is not so", CANCEL)])
    return below(offering(rendered, ["Confirm", "That is not so"]), row)
