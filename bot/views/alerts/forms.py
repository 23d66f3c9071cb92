"""The form behind "Assign or close"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.views.alerts.frame import ALERT_FORM
from bot.views.rendered import Json

BOTH_EMPTY: Final = "Choose whom it is for above, or say here why it is closed."


def settle_form(*, metadata: str) -> Mapping[str, Json]:
    """Whom it is given to, or why it is closed. ``metadata`` comes back with it."""
    return {
        "type": "modal",
        "callback_id": ALERT_FORM,
        "private_metadata": metadata,
        "title": _plain("Assign or close"),
        "submit": _plain("Save"),
        "close": _plain("Back"),
        "blocks": [
            {
                "type": "input",
                "block_id": "to",
                "optional": True,
                "label": _plain("Give it to"),
                "element": {
                    "type": "users_select",
                    "action_id": "to",
                    "placeholder": _plain("Choose a person"),
                },
                "hint": _plain("They are told in their direct messages."),
            },
            {
                "type": "input",
                "block_id": "reason",
                "optional": True,
                "label": _plain("Or close it: why?"),
                "element": {
                    "type": "plain_text_input",
                    "action_id": "reason",
                    "max_length": 300,
                    "placeholder": _plain("Counted: the shelf was empty"),
                },
                "hint": _plain(
                    "It is not told again while it stays as it is, unless it becomes urgent. No patients' numbers, please."
                ),
            },
        ],
    }


def _plain(text: str) -> dict[str, Json]:
    return {"type": "plain_text", "text": text, "emoji": False}
