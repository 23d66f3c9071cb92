"""A local Slack workspace: Web API, Socket Mode, signed HTTP, files, and a page in the browser.

For the demonstration and for tests. The bot on the other side is the real one, with the real slack_bolt; only its
``base_url`` differs. Nothing is kept on disk and nothing leaves the machine.
"""

from bot.workspace.config import (
    ALL_SCOPES,
    ChannelSpec,
    MessageShortcut,
    Person,
    SlashCommand,
    WorkspaceConfig,
)
from bot.workspace.errors import (
    FormIncompleteError,
    NoSuchThingError,
    NotAcknowledgedError,
    SlackRefusalError,
    WaitedTooLongError,
    WorkspaceError,
)
from bot.workspace.faults import Faults
from bot.workspace.state import BOT_USER_ID, Call, Message, View
from bot.workspace.workspace import LocalWorkspace

__all__ = [
    "ALL_SCOPES",
    "BOT_USER_ID",
    "Call",
    "ChannelSpec",
    "Faults",
    "FormIncompleteError",
    "LocalWorkspace",
    "Message",
    "MessageShortcut",
    "NoSuchThingError",
    "NotAcknowledgedError",
    "Person",
    "SlackRefusalError",
    "SlashCommand",
    "View",
    "WaitedTooLongError",
    "WorkspaceConfig",
    "WorkspaceError",
]
