"""What is said, to the person alone, when a patient's number was typed where others read."""

from __future__ import annotations

from typing import Final

from bot.letters import Letter
from bot.views.rendered import Notice
from domain.model.patient_text import PLAIN, Formats, patient_numbers

ADVICE: Final = (
    "Your message has a patient's number in it, and everybody in this channel can read it. I have worked on it, and I show the "
    "number nowhere. Please delete the message.\n"
    "Next time leave the number out: I will ask for it in a form that only I read. Or write to me directly."
)
_HEARD: Final = frozenset({"message", "shortcut", "reworded"})
"""A slash command is seen by nobody else."""


def advice(letter: Letter, *, formats: Formats = PLAIN) -> Notice | None:
    """For a message in a channel or a group that names a patient by number; None for anything else.

    It is to be posted for the author's eyes only, beside whatever answers the message.
    """
    if letter.kind not in _HEARD or letter.text("channel").startswith("D"):
        return None
    return Notice(ADVICE) if patient_numbers(letter.text("text"), formats=formats) else None
