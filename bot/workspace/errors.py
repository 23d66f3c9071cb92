"""What the local workspace refuses.

These are not errors of the supply room: they stand for what Slack's servers and Slack's own client
say, so they do not belong to the tree in ``domain/errors.py`` and never reach it.

    WorkspaceError
      SlackRefusalError        an ``ok: false`` answer of the Web API
      NotAcknowledgedError     the bot did not acknowledge an interaction in time
      FormIncompleteError      Slack's client stops a form before it is sent
      NoSuchThingError         a person acts on something that is not there
      WaitedTooLongError       ``wait_for`` gave up
"""

from __future__ import annotations

from collections.abc import Mapping


class WorkspaceError(Exception):
    """Anything the local workspace refuses."""


class SlackRefusalError(WorkspaceError):
    """An ``ok: false`` answer: ``error`` is Slack's own word, ``detail`` the keys sent beside it."""

    def __init__(self, error: str, **detail: object) -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail


def invalid_arguments(*messages: str) -> SlackRefusalError:
    """Slack's answer to arguments it cannot read, each reason as ``[ERROR] reason``."""
    return SlackRefusalError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}" for message in messages]}
    )


class NotAcknowledgedError(WorkspaceError):
    """The bot did not answer an interaction within Slack's three seconds."""


class FormIncompleteError(WorkspaceError):
    """Slack's client does not send a form with these faults: ``errors`` maps block id to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{block}: {sentence}" for block, sentence in errors.items()))
        self.errors = dict(errors)


class NoSuchThingError(WorkspaceError, LookupError):
    """A person, channel, message, view or control that is not in this workspace."""


class WaitedTooLongError(WorkspaceError, TimeoutError):
    """The state that ``wait_for`` waited for did not come in time."""
