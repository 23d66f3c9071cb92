"""Short messages that are no answers, and questions back with the buttons that finish them."""

from __future__ import annotations

from bot.views import limits
from bot.views.card import Button, actions, context, page_value, section
from bot.views.rendered import ASK_ACTION, SAY_ACTION, Block, Choice, Notice, Option, Rendered
from bot.views.words import clean, cut, escape

OPTIONS = 10
"""Buttons that a question offers at most; more is a list to read, not a choice."""


def notice(value: Notice) -> Rendered:
    """The sentence, example questions, and the support code in small print."""
    # Paragraphs of our own sentences are kept; each line is made harmless on its own.
    lines = [clean(line) for line in value.text.splitlines()]
    text = cut("\n".join(lines).strip() or "I have nothing to say to that.", 2500)
    hints = [cut(clean(hint), 150) for hint in value.hints if clean(hint)][:6]
    blocks: list[Block] = [section(_first_bold(text))]
    buttons = [_button(option) for option in _usable(Choice("", value.asks))]
    buttons += [
        Button(clean(option.label), SAY_ACTION, page_value(option.token, 0))
        for option in value.tries
        if clean(option.label)
    ]
    if buttons:
        blocks.append(actions(buttons[:OPTIONS]))
        hints = [cut(clean(option.label), 150) for option in (*value.asks, *value.tries)]
    elif hints:
        blocks.append(section("Try:\n" + "\n".join(f"•  _{escape(hint)}_" for hint in hints)))
    if value.support_code:
        blocks.append(context(f"Support code {escape(clean(value.support_code))}"))
    spoken = [text]
    if hints:
        spoken.append("Try: " + "; ".join(f"“{hint}”" for hint in hints) + ".")
    if value.support_code:
        spoken.append(f"Support code {clean(value.support_code)}.")
    return Rendered(text=cut("\n".join(spoken), 3000), blocks=tuple(blocks))


def choice(value: Choice) -> Rendered:
    """The question and one button an option."""
    question = cut(clean(value.question), 1000) or "Which one?"
    blocks = (section(f"*{escape(question)}*"), *option_blocks(value))
    return Rendered(text=cut("\n".join(filter(None, (question, option_text(value)))), 3000), blocks=blocks)


def option_blocks(value: Choice) -> tuple[Block, ...]:
    """Buttons in a row where labels say it all; a line with a button each where there are details."""
    options = _usable(value)
    if not options:
        return ()
    if not any(clean(option.detail) for option in options):
        return (actions([_button(option) for option in options]),)
    blocks: list[Block] = []
    for index, option in enumerate(options):
        label, detail = clean(option.label), cut(clean(option.detail), 400)
        blocks.append(
            {
                "type": "section",
                "text": {
                    "type": "mrkdwn",
                    "text": f"*{escape(cut(label, 300))}*" + (f"\n{escape(detail)}" if detail else ""),
                },
                "accessory": {
                    "type": "button",
                    "action_id": f"{ASK_ACTION}:{index}",
                    "text": {"type": "plain_text", "text": "This one", "emoji": False},
                    "accessibility_label": cut(label, 75),
                    "value": page_value(option.token, 0),
                },
            }
        )
    return tuple(blocks)


def option_text(value: Choice) -> str:
    """The options in words, numbered."""
    lines = []
    for index, option in enumerate(_usable(value), start=1):
        detail = clean(option.detail)
        lines.append(
            f"{index}. {cut(clean(option.label), 200)}" + (f" — {cut(detail, 200)}" if detail else "")
        )
    return "\n".join(lines)


def _usable(value: Choice) -> tuple[Option, ...]:
    """Options that have a name and whose token fits a button."""
    return tuple(
        option
        for option in value.options
        if clean(option.label) and len(page_value(option.token, 0)) <= limits.BUTTON_VALUE
    )[:OPTIONS]


def _button(option: Option) -> Button:
    return Button(_begun(clean(option.label)), ASK_ACTION, page_value(option.token, 0))


def _begun(label: str) -> str:
    """With a capital, where it begins with an ordinary word."""
    first = label.split(" ", 1)[0].rstrip(",;:")
    return label[:1].upper() + label[1:] if first.isalpha() and first.islower() else label


def _first_bold(text: str) -> str:
    """The first sentence's line in bold, as in every answer, where it is short; else as it is."""
    first, _, rest = text.partition("\n")
    if not rest or len(first) > 200:
        return escape(text)
    return f"*{escape(first)}*\n{escape(rest)}"
