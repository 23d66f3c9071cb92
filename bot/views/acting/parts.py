"""Buttons, lists to choose from and what they bring back: the press, its subject and version, a choice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.views import limits
from bot.views.acting.shown import MOST_BUTTONS, Answer
from bot.views.card import Card, Part, compose, context
from bot.views.rendered import Block, Json, Rendered
from bot.views.words import Phrase, clean, cut

ACT_ACTION: Final = "parley.act"
"""action_ids are ``parley.act.<press>:<n>``. A button's value is ``press_value``; a list's options hold the choice alone, and its
block_id is ``list_id``, for an option has room for 150 characters."""
ACT_FORM: Final = "parley.act.form"
"""callback_id of every modal of an action."""

CONFIRM, CANCEL, CHOOSE, EDIT, OVERRIDE = "confirm", "cancel", "choose", "edit", "override"
UNDO, STEP, CHECK, STOP = "undo", "step", "check", "stop"

_CHARACTERS: Final = limits.CHARACTERS - 100


@dataclass(frozen=True, slots=True)
class PressButton:
    """``style`` is "primary", "danger" or "". ``aloud`` is read by screen readers in place of a short label."""

    label: str
    press: str
    choice: str = ""
    style: str = ""
    aloud: str = ""


MOVE_PRESS: Final = "move"
"""The press of a button that carries a lot to where it will be used: ``bot.dialogue.acting.turns.Press.MOVE``."""


def press_value(subject: str, version: int, choice: str = "") -> str:
    """``{"s": subject, "v": version, "c": choice}``."""
    return json.dumps({"s": subject, "v": version, "c": choice}, separators=(",", ":"))


def list_id(subject: str, version: int, number: int) -> str:
    """ "subject|version|number": the block_id of a list to choose from."""
    return f"{subject}|{version}|{number}"


@dataclass(slots=True)
class Panel:
    """The buttons and lists of one message: they share subject and version, and number their ids through."""

    subject: str
    version: int = 0
    _used: int = field(default=0, init=False)

    def _number(self) -> int:
        self._used += 1
        return self._used

    def button(self, value: PressButton) -> dict[str, Json]:
        """A button element."""
        element: dict[str, Json] = {
            "type": "button",
            "action_id": f"{ACT_ACTION}.{value.press}:{self._number()}",
            "text": _plain(value.label, limits.BUTTON_TEXT),
            "value": press_value(self.subject, self.version, value.choice),
        }
        if value.style:
            element["style"] = value.style
        if value.aloud:
            element["accessibility_label"] = cut(clean(value.aloud), limits.BUTTON_TEXT)
        return element

    def row(self, buttons: Sequence[PressButton]) -> Block:
        """Buttons in a row, those whose choice fits."""
        return {"type": "actions", "elements": [self.button(each) for each in _fitting(buttons)]}

    def choosing(self, press: str, answers: Sequence[Answer], *, prompt: str = "Choose one") -> list[Block]:
        """The answers as buttons where they are few, else as a list; none where nothing fits."""
        usable = [a for a in answers if clean(a.label) and len(a.choice) <= limits.BUTTON_VALUE // 2]
        if not usable:
            return []
        if len(usable) <= MOST_BUTTONS:
            return [self.row([_answer_button(press, answer) for answer in usable])]
        element = self.listed(press, usable, prompt=prompt)
        if element is None:
            return [self.row([_answer_button(press, answer) for answer in usable[: limits.ACTIONS]])]
        block_id = list_id(self.subject, self.version, self._number())
        return [{"type": "actions", "block_id": block_id, "elements": [element]}]

    def listed(self, press: str, answers: Sequence[Answer], *, prompt: str) -> dict[str, Json] | None:
        """A static_select, to stand in a block whose block_id is ``list_id``; None where a choice is too long for one."""
        shown = answers[: limits.OPTIONS]
        if any(not 1 <= len(answer.choice) <= limits.OPTION_VALUE for answer in shown):
            return None
        options: list[Json] = [
            {"text": _plain(_with_detail(answer), limits.OPTION_TEXT), "value": answer.choice}
            for answer in shown
        ]
        return {
            "type": "static_select",
            "action_id": f"{ACT_ACTION}.{press}:{self._number()}",
            "placeholder": _plain(prompt, 150),
            "options": options,
        }


def drawn(
    headline: Phrase,
    facts: Sequence[Phrase] = (),
    *,
    parts: Sequence[Part] = (),
    small_print: Sequence[Phrase] = (),
) -> Rendered:
    """A message: the headline with its facts in one block, the parts, small print. Empty parts are left out."""
    kept = [part for part in parts if any(any(line) for line in part.lines)]
    near = [Part(tuple(facts))] if any(any(fact) for fact in facts) else []
    rendered = compose(Card(headline=headline, parts=(*near, *kept), context=tuple(small_print)))
    if not near:
        return rendered
    first, second, *rest = rendered.blocks
    joined = f"{_text_of(first)}\n{_text_of(second)}"
    if len(joined) > limits.SECTION:
        return rendered
    return replace(rendered, blocks=({**first, "text": {"type": "mrkdwn", "text": joined}}, *rest))


def _text_of(block: Block) -> str:
    text = block.get("text")
    said = text.get("text") if isinstance(text, dict) else ""
    return said if isinstance(said, str) else ""


def below(rendered: Rendered, *blocks: Block) -> Rendered:
    """The message with these blocks under it. Where Slack's room is too small for both, what stands above is cut."""
    kept = [block for block in blocks if block.get("type") != "actions" or block.get("elements")]
    above = list(rendered.blocks)
    used = limits.characters(kept)
    room = limits.BLOCKS["message"] - len(kept)
    cut_off = False
    while len(above) > 1 and (len(above) > room or limits.characters(above) + used > _CHARACTERS):
        above.pop()
        cut_off = True
    if cut_off and len(above) < room:
        above.append(context("The rest did not fit here."))
    return replace(rendered, blocks=(*above, *kept))


def offering(rendered: Rendered, labels: Sequence[str]) -> Rendered:
    """The message whose text names its buttons too, for those who have the text alone."""
    said = " · ".join(cut(clean(label).rstrip("…"), 60) for label in labels if clean(label))
    return replace(rendered, text=f"{rendered.text}\nButtons: {cut(said, 400)}") if said else rendered


def on_top(rendered: Rendered, notes: Sequence[str], *blocks: Block) -> Rendered:
    """The message with blocks and their sentences before it."""
    said = "\n".join(cut(clean(note), 500) for note in notes if clean(note))
    if not said:
        return rendered
    return replace(rendered, text=cut(f"{said}\n{rendered.text}", 3400), blocks=(*blocks, *rendered.blocks))


def _answer_button(press: str, answer: Answer) -> PressButton:
    return PressButton(
        answer.label, press, answer.choice, aloud=_with_detail(answer) if answer.detail else ""
    )


def _with_detail(answer: Answer) -> str:
    label, detail = clean(answer.label), clean(answer.detail)
    return f"{label} — {detail}" if detail else label


def _fitting(buttons: Sequence[PressButton]) -> list[PressButton]:
    return [each for each in buttons if clean(each.label) and len(each.choice) <= limits.BUTTON_VALUE // 2][
        : limits.ACTIONS
    ]


def _plain(text: str, limit: int) -> dict[str, Json]:
    return {"type": "plain_text", "text": cut(clean(text), limit) or "…", "emoji": False}
